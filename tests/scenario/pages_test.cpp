// Health, metrics, the pages, and the headers that every answer has.
#include <regex>

#include "http/routes.h"
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::pages_test {
namespace {

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> all;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    all.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return all;
}

TEST_CASE("health and readiness") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  stage.run({{"alive", "", "GET", "/healthz", {}, "", 200, {"\"status\":\"alive\"", "Cache-Control: no-store"}},
             {"ready", "", "GET", "/readyz", {}, "", 200, {"\"status\":\"ready\"", "\"engine\":\"" + engine + "\""}},
             {"as head", "", "HEAD", "/readyz", {}, "", 200, {"Content-Length: "}},
             {"where to report",
              "",
              "GET",
              "/.well-known/security.txt",
              {},
              "",
              200,
              {"Contact: mailto:security@elbwerk.example", "Expires: 20", "text/plain"}}});
}

TEST_CASE("metrics are Prometheus text with labels that requests cannot multiply") {
  Stage& stage = Stage::on("sqlite");
  for (const char* path : {"/api/v1/audits/{audit}", "/api/v1/audits/01890a5d-ac96-774b-bcce-b302099a8099",
                           "/nowhere/at/all", "/api/v1/people/{lead}", "/api/v1/dreams?x=1"})
    stage.ask("lead", "GET", path);
  const Answer answer =
      stage.run({"metrics", "", "GET", "/metrics", {}, "", 200, {"Content-Type: text/plain; version=0.0.4"}});
  std::set<std::string> patterns;
  for (const Route& route : routes()) patterns.insert(std::string(route.pattern));
  patterns.insert("none");
  const std::regex comment(R"(# (HELP|TYPE) [a-zA-Z_:][a-zA-Z0-9_:]*( .*)?)"),
      sample(R"(([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(.*)\})? (-?[0-9.e+-]+|NaN|\+Inf|-Inf))"), route(R"re(route="([^"]*)")re");
  std::map<std::string, std::string> typed;
  int samples = 0;
  for (const std::string& line : lines(answer.body)) {
    INFO(line);
    if (line.empty()) continue;
    std::smatch found;
    if (line[0] == '#') {
      CHECK(std::regex_match(line, comment));
      if (line.starts_with("# TYPE ")) {
        const auto end = line.find(' ', 7);
        CHECK(typed.emplace(line.substr(7, end - 7), line.substr(end + 1)).second);
      }
      continue;
    }
    REQUIRE(std::regex_match(line, found, sample));
    ++samples;
    const std::string labels = found[3];
    if (std::regex_search(labels, found, route)) CHECK(patterns.contains(found[1]));
    for (const auto& [name, id] : stage.names) {
      if (line.find(id) != std::string::npos) FAIL_CHECK("a label has the id of " << name);
    }
  }
  CHECK(samples > 20);
  CHECK(typed.at("assay_http_requests_total") == "counter");
  CHECK(typed.at("assay_http_request_duration_seconds") == "histogram");
  CHECK(answer.body.find("route=\"none\"") != std::string::npos);
}

TEST_CASE("the pages stand for themselves") {
  Stage& stage = Stage::on("sqlite");
  stage.run(
      {{"home",
        "",
        "GET",
        "/",
        {},
        "",
        200,
        {"text/html", "Content-Security-Policy: default-src 'none'; style-src 'self'", "/api/v1/openapi.json", "/tour",
         "frame-ancestors 'none'"},
        {"<script>", "style=\"", "hallmark", "@elbwerk"}},
       {"tour", "", "GET", "/tour", {}, "", 200, {"text/html", "Content-Security-Policy: "}, {"<script>", "style=\""}},
       {"invitation",
        "",
        "GET",
        "/invitation",
        {},
        "",
        200,
        {"text/html", "/assets/invitation.js", "Referrer-Policy: no-referrer"},
        {"<script>"}},
       {"styles", "", "GET", "/assets/assay.css", {}, "", 200, {"text/css", "Cache-Control: no-cache"}},
       {"script", "", "GET", "/assets/invitation.js", {}, "", 200, {"text/javascript"}},
       {"a template is no asset", "", "GET", "/assets/home.html", {}, "", 404},
       {"nothing beyond", "", "GET", "/assets/..%2Fkeys", {}, "", 404}});
  CHECK(stage.ask("", "GET", "/tour").body.find("@elbwerk") == std::string::npos);
}

TEST_CASE("the page behind a one-time link speaks the language of the browser") {
  Stage& stage = Stage::on("sqlite");
  struct Spoken {
    std::string query;
    std::vector<std::string> headers;
    bool german;
  };
  for (const Spoken& one : std::vector<Spoken>{{"", {}, false},
                                               {"", {"Accept-Language: en"}, false},
                                               {"", {"Accept-Language: fr-FR,fr;q=0.9"}, false},
                                               {"", {"Accept-Language: de"}, true},
                                               {"", {"Accept-Language: de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7"}, true},
                                               {"", {"Accept-Language: en;q=0.5, de-CH"}, true},
                                               {"", {"Accept-Language: de;q=0, en;q=0.1"}, false},
                                               {"?lang=de", {"Accept-Language: en"}, true},
                                               {"?lang=en", {"Accept-Language: de"}, false}}) {
    const std::string other = one.german ? "New password" : "Neues Passwort";
    stage.run(
        {"invitation",
         "",
         "GET",
         "/invitation" + one.query,
         one.headers,
         "",
         200,
         {one.german ? "<html lang=\"de\">" : "<html lang=\"en\">", one.german ? "Neues Passwort" : "New password",
          one.german ? "Content-Language: de" : "Content-Language: en", "Vary: Accept-Language", "data-incomplete=\"",
          "data-differ=\"", "data-subject=\"", "data-done=\"", "data-unreachable=\""},
         {other}});
  }
}

TEST_CASE("a browser that goes astray gets a page, programs a problem") {
  Stage& stage = Stage::on("sqlite");
  const std::vector<std::string> browser = {"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"};
  const std::string page = "Content-Type: text/html; charset=utf-8", problem = "Content-Type: application/problem+json";
  stage.run(
      {{"a browser",
        "",
        "GET",
        "/nowhere",
        browser,
        "",
        404,
        {page, "<h1>Not found</h1>", "/assets/assay.css",
         "Content-Security-Policy: default-src 'none'; style-src 'self'"},
        {"<script"}},
       {"what it asked for is not shown", "", "GET", "/%3Cscript%3E?%3Cb%3E", browser, "", 404, {page}, {"script>"}},
       {"its head", "", "HEAD", "/nowhere", browser, "", 404, {page}},
       {"a wrong method keeps Allow", "", "POST", "/tour", browser, "", 405, {problem, "Allow: "}},
       {"a style sheet", "", "GET", "/assets/nope.css", {"Accept: text/css,*/*;q=0.1"}, "", 404, {problem}},
       {"a program", "", "GET", "/nowhere", {"Accept: */*"}, "", 404, {problem}},
       {"without a wish", "", "GET", "/nowhere", {}, "", 404, {problem}},
       {"an address of the API", "", "GET", "/api/v1/me", browser, "", 401, {problem}}});
}

TEST_CASE("every answer keeps its secrets and its frame") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  for (const char* path : {"/", "/tour", "/healthz", "/metrics", "/api/v1/openapi.json", "/api/v1/me", "/api/v1/audits",
                           "/api/v1/audits/{audit}", "/api/v1/audits/{audit}/evidence/{file}/file", "/nowhere",
                           "/api/v1/audits?color=red"}) {
    INFO(path);
    const Answer answer = stage.ask("lead", "GET", path);
    CHECK(answer.header("X-Content-Type-Options") == "nosniff");
    CHECK(answer.header("Referrer-Policy") == "no-referrer");
    CHECK(answer.header("Content-Security-Policy").starts_with("default-src 'none'"));
    CHECK(answer.header("Content-Security-Policy").find("frame-ancestors 'none'") != std::string::npos);
    CHECK_FALSE(answer.header("Cache-Control").empty());
    CHECK(answer.header("Server").empty());
    CHECK(answer.header("X-Powered-By").empty());
    CHECK(answer.header("Access-Control-Allow-Origin").empty());
    CHECK(std::regex_match(answer.header("X-Request-Id"), std::regex("[0-9a-f-]{36}")));
  }
  for (const char* path : {"/api/v1/me", "/api/v1/audits", "/api/v1/people", "/api/v1/me/tokens"})
    CHECK(stage.ask("lead", "GET", path).header("Cache-Control") == "no-store");
  CHECK(stage.ask("lead", "GET", "/api/v1/audits/{audit}").header("Cache-Control") == "private, no-cache");
}

}  // namespace
}  // namespace assay::test::pages_test
