// A whole internal audit on the shipped record types: team, plan, items, findings, report, follow-up, closure.
#include "workflows/company.h"

namespace assay::test::scenario_test {
namespace {

/// Programme running, audit planned, team confirmed.
RecordId confirmed_audit(Company& company) {
  const auto made = company.make(company.planner, "audit", "plan",
                                 {{"programme", company.name(company.programme)},
                                  {"title", "Operations 2026"},
                                  {"purposes", {"internal"}},
                                  {"objectives", "Conformity and effectiveness"},
                                  {"scope", "Operations"},
                                  {"criteria", {"ISO/IEC 27001:2022"}},
                                  {"methods", {"on_site", "interviews"}},
                                  {"planned_from", "2026-03-02"},
                                  {"planned_to", "2026-03-04"},
                                  {"language", "en"}});
  INFO((made ? std::string() : text_of(made.error())));
  REQUIRE(answer(made) == "-> planned");
  const RecordId audit = company.last;
  take(company, audit,
       {company.planner,
        "propose_team",
        {{"lead_auditor", {company.name(company.lead)}},
         {"auditor", {company.name(company.auditor)}},
         {"auditee", {company.name(company.auditee)}}},
        "team_proposed"});
  CHECK(to_text(company.facts.timers(audit).at("objection_period").day) == "2026-03-05");
  take(company, audit,
       {company.auditee,
        "object",
        {{"objection_ground", "clearance"}, {"objection", "No clearance for the vault"}},
        "objected"});
  take(company, audit,
       {company.planner,
        "propose_team",
        {{"lead_auditor", {company.name(company.lead)}}, {"auditee", {company.name(company.auditee)}}},
        "team_proposed"});
  take(company, audit, {company.auditee, "accept_team", {}, "team_confirmed"});
  return audit;
}

/// The plan is issued after the one item of own work was excepted by top management, and the audit is in the field.
void into_fieldwork(Company& company, RecordId audit) {
  take(company, audit,
       {company.lead,
        "select_catalogue",
        {{"plugin", "iso27001"},
         {"plugin_version", "1.0.0"},
         {"catalogue_id", "iso27001-2022"},
         {"catalogue_version", "2022.1"},
         {"catalogue_hash", std::string(64, 'c')},
         {"catalogue_title", "ISO/IEC 27001:2022"}},
        "team_confirmed"});
  company.facts.add_item(audit, {"iso27001-2022", "A.8.13-q1", "A.8.13", "whole", company.auditor, ""});
  company.facts.add_item(audit, {"iso27001-2022", "A.8.14-q1", "A.8.14", "site:Kiel", company.lead, ""});
  company.facts.answers_for(company.auditor, "item:A.8.13");
  const Json plan{{"sessions", Json::array({{{"auditor", company.name(company.lead)},
                                             {"topics", "Recovery"},
                                             {"starts", "2026-03-02T09:00:00+01:00"},
                                             {"ends", "2026-03-02T11:00:00+01:00"},
                                             {"zone", "Europe/Berlin"},
                                             {"mode", "on_site"}}})}};
  CHECK(answer(company.ask(company.lead, audit, "issue_plan", plan)) == "unmet not_own_area.own_area");
  const Json exception{{"exempt_auditor", company.name(company.auditor)},
                       {"exempt_items", {"A.8.13"}},
                       {"exemption_reason", "Nobody else knows the system"},
                       {"compensating_measure", "The lead auditor repeats the sample"}};
  CHECK(answer(company.act(company.lead, audit, "grant_exception", exception)) == "second");
  CHECK(answer(company.act(Actor{company.lead, company.boss}, audit, "grant_exception", exception)) ==
        "-> team_confirmed");
  const Json& kept = (*company.facts.at(audit).body)["exceptions"];
  REQUIRE(kept.size() == 1);
  CHECK(kept[0]["compensating_measure"] == "The lead auditor repeats the sample");
  take(company, audit, {company.lead, "issue_plan", plan, "plan_issued"});
  const Json present{{{"name", "A. Person"}, {"function", "Head of operations"}}};
  take(company, audit,
       {company.lead, "open", {{"opening_on", "2026-03-02"}, {"opening_attendance", present}}, "opened"});
  take(company, audit, {company.lead, "begin_fieldwork", {}, "fieldwork"});
}

/// A finding that is raised and issued during the audit; `grade` decides whether it is a major.
RecordId finding(Company& company, RecordId audit, const char* grade) {
  const Json statement{
      {"audit", company.name(audit)},
      {"title", "No restore test"},
      {"grade", grade},
      {"clause", "A.8.13"},
      {"requirement", "Backups are tried out"},
      {"finding", "No test since 2024"},
      {"objective_evidence", "Log of 2025"},
      {"items", Json::array({{{"catalogue", "iso27001-2022"}, {"question", "A.8.13-q1"}, {"subject", "whole"}}})}};
  REQUIRE(answer(company.make(company.lead, "nonconformity", "raise", statement)) == "-> draft");
  return company.last;
}

void to_closure(Company& company, RecordId id) {
  company.facts.add_evidence(id, company.now.at);
  const Json response{{"correction", "Test held"},        {"extent", "All sites"},
                      {"root_cause", "Nobody was named"}, {"action", "Name somebody"},
                      {"action_due", "2026-04-15"},       {"action_owner", {company.name(company.owner)}}};
  const std::vector<Step> steps{
      {company.auditee, "respond", response, "response_submitted"},
      {company.lead,
       "accept_plan",
       {{"verification_method", "desk"}, {"verifier", {company.name(company.verifier)}}},
       "plan_accepted"},
      {company.owner, "submit_evidence", {{"implementation", "Named"}, {"done_on", "2026-03-02"}}, "verifying"},
      {company.verifier, "verify", {{"verification", "Logs"}, {"effectiveness", "Two tests held"}}, "verified"},
      {company.lead, "close", {}, "closed"},
  };
  for (const Step& step : steps) take(company, id, step);
}

TEST_CASE("an internal audit runs from its plan to closed findings") {
  Company company;
  const RecordId audit = confirmed_audit(company);
  into_fieldwork(company, audit);
  const RecordId major = finding(company, audit, "major");
  const RecordId slip = finding(company, audit, "minor");
  REQUIRE(answer(company.make(
              company.lead, "opportunity", "record",
              {{"audit", company.name(audit)}, {"title", "One tool less"}, {"description", "Two do the same"}})) ==
          "-> recorded");

  const Json conclusions{{"conclusions", "Recovery is not assured"}};
  CHECK(answer(company.ask(company.lead, audit, "conclude", conclusions)) == "unmet items_answered.unanswered");
  for (ItemView& item : company.facts.items_of(audit)) item.result = "conforms";
  company.facts.items_of(audit)[0].result = "does_not_conform";
  take(company, audit, {company.lead, "conclude", conclusions, "conclusions"});
  const Json present{{{"name", "A. Person"}}};
  take(company, audit,
       {company.lead,
        "hold_closing_meeting",
        {{"closing_on", "2026-03-02"}, {"closing_attendance", present}, {"time_frame", "30 days"}},
        "closed_meeting"});
  CHECK(to_text(company.facts.timers(audit).at("report_due").day) == "2026-03-16");
  take(company, audit,
       {company.lead,
        "draft_report",
        {{"effectiveness", "Partly"}, {"recommendation", "corrective_action"}, {"deviations", "None"}},
        "report_draft"});
  CHECK(answer(company.ask(company.lead, audit, "issue_report")) == "unmet has_report.no_report linked_none.present");
  take(company, major, {company.lead, "issue", {}, "issued"});
  take(company, slip, {company.lead, "discard", {{"reason", "Part of the major"}}, "discarded"});
  company.facts.add_report(audit, company.now.at);
  company.now.at += std::chrono::seconds{1};
  take(company, audit, {company.lead, "revise_conclusions", {{"unresolved", "None"}}, "report_draft"});
  CHECK(answer(company.ask(company.lead, audit, "issue_report")) == "unmet has_report.outdated");
  company.facts.add_report(audit, company.now.at);
  take(company, audit, {company.lead, "issue_report", {}, "report_issued"});
  CHECK(company.facts.timers(audit).empty());
  CHECK(answer(company.ask(company.lead, audit, "complete")) == "unmet linked_all.open");
  take(company, audit, {company.lead, "begin_follow_up", {}, "follow_up"});
  to_closure(company, major);
  take(company, audit, {company.lead, "complete", {}, "complete"});
  CHECK((*company.facts.at(audit).body)["completed_on"] == "2026-03-02");
  CHECK(answer(company.ask(company.lead, major, "reject_evidence", {{"rejection", "x"}})) == "wrong_state");
}

TEST_CASE("a finding that comes back is a new one, linked to the old") {
  Company company;
  const RecordId old = company.nonconformity_in("closed");
  const RecordId audit = company.audit_in("fieldwork");
  const auto decided = company.make(company.auditor, "nonconformity", "raise",
                                    {{"audit", company.name(audit)},
                                     {"title", "Again no restore test"},
                                     {"grade", "major"},
                                     {"clause", "A.8.13"},
                                     {"requirement", "Backups are tried out"},
                                     {"finding", "No test since the last audit"},
                                     {"objective_evidence", "Log of 2026"},
                                     {"previous", {company.name(old)}}});
  INFO((decided ? std::string() : text_of(decided.error())));
  REQUIRE(answer(decided) == "-> draft");
  CHECK(company.facts.linked(old, "recurrences") == std::vector{company.last});
  for (const auto& [name, command] : shipped().types.at("nonconformity").commands) {
    INFO(name);
    CHECK(!command.from.contains("closed"));
  }
}

TEST_CASE("an incident becomes a nonconformity without an audit") {
  Company company;
  REQUIRE(answer(company.make(company.colleague, "nonconformity", "report",
                              {{"title", "Door open"}, {"source", "incident"}, {"finding", "Open all night"}})) ==
          "-> reported");
  const RecordId id = company.last;
  CHECK(company.facts.seat(id, "reporter") == std::vector{company.colleague});
  take(company, id,
       {company.isms,
        "accept_report",
        {{"grade", "minor"},
         {"clause", "A.7.2"},
         {"requirement", "Entry is controlled"},
         {"objective_evidence", "Log of the door"},
         {"action_owner", {company.name(company.owner)}},
         {"verifier", {company.name(company.verifier)}}},
        "issued"});
  company.facts.add_evidence(id, company.now.at);
  const Json response{
      {"correction", "Door shut"}, {"extent", "One door"},       {"root_cause", "The closer is broken"},
      {"action", "Replace it"},    {"action_due", "2026-03-20"}, {"action_owner", {company.name(company.owner)}}};
  for (const Step& step : std::vector<Step>{
           {company.owner, "acknowledge", {}, "acknowledged"},
           {company.owner, "respond", response, "response_submitted"},
           {company.verifier, "accept_plan", {{"verification_method", "on_site"}}, "plan_accepted"},
           {company.owner, "submit_evidence", {{"implementation", "Replaced"}, {"done_on", "2026-03-01"}}, "verifying"},
           {company.verifier,
            "verify",
            {{"verification", "Tried it"}, {"effectiveness", "Shuts by itself"}},
            "verified"},
           {company.isms, "close", {}, "closed"},
       }) {
    take(company, id, step);
  }
}

}  // namespace
}  // namespace assay::test::scenario_test
