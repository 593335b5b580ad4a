// The pages of server/web, as they are built into the program.
#include "http/web_pages.h"

#include <stdexcept>

#include "domain/json.h"
#include "http/negotiation.h"

namespace assay {
namespace {

struct Page {
  std::string_view name;
  std::string_view text;
};

constexpr std::string_view page_policy =
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'";

constexpr Page pages[] = {
#include "web/embedded_pages.inc"
};

/// True if the client names HTML among what it takes; programs that take anything do not.
bool takes_html(const Request& request) {
  const Wanted html = wanted_media(request.joined_header("Accept").value_or(""), media::html);
  return html.by_name && html.weight > 0;
}

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

std::string filled(std::string_view page, const PageValues& values) {
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

Response page(std::string_view name, PageValues values) {
  values.emplace("mark", web_page("mark.svg"));
  Response response;
  response.content_type = media::html;
  response.content_security_policy = page_policy;
  response.body = filled(web_page(name), values);
  return response;
}

void show_to_browser(const Request& request, Response& response) {
  const bool ours = response.content_type == media::problem && !request.path.starts_with("/api/");
  if (!ours || request.method != Method::get || !takes_html(request)) return;
  const Json problem = Json::parse(std::get<std::string>(response.body));
  Response shown = page("error.html", {{"status", std::to_string(response.status)},
                                       {"title", escape_html(problem.at("title").get<std::string>())},
                                       {"detail", escape_html(problem.at("detail").get<std::string>())},
                                       {"request", escape_html(request.id)}});
  shown.status = response.status;
  shown.headers = std::move(response.headers);
  response = std::move(shown);
}

}  // namespace assay
