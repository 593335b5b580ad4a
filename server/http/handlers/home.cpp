// The start page, the tour, the page behind a one-time link, and security.txt.
#include <algorithm>

#include "commands/demo.h"
#include "http/handlers/handlers.h"
#include "http/web_pages.h"
#include "plugins/registry.h"

namespace assay::handlers {
namespace {

/// "1 plugin", "1,234 events".
std::string counted(std::uint64_t count, const std::string& what) {
  std::string text = std::to_string(count);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text + " " + what + (count == 1 ? "" : "s");
}

/// The address under which the client knows this server.
std::string base_of(const Request& request) {
  return (request.is_tls ? "https://" : "http://") + std::string(request.header("Host").value_or("localhost"));
}

/// Who sees the most of the demo's audit: the administrator sees none.
const DemoAccount& demo_lead() {
  const std::span<const DemoAccount> accounts = demo_accounts();
  const auto found = std::find_if(accounts.begin(), accounts.end(),
                                  [](const DemoAccount& account) { return account.part == "lead auditor"; });
  return found == accounts.end() ? accounts.front() : *found;
}

std::string demo_section(const Service& service, const Request& request) {
  if (!service.demo) return "";
  std::string rows;
  for (const DemoAccount& account : demo_accounts()) {
    rows += "<tr><td>" + escape_html(account.name) + "</td><td>" + escape_html(account.part) + "</td><td><code>" +
            escape_html(account.email) + "</code></td></tr>";
  }
  return "<section class=\"card\"><h2>Demo organisation</h2><table><thead><tr><th scope=\"col\">Who</th>"
         "<th scope=\"col\">Does what</th><th scope=\"col\">Log-in</th></tr></thead><tbody>" +
         rows + "</tbody></table><p class=\"small\">All of them have the password <code>" +
         escape_html(demo_password()) +
         "</code>, and sign in through the API, as <a href=\"/tour\">the tour</a> goes on to do. These log-ins exist "
         "only in a demo data folder: never put real "
         "records here.</p><pre tabindex=\"0\">curl -s -c cookies " +
         escape_html(base_of(request)) + "/api/v1/session -H 'Content-Type: application/json' \\\n  -d '{\"email\":\"" +
         escape_html(demo_lead().email) + "\",\"password\":\"" + escape_html(demo_password()) + "\"}'</pre></section>";
}

std::string plugins_of(const Service& service) {
  if (!service.plugins.loaded()) return "loading plugins";
  const auto all = service.plugins.list();
  const auto ready = std::count_if(all.begin(), all.end(), [](const PluginStatus& plugin) { return plugin.ready(); });
  return counted(static_cast<std::uint64_t>(ready), "plugin");
}

}  // namespace

Result<Response> home(Api& api, const Request& request) {
  const Service& service = api.service();
  Store& store = service.context.store;
  const bool held = store.held();
  const bool fine = service.deliveries.running() || held;
  return page("home.html", {{"version", escape_html(service.version)},
                            {"types", counted(service.context.workflows->types.size(), "record type")},
                            {"plugins", plugins_of(service)},
                            {"health", fine ? "Ready" : "Not ready"},
                            {"health_class", fine ? "" : "bad"},
                            {"health_detail", held ? "Deliveries wait: this log was restored and has not been released"
                                              : fine ? "Database and background workers answer"
                                                     : "The background workers do not run"},
                            {"engine", store.engine() == "sqlite" ? "SQLite" : "PostgreSQL"},
                            {"events", counted(static_cast<std::uint64_t>(store.last_position()), "event")},
                            {"demo", demo_section(service, request)}});
}

Result<Response> tour(Api& api, const Request& request) {
  const bool demo = api.service().demo;
  return page("tour.html", {{"base", escape_html(base_of(request))},
                            {"email", demo ? escape_html(demo_lead().email) : "you@example.org"},
                            {"password", demo ? escape_html(demo_password()) : "..."},
                            {"expires", to_text(api.context().clock() + std::chrono::days{1})}});
}

Result<Response> invitation(Api& api, const Request& request) {
  const std::string language = language_of(api, request);
  Response response = page(language == "de" ? "invitation.de.html" : "invitation.html");
  response.headers.add("Content-Language", language);
  response.headers.add("Vary", "Accept-Language");
  return response;
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
