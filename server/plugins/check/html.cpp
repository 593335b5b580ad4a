// A look at the tags of an HTML document.
#include "plugins/check/html.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>
#include <vector>

namespace assay {
namespace {

constexpr std::array<std::string_view, 14> void_elements = {"area",  "base", "br",   "col",    "embed", "hr",  "img",
                                                            "input", "link", "meta", "source", "track", "wbr", "param"};
constexpr std::array<std::string_view, 16> optional_ends = {"p",     "li",    "td",   "th",     "tr",     "thead",
                                                            "tbody", "tfoot", "dt",   "dd",     "option", "colgroup",
                                                            "html",  "head",  "body", "caption"};
constexpr std::array<std::string_view, 6> active_elements = {"script", "iframe", "object", "embed", "base", "frame"};

template <class Range>
bool among(const Range& range, std::string_view value) {
  return std::ranges::find(range, value) != std::ranges::end(range);
}

struct Tag {
  std::string name;  // in lower case; "!doctype" of a declaration
  bool end = false, closes_itself = false;
  std::vector<std::pair<std::string, std::string>> attributes = {};
};

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f'; }

/// The tags one after another, as a browser would see them: comments, and the content of style and script, are passed
/// over.
class TagReader {
 public:
  explicit TagReader(std::string_view document) : rest_(document) {}

  std::optional<Tag> next() {
    if (!raw_.empty()) skip_raw();
    while (true) {
      const auto at = rest_.find('<');
      if (at == std::string_view::npos) return {};
      rest_.remove_prefix(at + 1);
      if (rest_.starts_with("!--")) {
        const auto end = rest_.find("-->");
        rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 3);
        continue;
      }
      if (rest_.empty()) return {};
      const char first = rest_.front();
      if (first == '/' || first == '!' || std::isalpha(static_cast<unsigned char>(first)) != 0) return take();
    }
  }

 private:
  void skip_raw() {
    const std::string end = "</" + std::exchange(raw_, {});
    for (std::size_t at = 0; (at = rest_.find("</", at)) != std::string_view::npos; ++at) {
      if (lower(rest_.substr(at, end.size())) == end) return rest_.remove_prefix(at);
    }
    rest_ = {};
  }
  static std::string lower(std::string_view text) {
    std::string low(text);
    for (char& c : low) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return low;
  }
  std::string word(std::string_view ends) {
    const auto end = std::min(rest_.find_first_of(ends), rest_.size());
    std::string text = lower(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return text;
  }
  void skip_space() {
    while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
  }
  std::string value() {
    skip_space();
    if (rest_.empty() || (rest_.front() != '"' && rest_.front() != '\'')) {
      const auto end = std::min(rest_.find_first_of(" \n\t\r\f>"), rest_.size());
      std::string text(rest_.substr(0, end));
      rest_.remove_prefix(end);
      return text;
    }
    const auto end = rest_.find(rest_.front(), 1);
    std::string text(rest_.substr(1, end == std::string_view::npos ? end : end - 1));
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    return text;
  }
  Tag take() {
    Tag tag;
    if (rest_.front() == '/') {
      tag.end = true;
      rest_.remove_prefix(1);
    }
    tag.name = word(" \n\t\r\f/>");
    while (true) {
      skip_space();
      if (rest_.empty()) break;
      if (rest_.front() == '>') {
        rest_.remove_prefix(1);
        break;
      }
      if (rest_.front() == '/') {
        tag.closes_itself = rest_.starts_with("/>");
        rest_.remove_prefix(1);
        continue;
      }
      std::string name = word(" \n\t\r\f/>=");
      if (name.empty()) {
        rest_.remove_prefix(1);
        continue;
      }
      skip_space();
      std::string text;
      if (!rest_.empty() && rest_.front() == '=') {
        rest_.remove_prefix(1);
        text = value();
      }
      tag.attributes.emplace_back(std::move(name), std::move(text));
    }
    if (!tag.end && (tag.name == "style" || tag.name == "script" || tag.name == "title" || tag.name == "textarea"))
      raw_ = tag.name;
    return tag;
  }

  std::string_view rest_;
  std::string raw_;  // the element whose content is no markup
};

/// As a browser reads the scheme of an address: in lower case, without white space and control characters.
std::string address_of(std::string_view value) {
  std::string address;
  for (const char c : value) {
    if (static_cast<unsigned char>(c) > ' ') address += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return address;
}

std::optional<std::string> active_part(const Tag& tag) {
  if (among(active_elements, tag.name)) return "it holds the element " + tag.name;
  for (const auto& [name, value] : tag.attributes) {
    if (name.starts_with("on")) return fmt::format("{} has the attribute {}", tag.name, name);
    const bool loads = name == "src" || name == "srcset" || (name == "href" && tag.name == "link");
    const std::string address = address_of(value);
    if (loads && !address.starts_with("data:") && !address.starts_with('#'))
      return fmt::format("{} loads {}", tag.name, value.substr(0, 60));
    if (address.starts_with("javascript:")) return fmt::format("{} has a script in {}", tag.name, name);
  }
  return {};
}

}  // namespace

std::optional<std::string> html_fault(std::string_view document) {
  TagReader reader(document);
  std::vector<std::string> open;
  bool declared = false;
  while (const auto tag = reader.next()) {
    if (tag->name.starts_with('!')) {
      declared = declared || tag->name == "!doctype";
      continue;
    }
    if (!declared) return "it does not begin with <!DOCTYPE html>";
    if (const auto part = active_part(*tag)) return part;
    if (among(void_elements, tag->name) || tag->closes_itself) continue;
    if (!tag->end) {
      open.push_back(tag->name);
      continue;
    }
    while (!open.empty() && open.back() != tag->name && among(optional_ends, open.back())) open.pop_back();
    if (open.empty() || open.back() != tag->name)
      return fmt::format("it closes {} where {} is open", tag->name, open.empty() ? "nothing" : open.back());
    open.pop_back();
  }
  if (!declared) return "it does not begin with <!DOCTYPE html>";
  while (!open.empty() && among(optional_ends, open.back())) open.pop_back();
  if (!open.empty()) return fmt::format("it does not close {}", open.back());
  return {};
}

std::optional<std::string> html_name_with(std::string_view document, std::string_view part) {
  TagReader reader(document);
  while (const auto tag = reader.next()) {
    if (tag->name.find(part) != std::string::npos) return tag->name;
    for (const auto& [name, value] : tag->attributes) {
      if (name.find(part) != std::string::npos) return name;
    }
  }
  return {};
}

}  // namespace assay
