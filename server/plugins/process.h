// The process of a plugin as the server sees it: everything that comes from it is hostile.
#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "plugins/code.h"
#include "plugins/lending.h"
#include "plugins/pulse.h"
#include "plugins/spawner.h"
#include "sandbox/host.h"
#include "sandbox/parts.h"

namespace assay {

/// How something that a process was asked for failed.
struct ProcessFault {
  std::string phase;     // empty: that of the call
  std::string reason;    // for a person
  bool crashed = false;  // died, or broke the protocol, of its own accord; else it said so, or was stopped by us
};

/// One thread at a time. Ends its process when it goes.
class PluginProcess {
 public:
  using Line = std::function<void(std::int32_t level, std::string_view line)>;

  /// `lending` and `pulse`, which beats while the plugin takes its time, outlive it.
  PluginProcess(Spawned spawned, std::chrono::milliseconds grace, Line line, const Lending& lending, Pulse& pulse);
  PluginProcess(const PluginProcess&) = delete;
  PluginProcess& operator=(const PluginProcess&) = delete;
  ~PluginProcess();

  /// Waits until the process has confined itself, has it load its library when the sandbox reaches `required`, and
  /// waits until that is ready. After a fault the process has ended.
  std::optional<ProcessFault> start(const sandbox::LoadRequest& request, sandbox::Level required, RunningCall& call);
  /// Calls the plugin. At the deadline, when it is cancelled or when `out` takes no more, the process is told to stop
  /// and has the grace for it; then it is killed. Whether it is of use afterwards, alive() tells.
  std::optional<ProcessFault> run(const PluginCall& what, RunningCall& call, const CappedOutput& out);

  /// Stops all of it until wake(): what nobody calls computes nothing.
  void rest();
  void wake();
  /// Ends it at once, without the moment in which it may put its things away.
  void end();

  /// It has neither been ended nor ended by itself.
  bool alive() const;
  /// It has said nothing that nobody has asked for.
  bool silent() const;
  sandbox::Parts parts() const { return parts_; }
  int calls() const { return calls_; }
  std::chrono::steady_clock::time_point last_used() const { return last_used_; }
  /// The end of what it wrote to its standard output and error; as it came.
  const std::string& stray() const { return stray_; }

 private:
  using Time = std::chrono::steady_clock::time_point;
  enum class Heard { frame, late, cancelled, gone, flood, nonsense };
  class Computing;
  struct Frame {
    sandbox::FrameKind kind;
    std::string_view payload;  // until something is heard again
  };

  bool send(sandbox::FrameKind kind, std::string_view head, std::string_view body, const RunningCall& call);
  void send_cancel();
  void kill();
  Heard hear(Frame& frame, Time until, int bell, Computing& computing);
  std::optional<Heard> parse(Frame& frame);
  std::optional<Heard> receive();
  std::optional<Heard> read_stray();
  bool take_log(std::string_view payload);
  bool take_progress(std::string_view payload, const RunningCall& call);
  bool serve(std::string_view payload, RunningCall& call);
  std::optional<ProcessFault> ended_call(std::string_view payload, RunningCall& call, bool stopped);
  ProcessFault lost(Heard how, bool stopped, const RunningCall& call);
  ProcessFault gone();

  Spawned ends_;
  std::chrono::milliseconds grace_;
  Line line_;
  const Lending& lending_;
  Pulse& pulse_;
  bool ended_ = false, killed_ = false, rests_ = false;
  sandbox::Parts parts_ = 0;
  int calls_ = 0;
  Time last_used_ = std::chrono::steady_clock::now();
  std::array<char, sizeof(sandbox::FrameHead) + sandbox::max_child_payload> in_;
  std::size_t begin_ = 0, end_of_ = 0;  // what was received and not taken
  std::string stray_;
  std::size_t stray_bytes_ = 0, lines_ = 0;  // of the running call
};

}  // namespace assay
