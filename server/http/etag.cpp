// Strong entity tags and the conditions that name them.
#include "http/etag.h"

#include <algorithm>
#include <stdexcept>

#include "http/text.h"

namespace assay {
namespace {

bool is_tag_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == 0x21 || (byte >= 0x23 && byte != 0x7f);
}

/// Takes one entity tag from the front of `rest`; absent if there is none.
std::optional<EntityTag> take_tag(std::string_view& rest) {
  EntityTag tag;
  if (rest.starts_with("W/")) {
    tag.weak = true;
    rest.remove_prefix(2);
  }
  if (rest.empty() || rest.front() != '"') return std::nullopt;
  const auto end = rest.find('"', 1);
  if (end == std::string_view::npos) return std::nullopt;
  tag.opaque = std::string(rest.substr(1, end - 1));
  if (!std::all_of(tag.opaque.begin(), tag.opaque.end(), is_tag_character)) return std::nullopt;
  rest.remove_prefix(end + 1);
  return tag;
}

std::string_view opaque_of(std::string_view etag) {
  if (etag.size() < 2) return {};
  return etag.substr(1, etag.size() - 2);
}

}  // namespace

std::string strong_etag(std::string_view opaque) {
  if (!std::all_of(opaque.begin(), opaque.end(), is_tag_character))
    throw std::invalid_argument("an entity tag cannot hold this text");
  std::string text = "\"";
  return text.append(opaque).append("\"");
}

std::optional<EntityTags> parse_entity_tags(std::string_view value) {
  std::string_view rest = trimmed(value);
  if (rest == "*") return EntityTags{.any = true};
  EntityTags tags;
  while (!rest.empty()) {
    if (rest.front() == ',') {  // RFC 9110 5.6.1: empty list elements are to be ignored
      rest = trimmed(rest.substr(1));
      continue;
    }
    auto tag = take_tag(rest);
    if (!tag) return std::nullopt;
    tags.tags.push_back(std::move(*tag));
    rest = trimmed(rest);
    if (!rest.empty() && rest.front() != ',') return std::nullopt;
  }
  if (tags.tags.empty()) return std::nullopt;
  return tags;
}

Result<void> check_if_match(const Request& request, std::string_view etag) {
  const auto value = request.joined_header("If-Match");
  if (!value)
    return refuse(Reason::precondition_required,
                  "If-Match with the ETag of what you have seen is needed for a change, as in If-Match: \"v3\"");
  const auto wanted = parse_entity_tags(*value);
  if (!wanted) return refuse(Reason::malformed, "If-Match is not a list of entity tags");
  if (wanted->any) return {};
  for (const EntityTag& tag : wanted->tags)
    if (!tag.weak && tag.opaque == opaque_of(etag)) return {};
  return refuse(Reason::precondition_failed, "the record has another version than If-Match names");
}

bool none_match_holds(const Request& request, std::string_view etag) {
  const auto value = request.joined_header("If-None-Match");
  if (!value) return false;
  const auto known = parse_entity_tags(*value);
  if (!known) return false;
  return known->any || std::any_of(known->tags.begin(), known->tags.end(),
                                   [&](const EntityTag& tag) { return tag.opaque == opaque_of(etag); });
}

}  // namespace assay
