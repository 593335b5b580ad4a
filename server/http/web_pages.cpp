// The pages of server/web, as they are built into the program.
#include "http/web_pages.h"

#include <stdexcept>

namespace assay {
namespace {

struct Page {
  std::string_view name;
  std::string_view text;
};

constexpr Page pages[] = {
#include "web/embedded_pages.inc"
};

}  // namespace

std::string_view find_web_page(std::string_view name) {
  for (const Page& page : pages) {
    if (page.name == name) return page.text;
  }
  return {};
}

std::string_view web_page(std::string_view name) {
  const std::string_view text = find_web_page(name);
  if (text.empty()) throw std::out_of_range("no page " + std::string(name));
  return text;
}

std::string filled(std::string_view page, const std::map<std::string, std::string, std::less<>>& values) {
  std::string text;
  for (;;) {
    const auto open = page.find("{{");
    text += page.substr(0, open);
    if (open == std::string_view::npos) return text;
    const auto close = page.find("}}", open);
    const auto value = values.find(page.substr(open + 2, close - open - 2));
    if (close == std::string_view::npos || value == values.end())
      throw std::logic_error("a page has an unknown placeholder");
    text += value->second;
    page.remove_prefix(close + 2);
  }
}

std::string escape_html(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      case '\'':
        safe += "&#39;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

}  // namespace assay
