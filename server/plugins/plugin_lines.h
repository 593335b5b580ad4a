// Lines of a plugin on their way to the server's log.
#pragma once

#include <assay/ext/host/log.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <string>

#include "plugins/plugin.h"
#include "plugins/running_call.h"

namespace assay {

/// Cleans them, and lets so many pass in so much time. Thread-safe.
class PluginLines {
 public:
  PluginLines(std::string plugin, PluginLog log) : plugin_(std::move(plugin)), log_(std::move(log)) {}

  void tell(std::int32_t level, std::string_view line) {
    if (!log_ || !pass()) return;
    log_(plugin_, std::clamp(level, ASSAY_LOG_DEBUG, ASSAY_LOG_ERROR), one_line(line));
  }

 private:
  bool pass() {
    const std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (now - since_ > std::chrono::seconds(10)) {
      since_ = now;
      count_ = 0;
    }
    return ++count_ <= 100;
  }

  std::string plugin_;
  PluginLog log_;
  std::mutex mutex_;
  std::chrono::steady_clock::time_point since_{};
  int count_ = 0;
};

}  // namespace assay
