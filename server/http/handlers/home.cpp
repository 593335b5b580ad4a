// The start page, the tour, the page behind a one-time link, and security.txt.
#include <algorithm>

#include "commands/demo.h"
#include "http/handlers/handlers.h"
#include "http/web_pages.h"
#include "plugins/registry.h"

namespace assay::handlers {
namespace {

constexpr std::string_view page_policy =
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'";

Response page(std::string html) {
  Response response;
  response.content_type = media::html;
  response.content_security_policy = page_policy;
  response.body = std::move(html);
  return response;
}

std::string demo_section(const Service& service) {
  if (!service.demo) return "";
  std::string rows;
  for (const DemoAccount& account : demo_accounts()) {
    rows += "<tr><td>" + escape_html(account.name) + "</td><td>" + escape_html(account.part) + "</td><td><code>" +
            escape_html(account.email) + "</code></td></tr>";
  }
  return "<section class=\"card\"><h2>Demo organisation</h2><table><thead><tr><th>Who</th><th>Does what</th><th>Log-in</th></tr>"
         "</thead><tbody>" + rows + "</tbody></table><p class=\"small\">All of them have the password <code>" +
         escape_html(demo_password()) +
         "</code>. These log-ins exist only in a demo data folder: never put real records here.</p></section>";
}

}  // namespace

Result<Response> home(Api& api, const Request&) {
  const Service& service = api.service();
  Store& store = service.context.store;
  const bool held = store.held();
  const bool fine = service.deliveries.running() || held;
  const auto& plugins = service.plugins.list();
  const auto ready = std::count_if(plugins.begin(), plugins.end(), [](const PluginStatus& plugin) { return plugin.ready(); });
  return page(filled(web_page("home.html"),
                     {{"mark", std::string(web_page("mark.svg"))},
                      {"version", escape_html(service.version)},
                      {"types", std::to_string(service.context.workflows->types.size())},
                      {"plugins", std::to_string(ready)},
                      {"health", fine ? "Ready" : "Not ready"},
                      {"health_class", fine ? "" : "bad"},
                      {"health_detail", held ? "Deliveries wait: this log was restored and has not been released"
                                             : "Database and background workers answer"},
                      {"engine", store.engine() == "sqlite" ? "SQLite" : "PostgreSQL"},
                      {"events", std::to_string(store.last_position())},
                      {"demo", demo_section(service)}}));
}

Result<Response> tour(Api&, const Request&) {
  return page(filled(web_page("tour.html"), {{"mark", std::string(web_page("mark.svg"))}}));
}

Result<Response> invitation(Api&, const Request&) {
  return page(filled(web_page("invitation.html"), {{"mark", std::string(web_page("mark.svg"))}}));
}

Result<Response> asset(Api&, const Request& request) {
  const std::string_view name = request.parameter("name");
  const std::string_view text = find_web_page(name);
  const bool style = name.ends_with(".css"), script = name.ends_with(".js");
  if (text.empty() || (!style && !script)) return refuse(Reason::not_found, "there is no such file");
  Response response;
  response.content_type = style ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8";
  response.headers.add("Cache-Control", "no-cache");
  response.body = std::string(text);
  return response;
}

Result<Response> security_txt(Api& api, const Request&) {
  const std::string& contact = api.service().security_contact;
  if (contact.empty()) return refuse(Reason::not_found, "no contact for security reports has been set");
  Response response;
  response.content_type = media::text;
  response.body = "Contact: " + contact + "\nExpires: " + to_text(api.context().clock() + std::chrono::days{365}) +
                  "\nPreferred-Languages: en, de\n";
  return response;
}

}  // namespace assay::handlers
