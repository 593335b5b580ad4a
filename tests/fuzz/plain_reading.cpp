// A second reading of requests, by the letter and nothing else.
#include "fuzz/plain_reading.h"

#include <algorithm>
#include <cctype>

namespace assay::fuzz {
namespace {

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
  });
}

std::string_view without_blanks(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return text.substr(0, 0);
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// The line up to CR LF, which `rest` loses; nothing when there is none, or another control character before.
std::optional<std::string_view> take_line(std::string_view& rest) {
  const auto end = rest.find_first_of("\r\n");
  if (end == std::string_view::npos || rest.substr(end, 2) != "\r\n") return {};
  const auto line = rest.substr(0, end);
  rest.remove_prefix(end + 2);
  return line;
}

bool same_name(std::string_view name, std::string_view lower) {
  return std::equal(name.begin(), name.end(), lower.begin(), lower.end(),
                    [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; });
}

}  // namespace

std::vector<std::string_view> PlainHead::values(std::string_view name) const {
  std::vector<std::string_view> found;
  for (const auto& [field, value] : fields)
    if (same_name(field, name)) found.push_back(value);
  return found;
}

std::string_view PlainHead::without_zeros(std::string_view number) {
  return number.substr(std::min(number.find_first_not_of('0'), number.size() - 1));
}

PlainHead plain_head(std::string_view text) {
  PlainHead head;
  head.has_nul = text.find('\0') != std::string_view::npos;
  const auto request = take_line(text);
  const auto first = request ? request->find(' ') : 0, last = request ? request->rfind(' ') : 0;
  if (!request || first == std::string_view::npos || first == last) {
    head.lines_end_well = false;
    return head;
  }
  head.method = request->substr(0, first);
  head.target = request->substr(first + 1, last - first - 1);
  head.version = request->substr(last + 1);
  for (;;) {
    const auto line = take_line(text);
    if (!line) head.lines_end_well = false;
    if (!line || line->empty()) break;
    const auto colon = line->find(':');
    if (colon == std::string_view::npos || !is_token(line->substr(0, colon))) {
      head.names_are_tokens = false;
      continue;
    }
    head.fields.emplace_back(line->substr(0, colon), without_blanks(line->substr(colon + 1)));
  }
  head.lines_end_well = head.lines_end_well && text.empty();
  return head;
}

std::optional<PlainBody> plain_length(std::string_view rest, std::uint64_t length) {
  if (rest.size() < length) return {};
  return PlainBody{std::string(rest.substr(0, length)), rest.size() - length};
}

std::optional<PlainBody> plain_chunks(std::string_view rest) {
  PlainBody body{};
  for (;;) {
    const auto line = take_line(rest);
    if (!line) return {};
    std::size_t digits = 0, size = 0;
    while (digits < line->size() && std::isxdigit(static_cast<unsigned char>((*line)[digits])) != 0) ++digits;
    if (digits == 0) return {};
    const auto number = PlainHead::without_zeros(line->substr(0, digits));
    if (number.size() > 16) return {};
    const auto behind = without_blanks(line->substr(digits));
    if (!behind.empty() && behind.front() != ';') return {};
    size = std::stoull(std::string(number), nullptr, 16);
    if (size == 0) break;
    if (rest.size() < size || rest.size() - size < 2 || rest.substr(size, 2) != "\r\n") return {};
    body.text += rest.substr(0, size);
    rest.remove_prefix(size + 2);
  }
  for (;;) {
    const auto trailer = take_line(rest);
    if (!trailer) return {};
    if (trailer->empty()) break;
  }
  body.left = rest.size();
  return body;
}

}  // namespace assay::fuzz
