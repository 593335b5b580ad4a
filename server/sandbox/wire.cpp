// The child's end of the socketpair.
#include "sandbox/wire.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <new>

namespace assay::sandbox {
namespace {

/// Without it there is no way to the next frame: what would be read for one is the middle of this one.
template <class Bytes>
void give_room(Bytes& bytes, std::size_t size) {
  try {
    bytes.resize(size);
  } catch (const std::bad_alloc&) {
    ::_exit(1);
  }
}

iovec part(const void* data, std::size_t size) { return {const_cast<void*>(data), size}; }

}  // namespace

bool Wire::receive() {
  while (true) {
    const ssize_t count = ::recv(socket_, in_.data() + end_, in_.size() - end_, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    end_ += static_cast<std::size_t>(count);
    return true;
  }
}

bool Wire::next(Frame& frame) {
  FrameHead head{};
  while (true) {
    const std::size_t there = end_ - begin_;
    if (there >= sizeof head) {
      std::memcpy(&head, in_.data() + begin_, sizeof head);
      if (there >= sizeof head + head.length) break;
    }
    const std::size_t needed = sizeof head + head.length;
    std::copy(in_.begin() + static_cast<std::ptrdiff_t>(begin_), in_.begin() + static_cast<std::ptrdiff_t>(end_),
              in_.begin());
    begin_ = 0;
    end_ = there;
    if (in_.size() < needed) give_room(in_, needed);
    if (!receive()) return false;
  }
  frame = {head.kind, {in_.data() + begin_ + sizeof head, head.length}};
  begin_ += sizeof head + head.length;
  return true;
}

bool Wire::take_cancel() {
  FrameHead head{};
  if (end_ - begin_ >= sizeof head) {
    std::memcpy(&head, in_.data() + begin_, sizeof head);
    if (head.kind == FrameKind::cancel) begin_ += sizeof head;
    return head.kind == FrameKind::cancel;
  }
  // Not into the buffer, which holds the input of the running call. Nothing but a cancel comes during one.
  if (::recv(socket_, &head, sizeof head, MSG_DONTWAIT | MSG_PEEK) == 0) ::_exit(0);
  return ::recv(socket_, &head, sizeof head, MSG_DONTWAIT) == static_cast<ssize_t>(sizeof head);
}

/// What the buffer has first, then past it, as it holds the input of the running call.
void Wire::ask(std::string_view request, std::string& payload, bool& cancelled) {
  const FrameHead out{static_cast<std::uint32_t>(request.size()), FrameKind::ask};
  iovec parts[] = {part(&out, sizeof out), part(request.data(), request.size())};
  send_all(parts, 2);
  const auto take = [this](void* to, std::size_t size) {
    const std::size_t there = std::min(size, end_ - begin_);
    std::copy_n(in_.data() + begin_, there, static_cast<char*>(to));
    begin_ += there;
    for (std::size_t taken = there; taken < size;) {
      const ssize_t count = ::recv(socket_, static_cast<char*>(to) + taken, size - taken, 0);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) ::_exit(0);
      taken += static_cast<std::size_t>(count);
    }
  };
  while (true) {
    FrameHead head{};
    take(&head, sizeof head);
    if (head.kind == FrameKind::cancel) cancelled = true;
    if (head.kind != FrameKind::answer) continue;
    give_room(payload, head.length);
    return take(payload.data(), payload.size());
  }
}

void Wire::send_all(iovec* parts, int count) {
  msghdr message{};
  while (count > 0) {
    message.msg_iov = parts;
    message.msg_iovlen = static_cast<std::size_t>(count);
    ssize_t sent = ::sendmsg(socket_, &message, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) ::_exit(0);
    while (count > 0 && static_cast<std::size_t>(sent) >= parts->iov_len) {
      sent -= static_cast<ssize_t>(parts->iov_len);
      ++parts;
      --count;
    }
    if (count == 0) return;
    parts->iov_base = static_cast<char*>(parts->iov_base) + sent;
    parts->iov_len -= static_cast<std::size_t>(sent);
  }
}

void Wire::write(std::string_view bytes) {
  if (output_.size() + bytes.size() <= piece) {
    output_ += bytes;
    return;
  }
  while (!output_.empty() || !bytes.empty()) {
    const std::string_view now = bytes.substr(0, max_child_payload - output_.size());
    const FrameHead head{static_cast<std::uint32_t>(output_.size() + now.size()), FrameKind::write};
    iovec parts[] = {part(&head, sizeof head), part(output_.data(), output_.size()), part(now.data(), now.size())};
    send_all(parts, 3);
    output_.clear();
    bytes.remove_prefix(now.size());
  }
}

void Wire::send(FrameKind kind, std::string_view payload) {
  const FrameHead before{static_cast<std::uint32_t>(output_.size()), FrameKind::write};
  const FrameHead head{static_cast<std::uint32_t>(payload.size()), kind};
  iovec parts[] = {part(&before, sizeof before), part(output_.data(), output_.size()), part(&head, sizeof head),
                   part(payload.data(), payload.size())};
  const bool none = output_.empty();
  send_all(none ? parts + 2 : parts, none ? 2 : 4);
  output_.clear();
}

}  // namespace assay::sandbox
