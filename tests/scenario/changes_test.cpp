// What changed since the last audit: of a programme and of what hangs below it, as far as one sees it.
#include <algorithm>
#include <map>

#include "scenario/portfolio.h"
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::changes_test {
namespace {

/// The changes by the name under which the stage keeps the record.
std::map<std::string, Json> changes_of(Stage& stage, const std::string& who, const std::string& path) {
  std::map<std::string, Json> found;
  const Json answer = stage.must(who, "GET", path);
  for (const Json& item : answer.at("items")) {
    for (const auto& [name, id] : stage.names) {
      if (item.at("id") == id) found[name] = item;
    }
  }
  return found;
}

/// A surveillance of the client by body_lead, kept under `name`, in fieldwork, with an answer to its one question; when
/// that was given.
std::string answered_audit(Stage& stage, const std::string& client, const std::string& name) {
  const std::string audit =
      made(stage, name, "planner", "certification-audits", surveillance_of(stage, client, "Audit " + name));
  propose_team(stage, audit);
  agree_on_plan(stage, client + "_customer", audit, {"A.8.13-q1"});
  stage.act("body_lead", audit, "open",
            {{"opening_on", day()}, {"opening_attendance", Json::array({{{"name", "Vera Speicher"}}})}});
  stage.act("body_lead", audit, "begin_fieldwork");
  const std::string items = "/api/v1/" + audit + "/items";
  const std::string item = items + "/" + stage.list("body_lead", items).at(0).at("id").get<std::string>();
  return stage
      .must("body_lead", "PUT", item, R"({"result":"conforms","notes":"Seen."})",
            {"If-Match: " + stage.etag(item, "body_lead")})
      .at("answered_at");
}

/// The commands of a change, as "COMMAND COMMAND".
std::string steps_of(const Json& change) {
  std::string commands;
  for (const Json& step : change.at("steps"))
    commands += (commands.empty() ? "" : " ") + step.at("command").get<std::string>();
  return commands;
}

TEST_CASE("changes begin with the last answer of the last finished audit, and tell each record with its steps") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  Json input = parsed(stage.ask("manager", "GET", "/api/v1/audit-programmes/{programme}")).at("fields");
  for (const char* field : {"review_overdue", "next_review_on"}) input.erase(field);
  input["programme_manager"] = seat(stage, "manager");
  const std::string programme = made(stage, "changed_programme", "manager", "audit-programmes", input);
  const std::string path = "/api/v1/" + programme + "/changes?limit=200";
  const Json early = stage.must("manager", "GET", path);
  CHECK(early.at("audit").is_null());
  REQUIRE(early.at("items").size() == 1);
  CHECK(early.at("items").at(0).at("change") == "made");
  CHECK(early.at("items").at(0).at("steps").at(0).at("command") == "draft");

  stage.act("top", programme, "approve", {{"next_review_on", day(120)}});
  const std::string usual = stage.names.at("programme");
  stage.names["programme"] = stage.names.at("changed_programme");
  const std::string old = audit_in(stage, "changed_old", "planned");
  const std::string done = audit_in(stage, "changed_done", "closed_meeting");
  const std::string never = audit_in(stage, "changed_never", "plan_issued");
  stage.names["programme"] = usual;
  for (const Json& item : stage.list("lead", "/api/v1/" + never + "/items"))
    stage.must("lead", "PUT", "/api/v1/" + never + "/items/" + item.at("id").get<std::string>(),
               R"({"result":"conforms","notes":"Seen and in order."})", {"If-Match: {etag}"});
  stage.act("manager", never, "cancel", {{"reason", "Site closes"}});
  stage.act("manager", old, "revise", {{"title", "Another title"}});
  issued_nonconformity(stage, "changed_finding", done);
  const std::string proof =
      stage
          .must("auditor", "POST", "/api/v1/" + done + "/evidence",
                R"({"kind":"interview","role":"Clerk","title":"Tour","description":"Racks were locked."})")
          .at("id");
  stage.must("auditor", "POST", "/api/v1/" + done + "/evidence/" + proof + "/withdrawal", R"({"reason":"Twice"})",
             {"If-Match: \"v1\""});
  const auto changed = changes_of(stage, "manager", path + "&lang=de");
  const Json answer = stage.must("manager", "GET", path);
  CHECK(answer.at("audit").at("id") == stage.names.at("changed_done"));
  REQUIRE(changed.size() == 4);
  CHECK_FALSE(changed.contains("changed_programme"));
  CHECK(changed.at("changed_old").at("change") == "edited");
  CHECK(changed.at("changed_old").at("title") == "Another title");
  REQUIRE(changed.at("changed_old").at("steps").size() == 1);
  CHECK(changed.at("changed_old").at("steps").at(0).at("label") == "Planung überarbeiten");
  CHECK(changed.at("changed_done").at("change") == "moved");
  std::string steps;
  for (const Json& step : changed.at("changed_done").at("steps")) steps += step.at("command").get<std::string>() + " ";
  CHECK(steps.ends_with("attach_evidence withdraw_evidence "));
  CHECK(changed.at("changed_done").at("steps").back().at("label") != "withdraw_evidence");
  CHECK(changed.at("changed_never").at("change") == "made");
  CHECK(changed.at("changed_finding").at("change") == "made");
  CHECK(changed.at("changed_finding").at("steps").size() == 2);
  const auto since = changes_of(stage, "manager", path + "&since=" + day(-1));
  CHECK(since.size() == 5);
  CHECK(since.contains("changed_programme"));
  CHECK(changes_of(stage, "manager", path + "&since=" + day(1)).empty());
}

TEST_CASE("changes of a client begin with its last audit, and without one with the client") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  set_the_body(stage);
  move_in(stage, {"visited", "Speicherstadt", "921", "Vera Speicher"});
  const std::string client = "clients/" + stage.names.at("visited_client"),
                    path = "/api/v1/" + client + "/changes?limit=200";
  const auto now = [&] { return stage.must("mover", "GET", path); };
  const auto changed = [&] { return changes_of(stage, "mover", path); };
  CHECK(now().at("audit").is_null());
  CHECK(now().at("since") < stage.must("mover", "GET", "/api/v1/" + client).at("created"));
  REQUIRE(changed().size() == 3);
  for (const char* part : {"visited_client", "visited_contract", "visited_programme"})
    CHECK(changed().at(part).at("change") == "made");
  stage.act("mover", client, "correct", {{"reason", "Moved"}, {"address", "Kai 3"}});
  CHECK(steps_of(changed().at("visited_client")) == "adopt correct");

  // An audit that still takes answers has not looked at it all.
  const std::string answered = answered_audit(stage, "visited", "visited_audit");
  const std::string audit = "certification-audits/" + stage.names.at("visited_audit");
  CHECK(now().at("audit").is_null());
  stage.act("body_lead", audit, "conclude", {{"conclusions", "Conforms."}});
  CHECK(now().at("audit").at("id") == stage.names.at("visited_audit"));
  CHECK(now().at("audit").at("type") == "certification-audit");
  CHECK(now().at("since") == answered);
  REQUIRE(changed().size() == 1);
  CHECK(changed().at("visited_audit").at("change") == "moved");
  CHECK(steps_of(changed().at("visited_audit")) == "conclude");

  // What comes after it, beside what lies before it on the same day.
  stage.act("mover", client, "correct", {{"reason", "Moved again"}, {"address", "Kai 4"}});
  made(stage, "visited_next", "planner", "certification-audits", surveillance_of(stage, "visited", "Next", 30));
  REQUIRE(changed().size() == 3);
  CHECK(changed().at("visited_client").at("change") == "edited");
  CHECK(steps_of(changed().at("visited_client")) == "correct");
  CHECK(changed().at("visited_next").at("change") == "made");
  const auto today = changes_of(stage, "mover", path + "&since=" + day(-1));
  CHECK(today.size() == 5);
  CHECK(steps_of(today.at("visited_client")) == "adopt correct correct");
  CHECK(changes_of(stage, "mover", path + "&since=" + day(1)).empty());

  // Another audit is the last one when it has looked at it all, too.
  const std::string later = answered_audit(stage, "visited", "visited_later");
  CHECK(now().at("since") == answered);
  stage.act("body_lead", "certification-audits/" + stage.names.at("visited_later"), "conclude",
            {{"conclusions", "Conforms."}});
  CHECK(now().at("since") == later);
  CHECK(now().at("audit").at("id") == stage.names.at("visited_later"));
  REQUIRE(changed().size() == 1);
  CHECK(steps_of(changed().at("visited_later")) == "conclude");
}

TEST_CASE("a client is told its own changes, and nothing of when its audits were answered") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  set_the_body(stage);
  move_in(stage, {"told", "Fischmarkt", "922", "Thea Markt"});
  move_in(stage, {"untold", "Landungsbrücken", "923", "Udo Brücke"});
  answered_audit(stage, "told", "told_audit");
  stage.act("body_lead", "certification-audits/" + stage.names.at("told_audit"), "conclude",
            {{"conclusions", "Conforms."}});
  made(stage, "told_draft", "planner", "certification-audits", surveillance_of(stage, "told", "Not yet told", 30));
  const std::string path = "/api/v1/clients/{told_client}/changes";
  CHECK(stage.must("mover", "GET", path).at("audit").at("id") == stage.names.at("told_audit"));

  const Json own = stage.must("told_customer", "GET", path);
  CHECK(own.at("audit").is_null());
  CHECK(own.at("since") < stage.must("mover", "GET", "/api/v1/clients/{told_client}").at("created"));
  const auto seen = changes_of(stage, "told_customer", path);
  CHECK(seen.size() == 3);
  for (const char* part : {"told_client", "told_contract", "told_programme"}) {
    INFO(part);
    REQUIRE(seen.contains(part));
    CHECK(seen.at(part).at("steps").empty());
  }
  stage.run({{"another client", "untold_customer", "GET", path, {}, "", 404},
             {"nor since a day", "untold_customer", "GET", path + "?since=" + day(-1), {}, "", 404},
             {"an internal auditor", "lead", "GET", path, {}, "", 404},
             {"a person without a role", "nobody", "GET", path, {}, "", 404},
             {"another organisation", "other", "GET", path, {}, "", 404},
             {"nobody signed in", "", "GET", path, {}, "", 401},
             {"the body", "approver", "GET", path, {}, "", 200, {"{told_audit}"}, {"{untold_client}"}}});
}

TEST_CASE("changes are told of what one may see") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string path = "/api/v1/audit-programmes/{programme}/changes";
  stage.run({
      {"an internal auditor", "lead", "GET", path + "?since=" + day(-1), {}, "", 200, {"\"steps\":[{"}},
      {"of an audit, who is seated there", "auditor", "GET", "/api/v1/audits/{audit}/changes", {}, "", 200},
      {"of what has no audits, since a day",
       "admin",
       "GET",
       "/api/v1/management-reviews/{review}/changes?since=" + day(-1),
       {},
       "",
       200,
       {"\"audit\":null"}},
      {"and not its whole past",
       "admin",
       "GET",
       "/api/v1/management-reviews/{review}/changes",
       {},
       "",
       400,
       {"?since"}},
      {"a person without a role", "nobody", "GET", path, {}, "", 404},
      {"another organisation", "other", "GET", path, {}, "", 404},
      {"nobody signed in", "", "GET", path, {}, "", 401},
      {"since when", "lead", "GET", path + "?since=yesterday", {}, "", 400, {"?since"}},
      {"a day that does not exist", "lead", "GET", path + "?since=2026-02-30", {}, "", 400, {"?since"}},
      {"a cursor of another list", "lead", "GET", path + "?cursor=e30", {}, "", 400},
  });
}

}  // namespace
}  // namespace assay::test::changes_test
