// Who may be in the team of a certification audit at short notice, who may come into it during the audit, and whom the
// opening meeting still asks: competence, interests and areas that a team covers together.
#include "workflows/certification_body.h"

namespace assay::test::audit_team_test {
namespace {

RecordId a_surveillance(CertificationBody& body, const std::string& state) { return body.audit_in(state); }
RecordId a_short_notice(CertificationBody& body, const std::string& state) {
  return body.audit_in(state, "short_notice");
}

/// Two of the team, by their names in every world; what else the command takes.
Json team(PersonId B::* lead, PersonId B::* auditor) {
  const CertificationBody body;
  return {{"lead_auditor", {body.name(body.*lead)}},
          {"auditor", {body.name(body.*auditor)}},
          {"team_competence", "Hosting and cloud"},
          {"conflict_review", "No relation to anybody there"}};
}
Json replaced(PersonId B::* lead, PersonId B::* auditor) {
  Json input = team(lead, auditor);
  input.erase("conflict_review");
  input["reason"] = "Ill";
  return input;
}
const Before wider = body_says("areas", {"it", "cloud"});
const Before shared = both(wider, body_says("waived", {"shared_areas"}));
/// The auditor of every team here, or the expert, covers the second area.
Before covered_by(PersonId B::* who, const char* function) {
  return both(shared, [=](CertificationBody& body, RecordId) {
    body.facts.at(body.competent(body.*who, function)).body.edit()["areas"] = {"cloud"};
  });
}
const char* const uncovered = "unmet each_registered.none some_registered.nobody";
const char* const incompetent = "unmet each_registered.none";
const char* const interested = "unmet none_registered.present";

// Tables: a row each, however long.
// clang-format off
TEST_CASE("a team at short notice is as competent and free of interests as any other", "[certification]") {
  const std::string command = "confirm_short_notice_team";
  const Json usual = team(&B::lead, &B::auditor);
  try_body({
      {"confirmed", "planned", &B::planner, command, usual, "-> team_confirmed", {}, &B::manager},
      {"the lead auditor is one", "planned", &B::planner, command, team(&B::auditor, &B::colleague), incompetent, {}, &B::manager},
      {"an auditor is one", "planned", &B::planner, command, team(&B::lead, &B::manager), incompetent, {}, &B::manager},
      {"nobody of the client", "planned", &B::planner, command, team(&B::lead, &B::customer), "unmet each_registered.none people_differ.overlap", {}, &B::manager},
      {"competence that was suspended is none", "planned", &B::planner, command, usual, incompetent, loses_competence(&B::auditor), &B::manager},
      {"nor is that of an expert", "planned", &B::planner, command, usual, incompetent, loses_competence(&B::expert), &B::manager},
      {"nor that of an evaluator", "planned", &B::planner, command, usual, incompetent, loses_competence(&B::evaluator), &B::manager},
      {"areas beyond their competence", "planned", &B::planner, command, usual, uncovered, wider, &B::manager},
      {"which the team may cover together", "planned", &B::planner, command, usual, "-> team_confirmed", covered_by(&B::expert, "technical_expert"), &B::manager},
      {"but cover them it does", "planned", &B::planner, command, usual, "unmet some_registered.nobody", shared, &B::manager},
      {"who consulted for the client stays away", "planned", &B::planner, command, usual, interested, consulted(&B::auditor), &B::manager},
      {"so does who audited it internally", "planned", &B::planner, command, usual, interested, consulted(&B::expert, "internal_audit", "2025-01-01"), &B::manager},
      {"so does a relative", "planned", &B::planner, command, usual, interested, consulted(&B::trainee, "family", ""), &B::manager},
      {"not longer than two years", "planned", &B::planner, command, usual, "-> team_confirmed", consulted(&B::auditor, "consultancy", "2024-03-01"), &B::manager},
      {"nor is it confirmed by a consultant", "planned", &B::planner, command, usual, "unmet none_registered.actor_present", consulted(&B::planner), &B::manager},
  }, a_short_notice);
  try_body({{"not of another audit", "planned", &B::planner, command, usual, "unmet is.other_value", {}, &B::manager}}, a_surveillance);
}

TEST_CASE("who comes into the team during the audit is competent and free of interests", "[certification]") {
  const std::string command = "replace_auditor";
  const Json usual = replaced(&B::lead, &B::colleague);
  try_body({
      {"replaced", "fieldwork", &B::planner, command, usual, "-> fieldwork", {}, &B::customer},
      {"by another lead auditor", "fieldwork", &B::planner, command, replaced(&B::colleague, &B::auditor), incompetent, {}, &B::customer},
      {"by somebody without competence", "fieldwork", &B::planner, command, replaced(&B::lead, &B::manager), incompetent, {}, &B::customer},
      {"by somebody of the client", "fieldwork", &B::planner, command, replaced(&B::lead, &B::customer), "unmet each_registered.none people_differ.overlap", {}, &B::customer},
      {"by somebody whose competence was suspended", "fieldwork", &B::planner, command, usual, incompetent, loses_competence(&B::colleague), &B::customer},
      {"for areas beyond their competence", "fieldwork", &B::planner, command, usual, uncovered, wider, &B::customer},
      {"which the team may cover together", "fieldwork", &B::planner, command, usual, "-> fieldwork", covered_by(&B::colleague, "auditor"), &B::customer},
      {"but cover them it does", "fieldwork", &B::planner, command, usual, "unmet some_registered.nobody", shared, &B::customer},
      {"by somebody who consulted for the client", "fieldwork", &B::planner, command, usual, interested, consulted(&B::colleague), &B::customer},
      {"by its internal auditor", "fieldwork", &B::planner, command, usual, interested, consulted(&B::colleague, "internal_audit", "2025-01-01"), &B::customer},
      {"by a shareholder", "fieldwork", &B::planner, command, usual, interested, consulted(&B::colleague, "financial", ""), &B::customer},
      {"by a consultant's hand", "fieldwork", &B::planner, command, usual, "unmet none_registered.actor_present", consulted(&B::planner), &B::customer},
  }, a_surveillance);
}

TEST_CASE("the opening meeting asks about the team once more", "[certification]") {
  const Json opening{{"opening_on", "2026-03-02"}, {"opening_attendance", {{{"name", "I. Peters"}}}}};
  try_body({
      {"opened", "plan_issued", &B::lead, "open", opening, "-> opened"},
      {"competence of the auditor that ended meanwhile", "plan_issued", &B::lead, "open", opening, incompetent, loses_competence(&B::auditor)},
      {"or that of the expert", "plan_issued", &B::lead, "open", opening, incompetent, loses_competence(&B::expert)},
      {"areas that came meanwhile", "plan_issued", &B::lead, "open", opening, uncovered, wider},
      {"an auditor who was employed there until last year", "plan_issued", &B::lead, "open", opening, interested, consulted(&B::auditor, "employment", "2025-06-30")},
      {"an expert who audits the client internally", "plan_issued", &B::lead, "open", opening, interested, consulted(&B::expert, "internal_audit", "")},
      {"a lead auditor who has shares", "plan_issued", &B::lead, "open", opening, interested, consulted(&B::lead, "financial", "")},
      {"somebody who represents the client now", "plan_issued", &B::lead, "open", opening, "unmet people_differ.overlap",
       [](CertificationBody& body, RecordId) { body.facts.take_seats(body.client, "client_representative", {body.auditor}); }},
  }, a_surveillance);
}

TEST_CASE("two people let a team cover the areas together, with a measure", "[certification]") {
  const Json measure{{"reason", "Nobody knows both"}, {"compensating_measure", "They audit in pairs"}};
  try_body({
      {"by one", "plan_issued", &B::planner, "share_areas", measure, "second"},
      {"by two", "plan_issued", &B::planner, "share_areas", measure, "-> plan_issued", {}, &B::manager},
      {"not by the lead auditor", "plan_issued", &B::lead, "share_areas", measure, "not_permitted", {}, &B::manager},
      {"without a measure", "plan_issued", &B::planner, "share_areas", {{"reason", "Nobody knows both"}}, "invalid /compensating_measure", {}, &B::manager},
      {"after the report", "report_issued", &B::planner, "share_areas", measure, "wrong_state", {}, &B::manager},
  }, a_surveillance);

  CertificationBody body;
  const RecordId audit = body.audit_in("plan_issued");
  body.facts.at(audit).body.edit()["areas"] = {"it", "cloud"};
  const Json opening{{"opening_on", "2026-03-02"}, {"opening_attendance", {{{"name", "I. Peters"}}}}};
  CHECK(answer(body.ask(body.lead, audit, "open", opening)) == uncovered);
  take(body, audit, {body.planner, "share_areas", measure, "plan_issued", body.manager});
  CHECK(answer(body.ask(body.lead, audit, "open", opening)) == "unmet some_registered.nobody");
  body.facts.at(body.competent(body.auditor, "auditor")).body.edit()["areas"] = {"cloud"};
  take(body, audit, {body.lead, "open", opening, "opened"});
}

}  // namespace
}  // namespace assay::test::audit_team_test
