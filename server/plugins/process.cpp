// The process of a plugin as the server sees it.
#include "plugins/process.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <span>
#include <utility>

namespace assay {
namespace {

using sandbox::FrameKind;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t most_lines = 10'000;     // of log in one call
constexpr std::size_t most_stray = 1u << 20;   // bytes of stray output in one call
constexpr std::size_t kept_stray = 1000;       // of its end, for the administrator
constexpr milliseconds death_patience{1'000};  // for a process whose end of the socket is closed to be gone
constexpr milliseconds quick{1};               // what is heard within it needs no pulse

int milliseconds_until(steady_clock::time_point until) {
  const auto left = std::chrono::ceil<milliseconds>(until - steady_clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000));
}

/// Becomes readable when a call is cancelled; -1 where that cannot happen.
class CancelBell {
 public:
  explicit CancelBell(const std::stop_token& cancel)
      : bell_(cancel.stop_possible() ? ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) : -1),
        ring_(cancel, Ring{bell_.get()}) {}
  int get() const { return bell_.get(); }

 private:
  struct Ring {
    int bell;
    void operator()() const { ::eventfd_write(bell, 1); }
  };
  Descriptor bell_;
  std::stop_callback<Ring> ring_;
};

/// What became of a process that has been reaped, for a person.
std::string end_of(const siginfo_t& how) {
  if (how.si_code == CLD_EXITED) {
    if (how.si_status == 128 + SIGABRT) return "it crashed (Aborted)";
    return fmt::format("it ended by itself with status {}", how.si_status);
  }
  if (how.si_status == SIGSYS) return "it made a system call that the sandbox forbids";
  if (how.si_status == SIGKILL) return "it was killed";
  const char* const name = ::sigdescr_np(how.si_status);
  return fmt::format("it crashed ({})", name == nullptr ? "unknown signal" : name);
}

}  // namespace

/// What a process was asked for and has not finished: once it takes its time, processors have a pulse.
class PluginProcess::Computing {
 public:
  explicit Computing(Pulse& pulse) : pulse_(pulse) {}

  /// poll(), up to that time.
  int wait(std::span<pollfd> all, Time until) {
    if (!beat_ && until > slow_) {
      const int ready = ::poll(all.data(), all.size(), milliseconds_until(slow_));
      if (steady_clock::now() >= slow_) beat_.emplace(pulse_);
      if (ready != 0) return ready;
    }
    return ::poll(all.data(), all.size(), milliseconds_until(until));
  }

 private:
  Pulse& pulse_;
  const Time slow_ = steady_clock::now() + quick;
  std::optional<Pulse::Beat> beat_;
};

PluginProcess::PluginProcess(Spawned spawned, milliseconds grace, Line line, const Lending& lending, Pulse& pulse)
    : ends_(std::move(spawned)), grace_(grace), line_(std::move(line)), lending_(lending), pulse_(pulse) {}

/// The end of file is its goodbye: a process that is well gets a moment to put its things away.
PluginProcess::~PluginProcess() {
  if (ended_) return;
  if (!killed_) {
    wake();
    ::shutdown(ends_.socket.get(), SHUT_WR);
    pollfd process{ends_.process.get(), POLLIN, 0};
    ::poll(&process, 1, static_cast<int>(std::min<std::int64_t>(200, grace_.count())));
  }
  end();
}

void PluginProcess::rest() {
  if (!ended_ && !rests_) rests_ = ::kill(-ends_.group, SIGSTOP) == 0;
}

void PluginProcess::wake() {
  if (!ended_ && std::exchange(rests_, false)) ::kill(-ends_.group, SIGCONT);
}

bool PluginProcess::alive() const {
  if (ended_ || killed_) return false;
  pollfd process{ends_.process.get(), POLLIN, 0};
  return ::poll(&process, 1, 0) == 0;
}

void PluginProcess::kill() {
  killed_ = true;
  ::syscall(SYS_pidfd_send_signal, ends_.process.get(), SIGKILL, nullptr, 0);
}

/// Kills it and waits until it is gone: the outer process by its handle, the inner one by its end of the socket.
void PluginProcess::end() {
  if (ended_) return;
  ended_ = true;
  kill();
  siginfo_t how{};
  while (::waitid(P_PIDFD, static_cast<id_t>(ends_.process.get()), &how, WEXITED) != 0 && errno == EINTR) continue;
  const auto until = steady_clock::now() + death_patience;
  while (true) {
    const ssize_t count = ::recv(ends_.socket.get(), in_.data(), in_.size(), 0);
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) return;
    pollfd socket{ends_.socket.get(), POLLIN, 0};
    if (steady_clock::now() >= until || ::poll(&socket, 1, milliseconds_until(until)) == 0) return;
  }
}

/// Its end of the socket is closed: waits for what it died of.
ProcessFault PluginProcess::gone() {
  pollfd process{ends_.process.get(), POLLIN, 0};
  siginfo_t how{};
  if (::poll(&process, 1, static_cast<int>(death_patience.count())) != 1 ||
      ::waitid(P_PIDFD, static_cast<id_t>(ends_.process.get()), &how, WEXITED | WNOWAIT) != 0) {
    end();
    return {{}, "it closed its connection to the server", true};
  }
  read_stray();
  end();
  return {{}, end_of(how), true};
}

bool PluginProcess::send(FrameKind kind, std::string_view head, std::string_view body, const RunningCall& call) {
  const sandbox::FrameHead before{static_cast<std::uint32_t>(head.size() + body.size()), kind};
  iovec parts[] = {{const_cast<sandbox::FrameHead*>(&before), sizeof before},
                   {const_cast<char*>(head.data()), head.size()},
                   {const_cast<char*>(body.data()), body.size()}};
  std::size_t first = 0;
  while (first < std::size(parts)) {
    msghdr message{};
    message.msg_iov = parts + first;
    message.msg_iovlen = std::size(parts) - first;
    ssize_t sent = ::sendmsg(ends_.socket.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN || call.given_up()) return false;
      pollfd socket{ends_.socket.get(), POLLOUT, 0};
      ::poll(&socket, 1, std::min(50, milliseconds_until(call.limits().deadline)));
      continue;
    }
    while (first < std::size(parts) && static_cast<std::size_t>(sent) >= parts[first].iov_len) {
      sent -= static_cast<ssize_t>(parts[first++].iov_len);
    }
    if (first == std::size(parts)) break;
    parts[first].iov_base = static_cast<char*>(parts[first].iov_base) + sent;
    parts[first].iov_len -= static_cast<std::size_t>(sent);
  }
  return true;
}

void PluginProcess::send_cancel() {
  const sandbox::FrameHead head{0, FrameKind::cancel};
  ::send(ends_.socket.get(), &head, sizeof head, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/// The next frame of what was received, if it is there as a whole; it never has more than fits.
std::optional<PluginProcess::Heard> PluginProcess::parse(Frame& frame) {
  sandbox::FrameHead head{};
  if (end_of_ - begin_ < sizeof head) return {};
  std::memcpy(&head, in_.data() + begin_, sizeof head);
  if (head.length > sandbox::max_child_payload) return Heard::nonsense;
  if (end_of_ - begin_ < sizeof head + head.length) return {};
  frame = {head.kind, {in_.data() + begin_ + sizeof head, head.length}};
  begin_ += sizeof head + head.length;
  return Heard::frame;
}

std::optional<PluginProcess::Heard> PluginProcess::receive() {
  std::copy(in_.begin() + static_cast<std::ptrdiff_t>(begin_), in_.begin() + static_cast<std::ptrdiff_t>(end_of_),
            in_.begin());
  end_of_ -= begin_;
  begin_ = 0;
  // Without room for it, a descriptor that comes along is closed by the kernel.
  const ssize_t count = ::recv(ends_.socket.get(), in_.data() + end_of_, in_.size() - end_of_, MSG_DONTWAIT);
  if (count > 0) {
    end_of_ += static_cast<std::size_t>(count);
    return {};
  }
  return count == 0 || (errno != EAGAIN && errno != EINTR) ? std::optional(Heard::gone) : std::nullopt;
}

std::optional<PluginProcess::Heard> PluginProcess::read_stray() {
  char bytes[16 * 1024];
  const ssize_t count = ::read(ends_.stray.get(), bytes, sizeof bytes);
  if (count <= 0) {
    if (count == 0) ends_.stray = Descriptor();
    return {};
  }
  const auto size = static_cast<std::size_t>(count);
  stray_.append(bytes, size);
  if (stray_.size() > kept_stray) stray_.erase(0, stray_.size() - kept_stray);
  stray_bytes_ += size;
  return stray_bytes_ > most_stray ? std::optional(Heard::flood) : std::nullopt;
}

PluginProcess::Heard PluginProcess::hear(Frame& frame, Time until, int bell, Computing& computing) {
  while (true) {
    if (const auto heard = parse(frame)) return *heard;
    pollfd all[] = {{ends_.socket.get(), POLLIN, 0}, {ends_.stray.get(), POLLIN, 0}, {bell, POLLIN, 0}};
    const int ready = computing.wait(all, until);
    if (ready < 0) continue;  // a signal
    if (all[1].revents != 0) {
      if (const auto heard = read_stray()) return *heard;
    }
    if (all[0].revents != 0) {
      if (const auto heard = receive()) return *heard;
    }
    if (all[2].revents != 0) return Heard::cancelled;
    if (steady_clock::now() >= until) return Heard::late;
  }
}

/// False when there are too many.
bool PluginProcess::take_log(std::string_view payload) {
  sandbox::Unpacker from(payload);
  const auto level = static_cast<std::int32_t>(from.number());
  const std::string_view line = from.text();
  if (!from.complete() || ++lines_ > most_lines) return false;
  line_(level, line.substr(0, sandbox::max_line));
  return true;
}

/// False when it is no such frame, or there are too many.
bool PluginProcess::take_progress(std::string_view payload, const RunningCall& call) {
  sandbox::Unpacker from(payload);
  const auto permille = static_cast<std::int32_t>(std::min<std::uint64_t>(from.number(), 1000));
  if (!from.complete() || ++lines_ > most_lines) return false;
  call.abi()->progress(call.abi(), permille);
  return true;
}

/// Answers what the child asks for. False for what it was not granted, or what is no such frame. An answer that cannot
/// be sent is heard of as what has become of the process.
bool PluginProcess::serve(std::string_view payload, RunningCall& call) {
  const auto ask = sandbox::unpack_ask(payload);
  if (!ask || !lending_.granted(ask->service)) return false;
  const Lending::Lent lent = lending_.lend(*ask, call);
  const std::string head =
      sandbox::Packer().number(static_cast<std::uint64_t>(lent.status)).number(lent.bytes.size()).bytes();
  (void)send(FrameKind::answer, head, lent.bytes, call);
  return true;
}

bool PluginProcess::silent() const {
  pollfd socket{ends_.socket.get(), POLLIN, 0};
  return begin_ == end_of_ && ::poll(&socket, 1, 0) == 0;
}

/// A process that is of no use any more. It is killed, and not waited for: on a busy machine it may take a while to go.
ProcessFault PluginProcess::lost(Heard how, bool stopped, const RunningCall& call) {
  if (how == Heard::gone && !stopped) return gone();
  kill();
  if (how == Heard::flood) return {{}, "it floods its log or its output", true};
  if (how == Heard::nonsense) return {{}, "its process does not keep to the protocol", true};
  return {{}, call.reason(ASSAY_CANCELLED), false};
}

std::optional<ProcessFault> PluginProcess::ended_call(std::string_view payload, RunningCall& call, bool stopped) {
  sandbox::Unpacker from(payload);
  const auto status = static_cast<assay_status>(from.number());
  const std::string_view pointer = from.text(), message = from.text();
  if (!from.complete()) return lost(Heard::nonsense, false, call);
  last_used_ = steady_clock::now();
  if (stopped || call.given_up()) return ProcessFault{{}, call.reason(ASSAY_CANCELLED), false};
  if (status == ASSAY_OK) return {};
  if (!message.empty()) {
    call.abi()->fail(call.abi(), status, {pointer.data(), pointer.size()}, {message.data(), message.size()});
  }
  return ProcessFault{{}, call.reason(status), false};
}

std::optional<ProcessFault> PluginProcess::start(const sandbox::LoadRequest& request, sandbox::Level required,
                                                 RunningCall& call) {
  Frame frame{};
  const CancelBell bell(call.limits().cancel);
  Computing computing(pulse_);
  bool sent = false;
  while (true) {
    const Heard heard = hear(frame, call.limits().deadline, bell.get(), computing);
    if (heard != Heard::frame) {
      ProcessFault fault = lost(heard, false, call);
      fault.phase = "load";
      fault.crashed = fault.crashed && sent;  // before that nothing of the plugin has run
      return fault;
    }
    sandbox::Unpacker from(frame.payload);
    if (!sent && frame.kind == FrameKind::confined) {
      const auto version = from.number();
      parts_ = static_cast<sandbox::Parts>(from.number());
      if (!from.complete() || version != sandbox::protocol_version) {
        end();
        return ProcessFault{"load", "assay-plugin-host is of another release than the server", false};
      }
      if (sandbox::level_of(parts_) < required) {
        end();
        return ProcessFault{"load",
                            fmt::format("the sandbox is {} on this machine, and {} is required",
                                        to_text(sandbox::level_of(parts_)), to_text(required)),
                            false};
      }
      sent = send(FrameKind::load, sandbox::pack(request), {}, call);
      continue;
    }
    if (frame.kind == FrameKind::ready && sent) return {};
    if (frame.kind == FrameKind::log && sent && take_log(frame.payload)) continue;
    if (frame.kind == FrameKind::progress && sent && take_progress(frame.payload, call)) continue;
    if (frame.kind == FrameKind::ask && sent && serve(frame.payload, call)) continue;
    if (frame.kind == FrameKind::failed && sent) {
      std::string phase(from.text());
      if (!from.ok()) {
        ProcessFault fault = lost(Heard::nonsense, false, call);
        fault.phase = "load";
        return fault;
      }
      auto fault = ended_call(frame.payload.substr(sizeof(std::uint64_t) + phase.size()), call, false);
      end();
      if (!fault) fault = ProcessFault{{}, "it failed without a reason", true};
      fault->phase = phase == "init" ? "init" : "load";
      return fault;
    }
    end();
    return ProcessFault{"load", "its process does not keep to the protocol", true};
  }
}

std::optional<ProcessFault> PluginProcess::run(const PluginCall& what, RunningCall& call, const CappedOutput& out) {
  ++calls_;
  stray_bytes_ = lines_ = 0;
  const CancelBell bell(call.limits().cancel);
  Computing computing(pulse_);
  Time until = call.limits().deadline;
  const auto left = std::chrono::ceil<milliseconds>(until - steady_clock::now()).count();
  const std::string head =
      sandbox::pack_head({what.method, left, what.limit, call.grounds(), call.language(), what.format, what.input});
  // What cannot be sent is heard of below, as what has become of the process.
  bool stopped = !send(FrameKind::call, head, what.input, call) && call.given_up();
  const auto stop = [&] {
    send_cancel();
    stopped = true;
    until = steady_clock::now() + grace_;
  };
  Frame frame{};
  while (true) {
    const Heard heard = hear(frame, until, stopped ? -1 : bell.get(), computing);
    if (!stopped && (heard == Heard::late || heard == Heard::cancelled)) {
      stop();
      continue;
    }
    if (heard != Heard::frame) return lost(heard, stopped, call);
    if (frame.kind == FrameKind::write) {
      const assay_string bytes{frame.payload.data(), frame.payload.size()};
      if (!stopped && out.abi()->write(out.abi(), bytes) != ASSAY_OK) stop();
    } else if (frame.kind == FrameKind::log) {
      if (!take_log(frame.payload)) return lost(Heard::flood, stopped, call);
    } else if (frame.kind == FrameKind::progress) {
      if (!take_progress(frame.payload, call)) return lost(Heard::flood, stopped, call);
    } else if (frame.kind == FrameKind::ask) {
      if (!serve(frame.payload, call)) return lost(Heard::nonsense, stopped, call);
    } else if (frame.kind == FrameKind::result) {
      return ended_call(frame.payload, call, stopped);
    } else {
      return lost(Heard::nonsense, stopped, call);
    }
    // Whoever always has something to say is not heard for longer than others.
    if (steady_clock::now() >= until) {
      if (stopped) return lost(Heard::late, true, call);
      stop();
    }
  }
}

}  // namespace assay
