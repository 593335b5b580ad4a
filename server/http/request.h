// A request as handlers see it: decoded, checked, and independent of the library that read it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/upload.h"

namespace assay {

struct Route;

enum class Method : std::uint8_t { get, head, post, put, patch, delete_, options };

/// The method's name on the wire, e.g. "GET".
std::string_view to_text(Method method);
/// The method of that exact (case-sensitive) name, if it is one that this server knows.
std::optional<Method> parse_method(std::string_view name);

/// A header field or a query item.
struct Field {
  std::string_view name;
  std::string_view value;
};

/// True if both are the same up to ASCII case.
bool same_ignoring_case(std::string_view a, std::string_view b);

/// All views point into storage of the connection and are valid until the handler has returned.
struct Request {
  Method method = Method::get;             // HEAD is shown as get: the connection drops the body
  std::string_view target;                 // as sent (origin form), still percent-encoded
  std::string_view path;                   // `target` without the query
  std::vector<std::string_view> segments;  // of the path, percent-decoded UTF-8, without the leading empty one
  std::vector<Field> query;                // decoded, in the order sent; names may repeat
  std::vector<Field> headers;              // in the order sent, without trailers; values without outer white space
  std::vector<Field> parameters;           // of the route's pattern: {"id", "..."}

  std::string body;                      // of a route with BodyKind::json; empty if there was none
  std::optional<FinishedUpload> upload;  // of a route with BodyKind::upload

  std::string id;          // UUID of this request, returned as X-Request-Id
  std::string_view trace;  // a valid W3C traceparent of version 00 if the client sent one, else empty
  std::string_view peer;   // numeric address of the client: the connection's other end, or who a trusted proxy names
  std::uint16_t peer_port = 0;  // of the connection
  bool is_tls = false;          // the client speaks HTTPS, to this server or to a proxy in front of it
  std::chrono::steady_clock::time_point received;  // when the header was complete
  const Route* route = nullptr;

  std::string principal;  // who asks, for the access log; set by the dispatch after authentication
  bool may_wait = true;   // false on the thread of the connection ...
  bool waits = false;     // ... where the dispatch sets this instead of waiting: it is then called again on the pool

  /// The value of the first header of that name (case-insensitive), if any.
  std::optional<std::string_view> header(std::string_view name) const;
  /// All values of the header of that name, joined with ", " as RFC 9110 5.3 allows; absent if there is none.
  std::optional<std::string> joined_header(std::string_view name) const;
  /// The value of the first query item of that name, if any.
  std::optional<std::string_view> query_value(std::string_view name) const;
  /// All values of the query items of that name.
  std::vector<std::string_view> query_values(std::string_view name) const;
  /// The path parameter `name` of the route. Throws std::logic_error if its pattern has none of that name.
  std::string_view parameter(std::string_view name) const;
};

}  // namespace assay
