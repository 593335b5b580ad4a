// The program that runs one plugin in a process of its own.
#include "sandbox/host.h"

#include <assay/ext/host/log.h>

#include <algorithm>
#include <chrono>

#include "sandbox/confine.h"
#include "sandbox/wire.h"

namespace assay::sandbox {
namespace {

using Clock = std::chrono::steady_clock;

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

std::string_view cut(assay_string text) {
  if (text.data == nullptr) return {};
  return {text.data, static_cast<std::size_t>(std::min<std::uint64_t>(text.length, max_line))};
}

/// The running call as the plugin sees it.
class HostCall {
 public:
  HostCall(Wire& wire, std::string_view language, std::int64_t deadline_ms)
      : wire_(wire), deadline_(Clock::now() + std::chrono::milliseconds(deadline_ms)), abi_{} {
    abi_.struct_size = sizeof(assay_call);
    abi_.context = this;
    abi_.language = {language.data(), language.size()};
    abi_.cancelled = [](const assay_call* call) noexcept -> std::int32_t { return of(call).given_up() ? 1 : 0; };
    abi_.deadline_ms = [](const assay_call* call) noexcept -> std::int64_t {
      const auto left = of(call).deadline_ - Clock::now();
      return std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::milliseconds>(left).count());
    };
    abi_.progress = [](const assay_call*, std::int32_t) noexcept {};
    abi_.fail = [](const assay_call* call, assay_status, assay_string pointer, assay_string message) noexcept {
      of(call).pointer_ = cut(pointer);
      of(call).message_ = cut(message);
    };
  }
  HostCall(const HostCall&) = delete;
  HostCall& operator=(const HostCall&) = delete;

  const assay_call* abi() const { return &abi_; }

  /// Asks the clock each time, the socket once a millisecond.
  bool given_up() {
    const auto now = Clock::now();
    if (cancelled_ || now >= deadline_) return true;
    if (now < ask_) return false;
    ask_ = now + std::chrono::milliseconds(1);
    return cancelled_ = wire_.take_cancel();
  }

  /// Status, JSON pointer, message.
  std::string ended(Ended how) const {
    Packer to;
    to.number(static_cast<std::uint64_t>(how.status));
    if (how.threw) return to.text({}).text("an exception crossed the boundary").bytes();
    return to.text(pointer_).text(message_).bytes();
  }

 private:
  static HostCall& of(const assay_call* call) { return *static_cast<HostCall*>(call->context); }

  Wire& wire_;
  Clock::time_point deadline_;
  Clock::time_point ask_ = {};
  assay_call abi_;
  bool cancelled_ = false;
  std::string pointer_, message_;
};

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
      static constexpr assay_log_1 log = {&HostSide::log_line};
      const auto& granted = static_cast<const HostSide*>(host->context)->request_.host_extensions;
      const bool has = std::find(granted.begin(), granted.end(), stated(id)) != granted.end();
      return has && stated(id) == ASSAY_LOG_1 ? &log : nullptr;
    };
  }
  HostSide(const HostSide&) = delete;
  HostSide& operator=(const HostSide&) = delete;

  const assay_host* abi() const { return &abi_; }
  const LoadRequest& request() const { return request_; }

 private:
  static void log_line(const assay_host* host, std::int32_t level, assay_string message) noexcept {
    if (message.data == nullptr) return;
    const Packer line = Packer().number(static_cast<std::uint64_t>(level)).text(cut(message));
    static_cast<HostSide*>(host->context)->wire_.send(FrameKind::log, line.bytes());
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
  if ((confined.parts & part_system_calls) != 0 && !deny_loading())
    return refused("the kernel does not take its second filter of system calls");
  HostCall call(wire, host.request().language, host.request().deadline_ms);
  const Ended ended = library.init(host.abi(), call.abi());
  if (ended.status != ASSAY_OK) return tell("init", call.ended(ended));
  if (const auto fault = library.take_extensions()) return refused(*fault);
  wire.send(FrameKind::ready, {});
  return true;
}

void serve_call(Wire& wire, const Library& library, const CallRequest& request) {
  HostCall call(wire, request.language, request.deadline_ms);
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

int run_host() {
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
