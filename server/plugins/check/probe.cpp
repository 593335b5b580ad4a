// The process in which a plugin is tried.
#include "plugins/check/probe.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace assay {
namespace {

using ProbeTime = std::chrono::steady_clock::time_point;

constexpr std::size_t most_probe_output = 64u << 20;
constexpr std::size_t most_printed = 200;
constexpr std::chrono::seconds start_patience{10};

int time_left(ProbeTime until) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 600'000));
}

std::string manner_of(const siginfo_t& how) {
  if (how.si_code == CLD_EXITED && how.si_status == 128 + SIGABRT) return "it crashed (Aborted)";
  if (how.si_code == CLD_EXITED) return fmt::format("it ended its process with status {}", how.si_status);
  if (how.si_status == SIGSYS) return "it made a system call that the sandbox forbids";
  const char* const name = ::sigdescr_np(how.si_status);
  return fmt::format("it crashed ({})", name == nullptr ? "unknown signal" : name);
}

}  // namespace

Probe::Probe(Spawner& spawner, int library, sandbox::Level required) : ends_(spawner.spawn(library, 0)) {
  confined(required, std::chrono::steady_clock::now() + start_patience);
}

Probe::~Probe() {
  if (end_.empty()) over("it is not needed any more");
}

/// Ends the process; false, for whoever wanted something of it.
bool Probe::over(std::string reason) {
  end_ = std::move(reason);
  ::syscall(SYS_pidfd_send_signal, ends_.process.get(), SIGKILL, nullptr, 0);
  siginfo_t how{};
  while (::waitid(P_PIDFD, static_cast<id_t>(ends_.process.get()), &how, WEXITED) != 0 && errno == EINTR) continue;
  return false;
}

/// Its end of the socket is closed: finds out how it ended.
void Probe::died() {
  pollfd process{ends_.process.get(), POLLIN, 0};
  siginfo_t how{};
  const bool gone = ::poll(&process, 1, 2000) == 1 &&
                    ::waitid(P_PIDFD, static_cast<id_t>(ends_.process.get()), &how, WEXITED | WNOWAIT) == 0;
  drain();
  over(gone ? manner_of(how) : "it closed its connection");
}

/// What it printed, up to a megabyte at a time: one that prints without end must not keep whoever looks.
void Probe::drain() {
  char bytes[64 * 1024];
  for (int rounds = 0; rounds < 16 && ends_.stray.get() >= 0; ++rounds) {
    const ssize_t count = ::read(ends_.stray.get(), bytes, sizeof bytes);
    if (count == 0) ends_.stray = Descriptor();
    if (count <= 0) return;
    const auto room = most_printed - printed_.size();
    printed_.append(bytes, std::min(room, static_cast<std::size_t>(count)));
  }
}

/// Waits until the socket is ready; false when the time is over, and then the process, too.
bool Probe::await(short events, ProbeTime until) {
  while (true) {
    // First, as one that is always ready would never be found late.
    if (std::chrono::steady_clock::now() >= until) return over("it did not answer in time and was killed");
    pollfd all[] = {{ends_.socket.get(), events, 0}, {ends_.stray.get(), POLLIN, 0}};
    const int ready = ::poll(all, 2, time_left(until));
    if (all[1].revents != 0) drain();
    if (ready > 0 && all[0].revents != 0) return true;
  }
}

bool Probe::send(const std::string& payload, ProbeTime until) {
  const sandbox::FrameHead head{static_cast<std::uint32_t>(payload.size()), sandbox::FrameKind::call};
  std::string bytes(reinterpret_cast<const char*>(&head), sizeof head);
  bytes += payload;
  for (std::string_view rest = bytes; !rest.empty();) {
    const ssize_t sent = ::send(ends_.socket.get(), rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
      rest.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN || errno == EINTR) {
      if (!await(POLLOUT, until)) return false;
    } else {
      died();
      return false;
    }
  }
  return true;
}

/// The first frame, which is sent before anything of the plugin is there.
bool Probe::confined(sandbox::Level required, ProbeTime until) {
  sandbox::FrameHead head{};
  char bytes[256];
  while (in_.size() < sizeof head || in_.size() < sizeof head + head.length) {
    if (!await(POLLIN, until)) return false;
    const ssize_t count = ::recv(ends_.socket.get(), bytes, sizeof bytes, MSG_DONTWAIT);
    if (count > 0) in_.append(bytes, static_cast<std::size_t>(count));
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) {
      died();
      return false;
    }
    if (in_.size() >= sizeof head) std::memcpy(&head, in_.data(), sizeof head);
    if (head.length > sizeof bytes) return over("its process does not keep to the protocol");
  }
  sandbox::Unpacker from(std::string_view(in_).substr(sizeof head, head.length));
  const auto version = from.number();
  const auto level = sandbox::level_of(static_cast<sandbox::Parts>(from.number()));
  if (head.kind != sandbox::FrameKind::confined || !from.complete() || version != sandbox::protocol_version)
    return over("assay-plugin-probe is of another release");
  in_.erase(0, sizeof head + head.length);
  if (level < required)
    return over(
        fmt::format("nothing of it was run, as the sandbox is {} on this machine and {} is required (--sandbox)",
                    sandbox::to_text(level), sandbox::to_text(required)));
  return true;
}

/// The frames of one step, up to its result; also of one that sends frames without end no more than fit in the time.
bool Probe::receive(Tried& tried, ProbeTime until) {
  char bytes[64 * 1024];
  while (true) {
    if (std::chrono::steady_clock::now() >= until) return over("it did not answer in time and was killed");
    sandbox::FrameHead head{};
    if (in_.size() >= sizeof head) {
      std::memcpy(&head, in_.data(), sizeof head);
      const bool fits = head.length <= sandbox::max_child_payload;
      if (!fits) return over("its process does not keep to the protocol");
      if (in_.size() >= sizeof head + head.length) {
        const std::string payload = in_.substr(sizeof head, head.length);
        in_.erase(0, sizeof head + head.length);
        if (head.kind == sandbox::FrameKind::result) {
          auto seen = sandbox::unpack_observed(payload);
          if (!seen) return over("its process does not keep to the protocol");
          tried.seen = std::move(*seen);
          return true;
        }
        if (head.kind != sandbox::FrameKind::write) return over("its process does not keep to the protocol");
        tried.output += payload;
        if (tried.output.size() > most_probe_output) return over("it wrote more than 64 MiB");
        continue;
      }
    }
    if (!await(POLLIN, until)) return false;
    const ssize_t count = ::recv(ends_.socket.get(), bytes, sizeof bytes, MSG_DONTWAIT);
    if (count > 0) {
      in_.append(bytes, static_cast<std::size_t>(count));
    } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
      died();
      return false;
    }
  }
}

Tried Probe::take(const sandbox::ProbeRequest& request, std::chrono::milliseconds within) {
  Tried tried;
  if (!end_.empty()) return tried;
  const auto until = std::chrono::steady_clock::now() + within;
  tried.alive = send(pack(request), until) && receive(tried, until);
  drain();
  return tried;
}

}  // namespace assay
