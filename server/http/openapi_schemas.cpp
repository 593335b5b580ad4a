// The schemas of the API description that do not come from record types.
#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/calculation_schemas.h"
#include "http/case_file_schema.h"
#include "http/evidence_schemas.h"
#include "http/note_schemas.h"
#include "http/openapi.h"
#include "http/plugin_schemas.h"
#include "http/policy_schemas.h"

namespace assay {
namespace {

Json string_schema() { return {{"type", "string"}}; }
Json nullable(const char* type) { return {{"type", Json::array({type, "null"})}}; }
Json array_of(Json items) { return {{"type", "array"}, {"items", std::move(items)}}; }
Json strings() { return array_of(string_schema()); }
Json integer_schema() { return {{"type", "integer"}}; }
Json one_of(std::initializer_list<const char*> values) {
  return {{"type", "string"}, {"enum", std::vector<std::string>(values.begin(), values.end())}};
}

/// An object whose members named in `required` (space-separated) are always there; texts, unless `properties` says
/// more.
Json object(Json properties, std::string_view required = {}, bool closed = false) {
  Json json = {{"type", "object"}, {"properties", std::move(properties)}};
  while (!required.empty()) {
    const auto space = required.find(' ');
    const std::string name(required.substr(0, space));
    json["required"].push_back(name);
    json["properties"].emplace(name, string_schema());
    required = space == std::string_view::npos ? std::string_view() : required.substr(space + 1);
  }
  if (closed) json["additionalProperties"] = false;
  return json;
}

Json list_named(const char* member, const char* schema) {
  return object({{member, {{"type", "array"}, {"items", {{"$ref", std::string("#/components/schemas/") + schema}}}}},
                 {"next", nullable("string")}},
                std::string(member) + " next");
}

Json list_of(const char* schema) { return list_named("items", schema); }

Json person_members() {
  return {{"name", string_schema()},
          {"language", one_of({"en", "de"})},
          {"roles", strings()},
          {"responsibilities", strings()}};
}

Json webhook_members() {
  return {{"url", string_schema()},
          {"types", strings()},
          {"payload", one_of({"thin", "full"})},
          {"style", {{"type", "string"}, {"pattern", "^(standard|cloudevents|ticket:.+)$"}}},
          {"state", one_of({"on", "off"})},
          {"description", string_schema()}};
}

Json with(Json members, const char* name, Json schema) {
  members[name] = std::move(schema);
  return members;
}

Json planned_item() {
  return object({{"question", string_schema()},
                 {"catalogue", string_schema()},
                 {"subject", string_schema()},
                 {"auditor", string_schema()}},
                "question", true);
}

Json from_plugin(const std::string& what) {
  return object({{"plugin", string_schema()}, {what, string_schema()}, {"language", one_of({"en", "de"})}},
                "plugin " + what, true);
}

Json described(const char* description, Json schema = string_schema()) {
  schema["description"] = description;
  return schema;
}

using BodySchema = std::pair<std::string_view, Json (*)()>;

/// Request bodies by "METHOD pattern".
const BodySchema bodies[] = {
    {"POST /api/v1/session",
     [] { return object({{"email", string_schema()}, {"password", string_schema()}}, "email password", true); }},
    {"POST /api/v1/invitations/accept",
     [] { return object({{"token", string_schema()}, {"password", string_schema()}}, "token password", true); }},
    {"PUT /api/v1/me/password",
     [] { return object({{"present", string_schema()}, {"password", string_schema()}}, "present password", true); }},
    {"POST /api/v1/me/tokens",
     [] {
       return object({{"name", string_schema()},
                      {"scopes", {{"type", "array"}, {"items", one_of({"read", "write", "admin"})}}},
                      {"expires", {{"type", "string"}, {"format", "date-time"}}}},
                     "name scopes expires", true);
     }},
    {"PUT /api/v1/clock", [] { return object({{"now", {{"type", "string"}, {"format", "date-time"}}}}, "now", true); }},
    {"PUT /api/v1/organisation/holidays",
     [] {
       return object(
           {{"days", {{"type", "array"}, {"items", {{"type", "string"}, {"format", "date"}}}, {"maxItems", 2000}}}},
           "days", true);
     }},
    {"POST /api/v1/people",
     [] { return object(with(person_members(), "email", string_schema()), "name email", true); }},
    {"PATCH /api/v1/people/{id}", [] { return object(person_members(), {}, true); }},
    {"POST /api/v1/people/{id}/hand-over",
     [] {
       Json matter =
           object({{"record", string_schema()}, {"seat", string_schema()}, {"to", string_schema()}}, "record to", true);
       return object({{"to", string_schema()},
                      {"matters", {{"type", "array"}, {"items", std::move(matter)}}},
                      {"reason", string_schema()},
                      {"leave", {{"type", "boolean"}}}},
                     "reason", true);
     }},
    {"POST /api/v1/webhooks", [] { return object(webhook_members(), "url", true); }},
    {"PATCH /api/v1/webhooks/{id}", [] { return object(webhook_members(), {}, true); }},
    {"POST /api/v1/webhooks/{id}/replay",
     [] { return object({{"after", {{"type", "integer"}, {"minimum", 0}}}}, "after", true); }},
    {"POST /api/v1/{plural}/{id}/proposals/{proposal}/decline",
     [] { return object({{"comment", string_schema()}}, {}, true); }},
    {"PUT /api/v1/{plural}/{id}/catalogue", [] { return from_plugin("catalogue"); }},
    {"POST /api/v1/{plural}/{id}/catalogues", [] { return from_plugin("catalogue"); }},
    {"POST /api/v1/{plural}/{id}/catalogue/move",
     [] { return object({{"to", string_schema()}, {"catalogue", string_schema()}}, "to", true); }},
    {"POST /api/v1/{plural}/{id}/items",
     [] {
       return object({{"items", {{"type", "array"}, {"items", planned_item()}, {"minItems", 1}, {"maxItems", 2000}}}},
                     "items", true);
     }},
    {"PUT /api/v1/{plural}/{id}/items/{item}",
     [] {
       return object({{"status", one_of({"in_progress", "answered"})},
                      {"result", string_schema()},
                      {"reason", string_schema()},
                      {"maturity", {{"type", Json::array({"integer", "null"})}, {"minimum", 0}, {"maximum", 5}}},
                      {"notes", string_schema()}},
                     {}, true);
     }},
    {"POST /api/v1/{plural}/{id}/evidence", evidence_body_schema},
    {"POST /api/v1/{plural}/{id}/evidence/{evidence}/withdrawal",
     [] { return object({{"reason", string_schema()}}, "reason", true); }},
    {"POST /api/v1/{plural}/{id}/reports", [] { return from_plugin("format"); }},
};

Json record_members() {
  return {{"id", string_schema()},           {"type", string_schema()},          {"number", string_schema()},
          {"state", string_schema()},        {"version", {{"type", "integer"}}}, {"created", string_schema()},
          {"updated", string_schema()},      {"state_since", string_schema()},   {"due", nullable("string")},
          {"workflow_set", string_schema()}, {"href", string_schema()},          {"fields", {{"type", "object"}}}};
}

Json problem() {
  return object(
      {{"type", string_schema()},
       {"title", string_schema()},
       {"status", {{"type", "integer"}}},
       {"detail", string_schema()},
       {"instance", string_schema()},
       {"errors", array_of(object({{"pointer", string_schema()}, {"detail", string_schema()}}, "pointer detail"))},
       {"unmet", array_of(object({{"guard", string_schema()},
                                  {"code", string_schema()},
                                  {"detail", string_schema()},
                                  {"values", {{"type", "object"}}}},
                                 "guard code detail values"))}},
      "type title status");
}

Json command() {
  return object({{"command", string_schema()},
                 {"label", string_schema()},
                 {"allowed", {{"type", "boolean"}}},
                 {"to", nullable("string")},
                 {"needs_second", {{"type", "boolean"}}},
                 {"endpoint", string_schema()},
                 {"why", string_schema()},
                 {"input", {{"type", "object"}, {"description", "JSON Schema of the input (draft-07)"}}},
                 {"refusal", {{"type", "object"}}},
                 {"asks", array_of(object({{"plugin", string_schema()}, {"rule", string_schema()}}, "plugin rule"))}},
                "command label allowed needs_second input");
}

Json stored_file() {
  return object({{"name", string_schema()},
                 {"media_type", string_schema()},
                 {"size", integer_schema()},
                 {"sha256", string_schema()},
                 {"href", string_schema()}});
}

Json record_schemas() {
  Json record = record_members();
  record["people"] = {{"type", "object"}, {"additionalProperties", strings()}};
  record["links"] = {{"type", "object"}};
  return {
      {"Object", {{"type", "object"}}},
      {"Problem", problem()},
      {"Record", object(record, "id type number state version fields people links")},
      {"RecordSummary", object(record_members(), "id type number state version fields")},
      {"RecordList", list_of("RecordSummary")},
      {"Command", command()},
      {"CommandList", object({{"version", integer_schema()},
                              {"state", string_schema()},
                              {"commands", {{"type", "array"}, {"items", {{"$ref", "#/components/schemas/Command"}}}}}},
                             "commands")},
      {"ObjectList", list_of("Object")},
      {"ProposalList", list_named("proposals", "Object")},
      {"LinkList", list_named("links", "Object")},
      {"Task", object({{"due", nullable("string")},
                       {"overdue", {{"type", "boolean"}}},
                       {"commands", array_of(object({}, "command label"))},
                       {"proposals", array_of(object({}, "id command label proposer at"))}},
                      "id type number title state state_label due overdue href commands proposals")},
      {"TaskList", list_of("Task")},
      {"ViewRow", object({{"id", string_schema()},
                          {"type", string_schema()},
                          {"href", string_schema()},
                          {"cells", {{"type", "object"}}}},
                         "id type href cells")},
      {"ViewRows", list_of("ViewRow")},
      {"Event", object({{"type", string_schema()}, {"timestamp", string_schema()}, {"data", {{"type", "object"}}}},
                       "type timestamp data")},
      {"EventList", list_of("Event")}};
}

Json coverage() {
  const Json state = one_of({"open", "planned", "examined", "finding", "excluded"});
  const Json cell = object({{"audit", string_schema()},
                            {"state", state},
                            {"planned", integer_schema()},
                            {"examined", integer_schema()},
                            {"findings", array_of(string_schema())}},
                           "audit state planned examined findings");
  const Json row = object({{"catalogue", string_schema()},
                           {"item", string_schema()},
                           {"group", string_schema()},
                           {"clause", string_schema()},
                           {"title", string_schema()},
                           {"state", state},
                           {"last_examined", nullable("string")},
                           {"years", array_of(state)},
                           {"cells", array_of(cell)}},
                          "catalogue item group clause title state last_examined years cells");
  const Json column = object({{"id", string_schema()},
                              {"type", string_schema()},
                              {"number", string_schema()},
                              {"title", string_schema()},
                              {"state", string_schema()},
                              {"ended", {{"type", "boolean"}}},
                              {"counted", {{"type", "boolean"}}},
                              {"href", string_schema()}},
                             "id type number title state ended counted href");
  return object({{"columns", array_of(column)},
                 {"catalogues", array_of({{"type", "object"}})},
                 {"years", array_of(object({{"from", string_schema()}, {"to", string_schema()}}, "from to"))},
                 {"controls_stated", {{"type", "boolean"}}},
                 {"counts", {{"type", "object"}}},
                 {"complete", {{"type", "boolean"}}},
                 {"items", array_of(row)},
                 {"next", nullable("string")}},
                "columns catalogues years controls_stated counts complete items next");
}

Json changes() {
  const Json step =
      object({{"command", string_schema()}, {"label", string_schema()}, {"at", string_schema()}}, "command label at");
  const Json row = object({{"id", string_schema()},
                           {"type", string_schema()},
                           {"number", string_schema()},
                           {"title", string_schema()},
                           {"state", string_schema()},
                           {"state_label", string_schema()},
                           {"change", one_of({"made", "moved", "edited"})},
                           {"updated", string_schema()},
                           {"href", string_schema()},
                           {"steps", {{"type", "array"}, {"items", step}}}},
                          "id type number title state change updated href steps");
  return object({{"since", string_schema()},
                 {"audit", nullable("object")},
                 {"items", {{"type", "array"}, {"items", row}}},
                 {"next", nullable("string")}},
                "since audit items next");
}

Json audit_schemas() {
  return {{"Item", object({{"id", string_schema()},
                           {"catalogue", string_schema()},
                           {"question", string_schema()},
                           {"item", string_schema()},
                           {"subject", string_schema()},
                           {"auditor", nullable("string")},
                           {"status", one_of({"planned", "in_progress", "answered", "review"})},
                           {"result", nullable("string")},
                           {"reason", nullable("string")},
                           {"maturity", nullable("integer")},
                           {"notes", nullable("string")},
                           {"answered_by", nullable("string")},
                           {"answered_at", nullable("string")},
                           {"version", integer_schema()}},
                          "id question subject status version")},
          {"ItemList", list_of("Item")},
          {"Coverage", coverage()},
          {"ChangeList", changes()},
          {"Report", object({{"id", string_schema()},
                             {"plugin", string_schema()},
                             {"plugin_version", string_schema()},
                             {"package_hash", nullable("string")},
                             {"format", string_schema()},
                             {"language", string_schema()},
                             {"input_sha256", string_schema()},
                             {"file", stored_file()}},
                            "id plugin format file")},
          {"ReportList", list_of("Report")}};
}

Json calculation_schemas() {
  Json step = object({{"rule", string_schema()},
                      {"policy", string_schema()},
                      {"source", string_schema()},
                      {"edition", string_schema()},
                      {"value", string_schema()},
                      {"result", string_schema()},
                      {"wordings", described("Rule, value and result as codes and values, for other languages",
                                             {{"type", "object"}})}},
                     "rule policy source edition value result wordings");
  return {{"Calculation", object({{"derivation", {{"type", "array"}, {"items", std::move(step)}}}}, "derivation")}};
}

Json import_schemas() {
  Json wrong = object(
      {{"pointer", described("Of RFC 7111: #cell=4,2 or #row=4; the header is row 1")}, {"detail", string_schema()}},
      "pointer detail");
  Json invitation = object({{"token", string_schema()}, {"href", string_schema()}}, "token href");
  Json made = object({{"id", string_schema()}, {"invitation", std::move(invitation)}}, "id");
  return {{"Import", object({{"type", string_schema()},
                             {"dry_run", {{"type", "boolean"}}},
                             {"records", integer_schema()},
                             {"errors", {{"type", "array"}, {"items", std::move(wrong)}}},
                             {"made", {{"type", "array"}, {"items", std::move(made)}}}},
                            "type dry_run records errors made")}};
}

Json search_schemas() {
  Json found = object(
      {{"field", string_schema()}, {"before", string_schema()}, {"match", string_schema()}, {"after", string_schema()}},
      "field before match after");
  Json item = object(
      {{"id", string_schema()}, {"question", string_schema()}, {"subject", string_schema()}, {"href", string_schema()}},
      "id question subject href");
  item["type"] = Json::array({"object", "null"});
  Json page = list_of("SearchHit");
  page["properties"]["complete"] = {{"type", "boolean"}};
  page["required"].push_back("complete");
  return {{"SearchHit", object({{"type", string_schema()},
                                {"id", string_schema()},
                                {"number", string_schema()},
                                {"title", string_schema()},
                                {"state", string_schema()},
                                {"href", string_schema()},
                                {"item", std::move(item)},
                                {"snippet", std::move(found)}},
                               "type id number title state href item snippet")},
          {"SearchHitList", std::move(page)}};
}

Json people_schemas() {
  return {{"Person", object({{"id", string_schema()},
                             {"name", string_schema()},
                             {"email", string_schema()},
                             {"state", string_schema()},
                             {"roles", strings()},
                             {"responsibilities", strings()},
                             {"version", integer_schema()}},
                            "id name state roles version")},
          {"PersonList", list_of("Person")},
          {"Matter", object({{"id", string_schema()},
                             {"type", string_schema()},
                             {"number", string_schema()},
                             {"state", string_schema()},
                             {"seats", strings()},
                             {"items", integer_schema()},
                             {"proposals", {{"type", "array"}, {"items", {{"type", "object"}}}}}},
                            "id type number state seats items proposals")},
          {"MatterList", list_of("Matter")},
          {"Token", object({{"id", string_schema()},
                            {"name", string_schema()},
                            {"scopes", strings()},
                            {"expires", string_schema()},
                            {"token", nullable("string")},
                            {"version", integer_schema()}},
                           "id name scopes expires version")},
          {"TokenList", list_of("Token")},
          {"Session", object({{"me", {{"$ref", "#/components/schemas/Person"}}},
                              {"csrf_token", string_schema()},
                              {"expires", string_schema()}},
                             "me csrf_token expires")}};
}

Json webhook_schemas() {
  return {{"Webhook", object({{"id", string_schema()},
                              {"url", string_schema()},
                              {"types", strings()},
                              {"payload", string_schema()},
                              {"style", string_schema()},
                              {"state", string_schema()},
                              {"secret", string_schema()},
                              {"version", integer_schema()}},
                             "id url state version")},
          {"WebhookList", list_of("Webhook")},
          {"Delivery", object({{"id", string_schema()},
                               {"event", integer_schema()},
                               {"state", string_schema()},
                               {"attempts", integer_schema()},
                               {"next", nullable("string")}},
                              "id state attempts")},
          {"DeliveryList", list_of("Delivery")},
          {"Queued", object({{"delivery", string_schema()}, {"href", string_schema()}}, "delivery")}};
}

}  // namespace

Json body_schema(const Route& route) {
  constexpr std::string_view calculations = "/api/v1/calculations/";
  if (route.pattern.starts_with(calculations)) return calculation_schema(route.pattern.substr(calculations.size()));
  const std::string key = std::string(to_text(route.method)) + " " + std::string(route.pattern);
  if (key.find("/notes") != std::string::npos) return note_body_schema(key);
  const auto found = std::ranges::find(bodies, key, &BodySchema::first);
  return found == std::end(bodies) ? plugin_body_schema(key) : found->second();
}

Json shared_schemas() {
  Json schemas = record_schemas();
  for (const Json& more :
       {audit_schemas(), calculation_schemas(), import_schemas(), people_schemas(), search_schemas(), webhook_schemas(),
        case_file_schemas(), note_schemas(), policy_schemas(), evidence_schemas()})
    schemas.update(more);
  return schemas;
}

}  // namespace assay
