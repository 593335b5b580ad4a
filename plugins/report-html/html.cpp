// Text of people as HTML that can do nothing.
#include "html.h"

#include <cstdint>

namespace report_html {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";
constexpr std::size_t max_css_string = 120;
constexpr std::size_t longest_word = 24;  // before a place where a line in a margin may break

/// The code point at `at` of well-formed UTF-8, and how many bytes it has.
std::uint32_t code_point(std::string_view text, std::size_t at, std::size_t& length) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])) : 0u;
  };
  const std::uint32_t first = byte(at);
  length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (length == 1) return first;
  std::uint32_t value = first & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) value = value << 6 | (byte(at + i) & 0x3F);
  return value;
}

}  // namespace

std::string escape(std::string_view text) {
  std::string html;
  html.reserve(text.size() + text.size() / 16);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    const bool c1 = byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    switch (c) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '"':
        html += "&quot;";
        break;
      case '\'':
        html += "&#39;";
        break;
      default:
        if ((byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F) {
          html += replacement;
        } else if (c1) {
          html += replacement;
          ++i;
        } else if (const std::string_view next = text.substr(i, 3); next == "\u202D" || next == "\u202E") {
          html += replacement;  // an override shows letters in another order than they were typed
          i += 2;
        } else {
          html += c;
        }
    }
  }
  return html;
}

std::string cut(std::string_view text) {
  constexpr std::size_t longest = 160;
  if (text.size() <= longest) return std::string(text);
  std::size_t end = longest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "…";
}

std::string brief(std::string_view text) { return run(cut(text)); }

std::string run(std::string_view text) { return "<bdi>" + escape(text) + "</bdi>"; }

std::string block(std::string_view text) { return "<div class=\"text\" dir=\"auto\">" + escape(text) + "</div>"; }

std::string css_string(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string css;
  std::size_t length = 1, unbroken = 0;
  for (std::size_t i = 0; i < text.size() && i < max_css_string; i += length) {
    const std::uint32_t value = code_point(text, i, length);
    unbroken = value == ' ' ? 0 : unbroken + 1;
    if (unbroken % longest_word == 0 && unbroken > 0) css += "\\00200b";
    const bool plain =
        (value >= '0' && value <= '9') || (value >= 'A' && value <= 'Z') || (value >= 'a' && value <= 'z');
    if (plain) {
      css += static_cast<char>(value);
      continue;
    }
    // Control characters and characters that turn the writing direction have no place in a margin.
    const bool unfit = value < 0x20 || (value >= 0x7F && value < 0xA0) || (value >= 0x200E && value <= 0x200F) ||
                       (value >= 0x202A && value <= 0x202E) || (value >= 0x2066 && value <= 0x2069);
    css += '\\';
    for (int shift = 20; shift >= 0; shift -= 4) css += digits[(unfit ? 0x20u : value) >> shift & 0xF];
  }
  return css;
}

void add(std::string& to, std::initializer_list<std::string_view> pieces) {
  for (const std::string_view piece : pieces) to += piece;
}

std::string_view text_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return {};
  return found->get_ref<const std::string&>();
}

const Json& list_of(const Json& object, const char* name) {
  static const Json none = Json::array();
  const auto found = object.find(name);
  return found != object.end() && found->is_array() ? *found : none;
}

const Json& object_of(const Json& object, const char* name) {
  static const Json none = Json::object();
  const auto found = object.find(name);
  return found != object.end() && found->is_object() ? *found : none;
}

bool flag_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_boolean() && found->get<bool>();
}

std::string runs(const Json& list, std::string_view separator) {
  std::string html;
  for (const Json& entry : list) {
    if (!html.empty()) html += separator;
    html += run(entry.get_ref<const std::string&>());
  }
  return html;
}

}  // namespace report_html
