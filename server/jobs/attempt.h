// One attempt at one delivery: builds the message, sends it, and stores what came of it in one write.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "commands/context.h"
#include "integrations/outbound.h"
#include "integrations/retry_schedule.h"
#include "integrations/web_url.h"
#include "storage/webhooks.h"

namespace assay {

class PluginRegistry;

struct AttemptSettings {
  RetrySettings retry = {};
  UrlRules urls = {};
  std::string source = {};              // `ce-source` of CloudEvents: URI of this server
  std::function<double()> random = {};  // in [0, 1), any thread; for the jitter
  const PluginRegistry* plugins = {};   // with ticket adapters; null: there are none
};

struct AttemptEnd {
  std::optional<DeliveryOutcome> outcome = {};  // none: there was nothing to send any more
  std::optional<Instant> paused_until = {};     // the receiver asked for it
  std::string detail = {};                      // for the log
  bool disabled = false;                        // the endpoint was switched off
};

/// Sends the delivery once and stores attempt, delivery and the endpoint's run of failures. After `stop` the attempt
/// does not count and nothing is stored. Refuses as Store::write() does: the attempt was made then, but is not known.
/// Throws KeyfileError when the secret cannot be opened, and what the store throws. Any thread.
Result<AttemptEnd> attempt_delivery(Context& context, const OutboundClient& client, const AttemptSettings& settings,
                                    const DeliveryRow& delivery, std::stop_token stop);

/// Text that every database takes, at most `limit` bytes: what is no UTF-8, and NUL, become U+FFFD.
std::string storable(std::string_view bytes, std::size_t limit);

}  // namespace assay
