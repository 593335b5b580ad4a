// The program that tries one plugin for its author.
#include "sandbox/probe.h"

#include <assay/ext/host/clock.h>
#include <assay/ext/host/evidence.h>
#include <assay/ext/host/log.h>
#include <assay/ext/host/resource.h>
#include <assay/ext/host/rng.h>
#include <dlfcn.h>
#include <malloc.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <clocale>
#include <csignal>
#include <cstdlib>
#include <limits>

#include "sandbox/allocations.h"
#include "sandbox/confine.h"
#include "sandbox/host.h"
#include "sandbox/watch.h"
#include "sandbox/wire.h"

namespace assay::sandbox {
namespace {

using ProbeClock = std::chrono::steady_clock;

std::string kept(assay_string text) {
  if (text.data == nullptr) return {};
  return {text.data, static_cast<std::size_t>(std::min<std::uint64_t>(text.length, max_line))};
}

std::uint64_t heap_in_use() {
  const struct mallinfo2 heap = ::mallinfo2();
  return heap.uordblks + heap.hblkhd;
}

std::uint64_t open_descriptors() {
  std::uint64_t count = 0;
  struct stat what{};
  for (int each = 0; each < 64; ++each) count += ::fstat(each, &what) == 0 ? 1 : 0;
  return count;
}

/// What a plugin leaves as it found it.
class ProcessState {
 public:
  ProcessState() {
    for (int signal = 1; signal < signals; ++signal) handlers_[static_cast<std::size_t>(signal)] = handler_of(signal);
    sigemptyset(&mask_);
    ::sigprocmask(SIG_SETMASK, nullptr, &mask_);
  }

  std::vector<std::string> changes() const {
    std::vector<std::string> found;
    for (int signal = 1; signal < signals; ++signal) {
      if (handler_of(signal) != handlers_[static_cast<std::size_t>(signal)])
        found.push_back("the handler of signal " + std::to_string(signal));
    }
    sigset_t mask;
    sigemptyset(&mask);
    ::sigprocmask(SIG_SETMASK, nullptr, &mask);
    for (int signal = 1; signal < signals; ++signal) {
      if (sigismember(&mask, signal) != sigismember(&mask_, signal)) {
        found.emplace_back("the mask of signals");
        break;
      }
    }
    // NOLINTBEGIN(concurrency-mt-unsafe): this process has one thread
    const char* const locale = std::setlocale(LC_ALL, nullptr);
    if (locale != nullptr && std::string_view(locale) != "C") found.emplace_back("the locale");
    // NOLINTEND(concurrency-mt-unsafe)
    if (environ != nullptr && *environ != nullptr) found.emplace_back("the environment");
    return found;
  }

 private:
  static constexpr int signals = 32;
  static std::uintptr_t handler_of(int signal) {
    struct sigaction now{};
    ::sigaction(signal, nullptr, &now);
    return reinterpret_cast<std::uintptr_t>(now.sa_sigaction);
  }
  std::array<std::uintptr_t, signals> handlers_ = {};
  sigset_t mask_;
};

/// A call with its writer, as the request wants the host to behave.
class ProbeCall {
 public:
  ProbeCall(Wire& wire, const ProbeRequest& request)
      : wire_(wire), request_(request), begun_(ProbeClock::now()), chance_(request.seed), abi_{}, writer_{} {
    abi_.struct_size = sizeof(assay_call);
    abi_.context = this;
    abi_.language = {request.language.data(), request.language.size()};
    abi_.settings = {request.settings.data(), request.settings.size()};
    abi_.cancelled = [](const assay_call* call) noexcept -> std::int32_t { return of(call).given_up() ? 1 : 0; };
    abi_.deadline_ms = [](const assay_call* call) noexcept -> std::int64_t {
      return std::max<std::int64_t>(0, of(call).request_.deadline_ms - of(call).elapsed_ms());
    };
    abi_.progress = [](const assay_call*, std::int32_t) noexcept {};
    abi_.fail = [](const assay_call* call, assay_status, assay_string pointer, assay_string message) noexcept {
      const OwnAllocations own;
      of(call).observed_.pointer = kept(pointer);
      of(call).observed_.message = kept(message);
    };
    writer_.context = this;
    writer_.write = [](const assay_writer* writer, assay_string bytes) noexcept {
      const OwnAllocations own;
      return static_cast<ProbeCall*>(writer->context)->take(bytes);
    };
  }
  ProbeCall(const ProbeCall&) = delete;
  ProbeCall& operator=(const ProbeCall&) = delete;

  const assay_call* abi() const { return &abi_; }
  const assay_writer* writer() const { return &writer_; }
  static ProbeCall& of(const assay_call* call) { return *static_cast<ProbeCall*>(call->context); }
  std::uint64_t seed() const { return request_.seed; }
  std::uint64_t draw() { return chance_.next(); }
  bool fails_services() const { return request_.fails_services; }
  void count_into(Observed& observed) const {
    observed.pointer = observed_.pointer;
    observed.message = observed_.message;
    observed.written = observed_.written;
    observed.writes_after_failure = observed_.writes_after_failure;
    observed.allocations = allocations.made;
  }

 private:
  std::int64_t elapsed_ms() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(ProbeClock::now() - begun_).count();
  }
  bool given_up() const {
    const std::int64_t passed = elapsed_ms();
    return passed >= request_.deadline_ms || (request_.cancel_after_ms >= 0 && passed >= request_.cancel_after_ms);
  }
  assay_status take(assay_string bytes) {
    if (status_ != ASSAY_OK) {
      ++observed_.writes_after_failure;
    } else if (bytes.length == 0) {
      return ASSAY_OK;
    } else if (bytes.data == nullptr) {
      status_ = ASSAY_INVALID;
    } else if (given_up()) {
      status_ = ASSAY_CANCELLED;
    } else if (writes_++ >= request_.takes_writes) {
      status_ = ASSAY_FAILED;
    } else if (bytes.length > request_.takes_bytes - observed_.written) {
      status_ = ASSAY_LIMIT;
    } else {
      observed_.written += bytes.length;
      if (request_.keep_output) wire_.write({bytes.data, static_cast<std::size_t>(bytes.length)});
    }
    return status_;
  }

  Wire& wire_;
  const ProbeRequest& request_;
  ProbeClock::time_point begun_;
  Chance chance_;
  assay_call abi_;
  assay_writer writer_;
  assay_status status_ = ASSAY_OK;
  std::uint64_t writes_ = 0;
  Observed observed_;
};

constexpr std::int64_t probe_time = 1'767'225'600'000;  // 1 January 2026

/// What the host that is played has beside itself; the context of `host` is the list of resources.
struct ProbeServices {
  static assay_status read_resource(const assay_host* host, const assay_call* call, assay_string path,
                                    assay_string* bytes) noexcept {
    const OwnAllocations own;
    if (ProbeCall::of(call).fails_services()) return ASSAY_FAILED;
    const auto& files = *static_cast<const std::vector<std::string>*>(host->context);
    for (std::size_t i = 0; i + 1 < files.size(); i += 2) {
      if (files[i] != stated(path)) continue;
      *bytes = {files[i + 1].data(), files[i + 1].size()};
      return ASSAY_OK;
    }
    return ASSAY_INVALID;
  }
  static const void* find(std::string_view id) {
    static constexpr assay_log_1 log = {[](const assay_host*, std::int32_t, assay_string) noexcept {}};
    static constexpr assay_rng_1 rng = {[](const assay_call* call, std::uint64_t* number) noexcept {
                                          if (ProbeCall::of(call).fails_services()) return ASSAY_FAILED;
                                          *number = ProbeCall::of(call).draw();
                                          return ASSAY_OK;
                                        },
                                        [](const assay_call* call, std::uint64_t* seed) noexcept {
                                          if (ProbeCall::of(call).fails_services()) return ASSAY_FAILED;
                                          *seed = ProbeCall::of(call).seed();
                                          return ASSAY_OK;
                                        }};
    static constexpr assay_clock_1 clock = {[](const assay_call* call, std::int64_t* milliseconds) noexcept {
      if (ProbeCall::of(call).fails_services()) return ASSAY_FAILED;
      *milliseconds = probe_time;
      return ASSAY_OK;
    }};
    static constexpr assay_resource_1 resource = {&ProbeServices::read_resource};
    static constexpr assay_evidence_1 evidence = {[](const assay_call*, assay_string, std::uint64_t, std::uint64_t,
                                                     assay_string*) noexcept { return ASSAY_INVALID; }};
    if (id == ASSAY_LOG_1) return &log;
    if (id == ASSAY_RNG_1) return &rng;
    if (id == ASSAY_CLOCK_1) return &clock;
    if (id == ASSAY_RESOURCE_1) return &resource;
    return id == ASSAY_EVIDENCE_1 ? &evidence : nullptr;
  }
};

/// One plugin, step by step.
class Prober {
 public:
  Prober(Wire& wire, Confined confined) : wire_(wire), confined_(std::move(confined)), host_{} {
    static constexpr std::string_view name = "assay";
    host_.struct_size = sizeof(assay_host);
    host_.abi_minor = ASSAY_ABI_MINOR;
    host_.context = &resources_;
    host_.name = {name.data(), name.size()};
    host_.get_extension = [](const assay_host*, assay_string id) noexcept -> const void* {
      const bool has = std::find(granted.begin(), granted.end(), stated(id)) != granted.end();
      return has ? ProbeServices::find(stated(id)) : nullptr;
    };
  }

  Observed take(const ProbeRequest& request) {
    const auto begun = ProbeClock::now();
    Observed observed = step(request);
    if (request.step != Step::call) {
      observed.microseconds = std::chrono::duration_cast<std::chrono::microseconds>(ProbeClock::now() - begun).count();
    }
    return observed;
  }

 private:
  static Observed failed(std::string message) {
    Observed observed;
    observed.status = ASSAY_FAILED;
    observed.message = std::move(message);
    return observed;
  }
  static Observed answer(const std::optional<std::string>& fault) { return fault ? failed(*fault) : Observed(); }

  Observed step(const ProbeRequest& request) {
    if (request.step == Step::map) return map();
    if (request.step == Step::open) {
      library_.emplace(request.identity);
      return answer(library_->open(confined_.library.c_str()));
    }
    if (request.step == Step::state) return state();
    if (!library_) return failed("the library is not open");
    switch (request.step) {
      case Step::init:
        return init(request);
      case Step::take:
        return answer(library_->take_extensions());
      case Step::call:
        return call(request);
      case Step::extension:
        return extension(request.input);
      default:
        library_.reset();
        return {};
    }
  }

  Observed map() {
    handle_ = ::dlopen(confined_.library.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle_ == nullptr) return failed(kept(error_text()));
    const bool denied = (confined_.parts & part_system_calls) == 0 || deny_loading(true);
    return denied ? Observed() : failed("the kernel does not take its second filter of system calls");
  }
  static assay_string error_text() {
    const char* const text = ::dlerror();  // NOLINT(concurrency-mt-unsafe): glibc keeps this text per thread
    return {text, std::string_view(text).size()};
  }

  Observed init(const ProbeRequest& request) {
    granted = request.host_extensions;
    resources_ = request.resources;
    version_ = request.server_version;
    host_.version = {version_.data(), version_.size()};
    const ProbeCall call(wire_, request);
    const Ended ended = library_->init(&host_, call.abi());
    Observed observed;
    call.count_into(observed);
    observed.status = ended.status;
    observed.threw = ended.threw;
    return observed;
  }

  Observed call(const ProbeRequest& request) {
    Observed observed;
    const auto begun = ProbeClock::now();
    const auto passed = [&] { return ProbeClock::now() - begun; };
    do {
      wire_.drop_output();
      const ProbeCall call(wire_, request);
      allocations = {true, 0, request.refuse_allocation};
      const Ended ended = library_->run(request.method, call.abi(), request.format, request.input, call.writer());
      allocations.watched = false;
      call.count_into(observed);
      observed.status = ended.status;
      observed.threw = ended.threw;
      ++observed.calls;
    } while (!observed.threw && observed.status == ASSAY_OK && observed.calls < request.times &&
             (request.times_within_ms < 0 || passed() < std::chrono::milliseconds(request.times_within_ms)));
    observed.microseconds = std::chrono::duration_cast<std::chrono::microseconds>(passed()).count();
    return observed;
  }

  /// Asked of the entry itself; library_ has found that to be sound.
  Observed extension(const std::string& id) const {
    void* const entry = ::dlsym(handle_, ASSAY_ENTRY_SYMBOL);
    if (entry == nullptr) return failed("it does not export " ASSAY_ENTRY_SYMBOL);
    Observed observed;
    try {
      const auto* const plugin = reinterpret_cast<decltype(&assay_plugin_v1)>(entry)();
      observed.written = plugin->get_extension({id.data(), id.size()}) == nullptr ? 0 : 1;
    } catch (...) {
      observed.threw = true;
    }
    return observed;
  }
  Observed state() const {
    Observed observed;
    observed.memory = heap_in_use();
    observed.descriptors = open_descriptors();
    observed.changes = before_.changes();
    observed.refused_calls = refused_system_calls();
    return observed;
  }

  Wire& wire_;
  Confined confined_;
  ProcessState before_;
  assay_host host_;
  static inline std::vector<std::string> granted;  // ids of extensions; there is one host in a process
  std::vector<std::string> resources_;
  std::string version_;
  void* handle_ = nullptr;
  std::optional<Library> library_;
};

}  // namespace

int run_probe() {
  watch_system_calls();
  Confined confined = confine(library_descriptor, true);
  Wire wire(socket_descriptor);
  wire.send(FrameKind::confined, Packer().number(protocol_version).number(confined.parts).bytes());
  Prober prober(wire, std::move(confined));
  Wire::Frame frame{};
  while (wire.next(frame)) {
    const auto request = frame.kind == FrameKind::call ? unpack_probe(frame.payload) : std::nullopt;
    if (!request) return 2;
    wire.send(FrameKind::result, pack(prober.take(*request)));
  }
  return 0;
}

}  // namespace assay::sandbox
