// The process in which a plugin is tried, as the validator sees it.
#pragma once

#include <chrono>
#include <string>

#include "plugins/spawner.h"
#include "sandbox/parts.h"
#include "sandbox/probe.h"

namespace assay {

/// A step's outcome with what the plugin wrote in it.
struct Tried {
  bool alive = false;  // else the process has ended, and Probe::end() says how
  sandbox::Observed seen = {};
  std::string output = {};

  /// Alive, no exception, and the plugin said that it went well.
  bool well() const { return alive && !seen.threw && seen.status == ASSAY_OK; }
};

/// Where a plugin is tried. One thread at a time.
class CallTarget {
 public:
  virtual ~CallTarget() = default;
  /// Has it take a step, for which it has that long.
  virtual Tried take(const sandbox::ProbeRequest& request, std::chrono::milliseconds within) = 0;
  /// Why it has ended, for a person; empty while it lives.
  virtual const std::string& end() const = 0;
  /// What it printed to its standard output and error so far: the first 200 bytes.
  virtual const std::string& printed() const = 0;
};

/// Kills its process when it goes; that of a plugin can do nothing but what the sandbox allows.
class Probe : public CallTarget {
 public:
  /// Waits until the process has confined itself; unless that reaches `required`, nothing is tried in it, as end()
  /// says. Throws std::system_error when the process cannot be started.
  Probe(Spawner& spawner, int library, sandbox::Level required);
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;
  ~Probe() override;

  /// Has it take a step. When it has not answered `within`, it is killed. Output beyond 64 MiB ends it, too.
  Tried take(const sandbox::ProbeRequest& request, std::chrono::milliseconds within) override;
  const std::string& end() const override { return end_; }
  const std::string& printed() const override { return printed_; }

 private:
  bool send(const std::string& payload, std::chrono::steady_clock::time_point until);
  bool confined(sandbox::Level required, std::chrono::steady_clock::time_point until);
  bool receive(Tried& tried, std::chrono::steady_clock::time_point until);
  bool await(short events, std::chrono::steady_clock::time_point until);
  bool over(std::string reason);
  void drain();
  void died();

  Spawned ends_;
  std::string in_, end_, printed_;
};

}  // namespace assay
