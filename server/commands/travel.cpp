// The clock that tests and demonstrations set.
#include "commands/travel.h"

namespace assay {

void ManualClock::set(Instant to) {
  auto ahead = ahead_.load();
  for (;;) {
    const auto wanted = std::chrono::duration_cast<std::chrono::milliseconds>(to - clock_());
    if (wanted <= ahead || ahead_.compare_exchange_weak(ahead, wanted)) return;
  }
}

}  // namespace assay
