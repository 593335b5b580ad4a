// Fires the timers of records when they are due.
#include "jobs/timers.h"

#include <algorithm>

#include "commands/records.h"
#include "domain/thread_name.h"

namespace assay {
namespace {

constexpr int at_once = 100;
/// Between two looks at what was committed: under load one is for many commits.
constexpr std::chrono::milliseconds between_looks{20};
constexpr std::chrono::minutes first_wait{1};
constexpr std::chrono::minutes longest_wait{6 * 60};
constexpr std::chrono::minutes trouble_nap{1};  // after a failure of the database, and while the store is held

std::chrono::minutes wait_after(int times) {
  return std::min(longest_wait, first_wait * (1 << std::min(times - 1, 12)));
}

}  // namespace

void TimerWorker::start() {
  const std::lock_guard lock(mutex_);
  if (started_) return;
  started_ = true;
  thread_ = std::jthread([this](std::stop_token stop) {
    name_thread("timers");
    run(stop);
  });
}

void TimerWorker::wake() {
  {
    const std::lock_guard lock(mutex_);
    ++asked_;
  }
  bell_.ring_softly();
}

void TimerWorker::stop() {
  {
    const std::lock_guard lock(mutex_);
    if (!started_) return;
    started_ = false;
  }
  thread_.request_stop();
  thread_.join();
  quiet_.notify_all();
}

void TimerWorker::settle() {
  std::unique_lock lock(mutex_);
  ++asked_;
  bell_.ring();
  quiet_.wait(lock, [this] { return !started_ || answered_ == asked_; });
}

void TimerWorker::run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    std::uint64_t hears = 0;
    {
      const std::lock_guard lock(mutex_);
      hears = asked_;
    }
    std::optional<Instant> next;
    try {
      next = pass(stop);
    } catch (const std::exception&) {
      journal_.write_exception("timer_pass_failed", Json::object());
      next = context_.clock() + trouble_nap;
    }
    {
      const std::lock_guard lock(mutex_);
      answered_ = hears;
    }
    quiet_.notify_all();
    bell_.wait(stop, nap(context_.clock(), next), between_looks);
  }
}

/// Fires what is due; when to look again, if nothing happens before.
std::optional<Instant> TimerWorker::pass(std::stop_token stop) {
  if (context_.store.held()) return context_.clock() + trouble_nap;
  while (fire_due(stop)) {
  }
  return next_due(context_.clock());
}

/// Fires a piece of what is due; true when there may be more.
bool TimerWorker::fire_due(std::stop_token stop) {
  const Instant now = context_.clock();
  std::vector<DueTimer> due;
  {
    Snapshot at = context_.store.read();
    due = due_timers(at, now, at_once + static_cast<int>(failures_.size()));
  }
  bool progress = false;
  for (const DueTimer& timer : due) {
    if (stop.stop_requested()) return false;
    const auto failure = failures_.find({timer.record, timer.timer});
    if (failure != failures_.end() && failure->second.again > now) continue;
    fire(timer);
    progress = true;
  }
  return progress && std::ssize(due) >= at_once;
}

void TimerWorker::fire(const DueTimer& timer) {
  try {
    auto fired = fire_timer(context_, timer);
    if (fired) {
      failures_.erase({timer.record, timer.timer});
      return;
    }
    const Failure failure = note_failure(timer);
    journal_.write(Severity::error, "timer_failed",
                   {{"record", static_cast<std::int64_t>(timer.record)},
                    {"timer", timer.timer},
                    {"times", failure.times},
                    {"again", to_text(failure.again)},
                    {"reason", fired.error().detail}});
  } catch (const std::exception&) {
    const Failure failure = note_failure(timer);
    journal_.write_exception("timer_failed", {{"record", static_cast<std::int64_t>(timer.record)},
                                              {"timer", timer.timer},
                                              {"times", failure.times},
                                              {"again", to_text(failure.again)}});
  }
}

TimerWorker::Failure TimerWorker::note_failure(const DueTimer& timer) {
  Failure& failure = failures_[{timer.record, timer.timer}];
  ++failure.times;
  failure.again = context_.clock() + wait_after(failure.times);
  return failure;
}

/// The earliest of what is to come: timers that are not due yet, and those that failed.
std::optional<Instant> TimerWorker::next_due(Instant now) {
  std::optional<Instant> next;
  const auto consider = [&](Instant at) { next = next ? std::min(*next, at) : at; };
  Snapshot at = context_.store.read();
  for (const DueTimer& timer : due_timers(at, Instant::max(), static_cast<int>(failures_.size()) + 1)) {
    const auto failure = failures_.find({timer.record, timer.timer});
    consider(failure == failures_.end() ? std::max(timer.at, now) : failure->second.again);
  }
  return next;
}

}  // namespace assay
