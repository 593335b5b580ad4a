// A plugin whose code runs in the server itself.
#include "plugins/in_process.h"

#include <assay/ext/host/log.h>

#include <algorithm>
#include <utility>

#include "plugins/checked_plugin.h"
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
  InProcessCode(const Manifest& manifest, PluginHost host)
      : manifest_(manifest),
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

  Refusal failed(std::string_view phase, std::string_view reason) const {
    return plugin_failed(manifest_.id, phase, one_line(reason));
  }
  Result<void> outcome(std::string_view phase, const RunningCall& call, sandbox::Ended ended) const;

  Manifest manifest_;
  PluginHost host_;
  PluginLines lines_;
  assay_host abi_;
  Turn turn_;
  sandbox::Library library_;  // last: its end calls the plugin, which may log
};

const void* InProcessCode::host_extension(const assay_host* host, assay_string id) noexcept {
  static constexpr assay_log_1 log = {&InProcessCode::log_line};
  const auto& granted = static_cast<const InProcessCode*>(host->context)->manifest_.host_extensions;
  const bool has = std::find(granted.begin(), granted.end(), sandbox::stated(id)) != granted.end();
  return has && sandbox::stated(id) == ASSAY_LOG_1 ? &log : nullptr;
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
  const RunningCall call(limits, manifest_.languages.front());
  if (auto ready = outcome("init", call, library_.init(&abi_, call.abi())); !ready) return ready.error();
  if (const auto fault = library_.take_extensions()) return failed("load", *fault);
  return {};
}

Result<void> InProcessCode::run(const PluginCall& what, RunningCall& call, const CappedOutput& out) {
  const Entered entered(turn_, call.limits());
  if (!entered) return failed(what.phase, "it is busy with another call");
  return outcome(what.phase, call, library_.run(what.method, call.abi(), what.format, what.input, out.abi()));
}

}  // namespace

Result<std::unique_ptr<Plugin>> load_in_process(const std::filesystem::path& folder, Manifest manifest,
                                                PluginHost host) {
  const PluginLimits limits = host.limits;
  auto code = std::make_unique<InProcessCode>(manifest, std::move(host));
  if (auto started = code->start(folder); !started) return started.error();
  return checked_plugin(std::move(manifest), limits, std::move(code));
}

}  // namespace assay
