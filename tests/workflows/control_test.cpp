// What a control accepts and refuses: decided while a statement of applicability is in draft, never dropped under a
// risk.
#include "workflows/management_system.h"

namespace assay::test::control_test {
namespace {

using C = Company;

/// A control of a system whose next statement of applicability is being drafted.
RecordId control_in(Company& company, const std::string& state) {
  const RecordId system = system_in(company);
  company.facts.add("statement-of-applicability", "draft", {{"version_label", "1.0"}}, {{"system", system}});
  return company.facts.add("control", state,
                           {{"code", "A.8.13"}, {"title", "Backup"}, {"origin", "annex_a"}, {"implementation", "none"}},
                           {{"system", system}}, {{"owner", {company.owner}}});
}
auto statement(const char* state) {
  return [state](Company& company, RecordId id) {
    for (const RecordId one : company.facts.linked(system_of(company, id), "statements")) {
      company.facts.at(one).state = state;
    }
  };
}
auto risk(const char* state) {
  return [state](Company& company, RecordId id) {
    company.facts.link(beside(company, id, "risk", state), "controls", id);
  };
}
auto implemented(const char* how_far) {
  return [how_far](Company& company, RecordId id) { company.facts.at(id).body.edit()["implementation"] = how_far; };
}
void evidence(Company& company, RecordId id) { company.facts.add_evidence(id, company.now.at); }

Json enter(Company& company) {
  return {{"system", company.name(system_in(company))}, {"code", "X.1"}, {"title", "Guard dog"}, {"origin", "own"}};
}
const Json inclusion{{"grounds", {"risk", "contract"}}, {"inclusion_reason", "Loss of data; customer A asks for it"}};
const Json exclusion{{"exclusion_reason", "Nothing is developed here"}};
const Json why{{"reason", "Edition 2022"}};

// Tables: a row each, however long.
// clang-format off
TEST_CASE("who may enter a control, of Annex A or of one's own") {
  try_new("control", {
      {"the ISMS manager", &C::isms, "enter", enter, "-> undecided"},
      {"a risk owner", &C::risk, "enter", enter, "not_permitted"},
      {"without an identifier", &C::isms, "enter", [](Company& c) { Json input = enter(c); input.erase("code"); return input; }, "invalid /code"},
      {"of no known origin", &C::isms, "enter", [](Company& c) { Json input = enter(c); input["origin"] = "dream"; return input; }, "invalid /origin"},
      {"decided at once", &C::isms, "enter", [](Company& c) { Json input = enter(c); input["necessary"] = true; return input; }, "invalid /necessary"},
      {"of a system that has ended", &C::isms, "enter", [](Company& c) { Json input = enter(c); input["system"] = c.name(system_in(c, "ended")); return input; }, "unmet linked_all.open"},
  });
}

TEST_CASE("a control is included with a reason and excluded with a justification") {
  try_rows({
      {"included", "undecided", &C::isms, "include", inclusion, "-> included"},
      {"included by its owner", "undecided", &C::owner, "include", inclusion, "not_permitted"},
      {"included without a reason", "undecided", &C::isms, "include", {{"grounds", {"risk"}}}, "invalid /inclusion_reason"},
      {"included with a blank reason", "undecided", &C::isms, "include", {{"grounds", {"risk"}}, {"inclusion_reason", "  "}}, "invalid /inclusion_reason"},
      {"included on no ground", "undecided", &C::isms, "include", {{"inclusion_reason", "x"}}, "invalid /grounds"},
      {"included without an owner", "undecided", &C::isms, "include", inclusion, "unmet seated.vacant", vacant("owner")},
      {"included while no statement is drafted", "undecided", &C::isms, "include", inclusion, "unmet linked_some.none_in_state", statement("review")},
      {"excluded", "undecided", &C::isms, "exclude", exclusion, "-> excluded"},
      {"excluded without a justification", "undecided", &C::isms, "exclude", {}, "invalid /exclusion_reason"},
      {"excluded after it was included", "included", &C::isms, "exclude", exclusion, "-> excluded"},
      {"excluded under the statement in force", "included", &C::isms, "exclude", exclusion, "unmet linked_some.none_in_state", statement("approved")},
      {"excluded while a proposed treatment names it", "undecided", &C::isms, "exclude", exclusion, "unmet linked_none.present", risk("treatment_proposed")},
      {"excluded while an accepted risk rests on it", "included", &C::isms, "exclude", exclusion, "unmet linked_none.present", risk("accepted")},
      {"excluded when that risk has been superseded", "included", &C::isms, "exclude", exclusion, "-> excluded", risk("superseded")},
      {"included again", "excluded", &C::isms, "include", inclusion, "-> included"},
      {"withdrawn", "excluded", &C::isms, "withdraw", why, "-> withdrawn"},
      {"withdrawn under a risk", "included", &C::isms, "withdraw", why, "unmet linked_none.present", risk("in_treatment")},
      {"corrected", "undecided", &C::isms, "revise", {{"reason", "Typing error"}, {"code", "A.8.14"}}, "-> undecided"},
      {"corrected under the statement in force", "included", &C::isms, "revise", {{"reason", "x"}, {"title", "y"}}, "unmet linked_some.none_in_state", statement("approved")},
      {"fixed for a statement by hand", "included", &C::isms, "fix_row", {{"statement_version", "1.0"}}, "not_permitted"},
  }, control_in);
}

TEST_CASE("a control is reported as implemented with evidence") {
  const Json how{{"how", "Nightly, tested each month"}};
  try_rows({
      {"planned", "included", &C::owner, "plan", {{"due", "2026-06-30"}}, "-> included"},
      {"planned for yesterday", "included", &C::owner, "plan", {{"due", "2026-03-01"}}, "unmet after.not_after"},
      {"planned though excluded", "excluded", &C::owner, "plan", {{"due", "2026-06-30"}}, "wrong_state"},
      {"half done", "included", &C::owner, "report_progress", how, "-> included"},
      {"implemented", "included", &C::owner, "report_implemented", how, "-> included", evidence},
      {"implemented without evidence", "included", &C::owner, "report_implemented", how, "unmet has_evidence.no_evidence"},
      {"implemented, says a colleague", "included", &C::colleague, "report_implemented", how, "not_permitted", evidence},
      {"found not working", "included", &C::internal, "find_not_working", why, "-> included", implemented("full")},
      {"found not working before it is there", "included", &C::internal, "find_not_working", why, "unmet is.other_value", implemented("planned")},
      {"reported again on the old evidence", "included", &C::owner, "report_implemented", how, "unmet has_evidence.outdated", in_turn(evidence, [](Company& c, RecordId id) { c.facts.did(c.internal, id, "find_not_working", c.now.at + std::chrono::hours{1}); })},
  }, control_in);
}
// clang-format on

TEST_CASE("excluding a control clears what was said about its implementation, and a late one is flagged") {
  Company company;
  const RecordId id = control_in(company, "undecided");
  take(company, id, {company.isms, "include", inclusion, "included"});
  take(company, id, {company.owner, "plan", {{"due", "2026-06-30"}, {"how", "A second site"}}, "included"});
  CHECK(to_text(company.facts.timers(id).at("implementation_due").day) == "2026-06-30");
  CHECK(tick(company, id, "note_overdue") == "-> included");
  CHECK((*company.facts.at(id).body)["overdue"] == true);
  take(company, id, {company.isms, "exclude", exclusion, "excluded"});
  const Json& body = *company.facts.at(id).body;
  CHECK(body["necessary"] == false);
  CHECK(body["overdue"] == false);
  CHECK(body["implementation"] == "none");
  for (const char* field : {"grounds", "inclusion_reason", "how", "due"}) CHECK(!body.contains(field));
  CHECK(company.facts.timers(id).empty());
}

}  // namespace
}  // namespace assay::test::control_test
