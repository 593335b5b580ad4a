// What each route takes in its query and which media types it answers with, told by the table and held by the server.
#include "http/routes.h"

#include <algorithm>

#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::routes_test {
namespace {

/// The route's path with records of the story in it; what the story has none of is called x.
std::string path_of(const Stage& stage, const Route& route) {
  std::string path(route.pattern);
  const auto put = [&](const std::string& name, const std::string& value) {
    if (const auto at = path.find(name); at != std::string::npos) path.replace(at, name.size(), value);
  };
  const bool record = path.find("{plural}") != std::string::npos;
  put("{plural}", "audits");
  if (record) put("{id}", stage.names.at("audit"));
  put("{view}", "overdue");
  put("{item}", stage.names.at("item"));
  put("{evidence}", stage.names.at("file"));
  while (path.find('{') != std::string::npos)
    put(path.substr(path.find('{'), path.find('}') - path.find('{') + 1), "x");
  return path;
}

std::string pointer_of(const Answer& answer) {
  const Json problem = parsed(answer);
  return problem.contains("errors") ? problem.at("errors").at(0).at("pointer").get<std::string>() : std::string();
}

bool takes(const Route& route, std::string_view name) {
  return std::any_of(route.query.begin(), route.query.end(), [&](const QueryItem& item) { return item.name == name; });
}

TEST_CASE("every route refuses an item of the query that it does not take, and does nothing") {
  Stage& stage = Stage::on("sqlite");
  stage.events_since();
  for (const Route& route : routes()) {
    const std::string method(to_text(route.method)), path = path_of(stage, route);
    INFO(method << " " << path);
    for (const std::string& who : {std::string("admin"), std::string()}) {
      if (who.empty() && route.filters) continue;  // filters belong to a type, which only people who are known see
      const Answer answer = stage.ask(who, method, path + "?surprise=1");
      CHECK(answer.status == 400);
      CHECK(pointer_of(answer) == "?surprise");
    }
    for (const std::string& name : {std::string("limit"), std::string("cursor")}) {
      const Answer answer = stage.ask("admin", method, path + "?" + name + "=!");
      CHECK(answer.status == 400);
      CHECK(pointer_of(answer) == "?" + name);
    }
  }
  CHECK(stage.events_since().empty());
}

TEST_CASE("what answers with a list has pages") {
  Stage& stage = Stage::on("sqlite");
  int lists = 0;
  for (const Route& route : routes()) {
    if (route.method != Method::get || !route.pattern.starts_with("/api/v1/")) continue;
    const std::string path = path_of(stage, route);
    INFO(path);
    const Answer answer = stage.ask("admin", "GET", path);
    if (answer.status != 200 || !answer.header("Content-Type").starts_with("application/json")) continue;
    const Json whole = parsed(answer);
    const bool list = whole.contains("next");
    CHECK(list == takes(route, "limit"));
    CHECK(list == takes(route, "cursor"));
    // A catalogue is one document, whose items are called so.
    if (!list && !path.ends_with("/catalogue")) CHECK_FALSE(whole.contains("items"));
    lists += list;
  }
  CHECK(lists >= 14);
}

TEST_CASE("the description has the query items of the table, and the server takes them") {
  Stage& stage = Stage::on("sqlite");
  const Json all = stage.must("", "GET", "/api/v1/openapi.json");
  const Json& shared = all.at("components").at("parameters");
  const auto described = [&](const std::string& path, const std::string& method) {
    std::set<std::string> names;
    for (const Json& one : all.at("paths").at(path).at(method).at("parameters")) {
      const std::string reference = one.value("$ref", "");
      const Json& parameter = reference.empty() ? one : shared.at(reference.substr(reference.rfind('/') + 1));
      if (parameter.at("in") == "query") CHECK(names.insert(parameter.at("name").get<std::string>()).second);
    }
    return names;
  };
  for (const Route& route : routes()) {
    std::string path(route.pattern), method(to_text(route.method));
    if (path.find("{command}") != std::string::npos) path.replace(path.find("{command}"), 9, "conclude");
    if (path.find("{plural}") != std::string::npos)
      path.replace(path.find("{plural}"), 8, path.ends_with("/coverage") ? "audit-programmes" : "audits");
    std::transform(method.begin(), method.end(), method.begin(), [](char c) { return static_cast<char>(c | 0x20); });
    INFO(method << " " << path);
    std::set<std::string> names = described(path, method), own;
    for (const QueryItem& item : route.query) own.insert(std::string(item.name));
    if (!route.filters) CHECK(names == own);
    CHECK(std::includes(names.begin(), names.end(), own.begin(), own.end()));
  }
  int filters = 0;
  for (const Json& type : stage.list("admin", "/api/v1/types")) {
    const std::string path = "/api/v1/" + type.at("plural").get<std::string>();
    for (const std::string& name : described(path, "get")) {
      INFO(path << " " << name);
      const Answer answer = stage.ask("admin", "GET", path + "?" + name + "=1");
      if (answer.status == 200) continue;
      CHECK(answer.status == 400);  // 1 may be no value of it, which is another matter
      for (const char* unknown : {"cannot be filtered", "only be compared", "must end in", "is not known"})
        CHECK(answer.body.find(unknown) == std::string::npos);
      ++filters;
    }
  }
  CHECK(filters > 20);
}

TEST_CASE("one command can be asked for") {
  Stage& stage = Stage::on("sqlite");
  const std::string path = "/api/v1/audits/{audit}/commands";
  const Json all = stage.must("lead", "GET", path).at("commands");
  REQUIRE(all.size() > 2);
  const std::string name = all.at(1).at("command");
  const Json one = stage.must("lead", "GET", path + "?command=" + name);
  CHECK(one.at("commands") == Json::array({all.at(1)}));
  stage.run({"no such command", "lead", "GET", path + "?command=dance", {}, "", 400, {"?command"}});
}

TEST_CASE("a client that takes nothing of what a route answers with is told so before anything is done") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string json = "Content-Type: application/json", page = "Content-Type: text/html",
                    refusal = "urn:assay:problem:not-acceptable", problem = "Content-Type: application/problem+json";
  const std::string file = "/api/v1/audits/{audit}/evidence/{file}/file";
  const std::string invitation = R"({"name":"Nora","email":"nora.accept@elbwerk.example"})";
  const auto accept = [](const char* value) { return std::vector<std::string>{std::string("Accept: ") + value}; };
  stage.run({
      {"JSON by name", "lead", "GET", "/api/v1/me", accept("application/json"), "", 200, {json}},
      {"anything", "lead", "GET", "/api/v1/me", accept("*/*"), "", 200, {json}},
      {"an empty wish", "lead", "GET", "/api/v1/me", accept(""), "", 200, {json}},
      {"of the family", "lead", "GET", "/api/v1/me", accept("application/*"), "", 200, {json}},
      {"least of all", "lead", "GET", "/api/v1/me", accept("text/html, */*;q=0.001"), "", 200, {json}},
      {"HTML only", "lead", "GET", "/api/v1/me", accept("text/html"), "", 406, {refusal, problem}},
      {"anything but JSON", "lead", "GET", "/api/v1/me", accept("application/json;q=0, */*"), "", 406, {refusal}},
      {"nothing at all", "lead", "GET", "/api/v1/me", accept("*/*;q=0"), "", 406, {refusal}},
      {"its head", "lead", "HEAD", "/api/v1/me", accept("text/html"), "", 406, {problem}},
      {"a page", "", "GET", "/tour", accept("text/html"), "", 200, {page}},
      {"a page as JSON", "", "GET", "/tour", accept("application/json"), "", 406, {refusal, problem}},
      {"a file by its type", "lead", "GET", file, accept("text/csv"), "", 200, {"Content-Type: text/csv"}},
      {"a file as anything", "lead", "GET", file, accept("*/*"), "", 200, {"Content-Type: text/csv"}},
      {"a file as a picture", "lead", "GET", file, accept("image/*"), "", 406, {refusal, "text/csv"}},
      {"a file as nothing", "lead", "GET", file, accept("*/*;q=0"), "", 406, {refusal}},
      {"events as a page", "lead", "GET", "/api/v1/events", accept("application/json"), "", 200, {json}},
      {"events, not as a stream",
       "lead",
       "GET",
       "/api/v1/events",
       accept("text/event-stream;q=0, */*"),
       "",
       200,
       {json}},
      {"events, rather as a page",
       "lead",
       "GET",
       "/api/v1/events",
       accept("text/event-stream;q=0.5, application/json"),
       "",
       200,
       {json}},
      {"events as HTML", "lead", "GET", "/api/v1/events", accept("text/html"), "", 406, {refusal}},
      {"events of a record as a stream",
       "lead",
       "GET",
       "/api/v1/audits/{audit}/events",
       accept("text/event-stream"),
       "",
       406,
       {refusal}},
      {"a write that is not done", "admin", "POST", "/api/v1/people", accept("text/html"), invitation, 406, {refusal}},
      {"an upload that is not read",
       "auditor",
       "POST",
       "/api/v1/audits/{audit}/evidence/files?name=x",
       {"Accept: text/html", "Content-Type: text/plain"},
       "bytes",
       406,
       {refusal}},
      {"the same write",
       "admin",
       "POST",
       "/api/v1/people",
       accept("*/*"),
       invitation,
       201,
       {json},
       {},
       {"person.invited"}},
      {"what shows nothing asks for nothing",
       "lead",
       "DELETE",
       "/api/v1/me/tokens/x",
       {"Accept: text/html", "If-Match: \"v1\""},
       "",
       404,
       {problem}},
  });
}

}  // namespace
}  // namespace assay::test::routes_test
