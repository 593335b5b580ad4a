// What people and programs are told of the policies that records set.
#include "domain/settable_policies.h"

#include <algorithm>
#include <ranges>

#include "domain/paths.h"
#include "domain/policies.h"

namespace assay {
namespace {

/// As it holds and as it is published, and what may be set in its place. The labels stand in the schema beside it.
Json holding(const PolicyValues& values, const std::string& name) {
  const PolicyDefinition& policy = values.definition(name);
  const bool choice = !policy.options.empty();
  Json told{{"value", choice ? Json(values.choice(name)) : Json(values.number(name))},
            {"published", policy.value},
            {"unit", values.unit(name)},
            {"presets", policy.presets}};
  if (choice) {
    told["options"] = Json::array();
    for (const auto& [option, label] : policy.options) told["options"].push_back(option);
  } else {
    told["between"] = bounds_json(policy);
  }
  return told;
}

}  // namespace

std::vector<std::string> types_setting(const WorkflowSet& set, const std::string& policy) {
  std::vector<std::string> types;
  for (const auto& [type, definition] : set.types) {
    const bool sets = std::ranges::any_of(definition.overrides, [&](const OverridesDefinition& where) {
      const Json& names = definition.fields.at(where.policy).schema.at("enum");
      return std::ranges::find(names, Json(policy)) != names.end();
    });
    if (sets) types.push_back(type);
  }
  return types;
}

Json bounds_json(const PolicyDefinition& policy) {
  return policy.between ? Json::array({policy.between->first, policy.between->second}) : Json();
}

std::string schema_with_policies(std::string_view schema_text, const CommandDefinition& command, const WorkflowSet& set,
                                 const Facts& facts, RecordId record) {
  const Definition& definition = *record_at(facts, record).definition;
  const PolicyValues values(set, facts, record);
  Json schema;
  for (const OverridesDefinition& where : definition.overrides) {
    if (std::ranges::find(command.must, where.policy) == command.must.end()) continue;
    if (schema.is_null()) schema = Json::parse(schema_text);
    Json& field = schema.at("properties").at(where.policy);
    for (const Json& name : field.at("enum")) {
      const auto& policy = name.get_ref<const std::string&>();
      field["x-policies"][policy] = holding(values, policy);
    }
    field["x-policy-value"] = where.value;
  }
  return schema.is_null() ? std::string() : canonical(schema);
}

}  // namespace assay
