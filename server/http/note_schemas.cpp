// What working notes look like, in the API description.
#include "http/note_schemas.h"

#include <utility>

#include "http/schema_parts.h"

namespace assay {

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
  const Json note = having_all({{"id", text_schema()},
                                {"text", text_schema()},
                                {"item", text_or_null()},
                                {"created", text_schema()},
                                {"changed", text_schema()},
                                {"version", {{"type", "integer"}}}});
  Json kept = having_all({{"count", {{"type", "integer"}}}, {"unit", text_schema()}, {"until", text_or_null()}});
  kept["type"] = Json::array({"object", "null"});
  kept["description"] = "How long notes are kept after the end of the record, and the last day once it has ended";
  return {{"Note", note},
          {"NoteList", having_all({{"items", {{"type", "array"}, {"items", {{"$ref", "#/components/schemas/Note"}}}}},
                                   {"kept", std::move(kept)},
                                   {"next", text_or_null()}})}};
}

}  // namespace assay
