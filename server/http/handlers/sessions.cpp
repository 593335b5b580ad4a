// Signing in and out, one-time links, and who I am.
#include "commands/sign_in.h"

#include "commands/people.h"
#include "http/cookies.h"
#include "http/handlers/handlers.h"
#include "http/json_body.h"
#include "http/records_path.h"
#include "http/representation.h"

namespace assay::handlers {
namespace {

Json me_json(const Principal& who) {
  Json json = person_json(who.person);
  Json scopes = Json::array();
  for (const Scope scope : who.scopes) scopes.push_back(name_of(scope));
  json["scopes"] = std::move(scopes);
  json["organisation"] = {{"id", who.organisation.uuid},
                          {"name", who.organisation.name},
                          {"zone", who.organisation.zone},
                          {"language", who.organisation.language}};
  return json;
}

Response session_answer(const Request& request, const SignedIn& signed_in, Instant now) {
  Json json = {{"me", me_json(signed_in.who)}, {"csrf_token", signed_in.csrf}, {"expires", to_text(signed_in.expires)}};
  Response response = json_response(json, 201);
  Cookie session{session_cookie, signed_in.session};
  session.same_site = SameSite::strict;
  session.max_age = std::chrono::duration_cast<std::chrono::seconds>(signed_in.expires - now);
  response.headers.add("Set-Cookie", set_cookie(session, request.is_tls));
  return response;
}

/// Text that has to be there; that it is not is told in `language`.
Result<std::string> need(const Json& body, const char* name, std::string_view language) {
  auto text = text_member(body, name);
  if (!text) return text.error();
  if (!*text) return missing_field("/" + std::string(name), language);
  return **text;
}

/// Who asks without being signed in, or with a session that the answer replaces.
Visitor visitor_of(const Request& request, std::string_view language) {
  return {request.peer, cookie(request, session_cookie).value_or(std::string_view()), language};
}

}  // namespace

Result<Response> sign_in(Api& api, const Request& request) {
  auto body = json_body(request);
  if (!body) return body.error();
  if (auto known = only_members(*body, {"email", "password"}); !known) return known.error();
  const std::string language = language_of(api, request);
  auto email = need(*body, "email", language);
  if (!email) return email.error();
  auto password = need(*body, "password", language);
  if (!password) return password.error();
  const Service& service = api.service();
  auto signed_in = assay::sign_in(service.context, service.sign_in, service.throttle, *email, *password,
                                  visitor_of(request, language));
  if (!signed_in) return signed_in.error();
  return session_answer(request, *signed_in, service.context.clock());
}

Result<Response> sign_out(Api& api, const Request& request) {
  if (const auto session = cookie(request, session_cookie)) {
    if (auto done = assay::sign_out(api.context(), *session); !done) return done.error();
  }
  Response response = no_content();
  response.headers.add("Set-Cookie", expire_cookie(session_cookie, request.is_tls));
  return response;
}

Result<Response> accept_invitation(Api& api, const Request& request) {
  auto body = json_body(request);
  if (!body) return body.error();
  if (auto known = only_members(*body, {"token", "password"}); !known) return known.error();
  const std::string language = language_of(api, request);
  auto token = need(*body, "token", language);
  if (!token) return token.error();
  auto password = need(*body, "password", language);
  if (!password) return password.error();
  auto accepted = assay::accept_invitation(api.context(), *token, *password, language);
  if (!accepted) return accepted.error();
  auto signed_in = begin_session(api.context(), api.service().sign_in, accepted->person, accepted->password_hash,
                                 visitor_of(request, language).before);
  if (!signed_in) return signed_in.error();
  return session_answer(request, *signed_in, api.context().clock());
}

Result<Response> me(Api& api, const Request&) { return json_response(me_json(api.who())); }

Result<Response> change_password(Api& api, const Request& request) {
  auto body = json_body(request);
  if (!body) return body.error();
  if (auto known = only_members(*body, {"present", "password"}); !known) return known.error();
  const std::string language = language_of(api, request);
  auto present = need(*body, "present", language);
  if (!present) return present.error();
  auto password = need(*body, "password", language);
  if (!password) return password.error();
  auto call = call_of(api, request);
  if (!call) return call.error();
  // The hash of a body with passwords is not kept where somebody could try passwords on it.
  const Service& service = api.service();
  call->request_hash = service.context.keys.fingerprint(call->request_hash, "password request");
  auto performed =
      assay::change_password(service.context, *call, service.throttle, request.peer, *present, *password, language);
  if (!performed) return performed.error();
  Response response = no_content();
  mark_repeated(response, *performed);
  return response;
}

}  // namespace assay::handlers
