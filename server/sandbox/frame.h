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
inline constexpr std::uint32_t protocol_version = 2;

/// What a frame is. The server sends load, call and cancel; end of file is its goodbye.
///   load     what the library has to say about itself, see LoadRequest; once, after confined
///   call     see CallRequest; one at a time, after ready
///   cancel   empty: the server has given up on the running call; without one it means nothing
///   answer   status, bytes: to the ask before
///   confined protocol version, then the parts of the sandbox that hold (Part); the first frame of a child
///   ready    empty: loaded and initialised
///   failed   phase and reason: the library is not acceptable, and the process ends
///   write    bytes of the output
///   log      level, then a line
///   progress thousandths
///   ask      see AskRequest: something of the host's; the child waits for the answer
///   result   status, JSON pointer, message: the call has ended
enum class FrameKind : std::uint32_t {
  load = 1,
  call = 2,
  cancel = 3,
  answer = 4,
  confined = 16,
  ready = 17,
  failed = 18,
  write = 19,
  log = 20,
  result = 21,
  progress = 22,
  ask = 23
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

/// What a plugin's process can be asked for; all but the first two take JSON and give JSON.
enum class Method : std::uint32_t {
  catalogues = 1,
  render = 2,
  score = 3,
  applicable = 4,
  sample = 5,
  judge = 6,
  requests = 7,
  check_settings = 8,
  map = 9
};

/// What a call has besides its input: see rng/1, clock/1 and assay_call.settings.
struct CallGrounds {
  std::optional<std::uint64_t> seed = {};
  std::optional<std::int64_t> now_ms = {};
  std::string_view settings = {};
};

struct CallRequest {
  Method method;
  std::int64_t deadline_ms;  // from now
  std::uint64_t limit;       // bytes of output
  CallGrounds grounds;
  std::string_view language, format;
  std::string_view input;  // last, so that it need not be copied to be sent
};

/// The request up to its input, which follows.
inline std::string pack_head(const CallRequest& request) {
  return Packer()
      .number(static_cast<std::uint64_t>(request.method))
      .number(static_cast<std::uint64_t>(request.deadline_ms))
      .number(request.limit)
      .number(request.grounds.seed.has_value() ? 1 : 0)
      .number(request.grounds.seed.value_or(0))
      .number(request.grounds.now_ms.has_value() ? 1 : 0)
      .number(static_cast<std::uint64_t>(request.grounds.now_ms.value_or(0)))
      .text(request.grounds.settings)
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
  const bool has_seed = from.number() != 0;
  if (const auto seed = from.number(); has_seed) request.grounds.seed = seed;
  const bool has_time = from.number() != 0;
  if (const auto time = from.number(); has_time) request.grounds.now_ms = static_cast<std::int64_t>(time);
  request.grounds.settings = from.text();
  request.language = from.text();
  request.format = from.text();
  request.input = from.text();
  if (!from.complete()) return {};
  return request;
}

/// What a child can ask for during a call; only what the manifest asks for is answered.
enum class Service : std::uint32_t { resource = 1, evidence = 2 };

struct AskRequest {
  Service service;
  std::string_view name;                 // of the file, or the evidence
  std::uint64_t offset = 0, length = 0;  // of evidence
};

inline std::string pack(const AskRequest& request) {
  return Packer()
      .number(static_cast<std::uint64_t>(request.service))
      .text(request.name)
      .number(request.offset)
      .number(request.length)
      .bytes();
}

inline std::optional<AskRequest> unpack_ask(std::string_view bytes) {
  Unpacker from(bytes);
  AskRequest request{};
  request.service = static_cast<Service>(from.number());
  request.name = from.text();
  request.offset = from.number();
  request.length = from.number();
  const bool known = request.service == Service::resource || request.service == Service::evidence;
  if (!from.complete() || !known || request.name.size() > max_line) return {};
  return request;
}

/// The numbers of rng/1: SplitMix64.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }

 private:
  std::uint64_t state_;
};

}  // namespace assay::sandbox
