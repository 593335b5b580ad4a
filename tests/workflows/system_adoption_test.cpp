// An own management system that moves in: what audit programmes, audits and nonconformities bring, and up to which day.
#include "workflows/company.h"

namespace assay::test::system_adoption_test {
namespace {

using C = Company;

RecordId approved_system(Company& company, const char* state = "approved") {
  const RecordId id = company.facts.add(
      "adoption", state,
      {{"title", "Folders of 2025"}, {"concerns", "management_system"}, {"approved_on", "2026-02-20"}}, {},
      {{"preparer", {company.isms}}});
  company.facts.did(company.isms2, id, "approve_system");
  company.facts.add_file(id, std::string(64, 'b'));
  company.facts.at(id).body.edit()["source_sha256"] = std::string(64, 'b');
  return id;
}

Json taken_from(Company& company, const char* state) {
  return {{"adoption", company.name(approved_system(company))},
          {"state", state},
          {"number", "OLD 1"},
          {"entered_on", "2026-02-01"}};
}

Json old_programme(Company& company) {
  Json input = taken_from(company, "running");
  input.update({{"title", "Audits"},
                {"objectives", "Conformity"},
                {"scope", "All"},
                {"criteria", {"ISO/IEC 27001"}},
                {"cycle_from", "2025-01-01"},
                {"cycle_to", "2027-12-31"},
                {"edition", "ISO 19011:2018"},
                {"programme_manager", {company.name(company.planner)}},
                {"risks_and_opportunities", "Few"},
                {"frequency", "Yearly"},
                {"methods", "On site"},
                {"responsibilities", "As charted"},
                {"next_review_on", "2026-01-15"}});
  return input;
}

Json old_audit(Company& company) {
  Json input = taken_from(company, "fieldwork");
  input.update({{"programme", company.name(company.facts.add("audit-programme", "running", Json::object()))},
                {"title", "Backup"},
                {"purposes", {"internal"}},
                {"objectives", "Conformity"},
                {"scope", "Backup"},
                {"criteria", {"ISO/IEC 27001"}},
                {"planned_from", "2026-02-16"},
                {"planned_to", "2026-03-20"},
                {"lead_auditor", {company.name(company.lead)}},
                {"auditee", {company.name(company.auditee)}},
                {"opening_on", "2026-02-16"},
                {"opening_attendance", Json::array({{{"name", "All"}}})}});
  return input;
}

Json old_finding(Company& company) {
  Json input = taken_from(company, "issued");
  input.update({{"title", "No restore test"},
                {"source", "customer"},
                {"grade", "major"},
                {"clause", "A.8.13"},
                {"requirement", "Tested"},
                {"finding", "Not tested"},
                {"objective_evidence", "Records"},
                {"issued_on", "2026-01-13"},
                {"action_owner", {company.name(company.owner)}}});
  return input;
}

using Make = Json (*)(Company&);
auto changed(Make make, Json change) {
  return [make, change](Company& company) {
    Json input = make(company);
    input.update(change);
    return input;
  };
}

// Tables: a row each, however long.
// clang-format off
TEST_CASE("a management system moves in as it stood on the day of the approval", "[adoption]") {
  try_new("audit-programme", {
      {"running", &C::isms, "adopt", old_programme, "-> running"},
      {"by who approved", &C::isms2, "adopt", old_programme, "unmet actor_not_did.did"},
      {"running since after the approval", &C::isms, "adopt", changed(old_programme, {{"entered_on", "2026-02-21"}}), "invalid /entered_on"},
      {"of a cycle that ends first", &C::isms, "adopt", changed(old_programme, {{"cycle_to", "2024-12-31"}}), "unmet after.not_after"},
  });
  try_new("audit", {
      {"in fieldwork", &C::isms, "adopt", old_audit, "-> fieldwork"},
      {"opened", &C::isms, "adopt", changed(old_audit, {{"state", "opened"}}), "-> opened"},
      {"opened after the approval", &C::isms, "adopt", changed(old_audit, {{"opening_on", "2026-02-21"}}), "unmet not_after.after"},
      {"planned backwards", &C::isms, "adopt", changed(old_audit, {{"planned_to", "2026-02-15"}}), "unmet not_before.before"},
      {"by nobody in charge", &C::boss, "adopt", old_audit, "not_permitted"},
  });
  try_new("nonconformity", {
      {"issued", &C::isms, "adopt", old_finding, "-> issued"},
      {"issued after the approval", &C::isms, "adopt", changed(old_finding, {{"issued_on", "2026-02-21"}}), "unmet not_after.after"},
      {"with more time to respond", &C::isms, "adopt", changed(old_finding, {{"respond_until", "2026-12-31"}}), "invalid /respond_until"},
      {"with more time to be verified", &C::isms, "adopt", changed(old_finding, {{"verify_until", "2026-12-31"}}), "invalid /verify_until"},
      {"with a plan that it lacks", &C::isms, "adopt", changed(old_finding, {{"state", "plan_accepted"}}), "invalid /action /action_due /correction /root_cause"},
  });
  const auto adoption = [](Company& company, const std::string& state) { return approved_system(company, state.c_str()); };
  try_rows({
      {"approved on the file", "submitted", &C::boss, "approve_system", {}, "-> approved"},
      {"approved without it", "submitted", &C::boss, "approve_system", {}, "unmet has_evidence.no_evidence", [](Company& company, RecordId id) { company.facts.withdraw_evidence(id); }},
      {"revoked", "approved", &C::boss, "revoke_system", {{"reason", "x"}}, "-> revoked"},
      {"revoked by the auditor", "approved", &C::internal, "revoke_system", {{"reason", "x"}}, "not_permitted"},
      {"revoked once closed", "closed", &C::boss, "revoke_system", {{"reason", "x"}}, "wrong_state"},
  }, adoption);
}
// clang-format on

TEST_CASE("an adopted audit is given a catalogue and comes to its end", "[adoption]") {
  Company company;
  REQUIRE(company.make(company.isms, "audit", "adopt", old_audit(company)).has_value());
  const RecordId id = company.last;
  const Json catalogue{{"plugin", "catalogue"},
                       {"plugin_version", "1.0.0"},
                       {"catalogue_id", "iso27001-2022"},
                       {"catalogue_version", "1"},
                       {"catalogue_hash", std::string(64, 'c')},
                       {"catalogue_title", "ISO/IEC 27001"}};
  const auto step = [&](const char* command, const Json& input, const std::string& state) {
    INFO(command);
    const auto done = company.act(company.lead, id, command, input);
    INFO((done ? std::string("granted") : text_of(done.error())));
    REQUIRE(answer(done) == "-> " + state);
  };
  step("select_catalogue", catalogue, "fieldwork");
  company.facts.add_item(id, {"iso27001-2022", "A.8.13-q1", "A.8.13", "whole", company.lead, "conforms"});
  CHECK(answer(company.ask(company.lead, id, "select_catalogue", catalogue)) == "unmet no_item_planned.planned");
  step("conclude", {{"conclusions", "It conforms"}}, "conclusions");
  step("hold_closing_meeting",
       {{"closing_on", "2026-03-02"}, {"closing_attendance", Json::array({{{"name", "All"}}})}, {"time_frame", "None"}},
       "closed_meeting");
  step("draft_report", {{"effectiveness", "Effective"}, {"recommendation", "no_action"}, {"deviations", "None"}},
       "report_draft");
  company.facts.add_report(id, company.now.at);
  step("issue_report", Json::object(), "report_issued");
  step("complete", Json::object(), "complete");
}

TEST_CASE("a finding that was adopted has its first grade", "[adoption]") {
  Company company;
  REQUIRE(company.make(company.isms, "nonconformity", "adopt", old_finding(company)).has_value());
  CHECK(company.facts.at(company.last).body->at("gradings").at(0).at("grade") == "major");
}

}  // namespace
}  // namespace assay::test::system_adoption_test
