// Where in an HTML document a place is.
#include "plugins/pack/html_place.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace assay {
namespace {

/// Whose content the browser does not read as markup; in the first two it still reads entities.
constexpr std::array<std::string_view, 9> raw_elements = {"title",  "textarea", "script",   "style",   "xmp",
                                                          "iframe", "noembed",  "noframes", "noscript"};
/// That are addresses or code; so is every one that begins with "on".
constexpr std::array<std::string_view, 12> active_attributes = {"href",   "src",        "srcset", "srcdoc",
                                                                "action", "formaction", "style",  "xlink:href",
                                                                "data",   "poster",     "ping",   "background"};

bool is_white(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f'; }
char lower_of(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

}  // namespace

void HtmlPlace::read(std::string_view text) {
  for (const char c : text) take(lower_of(c));
}

std::string HtmlPlace::unsafe() const {
  switch (state_) {
    case State::text:
    case State::comment:
      return {};
    case State::raw:
      if (name_ == "title" || name_ == "textarea") return {};
      return fmt::format("within the element {}", name_);
    case State::quoted:
      if (!attribute_.starts_with("on") && std::ranges::find(active_attributes, attribute_) == active_attributes.end())
        return {};
      return fmt::format("in the attribute {}, which is an address or code", attribute_);
    default:
      return "within a tag, outside of quotes";
  }
}

void HtmlPlace::take(char c) {
  switch (state_) {
    case State::text:
      if (c == '<') state_ = State::open;
      break;
    case State::open:
    case State::close:
      if (std::isalpha(static_cast<unsigned char>(c)) != 0) {
        closing_ = state_ == State::close;
        name_ = c;
        state_ = State::name;
      } else if (state_ == State::close) {
        state_ = c == '>' ? State::text : State::declaration;
        progress_ = c == '>' ? 0 : 2;  // no comment can begin any more
      } else if (c == '!' || c == '?' || c == '/') {
        progress_ = c == '!' ? 0 : 2;
        state_ = c == '/' ? State::close : State::declaration;
      } else if (c != '<') {
        state_ = State::text;
      }
      break;
    case State::raw:
      take_raw(c);
      break;
    case State::comment:
    case State::declaration:
      take_comment(c);
      break;
    case State::equals:
    case State::quoted:
    case State::unquoted:
      take_in_value(c);
      break;
    default:
      take_in_tag(c);
  }
}

void HtmlPlace::take_in_tag(char c) {
  if (c == '>') return end_tag();
  if (c == '/') {
    state_ = State::tag;
  } else if (is_white(c)) {
    if (state_ != State::named) state_ = state_ == State::attribute ? State::named : State::tag;
  } else if (c == '=' && (state_ == State::attribute || state_ == State::named)) {
    state_ = State::equals;
  } else if (state_ == State::name) {
    name_ += c;
  } else {
    if (state_ != State::attribute) attribute_.clear();
    attribute_ += c;
    state_ = State::attribute;
  }
  if (state_ == State::tag) attribute_.clear();
}

void HtmlPlace::take_in_value(char c) {
  if (state_ == State::quoted) {
    if (c != quote_) return;
    quote_ = 0;
  } else if (c == '>') {
    return end_tag();
  } else if (state_ == State::equals) {
    if (is_white(c)) return;
    const bool quote = c == '"' || c == '\'';
    if (quote) quote_ = c;
    state_ = quote ? State::quoted : State::unquoted;
    return;
  } else if (!is_white(c)) {
    return;
  }
  state_ = State::tag;
  attribute_.clear();
}

/// The closing tag is "</name" and then something that ends a name.
void HtmlPlace::take_raw(char c) {
  const std::string end = "</" + name_;
  if (progress_ < end.size()) {
    progress_ = c == end[progress_] ? progress_ + 1 : c == '<' ? 1 : 0;
    return;
  }
  progress_ = c == '<' ? 1 : 0;
  if (c != '>' && c != '/' && !is_white(c)) return;
  progress_ = 0;
  closing_ = true;
  if (c == '>') return end_tag();
  state_ = State::tag;
}

/// `progress_` counts the hyphens that begin a comment, or that may end it; an exclamation mark behind two of them is a
/// third.
void HtmlPlace::take_comment(char c) {
  const bool comment = state_ == State::comment;
  if (c == '>' && (!comment || progress_ >= 2)) {
    state_ = State::text;
    progress_ = 0;
  } else if (comment) {
    if (c == '-') {
      progress_ = progress_ == 0 ? 1 : 2;
    } else {
      progress_ = c == '!' && progress_ == 2 ? 3 : 0;
    }
  } else if (progress_ < 2) {
    // "<!--"; what ends it may share its hyphens.
    progress_ = c == '-' ? progress_ + 1 : 3;
    if (progress_ == 2) state_ = State::comment;
  }
}

void HtmlPlace::end_tag() {
  const bool raw = !closing_ && std::ranges::find(raw_elements, name_) != raw_elements.end();
  state_ = raw ? State::raw : State::text;
  if (!raw) name_.clear();
  attribute_.clear();
  closing_ = false;
  progress_ = 0;
}

}  // namespace assay
