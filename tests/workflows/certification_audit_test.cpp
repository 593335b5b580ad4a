// What a certification audit accepts and refuses; its team, the two stages, and a whole surveillance.
#include "workflows/certification_body.h"

namespace assay::test::certification_audit_test {
namespace {

RecordId a_surveillance(CertificationBody& body, const std::string& state) { return body.audit_in(state); }
RecordId a_stage1(CertificationBody& body, const std::string& state) { return body.audit_in(state, "stage1"); }
RecordId a_short_notice(CertificationBody& body, const std::string& state) {
  return body.audit_in(state, "short_notice");
}
/// Rests on a stage 1 that was found ready on 2026-02-02 and reviewed.
RecordId a_stage2(CertificationBody& body, const std::string& state) {
  const RecordId stage1 = body.audit_in("report_issued", "stage1");
  body.facts.at(stage1).body.edit().update(
      {{"last_audit_day", "2026-02-02"}, {"stage1_outcome", "ready"}, {"stage1_reviewed_on", "2026-02-10"}});
  const RecordId stage2 = body.audit_in(state, "stage2");
  body.facts.link(stage2, "stage1", stage1);
  return stage2;
}
Before of_stage1(const char* field, Json value) {
  return [field, value](CertificationBody& body, RecordId id) {
    body.facts.at(body.facts.linked(id, "stage1").front()).body.edit()[field] = value;
  };
}
/// A team by the names of people; a table is read before there is a world.
Json seats_of(const char* lead, const char* auditor) {
  const CertificationBody body;
  const std::map<std::string, PersonId> people{{"lead", body.lead},         {"auditor", body.auditor},
                                               {"expert", body.expert},     {"verifier", body.verifier},
                                               {"customer", body.customer}, {"colleague", body.colleague}};
  return {{"lead_auditor", {body.name(people.at(lead))}},
          {"auditor", {body.name(people.at(auditor))}},
          {"team_competence", "Hosting and cloud"}};
}
Json a_session(const char* who, const char* from, const char* to) {
  const CertificationBody body;
  const std::map<std::string, PersonId> people{{"lead", body.lead}, {"auditor", body.auditor}, {"expert", body.expert}};
  return {{"auditor", body.name(people.at(who))},
          {"topics", "Recovery"},
          {"starts", from},
          {"ends", to},
          {"zone", "Europe/Berlin"},
          {"site", "Kiel"},
          {"mode", "on_site"}};
}
const Json opening{{"opening_on", "2026-03-02"}, {"opening_attendance", {{{"name", "I. Peters"}}}}};
Json planned_with(CertificationBody& body, const char* field, Json value) {
  Json input = body.planning({{"purpose", "surveillance"}});
  input[field] = std::move(value);
  return input;
}

TEST_CASE("an audit has several purposes, within its programme", "[certification]") {
  try_new_of_body(
      "certification-audit",
      {{"surveillance with a change of scope", &B::planner, "plan",
        [](B& b) { return planned_with(b, "further_purposes", {"scope_change", "transition"}); }, "-> planned"},
       {"the stages have commands of their own", &B::planner, "plan",
        [](B& b) { return planned_with(b, "purpose", "stage2"); }, "unmet is_not.excluded_value"},
       {"no site outside of the programme", &B::planner, "plan",
        [](B& b) { return planned_with(b, "sites", {"Oslo"}); }, "unmet within.beyond"},
       {"no area either", &B::planner, "plan", [](B& b) { return planned_with(b, "areas", {"health"}); },
        "unmet within.beyond"},
       {"the end is not before the beginning", &B::planner, "plan",
        [](B& b) { return planned_with(b, "planned_to", "2026-03-01"); }, "unmet not_before.before"},
       {"not by an auditor", &B::lead, "plan", [](B& b) { return planned_with(b, "purpose", "surveillance"); },
        "not_permitted"},
       {"stage 2 rests on a stage 1", &B::planner, "plan_stage2", [](B& b) { return b.planning(Json::object()); },
        "invalid /stage1"},
       {"and on nothing else", &B::planner, "plan_stage2",
        [](B& b) { return b.planning({{"stage1", b.name(b.audit_in("report_issued"))}}); }, "unmet linked_some.none"},
       {"planned with it", &B::planner, "plan_stage2",
        [](B& b) { return b.planning({{"stage1", b.name(b.audit_in("report_issued", "stage1"))}}); }, "-> planned"},
       {"not with one of another programme", &B::planner, "plan_stage2",
        [](B& b) {
          const RecordId own = b.programme;
          b.programme = b.facts.add("certification-programme", "running", b.programme_body(), {{"client", b.client}});
          const RecordId elsewhere = b.audit_in("report_issued", "stage1");
          b.programme = own;
          return b.planning({{"stage1", b.name(elsewhere)}});
        },
        "unmet linked_among.elsewhere"},
       {"follows none of another client", &B::planner, "plan",
        [](B& b) {
          const RecordId stranger = b.facts.add("client", "contracted", {{"name", "Other"}});
          const RecordId theirs =
              b.facts.add("certification-programme", "running", b.programme_body(), {{"client", stranger}});
          const RecordId audit =
              b.facts.add("certification-audit", "complete", Json::object(), {{"programme", theirs}});
          return planned_with(b, "follows", Json::array({b.name(audit)}));
        },
        "unmet linked_among.elsewhere"},
       {"who has consulted for the client plans nothing", &B::planner, "plan",
        [](B& b) {
          b.interested(b.planner, "consultancy", "2024-03-02");
          return b.planning({{"purpose", "surveillance"}});
        },
        "unmet none_registered.actor_present"},
       {"short notice has a ground and published conditions", &B::planner, "plan_short_notice",
        [](B& b) { return b.planning(Json::object()); }, "invalid /conditions_published /short_notice_ground"}});
}

TEST_CASE("a team is competent, free of interests, and the client may object", "[certification]") {
  const Json team = seats_of("lead", "auditor");
  try_body(
      {{"proposed", "planned", &B::planner, "propose_team", team, "-> team_proposed"},
       {"again after an objection", "objected", &B::planner, "propose_team", team, "-> team_proposed"},
       {"and after a change, whatever was confirmed", "plan_issued", &B::planner, "propose_team", team,
        "-> team_proposed"},
       {"the lead auditor is one", "planned", &B::planner, "propose_team", seats_of("auditor", "colleague"),
        "unmet each_registered.none"},
       {"an auditor is one", "planned", &B::planner, "propose_team", seats_of("lead", "customer"),
        "unmet each_registered.none people_differ.overlap"},
       {"competence that was suspended is none", "planned", &B::planner, "propose_team", team,
        "unmet each_registered.none", loses_competence(&B::auditor)},
       {"areas beyond their competence", "planned", &B::planner, "propose_team", team,
        "unmet each_registered.none some_registered.nobody", body_says("areas", {"it", "cloud"})},
       {"which nobody covers", "planned", &B::planner, "propose_team", team, "unmet some_registered.nobody",
        both(body_says("areas", {"it", "cloud"}), body_says("waived", {"shared_areas"}))},
       {"who consulted for the client stays away two years", "planned", &B::planner, "propose_team", team,
        "unmet none_registered.present", consulted(&B::auditor)},
       {"an expert too", "planned", &B::planner, "propose_team", team, "unmet none_registered.present",
        consulted(&B::expert)},
       {"not longer", "planned", &B::planner, "propose_team", team, "-> team_proposed",
        consulted(&B::auditor, "consultancy", "2024-03-01")},
       {"short notice has a way of its own", "planned", &B::planner, "propose_team", team,
        "unmet is_not.excluded_value", body_says("purpose", "short_notice")},
       {"the client objects",
        "team_proposed",
        &B::customer,
        "object",
        {{"objection_ground", "past_conduct"}, {"objection", "2023"}},
        "-> objected"},
       {"without a ground it does not",
        "team_proposed",
        &B::customer,
        "object",
        {{"objection", "2023"}},
        "invalid /objection_ground"},
       {"nobody else objects",
        "team_proposed",
        &B::lead,
        "object",
        {{"objection_ground", "past_conduct"}, {"objection", "2023"}},
        "not_permitted"},
       {"the client accepts", "team_proposed", &B::customer, "accept_team", {}, "-> team_confirmed"},
       {"silence is no consent yet", "team_proposed", &B::planner, "confirm_team", {}, "unmet is.other_value"},
       {"after the period it is",
        "team_proposed",
        &B::planner,
        "confirm_team",
        {},
        "-> team_confirmed",
        body_says("objection_period_over", true)},
       {"the timer only notes it", "team_proposed", &B::planner, "note_objection_period_over", {}, "not_permitted"},
       {"a replacement on site takes the client's consent",
        "fieldwork",
        &B::planner,
        "replace_auditor",
        {{"reason", "Ill"}, {"team_competence", "As before"}},
        "second"},
       {"once given",
        "fieldwork",
        &B::planner,
        "replace_auditor",
        {{"reason", "Ill"}, {"team_competence", "As before"}},
        "-> fieldwork",
        {},
        &B::customer}},
      a_surveillance);
  Json reviewed = team;
  reviewed["conflict_review"] = "No relation to anybody there";
  try_body({{"a short-notice team takes an extra review", "planned", &B::planner, "confirm_short_notice_team", team,
             "invalid /conflict_review"},
            {"and a second person", "planned", &B::planner, "confirm_short_notice_team", reviewed, "second"},
            {"then no objection is possible",
             "planned",
             &B::planner,
             "confirm_short_notice_team",
             reviewed,
             "-> team_confirmed",
             {},
             &B::manager}},
           a_short_notice);
}

TEST_CASE("the time of experts, trainees and strangers to the team does not count", "[certification]") {
  const auto time_of = [](PersonId B::* who) {
    const CertificationBody body;
    const Json lead{{"auditor", body.name(body.lead)}, {"on", "2026-03-02"}, {"hours", 8}, {"mode", "on_site"}};
    Json other = lead;
    other["auditor"] = body.name(body.*who);
    return Json{{"actual_time", {lead, other}}};
  };
  const std::string refused = "unmet time_of_team.not_in_team";
  try_body({{"of an auditor", "fieldwork", &B::lead, "record_time", time_of(&B::auditor), "-> fieldwork"},
            {"of an expert", "fieldwork", &B::lead, "record_time", time_of(&B::expert), refused},
            {"of a trainee", "fieldwork", &B::lead, "record_time", time_of(&B::trainee), refused},
            {"of a colleague", "fieldwork", &B::lead, "record_time", time_of(&B::colleague), refused},
            {"of an auditor who has left the team", "fieldwork", &B::lead, "record_time", time_of(&B::colleague),
             "-> fieldwork", sat("auditor", &B::colleague)},
            {"none of it", "fieldwork", &B::lead, "record_time", Json::object(), "-> fieldwork"}},
           a_surveillance);
}

TEST_CASE("a plan has no clash, and no expert audits alone", "[certification]") {
  const auto plan = [](Json first, Json second) { return Json{{"sessions", {std::move(first), std::move(second)}}}; };
  const Json morning = a_session("auditor", "2026-03-02T09:00:00Z", "2026-03-02T11:00:00Z");
  try_body(
      {{"one after the other", "team_confirmed", &B::lead, "issue_plan",
        plan(morning, a_session("auditor", "2026-03-02T11:00:00Z", "2026-03-02T12:00:00Z")), "-> plan_issued"},
       {"two at a time", "team_confirmed", &B::lead, "issue_plan",
        plan(morning, a_session("auditor", "2026-03-02T10:30:00Z", "2026-03-02T12:00:00Z")), "unmet no_clash.overlap"},
       {"an expert", "team_confirmed", &B::lead, "issue_plan",
        plan(morning, a_session("expert", "2026-03-02T10:30:00Z", "2026-03-02T12:00:00Z")),
        "unmet no_clash.not_in_team"},
       {"without a catalogue",
        "team_confirmed",
        &B::lead,
        "issue_plan",
        {{"sessions", {morning}}},
        "unmet filled.empty",
        body_lacks("catalogue_hash")},
       {"an item without an auditor",
        "team_confirmed",
        &B::lead,
        "issue_plan",
        {{"sessions", {morning}}},
        "unmet items_assigned.unassigned",
        [](CertificationBody& body, RecordId id) { body.facts.items_of(id)[0].auditor.reset(); }},
       {"not after consultancy by a related body",
        "team_confirmed",
        &B::lead,
        "issue_plan",
        {{"sessions", {morning}}},
        "unmet linked_none.present",
        [](CertificationBody& body, RecordId) {
          body.facts.add("interest-declaration", "declared", {{"relation", "related_consultancy"}},
                         {{"client", body.client}});
        }}},
      a_surveillance);
}

TEST_CASE("what is audited from afar says by what means, and what came of it", "[certification]") {
  const auto with = [](Json members) {
    Json session = a_session("auditor", "2026-03-02T09:00:00Z", "2026-03-02T19:00:00Z");
    session["mode"] = "remote";
    session.update(members);
    return Json{{"sessions", {session}}};
  };
  const Json means{{"tool", "Video"}, {"confidentiality", "Not recorded"}, {"fallback", "Telephone"}};
  try_body({{"without its means", "team_confirmed", &B::lead, "issue_plan", with(Json::object()),
             "unmet filled_where.row_empty"},
            {"without a fallback", "team_confirmed", &B::lead, "issue_plan",
             with({{"tool", "Video"}, {"confidentiality", "Not recorded"}}), "unmet filled_where.row_empty"},
            {"with them", "team_confirmed", &B::lead, "issue_plan", with(means), "-> plan_issued"}},
           a_surveillance);
}

TEST_CASE("stage 2 needs a stage 1 that was ready, reviewed and is still valid", "[certification]") {
  try_body({{"ready", "plan_issued", &B::lead, "open", opening, "-> opened"},
            {"not ready", "plan_issued", &B::lead, "open", opening, "unmet linked_none.present",
             of_stage1("stage1_outcome", "not_ready")},
            {"to be repeated", "plan_issued", &B::lead, "open", opening, "unmet linked_none.present",
             of_stage1("stage1_outcome", "repeat_stage1")},
            {"report not reviewed", "plan_issued", &B::lead, "open", opening, "unmet linked_all.not_filled",
             of_stage1("stage1_reviewed_on", nullptr)},
            {"six months are the limit", "plan_issued", &B::lead, "open", opening, "-> opened",
             of_stage1("last_audit_day", "2025-09-02")},
            {"a day more is too long (T8)", "plan_issued", &B::lead, "open", opening, "unmet not_after.too_late",
             of_stage1("last_audit_day", "2025-09-01")},
            {"unless the body justifies it", "plan_issued", &B::lead, "open", opening, "-> opened",
             both(of_stage1("last_audit_day", "2025-09-01"), body_says("waived", {"stage1_age"}))},
            {"two people do so",
             "plan_issued",
             &B::planner,
             "justify_stage1",
             {{"stage1_justification", "Nothing has changed"}, {"reason", "Holidays"}},
             "second"},
            {"competence that ended meanwhile", "plan_issued", &B::lead, "open", opening, "unmet each_registered.none",
             loses_competence(&B::lead)}},
           a_stage2);
  try_body({{"stage 1 ends with an outcome",
             "fieldwork",
             &B::lead,
             "conclude_stage1",
             {{"conclusions", "Prepared"}},
             "invalid /stage1_outcome"},
            {"not otherwise",
             "fieldwork",
             &B::lead,
             "conclude",
             {{"conclusions", "Prepared"}},
             "unmet is_not.excluded_value"},
            {"its report has no recommendation",
             "closed_meeting",
             &B::lead,
             "draft_report",
             {{"effectiveness", "-"}, {"recommendation", "recommend"}, {"deviations", "None"}},
             "unmet is_not.excluded_value"},
            {"it is reviewed by the programme manager",
             "report_issued",
             &B::planner,
             "review_stage1",
             {{"report_review", "Team confirmed"}},
             "-> report_issued"},
            {"never by the team",
             "report_issued",
             &B::planner,
             "review_stage1",
             {{"report_review", "Team confirmed"}},
             "unmet actor_not.holds_seat",
             sits("auditor", &B::planner)},
            {"nor by who has left it",
             "report_issued",
             &B::planner,
             "review_stage1",
             {{"report_review", "Team confirmed"}},
             "unmet actor_not.held_seat",
             sat("auditor", &B::planner)},
            {"and complete only then", "report_issued", &B::lead, "complete_stage1", {}, "unmet filled.empty"}},
           a_stage1);
}

TEST_CASE("an audit is reported with its time, and complete when its findings are", "[certification]") {
  const Json report{{"effectiveness", "Effective"}, {"recommendation", "recommend"}, {"deviations", "None"}};
  try_body(
      {{"a surveillance covers its topics", "closed_meeting", &B::lead, "draft_surveillance_report", report,
        "invalid /surveillance_topics"},
       {"each of them", "closed_meeting", &B::lead, "draft_surveillance_report",
        [&] {
          Json input = report;
          input["surveillance_topics"] = {"complaints", "marks"};
          return input;
        }(),
        "invalid /surveillance_topics"},
       {"there is no way around", "closed_meeting", &B::lead, "draft_report", report, "unmet is_not.excluded_value"},
       {"a termination is reported too", "terminated", &B::lead, "draft_report", report, "-> report_draft",
        body_says("purpose", "recertification")},
       {"and ends the fieldwork",
        "fieldwork",
        &B::lead,
        "terminate",
        {{"reason", "No access"}, {"deviations", "Kiel not seen"}, {"conclusions", "None"}},
        "-> terminated"},
       {"issued", "report_draft", &B::lead, "issue_report", {}, "-> report_issued"},
       {"not without the time spent",
        "report_draft",
        &B::lead,
        "issue_report",
        {},
        "unmet filled.empty",
        body_lacks("actual_time")},
       {"not over a drafted nonconformity",
        "report_draft",
        &B::lead,
        "issue_report",
        {},
        "unmet linked_none.present",
        [](CertificationBody& body, RecordId id) { body.nonconformity_in("draft", id); }},
       {"not older than a grading",
        "report_draft",
        &B::lead,
        "issue_report",
        {},
        "unmet has_report.outdated",
        [](CertificationBody& body, RecordId id) {
          body.facts.did(body.lead, body.nonconformity_in("issued", id), "lower_grade",
                         body.now.at + std::chrono::milliseconds{1});
        }},
       {"complete", "follow_up", &B::lead, "complete", {}, "-> complete"},
       {"not with an accepted plan of a major",
        "follow_up",
        &B::lead,
        "complete",
        {},
        "unmet linked_all.open",
        [](CertificationBody& body, RecordId id) { body.nonconformity_in("plan_accepted", id); }},
       {"a minor may be carried",
        "follow_up",
        &B::lead,
        "complete",
        {},
        "-> complete",
        [](CertificationBody& body, RecordId id) {
          body.facts.at(body.nonconformity_in("carried_to_next_audit", id)).body.edit()["grade"] = "minor";
        }},
       {"not with an outdated report",
        "follow_up",
        &B::lead,
        "complete",
        {},
        "unmet is.other_value",
        body_says("report_outdated", true)},
       {"an evaluator evaluates",
        "fieldwork",
        &B::evaluator,
        "evaluate",
        {{"evaluated", CertificationBody().name(CertificationBody().trainee)},
         {"evaluated_days", 3},
         {"evaluation", "Asks openly"}},
        "-> fieldwork"},
       {"others do not",
        "fieldwork",
        &B::lead,
        "evaluate",
        {{"evaluated", CertificationBody().name(CertificationBody().trainee)},
         {"evaluated_days", 3},
         {"evaluation", "Asks openly"}},
        "not_permitted"}},
      a_surveillance);
}

TEST_CASE("a whole surveillance with a minor carried from the year before", "[certification]") {
  CertificationBody body;
  const auto made = body.make(body.planner, "certification-audit", "plan",
                              body.planning({{"purpose", "surveillance"}, {"methods", {"on_site"}}}));
  INFO((made ? std::string() : text_of(made.error())));
  REQUIRE(answer(made) == "-> planned");
  const RecordId audit = body.last;
  CHECK((*body.facts.at(audit).body)["scheme"] == "iso_27001");
  const RecordId carried = body.nonconformity_in("carried_to_next_audit", body.audit_in("complete"));
  body.facts.at(carried).body.edit().update({{"grade", "minor"}, {"verification_method", "next_audit"}});
  take(body, carried, {body.planner, "assign_audit", {{"checked_in", {body.name(audit)}}}, "carried_to_next_audit"});

  take(body, audit, {body.planner, "propose_team", seats_of("lead", "auditor"), "team_proposed"});
  CHECK(body.deadlines(audit) == "begin_due 2026-03-04, objection_period 2026-03-09");
  fire(body, audit, "note_objection_period_over");
  take(body, audit, {body.planner, "confirm_team", {}, "team_confirmed"});
  body.facts.at(audit).body.edit()["catalogue_hash"] = std::string(64, 'a');
  body.facts.add_item(audit, {"iso27001-2022", "A.8.13-q1", "A.8.13", "whole", body.auditor, "conforms"});
  take(body, audit,
       {body.lead,
        "issue_plan",
        {{"sessions",
          {a_session("lead", "2026-03-02T08:00:00Z", "2026-03-02T16:00:00Z"),
           a_session("auditor", "2026-03-02T09:00:00Z", "2026-03-02T11:00:00Z")}}},
        "plan_issued"});
  take(body, audit, {body.lead, "open", opening, "opened"});
  CHECK(body.state(carried) == "verifying");
  CHECK(body.facts.seat(carried, "verifier") == std::vector{body.lead});
  take(body, audit, {body.auditor, "begin_fieldwork", {}, "fieldwork"});
  take(
      body, audit,
      {body.lead,
       "record_time",
       {{"actual_time", {{{"auditor", body.name(body.lead)}, {"on", "2026-03-02"}, {"hours", 8}, {"mode", "on_site"}}}},
        {"time_deviations",
         {{{"auditor", body.name(body.auditor)},
           {"on", "2026-03-02"},
           {"hours_planned", 2},
           {"hours", 1},
           {"mode", "on_site"},
           {"reason", "Train"}}}}},
       "fieldwork"});
  take(body, audit, {body.lead, "conclude", {{"conclusions", "Effective"}}, "conclusions"});
  const RecordId found = body.nonconformity_in("issued", audit);
  take(body, audit,
       {body.lead,
        "hold_closing_meeting",
        {{"closing_on", "2026-03-02"},
         {"closing_attendance", {{{"name", "I. Peters"}}}},
         {"time_frame", "30 and 90 days"},
         {"remedies", "Explained"}},
        "closed_meeting"});
  CHECK((*body.facts.at(found).body)["last_audit_day"] == "2026-03-02");
  CHECK(body.deadlines(audit) == "report_due 2026-03-16");
  take(body, audit,
       {body.lead,
        "draft_surveillance_report",
        {{"effectiveness", "Effective"},
         {"recommendation", "conditional_on_plan"},
         {"deviations", "None"},
         {"surveillance_topics",
          {"internal_audit_and_review", "earlier_nonconformities", "complaints", "objectives", "improvement",
           "operational_control", "changes", "marks"}}},
        "report_draft"});
  body.facts.add_report(audit, body.now.at);
  take(body, audit, {body.lead, "issue_report", {}, "report_issued"});
  take(body, audit, {body.planner, "count_surveillance", {}, "report_issued"});
  CHECK((*body.facts.at(body.programme).body)["last_surveillance_on"] == "2026-03-02");
}

}  // namespace
}  // namespace assay::test::certification_audit_test
