// Strict reading of a JSON request body.
#pragma once

#include <cstddef>
#include <string_view>

#include "domain/json.h"
#include "domain/refusal.h"
#include "http/request.h"

namespace assay {

/// The deepest nesting of objects and arrays that is read.
inline constexpr std::size_t json_depth_limit = 64;

/// Parses a whole RFC 8259 text. Refused: invalid UTF-8, a byte order mark, nesting over `json_depth_limit`, trailing
/// text, numbers that a double cannot hold (all Reason::malformed, the detail names the byte position) and repeated
/// member names (Reason::invalid with the RFC 6901 pointer).
Result<Json> parse_json(std::string_view text);

/// The body of `request` as JSON; an empty body is malformed. The media type was checked before the body was read.
Result<Json> json_body(const Request& request);

/// True for application/json, with at most one parameter charset=utf-8 (any case, optionally quoted).
bool is_json_media_type(std::string_view content_type);

}  // namespace assay
