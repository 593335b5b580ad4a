// The event feed as a stream: who listens, and what each is told.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "http/event_stream.h"

namespace assay {

/// The bells of all open event streams. Thread-safe.
class EventBells {
 public:
  void add(const std::shared_ptr<EventBell>& bell);
  /// Tells every stream that the log has grown. Does not block on the network.
  void ring();

 private:
  std::mutex mutex_;
  std::vector<std::weak_ptr<EventBell>> bells_;
};

}  // namespace assay
