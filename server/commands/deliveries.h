// The delivery worker as far as requests need it.
#pragma once

namespace assay {

/// What handlers ask of the delivery worker. It learns of what there is to send from the log. Thread-safe.
class Deliveries {
 public:
  virtual ~Deliveries() = default;
  virtual bool running() const = 0;
};

}  // namespace assay
