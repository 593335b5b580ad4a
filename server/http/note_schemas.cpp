// What working notes look like, in the API description.
#include "http/note_schemas.h"

#include <utility>

namespace assay {
namespace {

Json some_text() { return {{"type", "string"}}; }
Json text_or_null() { return {{"type", Json::array({"string", "null"})}}; }

/// An object that has all of these members and may have others.
Json having_all(Json members) {
  Json names = Json::array();
  for (const auto& [name, schema] : members.items()) names.push_back(name);
  return {{"type", "object"}, {"properties", std::move(members)}, {"required", std::move(names)}};
}

}  // namespace

Json note_body_schema(std::string_view route) {
  const bool written = route.starts_with("POST ");
  if (!written && !route.starts_with("PATCH ")) return nullptr;
  Json item = text_or_null();
  item["description"] = "Checklist item that it is about";
  Json body = {{"type", "object"},
               {"properties", {{"text", {{"type", "string"}, {"minLength", 1}}}, {"item", std::move(item)}}},
               {"additionalProperties", false}};
  if (written) body["required"] = Json::array({"text"});
  return body;
}

Json note_schemas() {
  const Json note = having_all({{"id", some_text()},
                                {"text", some_text()},
                                {"item", text_or_null()},
                                {"created", some_text()},
                                {"changed", some_text()},
                                {"version", {{"type", "integer"}}}});
  Json kept = having_all({{"count", {{"type", "integer"}}}, {"unit", some_text()}, {"until", text_or_null()}});
  kept["type"] = Json::array({"object", "null"});
  kept["description"] = "How long notes are kept after the end of the record, and the last day once it has ended";
  return {{"Note", note},
          {"NoteList", having_all({{"items", {{"type", "array"}, {"items", {{"$ref", "#/components/schemas/Note"}}}}},
                                   {"kept", std::move(kept)},
                                   {"next", text_or_null()}})}};
}

}  // namespace assay
