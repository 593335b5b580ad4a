// A response as handlers make it: status, headers and one of four kinds of body.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "domain/json.h"
#include "http/event_stream.h"

namespace assay {

/// Response header fields, kept as the text that is sent.
class HeaderList {
 public:
  /// Appends a field. Throws std::invalid_argument for a name that is no token, for a value with control characters,
  /// and for what the connection writes itself (Content-Length, Transfer-Encoding, Connection, Date, X-Request-Id).
  HeaderList& add(std::string_view name, std::string_view value);
  /// The value of the first field of that name (case-insensitive), if any.
  std::optional<std::string_view> find(std::string_view name) const;
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// An open file that is closed when its owner goes.
class OwnedFile {
 public:
  OwnedFile() = default;
  explicit OwnedFile(int descriptor) : descriptor_(descriptor) {}
  OwnedFile(OwnedFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  OwnedFile& operator=(OwnedFile&& other) noexcept;
  ~OwnedFile();
  int get() const { return descriptor_; }

 private:
  int descriptor_ = -1;
};

/// A file, or a part of one, sent in pieces that are read on the pool. A file that turns out shorter than announced
/// cuts the connection, so that the client sees a broken answer and not a wrong one.
struct FileBody {
  std::filesystem::path path = {};              // opened unless `file` is given
  OwnedFile file = {};                          // takes precedence
  std::uint64_t offset = 0;                     // bytes
  std::optional<std::uint64_t> length = {};     // bytes; absent: to the end
  std::shared_ptr<const void> lease = nullptr;  // whatever must live until the file is sent
};

using Body = std::variant<std::string, std::shared_ptr<const std::string>, FileBody, EventStream>;

struct Response {
  int status = 200;
  std::string_view content_type = {};  // of static lifetime, e.g. media::json; empty: none is sent
  HeaderList headers = {};             // others; Cache-Control no-store is added unless one is given
  Body body = std::string();
  std::string_view content_security_policy =
      {};  // of static lifetime; empty: "default-src 'none'; frame-ancestors 'none'"
};

namespace media {
inline constexpr std::string_view json = "application/json";
inline constexpr std::string_view problem = "application/problem+json";
inline constexpr std::string_view html = "text/html; charset=utf-8";
inline constexpr std::string_view text = "text/plain; charset=utf-8";
inline constexpr std::string_view csv = "text/csv; charset=utf-8";
inline constexpr std::string_view events = "text/event-stream";
inline constexpr std::string_view binary = "application/octet-stream";
}  // namespace media

/// JSON text that is already serialised (a stored canonical body, or one made by a direct writer).
Response json_text(std::string text, int status = 200);
Response json_response(const Json& value, int status = 200);
/// 201 with Location.
Response created(std::string_view location, std::string json);
/// 204.
Response no_content();
/// 304 with the ETag; the body is empty.
Response not_modified(std::string_view etag);
/// 303 See Other, for forms of the browser interface.
Response see_other(std::string_view location);
/// text/event-stream from `source`.
Response event_stream(std::unique_ptr<EventSource> source);

/// The registered phrase of a status code, "Unknown" for one that this server never sends.
std::string_view reason_phrase(int status);

}  // namespace assay
