// A major of a certified client that needs an audit, from its plan to its end: who is told to name the audit, what
// waits for it, and the follow-up that has something to check.
#include <algorithm>

#include "scenario/portfolio.h"
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::verification_audit_test {
namespace {

/// The headers of a command that body_lead gives on the record as it is now; administrators do not see it.
std::vector<std::string> as_it_is(Stage& stage, const std::string& record, const char* language = "en") {
  return {"If-Match: " + stage.etag("/api/v1/" + record, "body_lead"), std::string("Accept-Language: ") + language};
}

/// An adopted surveillance of the client, whose report is issued, by body_lead.
std::string reported_surveillance(Stage& stage, const std::string& name, const std::string& key,
                                  const std::string& number) {
  Json input = surveillance_of(stage, key, "Surveillance of the yard", -60);
  input.update({{"state", "follow_up"},
                {"number", number},
                {"entered_on", day(-20)},
                {"lead_auditor", seat(stage, "body_lead")},
                {"opening_on", day(-60)},
                {"closing_on", day(-59)},
                {"last_audit_day", day(-59)},
                {"report_issued_on", day(-30)},
                {"conclusions", "One major."},
                {"effectiveness", "Effective but for one major."},
                {"recommendation", "conditional_on_visit"},
                {"deviations", "None."}});
  return adopted(stage, name, "certification-audits", "adopt", input);
}

/// A nonconformity of that audit as it was issued elsewhere.
std::string issued_elsewhere(Stage& stage, const std::string& name, const std::string& audit, const char* grade,
                             const std::string& number) {
  return adopted(stage, name, "client-nonconformities", "adopt",
                 {{"state", "issued"},
                  {"number", number},
                  {"entered_on", day(-20)},
                  {"audit", stage.names.at(audit)},
                  {"grade", grade},
                  {"title", "No restore test"},
                  {"clause", "A.8.13"},
                  {"requirement", "Backups are tried out as planned."},
                  {"finding", "No test since the move."},
                  {"objective_evidence", "Log without an entry."},
                  {"issued_on", day(-20)},
                  {"last_audit_day", day(-59)}});
}

/// The client responds and body_lead accepts the plan.
void accept_plan(Stage& stage, const std::string& customer, const std::string& finding, const char* method) {
  stage.act(customer, finding, "respond",
            {{"correction", "Restored."},
             {"extent", "Nowhere else."},
             {"root_cause", "Nobody was named."},
             {"action", "A test each month."},
             {"action_owner", "Head of IT"},
             {"action_due", day(30)}});
  stage.act("body_lead", finding, "begin_plan_review");
  stage.act("body_lead", finding, "accept_plan", {{"verification_method", method}, {"assessment", "Sound."}});
}

/// What planner is asked to do about it, as "COMMAND COMMAND".
std::string asked_of_planner(Stage& stage, const std::string& name) {
  std::string commands;
  for (std::string path = "/api/v1/me/tasks?limit=200", next; !path.empty(); path = next) {
    const Json page = stage.must("planner", "GET", path);
    for (const Json& task : page.at("items")) {
      if (task.at("id") != stage.names.at(name)) continue;
      for (const Json& command : task.at("commands"))
        commands += (commands.empty() ? "" : " ") + command.at("command").get<std::string>();
    }
    next = page.at("next").is_null() ? "" : "/api/v1/me/tasks?limit=200&cursor=" + page.at("next").get<std::string>();
  }
  return commands;
}

/// A follow-up of the client with its team agreed and its catalogue chosen, so that its plan is what comes next.
std::string agreed_follow_up(Stage& stage, const std::string& name, const std::string& key) {
  Json input = surveillance_of(stage, key, "Follow-up of the yard");
  input["purpose"] = "follow_up";
  const std::string audit = made(stage, name, "planner", "certification-audits", input), path = "/api/v1/" + audit;
  propose_team(stage, audit);
  stage.act(key + "_customer", audit, "accept_team");
  stage.must("body_lead", "PUT", path + "/catalogue",
             R"({"plugin":"org.assay.iso27001","catalogue":"iso27001-2022","language":"en"})",
             {"If-Match: " + stage.etag(path, "body_lead")});
  return audit;
}

TEST_CASE("a major that needs an audit waits for a follow-up, which checks it and nothing else") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  set_the_body(stage);
  move_in(stage, {"yard", "Elbwerft", "931", "Yvonne Werft"});
  reported_surveillance(stage, "yard_audit", "yard", "A-931");
  const std::string major = issued_elsewhere(stage, "yard_major", "yard_audit", "major", "N-931");
  CHECK(stage.must("body_lead", "GET", "/api/v1/" + major).at("fields").at("certified") == true);
  accept_plan(stage, "yard_customer", major, "limited_audit");
  CHECK(asked_of_planner(stage, "yard_major") == "assign_audit");
  stage.must("yard_customer", "POST", "/api/v1/" + major + "/evidence",
             R"({"kind":"interview","role":"Head of IT","title":"Restores","description":"Two tests."})");
  stage.act("yard_customer", major, "submit_evidence", {{"implementation", "Tested."}, {"done_on", day()}});

  const std::string audit = agreed_follow_up(stage, "yard_visit", "yard"), plan = plan_of(stage, 2).dump();
  const std::string verify = "/api/v1/" + major + "/commands/begin_verification", who = "body_lead",
                    name = "/api/v1/" + major + "/commands/assign_audit",
                    issue = "/api/v1/" + audit + "/commands/issue_follow_up_plan",
                    issue_other = "/api/v1/" + audit + "/commands/issue_plan",
                    visit = Json{{"checked_in", {stage.names.at("yard_visit")}}}.dump();
  const std::vector<std::string> not_by_documents = {
      "What is needed for the verification must not be Limited additional audit."};
  const std::vector<std::string> nothing = {"\"code\":\"none_in_state\"",
                                            "There are no Client nonconformities that are"};
  const auto version = as_it_is(stage, major), german = as_it_is(stage, major, "de"),
             version_of_audit = as_it_is(stage, audit), german_of_audit = as_it_is(stage, audit, "de");
  stage.run(
      {{"not by documents", who, "POST", verify, version, "{}", 409, not_by_documents},
       {"nor in German", who, "POST", verify, german, "{}", 409, {"darf nicht Begrenztes zusätzliches Audit sein"}},
       {"a follow-up of nothing", who, "POST", issue, version_of_audit, plan, 409, nothing},
       {"nor in German", who, "POST", issue, german_of_audit, plan, 409, {"Es gibt keine", "in diesen Zuständen"}},
       {"nor as any other audit", who, "POST", issue_other, version_of_audit, plan, 409},
       {"the planner names it", "planner", "POST", name, version, visit, 200, {"\"audit_named\":true"}},
       {"and its plan is issued", who, "POST", issue, version_of_audit, plan, 200, {"\"plan_issued\""}}});
  CHECK(asked_of_planner(stage, "yard_major").empty());

  const Json present = Json::array({{{"name", "Yvonne Werft"}}});
  stage.act("body_lead", audit, "open", {{"opening_on", day()}, {"opening_attendance", present}});
  const Json taken_up = stage.must("body_lead", "GET", "/api/v1/" + major);
  CHECK(taken_up.at("state") == "verifying");
  CHECK(taken_up.at("people").at("verifier") == seat(stage, "body_lead"));
  const Json seen{{"verification", "Two restores."}, {"effectiveness", "Works."}, {"assessment", "Effective."}};
  CHECK(stage.act("body_lead", major, "verify", seen).at("state") == "verified");
  CHECK(stage.act("planner", major, "close").at("state") == "closed");
}

TEST_CASE("a cancelled audit gives back what it was to check, and all-closed carries nothing") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  set_the_body(stage);
  move_in(stage, {"dock", "Trockendock", "932", "Dirk Dock"});
  reported_surveillance(stage, "dock_audit", "dock", "A-932");
  const std::string major = issued_elsewhere(stage, "dock_major", "dock_audit", "major", "N-932");
  accept_plan(stage, "dock_customer", major, "full_audit");
  const std::string audit = agreed_follow_up(stage, "dock_visit", "dock");
  stage.act("planner", major, "assign_audit", {{"checked_in", {stage.names.at("dock_visit")}}});
  CHECK(asked_of_planner(stage, "dock_major").empty());
  stage.act("planner", audit, "cancel", {{"reason", "Storm."}});
  CHECK(asked_of_planner(stage, "dock_major") == "assign_audit");

  const std::string programme = "certification-programmes/" + stage.names.at("dock_programme"),
                    path = "/api/v1/" + programme;
  stage.act("planner", programme, "choose_policy",
            {{"choice", "client_minors"}, {"choice_value", "closed"}, {"policy_reason", "Our practice."}});
  const std::string proposal = stage.must("approver", "GET", path + "/proposals").at("proposals").at(0).at("id");
  stage.must("approver", "POST", path + "/proposals/" + proposal + "/confirm", "",
             {"If-Match: " + stage.etag(path, "approver")});
  const std::string minor = issued_elsewhere(stage, "dock_minor", "dock_audit", "minor", "N-933");
  accept_plan(stage, "dock_customer", minor, "documents");
  CHECK(asked_of_planner(stage, "dock_minor").empty());
  stage.run({{"it is closed before the certificate",
              "body_lead",
              "POST",
              "/api/v1/" + minor + "/commands/carry",
              as_it_is(stage, minor),
              "{}",
              409,
              {"To be closed before a certificate must not be"}}});
}

}  // namespace
}  // namespace assay::test::verification_audit_test
