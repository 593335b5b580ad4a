// The event feed as a stream.
#include "http/event_feed.h"

namespace assay {

void EventBells::add(const std::shared_ptr<EventBell>& bell) {
  const std::lock_guard lock(mutex_);
  bells_.push_back(bell);
}

void EventBells::ring() {
  const std::lock_guard lock(mutex_);
  std::erase_if(bells_, [](const std::weak_ptr<EventBell>& weak) {
    const auto bell = weak.lock();
    if (bell) bell->ring();
    return !bell;
  });
}

}  // namespace assay
