// The one mapping from a refusal to an RFC 9457 problem.
#include "http/problem.h"

#include <array>
#include <stdexcept>
#include <string>

namespace assay {
namespace {

struct ReasonRow {
  Reason reason;
  int status;
  std::string_view slug;   // ends the type
  std::string_view title;  // the same for every problem of the type
};

constexpr std::array rows = {
    ReasonRow{Reason::not_found, 404, "not-found", "Not found"},
    ReasonRow{Reason::unauthenticated, 401, "unauthenticated", "Sign-in needed"},
    ReasonRow{Reason::not_permitted, 403, "not-permitted", "Not permitted"},
    ReasonRow{Reason::wrong_state, 409, "wrong-state", "Not possible in this state"},
    ReasonRow{Reason::stale, 409, "stale", "Changed meanwhile"},
    ReasonRow{Reason::precondition_failed, 412, "precondition-failed", "Another version is current"},
    ReasonRow{Reason::precondition_required, 428, "precondition-required", "If-Match needed"},
    ReasonRow{Reason::idempotency_conflict, 409, "idempotency-conflict", "The same request is running"},
    ReasonRow{Reason::idempotency_mismatch, 422, "idempotency-mismatch", "Idempotency-Key used for another request"},
    ReasonRow{Reason::unmet, 409, "unmet", "A condition is not met"},
    ReasonRow{Reason::invalid, 422, "invalid", "Input is not valid"},
    ReasonRow{Reason::malformed, 400, "malformed", "Request cannot be read"},
    ReasonRow{Reason::too_large, 413, "too-large", "Too large"},
    ReasonRow{Reason::unsupported, 415, "unsupported", "Not supported"},
    ReasonRow{Reason::rate_limited, 429, "rate-limited", "Too many requests"},
    ReasonRow{Reason::overloaded, 503, "overloaded", "Too busy"},
    ReasonRow{Reason::storage_full, 507, "storage-full", "Storage is full"},
    ReasonRow{Reason::plugin_failed, 502, "plugin-failed", "A plugin failed"},
};

const ReasonRow& row_of(Reason reason) {
  for (const ReasonRow& row : rows)
    if (row.reason == reason) return row;
  throw std::logic_error("a reason without a row in the problem table");
}

Json members(int status, std::string_view slug, std::string_view title, std::string_view detail,
             std::string_view request_id) {
  Json body = Json::object();
  body["type"] = "urn:assay:problem:" + std::string(slug);
  body["title"] = title;
  body["status"] = status;
  body["detail"] = detail;
  body["instance"] = "urn:uuid:" + std::string(request_id);
  return body;
}

Response answer(int status, const Json& body) {
  Response response;
  response.status = status;
  response.content_type = media::problem;
  // Details may quote what the client sent: bytes that are no UTF-8 are replaced, a problem is always sent.
  response.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

}  // namespace

int status_of(Reason reason) { return row_of(reason).status; }

Response problem(const Refusal& refusal, std::string_view request_id) {
  const ReasonRow& row = row_of(refusal.reason);
  Json body = members(row.status, row.slug, row.title, refusal.detail, request_id);
  for (const InvalidField& field : refusal.invalid)
    body["errors"].push_back({{"pointer", field.pointer}, {"detail", field.detail}});
  for (const UnmetGuard& unmet : refusal.unmet)
    body["unmet"].push_back(
        {{"guard", unmet.guard}, {"code", unmet.code}, {"detail", unmet.detail}, {"values", unmet.values}});
  Response response = answer(row.status, body);
  if (refusal.retry_after) response.headers.add("Retry-After", std::to_string(refusal.retry_after->count()));
  if (refusal.repeated) response.headers.add("Idempotent-Replayed", "true");
  if (row.status == 401) response.headers.add("WWW-Authenticate", "Bearer realm=\"assay\"");
  return response;
}

Response protocol_problem(int status, std::string_view slug, std::string_view detail, std::string_view request_id) {
  return answer(status, members(status, slug, reason_phrase(status), detail, request_id));
}

Response internal_error(std::string_view request_id) {
  return protocol_problem(500, "internal",
                          "The server failed. Quote the request id in `instance` when you report this.", request_id);
}

}  // namespace assay
