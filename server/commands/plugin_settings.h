// What an organisation has set for its plugins. What may be set says the plugin's manifest, which commands do not know.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "commands/perform.h"
#include "domain/json.h"
#include "storage/people.h"

namespace assay {

/// Of one plugin.
struct PluginSettings {
  Json values = Json::object();
  std::map<std::string, std::string> secrets = {};  // by name, sealed
};
PluginSettings plugin_settings_of(const OrganisationRow& organisation, std::string_view plugin);

/// A secret in the clear; empty when it is not set. Throws KeyfileError.
std::string plugin_secret(const Context& context, const OrganisationRow& organisation, std::string_view plugin,
                          const std::string& name);

struct PluginSettingsWish {
  Json values = Json::object();                                    // replace all that was set
  std::map<std::string, std::optional<std::string>> secrets = {};  // nothing: forgotten; those not named stay
};
/// Sets them; the event keeps secrets sealed. Needs an administrator and the version of the organisation. Refuses as
/// invalid more than 64 KiB for all plugins together.
Result<Performed> set_plugin_settings(Context& context, const Call& call, const std::string& plugin,
                                      const PluginSettingsWish& wish);

}  // namespace assay
