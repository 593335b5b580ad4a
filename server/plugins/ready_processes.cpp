// The processes of one plugin that wait for their next call.
#include "plugins/ready_processes.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "domain/thread_name.h"

namespace assay {
namespace {

/// What a start takes at most when all is well; a call that waited in vain starts its own.
constexpr std::chrono::milliseconds worth_waiting{100};
/// So many wait to be ended in peace.
constexpr std::size_t most_retired = 4;

}  // namespace

ReadyProcesses::ReadyProcesses(std::chrono::milliseconds longest, Make make)
    : longest_(longest), make_(std::move(make)), thread_([this](const std::stop_token& stop) {
        name_thread("ready-plugins");
        work(stop);
      }) {}

std::unique_ptr<PluginProcess> ReadyProcesses::take(Time until) {
  Processes dead;  // they end outside of the lock
  const Time patience = std::min(until, std::chrono::steady_clock::now() + worth_waiting);
  std::unique_lock lock(mutex_);
  do {
    while (!idle_.empty()) {
      auto one = std::move(idle_.back());
      idle_.pop_back();
      if (one->alive()) {
        one->wake();
        return one;
      }
      dead.push_back(std::move(one));
    }
    if (!making_) return nullptr;
  } while (made_.wait_until(lock, patience, [this] { return !making_ || !idle_.empty(); }));
  return nullptr;
}

void ReadyProcesses::give(std::unique_ptr<PluginProcess> process) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(process));
}

void ReadyProcesses::retire(std::unique_ptr<PluginProcess> process, bool replace) {
  std::unique_ptr<PluginProcess> one_too_many;
  {
    const std::lock_guard lock(mutex_);
    (retired_.size() < most_retired ? retired_.emplace_back() : one_too_many) = std::move(process);
    wanted_ = wanted_ || (replace && idle_.empty());
  }
  retired_changed_.notify_one();
  // Whoever ends it here still has its turn, so that those that will not go do not pile up.
  if (one_too_many) one_too_many->end();
}

void ReadyProcesses::end_idle() {
  const auto since = std::chrono::steady_clock::now() - longest_;
  {
    const std::lock_guard lock(mutex_);
    const auto stale =
        std::stable_partition(idle_.begin(), idle_.end(), [&](const auto& one) { return one->last_used() > since; });
    std::move(stale, idle_.end(), std::back_inserter(retired_));
    idle_.erase(stale, idle_.end());
    for (const auto& one : idle_) one->rest();
  }
  retired_changed_.notify_one();
}

void ReadyProcesses::stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void ReadyProcesses::work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (retired_changed_.wait(lock, stop, [this] { return !retired_.empty(); })) {
    Processes old = std::exchange(retired_, {});
    if (std::exchange(wanted_, false) && idle_.empty()) {
      making_ = true;
      lock.unlock();
      auto made = make_(stop);
      lock.lock();
      making_ = false;
      if (made) made->rest();
      if (made) idle_.push_back(std::move(made));
      made_.notify_all();
    }
    lock.unlock();
    old.clear();
    lock.lock();
  }
}

}  // namespace assay
