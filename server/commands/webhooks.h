// Webhook endpoints: made, changed, rotated, switched and removed by administrators; secrets sealed with the key file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "commands/perform.h"
#include "commands/webhook_wish.h"
#include "storage/webhooks.h"

namespace assay {

/// How long an old secret still signs after a rotation (Standard Webhooks).
inline constexpr std::chrono::hours secret_overlap{24};

/// Endpoints of an organisation, unless the server is told another number: each costs a queue, and a request for every
/// event.
inline constexpr int usual_webhook_limit = 50;

struct WebhookMade {
  Performed performed;
  std::string secret;  // whsec_...; shown once; empty when answered from an Idempotency-Key
};

/// Refuses with wrong_state when the organisation has `limit` endpoints, on or off. Requests that run at the same time
/// do not see each other's: they can go beyond it by their number.
Result<WebhookMade> make_webhook(Context& context, const Call& call, const WebhookWish& wish,
                                 const UrlRule& acceptable_url, int limit = usual_webhook_limit);
/// Needs the version. Switching a disabled endpoint on clears the reason.
Result<Performed> change_webhook(Context& context, const Call& call, std::string_view uuid, const WebhookWish& wish,
                                 const UrlRule& acceptable_url);
Result<WebhookMade> rotate_webhook_secret(Context& context, const Call& call, std::string_view uuid);
Result<Performed> remove_webhook(Context& context, const Call& call, std::string_view uuid);
// The following need no version, because they overwrite nothing that anybody has seen; one that is stated must be the
// present one. They refuse with not_found, and with wrong_state unless the endpoint is on. 202.
/// A test event, tried once; it has no place in any order. The answer is about the delivery: its webhook-id.
Result<Performed> test_webhook(Context& context, const Call& call, std::string_view uuid);
/// Every event after `position` is sent again, under the ids that they were sent with. Refuses as invalid a position
/// outside of the log.
Result<Performed> replay_webhook(Context& context, const Call& call, std::string_view uuid, std::int64_t position);
/// Tries a delivery again now, whatever its state. Attempts go on counting: one that was given up gets a single further
/// one. The answer is about the delivery.
Result<Performed> redeliver(Context& context, const Call& call, std::string_view uuid, std::string_view delivery);

/// By the delivery worker: 410, or failing for five days.
Result<void> disable_webhook(Context& context, std::int64_t webhook, std::string_view reason);

/// The id that a receiver recognises an event by (webhook-id): the same in every attempt, replay and restart, and after
/// a restore of the log.
std::string message_id(std::string_view webhook_uuid, std::string_view event_uuid);

/// The secrets that sign now, newest first.
std::vector<std::string> signing_secrets(const Context& context, const WebhookRow& webhook, Instant now);

}  // namespace assay
