// Paging of lists: the limit, the opaque cursor and the Link header.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "domain/refusal.h"
#include "http/request.h"
#include "http/response.h"

namespace assay {

inline constexpr std::size_t page_limit_default = 50;
inline constexpr std::size_t page_limit_max = 200;

/// What a client asks of a list: `?limit=` (1..200, default 50) and `?cursor=`.
struct PageRequest {
  std::size_t limit = page_limit_default;
  std::optional<std::string> cursor = {};  // decoded: what encode_cursor() was given
};

/// Reason::malformed, with pointer "?limit" or "?cursor", for a value that is not one of ours or given twice.
Result<PageRequest> page_request(const Request& request);

/// base64url without padding of `position`. It hides nothing and proves nothing: the query behind checks what it
/// decodes to.
std::string encode_cursor(std::string_view position);
/// The inverse; absent unless `text` is what encode_cursor() makes.
std::optional<std::string> decode_cursor(std::string_view text);

/// Adds `Link: <path?query with cursor>; rel="next"` (RFC 8288) that keeps all other query items of `request`.
void add_next_link(Response& response, const Request& request, std::string_view next_position);

/// `text` percent-encoded for a query name or value (RFC 3986 unreserved characters stay).
std::string percent_encode(std::string_view text);

}  // namespace assay
