// A check for well-formed UTF-8 over text that arrives in pieces, and text of strangers made fit for people to see.
#pragma once

#include <string>
#include <string_view>

namespace assay {

/// One thread at a time.
class Utf8Check {
 public:
  /// False from the first malformed byte on (overlong forms, surrogates and values above U+10FFFF included).
  bool feed(std::string_view piece);
  /// True when all that was fed is well-formed and does not end within a character.
  bool complete() const { return well_formed_ && missing_ == 0; }

 private:
  bool take(unsigned char byte);

  bool well_formed_ = true;
  int missing_ = 0;              // continuation bytes still to come
  unsigned char lowest_ = 0x80;  // bounds of the next one
  unsigned char highest_ = 0xBF;
};

/// `text` as one line for a person: at most 1,000 bytes; malformed UTF-8, control characters, separators of lines and
/// what turns the direction of text around are replaced.
std::string one_line(std::string_view text);

/// Each line of `text` as one_line(), all but the first after `indent`; an empty last one is left out.
std::string clean_lines(std::string_view text, std::string_view indent = "  ");

}  // namespace assay
