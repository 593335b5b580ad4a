// Personal access tokens of the person who asks.
#include "commands/tokens.h"

#include "http/handlers/handlers.h"
#include "http/json_body.h"
#include "http/listing.h"
#include "http/records_path.h"
#include "http/representation.h"

namespace assay::handlers {

Result<Response> list_tokens(Api& api, const Request& request) {
  auto page = id_page(request);
  if (!page) return page.error();
  Snapshot at = api.context().store.read();
  auto rows = assay::list_tokens(at, api.who().person.id, page->after, page->one_more());
  const auto next = cut(rows, *page);
  Json all = Json::array();
  for (const TokenRow& token : rows) all.push_back(token_json(token));
  return list_answer(request, {{"items", std::move(all)}}, next);
}

Result<Response> make_token(Api& api, const Request& request) {
  auto body = json_body(request);
  if (!body) return body.error();
  if (auto known = only_members(*body, {"name", "scopes", "expires"}); !known) return known.error();
  auto name = need_text(*body, "name");
  if (!name) return name.error();
  auto scopes = texts_member(*body, "scopes");
  if (!scopes) return scopes.error();
  auto expires = need_text(*body, "expires");
  if (!expires) return expires.error();
  const auto until = parse_instant(*expires);
  if (!until) return invalid_field("/expires", "must be a time such as 2026-11-30T08:00:00Z");
  auto call = call_of(api, request);
  if (!call) return call.error();
  auto made = make_personal_token(api.context(), *call, {*name, scopes->value_or(std::vector<std::string>()), *until});
  if (!made) return made.error();
  Snapshot at = api.context().store.read();
  const auto token = find_token(at, made->performed.uuid, api.who().person.id);
  if (!token) return refuse(Reason::not_found, "there is no such token");
  Json json = token_json(*token);
  json["token"] = or_null(made->token);
  Response response = json_response(json, 201);
  response.headers.add("ETag", version_etag(token->version));
  response.headers.add("Location", "/api/v1/me/tokens/" + token->uuid);
  mark_repeated(response, made->performed);
  return response;
}

Result<Response> revoke_token(Api& api, const Request& request) {
  auto call = call_of(api, request);
  if (!call) return call.error();
  auto performed = assay::revoke_token(api.context(), *call, request.parameter("id"));
  if (!performed) return performed.error();
  Response response = no_content();
  mark_repeated(response, *performed);
  return response;
}

}  // namespace assay::handlers
