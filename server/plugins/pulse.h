// A pulse on every processor while code of plugins computes, so that it cannot keep the server's threads waiting.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace assay {

/// A thread may have to wait until the kernel looks again at what computes on its processor: at its next tick, up to
/// 4 ms later, whatever the niceness, unless somebody wakes there. A timer that ends makes it look; so each processor
/// gets one every `period` while a Beat is held. Thread-safe; outlives its beats.
class Pulse {
 public:
  /// With a period of 0 there is none. Its threads, one a processor, start with the first beat.
  explicit Pulse(std::chrono::microseconds period) : period_(period) {}
  ~Pulse();
  Pulse(const Pulse&) = delete;
  Pulse& operator=(const Pulse&) = delete;

  class Beat {
   public:
    explicit Beat(Pulse& pulse) : pulse_(pulse) { pulse_.begin(); }
    ~Beat() { pulse_.end(); }
    Beat(const Beat&) = delete;
    Beat& operator=(const Beat&) = delete;

   private:
    Pulse& pulse_;
  };

  /// So many timers have ended on all processors together.
  std::uint64_t beats() const { return beats_; }

 private:
  void begin();
  void end();
  void start_threads();
  void work(std::size_t processor);

  const std::chrono::microseconds period_;
  std::atomic<std::uint64_t> beats_ = 0;
  std::atomic<int> wanted_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<bool> ends_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace assay
