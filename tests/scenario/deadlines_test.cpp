// A programme chooses how deadlines of its findings count; the API shows them by that choice.
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::deadlines_test {
namespace {

std::string deadlines_from(Stage& stage, const std::string& record) {
  return stage.must("lead", "GET", "/api/v1/" + record).at("fields").value("deadlines_from", "");
}

TEST_CASE("deadlines of a programme that counts from the report begin with it, or with the end of the audit") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  OwnProgramme programme(stage);
  programme.choose("deadline_start", "report");
  const std::string audit = audit_in(stage, "counted_from_report", "fieldwork");
  const std::string finding = issued_nonconformity(stage, "waiting_for_report", audit);
  CHECK(deadlines_from(stage, finding).empty());
  CHECK(stage.must("lead", "GET", "/api/v1/" + finding).at("due").is_null());
  stage.events_since();
  stage.run({"terminated",
             "lead",
             "POST",
             "/api/v1/" + audit + "/commands/terminate",
             {"If-Match: {etag}"},
             R"({"reason":"No access to the site."})",
             200,
             {},
             {},
             {"audit.terminated", "nonconformity.deadlines_reckoned"}});
  CHECK(deadlines_from(stage, finding) == day());
  CHECK(stage.must("lead", "GET", "/api/v1/" + finding).at("due") == day(30));
  stage.run({"nobody begins them",
             "lead",
             "POST",
             "/api/v1/" + finding + "/commands/begin_deadlines",
             {"If-Match: {etag}"},
             "{}",
             403});
}

TEST_CASE("a choice is told with its options, refused with others, and kept with who made it") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  OwnProgramme programme(stage);
  const std::string path = "/api/v1/" + programme.path(), command = path + "/commands/choose_policy";
  stage.run({{"offered",
              "manager",
              "GET",
              path + "/commands",
              {},
              "",
              200,
              {"choose_policy", "Day of the report", "Working days"}},
             {"an option of another choice",
              "manager",
              "POST",
              command,
              {"If-Match: {etag}"},
              R"({"choice":"deadline_start","choice_value":"working_days","policy_reason":"x"})",
              422,
              {"/choice_value", "(issue)", "(last_audit_day)", "(report)"}},
             {"none that there is",
              "manager",
              "POST",
              command,
              {"If-Match: {etag}"},
              R"({"choice":"deadline_start","choice_value":"never","policy_reason":"x"})",
              422,
              {"/choice_value"}},
             {"not by an auditor",
              "auditor",
              "POST",
              command,
              {"If-Match: {etag}"},
              R"({"choice":"deadline_start","choice_value":"report","policy_reason":"x"})",
              404}});
  programme.choose("response_days", "working_days");
  stage.run({"kept",
             "manager",
             "GET",
             path,
             {},
             "",
             200,
             {"\"choice\":\"response_days\"", "\"choice_value\":\"working_days\"", "\"second\":\"{top}\""}});
  const std::string audit = audit_in(stage, "in_working_days", "fieldwork");
  const std::string finding = issued_nonconformity(stage, "due_in_working_days", audit);
  CHECK(deadlines_from(stage, finding) == day());
  // Thirty working days are six weeks, two days less from a weekend, and more by each holiday.
  const std::string due = stage.must("lead", "GET", "/api/v1/" + finding).at("due");
  CHECK(due >= day(40));
  CHECK(due <= day(60));
}

}  // namespace
}  // namespace assay::test::deadlines_test
