// What a statement of applicability accepts and refuses: every control of its catalogue decided, drawn from treated
// risks, one in force.
#include "workflows/management_system.h"

namespace assay::test::statement_of_applicability_test {
namespace {

using C = Company;

/// A statement in a system with a scope, a risk in treatment, one control included for it and one excluded, which are
/// all that its catalogue has.
RecordId statement_in(Company& company, const std::string& state) {
  const RecordId system = system_in(company);
  const RecordId id = company.facts.add(
      "statement-of-applicability", state,
      {{"title", "Operations"}, {"version_label", "1.0"}, {"catalogue_controls", {"A.8.13", "A.8.30"}}},
      {{"system", system}});
  company.facts.did(company.isms, id, "draft");
  beside(company, id, "scope-statement", "approved");
  const RecordId control = beside(company, id, "control", "included",
                                  {{"code", "A.8.13"},
                                   {"title", "Backup"},
                                   {"necessary", true},
                                   {"grounds", {"risk"}},
                                   {"inclusion_reason", "Loss of data"},
                                   {"implementation", "planned"}});
  company.facts.link(beside(company, id, "risk", "in_treatment"), "controls", control);
  beside(company, id, "control", "excluded",
         {{"code", "A.8.30"}, {"necessary", false}, {"exclusion_reason", "Nothing is developed by others"}});
  return id;
}
auto all(const char* back, const char* state) {
  return [=](Company& company, RecordId id) {
    for (const RecordId one : company.facts.linked(system_of(company, id), back)) company.facts.at(one).state = state;
  };
}
Json draft(Company& company) {
  return {{"system", company.name(system_in(company))},
          {"title", "Operations"},
          {"version_label", "1.0"},
          {"compared_with", {"ISO/IEC 27001:2022 Annex A"}}};
}
auto draft_beside(const char* state) {
  return [state](Company& company) {
    Json input = draft(company);
    input["system"] = company.name(system_of(company, statement_in(company, state)));
    return input;
  };
}
/// The catalogue has a third control, which stands in the system in this state; in none: nobody entered it.
auto third_control(const char* state) {
  return [=](Company& company, RecordId id) {
    company.facts.at(id).body.edit()["catalogue_controls"].push_back("A.5.1");
    if (*state) beside(company, id, "control", state, {{"code", "A.5.1"}, {"exclusion_reason", "Written elsewhere"}});
  };
}
Json catalogue(Json controls) {
  return {{"plugin", "org.assay.iso27001"},       {"plugin_version", "1.0.0"},
          {"package_hash", std::string(64, 'b')}, {"catalogue_id", "iso27001-2022"},
          {"catalogue_version", "1.0.0"},         {"catalogue_hash", std::string(64, 'c')},
          {"catalogue_title", "ISO/IEC 27001"},   {"catalogue_controls", std::move(controls)}};
}
const Json why{{"reason", "A.7 is not finished"}};
const Json review{{"review_note", "Nothing has changed"}};

// Tables: a row each, however long.
// clang-format off
TEST_CASE("who may draft a statement of applicability") {
  try_new("statement-of-applicability", {
      {"the ISMS manager", &C::isms, "draft", draft, "-> draft"},
      {"a risk owner", &C::risk, "draft", draft, "not_permitted"},
      {"without saying what was compared", &C::isms, "draft", [](Company& c) { Json input = draft(c); input.erase("compared_with"); return input; }, "invalid /compared_with"},
      {"with an endless version", &C::isms, "draft", [](Company& c) { Json input = draft(c); input["version_label"] = std::string(21, '1'); return input; }, "invalid /version_label"},
      {"of a system that does not run", &C::isms, "draft", [](Company& c) { Json input = draft(c); input["system"] = c.name(system_in(c, "draft")); return input; }, "unmet linked_all.open"},
      {"beside the one in force", &C::isms, "draft", draft_beside("approved"), "-> draft"},
      {"beside another draft", &C::isms, "draft", draft_beside("draft"), "unmet linked_none.present"},
      {"beside one in review", &C::isms, "draft", draft_beside("review"), "unmet linked_none.present"},
  });
}

TEST_CASE("a statement of applicability has a catalogue, and every control of it was entered and decided") {
  try_rows({
      {"a catalogue chosen", "draft", &C::isms, "select_catalogue", catalogue({"A.8.13", "A.5.1"}), "-> draft"},
      {"by a risk owner", "draft", &C::risk, "select_catalogue", catalogue({"A.8.13"}), "not_permitted"},
      {"by top management", "draft", &C::boss, "select_catalogue", catalogue({"A.8.13"}), "not_permitted"},
      {"in review", "review", &C::isms, "select_catalogue", catalogue({"A.8.13"}), "wrong_state"},
      {"in force", "approved", &C::isms, "select_catalogue", catalogue({"A.8.13"}), "wrong_state"},
      {"one without controls", "draft", &C::isms, "select_catalogue", catalogue(Json::array()), "invalid /catalogue_controls"},
      {"its controls written by hand", "draft", &C::isms, "revise", {{"catalogue_controls", {"A.8.13"}}}, "invalid /catalogue_controls"},
      {"submitted without one", "draft", &C::isms, "submit", {}, "unmet filled.empty", lacking("catalogue_controls")},
      {"submitted with one control not entered", "draft", &C::isms, "submit", {}, "unmet within.beyond", third_control("")},
      {"submitted with one control withdrawn", "draft", &C::isms, "submit", {}, "unmet within.beyond", third_control("withdrawn")},
      {"submitted with it entered", "draft", &C::isms, "submit", {}, "unmet linked_none.present", third_control("undecided")},
      {"submitted with it excluded", "draft", &C::isms, "submit", {}, "-> review", third_control("excluded")},
      {"submitted with it included", "draft", &C::isms, "submit", {}, "-> review", third_control("included")},
      {"submitted with controls beyond it", "draft", &C::isms, "submit", {}, "-> review", with("control", "included", {{"code", "OWN-1"}})},
      {"approved without one", "review", &C::boss, "approve", {}, "unmet filled.empty", lacking("catalogue_controls")},
      {"approved with one control not entered", "review", &C::boss, "approve", {}, "unmet within.beyond", third_control("")},
      {"approved with it excluded", "review", &C::boss, "approve", {}, "-> approved", third_control("excluded")},
  }, statement_in);
}

TEST_CASE("a statement of applicability is approved when every control is decided") {
  try_rows({
      {"submitted", "draft", &C::isms, "submit", {}, "-> review"},
      {"submitted with a control open", "draft", &C::isms, "submit", {}, "unmet linked_none.present", with("control", "undecided")},
      {"submitted with a control withdrawn", "draft", &C::isms, "submit", {}, "-> review", with("control", "withdrawn")},
      {"submitted without any control", "draft", &C::isms, "submit", {}, "unmet linked_some.none_in_state within.beyond", all("controls", "withdrawn")},
      {"submitted without a scope", "draft", &C::isms, "submit", {}, "unmet linked_some.none_in_state", all("scope_statements", "draft")},
      {"submitted before a treatment is approved", "draft", &C::isms, "submit", {}, "unmet linked_some.none_in_state", all("risks", "treatment_proposed")},
      {"submitted with residual risk accepted", "draft", &C::isms, "submit", {}, "-> review", all("risks", "accepted")},
      {"approved", "review", &C::boss, "approve", {}, "-> approved"},
      {"approved with a control that came since", "review", &C::boss, "approve", {}, "unmet linked_none.present", with("control", "undecided")},
      {"approved by the ISMS manager", "review", &C::isms, "approve", {}, "not_permitted"},
      {"approved by who drafted it", "review", &C::boss, "approve", {}, "unmet actor_not_did.did", given(&C::boss, "draft")},
      {"approved by who submitted it", "review", &C::boss, "approve", {}, "unmet actor_not_did.did", given(&C::boss, "submit")},
      {"approved as a draft", "draft", &C::boss, "approve", {}, "wrong_state"},
      {"returned", "review", &C::boss, "return_to_draft", why, "-> draft"},
      {"superseded by hand", "approved", &C::boss, "supersede", {}, "not_permitted"},
      {"reviewed by one", "approved", &C::isms, "confirm", review, "second"},
      {"reviewed by two", "approved", &C::isms, "confirm", review, "-> approved", {}, &C::boss},
      {"withdrawn", "approved", &C::boss, "withdraw", why, "-> withdrawn"},
      {"discarded by one", "review", &C::isms, "discard", why, "second"},
      {"discarded by two", "review", &C::isms, "discard", why, "-> discarded", {}, &C::boss},
  }, statement_in);
}
// clang-format on

TEST_CASE("an approved version fixes its rows and supersedes the version in force") {
  Company company;
  const RecordId first = statement_in(company, "review");
  const auto controls = company.facts.linked(system_of(company, first), "controls");
  REQUIRE(controls.size() == 2);
  take(company, first, {company.boss, "approve", {}, "approved"});
  CHECK(company.touched.size() == 3);

  Json input = draft(company);
  input["system"] = company.name(system_of(company, first));
  input["version_label"] = "2.0";
  REQUIRE(answer(company.make(company.isms, "statement-of-applicability", "draft", input)) == "-> draft");
  const RecordId second = company.last;
  CHECK(answer(company.ask(company.isms, second, "submit")) == "unmet filled.empty");
  take(company, second, {company.isms, "select_catalogue", catalogue({"A.8.13", "A.8.30"}), "draft"});
  company.facts.take_seats(controls[1], "owner", {company.owner});
  take(company, controls[1],
       {company.isms, "include", {{"grounds", {"contract"}}, {"inclusion_reason", "Customer B"}}, "included"});
  take(company, second, {company.isms, "submit", {}, "review"});
  CHECK(company.state(first) == "approved");
  take(company, second, {company.boss, "approve", {}, "approved"});
  CHECK(company.state(first) == "superseded");
  CHECK(company.facts.timers(first).empty());

  const Json& kept = (*company.facts.at(controls[0]).body)["rows"];
  REQUIRE(kept.size() == 2);
  CHECK(kept[0]["statement_version"] == "1.0");
  CHECK(kept[0]["inclusion_reason"] == "Loss of data");
  CHECK(kept[1]["statement_version"] == "2.0");
  const Json& changed = (*company.facts.at(controls[1]).body)["rows"];
  REQUIRE(changed.size() == 2);
  CHECK(changed[0]["necessary"] == false);
  CHECK(changed[0]["exclusion_reason"] == "Nothing is developed by others");
  CHECK(changed[1]["necessary"] == true);
  CHECK(!changed[1].contains("exclusion_reason"));
}

TEST_CASE("a statement of 93 controls and own ones is approved in one step, and its late review flagged") {
  Company company;
  const RecordId id = statement_in(company, "review");
  for (int i = 0; i < 100; ++i) {
    beside(company, id, "control", i % 2 ? "excluded" : "included", {{"code", fmt::format("X.{}", i)}});
  }
  take(company, id, {company.boss, "approve", {}, "approved"});
  CHECK(company.touched.size() == 103);
  CHECK(to_text(company.facts.timers(id).at("review_due").day) == "2027-03-02");
  CHECK(tick(company, id, "note_review_overdue") == "-> approved");
  CHECK((*company.facts.at(id).body)["review_overdue"] == true);
}

}  // namespace
}  // namespace assay::test::statement_of_applicability_test
