// The route table: which handler answers which path, on which thread, with which body, for whom.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/request.h"
#include "http/response.h"

namespace assay {

/// What handlers need from the rest of the server. Defined by those who write them; the transport never looks inside.
class Api;

/// Answers one request, synchronously. An exception becomes a 500, its text goes to the log only.
using Handler = Result<Response> (*)(Api&, const Request&);

/// Where a handler runs.
enum class Run : std::uint8_t {
  inline_,  // on the I/O thread of the connection: microseconds only, never waits
  quick,    // inline where ServerSettings::quick_inline says that the database takes microseconds, else on the pool
  pool,     // on the pool: may wait and may take long
};

enum class BodyKind : std::uint8_t {
  none,    // a request with a body is refused (400)
  json,    // read into Request::body, at most ServerSettings::json_limit; another media type than application/json, or
           // Route::media, is refused (415)
  upload,  // streamed into a sink of ServerSettings::open_upload, at most ServerSettings::upload_limit
};

enum class Access : std::uint8_t { open, signed_in };

/// An item that a route takes in its query. One that it does not take is refused (400).
struct QueryItem {
  std::string_view name;
  std::string_view description;
  bool many = false;  // may be given several times
};

/// Route::answers of a stored file, which has a type of its own.
inline constexpr std::string_view any_media = "*/*";
/// Route::answers of a route that has nothing to show: what it did is in the status.
inline constexpr std::string_view no_media = "";

/// One row of the table. Literal type: a table is `constexpr Route routes[] = {...}`.
struct Route {
  Method method;
  std::string_view pattern;  // "/api/v1/people/{id}"; a last "{name...}" takes one or more segments
  Handler handler;
  Run run;
  BodyKind body;
  Access access;                                  // enforced by the dispatch, not by the transport
  std::string_view summary;                       // one line for the API description
  std::span<const QueryItem> query = {};          // what it takes in the query
  std::string_view answers = "application/json";  // media types, comma-separated: a client that takes none gets 406
  bool filters = false;                           // takes the filters of its record type too, which its handler checks
  std::string_view media = {};  // the media type that the body must have; empty: application/json, or any for an upload
  std::size_t body_limit = 0;   // bytes; 0: the setting of the server for this kind of body
};

/// True if `pattern` starts with "/", has no empty segment and has well-formed, distinct parameters: for static_assert.
constexpr bool is_pattern(std::string_view pattern);

/// The outcome of a look-up. Exactly one of route and allow is set, or neither: then nothing has that path (404).
struct Match {
  const Route* route = nullptr;
  std::string_view allow =
      {};  // "GET, HEAD, OPTIONS": the path exists, the method does not (405, or an OPTIONS request)
};

/// Finds routes by path and method. Immutable after construction, so any thread may look up.
class Router {
 public:
  /// Throws std::invalid_argument for a bad pattern and for two rows with the same method and path shape. `routes` must
  /// outlive the router.
  explicit Router(std::span<const Route> routes);
  ~Router();
  Router(Router&&) noexcept;

  /// A literal segment beats a parameter, a parameter beats a rest. HEAD finds the route of GET. Fills `parameters`.
  Match find(Method method, std::span<const std::string_view> segments, std::vector<Field>& parameters) const;

  std::span<const Route> routes() const { return routes_; }
  /// The place of `route` in the table.
  std::size_t index_of(const Route& route) const { return static_cast<std::size_t>(&route - routes_.data()); }

 private:
  struct Node;
  std::span<const Route> routes_;
  std::unique_ptr<Node> root_;
};

namespace detail {
constexpr bool is_parameter_name(std::string_view name) {
  if (name.empty()) return false;
  for (char c : name)
    if (!((c >= 'a' && c <= 'z') || c == '_')) return false;
  return true;
}
constexpr bool is_literal_segment(std::string_view segment) {
  if (segment.empty() || segment == "." || segment == "..") return false;
  for (char c : segment) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!plain && c != '-' && c != '_' && c != '.' && c != '~') return false;
  }
  return true;
}
}  // namespace detail

constexpr bool is_pattern(std::string_view pattern) {
  if (pattern == "/") return true;
  if (pattern.empty() || pattern.front() != '/') return false;
  const std::string_view whole = pattern;
  while (!pattern.empty()) {
    pattern.remove_prefix(1);
    const auto end = pattern.find('/');
    std::string_view segment = pattern.substr(0, end);
    pattern = end == std::string_view::npos ? std::string_view() : pattern.substr(end);
    if (segment.empty() || segment.front() != '{') {
      if (!detail::is_literal_segment(segment)) return false;
      continue;
    }
    if (segment.back() != '}') return false;
    const auto first = whole.find(segment);
    if (whole.find(segment, first + 1) != std::string_view::npos) return false;
    segment = segment.substr(1, segment.size() - 2);
    if (segment.ends_with("...")) {
      if (!pattern.empty()) return false;
      segment.remove_suffix(3);
    }
    if (!detail::is_parameter_name(segment)) return false;
  }
  return true;
}

}  // namespace assay
