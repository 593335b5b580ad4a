// A running audit moves to a newer version of its catalogue: what is proposed, what a person accepts, and what becomes
// of answers.
#include <chrono>

#include "ledger/digest.h"
#include "plugins/package_store.h"
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::catalogue_move_test {
namespace {

const std::string chosen = R"({"plugin":"org.example.sound","catalogue":"small","language":"en"})";

/// The items of the audit by question.
std::map<std::string, Json> items_of(Stage& stage, const std::string& audit) {
  std::map<std::string, Json> all;
  for (Json& item : stage.list("lead", audit + "/items")) all.emplace(item.at("question"), item);
  return all;
}

/// An audit whose plan is issued, with the older catalogue: its three questions are planned and answered.
std::string audit_with_answers(Stage& stage, const std::string& name) {
  const std::string audit = "/api/v1/" + audit_in(stage, name, "team_confirmed");
  stage.must("lead", "PUT", audit + "/catalogue", chosen, {"If-Match: {etag}"});
  Json planned = Json::array();
  for (const char* question : {"1.1-q1", "1.2-q1", "1.3-q1"})
    planned.push_back({{"question", question}, {"auditor", stage.names.at("auditor")}});
  stage.must("lead", "POST", audit + "/items", Json{{"items", planned}}.dump(), {"If-Match: {etag}"});
  const std::string record = audit.substr(std::string("/api/v1/").size());
  Json session = {{"auditor", stage.names.at("lead")}, {"topics", "All"}, {"zone", "UTC"}, {"mode", "on_site"}};
  session.update(free_time());
  stage.act("lead", record, "issue_plan", {{"sessions", Json::array({session})}});
  for (const auto& [question, item] : items_of(stage, audit)) {
    stage.must("auditor", "PUT", audit + "/items/" + item.at("id").get<std::string>(),
               Json{{"result", "conforms"}, {"notes", "Seen at " + question}}.dump(), {"If-Match: {etag}"});
  }
  return audit;
}

/// An answer to a planned question, and a question that is planned.
std::vector<Row> work_goes_on(const std::string& audit, const Json& item) {
  return {{"an answer is given",
           "auditor",
           "PUT",
           audit + "/items/" + item.at("id").get<std::string>(),
           {"If-Match: {etag}"},
           R"({"result":"conforms","notes":"Since June."})",
           200,
           {"\"answered\""},
           {},
           {"audit.item_answered"}},
          {"a question is planned",
           "lead",
           "POST",
           audit + "/items",
           {"If-Match: {etag}"},
           R"({"items":[{"question":"1.4-q1","auditor":"{auditor}"}]})",
           200,
           {},
           {},
           {"audit.items_planned", "audit.item_planned"}}};
}

TEST_CASE("a running audit moves to a newer catalogue when a person accepts it, and no answer is lost") {
  const std::string engine = GENERATE(as<std::string>(), "sqlite", "postgresql");
  INFO("engine: " << engine);
  if (engine == "postgresql" && std::getenv("ASSAY_TEST_POSTGRES") == nullptr)
    SKIP("ASSAY_TEST_POSTGRES is not set: PostgreSQL is NOT tested");
  Stage stage(engine);
  stage.serve_with({"sound"});
  const std::string audit = audit_with_answers(stage, "moving"), move = audit + "/catalogue/move";
  const Json before = stage.must("lead", "GET", audit);
  const std::string old_hash = before.at("fields").at("catalogue_hash"),
                    old_package = before.at("fields").at("package_hash");
  const Json same = stage.must("lead", "GET", move);
  CHECK(same.at("from") == same.at("to"));
  CHECK(same.at("questions").at("kept").size() == 3);
  stage.run({"nothing to move to",
             "lead",
             "POST",
             move,
             {"If-Match: {etag}"},
             Json{{"to", old_hash}}.dump(),
             409,
             {"already"}});

  stage.serve_with({"sound", "sound-newer"});
  const Json proposed = stage.must("lead", "GET", move);
  CHECK(proposed.at("from").at("sha256") == Json(old_hash));
  CHECK(proposed.at("from").at("package_hash") == Json(old_package));
  CHECK(proposed.at("to").at("plugin_version") == Json("1.10.0"));
  CHECK(proposed.at("questions") ==
        Json{{"kept", {"1.1-q1"}}, {"changed", {"1.2-q1"}}, {"added", {"1.4-q1"}}, {"removed", {"1.3-q1"}}});
  CHECK(proposed.at("answers") == Json{{"kept", 1}, {"review", 1}, {"changed", 0}, {"left", 1}});
  const std::string to = proposed.at("to").at("sha256"), accepted = Json{{"to", to}}.dump();
  CHECK(stage.must("lead", "GET", audit) == before);
  stage.events_since();
  stage.run({{"not by an auditor", "auditor", "POST", move, {"If-Match: {etag}"}, accepted, 403},
             {"not another than was shown",
              "lead",
              "POST",
              move,
              {"If-Match: {etag}"},
              Json{{"to", old_hash}}.dump(),
              422,
              {"/to"}},
             {"not without the version", "lead", "POST", move, {}, accepted, 428},
             {"not with more", "lead", "POST", move, {"If-Match: {etag}"}, R"({"to":"x","keep":[]})", 422, {"/keep"}},
             {"accepted",
              "lead",
              "POST",
              move,
              {"If-Match: {etag}", "Idempotency-Key: move"},
              accepted,
              200,
              {to, proposed.at("to").at("package_hash")},
              {},
              {"audit.catalogue_moved", "audit.item_moved", "audit.item_moved"}}});

  const auto items = items_of(stage, audit);
  REQUIRE(items.size() == 3);
  const auto is = [&](const char* question, const char* status, const std::string& hash) {
    const Json& item = items.at(question);
    INFO(item.dump());
    CHECK(item.at("status") == Json(status));
    CHECK(item.at("catalogue_hash") == Json(hash));
    CHECK(item.at("result") == Json("conforms"));
    CHECK(item.at("notes") == Json(std::string("Seen at ") + question));
    CHECK(item.at("answered_by") == Json(stage.names.at("auditor")));
  };
  is("1.1-q1", "answered", to);
  is("1.2-q1", "review", to);
  is("1.3-q1", "answered", old_hash);
  stage.run({{"it counts as unanswered",
              "lead",
              "GET",
              audit + "/items",
              {},
              "",
              200,
              {"\"unanswered\":1", "\"conforms\":2"}},
             {"it has an answer, which is not dropped",
              "lead",
              "DELETE",
              audit + "/items/" + items.at("1.2-q1").at("id").get<std::string>() + "?reason=Gone.",
              {"If-Match: {etag}"},
              "",
              409},
             {"both hashes are in the log",
              "lead",
              "GET",
              audit + "/events?full=true&limit=200",
              {},
              "",
              200,
              {old_hash, to, "\"moved\""}}});

  const std::string record = audit.substr(std::string("/api/v1/").size());
  stage.act("lead", record, "open",
            {{"opening_on", day()},
             {"opening_attendance", Json::array({{{"name", "Petra Sommer"}, {"function", "Head of IT operations"}}})}});
  stage.act("lead", record, "begin_fieldwork");
  stage.events_since();
  stage.run({{"no conclusion while an answer is to be reviewed",
              "lead",
              "POST",
              audit + "/commands/conclude",
              {"If-Match: {etag}"},
              R"({"conclusions":"Fine."})",
              409,
              {"items_answered"}}});
  stage.run(work_goes_on(audit, items.at("1.2-q1")));
  stage.run({{"what is gone is not",
              "lead",
              "POST",
              audit + "/items",
              {"If-Match: {etag}"},
              R"({"items":[{"question":"1.3-q1","subject":"site:Hamburg"}]})",
              422}});

  stage.serve_with({});
  stage.run(
      {{"without the plugin it goes on as it is", "lead", "GET", audit + "/items", {}, "", 200, {"\"conforms\":3"}},
       {"and moves nowhere", "lead", "GET", move, {}, "", 409, {"offers it no more"}}});
}

TEST_CASE("what an audit is pinned to can be read when its package has lost another language") {
  Stage stage("sqlite");
  stage.serve_with({"english-works"});
  const std::string catalogue = "/api/v1/" + audit_in(stage, "tongues", "team_confirmed") + "/catalogue";
  stage.must("lead", "PUT", catalogue, R"({"plugin":"org.example.english-works","catalogue":"small","language":"en"})",
             {"If-Match: {etag}"});
  stage.run({{"German fails", "lead", "GET", "/api/v1/catalogues?lang=de", {}, "", 200},
             {"what is pinned stays",
              "auditor",
              "GET",
              catalogue + "?lang=de",
              {},
              "",
              200,
              {"Content-Language: en", "How?"}}});
}

TEST_CASE("who reads what an audit is pinned to does not wait long for a translation that does not come") {
  Stage stage("sqlite");
  stage.serve_with({"english-hangs"});
  const std::string catalogue = "/api/v1/" + audit_in(stage, "hanging", "team_confirmed") + "/catalogue";
  stage.must("lead", "PUT", catalogue, R"({"plugin":"org.example.english-hangs","catalogue":"small","language":"en"})",
             {"If-Match: {etag}"});
  const auto begun = std::chrono::steady_clock::now();
  stage.run(
      {{"as it was pinned", "auditor", "GET", catalogue + "?lang=de", {}, "", 200, {"Content-Language: en", "How?"}}});
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(10));  // which is what other calls have
}

TEST_CASE(
    "what an audit is pinned to can be read and answered after its package was revoked, and nothing new is asked") {
  Stage stage("sqlite");
  stage.serve_with({"sound"});
  const std::string audit = audit_with_answers(stage, "reading"), pinned = audit + "/catalogue";
  const auto pin = [&] {
    return stage.must("lead", "GET", audit).at("fields").at("catalogue_hash").get<std::string>();
  };
  const auto read_as = [&](const std::string& path, const std::string& hash) {
    const Answer answer =
        stage.run({"read", "auditor", "GET", path, {"Accept-Language: de"}, "", 200, {"Content-Language: en"}});
    CHECK(sha256_hex(answer.body) == hash);
    CHECK(answer.header("ETag") == "\"" + hash + "\"");
  };
  const std::string old_hash = pin();
  read_as(pinned, old_hash);
  stage.serve_with({"sound", "sound-newer"});
  read_as(pinned, old_hash);
  const std::string to = stage.must("lead", "GET", pinned + "/move").at("to").at("sha256");
  stage.run({"not yet pinned to", "lead", "GET", audit + "/catalogues/" + to, {}, "", 404, {"pinned"}});
  stage.must("lead", "POST", pinned + "/move", Json{{"to", to}}.dump(), {"If-Match: {etag}"});
  read_as(pinned, to);
  read_as(audit + "/catalogues/" + to, to);
  read_as(audit + "/catalogues/" + old_hash, old_hash);  // an item stays with it

  {
    PackageStore store(stage.data() / "plugins", PackageStore::Use::change);
    for (const Json& plugin : stage.list("admin", "/api/v1/plugins")) {
      if (plugin.at("id") == "org.example.sound")
        store.revoke_package(plugin.at("hash"), "it lies", {"root", Instant{}});
    }
  }
  stage.serve_with({"sound", "sound-newer"});
  read_as(pinned, to);
  read_as(audit + "/catalogues/" + old_hash, old_hash);
  const auto items = items_of(stage, audit);
  stage.run({{"no other language is asked for", "lead", "GET", pinned + "?lang=de", {}, "", 200, {"\"" + to + "\""}}});
  stage.run(work_goes_on(audit, items.at("1.2-q1")));
  stage.run({{"nothing is offered to move to", "lead", "GET", pinned + "/move", {}, "", 409, {"offers it no more"}},
             {"nor to begin with", "lead", "PUT", pinned, {"If-Match: {etag}"}, chosen, 404},
             {"and it is told why", "admin", "GET", "/api/v1/plugins", {}, "", 200, {"is revoked: it lies"}}});
}

}  // namespace
}  // namespace assay::test::catalogue_move_test
