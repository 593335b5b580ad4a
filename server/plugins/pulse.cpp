// A pulse on every processor while code of plugins computes.
#include "plugins/pulse.h"

#include <pthread.h>
#include <sched.h>
#include <spdlog/spdlog.h>
#include <sys/prctl.h>

#include <system_error>

#include "domain/thread_name.h"

namespace assay {

Pulse::~Pulse() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  changed_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void Pulse::begin() {
  if (period_.count() == 0) return;
  {
    const std::lock_guard lock(mutex_);
    if (++wanted_ > 1) return;
    if (threads_.empty()) start_threads();
  }
  changed_.notify_all();
}

void Pulse::end() {
  if (period_.count() == 0) return;
  const std::lock_guard lock(mutex_);
  --wanted_;
}

void Pulse::start_threads() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;  // more processors than a set of them has room for
  for (std::size_t processor = 0; processor < CPU_SETSIZE; ++processor) {
    if (!CPU_ISSET(processor, &allowed)) continue;
    try {
      threads_.emplace_back([this, processor] { work(processor); });
    } catch (const std::system_error& error) {
      spdlog::warn("no pulse on processor {} and those after it: {}", processor, error.what());
      return;
    }
  }
}

void Pulse::work(std::size_t processor) {
  name_thread("pulse");
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(processor, &one);
  // Where either is refused the pulse is less even, and nothing else.
  (void)::pthread_setaffinity_np(::pthread_self(), sizeof one, &one);
  (void)::prctl(PR_SET_TIMERSLACK, 1UL);
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return ends_ || wanted_ > 0; });
    if (ends_) return;
    lock.unlock();
    while (wanted_ > 0 && !ends_) {
      std::this_thread::sleep_for(period_);
      ++beats_;
    }
    lock.lock();
  }
}

}  // namespace assay
