// The one mapping from a refusal to an RFC 9457 problem.
#pragma once

#include <string>
#include <string_view>

#include "domain/refusal.h"
#include "http/response.h"

namespace assay {

/// The HTTP status of a reason. `unmet` is 409 and not 422: the same request is accepted once the guards are met.
int status_of(Reason reason);

/// application/problem+json with type, title, status, detail, instance (urn:uuid:<request id>), errors[] {pointer,
/// detail} of invalid fields and unmet[] {guard, code, detail, values}; Retry-After where the refusal names one;
/// Idempotent-Replayed where it is told again for an Idempotency-Key; WWW-Authenticate on 401.
Response problem(const Refusal& refusal, std::string_view request_id);

/// A problem of the protocol, for which there is no Reason (400, 405, 406, 408, 414, 417, 431, 500, 501, 505). `slug`
/// ends the type, e.g. "method-not-allowed". `detail` must not contain anything internal.
Response protocol_problem(int status, std::string_view slug, std::string_view detail, std::string_view request_id);

/// What the client sees of an exception: 500 and the request id, nothing of the cause.
Response internal_error(std::string_view request_id);

}  // namespace assay
