// What an organisation has set for its plugins.
#include "commands/plugin_settings.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "commands/organisation.h"
#include "commands/webhook_wish.h"
#include "storage/webhooks.h"

namespace assay {
namespace {

constexpr std::size_t most_bytes = 64 * 1024;

/// What a secret is sealed for: it opens nowhere else.
std::string seal_context(const OrganisationRow& organisation, std::string_view plugin, const std::string& name) {
  return "plugin " + organisation.uuid + " " + std::string(plugin) + " " + name;
}

/// Where deliveries by this adapter go now, each once.
std::vector<std::string> origins_now(Snapshot& at, const Reader& reader, std::string_view plugin) {
  std::vector<std::string> origins;
  for (const WebhookRow& row : list_webhooks(at, reader, 0, std::numeric_limits<int>::max())) {
    if (ticket_adapter_of(row.style) == plugin) origins.push_back(origin_of(row.url));
  }
  std::sort(origins.begin(), origins.end());
  origins.erase(std::unique(origins.begin(), origins.end()), origins.end());
  return origins;
}

}  // namespace

PluginSettings plugin_settings_of(const OrganisationRow& organisation, std::string_view plugin) {
  const Json all = Json::parse(organisation.plugin_settings);
  const auto found = all.find(plugin);
  if (found == all.end()) return {};
  return {found->at("values"), found->at("secrets"), found->value("origins", Json::object())};
}

std::string origin_of(std::string_view url) {
  const auto scheme_end = url.find("://");
  const auto host = scheme_end == std::string_view::npos ? 0 : scheme_end + 3;
  std::string origin(url.substr(0, url.find_first_of("/?#", host)));
  for (char& c : origin) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return origin;
}

std::string plugin_secret(const Context& context, const OrganisationRow& organisation, std::string_view plugin,
                          const std::string& name, const std::string& origin) {
  const PluginSettings set = plugin_settings_of(organisation, plugin);
  const auto found = set.secrets.find(name);
  const auto given_for = set.origins.find(name);
  if (found == set.secrets.end() || given_for == set.origins.end()) return {};
  if (std::find(given_for->second.begin(), given_for->second.end(), origin) == given_for->second.end()) return {};
  return context.keys.open(found->second, seal_context(organisation, plugin, name));
}

Result<Performed> set_plugin_settings(Context& context, const Call& call, const std::string& plugin,
                                      const PluginSettingsWish& wish) {
  if (auto may = require_administrator(call.who); !may) return may.error();
  return perform(context, call, [&](Moment& moment) -> Result<Planned> {
    const auto organisation = find_organisation(moment.at, call.who.organisation.id);
    if (!organisation) return refuse(Reason::not_found, "there is no such organisation");
    if (auto version = require_version(call, organisation->version); !version) return version.error();
    PluginSettings settings = plugin_settings_of(*organisation, plugin);
    settings.values = wish.values;
    for (const auto& [name, secret] : wish.secrets) {
      settings.secrets.erase(name);
      settings.origins.erase(name);
      if (!secret) continue;
      settings.secrets[name] = context.keys.seal(*secret, seal_context(*organisation, plugin, name));
      settings.origins[name] = origins_now(moment.at, call.who.reader, plugin);
    }
    EventDraft event =
        organisation_event(moment, call, *organisation, "set_plugin_settings", "organisation.plugin_settings_set");
    event.facts["plugin"] = plugin;  // what the feed tells of it
    Json& all = event.facts["plugin_settings"];
    if (all.is_null()) all = Json::object();
    all[plugin] = {{"values", settings.values}, {"secrets", settings.secrets}, {"origins", settings.origins}};
    if (all.dump().size() > most_bytes) return invalid_field("", "the settings of all plugins are more than 64 KiB");
    Planned planned;
    planned.uuid = organisation->uuid;
    planned.events = {std::move(event)};
    return planned;
  });
}

}  // namespace assay
