// What a management system accepts and refuses: its risk criteria are top management's.
#include "workflows/management_system.h"

namespace assay::test::management_system_test {
namespace {

using C = Company;

const Json why{{"reason", "The company is sold"}};
const Json criteria{{"risk_method", "Ten steps"}, {"acceptable_levels", {"low"}}, {"reason", "New insurer"}};

// Tables: a row each, however long.
// clang-format off
TEST_CASE("who may set up a management system") {
  const auto set_up = [](Company&) { return Json{{"title", "Operations"}, {"standards", {"ISO/IEC 27001:2022"}}}; };
  try_new("management-system", {
      {"the ISMS manager", &C::isms, "set_up", set_up, "-> draft"},
      {"top management", &C::boss, "set_up", set_up, "-> draft"},
      {"a colleague", &C::colleague, "set_up", set_up, "not_permitted"},
      {"for no standard", &C::isms, "set_up", [](Company&) { return Json{{"title", "x"}, {"standards", Json::array()}}; }, "invalid /standards"},
      {"with a level that there is not", &C::isms, "set_up", [&](Company& c) { Json input = set_up(c); input["acceptable_levels"] = {"tiny"}; return input; }, "invalid /acceptable_levels/0"},
  });
}

TEST_CASE("the risk criteria are approved by top management, and changed by two") {
  const auto make = [](Company& company, const std::string& state) { return system_in(company, state); };
  try_rows({
      {"revised", "draft", &C::isms, "revise", {{"risk_method", "Four steps"}}, "-> draft"},
      {"started", "draft", &C::boss, "start", {}, "-> running"},
      {"started by the ISMS manager", "draft", &C::isms, "start", {}, "not_permitted"},
      {"started by who set it up", "draft", &C::boss, "start", {}, "unmet actor_not_did.did", given(&C::boss, "set_up")},
      {"started without a method", "draft", &C::boss, "start", {}, "unmet filled.empty", lacking("risk_method")},
      {"started without an acceptance level", "draft", &C::boss, "start", {}, "unmet filled.empty", lacking("acceptable_levels")},
      {"revised once it runs", "running", &C::isms, "revise", {{"risk_method", "None"}}, "wrong_state"},
      {"change proposed", "running", &C::isms, "change_criteria", criteria, "second"},
      {"change approved", "running", &C::isms, "change_criteria", criteria, "-> running", {}, &C::boss},
      {"change approved by another ISMS manager", "running", &C::isms, "change_criteria", criteria, "not_permitted", {}, &C::isms2},
      {"change without a reason", "running", &C::isms, "change_criteria", {{"risk_method", "x"}, {"acceptable_levels", {"low"}}}, "invalid /reason"},
      {"standards changed", "running", &C::isms, "change_standards", {{"standards", {"ISO/IEC 27001:2022", "ISO/IEC 27701:2025"}}, {"reason", "Privacy"}}, "-> running"},
  }, make);
}

TEST_CASE("what there is of documented information is surveyed by the ISMS manager") {
  const Json survey{{"documented", "4.3 Scope: 0"}};
  try_rows({
      {"in preparation", "draft", &C::isms, "survey_documents", survey, "-> draft"},
      {"while it runs", "running", &C::isms, "survey_documents", survey, "-> running"},
      {"without a result", "running", &C::isms, "survey_documents", {}, "invalid /documented"},
      {"by top management", "running", &C::boss, "survey_documents", survey, "not_permitted"},
      {"at its end", "ended", &C::isms, "survey_documents", survey, "wrong_state"},
  }, [](Company& company, const std::string& state) { return system_in(company, state); });
  Company company;
  const RecordId id = system_in(company);
  take(company, id, {company.isms, "survey_documents", survey, "running"});
  CHECK((*company.facts.at(id).body)["documented"] == "4.3 Scope: 0");
  CHECK((*company.facts.at(id).body)["documented_on"] == "2026-03-02");
}

TEST_CASE("a management system ends when nothing of it is open") {
  const auto make = [](Company& company, const std::string& state) { return system_in(company, state); };
  const auto has = [](const char* type, const char* state) {
    return [=](Company& company, RecordId id) { company.facts.add(type, state, Json::object(), {{"system", id}}); };
  };
  try_rows({
      {"empty", "running", &C::isms, "end", why, "-> ended", {}, &C::boss},
      {"by one alone", "running", &C::isms, "end", why, "second"},
      {"with a live risk", "running", &C::isms, "end", why, "unmet linked_none.present", has("risk", "accepted"), &C::boss},
      {"with a closed risk", "running", &C::isms, "end", why, "-> ended", has("risk", "closed"), &C::boss},
      {"with a statement in force", "running", &C::isms, "end", why, "unmet linked_none.present", has("statement-of-applicability", "approved"), &C::boss},
      {"with a scope in force", "running", &C::isms, "end", why, "unmet linked_none.present", has("scope-statement", "approved"), &C::boss},
      {"with a document in force", "running", &C::isms, "end", why, "unmet linked_none.present", has("controlled-document", "approved"), &C::boss},
      {"with an objective agreed", "running", &C::isms, "end", why, "unmet linked_none.present", has("objective", "agreed"), &C::boss},
      {"twice", "ended", &C::isms, "end", why, "wrong_state"},
  }, make);
}
// clang-format on

TEST_CASE("every version of the risk criteria is kept with who approved it") {
  Company company;
  const RecordId id = system_in(company, "draft");
  take(company, id, {company.boss, "start", {}, "running"});
  REQUIRE(answer(company.act(Actor{company.isms, company.boss2}, id, "change_criteria", criteria)) == "-> running");
  const Json& kept = (*company.facts.at(id).body)["criteria"];
  REQUIRE(kept.size() == 2);
  CHECK(kept[0]["acceptable_levels"] == Json::array({"low", "medium"}));
  CHECK(kept[0]["by"] == company.name(company.boss));
  CHECK(kept[1]["acceptable_levels"] == Json::array({"low"}));
  CHECK(kept[1]["reason"] == "New insurer");
  CHECK(kept[1]["second"] == company.name(company.boss2));
}

}  // namespace
}  // namespace assay::test::management_system_test
