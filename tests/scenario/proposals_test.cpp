// Two pairs of eyes: a command that waits for a second person, and whose task that is.
#include <algorithm>

#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::proposals_test {
namespace {

const std::vector<std::string> version = {"If-Match: {etag}"};

std::string waiting(Stage& stage, const std::string& finding) {
  return stage.must("top", "GET", finding + "/proposals").at("proposals").at(0).at("id");
}

/// All that awaits somebody, in pages of `limit`.
std::vector<Json> tasks(Stage& stage, const std::string& who, int limit = 200) {
  std::vector<Json> all;
  std::string target = "/api/v1/me/tasks?lang=de&limit=" + std::to_string(limit);
  while (!target.empty()) {
    const Answer answer = stage.ask(who, "GET", target);
    REQUIRE(answer.status == 200);
    const Json page = parsed(answer);
    all.insert(all.end(), page.at("items").begin(), page.at("items").end());
    const std::string link = answer.header("Link");
    target = link.empty() ? std::string() : link.substr(1, link.find('>') - 1);
  }
  return all;
}

/// The commands that await somebody's confirmation on the record.
std::vector<std::string> to_confirm(Stage& stage, const std::string& who, const std::string& record) {
  std::vector<std::string> commands;
  for (const Json& task : tasks(stage, who)) {
    if (task.at("href") != record) continue;
    for (const Json& proposal : task.at("proposals")) commands.push_back(proposal.at("command"));
  }
  return commands;
}

/// Those of the cast to whom the record is a task because a proposal waits on it.
std::string asked_about(Stage& stage, const std::string& record) {
  std::string names;
  for (const char* who :
       {"admin", "manager", "top", "lead", "auditor", "colleague", "auditee", "owner", "nobody", "other"}) {
    if (!to_confirm(stage, who, record).empty()) names += (names.empty() ? "" : " ") + std::string(who);
  }
  return names;
}

TEST_CASE("a command for two waits, and takes effect when another person confirms it") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string finding = "/api/v1/" + issued_nonconformity(stage, "lowered", "audits/" + stage.names.at("audit"));
  const std::string ask = R"({"reason":"One system only.","regrade_evidence":"Logs of the others."})";
  stage.run({{"offered as such", "lead", "GET", finding + "/commands", {}, "", 200, {"\"needs_second\":true"}},
             {"incomplete",
              "lead",
              "POST",
              finding + "/commands/lower_grade",
              version,
              "{}",
              422,
              {"/reason", "/regrade_evidence"}},
             {"by who may not", "owner", "POST", finding + "/commands/lower_grade", version, ask, 403},
             {"proposed",
              "manager",
              "POST",
              finding + "/commands/lower_grade",
              version,
              ask,
              202,
              {"\"grade\":\"major\"", "ETag: \"v3\""},
              {},
              {"nonconformity.proposed"}}});
  const std::string path = finding + "/proposals/" + waiting(stage, finding);
  stage.run({{"told of",
              "lead",
              "GET",
              finding + "/proposals",
              {},
              "",
              200,
              {"lower_grade", "One system only.", "{manager}"}},
             {"not by who proposed it", "manager", "POST", path + "/confirm", version, "", 403, {"another person"}},
             {"nor declined by anybody", "owner", "POST", path + "/decline", version, "{}", 403},
             {"not by who may not", "auditor", "POST", path + "/confirm", version, "", 403},
             {"no such proposal", "top", "POST", finding + "/proposals/01890a5d-ac96-774b-bcce-b302099a8099/confirm",
              version, "", 404},
             {"confirmed",
              "top",
              "POST",
              path + "/confirm",
              {version[0], "Idempotency-Key: confirm-" + engine},
              "",
              200,
              {"\"grade\":\"minor\""},
              {},
              {"nonconformity.grade_lowered"}},
             {"once", "top", "POST", path + "/confirm", version, "", 404},
             {"both are known",
              "lead",
              "GET",
              finding + "/events?type=nonconformity.grade_lowered",
              {},
              "",
              200,
              {"\"actor\":\"{manager}\"", "\"second\":\"{top}\""}},
             {"none is left", "lead", "GET", finding + "/proposals", {}, "", 200, {"\"proposals\":[]"}}});
}

TEST_CASE("a proposal is declined or withdrawn with a word, and is decided anew when it is confirmed") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string finding = "/api/v1/" + issued_nonconformity(stage, "declined", "audits/" + stage.names.at("audit"));
  const std::string ask = R"({"reason":"One system only.","regrade_evidence":"Logs."})",
                    command = finding + "/commands/lower_grade";
  stage.run({"proposed", "lead", "POST", command, version, ask, 202, {}, {}, {"nonconformity.proposed"}});
  stage.run({"declined",
             "top",
             "POST",
             finding + "/proposals/" + waiting(stage, finding) + "/decline",
             version,
             R"({"comment":"It is major."})",
             200,
             {"\"grade\":\"major\""},
             {},
             {"nonconformity.proposal_declined"}});
  stage.run({"proposed again", "lead", "POST", command, version, ask, 202, {}, {}, {"nonconformity.proposed"}});
  stage.run({"withdrawn by who proposed it",
             "lead",
             "POST",
             finding + "/proposals/" + waiting(stage, finding) + "/decline",
             version,
             "{}",
             200,
             {},
             {},
             {"nonconformity.proposal_declined"}});
  stage.run({"and once more", "lead", "POST", command, version, ask, 202, {}, {}, {"nonconformity.proposed"}});
  const std::string path = finding + "/proposals/" + waiting(stage, finding) + "/confirm";
  stage.act("auditee", finding.substr(8), "dispute", {{"dispute", "Not so."}});
  stage.run({{"the world has moved", "top", "POST", path, {"If-Match: \"v3\""}, "", 412},
             {"still possible",
              "top",
              "POST",
              path,
              version,
              "",
              200,
              {"\"grade\":\"minor\""},
              {},
              {"nonconformity.grade_lowered"}}});
}

TEST_CASE("what waits for a second person is a task of whoever may be that person, until it is settled") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string audit = "audits/" + stage.names.at("audit");
  const std::string record = issued_nonconformity(stage, "tasked_pair", audit), finding = "/api/v1/" + record;
  const Json ask = {{"reason", "One system only."}, {"regrade_evidence", "Logs."}};
  CHECK(asked_about(stage, finding) == "");
  stage.act("lead", record, "lower_grade", ask);
  CHECK(asked_about(stage, finding) == "admin manager top");
  for (const Json& task : tasks(stage, "top")) {
    if (task.at("href") != finding) continue;
    CHECK(task.at("commands") == Json::array());
    const Json& proposal = task.at("proposals").at(0);
    CHECK(proposal.at("id") == waiting(stage, finding));
    CHECK(proposal.at("label") == "Niedriger einstufen");
    CHECK(proposal.at("proposer") == stage.names.at("lead"));
    CHECK(proposal.at("at").is_string());
  }

  SECTION("declined") {
    stage.must("top", "POST", finding + "/proposals/" + waiting(stage, finding) + "/decline", "{}", version);
  }
  SECTION("withdrawn by who proposed it") {
    stage.must("lead", "POST", finding + "/proposals/" + waiting(stage, finding) + "/decline", "{}", version);
  }
  SECTION("confirmed") {
    stage.must("top", "POST", finding + "/proposals/" + waiting(stage, finding) + "/confirm", "", version);
  }
  SECTION("another one beside it") {
    stage.act("manager", record, "extend_response", {{"respond_until", day(60)}, {"reason", "Holidays."}});
    CHECK(to_confirm(stage, "top", finding) == std::vector<std::string>{"lower_grade", "extend_response"});
    CHECK(to_confirm(stage, "manager", finding) == std::vector<std::string>{"lower_grade"});
    CHECK(to_confirm(stage, "lead", finding).empty());
    stage.must("top", "POST", finding + "/proposals/" + waiting(stage, finding) + "/decline", "{}", version);
    CHECK(to_confirm(stage, "top", finding) == std::vector<std::string>{"extend_response"});
    CHECK(to_confirm(stage, "manager", finding).empty());
    stage.must("manager", "POST", finding + "/proposals/" + waiting(stage, finding) + "/decline", "{}", version);
  }
  CHECK(asked_about(stage, finding) == "");
}

TEST_CASE(
    "a seat above the record makes somebody a second person, and a state that does not accept the command nobody") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string audit = "audits/" + stage.names.at("audit");
  const std::string record = issued_nonconformity(stage, "seated_pair", audit), finding = "/api/v1/" + record;
  stage.act("auditee", record, "dispute", {{"dispute", "Not so."}});
  stage.act("top", record, "withdraw_in_dispute", {{"settlement", "It was not so."}});
  CHECK(asked_about(stage, finding) == "admin manager lead");
  stage.act("manager", record, "uphold", {{"settlement", "It was so."}});
  CHECK(asked_about(stage, finding) == "");
  CHECK(waiting(stage, finding) != "");
}

TEST_CASE("what is to be confirmed stands among all that awaits somebody, each record once, in pages without loss") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string audit = "audits/" + stage.names.at("audit");
  std::vector<std::string> findings;
  for (const int days : {50, 20, 40, 20, 30}) {
    const std::string record = issued_nonconformity(stage, "paged_pair", audit);
    if (days != 40)
      stage.act("lead", record, "lower_grade", {{"reason", "One system."}, {"regrade_evidence", "Logs."}});
    stage.act("owner", record, "extend_response", {{"respond_until", day(days)}, {"reason", "Holidays."}});
    findings.push_back("/api/v1/" + record);
  }
  stage.must("manager", "POST", findings[4] + "/proposals/" + waiting(stage, findings[4]) + "/confirm", "", version);
  const auto whole = tasks(stage, "top");
  std::string before;
  for (const Json& task : whole) {
    const std::string due = task.at("due").is_null() ? "9999-12-31" : task.at("due").get<std::string>();
    CHECK(due >= before);
    before = due;
  }
  for (const std::string& finding : findings)
    CHECK(std::ranges::count_if(whole, [&](const Json& task) { return task.at("href") == finding; }) == 1);
  for (const int limit : {1, 2, 3}) CHECK(tasks(stage, "top", limit) == whole);
}

}  // namespace
}  // namespace assay::test::proposals_test
