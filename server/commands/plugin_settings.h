// What an organisation has set for its plugins. What may be set says the plugin's manifest, which commands do not know.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "commands/perform.h"
#include "domain/json.h"
#include "storage/people.h"

namespace assay {

/// Of one plugin.
struct PluginSettings {
  Json values = Json::object();
  std::map<std::string, std::string> secrets = {};               // by name, sealed
  std::map<std::string, std::vector<std::string>> origins = {};  // of a secret: the endpoints for which it was given
};
PluginSettings plugin_settings_of(const OrganisationRow& organisation, std::string_view plugin);

/// Scheme, host and port of an endpoint's URL, as they were entered, in lower case.
std::string origin_of(std::string_view url);

/// A secret in the clear, for an endpoint at `origin`; empty when it is not set, or was not given for it: else whoever
/// points an endpoint elsewhere could read it there. Throws KeyfileError.
std::string plugin_secret(const Context& context, const OrganisationRow& organisation, std::string_view plugin,
                          const std::string& name, const std::string& origin);

struct PluginSettingsWish {
  Json values = Json::object();                                    // replace all that was set
  std::map<std::string, std::optional<std::string>> secrets = {};  // nothing: forgotten; those not named stay
};
/// Sets them; the event keeps secrets sealed. A secret that is set is given for the origins that the organisation's
/// endpoints with this adapter have now, and for no other. Needs an administrator and the version of the organisation.
/// Refuses as invalid more than 64 KiB for all plugins together.
Result<Performed> set_plugin_settings(Context& context, const Call& call, const std::string& plugin,
                                      const PluginSettingsWish& wish);

}  // namespace assay
