// The program that runs one plugin in a process of its own.
#include "sandbox/host.h"

#include <assay/ext/host/clock.h>
#include <assay/ext/host/evidence.h>
#include <assay/ext/host/log.h>
#include <assay/ext/host/resource.h>
#include <assay/ext/host/rng.h>

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <new>

#include "sandbox/confine.h"
#include "sandbox/host_call.h"
#include "sandbox/wire.h"

namespace assay::sandbox {
namespace {

std::optional<LoadRequest> unpack_load(std::string_view bytes) {
  Unpacker from(bytes);
  LoadRequest request{};
  request.identity.id = from.text();
  request.identity.version = from.text();
  request.identity.abi_major = static_cast<std::uint32_t>(from.number());
  request.identity.abi_minor = static_cast<std::uint32_t>(from.number());
  for (auto left = from.number(); left > 0 && from.ok(); --left) request.identity.extensions.emplace_back(from.text());
  for (auto left = from.number(); left > 0 && from.ok(); --left) request.host_extensions.emplace_back(from.text());
  request.server_version = from.text();
  request.language = from.text();
  request.deadline_ms = static_cast<std::int64_t>(from.number());
  if (!from.complete()) return {};
  return request;
}

/// Where the plugin writes. The server counts again: this only tells an honest plugin in time.
class HostOutput {
 public:
  HostOutput(Wire& wire, HostCall& call, std::uint64_t limit) : wire_(wire), call_(call), left_(limit), abi_{} {
    abi_.context = this;
    abi_.write = [](const assay_writer* writer, assay_string bytes) noexcept -> assay_status {
      auto& self = *static_cast<HostOutput*>(writer->context);
      if (self.status_ == ASSAY_OK && bytes.length > 0) self.status_ = self.take(bytes);
      return self.status_;
    };
  }
  HostOutput(const HostOutput&) = delete;
  HostOutput& operator=(const HostOutput&) = delete;

  const assay_writer* abi() const { return &abi_; }
  /// Why writing failed, so that a plugin which looks away does not succeed.
  assay_status status() const { return status_; }

 private:
  assay_status take(assay_string bytes) {
    if (bytes.data == nullptr) return ASSAY_INVALID;
    if (bytes.length > left_) return ASSAY_LIMIT;
    if (call_.given_up()) return ASSAY_CANCELLED;
    left_ -= bytes.length;
    wire_.write({bytes.data, static_cast<std::size_t>(bytes.length)});
    return ASSAY_OK;
  }

  Wire& wire_;
  HostCall& call_;
  std::uint64_t left_;
  assay_writer abi_;
  assay_status status_ = ASSAY_OK;
};

/// The server as the plugin sees it.
class HostSide {
 public:
  HostSide(Wire& wire, LoadRequest request) : wire_(wire), request_(std::move(request)), abi_{} {
    static constexpr std::string_view name = "assay";
    abi_.struct_size = sizeof(assay_host);
    abi_.abi_minor = ASSAY_ABI_MINOR;
    abi_.context = this;
    abi_.name = {name.data(), name.size()};
    abi_.version = {request_.server_version.data(), request_.server_version.size()};
    abi_.get_extension = [](const assay_host* host, assay_string id) noexcept -> const void* {
      const auto& granted = static_cast<const HostSide*>(host->context)->request_.host_extensions;
      return std::find(granted.begin(), granted.end(), stated(id)) == granted.end() ? nullptr : service(stated(id));
    };
  }
  HostSide(const HostSide&) = delete;
  HostSide& operator=(const HostSide&) = delete;

  const assay_host* abi() const { return &abi_; }
  const LoadRequest& request() const { return request_; }

 private:
  static void log_line(const assay_host* host, std::int32_t level, assay_string message) noexcept {
    if (message.data != nullptr) (void)tell_line(*static_cast<HostSide*>(host->context), level, message);
  }
  /// False when memory is out: a line less, the call may yet end well.
  static bool tell_line(HostSide& host, std::int32_t level, assay_string message) {
    try {
      const Packer line = Packer().number(static_cast<std::uint64_t>(level)).text(cut_text(message));
      host.wire_.send(FrameKind::log, line.bytes());
      return true;
    } catch (const std::bad_alloc&) {
      return false;
    }
  }
  static const void* service(std::string_view id) noexcept {
    static constexpr assay_log_1 log = {&HostSide::log_line};
    static constexpr assay_resource_1 resource = {
        [](const assay_host*, const assay_call* call, assay_string path, assay_string* bytes) noexcept {
          return HostCall::of(call).ask({Service::resource, stated(path)}, bytes);
        }};
    static constexpr assay_evidence_1 evidence = {[](const assay_call* call, assay_string named, std::uint64_t offset,
                                                     std::uint64_t length, assay_string* bytes) noexcept {
      return HostCall::of(call).ask({Service::evidence, stated(named), offset, length}, bytes);
    }};
    static constexpr assay_rng_1 rng = {
        [](const assay_call* call, std::uint64_t* number) noexcept { return HostCall::of(call).draw(number); },
        [](const assay_call* call, std::uint64_t* seed) noexcept { return HostCall::of(call).tell_seed(seed); }};
    static constexpr assay_clock_1 clock = {
        [](const assay_call* call, std::int64_t* now) noexcept { return HostCall::of(call).tell_time(now); }};
    if (id == ASSAY_LOG_1) return &log;
    if (id == ASSAY_RESOURCE_1) return &resource;
    if (id == ASSAY_EVIDENCE_1) return &evidence;
    if (id == ASSAY_RNG_1) return &rng;
    if (id == ASSAY_CLOCK_1) return &clock;
    return nullptr;
  }

  Wire& wire_;
  LoadRequest request_;
  assay_host abi_;
};

/// Loads and initialises; what is wrong has been told when it is false.
bool load(Wire& wire, Library& library, const HostSide& host, const Confined& confined) {
  const auto tell = [&](std::string_view phase, const std::string& ended) {
    wire.send(FrameKind::failed, Packer().text(phase).bytes() + ended);
    return false;
  };
  const auto refused = [&](const std::string& reason) {
    return tell("load", Packer().number(ASSAY_FAILED).text({}).text(reason).bytes());
  };
  if (const auto fault = library.open(confined.library.c_str())) return refused(*fault);
  ::close(library_descriptor);
  if ((confined.parts & part_system_calls) != 0 && !deny_loading())
    return refused("the kernel does not take its second filter of system calls");
  HostCall call(wire, host.request().language, host.request().deadline_ms, {});
  const Ended ended = library.init(host.abi(), call.abi());
  if (ended.status != ASSAY_OK) return tell("init", call.ended(ended));
  if (const auto fault = library.take_extensions()) return refused(*fault);
  wire.send(FrameKind::ready, {});
  return true;
}

void serve_call(Wire& wire, const Library& library, const CallRequest& request) {
  HostCall call(wire, request.language, request.deadline_ms, request.grounds);
  const HostOutput output(wire, call, request.limit);
  Ended ended = library.run(request.method, call.abi(), request.format, request.input, output.abi());
  if (ended.status == ASSAY_OK) ended.status = output.status();
  if (ended.status != ASSAY_OK) wire.drop_output();
  wire.send(FrameKind::result, call.ended(ended));
}

}  // namespace

std::string pack(const LoadRequest& request) {
  Packer to;
  to.text(request.identity.id).text(request.identity.version);
  to.number(request.identity.abi_major).number(request.identity.abi_minor);
  to.number(request.identity.extensions.size());
  for (const auto& id : request.identity.extensions) to.text(id);
  to.number(request.host_extensions.size());
  for (const auto& id : request.host_extensions) to.text(id);
  to.text(request.server_version).text(request.language).number(static_cast<std::uint64_t>(request.deadline_ms));
  return to.bytes();
}

bool stand_back(int niceness) {
  const sched_param none{};
  if (niceness == only_what_is_left && ::sched_setscheduler(0, SCHED_IDLE, &none) == 0) return true;
  return niceness == 0 || ::setpriority(PRIO_PROCESS, 0, std::min(19, ::getpriority(PRIO_PROCESS, 0) + niceness)) == 0;
}

int run_host(int niceness) {
  if (!stand_back(niceness)) return 1;
  const Confined confined = confine(library_descriptor);
  Wire wire(socket_descriptor);
  wire.send(FrameKind::confined, Packer().number(protocol_version).number(confined.parts).bytes());
  Wire::Frame frame{};
  if (!wire.next(frame) || frame.kind != FrameKind::load) return 0;
  auto request = unpack_load(frame.payload);
  if (!request) return 2;
  HostSide host(wire, std::move(*request));
  Library library(host.request().identity);
  if (!load(wire, library, host, confined)) return 1;
  while (wire.next(frame)) {
    if (frame.kind == FrameKind::cancel) continue;  // of a call that had ended
    const auto call = frame.kind == FrameKind::call ? unpack_call(frame.payload) : std::nullopt;
    if (!call) return 2;
    serve_call(wire, library, *call);
  }
  return 0;
}

}  // namespace assay::sandbox
