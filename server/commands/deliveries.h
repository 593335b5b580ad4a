// The delivery worker as far as requests need it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "domain/refusal.h"

namespace assay {

/// What handlers ask of the delivery worker. Thread-safe.
class Deliveries {
 public:
  virtual ~Deliveries() = default;
  virtual bool running() const = 0;
  /// Sends a test event; returns the delivery's public id.
  virtual Result<std::string> ping(std::int64_t webhook) = 0;
  /// Tries a delivery again now, whatever its state.
  virtual Result<void> redeliver(std::int64_t webhook, std::string_view delivery) = 0;
  /// Moves the endpoint's cursor back: every event after `position` is sent again.
  virtual Result<void> replay(std::int64_t webhook, std::int64_t position) = 0;
};

}  // namespace assay
