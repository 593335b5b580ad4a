// So many calls at a time: whoever wants the plugin waits for its turn, but not for ever.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "plugins/plugin.h"

namespace assay {

/// Thread-safe.
class Turn {
 public:
  /// `places`: how many may have it at once. Eight for each of them may wait, so that a plugin that hangs does not
  /// keep all threads of the server.
  explicit Turn(int places = 1) : left_(places), may_wait_(8 * places) {}

  /// True when the caller has the turn and must give it back with leave(); false when the deadline passed or the caller
  /// was cancelled before, and at once when too many wait. `waited`: whether it was not free at once.
  bool enter(const CallLimits& limits, bool& waited) {
    std::unique_lock lock(mutex_);
    waited = left_ == 0;
    if (left_ == 0 && may_wait_ == 0) return false;
    --may_wait_;
    const bool free = freed_.wait_until(lock, limits.cancel, limits.deadline, [this] { return left_ > 0; });
    ++may_wait_;
    if (!free) return false;
    --left_;
    return true;
  }

  void leave() {
    {
      const std::lock_guard lock(mutex_);
      ++left_;
    }
    freed_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any freed_;
  int left_, may_wait_;
};

/// Has the turn from construction, unless it could not get it, until destruction.
class Entered {
 public:
  Entered(Turn& turn, const CallLimits& limits)
      : turn_(turn),
        deadline_(limits.deadline),
        entered_(turn.enter(limits, waited_)),
        at_(std::chrono::steady_clock::now()) {}
  Entered(const Entered&) = delete;
  Entered& operator=(const Entered&) = delete;
  ~Entered() {
    if (entered_) turn_.leave();
  }
  explicit operator bool() const { return entered_; }
  /// True when the deadline has passed and most of the time was spent on waiting: what did not answer then has not
  /// failed, as those who kept it busy left it no time.
  bool came_too_late() const {
    return waited_ && std::chrono::steady_clock::now() >= deadline_ && at_ - asked_ > deadline_ - at_;
  }

 private:
  Turn& turn_;
  std::chrono::steady_clock::time_point asked_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point deadline_;
  bool waited_ = false;
  bool entered_;
  std::chrono::steady_clock::time_point at_;
};

}  // namespace assay
