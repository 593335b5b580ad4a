// The protocol between the server and a plugin's process: frames over a socketpair, a length and a kind before each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace assay::sandbox {

/// Both sides must name the same one: they are of one release.
inline constexpr std::uint32_t protocol_version = 1;

/// What a frame is. The server sends load, call and cancel; end of file is its goodbye.
///   load     what the library has to say about itself, see LoadRequest; once, after confined
///   call     see CallRequest; one at a time, after ready
///   cancel   empty: the server has given up on the running call; without one it means nothing
///   confined protocol version, then the parts of the sandbox that hold (Part); the first frame of a child
///   ready    empty: loaded and initialised
///   failed   phase and reason: the library is not acceptable, and the process ends
///   write    bytes of the output
///   log      level, then a line
///   result   status, JSON pointer, message: the call has ended
enum class FrameKind : std::uint32_t {
  load = 1,
  call = 2,
  cancel = 3,
  confined = 16,
  ready = 17,
  failed = 18,
  write = 19,
  log = 20,
  result = 21
};

/// Of both sides: the machine is the same, so numbers are in its order.
struct FrameHead {
  std::uint32_t length;  // of what follows, in bytes
  FrameKind kind;
};
static_assert(sizeof(FrameHead) == 8);

/// Nothing that a child sends is longer. The server's frames hold the input of a report and are not limited by it.
inline constexpr std::size_t max_child_payload = 64 * 1024;
/// A line, message or pointer of a plugin; what is longer is cut.
inline constexpr std::size_t max_line = 1000;

/// Puts numbers and texts behind each other.
class Packer {
 public:
  Packer& number(std::uint64_t value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  Packer& text(std::string_view text) {
    number(text.size());
    bytes_.append(text);
    return *this;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

/// Takes them apart again; from the first thing that is not there, everything is zero or empty and ok() false.
class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : rest_(bytes) {}

  std::uint64_t number() {
    std::uint64_t value = 0;
    if (rest_.size() < sizeof value) return fail();
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_.remove_prefix(sizeof value);
    return value;
  }
  /// A view into the bytes that were given.
  std::string_view text() {
    const std::uint64_t length = number();
    if (length > rest_.size()) return fail(), std::string_view();
    const std::string_view text = rest_.substr(0, static_cast<std::size_t>(length));
    rest_.remove_prefix(text.size());
    return text;
  }
  bool ok() const { return ok_; }
  /// All that was there has been taken, and nothing was missing.
  bool complete() const { return ok_ && rest_.empty(); }

 private:
  std::uint64_t fail() {
    rest_ = {};
    ok_ = false;
    return 0;
  }

  std::string_view rest_;
  bool ok_ = true;
};

/// What a plugin's process can be asked for.
enum class Method : std::uint32_t { catalogues = 1, render = 2 };

struct CallRequest {
  Method method;
  std::int64_t deadline_ms;  // from now
  std::uint64_t limit;       // bytes of output
  std::string_view language, format;
  std::string_view input;  // last, so that it need not be copied to be sent
};

/// The request up to its input, which follows.
inline std::string pack_head(const CallRequest& request) {
  return Packer()
      .number(static_cast<std::uint64_t>(request.method))
      .number(static_cast<std::uint64_t>(request.deadline_ms))
      .number(request.limit)
      .text(request.language)
      .text(request.format)
      .number(request.input.size())
      .bytes();
}

inline std::optional<CallRequest> unpack_call(std::string_view bytes) {
  Unpacker from(bytes);
  CallRequest request{};
  request.method = static_cast<Method>(from.number());
  request.deadline_ms = static_cast<std::int64_t>(from.number());
  request.limit = from.number();
  request.language = from.text();
  request.format = from.text();
  request.input = from.text();
  if (!from.complete()) return {};
  return request;
}

}  // namespace assay::sandbox
