// What an organisation sets for a plugin, held against the schema in its manifest.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/json.h"
#include "domain/refusal.h"
#include "plugins/manifest.h"

namespace assay {

/// What is wrong with the schema of the plugin's settings, beyond the schema of manifests: a default that is missing or
/// not valid, a secret that is no text or has a default, bounds of another type.
std::optional<InvalidField> settings_contradiction(const Manifest& manifest);

/// The schema of the settings; nothing for a plugin without.
const Json* settings_schema_of(const Manifest& manifest);
/// Names of the settings that are secrets.
std::vector<std::string> secret_settings(const Manifest& manifest);

/// `set` with the defaults of what it leaves out; secrets only when they are in `set`. Null for a plugin without
/// settings.
Json with_defaults(const Manifest& manifest, const Json& set);
/// Of what was set, perhaps for another version of the plugin: what its schema has today and lets pass, without what it
/// calls secret today.
Json still_valid(const Manifest& manifest, const Json& set);
/// What is wrong with `set` by the manifest; pointers are into it. Not all need be there.
std::vector<InvalidField> invalid_settings(const Manifest& manifest, const Json& set);
/// As invalid_settings(), of what without_secrets() gives: what the manifest asks of a secret is not asked of its mask.
std::vector<InvalidField> invalid_masked_settings(const Manifest& manifest, const Json& masked);
/// As the plugin and people see them: a secret that is not set is "", one that is set is the word "set".
Json without_secrets(const Manifest& manifest, Json settings);

}  // namespace assay
