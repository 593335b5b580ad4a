// Character classes of the protocol, and text checks that several files of this layer share.
#pragma once

#include <string_view>

namespace assay {

/// RFC 9110 tchar.
constexpr bool is_token_character(char c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  return std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}
bool is_token(std::string_view text);

/// True if `text` may stand in a field value: no control characters but the tab (bytes above 0x7f are allowed).
bool is_field_value(std::string_view text);

/// Without spaces and tabs at both ends.
std::string_view trimmed(std::string_view text);

/// The text before the next `separator`, trimmed; `rest` is moved behind it (emptied if there is none).
std::string_view next_element(std::string_view& rest, char separator);

/// True for well-formed UTF-8 (no overlong forms, no surrogates).
bool is_utf8(std::string_view text);

}  // namespace assay
