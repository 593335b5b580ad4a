// What an audit accepts and refuses, one row per refusal.
#include "workflows/company.h"

namespace assay::test::audit_test {
namespace {

using C = Company;

RecordId audit_in(Company& company, const std::string& state) { return company.audit_in(state); }
auto seats(const char* name, std::vector<PersonId C::*> holders) {
  return [name, holders](Company& company, RecordId id) {
    std::vector<PersonId> people;
    for (const auto holder : holders) people.push_back(company.*holder);
    company.facts.take_seats(id, name, people);
  };
}
auto body(const char* field, Json value) {
  return [field, value](Company& company, RecordId id) { company.facts.at(id).body.edit()[field] = value; };
}
auto without(const char* field) {
  return [field](Company& company, RecordId id) { company.facts.at(id).body.edit().erase(field); };
}
void no_items(Company& company, RecordId id) { company.facts.items_of(id).clear(); }
void unanswered(Company& company, RecordId id) {
  company.facts.add_item(id, {"iso27001-2022", "A.8.14-q1", "A.8.14", "whole", company.auditor, ""});
}
void unassigned(Company& company, RecordId id) {
  company.facts.add_item(id, {"iso27001-2022", "A.8.14-q1", "A.8.14", "whole", {}, "conforms"});
}
/// The lead auditor has answered the auditor's item, though the lead runs what it is about.
void answered_by_owner(Company& company, RecordId id) {
  company.facts.items_of(id)[0].answered_by = company.lead;
  company.facts.answers_for(company.lead, "item:A.8.13");
}
/// The report is as old as the world; this was done after it.
auto after_the_report(const char* command) {
  return [command](Company& company, RecordId id) {
    company.facts.did(company.lead, id, command, company.now.at + std::chrono::milliseconds{1});
  };
}
/// Another finding of the audit was changed after its report was made.
auto after_another(const char* type, const char* state, const char* command) {
  return [=](Company& company, RecordId id) {
    const RecordId other = company.facts.add(type, state, {{"title", "x"}}, {{"audit", id}});
    company.facts.did(company.auditor, other, command, company.now.at + std::chrono::milliseconds{1});
  };
}
/// The auditor runs the backups that the first item is about.
void own_area(Company& company, RecordId) { company.facts.answers_for(company.auditor, "item:A.8.13"); }
void excepted(Company& company, RecordId id) {
  own_area(company, id);
  company.facts.at(id).body.edit()["exceptions"] = Json::array({{{"exempt_auditor", company.name(company.auditor)},
                                                                 {"exempt_items", {"A.8.13"}},
                                                                 {"exemption_reason", "three people"},
                                                                 {"compensating_measure", "read by top management"}}});
}
auto finding_in(const char* state) {
  return [state](Company& company, RecordId id) { company.nonconformity_in(state, id); };
}
const Company& people() {
  static const Company company;
  return company;
}
Json named(PersonId C::* who) { return {people().name(people().*who)}; }
Json session(PersonId C::* auditor, const char* starts, const char* ends, const char* zone = "Europe/Berlin") {
  return {{"auditor", people().name(people().*auditor)},
          {"topics", "Backup"},
          {"starts", starts},
          {"ends", ends},
          {"zone", zone},
          {"mode", "on_site"}};
}
constexpr const char *nine = "2026-03-02T09:00:00+01:00", *ten = "2026-03-02T10:00:00+01:00",
                     *eleven = "2026-03-02T11:00:00+01:00";
Json sessions() { return Json::array({session(&C::auditor, nine, eleven)}); }
/// The auditor is in a session of a certification audit, too.
auto certifying(const char* state) {
  return [state](Company& company, RecordId) {
    company.facts.add("certification-audit", state, {{"sessions", Json::array({session(&C::auditor, ten, eleven)})}},
                      {}, {{"auditor", {company.auditor}}});
  };
}
Json plan_of(const std::vector<Json>& list) { return {{"sessions", list}, {"reason", "illness"}}; }
Json issue_of(const std::vector<Json>& list) { return {{"sessions", list}}; }
const Json reason{{"reason", "illness"}};
const Json meeting = {{"name", "A. Person"}, {"function", "Head of operations"}};
const Json opening{{"opening_on", "2026-03-02"}, {"opening_attendance", {meeting}}};
const Json closing{
    {"closing_on", "2026-03-02"}, {"closing_attendance", {meeting}}, {"time_frame", "Response in 30 days"}};

Json plan(Company& company, const char* from = "2026-03-02", const char* to = "2026-03-06") {
  return {{"programme", company.name(company.programme)},
          {"title", "Backup"},
          {"purposes", {"internal"}},
          {"objectives", "Does it work?"},
          {"scope", "Operations"},
          {"criteria", {"ISO/IEC 27001:2022"}},
          {"planned_from", from},
          {"planned_to", to}};
}

// Tables: a row each, however long.
// clang-format off
TEST_CASE("who may plan an audit, and below what") {
  const auto below = [](const char* state) {
    return [state](Company& company) {
      company.facts.at(company.programme).state = state;
      return plan(company);
    };
  };
  const auto single = [](Company& company) {
    Json input = plan(company);
    input.erase("programme");
    input["reason"] = "before there is a programme";
    return input;
  };
  try_new("audit", {
      {"by the programme manager", &C::planner, "plan", below("running"), "-> planned"},
      {"by the ISMS manager", &C::isms, "plan", below("approved"), "-> planned"},
      {"below a draft", &C::planner, "plan", below("draft"), "unmet linked_all.open"},
      {"below a closed programme", &C::planner, "plan", below("closed"), "unmet linked_all.open"},
      {"by an internal auditor", &C::internal, "plan", below("running"), "not_permitted"},
      {"ending before it begins", &C::planner, "plan", [](Company& company) { return plan(company, "2026-03-06", "2026-03-02"); }, "unmet not_before.before"},
      {"on a day that is none", &C::planner, "plan", [](Company& company) { return plan(company, "2026-02-30"); }, "invalid /planned_from"},
      {"for an unknown purpose", &C::planner, "plan", [](Company& company) { Json input = plan(company); input["purposes"] = {"stage1"}; return input; }, "invalid /purposes/0"},
      {"for no purpose", &C::planner, "plan", [](Company& company) { Json input = plan(company); input["purposes"] = Json::array(); return input; }, "invalid /purposes"},
      {"with a field that is none", &C::planner, "plan", [](Company& company) { Json input = plan(company); input["mood"] = "good"; return input; }, "invalid /mood"},
      {"with an auditee who audits", &C::planner, "plan",
       [](Company& company) { Json input = plan(company); input["auditee"] = input["auditor"] = {company.name(company.auditee)}; return input; }, "unmet people_differ.overlap"},
      {"outside of a programme", &C::isms, "plan_single", single, "-> planned"},
      {"outside of a programme, by its manager", &C::planner, "plan_single", single, "not_permitted"},
      {"outside of a programme, without a reason", &C::isms, "plan_single",
       [single](Company& company) { Json input = single(company); input.erase("reason"); return input; }, "invalid /reason"},
  });
}

TEST_CASE("the team is proposed, can be objected to, and is confirmed") {
  const Json team{{"lead_auditor", named(&C::lead)}, {"auditee", named(&C::auditee)}, {"auditor", named(&C::auditor)}};
  const Json mixed{{"lead_auditor", named(&C::lead)}, {"auditee", named(&C::auditee)}, {"auditor", named(&C::auditee)}};
  const Json ground{{"objection_ground", "conflict_of_interest"}, {"objection", "Worked here until May"}};
  try_rows({
      {"revised without what it is about", "planned", &C::planner, "revise", {{"title", "Restores"}}, "unmet filled.empty"},
      {"revised with it", "planned", &C::planner, "revise", {{"purposes", {"internal"}}, {"objectives", "Recovery works"}, {"scope", "Data centre"}, {"criteria", {"ISO/IEC 27001:2022"}}}, "-> planned"},
      {"proposed", "planned", &C::planner, "propose_team", team, "-> team_proposed"},
      {"proposed without an auditee", "planned", &C::planner, "propose_team", {{"lead_auditor", named(&C::lead)}}, "invalid /auditee"},
      {"proposed with an auditee who audits", "planned", &C::planner, "propose_team", mixed, "unmet people_differ.overlap"},
      {"the same, with an exception", "planned", &C::planner, "propose_team", mixed, "-> team_proposed", body("waived", {"mixed_team"})},
      {"proposed with a stranger", "planned", &C::planner, "propose_team", {{"lead_auditor", named(&C::stranger)}, {"auditee", named(&C::auditee)}}, "invalid /lead_auditor/0"},
      {"proposed by the auditee", "planned", &C::auditee, "propose_team", team, "not_permitted"},
      {"objected to", "team_proposed", &C::auditee, "object", ground, "-> objected"},
      {"objected to without a ground", "team_proposed", &C::auditee, "object", {{"objection", "No"}}, "invalid /objection_ground"},
      {"objected to by the auditor", "team_proposed", &C::auditor, "object", ground, "not_permitted"},
      {"objected to after it is confirmed", "team_confirmed", &C::auditee, "object", ground, "wrong_state"},
      {"proposed anew", "objected", &C::planner, "propose_team", team, "-> team_proposed"},
      {"overruled by top management", "objected", &C::boss, "overrule_objection", reason, "-> team_confirmed"},
      {"overruled without a reason", "objected", &C::boss, "overrule_objection", {}, "invalid /reason"},
      {"overruled by somebody of the team", "objected", &C::isms, "overrule_objection", reason, "unmet actor_not.holds_seat", seats("lead_auditor", {&C::isms})},
      {"overruled by the programme manager", "objected", &C::planner, "overrule_objection", reason, "not_permitted"},
      {"accepted", "team_proposed", &C::auditee, "accept_team", {}, "-> team_confirmed"},
      {"accepted by the lead auditor", "team_proposed", &C::lead, "accept_team", {}, "not_permitted"},
      {"confirmed too early", "team_proposed", &C::lead, "confirm_team", {}, "unmet is.other_value"},
      {"confirmed after silence", "team_proposed", &C::lead, "confirm_team", {}, "-> team_confirmed", body("objection_period_over", true)},
      {"changed", "team_confirmed", &C::planner, "change_team", {{"reason", "x"}, {"auditor", named(&C::colleague)}}, "-> team_proposed"},
      {"changed without a reason", "team_confirmed", &C::planner, "change_team", {{"auditor", named(&C::colleague)}}, "invalid /reason"},
      {"changed to nobody in the lead", "team_confirmed", &C::planner, "change_team", {{"reason", "x"}, {"lead_auditor", Json::array()}}, "unmet seated.vacant"},
      {"changed to an auditee", "plan_issued", &C::planner, "change_team", {{"reason", "x"}, {"auditor", named(&C::auditee)}}, "unmet people_differ.overlap"},
      {"replaced during the audit", "fieldwork", &C::planner, "replace_auditor", {{"reason", "x"}, {"auditor", named(&C::colleague)}}, "-> fieldwork"},
      {"replaced by an auditee", "fieldwork", &C::planner, "replace_auditor", {{"reason", "x"}, {"auditor", named(&C::auditee)}}, "unmet people_differ.overlap"},
      {"two in the lead", "planned", &C::planner, "propose_team",
       {{"lead_auditor", {people().name(people().lead), people().name(people().colleague)}}, {"auditee", named(&C::auditee)}}, "invalid /lead_auditor"},
  }, audit_in);
}

TEST_CASE("the plan needs a catalogue, assigned items and nobody on own work") {
  const Json plan_input{{"sessions", sessions()}};
  const Json item{{"question", "A.8.13-q1"}, {"item", "A.8.13"}, {"subject", "whole"}, {"auditor", people().name(people().auditor)}};
  const Json items{{"items", {item}}};
  const Json moved{{"plugin", "iso27001"}, {"plugin_version", "1.1.0"}, {"package_hash", std::string(64, 'c')}, {"catalogue_id", "iso27001-2022"}, {"catalogue_version", "2"}, {"catalogue_hash", std::string(64, 'd')}, {"catalogue_title", "ISO/IEC 27001"}};
  const Json catalogue{{"plugin", "iso27001"}, {"plugin_version", "1.0.0"}, {"catalogue_id", "iso27001-2022"}, {"catalogue_version", "1"}, {"catalogue_hash", std::string(64, 'b')}, {"catalogue_title", "ISO/IEC 27001"}};
  try_rows({
      {"issued", "team_confirmed", &C::lead, "issue_plan", plan_input, "-> plan_issued"},
      {"issued without sessions", "team_confirmed", &C::lead, "issue_plan", {}, "invalid /sessions"},
      {"issued with a session that is unclear", "team_confirmed", &C::lead, "issue_plan",
       [] { Json input{{"sessions", sessions()}}; input["sessions"][0]["starts"] = "in the morning"; return input; }(), "invalid /sessions/0/starts"},
      {"issued with a zone that is none", "team_confirmed", &C::lead, "issue_plan", issue_of({session(&C::auditor, nine, ten, "Mars/Phobos")}), "invalid /sessions/0/zone"},
      {"issued with somebody in two sessions", "team_confirmed", &C::lead, "issue_plan", issue_of({session(&C::auditor, nine, eleven), session(&C::auditor, ten, eleven)}), "unmet no_clash.overlap"},
      {"issued with an auditor of a certification audit at that time", "team_confirmed", &C::lead, "issue_plan", plan_input, "unmet no_clash.engaged", certifying("fieldwork")},
      {"issued with an auditor of one that is terminated", "team_confirmed", &C::lead, "issue_plan", plan_input, "-> plan_issued", certifying("terminated")},
      {"issued with an auditor of one that is postponed", "team_confirmed", &C::lead, "issue_plan", plan_input, "-> plan_issued", certifying("postponed")},
      {"issued with two people at a time", "team_confirmed", &C::lead, "issue_plan", issue_of({session(&C::auditor, nine, eleven), session(&C::lead, ten, eleven)}), "-> plan_issued"},
      {"issued with a session that ends before it starts", "team_confirmed", &C::lead, "issue_plan", issue_of({session(&C::auditor, ten, nine)}), "unmet no_clash.ends_before_start"},
      {"issued with a session of somebody outside of the team", "team_confirmed", &C::lead, "issue_plan", issue_of({session(&C::colleague, nine, ten)}), "unmet no_clash.not_in_team"},
      {"issued with an expert alone", "team_confirmed", &C::lead, "issue_plan", issue_of({session(&C::expert, nine, ten)}), "unmet no_clash.not_in_team"},
      {"issued with an item of nobody", "team_confirmed", &C::lead, "issue_plan", plan_input, "unmet items_assigned.unassigned", unassigned},
      {"revised to two sessions at a time", "fieldwork", &C::lead, "revise_plan", plan_of({session(&C::lead, nine, eleven), session(&C::lead, nine, ten)}), "unmet no_clash.overlap"},
      {"revised", "fieldwork", &C::lead, "revise_plan", plan_of({session(&C::lead, nine, ten), session(&C::lead, ten, eleven)}), "-> fieldwork"},
      {"issued by the programme manager", "team_confirmed", &C::planner, "issue_plan", plan_input, "not_permitted"},
      {"issued without items", "team_confirmed", &C::lead, "issue_plan", plan_input, "unmet items_planned.none", no_items},
      {"issued without a catalogue", "team_confirmed", &C::lead, "issue_plan", plan_input, "unmet filled.empty", without("catalogue_hash")},
      {"issued with own work", "team_confirmed", &C::lead, "issue_plan", plan_input, "unmet not_own_area.own_area", own_area},
      {"issued with own work, excepted", "team_confirmed", &C::lead, "issue_plan", plan_input, "-> plan_issued", excepted},
      {"issued without an auditee", "team_confirmed", &C::lead, "issue_plan", plan_input, "unmet seated.vacant", seats("auditee", {})},
      {"issued with an auditee who audits", "team_confirmed", &C::lead, "issue_plan", plan_input, "unmet people_differ.overlap", seats("auditee", {&C::auditor})},
      {"issued before the team is confirmed", "team_proposed", &C::lead, "issue_plan", plan_input, "wrong_state"},
      {"catalogue chosen", "planned", &C::lead, "select_catalogue", catalogue, "-> planned", no_items},
      {"catalogue changed while items are planned", "planned", &C::lead, "select_catalogue", catalogue, "unmet no_item_planned.planned"},
      {"items dropped by an auditor while drafting", "planned", &C::auditor, "drop_items", {}, "-> planned"},
      {"items dropped once the plan is issued", "plan_issued", &C::auditor, "drop_items", {}, "wrong_state"},
      {"items struck by the lead auditor", "fieldwork", &C::lead, "strike_items", reason, "-> fieldwork"},
      {"items struck without a reason", "fieldwork", &C::lead, "strike_items", {}, "invalid /reason"},
      {"items struck by an auditor", "plan_issued", &C::auditor, "strike_items", reason, "not_permitted"},
      {"evidence withdrawn by the lead auditor", "fieldwork", &C::lead, "withdraw_evidence", {}, "-> fieldwork"},
      {"evidence withdrawn by an auditor", "fieldwork", &C::auditor, "withdraw_evidence", {}, "not_permitted"},
      {"catalogue changed after the plan", "plan_issued", &C::lead, "select_catalogue", catalogue, "wrong_state"},
      {"catalogue without a hash", "planned", &C::lead, "select_catalogue", [&] { Json input = catalogue; input["catalogue_hash"] = "none"; return input; }(), "invalid /catalogue_hash"},
      {"catalogue moved while items are answered", "fieldwork", &C::lead, "move_catalogue", moved, "-> fieldwork"},
      {"catalogue moved without its package", "planned", &C::lead, "move_catalogue", catalogue, "invalid /package_hash"},
      {"catalogue moved by an auditor", "fieldwork", &C::auditor, "move_catalogue", moved, "not_permitted"},
      {"catalogue moved after the conclusions", "conclusions", &C::lead, "move_catalogue", moved, "wrong_state"},
      {"items assigned", "planned", &C::lead, "plan_items", items, "-> planned"},
      {"items before the catalogue", "planned", &C::lead, "plan_items", items, "unmet filled.empty", without("catalogue_hash")},
      {"items of own work", "planned", &C::lead, "plan_items", items, "unmet not_own_area.own_area", own_area},
      {"items of own work, excepted", "planned", &C::lead, "plan_items", items, "-> planned", excepted},
      {"items by the auditee", "planned", &C::auditee, "plan_items", items, "not_permitted"},
      {"items after the conclusions", "conclusions", &C::lead, "plan_items", items, "wrong_state"},
      {"moved", "plan_issued", &C::lead, "reschedule", {{"planned_from", "2026-04-01"}, {"planned_to", "2026-04-02"}, {"reason", "x"}}, "-> plan_issued"},
      {"moved to end before it begins", "plan_issued", &C::lead, "reschedule", {{"planned_from", "2026-04-02"}, {"planned_to", "2026-04-01"}, {"reason", "x"}}, "unmet not_before.before"},
      {"moved once it is open", "opened", &C::lead, "reschedule", {{"planned_from", "2026-04-01"}, {"planned_to", "2026-04-02"}, {"reason", "x"}}, "wrong_state"},
      {"taken up to end before it begins", "postponed", &C::planner, "resume", {{"planned_from", "2026-04-02"}, {"planned_to", "2026-04-01"}}, "unmet not_before.before"},
      {"cancelled by the lead auditor", "planned", &C::lead, "cancel", reason, "not_permitted"},
      {"cancelled once it is open", "fieldwork", &C::planner, "cancel", reason, "wrong_state"},
      {"postponed once it is open", "fieldwork", &C::planner, "postpone", reason, "wrong_state"},
  }, audit_in);
}

TEST_CASE("an audit opens, concludes and closes its meeting in order") {
  const Json conclusions{{"conclusions", "Recovery works"}};
  const auto items_of = [](PersonId C::*who) {
    return Json{{"items", {{{"question", "A.8.13-q1"}, {"item", "A.8.13"}, {"subject", "whole"}, {"auditor", people().name(people().*who)}}}}};
  };
  const Json tomorrow{{"opening_on", "2026-03-03"}, {"opening_attendance", {meeting}}};
  try_rows({
      {"opened", "plan_issued", &C::lead, "open", opening, "-> opened"},
      {"opened tomorrow", "plan_issued", &C::lead, "open", tomorrow, "unmet not_after.after"},
      {"opened with nobody there", "plan_issued", &C::lead, "open", {{"opening_on", "2026-03-02"}, {"opening_attendance", Json::array()}}, "invalid /opening_attendance"},
      {"opened with own work", "plan_issued", &C::lead, "open", opening, "unmet not_own_area.own_area", own_area},
      {"opened without items", "plan_issued", &C::lead, "open", opening, "unmet items_planned.none", no_items},
      {"opened without a plan", "team_confirmed", &C::lead, "open", opening, "wrong_state"},
      {"begun by an auditor", "opened", &C::auditor, "begin_fieldwork", {}, "-> fieldwork"},
      {"begun by an observer", "opened", &C::observer, "begin_fieldwork", {}, "not_permitted"},
      {"answered by an auditor", "fieldwork", &C::auditor, "answer_items", {}, "-> fieldwork"},
      {"answered for own work", "fieldwork", &C::auditor, "answer_items", items_of(&C::auditor), "unmet not_own_area.own_area", own_area},
      {"answered for own work, excepted", "fieldwork", &C::auditor, "answer_items", items_of(&C::auditor), "-> fieldwork", excepted},
      {"answered by the lead auditor, who runs it", "fieldwork", &C::lead, "answer_items", items_of(&C::lead), "unmet not_own_area.own_area", answered_by_owner},
      {"answered by an expert", "fieldwork", &C::expert, "answer_items", {}, "not_permitted"},
      {"answered by the auditee", "fieldwork", &C::auditee, "answer_items", {}, "not_permitted"},
      {"answered after the conclusions", "conclusions", &C::auditor, "answer_items", {}, "wrong_state"},
      {"concluded", "fieldwork", &C::lead, "conclude", conclusions, "-> conclusions"},
      {"concluded by an auditor", "fieldwork", &C::auditor, "conclude", conclusions, "not_permitted"},
      {"concluded with an item unanswered", "fieldwork", &C::lead, "conclude", conclusions, "unmet items_answered.unanswered", unanswered},
      {"concluded with own work", "fieldwork", &C::lead, "conclude", conclusions, "unmet not_own_area.own_area", own_area},
      {"concluded with own work, excepted", "fieldwork", &C::lead, "conclude", conclusions, "-> conclusions", excepted},
      {"concluded without items", "fieldwork", &C::lead, "conclude", conclusions, "unmet items_planned.none", no_items},
      {"concluded with an item of nobody", "fieldwork", &C::lead, "conclude", conclusions, "unmet items_assigned.unassigned", unassigned},
      {"concluded with own work answered", "fieldwork", &C::lead, "conclude", conclusions, "unmet not_own_area.own_area", answered_by_owner},
      {"concluded without a word", "fieldwork", &C::lead, "conclude", {}, "invalid /conclusions"},
      {"meeting held", "conclusions", &C::lead, "hold_closing_meeting", closing, "-> closed_meeting"},
      {"meeting held tomorrow", "conclusions", &C::lead, "hold_closing_meeting", [] { Json input = closing; input["closing_on"] = "2026-03-03"; return input; }(), "unmet not_after.after"},
      {"meeting held before the opening", "conclusions", &C::lead, "hold_closing_meeting", [] { Json input = closing; input["closing_on"] = "2026-03-01"; return input; }(), "unmet not_before.before"},
      {"meeting held with an item unanswered", "conclusions", &C::lead, "hold_closing_meeting", closing, "unmet items_answered.unanswered", unanswered},
      {"meeting held without a time frame", "conclusions", &C::lead, "hold_closing_meeting", [] { Json input = closing; input.erase("time_frame"); return input; }(), "invalid /time_frame"},
      {"terminated", "fieldwork", &C::lead, "terminate", reason, "-> terminated"},
      {"terminated by the auditee", "fieldwork", &C::auditee, "terminate", reason, "not_permitted"},
      {"terminated without a reason", "fieldwork", &C::lead, "terminate", {}, "invalid /reason"},
  }, audit_in);
}

TEST_CASE("the report is issued once it is there, and the audit completes once findings are answered") {
  const Json ending{{"conclusions", "Nothing to rest on"}, {"deviations", "Ended on the second day"}};
  try_rows({
      {"issued", "report_draft", &C::lead, "issue_report", {}, "-> report_issued"},
      {"issued by an auditor", "report_draft", &C::auditor, "issue_report", {}, "not_permitted"},
      {"issued with a finding in draft", "report_draft", &C::lead, "issue_report", {}, "unmet linked_none.present", finding_in("draft")},
      {"issued with the report of before a revision", "report_draft", &C::lead, "issue_report", {}, "unmet has_report.outdated", after_the_report("revise_conclusions")},
      {"issued with the report of before it was reopened", "report_draft", &C::lead, "issue_report", {}, "unmet has_report.outdated", after_the_report("revise_report")},
      {"issued with the report of before a finding", "report_draft", &C::lead, "issue_report", {}, "unmet has_report.outdated",
       [](Company& c, RecordId id) { c.facts.did(c.lead, c.nonconformity_in("issued", id), "issue", c.now.at + std::chrono::milliseconds{1}); }},
      {"issued with the report of before an opportunity", "report_draft", &C::lead, "issue_report", {}, "unmet has_report.outdated", after_another("opportunity", "recorded", "revise")},
      {"issued with the report of before an observation", "report_draft", &C::lead, "issue_report", {}, "unmet has_report.outdated", after_another("observation", "recorded", "record")},
      {"issued with the report of before an observation was withdrawn", "report_draft", &C::lead, "issue_report", {}, "unmet has_report.outdated", after_another("observation", "withdrawn", "withdraw")},
      {"complete without items", "follow_up", &C::lead, "complete", {}, "unmet items_planned.none", no_items},
      {"issued without conclusions", "report_draft", &C::lead, "issue_report", {}, "unmet filled.empty", without("conclusions")},
      {"complete", "report_issued", &C::lead, "complete", {}, "-> complete"},
      {"complete from the follow-up", "follow_up", &C::planner, "complete", {}, "-> complete"},
      {"complete with an item unanswered", "follow_up", &C::lead, "complete", {}, "unmet items_answered.unanswered", unanswered},
      {"complete with own work", "follow_up", &C::lead, "complete", {}, "unmet not_own_area.own_area", own_area},
      {"complete with own work, excepted", "follow_up", &C::lead, "complete", {}, "-> complete", excepted},
      {"complete with a finding unanswered", "follow_up", &C::lead, "complete", {}, "unmet linked_all.open", finding_in("issued")},
      {"complete with a finding disputed", "follow_up", &C::lead, "complete", {}, "unmet linked_all.open", finding_in("disputed")},
      {"complete with a response rejected", "follow_up", &C::lead, "complete", {}, "unmet linked_all.open", finding_in("plan_rejected")},
      {"complete with a finding answered", "follow_up", &C::lead, "complete", {}, "-> complete", finding_in("plan_accepted")},
      {"complete with a finding withdrawn", "follow_up", &C::lead, "complete", {}, "-> complete", finding_in("withdrawn")},
      {"complete by the auditee", "follow_up", &C::auditee, "complete", {}, "not_permitted"},
      {"complete before the report", "report_draft", &C::lead, "complete", {}, "wrong_state"},
      {"revised with a reason", "report_issued", &C::lead, "revise_report", reason, "-> report_draft"},
      {"revised once complete", "complete", &C::lead, "revise_report", reason, "wrong_state"},
      {"ended after termination", "terminated", &C::planner, "end_early", ending, "-> ended_early"},
      {"ended with a finding unanswered", "terminated", &C::planner, "end_early", ending, "unmet linked_all.open", finding_in("acknowledged")},
      {"ended by the lead auditor", "terminated", &C::lead, "end_early", ending, "not_permitted"},
  }, audit_in);
}

TEST_CASE("without a report nothing is issued, completed or ended") {
  const auto bare = [](Company& company, const std::string& state) {
    const RecordId id = company.facts.add("audit", state, {{"title", "Backup"}, {"conclusions", "Works"}}, {{"programme", company.programme}}, company.audit_seats);
    return id;
  };
  try_rows({
      {"issued", "report_draft", &C::lead, "issue_report", {}, "unmet has_report.no_report"},
      {"complete", "report_issued", &C::lead, "complete", {}, "unmet has_report.no_report items_planned.none"},
      {"ended", "terminated", &C::planner, "end_early", {{"conclusions", "None"}, {"deviations", "Ended"}}, "unmet has_report.no_report"},
  }, bare);
}

TEST_CASE("exceptions from independence are granted by top management, never by who gains") {
  const auto exception = [](PersonId C::*auditor) {
    return Json{{"exempt_auditor", people().name(people().*auditor)}, {"exempt_items", {"A.8.13"}}, {"exemption_reason", "three people"}, {"compensating_measure", "top management reads the notes"}};
  };
  const Json mixed{{"reason", "three people"}, {"compensating_measure", "top management reads the notes"}};
  try_rows({
      {"asked for", "planned", &C::lead, "grant_exception", exception(&C::auditor), "second"},
      {"granted", "planned", &C::lead, "grant_exception", exception(&C::auditor), "-> planned", {}, &C::boss},
      {"asked for by the one concerned", "planned", &C::lead, "grant_exception", exception(&C::lead), "-> planned", {}, &C::boss},
      {"granted by the one concerned", "planned", &C::lead, "grant_exception", exception(&C::boss), "unmet actor_is_not.second_is_named", {}, &C::boss},
      {"granted by the ISMS manager", "planned", &C::lead, "grant_exception", exception(&C::auditor), "not_permitted", {}, &C::isms},
      {"asked for by an auditor", "planned", &C::auditor, "grant_exception", exception(&C::auditor), "not_permitted"},
      {"without a compensating measure", "planned", &C::lead, "grant_exception", [&] { Json input = exception(&C::auditor); input.erase("compensating_measure"); return input; }(), "invalid /compensating_measure"},
      {"without a reason", "planned", &C::lead, "grant_exception", [&] { Json input = exception(&C::auditor); input.erase("exemption_reason"); return input; }(), "invalid /exemption_reason"},
      {"for a stranger", "planned", &C::lead, "grant_exception", exception(&C::stranger), "invalid /exempt_auditor"},
      {"after the fieldwork", "conclusions", &C::lead, "grant_exception", exception(&C::auditor), "wrong_state"},
      {"a mixed team, asked for", "planned", &C::isms, "allow_mixed_team", mixed, "second"},
      {"a mixed team, granted", "planned", &C::isms, "allow_mixed_team", mixed, "-> planned", {}, &C::boss},
      {"a mixed team, granted by an auditor of it", "planned", &C::isms, "allow_mixed_team", mixed, "unmet actor_not.second_holds_seat", seats("auditor", {&C::boss}), &C::boss},
      {"a mixed team, without a reason", "planned", &C::isms, "allow_mixed_team", {{"compensating_measure", "x"}}, "invalid /reason"},
  }, audit_in);
}

}  // namespace
}  // namespace assay::test::audit_test
