// What a webhook says: the Standard Webhooks envelope, its headers, and CloudEvents 1.0.2 beside them on request.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "domain/json.h"
#include "domain/time.h"
#include "integrations/outbound.h"
#include "integrations/webhook_signature.h"

namespace assay {

/// Largest body of a webhook in bytes (Standard Webhooks: under 20 kB).
inline constexpr std::size_t max_webhook_body = 20'000;

/// One event as it is told to the outside, the same for every endpoint and every attempt.
struct WebhookMessage {
  std::string id;                // same in all attempts: the receiver's idempotency key; no dot
  std::string type;              // "nonconformity.closed": lower case, divided by dots
  Instant at;                    // when the event happened
  Json data = Json::object();    // thin: ids, states, links, the record's `sequence`
  Json detail = Json::object();  // what a full payload adds, members beside those of `data`
};

enum class PayloadStyle { thin, full };

/// What an endpoint wants; its address and secrets in the form that is used.
struct WebhookEndpoint {
  WebUrl url;
  std::vector<WebhookSecret> secrets = {};  // the current one first; the old one while they overlap
  PayloadStyle style = PayloadStyle::thin;
  bool cloud_events = false;     // adds the headers of CloudEvents' binary mode
  std::string source = {};       // `ce-source`: URI of this server; needed with cloud_events
  OutboundHeaders headers = {};  // the endpoint's own, checked by header_problem()
};

/// {"type", "timestamp", "data"} as it is signed and sent. A full payload that would be over `limit` becomes a thin one
/// with "truncated": true in `data`. Throws std::length_error if even that is too large and std::invalid_argument if
/// `type` is not of its form or `data` is not an object.
std::string webhook_body(const WebhookMessage& message, PayloadStyle style, std::size_t limit = max_webhook_body);

/// The request of an attempt at `now`: body, content type, webhook-id, webhook-timestamp, webhook-signature, the
/// CloudEvents headers, and the endpoint's own ones, which never replace those. Throws like webhook_body() and sign(),
/// and std::invalid_argument for an endpoint without a secret.
OutboundRequest webhook_request(const WebhookMessage& message, const WebhookEndpoint& endpoint, Instant now);

/// A CloudEvents attribute as a header value: what is not printable ASCII, and space, quote and percent are
/// percent-encoded (CloudEvents HTTP binding, 3.1.3.2).
std::string cloud_events_value(std::string_view text);

}  // namespace assay
