// Strict reading of a request's head: what the parser of the library lets pass and another party could read otherwise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/request.h"

namespace assay {

/// Why a request is refused before anybody handles it. The connection is closed after the answer.
struct HeadFault {
  int status;
  std::string_view slug;
  std::string_view detail;
};

struct HeadLimits {
  std::size_t header = 16 * 1024;  // bytes of the whole head
  std::size_t fields = 100;        // number of fields
  std::size_t target = 8 * 1024;   // bytes of the request target
};

/// Finds the end of a head in bytes that arrive piece by piece, and notices at once what can become none.
class HeadScanner {
 public:
  /// `received` are all bytes since the start of the head. True once the head is complete: see size(). False: more is
  /// needed, or fault() is set.
  bool scan(std::string_view received, const HeadLimits& limits);
  /// Bytes of the head with the empty line, and with empty lines before the request line (skipped() of them).
  std::size_t size() const { return size_; }
  std::size_t skipped() const { return skipped_; }
  const std::optional<HeadFault>& fault() const { return fault_; }
  void reset() { *this = HeadScanner(); }

 private:
  bool take_line(std::string_view received, std::size_t end, const HeadLimits& limits);

  std::size_t scanned_ = 0;     // bytes that have been looked at
  std::size_t line_start_ = 0;  // of the current line
  std::size_t skipped_ = 0;
  std::size_t size_ = 0;
  std::optional<HeadFault> fault_;
};

/// What the transport has to know of a head. Views point into the head.
struct RequestHead {
  std::string_view method;
  std::string_view target;  // as sent
  int minor_version = 1;    // of HTTP/1
  std::string_view host;    // empty only in HTTP/1.0
  std::optional<std::uint64_t> content_length = {};
  bool chunked = false;
  bool expects_continue = false;
  bool keep_alive = true;

  bool has_body() const { return chunked || content_length.value_or(0) > 0; }
};

/// Checks a complete head (without leading empty lines) and fills `head`. RFC 9112 with every liberty removed that
/// recipients are known to use differently.
std::optional<HeadFault> read_head(std::string_view text, const HeadLimits& limits, RequestHead& head);

/// A decoded request target. Keeps its storage from request to request.
struct RequestTarget {
  bool asterisk = false;
  std::string_view origin;     // path and query as sent, "/" for an absolute form without path
  std::string_view path;       // as sent
  std::string_view authority;  // of an absolute form
  std::vector<std::string_view> segments;
  std::vector<Field> query;

  /// Decodes `text`. Views point into `text` and into this object.
  std::optional<HeadFault> parse(std::string_view text);

 private:
  std::optional<HeadFault> split_absolute(std::string_view text);
  std::optional<HeadFault> parse_path();
  std::optional<HeadFault> parse_query(std::string_view text);
  std::string decoded_;
};

/// True for a host with optional port as in RFC 9112 3.2, without user information and not empty.
bool is_host(std::string_view text);

/// True for a traceparent of W3C Trace Context version 00 with ids that are not all zero.
bool is_traceparent(std::string_view text);

}  // namespace assay
