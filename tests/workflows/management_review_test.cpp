// What a management review accepts and refuses, and its whole life.
#include "workflows/company.h"

namespace assay::test::management_review_test {
namespace {

using C = Company;

const std::vector<std::string> inputs{
    "prior_actions", "context_changes",   "interested_parties", "nonconformity_trend", "measurement_results",
    "audit_results", "objectives_status", "feedback",           "risk_status",         "improvement_options"};

RecordId review_in(Company& company, const std::string& state) {
  Json body{{"title", "2026"}, {"planned_on", "2026-03-02"}};
  for (const std::string& input : inputs) body[input] = "as reported";
  return company.facts.add("management-review", state, body, {},
                           {{"chair", {company.boss}}, {"participant", {company.isms}}});
}
auto without(const std::string& field) {
  return [field](Company& company, RecordId id) { company.facts.at(id).body.edit().erase(field); };
}
auto action_in(const char* state) {
  return [state](Company& company, RecordId id) {
    company.facts.add("corrective-action", state, Json::object(), {{"review", id}});
  };
}
auto did(PersonId C::* who, const char* command) {
  return [who, command](Company& company, RecordId id) { company.facts.did(company.*who, id, command); };
}
Json held_with(PersonId C::* chair, const char* day = "2026-03-02") {
  static const Company people;
  return {{"held_on", day},
          {"chair", {people.name(people.*chair)}},
          {"participant", {people.name(people.isms), people.name(people.colleague)}},
          {"minutes", "All inputs were discussed"},
          {"improvement_decisions", "One tool less"},
          {"system_changes", "None"}};
}
const Json reason{{"reason", "illness"}};

// Tables: a row each, however long.
// clang-format off
TEST_CASE("who may schedule a management review") {
  const auto schedule = [](Company&) { return Json{{"title", "2026"}, {"planned_on", "2026-04-01"}, {"period_from", "2025-04-01"}, {"period_to", "2026-03-31"}}; };
  try_new("management-review", {
      {"the ISMS manager", &C::isms, "schedule", schedule, "-> scheduled"},
      {"top management", &C::boss, "schedule", schedule, "-> scheduled"},
      {"an internal auditor", &C::internal, "schedule", schedule, "not_permitted"},
      {"about a period that ends before it begins", &C::isms, "schedule", [&](Company& c) { Json input = schedule(c); input["period_to"] = "2025-03-31"; return input; }, "unmet not_before.before"},
  });
}

TEST_CASE("a management review needs every input and top management") {
  try_rows({
      {"input gathered by a risk owner", "scheduled", &C::risk, "gather_inputs", {{"feedback", "Customers are content"}}, "-> scheduled"},
      {"input gathered by a colleague", "scheduled", &C::colleague, "gather_inputs", {{"feedback", "x"}}, "not_permitted"},
      {"confirmed", "scheduled", &C::isms, "confirm_inputs", {}, "-> inputs_ready"},
      {"held with top management", "inputs_ready", &C::isms, "hold", held_with(&C::boss), "-> held"},
      {"held without top management", "inputs_ready", &C::isms, "hold", held_with(&C::colleague), "unmet role_present.absent"},
      {"held tomorrow", "inputs_ready", &C::isms, "hold", held_with(&C::boss, "2026-03-03"), "unmet not_after.after"},
      {"held without decisions", "inputs_ready", &C::isms, "hold", [] { Json input = held_with(&C::boss); input.erase("improvement_decisions"); return input; }(), "invalid /improvement_decisions"},
      {"held before the inputs", "scheduled", &C::isms, "hold", held_with(&C::boss), "wrong_state"},
      {"held, by top management itself", "inputs_ready", &C::boss, "hold", held_with(&C::boss), "not_permitted"},
      {"minutes approved", "held", &C::boss, "approve_minutes", {}, "-> minutes_approved"},
      {"minutes approved by the ISMS manager", "held", &C::isms, "approve_minutes", {}, "not_permitted"},
      {"minutes approved by who wrote them", "held", &C::boss, "approve_minutes", {}, "unmet actor_not_did.did", did(&C::boss, "hold")},
      {"minutes approved by who revised them", "held", &C::boss, "approve_minutes", {}, "unmet actor_not_did.did", did(&C::boss, "revise_minutes")},
      {"minutes revised once approved", "minutes_approved", &C::isms, "revise_minutes", {{"minutes", "x"}}, "wrong_state"},
      {"actions followed", "minutes_approved", &C::isms, "open_actions", {}, "-> actions_open", action_in("opened")},
      {"actions followed though there are none", "minutes_approved", &C::isms, "open_actions", {}, "unmet linked_some.none"},
      {"closed without actions", "minutes_approved", &C::isms, "close", {}, "-> closed"},
      {"closed with an action open", "actions_open", &C::isms, "close", {}, "unmet linked_all.open", action_in("implemented")},
      {"closed with its action closed", "actions_open", &C::isms, "close", {}, "-> closed", action_in("closed")},
      {"closed before the minutes are approved", "held", &C::isms, "close", {}, "wrong_state"},
      {"cancelled by one", "scheduled", &C::isms, "cancel", reason, "second"},
      {"cancelled by two", "scheduled", &C::isms, "cancel", reason, "-> cancelled", {}, &C::boss},
      {"cancelled once held", "held", &C::isms, "cancel", reason, "wrong_state"},
  }, review_in);
  for (const std::string& input : inputs) {
    INFO(input);
    try_rows({{"confirmed without an input", "scheduled", &C::isms, "confirm_inputs", {}, "unmet filled.empty", without(input)}}, review_in);
  }
}

TEST_CASE("a management review goes from its date to closed actions") {
  Company company;
  REQUIRE(answer(company.make(company.isms, "management-review", "schedule",
                              {{"title", "2026"}, {"planned_on", "2026-03-09"}, {"period_from", "2025-03-01"}, {"period_to", "2026-02-28"}})) == "-> scheduled");
  const RecordId id = company.last;
  CHECK(company.facts.timers(id).contains("review_due"));
  Json all = Json::object();
  for (const std::string& input : inputs) all[input] = "as reported";
  REQUIRE(answer(company.act(company.isms, id, "confirm_inputs", all)) == "-> inputs_ready");
  REQUIRE(answer(company.act(company.isms, id, "hold", held_with(&C::boss))) == "-> held");
  CHECK(company.facts.timers(id).empty());
  REQUIRE(answer(company.act(company.boss, id, "approve_minutes")) == "-> minutes_approved");
  REQUIRE(answer(company.make(company.isms, "corrective-action", "open",
                              {{"title", "One tool less"}, {"nature", "Two do the same"}, {"action_owner", {company.name(company.owner)}}, {"review", company.name(id)}})) ==
          "-> opened");
  const RecordId action = company.last;
  REQUIRE(answer(company.act(company.isms, id, "open_actions")) == "-> actions_open");
  CHECK(answer(company.ask(company.isms, id, "close")) == "unmet linked_all.open");
  company.facts.at(action).state = "closed";
  CHECK(answer(company.act(company.isms, id, "close")) == "-> closed");
}

}  // namespace
}  // namespace assay::test::management_review_test
