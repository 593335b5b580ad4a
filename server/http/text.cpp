// Character classes of the protocol, and text checks that several files of this layer share.
#include "http/text.h"

#include <array>
#include <cstddef>

namespace assay {
namespace {

constexpr auto make_table(bool (*holds)(char)) {
  std::array<bool, 256> table{};
  for (std::size_t i = 0; i < 256; ++i) table[i] = holds(static_cast<char>(i));
  return table;
}

constexpr auto token_characters = make_table(is_token_character);
constexpr auto value_characters = make_table([](char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
});

template <class Table>
bool all_of(std::string_view text, const Table& table) {
  for (char c : text)
    if (!table[static_cast<unsigned char>(c)]) return false;
  return true;
}

/// The length of the well-formed sequence at the start of `text`, 0 if there is none (Unicode 15, table 3-7).
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto tail = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return tail(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if (first == 0xE0 && byte(1) < 0xA0) return 0;
    if (first == 0xED && byte(1) > 0x9F) return 0;
    return tail(1) && tail(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if (first == 0xF0 && byte(1) < 0x90) return 0;
    if (first == 0xF4 && byte(1) > 0x8F) return 0;
    return tail(1) && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

}  // namespace

bool is_token(std::string_view text) { return !text.empty() && all_of(text, token_characters); }

bool is_field_value(std::string_view text) { return all_of(text, value_characters); }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string_view next_element(std::string_view& rest, char separator) {
  const auto end = rest.find(separator);
  const std::string_view element = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return trimmed(element);
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace assay
