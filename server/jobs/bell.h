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
  /// Returns after a ring, when the time is over (nothing: no limit), or when `stop` is requested.
  void wait(std::stop_token stop, std::optional<std::chrono::milliseconds> at_most) {
    std::unique_lock lock(mutex_);
    const auto heard = [this] { return rung_; };
    if (at_most) {
      changed_.wait_for(lock, stop, *at_most, heard);
    } else {
      changed_.wait(lock, stop, heard);
    }
    rung_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool rung_ = false;
};

}  // namespace assay
