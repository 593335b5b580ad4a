// What evidence looks like, in the API description.
#include "http/evidence_schemas.h"

#include <utility>

#include "http/schema_parts.h"

namespace assay {
namespace {

Json described(const char* description, Json schema = text_schema()) {
  schema["description"] = description;
  return schema;
}

Json time() { return {{"type", "string"}, {"format", "date-time"}}; }
Json day() { return {{"type", "string"}, {"format", "date"}}; }
Json flag() { return {{"type", "boolean"}}; }

/// What a kind of evidence says besides what all kinds say.
Json details_of(std::string_view kind) {
  if (kind == "interview") {
    return {{"role", described("Role of the person who was asked")},
            {"name", described("Name of the person who was asked")},
            {"held_on", described("Day of the interview; that of collected_at if not given", day())}};
  }
  Json details = {{"place", described("Where it was seen")},
                  {"seen_at", described("When it was seen; collected_at if not given", time())}};
  if (kind == "observation") return details;
  details["document"] = described("Id or name of a document that was not taken away");
  details["document_version"] = described("Its version");
  return details;
}

Json consent() {
  return described("Who consented to its being taken, and how; some audits ask for it",
                   {{"type", "string"}, {"minLength", 1}, {"maxLength", 500}});
}

Json wish(const char* kind, std::initializer_list<const char*> required) {
  Json members = {{"kind", {{"type", "string"}, {"enum", Json::array({kind})}}},
                  {"title", text_schema()},
                  {"description", text_schema()},
                  {"item", text_schema()},
                  {"collected_at", time()},
                  {"effective_from", day()},
                  {"effective_to", day()},
                  {"supersedes", text_schema()},
                  {"consent", consent()}};
  members.update(details_of(kind));
  Json names = {"kind", "title", "description"};
  for (const char* name : required) names.push_back(name);
  return {{"type", "object"},
          {"properties", std::move(members)},
          {"required", std::move(names)},
          {"additionalProperties", false}};
}

Json evidence() {
  const Json file = {{"type", "object"},
                     {"properties",
                      {{"name", text_schema()},
                       {"media_type", text_schema()},
                       {"size", {{"type", "integer"}}},
                       {"sha256", text_schema()},
                       {"href", text_schema()}}}};
  Json members = {{"id", text_schema()},
                  {"kind", {{"type", "string"}, {"enum", {"file", "reference", "interview", "observation"}}}},
                  {"title", text_schema()},
                  {"description", text_or_null()},
                  {"item", text_or_null()},
                  {"collected_at", text_schema()},
                  {"collected_by", text_or_null()},
                  {"effective_from", text_or_null()},
                  {"effective_to", text_or_null()},
                  {"supersedes", text_or_null()},
                  {"file", file},
                  {"photograph", described("Of a file: true for a photograph or recording", flag())},
                  {"consent", consent()},
                  {"withdrawn", flag()},
                  {"version", {{"type", "integer"}}}};
  for (const char* kind : {"reference", "interview"}) members.update(details_of(kind));
  return {{"type", "object"},
          {"properties", std::move(members)},
          {"required", Json::array({"id", "kind", "title", "version"})}};
}

}  // namespace

Json evidence_body_schema() {
  return {{"oneOf", Json::array({wish("reference", {"document", "place"}), wish("interview", {"role"}),
                                 wish("observation", {"place"})})}};
}

Json evidence_schemas() {
  Json list = having_all({{"items", {{"type", "array"}, {"items", {{"$ref", "#/components/schemas/Evidence"}}}}},
                          {"next", text_or_null()}});
  return {{"Evidence", evidence()}, {"EvidenceList", std::move(list)}};
}

}  // namespace assay
