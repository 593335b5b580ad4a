// What changed since the last audit: of a programme and of what hangs below it, as far as one sees it.
#include <algorithm>
#include <map>

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
