// What a background thread waits on: rung by others, or by the clock.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>

#include "domain/time.h"

namespace assay {

/// A clock may be set while somebody waits for a moment of it: no wait is longer than this.
inline constexpr std::chrono::minutes longest_nap{5};

/// How long to wait at `now` for a moment; nothing waits for ever.
inline std::optional<std::chrono::milliseconds> nap(Instant now, std::optional<Instant> until) {
  if (!until) return {};
  return std::clamp<std::chrono::milliseconds>(*until - now, std::chrono::milliseconds{0}, longest_nap);
}

/// Any number of threads ring, one waits. A ring while nobody waits is kept.
class Bell {
 public:
  void ring() {
    {
      const std::lock_guard lock(mutex_);
      rung_ = true;
    }
    changed_.notify_one();
  }
  /// Is heard by whoever has rested: many in a row cost one wake-up, and none of them a call of the system.
  void ring_softly() {
    {
      const std::lock_guard lock(mutex_);
      rung_softly_ = true;
      if (!listening_) return;
    }
    changed_.notify_one();
  }
  /// Returns after a ring, after a soft one when `rest` is over, when the time is over (nothing: no limit), or when
  /// `stop` is requested.
  void wait(std::stop_token stop, std::optional<std::chrono::milliseconds> at_most,
            std::chrono::milliseconds rest = std::chrono::milliseconds{0}) {
    std::unique_lock lock(mutex_);
    const auto began = std::chrono::steady_clock::now();
    changed_.wait_for(lock, stop, std::min(rest, at_most.value_or(rest)), [this] { return rung_; });
    const auto heard = [this] { return rung_ || rung_softly_; };
    listening_ = true;
    if (at_most) {
      changed_.wait_until(lock, stop, began + *at_most, heard);
    } else {
      changed_.wait(lock, stop, heard);
    }
    listening_ = rung_ = rung_softly_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool rung_ = false, rung_softly_ = false;
  bool listening_ = false;  // somebody waits who has rested
};

}  // namespace assay
