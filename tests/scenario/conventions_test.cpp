// Conventions of the API: what cannot be read, what is not there, what is too much, and how problems are told.
#include "http/page.h"
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::conventions_test {
namespace {

const std::string reviews = "/api/v1/management-reviews";

TEST_CASE("what is not there, and what it cannot do") {
  Stage& stage = Stage::on("sqlite");
  stage.run({
      {"no such path", "admin", "GET", "/api/v1/nothing/at/all", {}, "", 404, {"urn:assay:problem:not-found"}},
      {"no such type", "admin", "GET", "/api/v1/dreams", {}, "", 404},
      {"no such calculation", "admin", "POST", "/api/v1/calculations/nope", {}, "{}", 404, {}, {"Allow: "}},
      {"nor by another method", "admin", "GET", "/api/v1/calculations/nope", {}, "", 404},
      {"what a person has not", "admin", "DELETE", "/api/v1/people/{admin}/commands", {}, "", 404},
      {"no such record", "admin", "GET", reviews + "/01890a5d-ac96-774b-bcce-b302099a8099", {}, "", 404},
      {"no uuid", "admin", "GET", reviews + "/42", {}, "", 404},
      {"a record under another type", "admin", "GET", reviews + "/{audit}", {}, "", 404},
      {"no such command",
       "admin",
       "POST",
       reviews + "/{review}/commands/dance",
       {"If-Match: {etag}"},
       "{}",
       404,
       {"has no command dance"}},
      {"no items of a review", "admin", "GET", reviews + "/{review}/items", {}, "", 404},
      {"no such version of the API", "admin", "GET", "/api/v2/audits", {}, "", 404},
      {"DELETE of a record",
       "admin",
       "DELETE",
       reviews + "/{review}",
       {},
       "",
       405,
       {"Allow: GET, HEAD, PUT, OPTIONS", "method-not-allowed"}},
      {"PATCH of a list", "admin", "PATCH", "/api/v1/people", {}, "", 405, {"Allow: GET, HEAD, POST, OPTIONS"}},
      {"POST on the health", "", "POST", "/healthz", {}, "", 405, {"Allow: GET, HEAD, OPTIONS"}},
      {"a method of nobody", "admin", "BREW", reviews, {}, "", 501},
      {"options of a list", "admin", "OPTIONS", reviews, {}, "", 204, {"Allow: GET, HEAD, POST, OPTIONS"}},
      {"options of the server", "", "OPTIONS", "*", {}, "", 204, {"Allow: "}},
      {"nobody", "", "GET", reviews, {}, "", 401, {"WWW-Authenticate: Bearer", "unauthenticated"}},
      {"nobody writes", "", "POST", reviews, {}, "{}", 401},
      {"an invented token", "", "GET", reviews, {"Authorization: Bearer assay_0123"}, "", 401},
      {"another scheme", "", "GET", reviews, {"Authorization: Basic YTpi"}, "", 401},
  });
}

TEST_CASE("bodies that cannot be read, or must not be") {
  Stage& stage = Stage::on("sqlite");
  const std::string deep = std::string(65, '[') + std::string(65, ']');
  stage.run({
      {"no JSON", "admin", "POST", reviews, {}, "{", 400, {"urn:assay:problem:malformed"}},
      {"something behind", "admin", "POST", reviews, {}, "{} {}", 400},
      {"no UTF-8", "admin", "POST", reviews, {}, "{\"title\":\"\xff\"}", 400},
      {"too deep", "admin", "POST", reviews, {}, deep, 400},
      {"the same name twice",
       "admin",
       "POST",
       reviews,
       {},
       R"({"title":"a","title":"b"})",
       422,
       {"\"pointer\":\"/title\""}},
      {"no object", "admin", "POST", reviews, {}, "[]", 422},
      {"empty", "admin", "POST", reviews, {"Content-Type: application/json"}, "", 400},
      {"another type",
       "admin",
       "POST",
       reviews,
       {"Content-Type: text/plain"},
       "{}",
       415,
       {"urn:assay:problem:unsupported"}},
      {"another charset", "admin", "POST", reviews, {"Content-Type: application/json; charset=latin1"}, "{}", 415},
      {"compressed", "admin", "POST", reviews, {"Content-Encoding: gzip"}, "{}", 415},
      {"a body for GET", "admin", "GET", reviews, {}, "{}", 400},
      {"a body for DELETE", "admin", "DELETE", "/api/v1/people/{nobody}", {"If-Match: {etag}"}, "{}", 400},
      {"too much JSON",
       "admin",
       "POST",
       reviews,
       {},
       "{\"title\":\"" + std::string(262144, 'x') + "\"}",
       413,
       {"too-large"}},
      {"too much of a file",
       "auditor",
       "POST",
       "/api/v1/audits/{audit}/evidence/files?name=big",
       {"Content-Type: text/plain"},
       std::string(4194305, 'x'),
       413},
      {"as much as there may be",
       "auditor",
       "POST",
       "/api/v1/audits/{audit}/evidence/files?name=big",
       {"Content-Type: text/plain"},
       std::string(4194304, 'x'),
       201,
       {"\"size\":4194304"},
       {},
       {"audit.evidence_attached"}},
      {"what nobody can be given",
       "admin",
       "GET",
       reviews,
       {"Accept: application/xml"},
       "",
       406,
       {"Content-Type: application/problem+json"}},
  });
}

TEST_CASE("problems say what is wrong with which field, all at once") {
  Stage& stage = Stage::on("sqlite");
  const Answer many =
      stage.run({"many", "admin", "POST", reviews, {}, R"({"title":"","planned_on":"soon","color":"red"})", 422});
  const Json problem = parsed(many);
  CHECK(many.header("Content-Type") == "application/problem+json");
  CHECK(problem.at("type") == "urn:assay:problem:invalid");
  CHECK(problem.at("status") == 422);
  CHECK(problem.at("instance") == "urn:uuid:" + many.header("X-Request-Id"));
  std::set<std::string> pointers;
  for (const Json& error : problem.at("errors")) pointers.insert(error.at("pointer").get<std::string>());
  CHECK(pointers == std::set<std::string>{"/color", "/period_from", "/period_to", "/planned_on", "/title"});
  stage.run({
      {"a field that another command takes",
       "admin",
       "POST",
       reviews + "/{review}/commands/gather_inputs",
       {"If-Match: {etag}"},
       R"({"minutes":"x"})",
       422,
       {"\"pointer\":\"/minutes\""}},
      {"mass assignment of the state",
       "admin",
       "POST",
       reviews + "/{review}/commands/gather_inputs",
       {"If-Match: {etag}"},
       R"({"state":"closed","version":1})",
       422,
       {"/state", "/version"}},
      {"a date that there is not",
       "admin",
       "POST",
       reviews,
       {},
       R"({"title":"x","planned_on":"2026-02-30","period_from":"2026-01-01","period_to":"2026-01-02"})",
       422,
       {"/planned_on"}},
      {"guards of a creation",
       "admin",
       "POST",
       reviews,
       {},
       R"({"title":"x","planned_on":"2026-03-01","period_from":"2026-01-03","period_to":"2026-01-02"})",
       409,
       {"\"unmet\":[", "not_before"}},
      {"members of people",
       "admin",
       "POST",
       "/api/v1/people",
       {},
       R"({"name":"","email":"nowhere","roles":["king"],"responsibilities":["x"],"language":"en"})",
       422,
       {"/name", "/email", "/roles/0", "/responsibilities/0"}},
      {"unknown members of people",
       "admin",
       "POST",
       "/api/v1/people",
       {},
       R"({"name":"x","email":"x@y.example","state":"active"})",
       422,
       {"/state"}},
      {"unknown members of answers",
       "auditor",
       "PUT",
       "/api/v1/audits/{audit}/items/{item}",
       {"If-Match: {etag}"},
       R"({"answered_by":"me"})",
       422,
       {"/answered_by"}},
      {"members of items",
       "lead",
       "POST",
       "/api/v1/audits/{audit}/items",
       {"If-Match: {etag}"},
       R"({"items":[{"question":"5.2-q1"},{"subject":"whole","grade":1}]})",
       422,
       {"/items/1/grade"}},
      {"unknown members of tokens",
       "lead",
       "POST",
       "/api/v1/me/tokens",
       {},
       R"({"name":"x","person":"y"})",
       422,
       {"/person"}},
      {"unknown members of webhooks",
       "admin",
       "POST",
       "/api/v1/webhooks",
       {},
       R"({"url":"http://127.0.0.1:60009/","secret":"whsec_x"})",
       422,
       {"/secret"}},
      {"somebody of the other organisation",
       "admin",
       "POST",
       reviews,
       {},
       R"({"title":"x","planned_on":"2026-03-01","period_from":"2026-01-01","period_to":"2026-01-02","chair":["{other}"]})",
       422,
       {"/chair"}},
      {"a second creation under the id",
       "admin",
       "PUT",
       reviews + "/{review}",
       {},
       review_input("x").dump(),
       422,
       {"in use"}},
      {"an id that is none", "admin", "PUT", reviews + "/mine", {}, review_input("x").dump(), 422, {"/id"}},
      {"an unknown creating command", "admin", "POST", reviews + "?command=close", {}, "{}", 400, {"?command"}},
  });
}

TEST_CASE("a link that leads back to its beginning is refused, and nothing is stored") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  Json draft{{"audit", stage.names.at("audit")},
             {"title", "No restore test"},
             {"grade", "minor"},
             {"clause", "A.8.13"},
             {"requirement", "A test"},
             {"finding", "None"},
             {"objective_evidence", "An interview"}};
  const std::string first = made(stage, "ring_first", "lead", "nonconformities", draft);
  draft["previous"] = {stage.names.at("ring_first")};
  const std::string second = made(stage, "ring_second", "lead", "nonconformities", draft);
  const std::string version = stage.etag("/api/v1/" + first, "lead");
  const std::string revise = "/api/v1/" + first + "/commands/revise";
  const auto body = [](const char* to) { return Json{{"title", "Another"}, {"previous", {to}}}.dump(); };
  stage.events_since();
  stage.run({{"itself",
              "lead",
              "POST",
              revise,
              {"If-Match: {etag}"},
              body("{ring_first}"),
              422,
              {"\"pointer\":\"/previous\"", "names the record itself"}},
             {"what recurs from it",
              "lead",
              "POST",
              revise,
              {"If-Match: {etag}"},
              body("{ring_second}"),
              422,
              {"\"pointer\":\"/previous\"", "leads back to this one"}}});
  CHECK(stage.etag("/api/v1/" + first, "lead") == version);
  CHECK(stage.must("lead", "GET", "/api/v1/" + first).at("fields").at("title") == "No restore test");
  const Json links = stage.must("lead", "GET", "/api/v1/" + first + "/links").at("links");
  CHECK(links.size() == 2);  // the audit, and what recurs from it
  for (const Json& link : links) CHECK(link.at("name") != "previous");
  for (const std::string& record : {first, second}) stage.act("lead", record, "discard", {{"reason", "Tried"}});
}

TEST_CASE("queries of lists are checked") {
  Stage& stage = Stage::on("sqlite");
  const std::string audits = "/api/v1/audits";
  for (const char* query :
       {"?color=red", "?state=dreaming", "?due=soon", "?sort=title", "?sort=color", "?limit=0", "?limit=201",
        "?limit=x", "?limit=1&limit=2", "?cursor=abc", "?cursor=", "?created.gte=yesterday", "?state.lt=planned",
        "?programme=x", "?planned_from.between=1", "?title=x"}) {
    const Answer answer = stage.run({query, "admin", "GET", audits + query, {}, "", 400});
    CHECK(parsed(answer).at("errors").size() == 1);
  }
  const std::string foreign = encode_cursor("{}");
  for (const char* path :
       {"/api/v1/audits", "/api/v1/people", "/api/v1/events", "/api/v1/audits/{audit}/items",
        "/api/v1/audits/{audit}/evidence", "/api/v1/audits/{audit}/events", "/api/v1/audits/{audit}/reports",
        "/api/v1/audits/{audit}/links", "/api/v1/audits/{audit}/proposals", "/api/v1/me/tokens", "/api/v1/webhooks",
        "/api/v1/plugins", "/api/v1/catalogues", "/api/v1/types", "/api/v1/policies", "/api/v1/calculations"}) {
    for (const std::string& wrong :
         {std::string("?limit=0"), std::string("?limit=201"), std::string("?limit=x"), std::string("?limit=1&limit=1"),
          std::string("?cursor=abc"), std::string("?cursor="), "?cursor=" + foreign}) {
      INFO(path << wrong);
      const Answer answer = stage.ask("admin", "GET", path + wrong);
      CHECK(answer.status == 400);
      const Json problem = parsed(answer);
      CHECK(problem.at("type") == "urn:assay:problem:malformed");
      CHECK(problem.at("errors").at(0).at("pointer") == wrong.substr(0, wrong.find('=')));
    }
  }
}

}  // namespace
}  // namespace assay::test::conventions_test
