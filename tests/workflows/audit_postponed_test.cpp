// An audit of a client that is postponed and taken up again: who says so and when, what stands still meanwhile, and
// what is done anew.
#include "workflows/certification_body.h"

namespace assay::test::audit_postponed_test {
namespace {

using Days = std::map<std::string, std::string>;

const std::vector<std::string> before_opening = {"planned", "team_proposed", "objected", "team_confirmed",
                                                 "plan_issued"};
const std::vector<std::string> from_opening_on = {"opened",       "fieldwork",     "conclusions", "closed_meeting",
                                                  "report_draft", "report_issued", "follow_up",   "terminated",
                                                  "complete",     "cancelled"};
const Json reason{{"reason", "The pier is closed"}};
const Json june{{"planned_from", "2026-06-01"}, {"planned_to", "2026-06-03"}};

RecordId a_surveillance(CertificationBody& body, const std::string& state) { return body.audit_in(state); }
RecordId a_stage2(CertificationBody& body, const std::string& state) { return body.audit_in(state, "stage2"); }

/// The plan of one morning by the auditor, on a day as "2026-03-02".
Json sessions_on(const char* day) {
  const CertificationBody body;
  return {{"sessions", Json::array({{{"auditor", body.name(body.auditor)},
                                     {"topics", "Recovery"},
                                     {"starts", day + std::string("T09:00:00Z")},
                                     {"ends", day + std::string("T11:00:00Z")},
                                     {"zone", "Europe/Berlin"},
                                     {"site", "Kiel"},
                                     {"mode", "on_site"}}})}};
}

Json the_team() {
  const CertificationBody body;
  return {
      {"lead_auditor", {body.name(body.lead)}}, {"auditor", {body.name(body.auditor)}}, {"team_competence", "Hosting"}};
}

/// Due days of the timers that run, as the commands have started and stopped them.
Days due_days(CertificationBody& body, RecordId id) {
  Days found;
  for (const auto& [name, due] : body.facts.timers(id)) found[name] = to_text(due.day);
  return found;
}

void move_to(CertificationBody& body, const char* day) {
  body.now.at = *parse_instant(day + std::string("T09:00:00Z"));
}

/// An audit as planner plans it, so that its timers run from its beginning.
RecordId planned(CertificationBody& body) {
  const Json input = body.planning({{"methods", {"on_site"}}, {"planned_days", 0.25}, {"purpose", "surveillance"}});
  REQUIRE(answer(body.make(body.planner, "certification-audit", "plan", input)) == "-> planned");
  const RecordId id = body.last;
  body.facts.at(id).body.edit()["catalogue_hash"] = std::string(64, 'a');
  body.facts.add_item(id, {"iso27001-2022", "A.8.13-q1", "A.8.13", "whole", body.auditor, ""});
  return id;
}

std::string asked(CertificationBody& body, PersonId who, RecordId id, const char* command,
                  const Json& input = Json::object()) {
  return answer(body.ask(who, id, command, input));
}

// Tables: a row each, however long.
// clang-format off
TEST_CASE("an audit is postponed before it opens, by who plans or leads it, with the reason", "[certification]") {
  std::vector<BodyRow> rows;
  for (const std::string& state : before_opening) {
    rows.push_back({"by who plans it", state, &B::planner, "postpone", reason, "-> postponed"});
    rows.push_back({"by who leads it", state, &B::lead, "postpone", reason, "-> postponed"});
    for (const auto& [what, who] : {std::pair{"by an auditor", &B::auditor}, {"by the client", &B::customer}, {"by the certification manager", &B::manager}, {"by the decision maker", &B::decider}})
      rows.push_back({what, state, who, "postpone", reason, "not_permitted"});
  }
  for (const std::string& state : from_opening_on) {
    rows.push_back({"once it is open or over", state, &B::planner, "postpone", reason, "wrong_state"});
  }
  rows.insert(rows.end(), {
      {"twice", "postponed", &B::planner, "postpone", reason, "wrong_state"},
      {"for no reason", "plan_issued", &B::planner, "postpone", {}, "invalid /reason"},
      {"for an empty one", "plan_issued", &B::planner, "postpone", {{"reason", ""}}, "invalid /reason"},
      {"with dates, which come later", "plan_issued", &B::planner, "postpone", {{"reason", "Storm"}, {"planned_from", "2026-06-01"}}, "invalid /planned_from"},
      {"by who consulted for the client", "planned", &B::planner, "postpone", reason, "unmet none_registered.actor_present", consulted(&B::planner)},
      {"as lead auditor, too", "planned", &B::lead, "postpone", reason, "unmet none_registered.actor_present", consulted(&B::lead, "employment", "")},
      {"longer than two years ago", "planned", &B::planner, "postpone", reason, "-> postponed", consulted(&B::planner, "consultancy", "2024-03-01")},
  });
  try_body(rows, a_surveillance);
}

TEST_CASE("who plans an audit takes it up again, with new days", "[certification]") {
  std::vector<BodyRow> rows{
      {"by who plans it", "postponed", &B::planner, "resume", june, "-> planned"},
      {"on one day", "postponed", &B::planner, "resume", {{"planned_from", "2026-06-01"}, {"planned_to", "2026-06-01"}}, "-> planned"},
      {"by who leads it", "postponed", &B::lead, "resume", june, "not_permitted"},
      {"by the certification manager", "postponed", &B::manager, "resume", june, "not_permitted"},
      {"by the client", "postponed", &B::customer, "resume", june, "not_permitted"},
      {"without days", "postponed", &B::planner, "resume", {}, "invalid /planned_from /planned_to"},
      {"without the last one", "postponed", &B::planner, "resume", {{"planned_from", "2026-06-01"}}, "invalid /planned_to"},
      {"on a day that does not exist", "postponed", &B::planner, "resume", {{"planned_from", "2026-06-31"}, {"planned_to", "2026-07-01"}}, "invalid /planned_from"},
      {"to end before it begins", "postponed", &B::planner, "resume", {{"planned_from", "2026-06-02"}, {"planned_to", "2026-06-01"}}, "unmet not_before.before"},
      {"or it is cancelled by who plans it", "postponed", &B::planner, "cancel", reason, "-> cancelled"},
      {"or by the certification manager", "postponed", &B::manager, "cancel", reason, "-> cancelled"},
  };
  for (const auto& states : {before_opening, from_opening_on}) {
    for (const std::string& state : states) rows.push_back({"one that was not postponed", state, &B::planner, "resume", june, "wrong_state"});
  }
  try_body(rows, a_surveillance);
}

TEST_CASE("nothing is prepared of an audit that is postponed", "[certification]") {
  const Json dates{{"planned_from", "2026-06-01"}, {"planned_to", "2026-06-03"}, {"reason", "Storm"}};
  try_body({
      {"a team", "postponed", &B::planner, "propose_team", the_team(), "wrong_state"},
      {"its acceptance", "postponed", &B::customer, "accept_team", {}, "wrong_state"},
      {"a plan", "postponed", &B::lead, "issue_plan", sessions_on("2026-03-02"), "wrong_state"},
      {"another plan", "postponed", &B::lead, "revise_plan", reason, "wrong_state"},
      {"other days, without taking it up", "postponed", &B::planner, "reschedule", dates, "wrong_state"},
      {"an opening", "postponed", &B::lead, "open", {{"opening_on", "2026-03-02"}, {"opening_attendance", {{{"name", "I. Peters"}}}}}, "wrong_state"},
  }, a_surveillance);
}
// clang-format on

TEST_CASE("all who wait for an audit are told that it is postponed, and that it is taken up", "[certification]") {
  using Roles = std::vector<std::string>;
  CertificationBody body;
  const RecordId audit = body.audit_in("plan_issued");
  const auto told = [&](const char* command, const Json& input) {
    const auto decided = body.act(body.planner, audit, command, input);
    REQUIRE(decided.has_value());
    return decided->changes.front().told;
  };
  CHECK(told("postpone", reason) == Roles{"client_representative", "auditor", "lead_auditor", "programme_manager"});
  CHECK(told("resume", june) == Roles{"lead_auditor", "auditor", "client_representative"});
}

TEST_CASE("an audit that is taken up again needs a team and a plan anew", "[certification]") {
  CertificationBody body;
  const RecordId audit = planned(body);
  const auto prepare = [&] {
    take(body, audit, {body.planner, "propose_team", the_team(), "team_proposed"});
    take(body, audit, {body.customer, "accept_team", {}, "team_confirmed"});
  };
  prepare();
  take(body, audit, {body.lead, "issue_plan", sessions_on("2026-03-02"), "plan_issued"});
  take(body, audit, {body.planner, "postpone", reason, "postponed"});
  take(body, audit, {body.planner, "resume", june, "planned"});
  CHECK(body.facts.at(audit).body->at("planned_from") == "2026-06-01");
  CHECK(body.facts.at(audit).body->at("planned_to") == "2026-06-03");
  // The team is proposed once more, and the client accepts it or objects.
  CHECK(asked(body, body.customer, audit, "accept_team") == "wrong_state");
  CHECK(asked(body, body.lead, audit, "issue_plan", sessions_on("2026-06-01")) == "wrong_state");
  CHECK(asked(body, body.lead, audit, "open") == "wrong_state");
  prepare();
  // The plan of the former days is none for the new ones.
  CHECK(asked(body, body.lead, audit, "issue_plan") == "invalid /sessions");
  CHECK(asked(body, body.lead, audit, "issue_plan", sessions_on("2026-03-02")) == "unmet sessions_within.other_day");
  take(body, audit, {body.lead, "issue_plan", sessions_on("2026-06-01"), "plan_issued"});
  CHECK(asked(body, body.planner, audit, "postpone", reason) == "-> postponed");
}

TEST_CASE("the deadlines of an audit stand still while it is postponed", "[certification]") {
  CertificationBody body;
  const RecordId audit = planned(body);
  CHECK(due_days(body, audit) == Days{{"begin_due", "2026-03-04"}});
  take(body, audit, {body.planner, "propose_team", the_team(), "team_proposed"});
  CHECK(due_days(body, audit) == Days{{"begin_due", "2026-03-04"}, {"objection_period", "2026-03-09"}});
  take(body, audit, {body.lead, "postpone", reason, "postponed"});
  CHECK(due_days(body, audit).empty());
  for (const char* command : {"note_overdue", "note_objection_period_over"})
    CHECK(answer(body.ask(Actor{{}, {}, true}, audit, command)) == "wrong_state");

  move_to(body, "2026-05-11");
  take(body, audit, {body.planner, "resume", june, "planned"});
  CHECK(due_days(body, audit) == Days{{"begin_due", "2026-06-03"}});
  move_to(body, "2026-05-12");
  take(body, audit, {body.planner, "propose_team", the_team(), "team_proposed"});
  CHECK(due_days(body, audit) == Days{{"begin_due", "2026-06-03"}, {"objection_period", "2026-05-19"}});
}

TEST_CASE("a postponed audit keeps how long its stage 1 is valid, and nothing of its delay", "[certification]") {
  CertificationBody body;
  const RecordId audit = a_stage2(body, "team_confirmed");
  body.facts.at(audit).body.edit()["stage1_last_day"] = "2026-02-02";
  fire(body, audit, "note_overdue");
  CHECK(body.facts.at(audit).body->at("overdue") == true);
  take(body, audit, {body.planner, "postpone", reason, "postponed"});
  CHECK(body.deadlines(audit) == "stage1_validity 2026-08-02");
  fire(body, audit, "note_stage1_outdated");
  take(body, audit, {body.planner, "resume", june, "planned"});
  CHECK(body.deadlines(audit) == "begin_due 2026-06-03, stage1_validity 2026-08-02");
  CHECK(body.facts.at(audit).body->at("overdue") == false);
  CHECK(body.facts.at(audit).body->at("stage1_outdated") == true);
}

TEST_CASE("silence about a former team is no consent to the one after a delay", "[certification]") {
  CertificationBody body;
  const RecordId audit = planned(body);
  take(body, audit, {body.planner, "propose_team", the_team(), "team_proposed"});
  fire(body, audit, "note_objection_period_over");
  REQUIRE(asked(body, body.planner, audit, "confirm_team") == "-> team_confirmed");
  take(body, audit, {body.planner, "postpone", reason, "postponed"});
  take(body, audit, {body.planner, "resume", june, "planned"});
  CHECK(body.facts.at(audit).body->at("objection_period_over") == false);
  take(body, audit, {body.planner, "propose_team", the_team(), "team_proposed"});
  CHECK(asked(body, body.planner, audit, "confirm_team") == "unmet is.other_value");
}

TEST_CASE("the sessions of a postponed audit engage nobody", "[certification]") {
  CertificationBody body;
  const RecordId one = body.audit_in("team_confirmed"), other = body.audit_in("team_confirmed");
  const Json plan = sessions_on("2026-03-03");
  take(body, one, {body.lead, "issue_plan", plan, "plan_issued"});
  CHECK(asked(body, body.lead, other, "issue_plan", plan) == "unmet no_clash.engaged");
  take(body, one, {body.planner, "postpone", reason, "postponed"});
  take(body, other, {body.lead, "issue_plan", plan, "plan_issued"});
  // What comes back finds the time taken.
  take(body, one, {body.planner, "resume", {{"planned_from", "2026-03-03"}, {"planned_to", "2026-03-05"}}, "planned"});
  take(body, one, {body.planner, "propose_team", the_team(), "team_proposed"});
  take(body, one, {body.customer, "accept_team", {}, "team_confirmed"});
  CHECK(asked(body, body.lead, one, "issue_plan", plan) == "unmet no_clash.engaged");
  take(body, one, {body.lead, "issue_plan", sessions_on("2026-03-04"), "plan_issued"});
}

}  // namespace
}  // namespace assay::test::audit_postponed_test
