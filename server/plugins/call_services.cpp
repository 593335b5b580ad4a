// What an organisation has set for a plugin, as its calls have it.
#include "plugins/call_services.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "plugins/settings.h"

namespace assay {

Result<CallServices> services_for(const OrganisationRow& organisation, const Plugin& plugin, Instant now) {
  CallServices services;
  services.organisation = static_cast<std::int64_t>(organisation.id);
  services.now_ms = now.time_since_epoch().count();
  const Manifest& manifest = plugin.manifest();
  if (settings_schema_of(manifest) == nullptr) return services;
  const Json set = plugin_settings_of(organisation, manifest.id).values;
  const Json kept = still_valid(manifest, set);
  for (const auto& [name, value] : set.items()) {
    if (!kept.contains(name))
      spdlog::warn("{} {} does not take the setting {} of organisation {} any more: it is left out", manifest.id,
                   manifest.version, name, organisation.uuid);
  }
  Json all = with_defaults(manifest, kept);
  if (const auto invalid = invalid_settings(manifest, all); !invalid.empty()) {
    return plugin_failed(manifest.id, "settings",
                         "what is set is not valid: " + invalid.front().pointer + " " + invalid.front().detail);
  }
  services.settings = std::move(all);
  return services;
}

}  // namespace assay
