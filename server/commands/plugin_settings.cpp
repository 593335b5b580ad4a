// What an organisation has set for its plugins.
#include "commands/plugin_settings.h"

#include <utility>

#include "commands/organisation.h"

namespace assay {
namespace {

constexpr std::size_t most_bytes = 64 * 1024;

/// What a secret is sealed for: it opens nowhere else.
std::string seal_context(const OrganisationRow& organisation, std::string_view plugin, const std::string& name) {
  return "plugin " + organisation.uuid + " " + std::string(plugin) + " " + name;
}

}  // namespace

PluginSettings plugin_settings_of(const OrganisationRow& organisation, std::string_view plugin) {
  const Json all = Json::parse(organisation.plugin_settings);
  const auto found = all.find(plugin);
  if (found == all.end()) return {};
  return {found->at("values"), found->at("secrets")};
}

std::string plugin_secret(const Context& context, const OrganisationRow& organisation, std::string_view plugin,
                          const std::string& name) {
  const auto secrets = plugin_settings_of(organisation, plugin).secrets;
  const auto found = secrets.find(name);
  return found == secrets.end() ? "" : context.keys.open(found->second, seal_context(organisation, plugin, name));
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
      if (secret) settings.secrets[name] = context.keys.seal(*secret, seal_context(*organisation, plugin, name));
    }
    EventDraft event =
        organisation_event(moment, call, *organisation, "set_plugin_settings", "organisation.plugin_settings_set");
    event.facts["plugin"] = plugin;  // what the feed tells of it
    Json& all = event.facts["plugin_settings"];
    if (all.is_null()) all = Json::object();
    all[plugin] = {{"values", settings.values}, {"secrets", settings.secrets}};
    if (all.dump().size() > most_bytes) return invalid_field("", "the settings of all plugins are more than 64 KiB");
    Planned planned;
    planned.uuid = organisation->uuid;
    planned.events = {std::move(event)};
    return planned;
  });
}

}  // namespace assay
