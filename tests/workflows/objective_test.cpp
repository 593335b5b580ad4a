// What a security objective accepts and refuses: measurable when it is agreed, measured, evaluated by others.
#include "workflows/management_system.h"

namespace assay::test::objective_test {
namespace {

using C = Company;

RecordId objective_in(Company& company, const std::string& state) {
  return company.facts.add("objective", state,
                           {{"title", "Patches"},
                            {"description", "Critical patches are in place in time"},
                            {"measure", "Share of hosts patched within 14 days"},
                            {"unit", "%"},
                            {"direction", "at_least"},
                            {"target", 95},
                            {"method", "A second window each week"},
                            {"resources", "One person"},
                            {"evaluation_method", "Mean of the last three months"},
                            {"due", "2026-12-31"},
                            {"next_measurement_on", "2026-04-01"}},
                           {{"system", system_in(company)}}, {{"owner", {company.owner}}});
}
auto says(const char* field, const Json& value) {
  return [=](Company& company, RecordId id) { company.facts.at(id).body.edit()[field] = value; };
}
void measured(Company& company, RecordId id) {
  company.facts.at(id).body.edit()["measurements"] = Json::array({{{"value", 91}}});
}
Json draft(Company& company) {
  return {{"system", company.name(system_in(company))}, {"title", "Patches"}, {"description", "In time"}};
}
const Json measurement{{"measured_on", "2026-03-02"}, {"value", 91.5}, {"next_measurement_on", "2026-04-01"}};
const Json evaluation{{"evaluation", "97 % in the mean"}};
const Json target{{"target", 90}, {"due", "2027-03-31"}, {"reason", "New hosts"}};
const Json why{{"reason", "The hosts are sold"}};

// Tables: a row each, however long.
// clang-format off
TEST_CASE("who may draft an objective") {
  try_new("objective", {
      {"the ISMS manager", &C::isms, "draft", draft, "-> draft"},
      {"top management", &C::boss, "draft", draft, "-> draft"},
      {"a colleague", &C::colleague, "draft", draft, "not_permitted"},
      {"with a target that is no number", &C::isms, "draft", [](Company& c) { Json input = draft(c); input["target"] = "all"; return input; }, "invalid /target"},
      {"due on a day that there is not", &C::isms, "draft", [](Company& c) { Json input = draft(c); input["due"] = "2026-02-30"; return input; }, "invalid /due"},
      {"of a system that has ended", &C::isms, "draft", [](Company& c) { Json input = draft(c); input["system"] = c.name(system_in(c, "ended")); return input; }, "unmet linked_all.open"},
  });
}

TEST_CASE("an objective is agreed when it can be measured, and evaluated by somebody else") {
  try_rows({
      {"agreed", "draft", &C::boss, "agree", {}, "-> agreed"},
      {"agreed by the ISMS manager", "draft", &C::isms, "agree", {}, "not_permitted"},
      {"agreed by who is responsible", "draft", &C::boss, "agree", {}, "unmet actor_not.holds_seat", sits("owner", &C::boss)},
      {"with nobody responsible", "draft", &C::boss, "agree", {}, "unmet seated.vacant", vacant("owner")},
      {"without a measure", "draft", &C::boss, "agree", {}, "unmet filled.empty", lacking("measure")},
      {"without a target", "draft", &C::boss, "agree", {}, "unmet filled.empty", lacking("target")},
      {"without a way to evaluate", "draft", &C::boss, "agree", {}, "unmet filled.empty", lacking("evaluation_method")},
      {"due in the past", "draft", &C::boss, "agree", {}, "unmet after.not_after not_after.after", says("due", "2026-02-28")},
      {"measured after it is due", "draft", &C::boss, "agree", {}, "unmet not_after.after", says("next_measurement_on", "2027-01-01")},
      {"measured", "agreed", &C::owner, "measure", measurement, "-> agreed"},
      {"measured by a colleague", "agreed", &C::colleague, "measure", measurement, "not_permitted"},
      {"measured tomorrow", "agreed", &C::owner, "measure", {{"measured_on", "2026-03-03"}, {"value", 1}, {"next_measurement_on", "2026-04-01"}}, "unmet not_after.after"},
      {"measured with no next day", "agreed", &C::owner, "measure", {{"measured_on", "2026-03-02"}, {"value", 1}, {"next_measurement_on", "2026-03-02"}}, "unmet after.not_after"},
      {"measured as a word", "agreed", &C::owner, "measure", {{"measured_on", "2026-03-02"}, {"value", "good"}, {"next_measurement_on", "2026-04-01"}}, "invalid /value"},
      {"met", "agreed", &C::isms, "find_met", evaluation, "-> met", measured},
      {"missed", "agreed", &C::boss, "find_missed", evaluation, "-> missed", measured},
      {"met without a measurement", "agreed", &C::isms, "find_met", evaluation, "unmet filled.empty"},
      {"met, says who is responsible", "agreed", &C::isms, "find_met", evaluation, "unmet actor_not.holds_seat", in_turn(measured, sits("owner", &C::isms))},
      {"met, says the owner without a role", "agreed", &C::owner, "find_met", evaluation, "not_permitted", measured},
      {"target changed by one", "agreed", &C::owner, "change_target", target, "second"},
      {"target changed by two", "agreed", &C::owner, "change_target", target, "-> agreed", {}, &C::boss},
      {"target changed by its owner as top management", "agreed", &C::isms, "change_target", target, "unmet actor_not.second_holds_seat", sits("owner", &C::boss), &C::boss},
      {"revised once agreed", "agreed", &C::isms, "revise", {{"target", 1}}, "wrong_state"},
      {"abandoned", "agreed", &C::isms, "abandon", why, "-> abandoned", {}, &C::boss},
  }, objective_in);
}
// clang-format on

TEST_CASE("measurements and targets are kept, late ones flagged") {
  Company company;
  const RecordId id = objective_in(company, "draft");
  take(company, id, {company.boss, "agree", {}, "agreed"});
  CHECK(to_text(company.facts.timers(id).at("measurement_due").day) == "2026-04-01");
  CHECK(to_text(company.facts.timers(id).at("evaluation_due").day) == "2026-12-31");
  CHECK(turn_in(shipped().types.at("objective"), "agreed", Json::object()) ==
        std::set<std::string>{"isms_manager", "owner", "top_management"});
  CHECK(tick(company, id, "note_measurement_overdue") == "-> agreed");
  CHECK(tick(company, id, "note_overdue") == "-> agreed");
  const Json& body = *company.facts.at(id).body;
  CHECK(body["measurement_overdue"] == true);
  CHECK(body["overdue"] == true);
  take(company, id, {company.owner, "measure", measurement, "agreed"});
  CHECK(body["measurement_overdue"] == false);
  REQUIRE(answer(company.act(Actor{company.isms, company.boss}, id, "change_target", target)) == "-> agreed");
  CHECK(body["overdue"] == false);
  REQUIRE(body["targets"].size() == 2);
  CHECK(body["targets"][0]["target"] == 95);
  CHECK(body["targets"][1]["target"] == 90);
  REQUIRE(body["measurements"].size() == 1);
  CHECK(body["measurements"][0]["value"] == 91.5);
  take(company, id, {company.isms, "find_missed", evaluation, "missed"});
  CHECK(body["evaluated_on"] == "2026-03-02");
  CHECK(company.facts.timers(id).empty());
}

}  // namespace
}  // namespace assay::test::objective_test
