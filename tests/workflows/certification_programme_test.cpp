// What a certification programme accepts and refuses, and the dates of its cycles: T1, T2 and T3.
#include "workflows/certification_body.h"

using namespace assay;
using namespace assay::test;

namespace {

RecordId the_programme(CertificationBody& body, const std::string& state) {
  body.facts.at(body.programme).state = state;
  return body.programme;
}
/// Decided on 2026-01-15: the first year that needs a surveillance is 2027.
Json the_cycle(const char* first = "2027-01-10", const char* second = "2028-01-12", const char* year = "2027-12-31") {
  return {{"surveillance_year_end", year},
          {"planned_surveillance_1", first},
          {"planned_surveillance_2", second},
          {"planned_recertification", "2028-10-16"}};
}
const Before later_cycle = body_says("first_cycle", false);

}  // namespace

TEST_CASE("a programme is approved by its manager, competent and free, within the contract") {
  const Json dates{{"planned_stage1", "2026-05-04"}, {"planned_stage2", "2026-06-15"}};
  const Before complete = [](CertificationBody& body, RecordId id) {
    for (const char* field : {"auditing_edition", "criteria", "objectives", "audit_times", "time_calculation",
                              "sampling_plan", "competence_needed"}) {
      body.facts.at(id).body.edit()[field] = "stated";
    }
  };
  try_body({{"approved", "draft", &B::planner, "approve", dates, "-> approved", complete},
            {"without the calculation of time", "draft", &B::planner, "approve", dates, "unmet filled.empty"},
            {"not by the certification manager", "draft", &B::manager, "approve", dates, "not_permitted", complete},
            {"not by who consulted", "draft", &B::planner, "approve", dates, "unmet none_registered.actor_present",
             both(complete, consulted(&B::planner))},
            {"not without competence", "draft", &B::planner, "approve", dates, "unmet each_registered.actor_none",
             both(complete, loses_competence(&B::planner))},
            {"stage 2 is not before stage 1",
             "draft",
             &B::planner,
             "approve",
             {{"planned_stage1", "2026-07-04"}, {"planned_stage2", "2026-06-15"}},
             "unmet not_before.before",
             complete},
            {"no site outside of the contract",
             "draft",
             &B::planner,
             "revise",
             {{"sites", {"Kiel", "Oslo"}}},
             "unmet within.beyond"},
            {"an amendment takes a second person",
             "running",
             &B::planner,
             "amend",
             {{"justification", "New head-count"}},
             "second"},
            {"who manages certification",
             "running",
             &B::planner,
             "amend",
             {{"justification", "New head-count"}},
             "-> running",
             {},
             &B::manager},
            {"not closed over a running audit",
             "running",
             &B::manager,
             "close",
             {{"closing_statement", "Notice"}},
             "unmet linked_all.open",
             [](CertificationBody& body, RecordId) { body.audit_in("fieldwork"); }}},
           the_programme);
}

TEST_CASE("the visits of a cycle are planned within the law") {
  try_body({{"planned", "running", &B::planner, "schedule_first_cycle", the_cycle(), "-> running"},
            {"the first surveillance twelve months after the decision", "running", &B::planner, "schedule_first_cycle",
             the_cycle("2027-01-15"), "-> running"},
            {"and not a day later (T1)", "running", &B::planner, "schedule_first_cycle", the_cycle("2027-01-16"),
             "unmet not_after.after"},
            {"later cycles have until the end of the year", "running", &B::planner, "schedule_cycle",
             the_cycle("2027-12-31"), "-> running", later_cycle},
            {"and not longer (T2)", "running", &B::planner, "schedule_cycle", the_cycle("2028-01-02"),
             "unmet not_after.after", later_cycle},
            {"the second not in the same year", "running", &B::planner, "schedule_cycle",
             the_cycle("2027-03-01", "2027-12-01"), "unmet after.not_after", later_cycle},
            {"nor after the next", "running", &B::planner, "schedule_cycle", the_cycle("2027-03-01", "2029-01-02"),
             "unmet not_after.after", later_cycle},
            {"the first year is that after the decision", "running", &B::planner, "schedule_first_cycle",
             the_cycle("2026-12-01", "2027-12-01", "2026-12-31"), "unmet not_before.before"},
            {"a year ends in December", "running", &B::planner, "schedule_first_cycle",
             the_cycle("2027-01-10", "2028-01-12", "2027-11-30"), "invalid /surveillance_year_end"},
            {"planned once", "running", &B::planner, "schedule_first_cycle", the_cycle(), "unmet is.other_value",
             body_says("scheduled", true)},
            {"the first cycle is planned as such", "running", &B::planner, "schedule_cycle", the_cycle(),
             "unmet is.other_value"}},
           the_programme);
}

TEST_CASE("surveillances are counted by calendar year, and each deadline is a timer") {
  CertificationBody body;
  const RecordId programme = the_programme(body, "running");
  body.facts.at(programme).body.edit()["first_surveillance_done"] = false;
  take(body, programme, {body.planner, "schedule_first_cycle", the_cycle(), "running"});
  CHECK(body.deadlines(programme) ==
        "first_surveillance_due 2027-01-15, recertification_due 2029-01-14, surveillance_due 2027-12-31");

  body.now.at = *parse_instant("2027-01-11T09:00:00Z");
  const RecordId audit = body.audit_in("report_issued");
  body.facts.at(audit).body.edit()["last_audit_day"] = "2027-01-11";
  CHECK(answer(body.ask(body.planner, audit, "count_surveillance")) == "unmet filled.empty");
  body.facts.at(audit).body.edit()["surveillance_topics"] = {"complaints"};
  take(body, audit, {body.planner, "count_surveillance", {}, "report_issued"});
  CHECK(body.deadlines(programme) == "recertification_due 2029-01-14, surveillance_due 2027-12-31");
  CHECK(answer(body.ask(body.planner, programme, "confirm_last_year")) == "unmet not_after.after");
  take(body, programme, {body.planner, "confirm_year", {}, "running"});
  CHECK(body.deadlines(programme) == "recertification_due 2029-01-14, surveillance_due 2028-12-31");
  CHECK(answer(body.ask(body.planner, programme, "confirm_last_year")) == "unmet after.not_after");

  fire(body, programme, "note_surveillance_missed");
  CHECK((*body.facts.at(programme).body)["surveillance_overdue"] == true);
  const Json onwards{{"justification", "Suspended meanwhile"}, {"next_due", "recertification"}};
  CHECK(answer(body.ask(body.planner, programme, "pass_missed_year", onwards)) == "second");
  take(body, programme, {body.planner, "pass_missed_year", onwards, "running", body.manager});
  CHECK(body.deadlines(programme) == "recertification_due 2029-01-14");
  fire(body, programme, "note_recertification_late");
  CHECK((*body.facts.at(programme).body)["recertification_overdue"] == true);
  CHECK(body.state(programme) == "running");
}
