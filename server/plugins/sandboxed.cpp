// A plugin whose code runs in processes of its own.
#include "plugins/sandboxed.h"

#include <assay/ext/guard.h>
#include <assay/ext/host/log.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "plugins/checked_plugin.h"
#include "plugins/lending.h"
#include "plugins/package.h"
#include "plugins/plugin_lines.h"
#include "plugins/process.h"
#include "plugins/ready_processes.h"
#include "plugins/turn.h"

namespace assay {
namespace {

using std::chrono::steady_clock;

/// A command waits for its guards, and one of them that is never let on a processor would refuse it: they are nicer
/// than the server, and have their share.
constexpr int nicest_guard = 10;

/// For whom a call that crashes is counted: the organisation whose input it had, whose people could else take the
/// plugin from all others. Loading, catalogues and what asks for no organisation crash for all (0).
std::int64_t payer_of(const RunningCall& call) { return call.services().organisation; }

/// When a plugin that crashed may be tried again, by whom the crash is counted for. Thread-safe.
class CrashRecord {
 public:
  explicit CrashRecord(const PluginLimits& limits) : limits_(limits) {}

  void note(std::int64_t payer) {
    const std::lock_guard lock(mutex_);
    Tally& tally = tallies_[payer];
    const auto now = steady_clock::now();
    while (!tally.at.empty() && tally.at.front() + limits_.crash_window < now) tally.at.pop_front();
    tally.at.push_back(now);
    tally.again = now + pause_after(tally.at.size());
    if (tally.at.size() < limits_.crashes) return;
    if (payer == 0) quarantined_ = true;
    if (payer != 0) tally.again = now + limits_.crash_window;  // for people who cannot start the server again
  }
  std::string quarantine() const {
    const std::lock_guard lock(mutex_);
    if (!quarantined_) return {};
    return fmt::format("it crashed {} times in short order and is not called any more until the server starts again",
                       limits_.crashes);
  }
  /// How long nothing is to be started for the payer yet; zero: go ahead.
  std::chrono::milliseconds pause(std::int64_t payer) const {
    const std::lock_guard lock(mutex_);
    const auto tally = tallies_.find(payer);
    if (tally == tallies_.end()) return {};
    return std::max(std::chrono::milliseconds(0),
                    std::chrono::ceil<std::chrono::milliseconds>(tally->second.again - steady_clock::now()));
  }

 private:
  struct Tally {
    std::deque<steady_clock::time_point> at = {};
    steady_clock::time_point again = {};
  };

  std::chrono::milliseconds pause_after(std::size_t crashes) const {
    auto pause = limits_.first_pause;
    for (std::size_t before = 1; before < crashes && pause < limits_.longest_pause; ++before) pause *= 2;
    return std::min(pause, limits_.longest_pause);
  }

  PluginLimits limits_;
  mutable std::mutex mutex_;
  std::map<std::int64_t, Tally> tallies_;
  bool quarantined_ = false;
};

/// Not after it has seen what somebody has written: what an organisation tells a plugin, and whatever took the plugin
/// over by it, ends with the process, so that no other organisation's call meets it.
bool may_serve_again(const PluginCall& what, PluginProcess& process, int calls) {
  const bool general = what.method == sandbox::Method::catalogues || what.method == sandbox::Method::map;
  return general && process.calls() < calls && process.alive() && process.silent();
}

class SandboxedCode : public PluginCode {
 public:
  SandboxedCode(const std::filesystem::path& folder, const Manifest& manifest, PluginHost host, SealedLibrary library,
                std::shared_ptr<Spawner> spawner)
      : manifest_(manifest),
        lending_(folder, manifest),
        host_(std::move(host)),
        library_(std::move(library)),
        spawner_(std::move(spawner)),
        niceness_(manifest.implements(ASSAY_GUARD_1) ? std::min(host_.limits.niceness, nicest_guard)
                                                     : host_.limits.niceness),
        lines_(manifest.id, host_.log),
        turn_(host_.limits.processes),
        crashes_(host_.limits),
        ready_(std::make_shared<ReadyProcesses>(host_.limits.idle,
                                                [this](const std::stop_token& stop) { return another(stop); })) {}
  SandboxedCode(const SandboxedCode&) = delete;
  SandboxedCode& operator=(const SandboxedCode&) = delete;
  ~SandboxedCode() override { ready_->stop(); }

  /// The first process, which tells whether the plugin works at all.
  Result<void> start();
  PluginHealth health() const override { return {false, parts_, crashes_.quarantine()}; }
  Result<void> run(const PluginCall& what, RunningCall& call, const CappedOutput& out) override;

 private:
  Result<std::unique_ptr<PluginProcess>> spawn(std::string_view phase, const CallLimits& limits);
  Result<std::unique_ptr<PluginProcess>> ready_process(const PluginCall& what, const CallLimits& limits);
  std::unique_ptr<PluginProcess> another(const std::stop_token& stop) noexcept;
  Refusal fail(std::string_view phase, const ProcessFault& fault, const PluginProcess& process, std::int64_t payer);
  Refusal resting(std::string_view phase, std::chrono::milliseconds pause) const;

  Manifest manifest_;
  Lending lending_;
  PluginHost host_;
  SealedLibrary library_;
  std::shared_ptr<Spawner> spawner_;
  const int niceness_;
  PluginLines lines_;
  Turn turn_;
  CrashRecord crashes_;
  sandbox::Parts parts_ = 0;               // of the first process; the kernel is the same for all
  std::shared_ptr<ReadyProcesses> ready_;  // last: it uses the others
};

/// What went wrong, with what the process said last for the administrator.
Refusal SandboxedCode::fail(std::string_view phase, const ProcessFault& fault, const PluginProcess& process,
                            std::int64_t payer) {
  if (fault.crashed) crashes_.note(payer);
  if (fault.crashed && !process.stray().empty()) lines_.tell(ASSAY_LOG_ERROR, process.stray());
  return plugin_failed(manifest_.id, fault.phase.empty() ? phase : fault.phase, one_line(fault.reason));
}

Result<std::unique_ptr<PluginProcess>> SandboxedCode::spawn(std::string_view phase, const CallLimits& limits) {
  const CallLimits until{std::min(limits.deadline, steady_clock::now() + host_.limits.load), limits.cancel};
  const std::string& language = manifest_.languages.front();
  const CallServices none;
  RunningCall loading(until, language, none);
  std::unique_ptr<PluginProcess> process;
  try {
    process = std::make_unique<PluginProcess>(
        spawner_->spawn(library_.descriptor(), niceness_), host_.limits.cancel_grace,
        [this](std::int32_t level, std::string_view line) { lines_.tell(level, line); }, lending_, spawner_->pulse());
  } catch (const std::system_error& error) {
    return plugin_failed(manifest_.id, phase, fmt::format("its process cannot be started: {}", error.what()));
  }
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until.deadline - steady_clock::now()).count();
  const sandbox::LoadRequest request{
      {manifest_.id, manifest_.version, manifest_.abi_major, manifest_.abi_minor, manifest_.extensions},
      manifest_.host_extensions,
      host_.version,
      language,
      left};
  if (const auto fault = process->start(request, host_.required_level, loading))
    return fail(phase, *fault, *process, 0);
  return process;
}

Result<void> SandboxedCode::start() {
  auto first = spawn("load", {steady_clock::now() + host_.limits.load});
  if (!first) return first.error();
  parts_ = (*first)->parts();
  ready_->give(std::move(*first));
  spawner_->watch(ready_);
  return {};
}

Result<std::unique_ptr<PluginProcess>> SandboxedCode::ready_process(const PluginCall& what, const CallLimits& limits) {
  if (auto ready = ready_->take(limits.deadline)) return ready;
  const auto pause = crashes_.pause(0);
  if (pause.count() > 0) return resting(what.phase, pause);
  return spawn(what.phase, limits);
}

Refusal SandboxedCode::resting(std::string_view phase, std::chrono::milliseconds pause) const {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(pause);
  Refusal refusal =
      plugin_failed(manifest_.id, phase, fmt::format("it crashed and is tried again in {} seconds", seconds.count()));
  refusal.retry_after = seconds;
  return refusal;
}

/// One for the call after a good one.
std::unique_ptr<PluginProcess> SandboxedCode::another(const std::stop_token& stop) noexcept {
  try {
    if (!crashes_.quarantine().empty() || crashes_.pause(0).count() > 0) return nullptr;
    auto process = spawn("load", {steady_clock::now() + host_.limits.load, stop});
    if (process) return std::move(*process);
    if (!stop.stop_requested()) lines_.tell(ASSAY_LOG_WARNING, process.error().detail);
  } catch (const std::exception& error) {  // nobody waits for this one: the next call starts its own
    spdlog::warn("no process is ready for the plugin {}: {}", manifest_.id, error.what());
  }
  return nullptr;
}

Result<void> SandboxedCode::run(const PluginCall& what, RunningCall& call, const CappedOutput& out) {
  const Entered entered(turn_, call.limits());
  if (!entered) return plugin_busy(manifest_.id, what.phase);
  if (const auto why = crashes_.quarantine(); !why.empty()) return plugin_failed(manifest_.id, what.phase, why);
  const std::int64_t payer = payer_of(call);
  if (const auto pause = crashes_.pause(payer); payer != 0 && pause.count() > 0) return resting(what.phase, pause);
  auto process = ready_process(what, call.limits());
  if (!process) return process.error();
  auto fault = (*process)->run(what, call, out);
  Result<void> result{};
  if (fault) result = fail(what.phase, *fault, **process, payer);
  if (fault && !fault->crashed && entered.came_too_late()) result = plugin_busy(manifest_.id, what.phase);
  if (may_serve_again(what, **process, host_.limits.calls_per_process)) {
    ready_->give(std::move(*process));
  } else {
    ready_->retire(std::move(*process), !fault);
  }
  return result;
}

}  // namespace

Result<std::unique_ptr<Plugin>> load_sandboxed(const std::filesystem::path& folder, Manifest manifest, PluginHost host,
                                               std::shared_ptr<Spawner> spawner) {
  auto library = verify_package(folder, manifest);
  if (!library) return plugin_failed(manifest.id, "package", library.error().detail);
  const PluginLimits limits = host.limits;
  auto code =
      std::make_unique<SandboxedCode>(folder, manifest, std::move(host), std::move(*library), std::move(spawner));
  if (auto started = code->start(); !started) return started.error();
  return checked_plugin(std::move(manifest), limits, std::move(code));
}

}  // namespace assay
