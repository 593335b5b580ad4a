// A check for well-formed UTF-8 (Unicode 15, table 3-7) over text that arrives in pieces.
#include "plugins/utf8.h"

#include <cstdint>
#include <cstring>
#include <string>

namespace assay {
namespace {

constexpr std::size_t max_line = 1000;

/// Past as many bytes below 0x80 as come in eights.
const char* after_ascii(const char* at, const char* end) {
  for (std::uint64_t eight = 0; end - at >= 8; at += 8) {
    std::memcpy(&eight, at, sizeof eight);
    if ((eight & 0x8080808080808080) != 0) break;
  }
  return at;
}

/// Whether a whole character steers what shows it: a control character (C0, DEL, C1), a separator of lines, or what
/// turns the direction of text around, so that it reads otherwise than it is (U+2028 to U+202E, U+2066 to U+2069).
bool steers(std::string_view character) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(character[at]); };
  if (character.size() == 1) return byte(0) < 0x20 || byte(0) == 0x7F;
  if (character.size() == 2) return byte(0) == 0xC2 && byte(1) < 0xA0;
  if (character.size() != 3 || byte(0) != 0xE2) return false;
  return (byte(1) == 0x80 && byte(2) >= 0xA8 && byte(2) <= 0xAE) ||
         (byte(1) == 0x81 && byte(2) >= 0xA6 && byte(2) <= 0xA9);
}

}  // namespace

bool Utf8Check::take(unsigned char byte) {
  if (missing_ > 0) {
    if (byte < lowest_ || byte > highest_) return false;
    --missing_;
    lowest_ = 0x80;
    highest_ = 0xBF;
    return true;
  }
  if (byte < 0x80) return true;
  if (byte < 0xC2 || byte > 0xF4) return false;
  missing_ = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
  if (byte == 0xE0) lowest_ = 0xA0;
  if (byte == 0xED) highest_ = 0x9F;
  if (byte == 0xF0) lowest_ = 0x90;
  if (byte == 0xF4) highest_ = 0x8F;
  return true;
}

bool Utf8Check::feed(std::string_view piece) {
  const char* at = piece.data();
  const char* const end = at + piece.size();
  while (well_formed_ && at != end) {
    at = missing_ == 0 ? after_ascii(at, end) : at;
    if (at != end) well_formed_ = take(static_cast<unsigned char>(*at++));
  }
  return well_formed_;
}

std::string one_line(std::string_view text) {
  std::string line;
  Utf8Check check;
  std::string pending;  // bytes of a character that is not complete yet
  for (const char c : text.substr(0, max_line)) {
    pending += c;
    if (!check.feed({&c, 1})) {
      line += "\xEF\xBF\xBD";
      pending.clear();
      check = {};
    } else if (check.complete()) {
      line += steers(pending) ? " " : pending;
      pending.clear();
    }
  }
  return line;
}

std::string clean_lines(std::string_view text, std::string_view indent) {
  std::string lines;
  for (;;) {
    const auto end = text.find('\n');
    lines += one_line(text.substr(0, end));
    if (end == std::string_view::npos || end + 1 == text.size()) return lines;
    text.remove_prefix(end + 1);
    lines += '\n';
    lines += indent;
  }
}

}  // namespace assay
