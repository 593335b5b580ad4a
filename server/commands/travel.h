// The clock that tests and demonstrations set.
#pragma once

#include <atomic>
#include <functional>

#include "domain/time.h"

namespace assay {

/// The time of another clock, set ahead by as much as was asked for. It goes on by itself, so that no two steps need
/// the same moment. Thread-safe.
class ManualClock {
 public:
  /// Runs with `clock` until it is set; outlives nothing that it reads.
  explicit ManualClock(std::function<Instant()> clock) : clock_(std::move(clock)) {}

  Instant now() const { return clock_() + ahead_.load(); }
  /// Goes on from `to`, unless it has passed that already: time never goes back.
  void set(Instant to);

 private:
  std::function<Instant()> clock_;
  std::atomic<std::chrono::milliseconds> ahead_ = std::chrono::milliseconds{0};
};

/// A journey is that long at most, so that it ends.
inline constexpr std::chrono::days longest_travel{366};

/// Sets a clock ahead and returns when everything that is due by then has happened; empty where the clock is not set.
using Travel = std::function<void(Instant to)>;

}  // namespace assay
