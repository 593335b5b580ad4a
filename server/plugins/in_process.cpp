// A plugin whose code runs in the server itself.
#include "plugins/in_process.h"

#include <assay/ext/host/clock.h>
#include <assay/ext/host/evidence.h>
#include <assay/ext/host/log.h>
#include <assay/ext/host/resource.h>
#include <assay/ext/host/rng.h>

#include <algorithm>
#include <new>
#include <utility>

#include "plugins/checked_plugin.h"
#include "plugins/lending.h"
#include "plugins/package.h"
#include "plugins/plugin_lines.h"
#include "plugins/turn.h"
#include "sandbox/library.h"

namespace assay {
namespace {

constexpr std::string_view host_name = "assay";

assay_string to_abi(std::string_view text) { return {text.data(), text.size()}; }

class InProcessCode : public PluginCode {
 public:
  InProcessCode(const std::filesystem::path& folder, const Manifest& manifest, PluginHost host)
      : manifest_(manifest),
        lending_(folder, manifest),
        host_(std::move(host)),
        lines_(manifest.id, host_.log),
        abi_{},
        library_({manifest.id, manifest.version, manifest.abi_major, manifest.abi_minor, manifest.extensions}) {
    abi_.struct_size = sizeof(assay_host);
    abi_.abi_minor = ASSAY_ABI_MINOR;
    abi_.context = this;
    abi_.name = to_abi(host_name);
    abi_.version = to_abi(host_.version);
    abi_.get_extension = &InProcessCode::host_extension;
  }

  Result<void> start(const std::filesystem::path& folder);
  PluginHealth health() const override { return {.in_process = true}; }
  Result<void> run(const PluginCall& what, RunningCall& call, const CappedOutput& out) override;

 private:
  static const void* host_extension(const assay_host* host, assay_string id) noexcept;
  static void log_line(const assay_host* host, std::int32_t level, assay_string message) noexcept;
  static const void* service(std::string_view id) noexcept;
  assay_status lend(const sandbox::AskRequest& ask, RunningCall& call, assay_string* bytes) const noexcept;

  Refusal failed(std::string_view phase, std::string_view reason) const {
    return plugin_failed(manifest_.id, phase, reason);
  }
  Result<void> outcome(std::string_view phase, const RunningCall& call, sandbox::Ended ended) const;

  Manifest manifest_;
  Lending lending_;
  PluginHost host_;
  PluginLines lines_;
  assay_host abi_;
  Turn turn_;
  sandbox::Library library_;  // last: its end calls the plugin, which may log
};

const void* InProcessCode::host_extension(const assay_host* host, assay_string id) noexcept {
  const auto& granted = static_cast<const InProcessCode*>(host->context)->manifest_.host_extensions;
  const bool has = std::find(granted.begin(), granted.end(), sandbox::stated(id)) != granted.end();
  return has ? service(sandbox::stated(id)) : nullptr;
}

const void* InProcessCode::service(std::string_view id) noexcept {
  static constexpr assay_log_1 log = {&InProcessCode::log_line};
  static constexpr assay_resource_1 resource = {
      [](const assay_host* host, const assay_call* call, assay_string path, assay_string* bytes) noexcept {
        const auto& self = *static_cast<const InProcessCode*>(host->context);
        return self.lend({sandbox::Service::resource, sandbox::stated(path)}, RunningCall::of(call), bytes);
      }};
  static constexpr assay_evidence_1 evidence = {[](const assay_call* call, assay_string id, std::uint64_t offset,
                                                   std::uint64_t length, assay_string* bytes) noexcept {
    RunningCall& running = RunningCall::of(call);
    const auto& self = *static_cast<const InProcessCode*>(running.owner());
    return self.lend({sandbox::Service::evidence, sandbox::stated(id), offset, length}, running, bytes);
  }};
  static constexpr assay_rng_1 rng = {[](const assay_call* call, std::uint64_t* number) noexcept -> assay_status {
                                        const auto drawn = RunningCall::of(call).draw();
                                        if (drawn) *number = *drawn;
                                        return drawn ? ASSAY_OK : ASSAY_UNSUPPORTED;
                                      },
                                      [](const assay_call* call, std::uint64_t* seed) noexcept -> assay_status {
                                        const auto& given = RunningCall::of(call).services().seed;
                                        if (given) *seed = *given;
                                        return given ? ASSAY_OK : ASSAY_UNSUPPORTED;
                                      }};
  static constexpr assay_clock_1 clock = {[](const assay_call* call, std::int64_t* now_ms) noexcept -> assay_status {
    const auto& given = RunningCall::of(call).services().now_ms;
    if (given) *now_ms = *given;
    return given ? ASSAY_OK : ASSAY_UNSUPPORTED;
  }};
  if (id == ASSAY_LOG_1) return &log;
  if (id == ASSAY_RESOURCE_1) return &resource;
  if (id == ASSAY_EVIDENCE_1) return &evidence;
  if (id == ASSAY_RNG_1) return &rng;
  return id == ASSAY_CLOCK_1 ? &clock : nullptr;
}

assay_status InProcessCode::lend(const sandbox::AskRequest& ask, RunningCall& call,
                                 assay_string* bytes) const noexcept {
  if (bytes == nullptr) return ASSAY_INVALID;
  *bytes = {};
  try {
    auto lent = lending_.lend(ask, call);
    if (lent.status == ASSAY_OK) *bytes = call.keep(std::move(lent.bytes));
    return lent.status;
  } catch (const std::bad_alloc&) {
    return ASSAY_OUT_OF_MEMORY;
  } catch (...) {
    call.broke(std::current_exception());
    return ASSAY_FAILED;
  }
}

void InProcessCode::log_line(const assay_host* host, std::int32_t level, assay_string message) noexcept {
  if (message.data == nullptr) return;
  try {
    const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(message.length, sandbox::max_line));
    static_cast<InProcessCode*>(host->context)->lines_.tell(level, {message.data, length});
  } catch (...) {  // NOLINT(bugprone-empty-catch)
    // A log that fails must not end the call of a plugin that logs.
  }
}

/// `call` says for how long it ran and why it failed.
Result<void> InProcessCode::outcome(std::string_view phase, const RunningCall& call, sandbox::Ended ended) const {
  if (ended.threw) return failed(phase, "an exception crossed the boundary");
  if (call.given_up()) return failed(phase, call.reason(ASSAY_CANCELLED));
  if (ended.status != ASSAY_OK) return failed(phase, call.reason(ended.status));
  return {};
}

Result<void> InProcessCode::start(const std::filesystem::path& folder) {
  auto file = verify_package(folder, manifest_);
  if (!file) return failed("package", file.error().detail);
  file->keep();
  if (const auto fault = library_.open(file->path().c_str())) return failed("load", *fault);
  const CallLimits limits{std::chrono::steady_clock::now() + host_.limits.load};
  const CallServices none;
  RunningCall call(limits, manifest_.languages.front(), none);
  call.belongs_to(this);
  if (auto ready = outcome("init", call, library_.init(&abi_, call.abi())); !ready) return ready.error();
  if (const auto fault = library_.take_extensions()) return failed("load", *fault);
  return {};
}

Result<void> InProcessCode::run(const PluginCall& what, RunningCall& call, const CappedOutput& out) {
  const Entered entered(turn_, call.limits());
  if (!entered) return plugin_busy(manifest_.id, what.phase);
  call.belongs_to(this);
  auto done = outcome(what.phase, call, library_.run(what.method, call.abi(), what.format, what.input, out.abi()));
  if (!done && entered.came_too_late()) return plugin_busy(manifest_.id, what.phase);
  return done;
}

}  // namespace

Result<std::unique_ptr<PluginCode>> open_in_process(const std::filesystem::path& folder, const Manifest& manifest,
                                                    PluginHost host) {
  auto code = std::make_unique<InProcessCode>(folder, manifest, std::move(host));
  if (auto started = code->start(folder); !started) return started.error();
  return std::unique_ptr<PluginCode>(std::move(code));
}

Result<std::unique_ptr<Plugin>> load_in_process(const std::filesystem::path& folder, Manifest manifest,
                                                PluginHost host) {
  const PluginLimits limits = host.limits;
  auto code = open_in_process(folder, manifest, std::move(host));
  if (!code) return code.error();
  return checked_plugin(std::move(manifest), limits, std::move(*code));
}

}  // namespace assay
