// Paging of lists: the limit, the opaque cursor and the Link header.
#include "http/page.h"

#include <charconv>
#include <cstdint>

namespace assay {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

}  // namespace

Result<PageRequest> page_request(const Request& request) {
  PageRequest page;
  const auto limits = request.query_values("limit");
  if (limits.size() > 1) return invalid_query("?limit", "give it once");
  if (!limits.empty()) {
    const std::string_view text = limits.front();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), page.limit);
    if (error != std::errc() || end != text.data() + text.size() || page.limit < 1 || page.limit > page_limit_max)
      return invalid_query("?limit", "a whole number from 1 to " + std::to_string(page_limit_max));
  }
  const auto cursors = request.query_values("cursor");
  if (cursors.size() > 1) return invalid_query("?cursor", "give it once");
  if (!cursors.empty()) {
    page.cursor = decode_cursor(cursors.front());
    if (!page.cursor) return invalid_query("?cursor", "not a cursor of this server");
  }
  return page;
}

std::string encode_cursor(std::string_view position) {
  std::string text;
  text.reserve((position.size() * 4 + 2) / 3);
  std::uint32_t bits = 0;
  int count = 0;
  for (char c : position) {
    bits = (bits << 8) | static_cast<unsigned char>(c);
    for (count += 8; count >= 6; count -= 6) text += alphabet[(bits >> (count - 6)) & 63U];
  }
  if (count > 0) text += alphabet[(bits << (6 - count)) & 63U];
  return text;
}

std::optional<std::string> decode_cursor(std::string_view text) {
  std::string position;
  std::uint32_t bits = 0;
  int count = 0;
  for (char c : text) {
    const auto value = alphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6) | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    position += static_cast<char>((bits >> count) & 0xFFU);
  }
  // One text for one position: what does not encode back to itself was not made here.
  if (position.empty() || encode_cursor(position) != text) return std::nullopt;
  return position;
}

void add_next_link(Response& response, const Request& request, std::string_view next_position) {
  std::string link = "<";
  link.append(request.path).append("?");
  for (const Field& item : request.query) {
    if (item.name == "cursor") continue;
    link.append(percent_encode(item.name)).append("=").append(percent_encode(item.value)).append("&");
  }
  link.append("cursor=").append(encode_cursor(next_position)).append(">; rel=\"next\"");
  response.headers.add("Link", link);
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (char c : text) {
    if (is_unreserved(c)) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += digits[byte >> 4];
    encoded += digits[byte & 15];
  }
  return encoded;
}

}  // namespace assay
