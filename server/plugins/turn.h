// One call at a time: whoever wants the plugin waits for its turn, but not for ever.
#pragma once

#include <condition_variable>
#include <mutex>

#include "plugins/plugin.h"

namespace assay {

/// Thread-safe.
class Turn {
 public:
  /// True when the caller has the turn and must give it back with leave(); false when the deadline passed or the caller
  /// was cancelled before.
  bool enter(const CallLimits& limits) {
    std::unique_lock lock(mutex_);
    if (!freed_.wait_until(lock, limits.cancel, limits.deadline, [this] { return !taken_; })) return false;
    return taken_ = true;
  }

  void leave() {
    {
      const std::lock_guard lock(mutex_);
      taken_ = false;
    }
    freed_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any freed_;
  bool taken_ = false;
};

}  // namespace assay
