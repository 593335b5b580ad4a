// Fires the timers of records when they are due, each by its command, through the one path of all changes.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

#include "commands/context.h"
#include "jobs/bell.h"
#include "jobs/journal.h"
#include "storage/records.h"

namespace assay {

/// One thread. It sleeps until a commit (which may have started a timer) or the next due time. A timer that cannot be
/// fired is written to the journal with its reason and tried again after 1 minute, then 2, 4, ... up to 6 hours; the
/// others go on. After a restore nothing is fired until the store is released.
class TimerWorker {
 public:
  /// `context` outlives the worker.
  TimerWorker(Context& context, Journal journal) : context_(context), journal_(std::move(journal)) {}
  ~TimerWorker() { stop(); }
  TimerWorker(const TimerWorker&) = delete;
  TimerWorker& operator=(const TimerWorker&) = delete;

  void start();
  /// Something may be due. It is looked at within some milliseconds. Any thread, never blocks.
  void wake();
  /// Waits for the timer that is being fired. Idempotent.
  void stop();
  /// Returns once everything that is due at the clock's present moment has been fired, or has failed.
  void settle();

 private:
  struct Failure {
    int times = 0;
    Instant again = {};
  };

  void run(std::stop_token stop);
  std::optional<Instant> pass(std::stop_token stop);
  bool fire_due(std::stop_token stop);
  void fire(const DueTimer& timer);
  Failure note_failure(const DueTimer& timer);
  std::optional<Instant> next_due(Instant now);

  Context& context_;
  const Journal journal_;
  Bell bell_ = {};
  std::map<std::pair<RecordId, std::string>, Failure> failures_ = {};  // of the thread alone
  std::mutex mutex_ = {};
  std::condition_variable quiet_ = {};
  std::uint64_t asked_ = 0, answered_ = 0;
  bool started_ = false;
  std::jthread thread_ = {};
};

}  // namespace assay
