// Starts the processes of plugins, all on one thread.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "plugins/descriptor.h"
#include "plugins/pulse.h"

namespace assay {

/// A process that was started, and the server's ends of what it got.
struct Spawned {
  Descriptor process;  // a pidfd
  Descriptor socket;   // non-blocking
  Descriptor stray;    // what it writes to its standard output and error; non-blocking
  pid_t group;         // it and those that it starts; its own until it is reaped
};

/// Something that holds processes which may end when nobody has needed them for a while.
class Resting {
 public:
  virtual ~Resting() = default;
  /// Called on the spawner's thread, now and then.
  virtual void end_idle() = 0;
};

/// Thread-safe. A process dies with the thread that started it, so there is one thread for all of them, which lasts as
/// long as this object.
class Spawner {
 public:
  /// `program` is assay-plugin-host; `pulse` is the period of pulse(), `look` how often the resting are asked.
  Spawner(std::filesystem::path program, std::chrono::microseconds pulse,
          std::chrono::milliseconds look = std::chrono::seconds(30));
  Spawner(const Spawner&) = delete;
  Spawner& operator=(const Spawner&) = delete;
  ~Spawner();

  /// Starts the program for the library on that descriptor, `niceness` (see stand_back) nicer than this process. It
  /// gets no environment and no descriptor but its own. Throws std::system_error.
  Spawned spawn(int library, int niceness);
  void watch(std::weak_ptr<Resting> resting);
  /// Of all processes that it started.
  Pulse& pulse() { return pulse_; }

 private:
  void work();
  void ask_resting();
  Spawned start(int library, int niceness) const;

  std::filesystem::path program_;
  Pulse pulse_;
  std::chrono::milliseconds look_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  std::vector<std::weak_ptr<Resting>> resting_;
  bool ends_ = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace assay
