// What a recurring audit accepts and refuses, what it plans and when, and how an audit is planned like an earlier one.
#include "domain/timers.h"
#include "workflows/company.h"

namespace assay::test::recurring_audit_test {
namespace {

using C = Company;

RecordId supplier_in(Company& company, const char* state) {
  return company.facts.add("supplier", state, {{"name", "Cold Storage Ltd"}, {"services", "Backups"}}, {},
                           {{"owner", {company.owner}}});
}
RecordId series_in(Company& company, const std::string& state) {
  return company.facts.add("recurring-audit", state,
                           {{"title", "Backup and recovery"},
                            {"purposes", {"internal"}},
                            {"objectives", "Recovery works"},
                            {"scope", "Data centre"},
                            {"criteria", {"ISO/IEC 27001:2022"}},
                            {"methods", {"on_site", "interviews"}},
                            {"interval_months", 12},
                            {"next_from", "2026-08-31"},
                            {"next_to", "2026-09-01"}},
                           {{"programme", company.programme}}, {});
}
Json establish(Company& company) {
  return {{"programme", company.name(company.programme)},
          {"title", "Backup and recovery"},
          {"purposes", {"internal"}},
          {"objectives", "Recovery works"},
          {"scope", "Data centre"},
          {"criteria", {"ISO/IEC 27001:2022"}},
          {"interval_months", 12},
          {"next_from", "2026-08-31"},
          {"next_to", "2026-09-01"}};
}
auto with_member(const char* name, Json value) {
  return [=](Company& company) {
    Json input = establish(company);
    input[name] = value;
    return input;
  };
}
auto programme_in(const char* state) {
  return [state](Company& company, RecordId) { company.facts.at(company.programme).state = state; };
}
Result<Decision> time_passes(Company& company, RecordId id) {
  Actor clock;
  clock.timer = true;
  return company.act(clock, id, "plan_next");
}
const Json dates{{"next_from", "2026-10-01"}, {"next_to", "2026-10-02"}};
const Json why{{"reason", "Site closes"}};

/// A finished audit with a team, an answered item, a report and dates of its own.
RecordId finished_audit(Company& company) {
  const RecordId id = company.audit_in("complete");
  Json& body = company.facts.at(id).body.edit();
  body.update({{"purposes", {"supplier"}},
               {"objectives", "Agreements kept"},
               {"scope", "Backups"},
               {"criteria", {"Contract, annex 3"}},
               {"sites", {"Hamburg"}},
               {"language", "de"},
               {"effectiveness", "Effective"},
               {"completed_on", "2026-03-20"}});
  return id;
}

// Tables: a row each, however long.
// clang-format off
TEST_CASE("who lets an audit recur, and from when") {
  try_new("recurring-audit", {
      {"the programme manager", &C::planner, "establish", establish, "-> running"},
      {"the ISMS manager", &C::isms, "establish", establish, "-> running"},
      {"a colleague", &C::colleague, "establish", establish, "not_permitted"},
      {"an auditor", &C::lead, "establish", establish, "not_permitted"},
      {"every 0 months", &C::planner, "establish", with_member("interval_months", 0), "invalid /interval_months"},
      {"every 61 months", &C::planner, "establish", with_member("interval_months", 61), "invalid /interval_months"},
      {"every year and a half of a month", &C::planner, "establish", with_member("interval_months", 18.5), "invalid /interval_months"},
      {"from today", &C::planner, "establish", with_member("next_from", "2026-03-02"), "unmet after.not_after"},
      {"on a day that does not exist", &C::planner, "establish", with_member("next_from", "2026-02-30"), "invalid /next_from"},
      {"ending before it begins", &C::planner, "establish", with_member("next_to", "2026-08-30"), "unmet not_before.before"},
      {"with a team", &C::planner, "establish", [](Company& c) { Json input = establish(c); input["lead_auditor"] = {c.name(c.lead)}; return input; }, "invalid /lead_auditor"},
      {"in a programme that is over", &C::isms, "establish", [](Company& c) { c.facts.at(c.programme).state = "closed"; return establish(c); }, "unmet linked_all.open"},
      {"of a supplier in use", &C::planner, "establish", [](Company& c) { Json input = establish(c); input["supplier"] = c.name(supplier_in(c, "approved")); return input; }, "-> running"},
      {"of a supplier that is gone", &C::planner, "establish", [](Company& c) { Json input = establish(c); input["supplier"] = c.name(supplier_in(c, "ended")); return input; }, "unmet linked_all.open"},
  });
}

TEST_CASE("a recurrence is revised, moved, paused and ended by those who run the programme") {
  try_rows({
      {"every half year", "running", &C::planner, "revise", {{"interval_months", 6}}, "-> running"},
      {"without an interval", "running", &C::planner, "revise", {{"interval_months", nullptr}}, "unmet filled.empty"},
      {"dates by the way", "running", &C::planner, "revise", dates, "invalid /next_from /next_to"},
      {"by an auditor", "running", &C::lead, "revise", {{"interval_months", 6}}, "not_permitted"},
      {"moved", "running", &C::isms, "reschedule", {{"next_from", "2026-10-01"}, {"next_to", "2026-10-02"}, {"reason", "Holidays"}}, "-> running"},
      {"moved without a reason", "running", &C::isms, "reschedule", dates, "invalid /reason"},
      {"moved into the past", "running", &C::isms, "reschedule", {{"next_from", "2026-01-01"}, {"next_to", "2026-10-02"}, {"reason", "x"}}, "unmet after.not_after"},
      {"paused", "running", &C::planner, "pause", why, "-> paused"},
      {"moved while it is paused", "paused", &C::isms, "reschedule", {{"next_from", "2026-10-01"}, {"next_to", "2026-10-02"}, {"reason", "x"}}, "wrong_state"},
      {"taken up again", "paused", &C::planner, "resume", dates, "-> running"},
      {"taken up again in a draft", "paused", &C::isms, "resume", dates, "unmet linked_all.open", programme_in("draft")},
      {"ended", "paused", &C::planner, "end", why, "-> ended"},
      {"ended twice", "ended", &C::planner, "end", why, "wrong_state"},
      {"planned by hand", "running", &C::isms, "plan_next", {}, "not_permitted"},
      {"lapsed by hand", "running", &C::isms, "lapse", {}, "not_permitted"},
  }, series_in);
}
// clang-format on

TEST_CASE(
    "when its time has come, the next audit is planned as a draft without a team, and the one after it is dated") {
  Company company;
  company.facts.link(series_in(company, "paused"), "supplier", supplier_in(company, "approved"));
  REQUIRE(company.make(company.planner, "recurring-audit", "establish", establish(company)).has_value());
  const RecordId series = company.last;
  CHECK(to_text(company.facts.timers(series).at("next_due").day) == "2026-07-02");
  const auto planned = time_passes(company, series);
  REQUIRE(planned.has_value());
  REQUIRE(planned->changes.size() == 2);
  const RecordId audit = company.touched[1];
  CHECK(company.state(audit) == "planned");
  CHECK(*company.facts.at(audit).body == Json{{"title", "Backup and recovery"},
                                              {"purposes", {"internal"}},
                                              {"objectives", "Recovery works"},
                                              {"scope", "Data centre"},
                                              {"criteria", {"ISO/IEC 27001:2022"}},
                                              {"planned_from", "2026-08-31"},
                                              {"planned_to", "2026-09-01"},
                                              {"overdue", false},
                                              {"objection_period_over", false}});
  CHECK(company.facts.linked(audit, "programme") == std::vector{company.programme});
  CHECK(company.facts.linked(series, "audits") == std::vector{audit});
  CHECK(planned->changes[1].seated.empty());
  CHECK(company.facts.at(series).body->at("next_from") == "2027-08-31");
  CHECK(company.facts.at(series).body->at("next_to") == "2027-09-01");
  CHECK(to_text(company.facts.timers(series).at("next_due").day) == "2027-07-02");
}

TEST_CASE("after a long stop one date is caught up, those that it overtook are noted, and what is to come is planned") {
  const auto [stopped_until, overdue, not_held, next] =
      GENERATE(table<const char*, std::vector<std::string>, std::size_t, const char*>({
          {"2026-02-15", {"2026-04-15"}, 0, "2026-05-15"},                              // on time, ahead of its day
          {"2026-04-20", {"2026-04-15", "2026-05-15", "2026-06-15"}, 0, "2026-07-15"},  // late, and none overtook it
          {"2026-05-15", {"2026-05-15", "2026-06-15"}, 1, "2026-07-15"},
          {"2029-03-20", {"2029-03-15", "2029-04-15", "2029-05-15"}, 35, "2029-06-15"},
      }));
  INFO(stopped_until);
  Company company;
  company.now.at = *parse_instant("2026-01-10T09:00:00Z");
  Json input = establish(company);
  input.update({{"interval_months", 1}, {"next_from", "2026-04-15"}, {"next_to", "2026-04-16"}});
  REQUIRE(company.make(company.planner, "recurring-audit", "establish", input).has_value());
  const RecordId series = company.last;
  company.now.at = *parse_instant(std::string(stopped_until) + "T09:00:00Z");
  const TimerDefinition& timer = company.set.types.at("recurring-audit").timers.at("next_due");
  Actor clock;
  clock.timer = true;
  while (company.facts.timers(series).at("next_due").at <= company.now.at) {
    const auto today = local_date(company.now.at, company.now.zone);
    const std::string command = command_due(timer, *company.facts.at(series).body, today);
    REQUIRE(company.act(clock, series, command).has_value());
  }
  std::vector<std::string> planned;
  for (const RecordId audit : company.facts.linked(series, "audits"))
    planned.push_back(company.facts.at(audit).body->at("planned_from"));
  CHECK(planned == overdue);
  const Json body = *company.facts.at(series).body;
  const Json missed = body.value("not_held", Json::array());
  REQUIRE(missed.size() == not_held);
  CHECK(body.at("next_from") == next);
  if (missed.empty()) return;
  CHECK(missed.front().at("next_from") == "2026-04-15");
  CHECK(missed.front().at("next_to") == "2026-04-16");
  CHECK(missed.back().at("next_from") < overdue.front());
}

TEST_CASE("what recurs at the end of months does so again after a shorter one, from the dates that were set last") {
  Company company;
  Json input = establish(company);
  input.update({{"interval_months", 6}, {"next_to", "2026-08-31"}});
  REQUIRE(company.make(company.planner, "recurring-audit", "establish", input).has_value());
  const RecordId series = company.last;
  const auto next = [&] { return company.facts.at(series).body->at("next_from"); };
  for (const char* day : {"2027-02-28", "2027-08-31", "2028-02-29", "2028-08-31"}) {
    REQUIRE(time_passes(company, series).has_value());
    CHECK(next() == day);
    CHECK(company.facts.at(series).body->at("next_to") == day);
  }
  REQUIRE(company
              .act(company.isms, series, "reschedule",
                   {{"next_from", "2028-09-15"}, {"next_to", "2028-09-20"}, {"reason", "Holidays"}})
              .has_value());
  REQUIRE(time_passes(company, series).has_value());
  CHECK(next() == "2029-03-15");
  CHECK(company.facts.at(series).body->at("next_to") == "2029-03-20");
}

TEST_CASE("what recurs of a supplier names it, and ends with it") {
  Company company;
  const RecordId series = series_in(company, "running"), supplier = supplier_in(company, "approved");
  company.facts.link(series, "supplier", supplier);
  REQUIRE(time_passes(company, series).has_value());
  const RecordId audit = company.touched[1];
  CHECK(company.facts.linked(audit, "supplier") == std::vector{supplier});
  REQUIRE(company.act(company.isms, audit, "cancel", why).has_value());
  Actor two{company.owner};
  two.second = company.isms;
  REQUIRE(company.act(two, supplier, "end", {{"reason", "Contract ends"}, {"exit", "Tapes are back"}}).has_value());
  CHECK(company.state(series) == "ended");
  CHECK(company.facts.timers(series).empty());
}

TEST_CASE("recurrences pause when their programme is redrafted, wait to be taken up again, and end with it") {
  Company company;
  const RecordId running = series_in(company, "running"), paused = series_in(company, "paused");
  company.facts.at(company.programme).state = "approved";
  const auto redrafted = company.act(company.planner, company.programme, "return_to_draft", why);
  REQUIRE(redrafted.has_value());
  CHECK(company.state(running) == "paused");
  CHECK(company.touched == std::vector{company.programme, running});
  REQUIRE(redrafted->changes.size() == 2);
  CHECK(redrafted->changes[1].told == std::vector<std::string>{"programme_manager", "isms_manager"});
  CHECK(awaited_in(*company.facts.at(running).definition, "paused", Json::object()) ==
        std::vector<std::string>{"resume", "end"});
  company.facts.at(company.programme).state = "approved";
  REQUIRE(company.act(company.planner, running, "resume", dates).has_value());
  CHECK(company.state(running) == "running");
  company.facts.at(company.programme).state = "under_review";
  REQUIRE(company.act(company.planner, company.programme, "close", {{"closing_statement", "Done"}}).has_value());
  CHECK(company.state(running) == "ended");
  CHECK(company.state(paused) == "ended");
}

TEST_CASE("an audit like an earlier one takes its planning, and nothing of what it found, who made it and when") {
  Company company;
  const RecordId earlier = finished_audit(company), supplier = supplier_in(company, "approved");
  company.facts.link(earlier, "supplier", supplier);
  Json input{{"programme", company.name(company.programme)},
             {"repeats", company.name(earlier)},
             {"planned_from", "2027-03-01"},
             {"planned_to", "2027-03-05"}};
  CHECK(answer(company.ask_new(Actor{company.planner}, "audit", "plan_again", input)) == "not_permitted");
  CHECK(answer(company.ask_new(Actor{company.lead}, "audit", "plan_again", input)) == "not_permitted");
  REQUIRE(company.make(company.isms, "audit", "plan_again", input).has_value());
  const RecordId audit = company.last;
  CHECK(company.state(audit) == "planned");
  CHECK(*company.facts.at(audit).body == Json{{"title", "Backup and recovery"},
                                              {"purposes", {"supplier"}},
                                              {"objectives", "Agreements kept"},
                                              {"scope", "Backups"},
                                              {"criteria", {"Contract, annex 3"}},
                                              {"methods", {"on_site"}},
                                              {"sites", {"Hamburg"}},
                                              {"language", "de"},
                                              {"planned_from", "2027-03-01"},
                                              {"planned_to", "2027-03-05"},
                                              {"overdue", false},
                                              {"objection_period_over", false}});
  CHECK(company.facts.linked(audit, "supplier") == std::vector{supplier});
  CHECK(company.facts.linked(earlier, "repeated_by") == std::vector{audit});
  CHECK(company.facts.items(audit).empty());
  for (const char* seat : {"lead_auditor", "auditor", "technical_expert", "auditor_in_training", "observer", "auditee"})
    CHECK(company.facts.seat(audit, seat).empty());

  company.facts.at(supplier).state = "rejected";
  CHECK(answer(company.ask_new(Actor{company.isms}, "audit", "plan_again", input)) == "unmet linked_all.open");
  input["title"] = "Another title";
  CHECK(answer(company.ask_new(Actor{company.isms}, "audit", "plan_again", input)) == "invalid /title");
}

}  // namespace
}  // namespace assay::test::recurring_audit_test
