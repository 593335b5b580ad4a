// When a webhook is tried again, when its event is given up, and when its endpoint is switched off. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

#include "domain/time.h"
#include "integrations/outbound.h"

namespace assay {

enum class DeliveryOutcome {
  success,      // 2xx
  gone,         // 410: the receiver wants no more
  redirected,   // 3xx, which is not followed
  throttled,    // 429, 502, 504: the receiver cannot keep up
  failed,       // any other status
  timed_out,    // no whole answer in time
  unreachable,  // no name, connection, TLS or HTTP
  refused,      // the address guard refuses the receiver
  cancelled,    // we shut down: does not count as an attempt
};
std::string_view to_text(DeliveryOutcome outcome);

DeliveryOutcome outcome_of(const OutboundResult& result);

struct RetrySettings {
  /// The wait before each attempt, the first included: as many attempts as entries, about 76 hours in all.
  std::vector<std::chrono::seconds> waits = {std::chrono::seconds{0},  std::chrono::seconds{5}, std::chrono::minutes{5},
                                             std::chrono::minutes{30}, std::chrono::hours{2},   std::chrono::hours{5},
                                             std::chrono::hours{10},   std::chrono::hours{14},  std::chrono::hours{20},
                                             std::chrono::hours{24}};
  double jitter = 0.1;  // a wait is longer by up to this part of itself
  std::chrono::seconds retry_after_cap = std::chrono::hours{24};
  std::chrono::seconds throttle_pause{60};                    // for a throttled answer that does not say how long
  std::chrono::seconds disable_after = std::chrono::days{5};  // of nothing but failures
};

/// The value of Retry-After in seconds from `now` (RFC 9110, 10.2.3: seconds or one of three date forms), 0 for a time
/// that has passed. Nothing if it is neither.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view value, Instant now);

/// What the worker has to do after an attempt.
struct DeliveryStep {
  enum class Action {
    done,       // delivered: on to the next event of the record
    retry,      // again at `retry_at`
    exhausted,  // the schedule is used up: to the dead-letter list, later events proceed
    repeat,     // the attempt does not count (shutdown): as if it had not been made
  };
  Action action = Action::done;
  std::optional<Instant> retry_at = {};       // with Action::retry only
  std::optional<Instant> paused_until = {};   // the whole endpoint rests until then: it asked for it
  std::optional<Instant> failing_since = {};  // to be stored with the endpoint; nothing once something was delivered
  bool disable = false;                       // switch the endpoint off and tell its owners
};

/// `attempts` is the number of attempts at this event, this one included (from 1); `failing_since` is what the endpoint
/// holds from earlier steps; `retry_after` is what parse_retry_after() gave; `random` lies in [0, 1).
/// 410 gives Action::exhausted and disable at once. Throws std::invalid_argument for attempts < 1.
DeliveryStep after_attempt(const RetrySettings& settings, DeliveryOutcome outcome, int attempts,
                           std::optional<Instant> failing_since, std::optional<std::chrono::seconds> retry_after,
                           Instant now, double random);

}  // namespace assay
