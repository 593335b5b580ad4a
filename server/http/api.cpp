// What handlers work with, and the dispatch that stands before them.
#include "http/api.h"

#include <algorithm>
#include <charconv>

#include "commands/readings.h"
#include "commands/records.h"
#include "domain/guards.h"
#include "http/cookies.h"
#include "http/etag.h"
#include "http/evidence_wish.h"
#include "http/negotiation.h"
#include "http/uploads.h"
#include "ledger/digest.h"
#include "storage/events.h"

namespace assay {
namespace {

constexpr std::size_t longest_key = 255;

Refusal unauthenticated() { return refuse(Reason::unauthenticated, "sign in, or send a valid token"); }

bool writes(const Request& request) { return request.method != Method::get && request.method != Method::head; }

/// A write that rests on a cookie comes from our own pages: the token proves it, the browser's own word is heard too.
Result<void> same_site(const Request& request, const std::string& csrf) {
  const auto site = request.header("Sec-Fetch-Site");
  const auto token = request.header("X-CSRF-Token");
  const bool foreign = site && *site != "same-origin" && *site != "none";
  if (!foreign && token && constant_time_equal(*token, csrf)) return {};
  return refuse(Reason::not_permitted, "X-CSRF-Token must hold the token of this session");
}

using Asking = std::shared_ptr<const Principal>;

/// Who asks; nobody when the request carries no proof at all.
Result<Asking> authenticate(const Service& service, const Request& request) {
  if (const auto authorization = request.header("Authorization")) {
    constexpr std::string_view scheme = "Bearer ";
    if (authorization->size() <= scheme.size() ||
        !same_ignoring_case(authorization->substr(0, scheme.size()), scheme)) {
      return unauthenticated();
    }
    auto who = principal_of_token(service.context, authorization->substr(scheme.size()));
    if (!who) return unauthenticated();
    return who;
  }
  const auto session = cookie(request, session_cookie);
  if (!session) return Asking();
  auto found = principal_of_session(service.context, service.sign_in, *session);
  if (!found) return Asking();
  if (writes(request)) {
    if (auto same = same_site(request, found->csrf); !same) return same.error();
  }
  return Asking(std::make_shared<const Principal>(std::move(found->who)));
}

Result<Asking> admit(const Service& service, const Route& route, Request& request) {
  if (route.access == Access::open) return Asking();
  auto who = authenticate(service, request);
  if (!who) return who.error();
  if (!*who) return unauthenticated();
  request.principal = (*who)->person.uuid;
  if (auto scope = require(**who, writes(request) ? Scope::write : Scope::read); !scope) return scope.error();
  return who;
}

Asking noting(const Service& service, const Asking& who) {
  return std::make_shared<const Principal>(reading_by_grants(service.context, *who));
}

Result<Response> handled(const Service& service, const Route& route, Request& request) {
  auto who = admit(service, route, request);
  if (!who) return who.error();
  bool granted = *who && (*who)->reader.granted;
  if (granted && !request.may_wait) {
    request.waits = true;
    return refuse(Reason::overloaded, "this answer is noted before it is given");
  }
  if (granted) {
    auto admitted = service.readings->admit((*who)->person.id, std::chrono::steady_clock::now());
    if (!admitted) return admitted.error();
    *who = noting(service, *who);
    granted = (*who)->reader.granted;
  }
  Api api(service, std::move(*who));
  auto answer = route.handler(api, request);
  if (granted) {
    auto noted = note_reading(service.context, api.who(), {to_text(request.method), route.pattern, request.path});
    // What was done is done; it is shown no more.
    const bool ended = !noted && noted.error().reason == Reason::not_found;
    if (ended && answer && writes(request)) return no_content();
    if (!noted) return noted.error();
    service.readings->charge(api.who().person.id, *noted);
  }
  if (answer) return answer;
  return translated(answer.error(), *service.context.workflows, language_of(api, request));
}

}  // namespace

Dispatch dispatch_for(const Service& service) {
  return [&service](const Route& route, Request& request) -> Result<Response> {
    try {
      return handled(service, route, request);
    } catch (const StoreStopped&) {
      // The store has told whoever ends the process; what this request wanted may be lost.
      return refuse(Reason::overloaded, "the storage of this server has failed, and the server stops");
    }
  };
}

TakesLong takes_long_for(const Service& service) {
  return [&service](const Route& route, const Request& request) {
    if (route.method != Method::get || route.pattern != "/api/v1/{plural}/{id}/commands") return false;
    const Definition* type = service.context.workflows->find_plural(request.parameter("plural"));
    return type != nullptr && std::any_of(type->fields.begin(), type->fields.end(),
                                          [](const auto& field) { return !field.second.prefill.empty(); });
  };
}

namespace {

/// Whether an answer to this person is kept under the request's key, be it to another request.
bool answered_before(Context& context, const Principal& who, const Request& request) {
  const auto key = request.header("Idempotency-Key");
  if (!key) return false;
  Snapshot at = context.store.read();
  return find_idempotent(at, who.person.id, *key, context.clock()).has_value();
}

/// Whether the person may attach what the head of an upload announces.
Result<void> may_take_in(const Service& service, const Principal& who, const Definition& type, const Request& request) {
  const auto wish = evidence_announced(request);
  if (!wish) return wish.error();
  return may_attach_evidence(service.context, who, type.type, request.parameter("id"), *wish);
}

}  // namespace

OpenUpload open_upload_for(const Service& service) {
  return [&service](const Route& route, Request& request) -> Result<std::unique_ptr<UploadSink>> {
    auto who = admit(service, route, request);
    if (!who) return who.error();
    if (*who && (*who)->reader.granted) *who = noting(service, *who);  // what the answer shows is noted with it
    const Definition* type = service.context.workflows->find_plural(request.parameter("plural"));
    if (type == nullptr) return refuse(Reason::not_found, "there is nothing of this name");
    if (!answered_before(service.context, **who, request)) {
      auto may = may_take_in(service, **who, *type, request);
      if (!may) return translated(may.error(), *service.context.workflows, language_of(Api(service, *who), request));
    }
    return upload_into(service.context.files, (*who)->organisation.uuid, service.upload_limit);
  };
}

Refusal translated(Refusal refusal, const WorkflowSet& set, std::string_view language) {
  if (language == "en") return refusal;
  for (UnmetGuard& unmet : refusal.unmet) unmet.detail = explain(set, unmet, language);
  for (InvalidField& field : refusal.invalid) {
    if (field.wording) field.detail = told(*field.wording, language);
  }
  return refusal;
}

std::string version_etag(std::int64_t version) { return strong_etag("v" + std::to_string(version)); }

namespace {

/// The version that If-Match names: "v12", or "v12.<what else the representation depends on>".
Result<std::optional<std::int64_t>> expected_version(const Request& request) {
  const auto header = request.joined_header("If-Match");
  if (!header) return std::optional<std::int64_t>();
  const auto tags = parse_entity_tags(*header);
  if (!tags || tags->any || tags->tags.size() != 1 || tags->tags[0].weak) {
    return refuse(Reason::malformed, "If-Match must hold the one strong ETag of what you have seen");
  }
  const std::string& tag = tags->tags[0].opaque;
  std::int64_t version = 0;
  const char* end = tag.data() + tag.size();
  if (tag.size() < 2 || tag[0] != 'v') return std::optional<std::int64_t>(0);
  const auto read = std::from_chars(tag.data() + 1, end, version);
  const bool whole = read.ec == std::errc() && (read.ptr == end || *read.ptr == '.');
  return std::optional<std::int64_t>(whole ? version : 0);  // no version of ours: never the present one
}

}  // namespace

Result<Call> call_of(const Api& api, const Request& request) {
  Call call{api.who()};
  auto expected = expected_version(request);
  if (!expected) return expected.error();
  call.expected = *expected;
  if (const auto key = request.header("Idempotency-Key")) {
    const bool printable = std::all_of(key->begin(), key->end(), [](char c) { return c > ' ' && c < 127; });
    if (key->empty() || key->size() > longest_key || !printable) {
      return refuse(Reason::malformed, "Idempotency-Key must have 1 to 255 printable characters");
    }
    call.key = std::string(*key);
    const std::string body = request.upload ? request.upload->receipt.digest : request.body;
    call.request_hash =
        sha256_hex(std::string(to_text(request.method)) + "\n" + std::string(request.target) + "\n" + body);
  }
  return call;
}

std::string language_of(const Api& api, const Request& request) {
  const auto known = [](std::string_view language) { return language == "en" || language == "de"; };
  if (const auto asked = request.query_value("lang"); asked && known(*asked)) return std::string(*asked);
  if (const auto accepted = request.joined_header("Accept-Language")) {
    if (const auto wanted = wanted_language(*accepted)) return std::string(*wanted);
  }
  return api.signed_in() ? api.who().person.language : "en";
}

}  // namespace assay
