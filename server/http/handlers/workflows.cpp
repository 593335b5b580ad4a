// The record types of this release, as people and programs may look at them.
#include "http/handlers/handlers.h"
#include "http/listing.h"
#include "http/representation.h"

namespace assay::handlers {
namespace {

Json summary(const Definition& type, std::string_view language) {
  return {{"type", type.type},
          {"workflow", type.workflow},
          {"version", type.version},
          {"label", label_of(type, "label", language)},
          {"label_plural", label_of(type, "label_plural", language)},
          {"plural", type.plural},
          {"href", "/api/v1/types/" + type.type}};
}

/// As the definition has it.
Json next_json(const StateDefinition& state) {
  Json all = Json::array();
  for (const auto& [command, when] : state.next)
    all.push_back(when.empty() ? Json(command) : Json{{"command", command}, {"when", when}});
  return all;
}

Json states_json(const Definition& type, std::string_view language) {
  Json all = Json::array();
  for (const auto& name : type.state_order) {
    const StateDefinition& state = type.states.at(name);
    all.push_back({{"name", name},
                   {"label", label_of(type, "states." + name, language)},
                   {"groups", state.groups},
                   {"end", state.end},
                   {"next", next_json(state)}});
  }
  return all;
}

Json fields_json(const Definition& type, std::string_view language) {
  Json all = Json::object();
  for (const auto& [name, field] : type.fields) {
    Json json = {{"label", label_of(type, "fields." + name, language)}, {"filter", field.filter}, {"form", field.form}};
    switch (field.keep) {
      case Keep::body:
        json["schema"] = field.schema;
        break;
      case Keep::event:
        json["schema"] = field.schema;
        json["kept"] = "event";
        break;
      case Keep::list:
        json["list_of"] = field.list_of;
        break;
      case Keep::dossier:
        json["dossier_of"] = field.dossier;
        break;
    }
    all[name] = std::move(json);
  }
  return all;
}

Json commands_json(const Definition& type, std::string_view language) {
  Json all = Json::array();
  for (const auto& name : type.command_order) {
    const CommandDefinition& command = type.commands.at(name);
    Json guards = Json::array();
    for (const GuardUse& guard : command.guards)
      guards.push_back({{"guard", guard.name}, {"parameters", guard.parameters}});
    all.push_back({{"name", name},
                   {"label", label_of(type, "commands." + name, language)},
                   {"event", type.type + "." + command.event},
                   {"from", command.from},
                   {"to", command.to ? Json(*command.to) : Json(nullptr)},
                   {"adopts", command.adopts ? Json(command.adopts->states) : Json(nullptr)},
                   {"by", command.by},
                   {"second", command.second},
                   {"must", command.must},
                   {"may", command.may},
                   {"anew", command.anew},
                   {"guards", std::move(guards)},
                   {"why", or_null(command.why)},
                   {"endpoint", or_null(command.endpoint)}});
  }
  return all;
}

Json links_json(const Definition& type, std::string_view language) {
  Json all = Json::object();
  for (const auto& [name, link] : type.links) {
    all[name] = {{"to", link.to},
                 {"parent", link.parent},
                 {"many", link.many},
                 {"back", link.back},
                 {"label", label_of(type, "links." + name, language)}};
  }
  return all;
}

}  // namespace

Result<Response> list_types(Api& api, const Request& request) {
  auto page = key_page(request);
  if (!page) return page.error();
  const std::string language = language_of(api, request);
  std::vector<const Definition*> rows;
  for (const auto& [name, type] : api.context().workflows->types) rows.push_back(&type);
  const auto next = cut(rows, *page, [](const Definition* type) { return type->type; });
  Json all = Json::array();
  for (const Definition* type : rows) all.push_back(summary(*type, language));
  return list_answer(request, {{"items", std::move(all)}, {"workflow_set", api.context().workflows->hash}}, next);
}

Result<Response> get_type(Api& api, const Request& request) {
  const std::string language = language_of(api, request);
  const Definition* type = api.context().workflows->find(request.parameter("type"));
  if (type == nullptr) return refuse(Reason::not_found, "there is no such record type");
  Json json = summary(*type, language);
  json["states"] = states_json(*type, language);
  json["fields"] = fields_json(*type, language);
  json["links"] = links_json(*type, language);
  json["commands"] = commands_json(*type, language);
  Json people = Json::object();
  for (const auto& [name, seat] : type->people) {
    people[name] = {{"max", seat.max}, {"label", label_of(*type, "people." + name, language)}};
    if (!seat.label_plural.empty()) people[name]["label_plural"] = label_of(*type, "people_plural." + name, language);
  }
  json["people"] = std::move(people);
  return json_response(json);
}

}  // namespace assay::handlers
