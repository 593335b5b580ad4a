// What an audit programme accepts and refuses, and its cycle with two reviews.
#include "domain/policies.h"
#include "workflows/company.h"

namespace assay::test::audit_programme_test {
namespace {

using C = Company;

RecordId programme_in(Company& company, const std::string& state) {
  const RecordId id = company.facts.add("audit-programme", state,
                                        {{"title", "2026-2028"},
                                         {"cycle_from", "2026-01-01"},
                                         {"cycle_to", "2028-12-31"},
                                         {"risks_and_opportunities", "Few auditors"},
                                         {"frequency", "Yearly"},
                                         {"methods", "On site"},
                                         {"responsibilities", "ISMS manager"}},
                                        {}, {{"programme_manager", {company.planner}}});
  company.facts.did(company.isms, id, "draft");
  return id;
}
auto without(const char* field) {
  return [field](Company& company, RecordId id) { company.facts.at(id).body.edit().erase(field); };
}
auto managed_by(PersonId C::* who) {
  return [who](Company& company, RecordId id) { company.facts.take_seats(id, "programme_manager", {company.*who}); };
}
void unmanaged(Company& company, RecordId id) { company.facts.take_seats(id, "programme_manager", {}); }
auto audit_in(const char* state) {
  return [state](Company& company, RecordId id) {
    company.facts.add("audit", state, Json::object(), {{"programme", id}});
  };
}
const Json reason{{"reason", "new sites"}};
const Json next{{"next_review_on", "2027-01-15"}};

Json draft(Company& company) {
  return {{"title", "2026-2028"},        {"objectives", "Conformity"},
          {"scope", "All sites"},        {"criteria", {"ISO/IEC 27001:2022"}},
          {"cycle_from", "2026-01-01"},  {"cycle_to", "2028-12-31"},
          {"edition", "ISO 19011:2026"}, {"programme_manager", {company.name(company.planner)}}};
}

// Tables: a row each, however long.
// clang-format off
TEST_CASE("who may draft a programme") {
  try_new("audit-programme", {
      {"the ISMS manager", &C::isms, "draft", draft, "-> draft"},
      {"top management", &C::boss, "draft", draft, "not_permitted"},
      {"somebody of another organisation", &C::stranger, "draft", draft, "not_permitted"},
      {"without objectives", &C::isms, "draft", [](Company& c) { Json input = draft(c); input.erase("objectives"); return input; }, "invalid /objectives"},
      {"without an edition", &C::isms, "draft", [](Company& c) { Json input = draft(c); input.erase("edition"); return input; }, "invalid /edition"},
      {"ending on the first day", &C::isms, "draft", [](Company& c) { Json input = draft(c); input["cycle_to"] = "2026-01-01"; return input; }, "unmet after.not_after"},
  });
}

TEST_CASE("a policy is set for a programme within its bounds, by two people") {
  const auto setting = [](const Json& policy, const Json& value) { return Json{{"policy", policy}, {"policy_value", value}, {"policy_reason", "Agreed with the works council"}}; };
  try_rows({
      {"proposed", "running", &C::planner, "set_policy", setting("response_due", 10), "second"},
      {"confirmed by top management", "running", &C::planner, "set_policy", setting("response_due", 10), "-> running", {}, &C::boss},
      {"confirmed by the ISMS manager", "running", &C::planner, "set_policy", setting("response_due", 10), "not_permitted", {}, &C::isms2},
      {"confirmed by the programme's manager", "running", &C::isms, "set_policy", setting("response_due", 10), "unmet actor_not.second_holds_seat", managed_by(&C::boss), &C::boss},
      {"the least", "running", &C::planner, "set_policy", setting("response_due", 5), "-> running", {}, &C::boss},
      {"below the least", "running", &C::planner, "set_policy", setting("response_due", 4), "invalid /policy_value", {}, &C::boss},
      {"above the most", "running", &C::planner, "set_policy", setting("major_verification", 183), "invalid /policy_value", {}, &C::boss},
      {"proposed below the least", "running", &C::planner, "set_policy", setting("response_due", 4), "invalid /policy_value"},
      {"proposed above the most", "running", &C::planner, "set_policy", setting("major_verification", 183), "invalid /policy_value"},
      {"proposed though it is not for programmes", "running", &C::planner, "set_policy", setting("reminders", 10), "invalid /policy"},
      {"one that is not for programmes", "running", &C::planner, "set_policy", setting("reminders", 10), "invalid /policy", {}, &C::boss},
      {"without a reason", "running", &C::planner, "set_policy", {{"policy", "response_due"}, {"policy_value", 10}}, "invalid /policy_reason", {}, &C::boss},
      {"when all is over", "closed", &C::planner, "set_policy", setting("response_due", 10), "wrong_state", {}, &C::boss},
  }, programme_in);
}

TEST_CASE("a setting that says nothing of a policy sets nothing") {
  Company company;
  const RecordId id = programme_in(company, "running");
  const auto days = [&](const Json& settings) {
    company.facts.at(id).body.edit()["policies_set"] = settings;
    return PolicyValues(company.set, company.facts, id).number("response_due");
  };
  const int usual = days(Json::array());
  CHECK(days(Json::array({Json::object()})) == usual);
  CHECK(days(Json::array({{{"policy", "response_due"}}})) == usual);
  CHECK(days(Json::array({{{"policy", "response_due"}, {"policy_value", usual + 1}}, Json::object()})) == usual + 1);
}

TEST_CASE("a programme is approved by top management that did not make it") {
  try_rows({
      {"approved", "draft", &C::boss, "approve", next, "-> approved"},
      {"by the ISMS manager", "draft", &C::isms, "approve", next, "not_permitted"},
      {"by its own manager", "draft", &C::boss, "approve", next, "unmet actor_not.holds_seat", managed_by(&C::boss)},
      {"by who drafted it", "draft", &C::boss, "approve", next, "unmet actor_not_did.did", [](Company& c, RecordId id) { c.facts.did(c.boss, id, "draft"); }},
      {"without risks and opportunities", "draft", &C::boss, "approve", next, "unmet filled.empty", without("risks_and_opportunities")},
      {"without a frequency", "draft", &C::boss, "approve", next, "unmet filled.empty", without("frequency")},
      {"without methods", "draft", &C::boss, "approve", next, "unmet filled.empty", without("methods")},
      {"without responsibilities", "draft", &C::boss, "approve", next, "unmet filled.empty", without("responsibilities")},
      {"without a manager", "draft", &C::boss, "approve", next, "unmet seated.vacant", unmanaged},
      {"reviewed before it begins", "draft", &C::boss, "approve", {{"next_review_on", "2025-12-31"}}, "unmet after.not_after"},
      {"twice", "approved", &C::boss, "approve", next, "wrong_state"},
      {"revised", "draft", &C::planner, "revise", {{"frequency", "Twice a year"}}, "-> draft"},
      {"revised to end before it begins", "draft", &C::planner, "revise", {{"cycle_to", "2025-12-31"}}, "unmet after.not_after"},
      {"revised once approved", "approved", &C::planner, "revise", {{"frequency", "Never"}}, "wrong_state"},
      {"returned", "approved", &C::boss, "return_to_draft", reason, "-> draft"},
      {"returned with an audit under way", "approved", &C::boss, "return_to_draft", reason, "unmet linked_none.present", audit_in("fieldwork")},
  }, programme_in);
}

TEST_CASE("a running programme is amended by two, reviewed, and closed when its audits are settled") {
  const Json change{{"reason", "new site"}, {"scope", "All sites and Kiel"}};
  const Json conclusions{{"review_conclusions", "More on suppliers"}, {"next_review_on", "2027-01-15"}};
  const Json statement{{"closing_statement", "All controls were audited"}};
  try_rows({
      {"started", "approved", &C::planner, "start", {}, "-> running"},
      {"started before approval", "draft", &C::planner, "start", {}, "wrong_state"},
      {"amendment proposed", "running", &C::planner, "amend", change, "second"},
      {"amendment approved", "running", &C::planner, "amend", change, "-> running", {}, &C::boss},
      {"amendment approved by the ISMS manager", "running", &C::planner, "amend", change, "not_permitted", {}, &C::isms},
      {"amendment approved by the programme's manager", "running", &C::isms, "amend", change, "unmet actor_not.second_holds_seat", managed_by(&C::boss), &C::boss},
      {"amendment without a reason", "running", &C::planner, "amend", {{"scope", "Kiel"}}, "invalid /reason"},
      {"amended to end before it begins", "running", &C::planner, "amend", {{"reason", "x"}, {"cycle_to", "2025-12-31"}}, "unmet after.not_after"},
      {"beginning moved", "running", &C::planner, "amend", {{"reason", "x"}, {"cycle_from", "2026-02-01"}}, "invalid /cycle_from"},
      {"review begun", "running", &C::planner, "begin_review", {}, "-> under_review"},
      {"continued", "under_review", &C::planner, "continue", conclusions, "-> running"},
      {"continued without conclusions", "under_review", &C::planner, "continue", next, "invalid /review_conclusions"},
      {"continued with the next review in the past", "under_review", &C::planner, "continue", {{"review_conclusions", "x"}, {"next_review_on", "2026-03-02"}}, "unmet after.not_after"},
      {"closed", "under_review", &C::planner, "close", statement, "-> closed", audit_in("complete")},
      {"closed with an audit cancelled", "under_review", &C::planner, "close", statement, "-> closed", audit_in("cancelled")},
      {"closed with an audit under way", "under_review", &C::planner, "close", statement, "unmet linked_all.open", audit_in("follow_up")},
      {"closed without review", "running", &C::planner, "close", statement, "wrong_state"},
      {"withdrawn with an audit planned", "approved", &C::isms, "withdraw", reason, "unmet linked_all.open", audit_in("planned")},
      {"withdrawn", "draft", &C::isms, "withdraw", reason, "-> withdrawn"},
  }, programme_in);
}

TEST_CASE("a programme runs through two reviews to its end") {
  Company company;
  REQUIRE(answer(company.make(company.isms, "audit-programme", "draft", draft(company))) == "-> draft");
  const RecordId id = company.last;
  const Json conclusions{{"review_conclusions", "More on suppliers"}, {"next_review_on", "2027-01-15"}};
  const std::vector<Step> steps{
      {company.planner, "revise", {{"risks_and_opportunities", "Few auditors"}, {"frequency", "Yearly"}, {"methods", "On site"}, {"responsibilities", "ISMS manager"}}, "draft"},
      {company.boss, "approve", {{"next_review_on", "2026-12-01"}}, "approved"},
      {company.planner, "start", {}, "running"},
      {company.planner, "begin_review", {}, "under_review"},
      {company.planner, "continue", conclusions, "running"},
      {company.planner, "begin_review", {}, "under_review"},
      {company.planner, "continue", conclusions, "running"},
      {company.planner, "begin_review", {}, "under_review"},
      {company.planner, "close", {{"closing_statement", "Done"}}, "closed"},
  };
  for (const Step& step : steps) {
    take(company, id, step);
    const bool waits = company.state(id) == "approved" || company.state(id) == "running";
    CHECK(company.facts.timers(id).contains("review_due") == waits);
  }
  CHECK((*company.facts.at(id).body)["reviews"].size() == 2);
}

TEST_CASE("deadlines that begin below a programme count by its policies, those that run stay") {
  Company company;
  const auto due = [&company](RecordId id, const char* timer) {
    return to_text(company.facts.timers(id).at(timer).day);
  };
  const auto set_policy = [&company](const char* policy, int value) {
    const Json input{{"policy", policy}, {"policy_value", value}, {"policy_reason", "As agreed"}};
    const Actor both{company.planner, company.boss};
    REQUIRE(company.act(both, company.programme, "set_policy", input).has_value());
  };
  const RecordId audit = company.audit_in("fieldwork");
  const RecordId before = company.nonconformity_in("draft", audit), after = company.nonconformity_in("draft", audit);
  REQUIRE(answer(company.act(company.lead, before, "issue")) == "-> issued");
  CHECK(due(before, "response_due") == "2026-04-01");
  CHECK(due(before, "major_verification_due") == "2026-05-31");
  set_policy("response_due", 20);
  set_policy("response_due", 10);
  REQUIRE(answer(company.act(company.lead, after, "issue")) == "-> issued");
  CHECK(due(after, "response_due") == "2026-03-12");
  CHECK(due(after, "major_verification_due") == "2026-05-31");
  CHECK(due(before, "response_due") == "2026-04-01");
}

}  // namespace
}  // namespace assay::test::audit_programme_test
