// People of the organisation.
#include "commands/people.h"

#include "commands/hand_over.h"
#include "http/etag.h"
#include "http/handlers/handlers.h"
#include "http/json_body.h"
#include "http/listing.h"
#include "http/records_path.h"
#include "http/representation.h"

namespace assay::handlers {
namespace {

/// Colleagues see a person's name and roles; addresses and what they answer for are for administrators and themselves.
Json shown(const Api& api, const PersonRow& person) {
  Json json = person_json(person);
  if (person.restricted && api.who().reader.privacy) json["restricted"] = true;
  json["name"] = name_for(api.who().reader, person);
  if (api.who().reader.administrator || person.id == api.who().person.id) return json;
  json.erase("email");
  json.erase("language");
  json.erase("responsibilities");
  return json;
}

Result<Response> person_answer(Api& api, std::string_view uuid, int status, const Performed& performed) {
  Snapshot at = api.context().store.read();
  const auto person = find_person(at, uuid, api.who().reader);
  if (!person) return refuse(Reason::not_found, "there is no such person");
  Response response = json_response(shown(api, *person), status);
  response.headers.add("ETag", version_etag(person->version));
  if (status == 201) response.headers.add("Location", "/api/v1/people/" + person->uuid);
  mark_repeated(response, performed);
  return response;
}

/// Administrators hand over what they need not see: its type, number and state, and no field.
Json matter_json(const AwaitingRecord& one) {
  Json proposals = Json::array();
  for (const ProposalRow& proposal : one.proposals)
    proposals.push_back({{"id", proposal.uuid}, {"command", proposal.command}});
  return {{"id", one.record.uuid},     {"type", one.record.type}, {"number", one.record.number},
          {"state", one.record.state}, {"seats", one.seats},      {"items", one.items},
          {"proposals", proposals}};
}

Result<HandOverWish::Named> named_of(const Json& json, std::size_t index) {
  const std::string pointer = "/matters/" + std::to_string(index);
  if (!json.is_object()) return invalid_field(pointer, "must be an object");
  HandOverWish::Named named;
  for (const auto& [name, value] : json.items()) {
    if (name != "record" && name != "seat" && name != "to")
      return invalid_field(pointer + pointer_to("", name), "is not known here");
    if (!value.is_string()) return invalid_field(pointer + pointer_to("", name), "must be a string");
  }
  for (const char* name : {"record", "to"}) {
    if (!json.contains(name)) return invalid_field(pointer + "/" + name, "is missing");
  }
  named.record = json.at("record").get<std::string>();
  named.to = json.at("to").get<std::string>();
  if (json.contains("seat")) named.seat = json.at("seat").get<std::string>();
  return named;
}

Result<HandOverWish> hand_over_wish(const Json& body) {
  if (auto known = only_members(body, {"to", "matters", "reason", "leave"}); !known) return known.error();
  HandOverWish wish;
  auto to = text_member(body, "to");
  if (!to) return to.error();
  wish.to = std::move(*to);
  auto reason = need_text(body, "reason");
  if (!reason) return reason.error();
  wish.reason = std::move(*reason);
  if (const auto leave = body.find("leave"); leave != body.end()) {
    if (!leave->is_boolean()) return invalid_field("/leave", "must be true or false");
    wish.leave = leave->get<bool>();
  }
  const auto matters = body.find("matters");
  if (matters == body.end()) return wish;
  if (!matters->is_array()) return invalid_field("/matters", "must be a list");
  for (std::size_t i = 0; i < matters->size(); ++i) {
    auto named = named_of((*matters)[i], i);
    if (!named) return named.error();
    wish.matters.push_back(std::move(*named));
  }
  return wish;
}

Result<Response> invitation_answer(Api& api, const Invited& invited) {
  auto answer = person_answer(api, invited.performed.uuid, invited.performed.status, invited.performed);
  if (!answer || invited.token.empty()) return answer;
  Json json = Json::parse(std::get<std::string>(answer->body));
  json["invitation"] = {{"token", invited.token}, {"href", "/invitation#" + invited.token}};
  answer->body = json.dump();
  return answer;
}

}  // namespace

Result<Response> list_people(Api& api, const Request& request) {
  auto page = id_page(request);
  if (!page) return page.error();
  Snapshot at = api.context().store.read();
  auto rows = assay::list_people(at, api.who().reader, page->after, page->one_more());
  const auto next = cut(rows, *page);
  Json all = Json::array();
  for (const PersonRow& row : rows) all.push_back(shown(api, row));
  return list_answer(request, {{"items", std::move(all)}}, next);
}

Result<Response> get_person(Api& api, const Request& request) {
  Snapshot at = api.context().store.read();
  const auto person = find_person(at, request.parameter("id"), api.who().reader);
  if (!person || !knows_person(at, api.who().reader, person->id))
    return refuse(Reason::not_found, "there is no such person");
  const std::string etag = version_etag(person->version);
  if (none_match_holds(request, etag)) return not_modified(etag);
  Response response = json_response(shown(api, *person));
  response.headers.add("ETag", etag);
  return response;
}

Result<Response> invite_person(Api& api, const Request& request) {
  auto body = json_body(request);
  if (!body) return body.error();
  if (auto known = only_members(*body, {"name", "email", "language", "roles", "responsibilities"}); !known)
    return known.error();
  auto name = need_text(*body, "name");
  if (!name) return name.error();
  auto email = need_text(*body, "email");
  if (!email) return email.error();
  auto language = text_member(*body, "language");
  if (!language) return language.error();
  auto roles = texts_member(*body, "roles");
  if (!roles) return roles.error();
  auto responsibilities = texts_member(*body, "responsibilities");
  if (!responsibilities) return responsibilities.error();
  auto call = call_of(api, request);
  if (!call) return call.error();
  const std::vector<std::string> none;
  auto invited = assay::invite_person(api.context(), *call,
                                      {*name, *email, language->value_or(api.who().organisation.language),
                                       roles->value_or(none), responsibilities->value_or(none)});
  if (!invited) return invited.error();
  return invitation_answer(api, *invited);
}

Result<Response> change_person(Api& api, const Request& request) {
  auto body = json_body(request);
  if (!body) return body.error();
  if (auto known = only_members(*body, {"name", "language", "roles", "responsibilities"}); !known) return known.error();
  PersonChange change;
  auto name = text_member(*body, "name");
  if (!name) return name.error();
  change.name = std::move(*name);
  auto language = text_member(*body, "language");
  if (!language) return language.error();
  change.language = std::move(*language);
  auto roles = texts_member(*body, "roles");
  if (!roles) return roles.error();
  change.roles = std::move(*roles);
  auto responsibilities = texts_member(*body, "responsibilities");
  if (!responsibilities) return responsibilities.error();
  change.responsibilities = std::move(*responsibilities);
  auto call = call_of(api, request);
  if (!call) return call.error();
  auto performed = assay::change_person(api.context(), *call, request.parameter("id"), change);
  if (!performed) return performed.error();
  return person_answer(api, performed->uuid, 200, *performed);
}

Result<Response> remove_person(Api& api, const Request& request) {
  auto call = call_of(api, request);
  if (!call) return call.error();
  const auto left_open = request.query_value("left_open");
  if (left_open && *left_open != "true" && *left_open != "false")
    return invalid_query("?left_open", "must be true or false");
  auto performed = assay::remove_person(api.context(), *call, request.parameter("id"), left_open == "true");
  if (!performed) return performed.error();
  return person_answer(api, performed->uuid, 200, *performed);
}

Result<Response> list_matters(Api& api, const Request& request) {
  if (auto may = require_administrator(api.who()); !may) return may.error();
  auto page = id_page(request);
  if (!page) return page.error();
  Snapshot at = api.context().store.read();
  const auto person = find_person(at, request.parameter("id"), api.who().reader);
  if (!person) return refuse(Reason::not_found, "there is no such person");
  auto rows = awaiting(api.context().store, at, person->id, page->after, page->limit + 1);
  const auto next = cut(rows, *page);
  Json all = Json::array();
  for (const AwaitingRecord& row : rows) all.push_back(matter_json(row));
  return list_answer(request, {{"items", std::move(all)}}, next);
}

Result<Response> hand_over(Api& api, const Request& request) {
  auto body = json_body(request);
  if (!body) return body.error();
  auto wish = hand_over_wish(*body);
  if (!wish) return wish.error();
  auto call = call_of(api, request);
  if (!call) return call.error();
  auto performed = assay::hand_over(api.context(), *call, request.parameter("id"), *wish);
  if (!performed) return performed.error();
  return person_answer(api, performed->uuid, 200, *performed);
}

Result<Response> renew_invitation(Api& api, const Request& request) {
  auto call = call_of(api, request);
  if (!call) return call.error();
  auto invited = assay::renew_invitation(api.context(), *call, request.parameter("id"));
  if (!invited) return invited.error();
  return invitation_answer(api, *invited);
}

}  // namespace assay::handlers
