// What an organisation sets for a plugin.
#include "plugins/settings.h"

#include <assay/ext/settings.h>

#include <string>

#include "plugins/json_schema.h"

namespace assay {
namespace {

const std::string place = "/extensions/settings~11/schema";

bool is_secret(const Json& setting) { return setting.value("x-secret", false); }

/// A schema that lets nothing pass that has no name in it.
JsonSchema closed_schema(Json schema) {
  schema["additionalProperties"] = false;
  return JsonSchema(schema.dump());
}

std::optional<InvalidField> wrong_setting(const std::string& name, const Json& setting) {
  const std::string pointer = pointer_to(place + "/properties", name);
  if (is_secret(setting)) {
    if (setting.at("type") != "string") return InvalidField{pointer + "/type", "must be string for a secret"};
    if (setting.contains("default")) return InvalidField{pointer + "/default", "a secret has none"};
    return {};
  }
  if (!setting.contains("default")) return InvalidField{pointer + "/default", "is missing"};
  if (setting.at("type") == "array" && !setting.contains("items"))
    return InvalidField{pointer + "/items", "is missing for an array"};
  return {};
}

}  // namespace

const Json* settings_schema_of(const Manifest& manifest) {
  const auto declared = manifest.declared.find(ASSAY_SETTINGS_1);
  return declared == manifest.declared.end() ? nullptr : &declared->at("schema");
}

std::optional<InvalidField> settings_contradiction(const Manifest& manifest) {
  const Json* const schema = settings_schema_of(manifest);
  if (schema == nullptr) return {};
  for (const auto& [name, setting] : schema->at("properties").items()) {
    if (auto wrong = wrong_setting(name, setting)) return wrong;
  }
  for (const InvalidField& invalid : invalid_settings(manifest, with_defaults(manifest, Json::object()))) {
    return InvalidField{place + "/properties" + invalid.pointer + "/default", invalid.detail};
  }
  return {};
}

std::vector<std::string> secret_settings(const Manifest& manifest) {
  std::vector<std::string> names;
  const Json* const schema = settings_schema_of(manifest);
  if (schema == nullptr) return names;
  for (const auto& [name, setting] : schema->at("properties").items()) {
    if (is_secret(setting)) names.push_back(name);
  }
  return names;
}

Json with_defaults(const Manifest& manifest, const Json& set) {
  const Json* const schema = settings_schema_of(manifest);
  if (schema == nullptr) return nullptr;
  Json all = set;
  for (const auto& [name, setting] : schema->at("properties").items()) {
    if (!all.contains(name) && setting.contains("default")) all[name] = setting.at("default");
  }
  return all;
}

Json still_valid(const Manifest& manifest, const Json& set) {
  Json kept = Json::object();
  const Json* const schema = settings_schema_of(manifest);
  if (schema == nullptr) return kept;
  const Json& known = schema->at("properties");
  const JsonSchema judge = closed_schema(*schema);
  for (const auto& [name, value] : set.items()) {
    const auto setting = known.find(name);
    if (setting == known.end() || is_secret(*setting)) continue;
    const Json alone = {{name, value}};
    if (judge.violations(alone).empty()) kept[name] = value;
  }
  return kept;
}

std::vector<InvalidField> invalid_settings(const Manifest& manifest, const Json& set) {
  const Json* const schema = settings_schema_of(manifest);
  if (schema == nullptr) return {{"", "the plugin has no settings"}};
  return closed_schema(*schema).violations(set);
}

std::vector<InvalidField> invalid_masked_settings(const Manifest& manifest, const Json& masked) {
  const Json* const schema = settings_schema_of(manifest);
  if (schema == nullptr) return invalid_settings(manifest, masked);
  Json open = *schema;
  for (const std::string& name : secret_settings(manifest)) open["properties"][name] = {{"type", "string"}};
  return closed_schema(std::move(open)).violations(masked);
}

Json without_secrets(const Manifest& manifest, Json settings) {
  if (!settings.is_object()) return settings;
  for (const std::string& name : secret_settings(manifest)) {
    const auto there = settings.find(name);
    settings[name] = there != settings.end() && !there->get<std::string>().empty() ? "set" : "";
  }
  return settings;
}

}  // namespace assay
