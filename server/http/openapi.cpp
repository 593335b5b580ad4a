// The API description, generated.
#include "http/openapi.h"

#include "commands/coverage.h"
#include "domain/decide.h"
#include "http/list_query.h"
#include "http/response.h"

#include <algorithm>
#include <string>

namespace assay {
namespace {

std::string lower_method(Method method) {
  std::string name(to_text(method));
  std::transform(name.begin(), name.end(), name.begin(), [](char c) { return static_cast<char>(c | 0x20); });
  return name;
}

bool names(std::string_view pattern, std::string_view parameter) {
  return pattern.find("{" + std::string(parameter) + "}") != std::string_view::npos;
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  const auto at = text.find(what);
  return at == std::string::npos ? text : text.replace(at, what.size(), with);
}

Json reference(std::string_view kind, std::string_view name) {
  return {{"$ref", "#/components/" + std::string(kind) + "/" + std::string(name)}};
}

Json path_parameters(std::string_view path) {
  Json all = Json::array();
  for (auto open = path.find('{'); open != std::string_view::npos; open = path.find('{', open + 1)) {
    const auto close = path.find('}', open);
    const std::string name(path.substr(open + 1, close - open - 1));
    all.push_back({{"name", name}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}});
  }
  return all;
}

bool is_calculation(const Route& route) { return route.pattern.starts_with("/api/v1/calculations/"); }

/// A question to a plugin, which stores nothing.
bool is_question(const Route& route) {
  static constexpr std::string_view ends[] = {"/applicability", "/sample", "/mapping"};
  return std::any_of(std::begin(ends), std::end(ends),
                     [&](std::string_view end) { return route.pattern.ends_with(end); });
}

bool is_write(const Route& route) {
  return route.method != Method::get && !is_calculation(route) && !is_question(route);
}

/// A write to something that exists names the version that was seen.
bool needs_version(const Route& route) {
  static constexpr std::string_view without[] = {"/secret",     "/test",     "/replay",  "/redeliver",
                                                 "/invitation", "/password", "/session", "/evidence",
                                                 "/files",      "/reports",  "/notes"};
  if (route.pattern.ends_with("/holidays") || route.pattern.ends_with("/settings")) return is_write(route);
  if (!is_write(route) || !route.pattern.ends_with('}')) {
    const bool transition = names(route.pattern, "id") && is_write(route);
    const bool exempt = std::any_of(std::begin(without), std::end(without),
                                    [&](std::string_view end) { return route.pattern.ends_with(end); });
    return transition && (!exempt || route.pattern.ends_with("/webhooks/{id}/secret"));
  }
  const bool makes_record =
      route.pattern == "/api/v1/{plural}" || (route.method == Method::put && route.pattern == "/api/v1/{plural}/{id}");
  return !makes_record;
}

/// An item of the query; those that mean the same everywhere are described once.
Json query_parameter(std::string_view name, std::string_view description, bool many) {
  if (name == "limit") return reference("parameters", "Limit");
  if (name == "cursor") return reference("parameters", "Cursor");
  if (name == "lang") return reference("parameters", "Language");
  Json schema = {{"type", "string"}};
  if (many) schema = {{"type", "array"}, {"items", std::move(schema)}};
  return {{"name", name}, {"in", "query"}, {"description", description}, {"schema", std::move(schema)}};
}

Json common_parameters(const Route& route) {
  Json all = Json::array();
  for (const QueryItem& item : route.query) all.push_back(query_parameter(item.name, item.description, item.many));
  if (route.access == Access::signed_in && is_write(route)) all.push_back(reference("parameters", "IdempotencyKey"));
  if (needs_version(route)) all.push_back(reference("parameters", "IfMatch"));
  return all;
}

/// Answers carry an ETag, and a client that names it is told that nothing has changed.
bool is_revalidated(const Route& route) {
  if (route.method != Method::get) return false;
  if (route.pattern == "/api/v1/views/{view}") return false;  // a list
  return route.pattern.ends_with('}') || route.pattern.ends_with("/file") || route.pattern.ends_with("/catalogue") ||
         route.pattern == "/api/v1/openapi.json";
}

/// The schema that a successful answer has.
std::string_view answer_of(const Route& route) {
  const std::string_view pattern = route.pattern;
  if (is_calculation(route)) return "Calculation";
  if (pattern == "/api/v1/{plural}") return route.method == Method::get ? "RecordList" : "Record";
  if (pattern.ends_with("/commands")) return "CommandList";
  if (pattern.ends_with("/events")) return "EventList";
  if (pattern.ends_with("/proposals")) return "ProposalList";
  if (pattern.ends_with("/links")) return "LinkList";
  if (pattern.ends_with("/items")) return route.method == Method::get ? "ItemList" : "Record";
  if (names(pattern, "item")) return "Item";
  if (pattern.ends_with("/coverage")) return "Coverage";
  if (pattern.ends_with("/case-file")) return "CaseFile";
  if (pattern.ends_with("/changes")) return "ChangeList";
  if (pattern.ends_with("/evidence") && route.method == Method::get) return "EvidenceList";
  if (pattern.find("/evidence") != std::string_view::npos) return "Evidence";
  if (pattern.ends_with("/notes") && route.method == Method::get) return "NoteList";
  if (pattern.find("/notes") != std::string_view::npos) return "Note";
  if (pattern.ends_with("/reports") && route.method == Method::get) return "ReportList";
  if (pattern.find("/reports") != std::string_view::npos) return "Report";
  if (pattern.ends_with("/scores") || is_question(route)) return "Object";
  if (pattern.find("/catalogue") != std::string_view::npos && route.method == Method::get && names(pattern, "plural"))
    return "Object";
  if (names(pattern, "plural")) return "Record";
  if (pattern == "/api/v1/people" && route.method == Method::get) return "PersonList";
  if (pattern == "/api/v1/people/{id}/matters") return "MatterList";
  if (pattern.starts_with("/api/v1/people")) return "Person";
  if (pattern.ends_with("/test") || pattern.ends_with("/redeliver")) return "Queued";
  if (pattern.ends_with("/replay")) return "Object";
  if (pattern == "/api/v1/webhooks" && route.method == Method::get) return "WebhookList";
  if (pattern.ends_with("/deliveries")) return "DeliveryList";
  if (names(pattern, "delivery")) return "Delivery";
  if (pattern.starts_with("/api/v1/webhooks")) return "Webhook";
  if (pattern.ends_with("/tokens") && route.method == Method::get) return "TokenList";
  if (pattern.find("/tokens") != std::string_view::npos) return "Token";
  if (pattern == "/api/v1/search") return "SearchHitList";
  if (pattern == "/api/v1/imports") return "Import";
  if (pattern == "/api/v1/me/tasks") return "TaskList";
  if (pattern == "/api/v1/views/{view}") return "ViewRows";
  if (pattern == "/api/v1/policies") return "PolicyList";
  if (names(pattern, "policy")) return "Policy";
  const bool others = pattern == "/api/v1/views" || pattern == "/api/v1/plugins" || pattern == "/api/v1/catalogues" ||
                      pattern == "/api/v1/types" || pattern == "/api/v1/calculations";
  if (others) return "ObjectList";
  if (pattern == "/api/v1/session" || pattern == "/api/v1/invitations/accept") return "Session";
  return "Object";
}

Json content(std::string_view media, Json schema) { return {{std::string(media), {{"schema", std::move(schema)}}}}; }

Json success(const Route& route) {
  if (route.answers == any_media) {
    return {
        {"200", {{"description", "The file"}, {"content", content("application/octet-stream", {{"type", "string"}})}}},
        {"206", {{"description", "The range of bytes that was asked for"}}},
        {"416", reference("responses", "Problem")}};
  }
  if (!route.pattern.starts_with("/api/")) return {{"200", {{"description", "OK"}}}};
  if (route.answers == media::csv)
    return {{"200", {{"description", "The table"}, {"content", content("text/csv", {{"type", "string"}})}}}};
  if (route.answers == no_media) return {{"204", {{"description", "Done"}}}};
  Json body = content("application/json", reference("schemas", answer_of(route)));
  if (route.answers.find(media::events) != std::string_view::npos)
    body[std::string(media::events)] = {{"schema", {{"type", "string"}}}};
  for (const char* file : {"text/csv", "text/calendar", "text/html"}) {
    if (route.answers.find(file) != std::string_view::npos) body[file] = {{"schema", {{"type", "string"}}}};
  }
  Json all = Json::object();
  const bool queued =
      route.pattern.ends_with("/test") || route.pattern.ends_with("/replay") || route.pattern.ends_with("/redeliver");
  const bool creates = (is_write(route) && route.method == Method::post && !names(route.pattern, "id")) ||
                       (is_write(route) && (route.pattern == "/api/v1/{plural}/{id}" ||
                                            route.pattern.ends_with("/evidence") || route.pattern.ends_with("/files") ||
                                            route.pattern.ends_with("/reports") || route.pattern.ends_with("/notes")));
  if (route.pattern == "/api/v1/imports") all["200"] = {{"description", "What a dry run found"}, {"content", body}};
  all[queued ? "202" : creates ? "201" : "200"] = {{"description", "OK"}, {"content", body}};
  if (names(route.pattern, "command")) all["202"] = {{"description", "Waits for a second person"}, {"content", body}};
  if (names(route.pattern, "command") || names(route.pattern, "proposal")) {
    all["204"] = {{"description", "Done, and you do not see the record any more"}};
  }
  return all;
}

Json responses(const Route& route) {
  Json all = success(route);
  const auto refused = [&](const char* status) { all[status] = reference("responses", "Problem"); };
  refused("400");
  if (route.answers != no_media) refused("406");
  if (route.access == Access::signed_in) {
    refused("401");
    refused("403");
  }
  if (names(route.pattern, "id") || names(route.pattern, "view") || is_calculation(route)) refused("404");
  if (is_calculation(route) || is_question(route)) refused("422");
  if (route.pattern.ends_with("/settings")) refused("404");
  if (is_write(route)) {
    for (const char* status : {"409", "422", "503", "507"}) refused(status);
  }
  if (needs_version(route)) {
    refused("412");
    refused("428");
  }
  if (is_revalidated(route)) all["304"] = {{"description", "Not modified"}};
  return all;
}

std::string operation_id(const Route& route, const std::string& path) {
  std::string id = lower_method(route.method);
  for (const char c : path.starts_with("/api/v1") ? path.substr(7) : path) {
    id += (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '_';
  }
  return id;
}

Json operation(const Route& route, const std::string& path, const std::string& tag, Json body) {
  Json json = {{"operationId", operation_id(route, path)},
               {"summary", route.summary},
               {"tags", Json::array({tag})},
               {"parameters", common_parameters(route)},
               {"responses", responses(route)}};
  if (route.access == Access::open) json["security"] = Json::array();
  if (route.body == BodyKind::upload) {
    json["requestBody"] = {{"required", true}, {"content", content("*/*", {{"type", "string"}, {"format", "binary"}})}};
  } else if (!route.media.empty()) {
    json["requestBody"] = {{"required", true}, {"content", content(route.media, {{"type", "string"}})}};
  } else if (!body.is_null()) {
    json["requestBody"] = {{"required", true}, {"content", content("application/json", std::move(body))}};
  }
  return json;
}

void put_operation(Json& paths, const Route& route, const std::string& path, Json operation) {
  Json& item = paths[path];
  if (!item.contains("parameters")) item["parameters"] = path_parameters(path);
  item[lower_method(route.method)] = std::move(operation);
}

Json embedded(const Definition& type, const CommandDefinition& command) {
  Json schema = Json::parse(input_schema_text(type, command, "en"));
  schema.erase("$schema");
  return schema;
}

void add_command_paths(Json& paths, const Route& route, const Definition& type, const std::string& path) {
  for (const auto& name : type.command_order) {
    const CommandDefinition& command = type.commands.at(name);
    const bool by_timer = std::find(command.by.begin(), command.by.end(), "timer") != command.by.end();
    if (command.creates() || by_timer || !command.endpoint.empty()) continue;
    const std::string own = replaced(path, "{command}", name);
    Json json = operation(route, own, type.label_plural, embedded(type, command));
    json["summary"] = command.label;
    if (!command.why.empty()) json["description"] = "Clause " + command.why;
    put_operation(paths, route, own, std::move(json));
  }
}

/// The body that makes a record: one of the type's creating commands.
Json creation_schema(const Definition& type) {
  Json all = Json::array();
  for (const auto& name : type.command_order) {
    const CommandDefinition& command = type.commands.at(name);
    if (!command.creates()) continue;
    Json schema = embedded(type, command);
    schema["title"] = command.label + " (?command=" + name + ")";
    all.push_back(std::move(schema));
  }
  return {{"anyOf", std::move(all)}};
}

bool has_endpoint(const Definition& type, std::string_view name) {
  return std::any_of(type.commands.begin(), type.commands.end(),
                     [&](const auto& one) { return one.second.endpoint == name; });
}

void add_type_paths(Json& paths, const Route& route, const WorkflowSet& set, const Definition& type) {
  const bool items = names(route.pattern, "item") || route.pattern.ends_with("/items") || is_question(route) ||
                     route.pattern.ends_with("/scores") || route.pattern.ends_with("/catalogue/move");
  if (items && !has_endpoint(type, "items")) return;
  if (route.pattern.find("/{id}/catalogue") != std::string_view::npos && !has_endpoint(type, "catalogue")) return;
  if (route.pattern.find("/reports") != std::string_view::npos && !has_endpoint(type, "reports")) return;
  const bool audit = std::find(type.holds.begin(), type.holds.end(), "answers") != type.holds.end();
  if (route.pattern.find("/notes") != std::string_view::npos && !audit) return;
  if (route.pattern.ends_with("/coverage") && !has_coverage(set, type.type)) return;
  const std::string path = replaced(std::string(route.pattern), "{plural}", type.plural);
  if (names(route.pattern, "command")) return add_command_paths(paths, route, type, path);
  const bool creation =
      route.body == BodyKind::json && (route.pattern == "/api/v1/{plural}" || route.pattern == "/api/v1/{plural}/{id}");
  Json json = operation(route, path, type.label_plural, creation ? creation_schema(type) : body_schema(route));
  if (route.filters) {
    for (const FilterItem& item : filter_items(type))
      json["parameters"].push_back(query_parameter(item.name, item.description, true));
  }
  put_operation(paths, route, path, std::move(json));
}

Json event_webhooks(const WorkflowSet& set) {
  Json all = Json::object();
  for (const auto& [name, type] : set.types) {
    for (const auto& [command_name, command] : type.commands) {
      all[type.type + "." + command.event] = {
          {"post",
           {{"summary", type.label + ": " + command.label},
            {"parameters",
             Json::array({reference("parameters", "WebhookId"), reference("parameters", "WebhookTimestamp"),
                          reference("parameters", "WebhookSignature")})},
            {"requestBody", {{"content", content("application/json", reference("schemas", "Event"))}}},
            {"responses", {{"2XX", {{"description", "Received"}}}, {"410", {{"description", "Send no more"}}}}}}}};
    }
  }
  return all;
}

Json parameter(const char* name, const char* in, const char* description, bool required) {
  return {{"name", name},
          {"in", in},
          {"description", description},
          {"required", required},
          {"schema", {{"type", "string"}}}};
}

Json components() {
  return {
      {"schemas", shared_schemas()},
      {"parameters",
       {{"IdempotencyKey",
         parameter("Idempotency-Key", "header", "Repeating a request with its key performs it once", false)},
        {"IfMatch", parameter("If-Match", "header",
                              "ETag of what is changed, as GET of this path answered with; of the record above where "
                              "a path has no GET with an ETag, as commands and proposals",
                              true)},
        {"Limit", parameter("limit", "query", "1 to 200, default 50", false)},
        {"Cursor", parameter("cursor", "query", "From the answer before, or its Link header", false)},
        {"Language", parameter("lang", "query", "en or de, before Accept-Language", false)},
        {"WebhookId", parameter("webhook-id", "header", "The same in all attempts", true)},
        {"WebhookTimestamp", parameter("webhook-timestamp", "header", "Unix seconds of this attempt", true)},
        {"WebhookSignature", parameter("webhook-signature", "header", "Standard Webhooks v1", true)}}},
      {"responses",
       {{"Problem",
         {{"description", "Refused (RFC 9457)"},
          {"content", content("application/problem+json", reference("schemas", "Problem"))}}}}},
      {"securitySchemes",
       {{"token", {{"type", "http"}, {"scheme", "bearer"}}},
        {"session", {{"type", "apiKey"}, {"in", "cookie"}, {"name", "assay_session"}}}}}};
}

}  // namespace

Json openapi(const WorkflowSet& set, std::span<const Route> routes, std::string_view version) {
  Json paths = Json::object();
  for (const Route& route : routes) {
    if (names(route.pattern, "plural")) {
      for (const auto& [name, type] : set.types) add_type_paths(paths, route, set, type);
      continue;
    }
    const std::string path(route.pattern);
    const std::string tag = path.starts_with("/api/v1/") ? path.substr(8, path.find('/', 8) - 8) : "server";
    put_operation(paths, route, path, operation(route, path, tag, body_schema(route)));
  }
  return {{"openapi", "3.1.0"},
          {"info",
           {{"title", "Assay"},
            {"version", version},
            {"summary", "Audit and certification as state machines"},
            {"license", {{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}}},
          {"jsonSchemaDialect", "https://json-schema.org/draft/2020-12/schema"},
          {"servers", Json::array({{{"url", "/"}}})},
          {"security", Json::array({{{"token", Json::array()}}, {{"session", Json::array()}}})},
          {"paths", std::move(paths)},
          {"webhooks", event_webhooks(set)},
          {"components", components()}};
}

}  // namespace assay
