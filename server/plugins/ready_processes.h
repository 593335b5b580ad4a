// The processes of one plugin that wait for their next call.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include "plugins/process.h"

namespace assay {

/// Thread-safe. Has a thread of its own, so that no call waits for the end of the process of the one before it, and few
/// wait for the start of theirs. What waits is stopped, so that it computes nothing: one that was made ready at once,
/// one that may serve again when it is next looked at.
class ReadyProcesses : public Resting {
 public:
  using Time = std::chrono::steady_clock::time_point;
  /// Starts one; nothing when that fails, which it has told then. Gives up when it is told to stop. Throws nothing.
  using Make = std::function<std::unique_ptr<PluginProcess>(const std::stop_token&)>;

  /// A process that nobody has needed for `longest` ends.
  ReadyProcesses(std::chrono::milliseconds longest, Make make);

  /// The one that was used last, if it lives, or the one that is just being made ready, for which it waits a moment;
  /// nothing when there is none.
  std::unique_ptr<PluginProcess> take(Time until);
  /// For the next call.
  void give(std::unique_ptr<PluginProcess> process);
  /// Ends it, after another one was made ready if that is wanted and none waits; at once, and in the caller's time,
  /// when many are being ended.
  void retire(std::unique_ptr<PluginProcess> process, bool replace);
  void end_idle() override;
  /// Makes none any more; afterwards `make` is not called. Before what that rests on goes.
  void stop();

 private:
  using Processes = std::vector<std::unique_ptr<PluginProcess>>;

  void work(const std::stop_token& stop);

  std::chrono::milliseconds longest_;
  Make make_;
  std::mutex mutex_;
  std::condition_variable_any retired_changed_;
  std::condition_variable made_;
  Processes idle_, retired_;
  bool wanted_ = false, making_ = false;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace assay
