// What a corrective action accepts and refuses, alone and below a nonconformity; and its cycle through an ineffective
// try.
#include "workflows/company.h"

namespace assay::test::corrective_action_test {
namespace {

using C = Company;

RecordId make(Company& company, const std::string& state, bool evidence) {
  const RecordId id = company.facts.add("corrective-action", state,
                                        {{"title", "Restore tests"},
                                         {"root_cause", "Nobody was named"},
                                         {"action", "Name somebody"},
                                         {"implementation", "Named"},
                                         {"done_on", "2026-02-20"},
                                         {"review_on", "2026-03-01"}},
                                        {}, {{"action_owner", {company.owner}}, {"verifier", {company.verifier}}});
  if (evidence) company.facts.add_evidence(id);
  return id;
}
RecordId action_in(Company& company, const std::string& state) { return make(company, state, true); }
RecordId bare_in(Company& company, const std::string& state) { return make(company, state, false); }
auto owned_by(PersonId C::* who) {
  return [who](Company& company, RecordId id) { company.facts.take_seats(id, "action_owner", {company.*who}); };
}
auto without(const char* field) {
  return [field](Company& company, RecordId id) { company.facts.at(id).body.edit().erase(field); };
}
auto did(PersonId C::* who, const char* command) {
  return [who, command](Company& company, RecordId id) { company.facts.did(company.*who, id, command); };
}
Json opened(Company& company) {
  return {{"title", "Restore tests"}, {"nature", "No tests"}, {"action_owner", {company.name(company.owner)}}};
}
const Json plan{
    {"root_cause", "Nobody was named"}, {"similar", "None"}, {"action", "Name somebody"}, {"due", "2026-04-01"}};
const Json done{{"implementation", "Named"}, {"done_on", "2026-03-02"}, {"review_on", "2026-04-02"}};
const Json effective{{"effectiveness", "Two tests held"}};

// Tables: a row each, however long.
// clang-format off
TEST_CASE("who may open a corrective action") {
  const auto below = [](const char* state) {
    return [state](Company& company) { Json input = opened(company); input["nonconformity"] = company.name(company.nonconformity_in(state)); return input; };
  };
  const auto decided_in = [](const char* state) {
    return [state](Company& company) { Json input = opened(company); input["review"] = company.name(company.facts.add("management-review", state)); return input; };
  };
  try_new("corrective-action", {
      {"the ISMS manager, alone", &C::isms, "open", opened, "-> opened"},
      {"the owner of the nonconformity", &C::owner, "open", below("issued"), "-> opened"},
      {"the lead auditor, by the audit above", &C::lead, "open", below("issued"), "-> opened"},
      {"the owner of nothing", &C::owner, "open", opened, "not_permitted"},
      {"below a closed nonconformity", &C::isms, "open", below("closed"), "unmet linked_all.open"},
      {"below a draft", &C::isms, "open", below("draft"), "unmet linked_all.open"},
      {"from a management review that was held", &C::isms, "open", decided_in("held"), "-> opened"},
      {"from a management review to come", &C::isms, "open", decided_in("scheduled"), "unmet linked_all.open"},
      {"with its owner as the verifier", &C::isms, "open", [](Company& c) { Json input = opened(c); input["verifier"] = input["action_owner"]; return input; }, "unmet people_differ.overlap"},
      {"without an owner", &C::isms, "open", [](Company& c) { Json input = opened(c); input.erase("action_owner"); return input; }, "invalid /action_owner"},
  });
}

TEST_CASE("a corrective action goes from reaction to plan to implementation") {
  const Json justification{{"root_cause", "A single slip"}, {"similar", "None"}, {"justification", "Cannot recur, the machine is gone"}};
  const Json later{{"due", "2026-05-01"}, {"reason", "delivery"}};
  try_rows({
      {"reaction", "opened", &C::owner, "react", {{"correction", "Test held"}}, "-> evaluating"},
      {"reaction without a word", "opened", &C::owner, "react", {}, "invalid /correction"},
      {"planned", "evaluating", &C::owner, "plan", plan, "-> planned"},
      {"planned anew", "planned", &C::owner, "plan", plan, "-> planned"},
      {"planned before the reaction", "opened", &C::owner, "plan", plan, "wrong_state"},
      {"planned without a cause", "evaluating", &C::owner, "plan", [] { Json input = plan; input.erase("root_cause"); return input; }(), "invalid /root_cause"},
      {"planned without looking elsewhere", "evaluating", &C::owner, "plan", [] { Json input = plan; input.erase("similar"); return input; }(), "invalid /similar"},
      {"planned by the verifier", "evaluating", &C::verifier, "plan", plan, "not_permitted"},
      {"no action, proposed", "evaluating", &C::owner, "justify_no_action", justification, "second"},
      {"no action, confirmed", "evaluating", &C::owner, "justify_no_action", justification, "-> no_action_justified", {}, &C::isms},
      {"no action, confirmed by its owner", "evaluating", &C::isms, "justify_no_action", justification, "unmet actor_not.second_holds_seat", owned_by(&C::boss), &C::boss},
      {"no action without a cause", "evaluating", &C::owner, "justify_no_action", {{"justification", "x"}, {"similar", "none"}}, "invalid /root_cause"},
      {"more time, asked for", "planned", &C::owner, "extend", later, "second"},
      {"more time, granted", "planned", &C::owner, "extend", later, "-> planned", {}, &C::isms},
      {"more time, granted by its owner", "planned", &C::isms, "extend", later, "unmet actor_not.second_holds_seat", owned_by(&C::isms2), &C::isms2},
      {"more time, until today", "planned", &C::owner, "extend", {{"due", "2026-03-02"}, {"reason", "x"}}, "unmet after.not_after", {}, &C::isms},
      {"implemented", "implementing", &C::owner, "report_implemented", done, "-> implemented"},
      {"implemented tomorrow", "implementing", &C::owner, "report_implemented", {{"implementation", "x"}, {"done_on", "2026-03-03"}, {"review_on", "2026-04-01"}}, "unmet not_after.after"},
      {"reviewed before it is done", "implementing", &C::owner, "report_implemented", {{"implementation", "x"}, {"done_on", "2026-03-02"}, {"review_on", "2026-03-01"}}, "unmet not_before.before"},
      {"implemented before it is planned", "evaluating", &C::owner, "report_implemented", done, "wrong_state"},
  }, action_in);
  try_rows({{"implemented without evidence", "implementing", &C::owner, "report_implemented", done, "unmet has_evidence.no_evidence"}}, bare_in);
}

TEST_CASE("effectiveness of a corrective action is judged by others, when its time has come") {
  const Json exception{{"reason", "five people"}, {"compensating_measure", "top management reads the logs"}};
  const Json reason{{"reason", "the system is gone"}};
  static const Company people;
  try_rows({
      {"effective", "implemented", &C::verifier, "confirm_effective", effective, "-> closed"},
      {"by the owner", "implemented", &C::owner, "confirm_effective", effective, "not_permitted"},
      {"by an ISMS manager who owns it", "implemented", &C::isms, "confirm_effective", effective, "unmet actor_not.holds_seat", owned_by(&C::isms)},
      {"by who planned it", "implemented", &C::isms, "confirm_effective", effective, "unmet actor_not_did.did", did(&C::isms, "plan")},
      {"by who reported it done", "implemented", &C::isms, "confirm_effective", effective, "unmet actor_not_did.did", did(&C::isms, "report_implemented")},
      {"by who responded to the nonconformity", "implemented", &C::isms, "confirm_effective", effective, "unmet actor_not_did.did",
       [](Company& c, RecordId id) { const RecordId above = c.nonconformity_in("plan_accepted"); c.facts.link(id, "nonconformity", above); c.facts.did(c.isms, above, "respond"); }},
      {"by who planned it, with an exception", "implemented", &C::isms, "confirm_effective", effective, "-> closed",
       [](Company& c, RecordId id) { c.facts.did(c.isms, id, "plan"); c.facts.at(id).body.edit()["waived"] = {"independent_review"}; }},
      {"before its time", "implemented", &C::verifier, "confirm_effective", effective, "unmet not_after.after", [](Company& c, RecordId id) { c.facts.at(id).body.edit()["review_on"] = "2026-03-03"; }},
      {"without a cause", "implemented", &C::verifier, "confirm_effective", effective, "unmet filled.empty", without("root_cause")},
      {"without saying what shows it", "implemented", &C::verifier, "confirm_effective", {}, "invalid /effectiveness"},
      {"ineffective", "implemented", &C::verifier, "find_ineffective", effective, "-> evaluating"},
      {"ineffective, by its owner", "implemented", &C::isms, "find_ineffective", effective, "unmet actor_not.holds_seat", owned_by(&C::isms)},
      {"exception asked for", "implemented", &C::isms, "allow_own_check", exception, "second"},
      {"exception granted", "implemented", &C::isms, "allow_own_check", exception, "-> implemented", {}, &C::boss},
      {"exception granted by the owner", "implemented", &C::isms, "allow_own_check", exception, "unmet actor_not.second_holds_seat", owned_by(&C::boss), &C::boss},
      {"verifier appointed", "implemented", &C::isms, "appoint_verifier", {{"verifier", {people.name(people.colleague)}}}, "-> implemented"},
      {"owner appointed as verifier", "implemented", &C::isms, "appoint_verifier", {{"verifier", {people.name(people.owner)}}}, "unmet people_differ.overlap"},
      {"verifier appointed by the owner", "implemented", &C::isms, "appoint_verifier", {{"verifier", {people.name(people.colleague)}}}, "unmet actor_not.holds_seat", owned_by(&C::isms)},
      {"verifier made the owner", "planned", &C::isms, "assign_owner", {{"action_owner", {people.name(people.verifier)}}}, "unmet people_differ.overlap"},
      {"cancelled by one", "planned", &C::isms, "cancel", reason, "second"},
      {"cancelled by two", "planned", &C::isms, "cancel", reason, "-> cancelled", {}, &C::boss},
      {"cancelled by its owner", "planned", &C::isms, "cancel", reason, "unmet actor_not.holds_seat", owned_by(&C::isms)},
      {"cancelled, confirmed by its owner", "planned", &C::isms, "cancel", reason, "unmet actor_not.second_holds_seat", owned_by(&C::boss), &C::boss},
      {"cancelled once closed", "closed", &C::isms, "cancel", reason, "wrong_state"},
  }, action_in);
  try_rows({{"without evidence", "implemented", &C::verifier, "confirm_effective", effective, "unmet has_evidence.no_evidence"}}, bare_in);
}

TEST_CASE("an action that proves ineffective is evaluated again and closes in the second round") {
  Company company;
  Json input = opened(company);
  input["verifier"] = {company.name(company.verifier)};
  REQUIRE(answer(company.make(company.isms, "corrective-action", "open", input)) == "-> opened");
  const RecordId id = company.last;
  company.facts.add_evidence(id);
  const Json at_once{{"implementation", "Named"}, {"done_on", "2026-03-02"}, {"review_on", "2026-03-02"}};
  const std::vector<Step> steps{
      {company.owner, "react", {{"correction", "Test held"}}, "evaluating"}, {company.owner, "plan", plan, "planned"},
      {company.owner, "start", {}, "implementing"},                         {company.owner, "report_implemented", at_once, "implemented"},
      {company.verifier, "find_ineffective", {{"effectiveness", "No test again"}}, "evaluating"},
      {company.owner, "plan", plan, "planned"},                             {company.owner, "report_implemented", at_once, "implemented"},
      {company.verifier, "confirm_effective", effective, "closed"},
  };
  for (const Step& step : steps) {
    take(company, id, step);
    CHECK(company.facts.timers(id).contains("review_due") == (company.state(id) == "implemented"));
  }
  const Json& body = *company.facts.at(id).body;
  CHECK(body["plans"].size() == 2);
  REQUIRE(body["reviews"].size() == 2);
  CHECK(body["reviews"][0]["effective"] == false);
  CHECK(body["reviews"][1]["effective"] == true);
}

}  // namespace
}  // namespace assay::test::corrective_action_test
