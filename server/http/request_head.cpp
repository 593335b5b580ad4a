// Strict reading of a request's head.
#include "http/request_head.h"

#include <algorithm>
#include <cstring>

#include "http/text.h"

namespace assay {
namespace {

constexpr std::size_t method_limit = 32;

constexpr HeadFault bad(std::string_view detail) { return {400, "malformed", detail}; }
constexpr HeadFault line_end = bad("lines end with CR LF");
constexpr HeadFault target_too_long{414, "target-too-long", "the request target is too long"};
constexpr HeadFault header_too_large{431, "header-too-large", "the request header is too large"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool all_digits(std::string_view text) { return std::all_of(text.begin(), text.end(), is_digit); }

/// What read_field() has seen so far.
struct Seen {
  int hosts = 0;
  int lengths = 0;
  int codings = 0;
  int types = 0;
  int credentials = 0;
  int expectations = 0;
  bool close = false;
  bool keep = false;
};

std::optional<HeadFault> read_request_line(std::string_view line, const HeadLimits& limits, RequestHead& head) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || last == first) return bad("a request line is method, target and version");
  head.method = line.substr(0, first);
  head.target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!is_token(head.method)) return bad("the method is not a token");
  if (head.target.size() > limits.target) return target_too_long;
  if (version.size() != 8 || !version.starts_with("HTTP/") || !is_digit(version[5]) || version[6] != '.' ||
      !is_digit(version[7]))
    return bad("the version is not HTTP/x.y");
  if (version[5] != '1' || (version[7] != '0' && version[7] != '1'))
    return HeadFault{505, "version-not-supported", "HTTP/1.1 and HTTP/1.0 are served"};
  head.minor_version = version[7] - '0';
  head.keep_alive = head.minor_version == 1;
  return std::nullopt;
}

std::optional<HeadFault> read_length(std::string_view value, RequestHead& head) {
  if (value.empty() || value.size() > 18 || !all_digits(value)) return bad("Content-Length is not a plain number");
  std::uint64_t length = 0;
  for (char c : value) length = length * 10 + static_cast<std::uint64_t>(c - '0');
  head.content_length = length;
  return std::nullopt;
}

std::optional<HeadFault> read_connection(std::string_view value, Seen& seen) {
  while (!value.empty()) {
    const std::string_view option = next_element(value, ',');
    if (!option.empty() && !is_token(option)) return bad("Connection is not a list of tokens");
    seen.close = seen.close || same_ignoring_case(option, "close");
    seen.keep = seen.keep || same_ignoring_case(option, "keep-alive");
  }
  return std::nullopt;
}

/// The fields that decide how the message is framed, routed or trusted.
std::optional<HeadFault> read_special(std::string_view name, std::string_view value, RequestHead& head, Seen& seen) {
  if (same_ignoring_case(name, "host")) {
    head.host = value;
    if (++seen.hosts > 1 || !is_host(value)) return bad("Host is repeated or not a host");
  } else if (same_ignoring_case(name, "content-length")) {
    if (++seen.lengths > 1) return bad("Content-Length is repeated");
    return read_length(value, head);
  } else if (same_ignoring_case(name, "transfer-encoding")) {
    head.chunked = true;
    if (++seen.codings > 1 || !same_ignoring_case(value, "chunked"))
      return bad("Transfer-Encoding is not a lone chunked");
  } else if (same_ignoring_case(name, "content-type")) {
    if (++seen.types > 1) return bad("Content-Type is repeated");
  } else if (same_ignoring_case(name, "authorization")) {
    if (++seen.credentials > 1) return bad("Authorization is repeated");
  } else if (same_ignoring_case(name, "connection")) {
    return read_connection(value, seen);
  } else if (same_ignoring_case(name, "expect")) {
    if (++seen.expectations > 1 || !same_ignoring_case(value, "100-continue"))
      return HeadFault{417, "expectation-failed", "only 100-continue can be expected"};
    head.expects_continue = head.minor_version == 1;  // RFC 9110 10.1.1: ignored in HTTP/1.0
  }
  return std::nullopt;
}

std::optional<HeadFault> read_field(std::string_view line, RequestHead& head, Seen& seen) {
  if (line.front() == ' ' || line.front() == '\t') return bad("a header field is folded over lines");
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return bad("a header field has no colon");
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (!is_token(name)) return bad("a header field's name is not a token");
  if (!is_field_value(value)) return bad("a header field's value has a control character");
  constexpr std::string_view special_starts = "hHcCtTaAeE";
  if (special_starts.find(name.front()) == std::string_view::npos) return std::nullopt;
  return read_special(name, value, head, seen);
}

std::optional<HeadFault> conclude(const Seen& seen, RequestHead& head) {
  if (seen.hosts == 0 && head.minor_version == 1) return bad("Host is missing");
  if (head.chunked && head.minor_version == 0) return bad("Transfer-Encoding in HTTP/1.0");
  if (head.chunked && head.content_length) return bad("both Transfer-Encoding and Content-Length");
  if (seen.close)
    head.keep_alive = false;
  else if (seen.keep)
    head.keep_alive = true;
  return std::nullopt;
}

}  // namespace

bool HeadScanner::take_line(std::string_view received, std::size_t end, const HeadLimits& limits) {
  const std::string_view line = received.substr(line_start_, end - line_start_);
  if (line.empty() || line.find('\r') != line.size() - 1) {
    fault_ = line_end;
    return false;
  }
  const bool in_request_line = line_start_ == skipped_;
  line_start_ = end + 1;
  if (line.size() > 1) {
    // The longest line that can be a good request line: method, target and version.
    if (in_request_line && line.size() > limits.target + method_limit + 12) fault_ = target_too_long;
    return false;
  }
  if (!in_request_line) {
    size_ = line_start_;
    return true;
  }
  // RFC 9112 2.2: an empty line before the request line is ignored, one at least; here one at most.
  if (skipped_ > 0) fault_ = bad("empty lines instead of a request");
  skipped_ = line_start_;
  return false;
}

bool HeadScanner::scan(std::string_view received, const HeadLimits& limits) {
  while (scanned_ < received.size() && !fault_) {
    const auto lf = received.find('\n', scanned_);
    if (lf == std::string_view::npos) break;
    scanned_ = lf + 1;
    if (scanned_ > limits.header) break;
    if (take_line(received, lf, limits)) return true;
  }
  if (fault_) return false;
  const std::string_view rest = received.substr(line_start_);
  if (const auto cr = rest.find('\r'); cr != std::string_view::npos && cr + 1 < rest.size() && rest[cr + 1] != '\n')
    fault_ = line_end;
  else if (line_start_ == skipped_ && !rest.empty() && rest.front() != '\r' && !is_token_character(rest.front()))
    fault_ = bad("this is not HTTP");
  else if (line_start_ == skipped_ && rest.size() > limits.target + method_limit)
    fault_ = target_too_long;
  else if (received.size() > limits.header)
    fault_ = header_too_large;
  scanned_ = received.size();
  return false;
}

std::optional<HeadFault> read_head(std::string_view text, const HeadLimits& limits, RequestHead& head) {
  Seen seen;
  std::size_t fields = 0;
  bool first = true;
  while (!text.empty()) {
    const auto end = text.find("\r\n");
    if (end == std::string_view::npos) return line_end;
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 2);
    std::optional<HeadFault> fault;
    if (first)
      fault = read_request_line(line, limits, head);
    else if (line.empty())
      break;
    else if (++fields > limits.fields)
      fault = HeadFault{431, "header-too-large", "the request has too many header fields"};
    else
      fault = read_field(line, head, seen);
    if (fault) return fault;
    first = false;
  }
  return conclude(seen, head);
}

bool is_host(std::string_view text) {
  const auto port_ok = [](std::string_view port) {
    return port.empty() || (port.front() == ':' && port.size() <= 6 && all_digits(port.substr(1)));
  };
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos || end < 3 || !port_ok(text.substr(end + 1))) return false;
    return text.substr(1, end - 1).find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
  }
  const auto colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  if (name.empty() || name.size() > 255) return false;
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '-' || c == '.' || c == '_' ||
           c == '~';
  });
  return plain && (colon == std::string_view::npos || port_ok(text.substr(colon)));
}

bool is_traceparent(std::string_view text) {
  if (text.size() != 55 || !text.starts_with("00-") || text[35] != '-' || text[52] != '-') return false;
  const auto is_hex = [](std::string_view part) {
    return part.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  };
  const auto is_id = [&](std::string_view part) {
    return is_hex(part) && part.find_first_not_of('0') != std::string_view::npos;
  };
  return is_id(text.substr(3, 32)) && is_id(text.substr(36, 16)) && is_hex(text.substr(53));
}

}  // namespace assay
