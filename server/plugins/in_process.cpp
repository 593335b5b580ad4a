// A plugin whose code runs in the server itself.
#include "plugins/in_process.h"

#include <assay/ext/checklist.h>
#include <assay/ext/host/log.h>
#include <assay/ext/report.h>
#include <assay/plugin.h>
#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>
#include <utility>

#include "ledger/digest.h"
#include "plugins/catalogue.h"
#include "plugins/json_schema.h"
#include "plugins/package.h"
#include "plugins/running_call.h"
#include "plugins/turn.h"

namespace assay {
namespace {

constexpr std::string_view host_name = "assay";
constexpr std::array<std::string_view, 2> known_extensions = {ASSAY_CHECKLIST_1, ASSAY_REPORT_1};

assay_string to_abi(std::string_view text) { return {text.data(), text.size()}; }

/// Text that a plugin states about itself; a string that is too long for that is not read.
std::string_view from_abi(assay_string text) {
  constexpr std::uint64_t longest = 1000;
  return text.data == nullptr || text.length > longest
             ? std::string_view()
             : std::string_view(text.data, static_cast<std::size_t>(text.length));
}

/// Lets so many lines pass in so much time, the rest not.
class LineRate {
 public:
  bool pass() {
    const auto now = std::chrono::steady_clock::now();
    if (now - since_ > std::chrono::seconds(10)) {
      since_ = now;
      count_ = 0;
    }
    return ++count_ <= 100;
  }

 private:
  std::chrono::steady_clock::time_point since_{};
  int count_ = 0;
};

class InProcessPlugin : public Plugin {
 public:
  InProcessPlugin(Manifest manifest, PluginHost host) : manifest_(std::move(manifest)), host_(std::move(host)), abi_{} {
    abi_.struct_size = sizeof(assay_host);
    abi_.abi_minor = ASSAY_ABI_MINOR;
    abi_.context = this;
    abi_.name = to_abi(host_name);
    abi_.version = to_abi(host_.version);
    abi_.get_extension = &InProcessPlugin::host_extension;
  }

  ~InProcessPlugin() override {
    if (initialised_) entry_->deinit();
  }

  const Manifest& manifest() const override { return manifest_; }

  Result<void> start(const std::filesystem::path& folder);
  Result<std::vector<Catalogue>> catalogues(std::string_view language, const CallLimits& limits) override;
  Result<ReportResult> report(Json input, std::string_view format, const ByteSink& sink,
                              const CallLimits& limits) override;

 private:
  static const void* host_extension(const assay_host* host, assay_string id) noexcept;
  static void log_line(const assay_host* host, std::int32_t level, assay_string message) noexcept;

  Refusal failed(std::string_view phase, std::string_view reason) const {
    return plugin_failed(manifest_.id, phase, reason);
  }
  Result<void> open(const std::filesystem::path& folder);
  std::optional<std::string> entry_fault() const;
  std::optional<std::string> extension_fault();
  std::string spoken(std::string_view language) const;
  template <class Function>
  Result<void> invoke(std::string_view phase, const RunningCall& call, Function&& function);

  Manifest manifest_;
  PluginHost host_;
  std::mutex log_mutex_;
  LineRate log_rate_;
  assay_host abi_;
  Turn turn_;
  const assay_plugin* entry_ = nullptr;
  bool initialised_ = false;
  const assay_checklist_1* checklist_ = nullptr;
  const assay_report_1* report_ = nullptr;
};

const void* InProcessPlugin::host_extension(const assay_host* host, assay_string id) noexcept {
  static constexpr assay_log_1 log = {&InProcessPlugin::log_line};
  const auto& granted = static_cast<const InProcessPlugin*>(host->context)->manifest_.host_extensions;
  const bool has = std::find(granted.begin(), granted.end(), from_abi(id)) != granted.end();
  return has && from_abi(id) == ASSAY_LOG_1 ? &log : nullptr;
}

void InProcessPlugin::log_line(const assay_host* host, std::int32_t level, assay_string message) noexcept {
  auto& self = *static_cast<InProcessPlugin*>(host->context);
  if (message.data == nullptr || !self.host_.log) return;
  try {
    {
      const std::lock_guard lock(self.log_mutex_);
      if (!self.log_rate_.pass()) return;
    }
    self.host_.log(self.manifest_.id, std::clamp(level, ASSAY_LOG_DEBUG, ASSAY_LOG_ERROR),
                   one_line({message.data, static_cast<std::size_t>(std::min<std::uint64_t>(message.length, 1000))}));
  } catch (...) {  // NOLINT(bugprone-empty-catch)
    // A log that fails must not end the call of a plugin that logs.
  }
}

/// Runs a function of the plugin; `call` says for how long and why it failed.
template <class Function>
Result<void> InProcessPlugin::invoke(std::string_view phase, const RunningCall& call, Function&& function) {
  assay_status status = ASSAY_FAILED;
  try {
    status = function(call.abi());
  } catch (...) {
    return failed(phase, "an exception crossed the boundary");
  }
  if (call.given_up()) return failed(phase, call.reason(ASSAY_CANCELLED));
  if (status != ASSAY_OK) return failed(phase, call.reason(status));
  return {};
}

/// The declared language that serves `language` best.
std::string InProcessPlugin::spoken(std::string_view language) const {
  for (std::string_view wanted = language; !wanted.empty();) {
    const auto found = std::find(manifest_.languages.begin(), manifest_.languages.end(), wanted);
    if (found != manifest_.languages.end()) return *found;
    const auto hyphen = wanted.rfind('-');
    wanted = wanted.substr(0, hyphen == std::string_view::npos ? 0 : hyphen);
  }
  return manifest_.languages.front();
}

Result<void> InProcessPlugin::open(const std::filesystem::path& folder) {
  auto library = verify_package(folder, manifest_);
  if (!library) return failed("package", library.error().detail);
  void* const handle = ::dlopen(library->path().c_str(), RTLD_NOW | RTLD_LOCAL);
  // NOLINTNEXTLINE(concurrency-mt-unsafe): glibc keeps this text per thread
  if (handle == nullptr) return failed("load", one_line(::dlerror()));
  library->keep();
  void* const symbol = ::dlsym(handle, ASSAY_ENTRY_SYMBOL);
  if (symbol == nullptr) return failed("load", "it does not export " ASSAY_ENTRY_SYMBOL);
  try {
    entry_ = reinterpret_cast<decltype(&assay_plugin_v1)>(symbol)();
  } catch (...) {
    return failed("load", "an exception crossed the boundary");
  }
  if (const auto fault = entry_fault()) {
    entry_ = nullptr;
    return failed("load", *fault);
  }
  return {};
}

/// What is wrong with the entry; looks at nothing behind the magic block before that is right.
std::optional<std::string> InProcessPlugin::entry_fault() const {
  if (entry_ == nullptr) return "its entry is null";
  const assay_magic& magic = entry_->magic;
  if (magic.signature != ASSAY_SIGNATURE) return "its magic block has another signature";
  if (magic.abi_major != ASSAY_ABI_MAJOR)
    return fmt::format("it is built for ABI {}, the host has {}", magic.abi_major, ASSAY_ABI_MAJOR);
  if (magic.abi_minor > ASSAY_ABI_MINOR)
    return fmt::format("it is built for ABI {}.{}, which is newer than the host", magic.abi_major, magic.abi_minor);
  if (magic.struct_size < offsetof(assay_plugin, get_extension) + sizeof(entry_->get_extension))
    return "its entry is too small";
  if (magic.abi_major != manifest_.abi_major || magic.abi_minor != manifest_.abi_minor)
    return "its magic block and its manifest name different ABI versions";
  if (from_abi(entry_->id) != manifest_.id) return "it says that its id is " + one_line(from_abi(entry_->id));
  if (from_abi(entry_->version) != manifest_.version)
    return "it says that its version is " + one_line(from_abi(entry_->version));
  if (entry_->init == nullptr || entry_->deinit == nullptr || entry_->get_extension == nullptr)
    return "its entry lacks a function";
  return {};
}

/// Takes the extensions; what is declared must be there, and nothing else.
std::optional<std::string> InProcessPlugin::extension_fault() {
  for (const std::string_view id : known_extensions) {
    const void* extension = nullptr;
    try {
      extension = entry_->get_extension(to_abi(id));
    } catch (...) {
      return "an exception crossed the boundary";
    }
    const bool declared = manifest_.implements(id);
    if (declared && extension == nullptr)
      return fmt::format("its manifest declares {}, which it does not implement", id);
    if (!declared && extension != nullptr)
      return fmt::format("it implements {}, which its manifest does not declare", id);
    if (id == ASSAY_CHECKLIST_1) checklist_ = static_cast<const assay_checklist_1*>(extension);
    if (id == ASSAY_REPORT_1) report_ = static_cast<const assay_report_1*>(extension);
  }
  if (checklist_ != nullptr && checklist_->catalogues == nullptr) return "its checklist/1 lacks a function";
  if (report_ != nullptr && report_->render == nullptr) return "its report/1 lacks a function";
  return {};
}

Result<void> InProcessPlugin::start(const std::filesystem::path& folder) {
  if (auto opened = open(folder); !opened) return opened.error();
  const CallLimits limits{std::chrono::steady_clock::now() + host_.limits.load};
  RunningCall call(limits, manifest_.languages.front());
  auto ready = invoke("init", call, [this](const assay_call* abi) {
    const assay_status status = entry_->init(&abi_, abi);
    initialised_ = status == ASSAY_OK;
    return status;
  });
  if (!ready) return ready.error();
  if (const auto fault = extension_fault()) return failed("load", *fault);
  return {};
}

/// Has the turn from construction, unless it could not get it, until destruction.
class Entered {
 public:
  Entered(Turn& turn, const CallLimits& limits) : turn_(turn), entered_(turn.enter(limits)) {}
  Entered(const Entered&) = delete;
  Entered& operator=(const Entered&) = delete;
  ~Entered() {
    if (entered_) turn_.leave();
  }
  explicit operator bool() const { return entered_; }

 private:
  Turn& turn_;
  bool entered_;
};

Result<std::vector<Catalogue>> InProcessPlugin::catalogues(std::string_view language, const CallLimits& limits) {
  constexpr std::string_view phase = "catalogues";
  if (checklist_ == nullptr) return refuse(Reason::unsupported, manifest_.id + " gives no catalogues");
  std::string text;
  {
    const Entered entered(turn_, limits);
    if (!entered) return failed(phase, "it is busy with another call");
    const std::string chosen = spoken(language);
    RunningCall call(limits, chosen);
    const CappedOutput output(call, host_.limits.json_bytes, true, [&](std::string_view piece) -> Result<void> {
      text += piece;
      return {};
    });
    auto called = invoke(phase, call, [&](const assay_call* abi) { return checklist_->catalogues(abi, output.abi()); });
    if (output.refused()) return *output.refused();
    if (const auto fault = output.fault(called.has_value())) return failed(phase, *fault);
    if (!called) return called.error();
  }
  auto read = read_catalogues(text, manifest_);
  if (const auto* fault = std::get_if<std::string>(&read)) return failed(phase, *fault);
  return std::get<std::vector<Catalogue>>(std::move(read));
}

Result<ReportResult> InProcessPlugin::report(Json input, std::string_view format, const ByteSink& sink,
                                             const CallLimits& limits) {
  constexpr std::string_view phase = "report";
  const ReportFormat* const known = report_ == nullptr ? nullptr : manifest_.find_format(format);
  if (known == nullptr) return refuse(Reason::unsupported, fmt::format("{} writes no {}", manifest_.id, format));
  if (input.contains("input_hash")) return invalid_field("/input_hash", "is set by the host");
  if (const auto invalid = report_input_schema().violations(input); !invalid.empty()) {
    Refusal refusal = refuse(Reason::invalid, "the input of the report is not valid");
    refusal.invalid = invalid;
    return refusal;
  }
  ReportResult result{known->media_type, known->file_extension, {}, 0, sha256_hex(canonical(input))};
  input["input_hash"] = result.input_hash;
  const std::string text = canonical(input);
  const std::string language = input.at("language");
  Sha256 hash;
  const auto hashed = [&](std::string_view piece) -> Result<void> {
    hash.update(piece);
    return sink(piece);
  };

  const Entered entered(turn_, limits);
  if (!entered) return failed(phase, "it is busy with another call");
  RunningCall call(limits, language);
  const CappedOutput output(call, host_.limits.report_bytes, known->media_type.starts_with("text/"), hashed);
  auto called = invoke(phase, call, [&](const assay_call* abi) {
    return report_->render(abi, to_abi(format), to_abi(text), output.abi());
  });
  if (output.refused()) return *output.refused();
  if (const auto fault = output.fault(called.has_value())) return failed(phase, *fault);
  if (!called) return called.error();
  const Digest digest = hash.finish();
  result.sha256 = to_hex(bytes_of(digest));
  result.size = static_cast<std::int64_t>(output.size());
  return result;
}

}  // namespace

Result<std::unique_ptr<Plugin>> load_in_process(const std::filesystem::path& folder, Manifest manifest,
                                                PluginHost host) {
  auto plugin = std::make_unique<InProcessPlugin>(std::move(manifest), std::move(host));
  if (auto started = plugin->start(folder); !started) return started.error();
  return std::unique_ptr<Plugin>(std::move(plugin));
}

}  // namespace assay
