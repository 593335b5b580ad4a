// What administrators do with deliveries: send a test event, send one again, and send again from a place in the log.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "commands/perform.h"
#include "storage/webhooks.h"

namespace assay {

/// The id that a receiver recognises an event by: the same for every attempt, replay and restart, and after a restore.
std::string message_id(std::string_view webhook_uuid, std::string_view event_uuid);

struct DeliveryAsked {
  Performed performed;  // 202; its uuid is the webhook's
  std::string message;  // webhook-id of the delivery; empty when answered from an Idempotency-Key
};

// Each refuses with not_found, and with wrong_state unless the endpoint is on. Each is an event of the endpoint
// (webhook.test_asked, ...), so it moves its version and the delivery worker hears of it. Administrators only.

/// Queues an event "webhook.test". It is tried once, and says nothing about whether the endpoint works otherwise.
Result<DeliveryAsked> test_webhook(Context& context, const Call& call, std::string_view webhook);
/// Queues a delivery that was made, given up or cancelled once more, or tries a waiting one now. Attempts go on
/// counting: one that was given up gets a single further attempt.
Result<DeliveryAsked> redeliver(Context& context, const Call& call, std::string_view webhook, std::string_view message);
/// Sends every event after `position` that the endpoint wants once more, with the webhook-ids that they had.
/// Refuses as invalid a position outside of the log.
Result<Performed> replay_webhook(Context& context, const Call& call, std::string_view webhook, std::int64_t position);

}  // namespace assay
