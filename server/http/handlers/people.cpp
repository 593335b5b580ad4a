// People of the organisation.
#include "commands/people.h"

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
  if (!person) return refuse(Reason::not_found, "there is no such person");
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
  auto performed = assay::remove_person(api.context(), *call, request.parameter("id"));
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
