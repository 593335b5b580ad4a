// What the file of a case looks like, in the API description.
#include "http/case_file_schema.h"

#include <initializer_list>

namespace assay {
namespace {

Json typed(const char* type) { return {{"type", type}}; }
Json maybe_text() { return {{"type", Json::array({"string", "null"})}}; }

/// An object that always has the members of `required`, and may have those of `more`.
Json with_required(Json required, const Json& more) {
  Json names = Json::array();
  for (const auto& [name, schema] : required.items()) names.push_back(name);
  required.update(more);
  return {{"type", "object"}, {"properties", std::move(required)}, {"required", std::move(names)}};
}

}  // namespace

Json case_file_schemas() {
  const Json rows = {{"type", "array"}, {"items", typed("object")}};
  Json record = Json::object(), told = Json::object();
  for (const char* text : {"id", "type", "type_label", "title", "state", "state_label", "created", "updated", "href"})
    record[text] = typed("string");
  record["depth"] = typed("integer");
  record["told"] = typed("boolean");
  record["number"] = maybe_text();
  record["due"] = maybe_text();
  for (const char* part : {"fields", "people", "links", "answers", "evidence", "reports", "history"}) told[part] = rows;
  Json file = Json::object();
  for (const char* text : {"record", "title", "organisation", "made_at", "language"}) file[text] = typed("string");
  file["made_by"] = typed("object");
  file["complete"] = typed("boolean");
  file["records"] = {{"type", "array"}, {"items", with_required(std::move(record), told)}};
  return {{"CaseFile", with_required(std::move(file), Json::object())}};
}

}  // namespace assay
