// What policies look like, in the API description.
#include "http/policy_schemas.h"

#include <utility>

#include "http/schema_parts.h"

namespace assay {
namespace {

Json telling(Json schema, const char* what) {
  schema["description"] = what;
  return schema;
}

}  // namespace

Json policy_schemas() {
  const Json value{{"type", Json::array({"number", "array", "string"})}};
  const Json bounds{{"type", Json::array({"array", "null"})}, {"items", {{"type", "integer"}}}};
  const Json labels{{"type", "object"}, {"additionalProperties", text_schema()}};
  const Json named_values{{"type", "object"}, {"additionalProperties", value}};
  Json policy = having_all(
      {{"name", text_schema()},
       {"label", telling(text_schema(), "In the language of the answer, as are those of options, presets and source")},
       {"value", telling(value, "As published: a number, a list, a table or an option")},
       {"unit", text_schema()},
       {"unit_by", telling(text_or_null(), "The choice that gives the unit of days in place of `unit`")},
       {"options", telling(labels, "Of a choice: what may be chosen, and its label")},
       {"between", telling(bounds, "Least and most that a record may set")},
       {"presets", telling(named_values, "Other values in use, by the name of the practice")},
       {"preset_labels", telling(labels, "How people call these")},
       {"set_by", telling({{"type", "array"}, {"items", text_schema()}}, "Types whose records may set it")},
       {"source", text_schema()},
       {"edition", text_or_null()},
       {"href", text_schema()}});
  return {
      {"Policy", std::move(policy)},
      {"PolicyList", having_all({{"items", {{"type", "array"}, {"items", {{"$ref", "#/components/schemas/Policy"}}}}},
                                 {"workflow_set", text_schema()},
                                 {"next", text_or_null()}})}};
}

}  // namespace assay
