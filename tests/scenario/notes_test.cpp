// Working notes: their author writes, reads and deletes them; nobody else finds a trace of them, whoever they are and
// wherever they look.
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::notes_test {
namespace {

const std::vector<std::string> first_version = {"If-Match: \"v1\""}, second_version = {"If-Match: \"v2\""};

/// Words that stand in notes and nowhere else.
const char* const secret = "Zwiebelturm";

/// A consultant to whom a grant opens the audit.
void let_in(Stage& stage, const std::string& who, const std::string& audit) {
  stage.join(who, "Carl Consult", {"consultant"});
  const std::string grant = made(stage, "grant_of_" + who, "manager", "access-grants?command=prepare_organisation",
                                 {{"purpose", "Help"},
                                  {"kind", "consultant"},
                                  {"extent", "work"},
                                  {"valid_from", day()},
                                  {"valid_until", day(30)},
                                  {"grantee", seat(stage, who)},
                                  {"audits", {stage.names.at(audit)}}});
  const std::string record = "access-grants/" + stage.names.at("grant_of_" + who);
  stage.act("top", record, "approve_organisation");
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(15);
  while (stage.must("top", "GET", "/api/v1/" + record).at("state") != "active")
    REQUIRE(std::chrono::steady_clock::now() < deadline);
}

std::string note(const std::string& text) { return Json{{"text", text}}.dump(); }

TEST_CASE("a note is written, changed and deleted by its author, and nothing of it is an event") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string audit = "/api/v1/" + audit_in(stage, "jotted", "plan_issued"), notes = audit + "/notes";
  stage.names["jotted_item"] = stage.list("lead", audit + "/items").at(0).at("id");
  stage.events_since();
  const std::string key = "Idempotency-Key: note-of-" + engine;
  const Answer first = stage.run({"written",
                                  "auditor",
                                  "POST",
                                  notes,
                                  {key},
                                  R"({"text":"Ask who has the keys","item":"{jotted_item}"})",
                                  201,
                                  {"Location: " + notes + "/", "ETag: \"v1\"", "\"item\":\"{jotted_item}\""},
                                  {},
                                  {},
                                  "note"});
  const std::string path = notes + "/{note}";
  stage.run({
      {"once under its key",
       "auditor",
       "POST",
       notes,
       {key},
       R"({"text":"Ask who has the keys","item":"{jotted_item}"})",
       201,
       {"Idempotent-Replayed: true", "{note}"}},
      {"the list, and how long it is kept",
       "auditor",
       "GET",
       notes,
       {},
       "",
       200,
       {"Ask who has the keys", "\"kept\":{\"count\":90,\"unit\":\"calendar_days\",\"until\":null}"}},
      {"seen before", "auditor", "GET", path, {"If-None-Match: \"v1\""}, "", 304},
      {"changed",
       "auditor",
       "PATCH",
       path,
       first_version,
       R"({"text":"Keys: porter","item":null})",
       200,
       {"ETag: \"v2\"", "Keys: porter", "\"item\":null"}},
      {"not by an old version", "auditor", "PATCH", path, first_version, note("x"), 412},
      {"nor without one", "auditor", "DELETE", path, {}, "", 428},
      {"no text", "auditor", "POST", notes, {}, "{}", 422, {"\"pointer\":\"/text\""}},
      {"an empty one", "auditor", "POST", notes, {}, note(""), 422, {"\"pointer\":\"/text\""}},
      {"too long a one", "auditor", "POST", notes, {}, note(std::string(10'001, 'x')), 422, {"1 to 10000 bytes"}},
      {"an item of another audit", "auditor", "POST", notes, {}, R"({"text":"x","item":"{item}"})", 422, {"/item"}},
      {"an item that is none", "auditor", "POST", notes, {}, R"({"text":"x","item":""})", 422, {"/item"}},
      {"a member that is not known", "auditor", "POST", notes, {}, R"({"text":"x","to":"lead"})", 422, {"/to"}},
      {"not at a review", "admin", "POST", "/api/v1/management-reviews/{review}/notes", {}, note("x"), 404},
      {"deleted", "auditor", "DELETE", path, second_version, "", 204},
      {"and gone", "auditor", "GET", path, {}, "", 404},
      {"whoever sits above writes too", "manager", "POST", notes, {}, note("Team is slow"), 201, {}, {}, {}, "note"},
  });
  stage.act("manager", audit.substr(8), "cancel", {{"reason", "Moved to spring."}});
  stage.events_since();
  stage.run({
      {"not after the end", "auditor", "POST", notes, {}, note("Late"), 409, {"come to its end"}},
      {"nor changed", "manager", "PATCH", path, first_version, note("Late"), 409},
      {"but read, with the last day", "manager", "GET", notes, {}, "", 200, {"Team is slow", "\"until\":\"" + day(90)}},
      {"and deleted", "manager", "DELETE", path, first_version, "", 204},
      {"an empty list", "manager", "GET", notes, {}, "", 200, {"\"items\":[]"}},
  });
  CHECK(first.body.find("version") != std::string::npos);
}

TEST_CASE("a programme says how long the notes of its audits are kept") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  OwnProgramme programme(stage);
  const std::string audit = audit_in(stage, "jotted_here", "plan_issued"), notes = "/api/v1/" + audit + "/notes";
  const auto kept = [&] { return stage.must("auditor", "GET", notes).at("kept"); };
  stage.must("auditor", "POST", notes, note("Short-lived"));
  CHECK(kept().at("count") == 90);
  programme.set("working_notes", 30);
  CHECK(kept().at("count") == 30);
  stage.act("manager", audit, "cancel", {{"reason", "Moved to spring."}});
  CHECK(kept().at("until") == day(30));
}

TEST_CASE("nobody else sees that there are notes, whoever they are and wherever they look") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string audit = "/api/v1/" + audit_in(stage, "whispered", "report_issued"), notes = audit + "/notes";
  let_in(stage, "confidant", "whispered");
  stage.names["secret_note"] =
      stage.must("auditor", "POST", notes, note(std::string(secret) + " in the yard")).at("id");
  const std::string path = notes + "/{secret_note}";
  struct Other {
    const char* who;
    int list, one;
  };
  const Other others[] = {{"lead", 200, 404},   {"auditee", 200, 404},   {"manager", 200, 404}, {"admin", 403, 403},
                          {"top", 403, 403},    {"confidant", 403, 403}, {"owner", 404, 404},   {"colleague", 404, 404},
                          {"nobody", 404, 404}, {"other", 404, 404}};
  for (const Other& one : others) {
    INFO(one.who);
    const Answer list = stage.ask(one.who, "GET", notes);
    CHECK(list.status == one.list);
    if (one.list == 200) CHECK(parsed(list).at("items").empty());
    // What is asked for by a grant is noted with the path that was named, so that one names what is not there.
    const bool granted = one.who == std::string_view("confidant");
    const std::string asked = granted ? notes + "/01890a5d-ac96-774b-bcce-b302099a8099" : path;
    CHECK(stage.ask(one.who, "GET", asked).status == one.one);
    CHECK(stage.ask(one.who, "PATCH", asked, note("x"), first_version).status == one.one);
    CHECK(stage.ask(one.who, "DELETE", asked, "", first_version).status == one.one);
    if (one.list != 200) CHECK(stage.ask(one.who, "POST", notes, note("x")).status == one.list);
  }
  for (const char* who : {"auditor", "lead", "auditee", "manager", "admin", "top", "confidant"}) {
    for (const std::string& place :
         {audit, audit + "/events?full=true", audit + "/items", audit + "/evidence", audit + "/links",
          audit + "/reports", audit + "/commands", audit + "/case-file", audit + "/changes?since=" + day(-1),
          std::string("/api/v1/audit-programmes/{programme}/case-file"), std::string("/api/v1/audits?limit=200"),
          std::string("/api/v1/events?full=true&limit=200"), std::string("/api/v1/me/tasks"),
          "/api/v1/search?q=" + std::string(secret)}) {
      INFO(who << " " << place);
      const Answer answer = stage.ask(who, "GET", place);
      CHECK((answer.status == 200 || answer.status == 404));
      CHECK(answer.body.find("in the yard") == std::string::npos);
      CHECK(answer.body.find(stage.names.at("secret_note")) == std::string::npos);
    }
  }
  stage.run({{"its author does", "auditor", "GET", path, {}, "", 200, {secret}}});
}

}  // namespace
}  // namespace assay::test::notes_test
