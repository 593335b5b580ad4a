// Strong entity tags and the conditions that name them (RFC 9110, 8.8.3 and 13.1).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/refusal.h"
#include "http/request.h"

namespace assay {

/// `opaque` in quotes. Throws std::invalid_argument for a character that an entity tag cannot hold.
std::string strong_etag(std::string_view opaque);

struct EntityTag {
  std::string opaque;  // without quotes
  bool weak = false;
};

/// `*` or a list of tags.
struct EntityTags {
  bool any = false;
  std::vector<EntityTag> tags = {};
};

/// Parses the value of If-Match or If-None-Match; absent if it is not a list of entity tags.
std::optional<EntityTags> parse_entity_tags(std::string_view value);

/// If-Match of `request` against the current `etag` (with quotes): nothing if it names it (`*` counts), else
/// precondition_required (header missing), precondition_failed (other version, or only weak tags) or malformed.
Result<void> check_if_match(const Request& request, std::string_view etag);

/// True if If-None-Match of `request` names `etag` (weak comparison) or is `*`: a GET answers 304. A malformed value is
/// ignored.
bool none_match_holds(const Request& request, std::string_view etag);

}  // namespace assay
