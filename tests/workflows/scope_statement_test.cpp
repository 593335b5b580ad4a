// What a scope statement accepts and refuses, and how the next version takes its place.
#include "workflows/management_system.h"

namespace assay::test::scope_statement_test {
namespace {

using C = Company;

const Json content{
    {"scope", "Hosting in Hamburg and Kiel"},
    {"external_issues", "Ransomware, new law"},
    {"internal_issues", "Two sites merge"},
    {"climate", "Floods concern the site in Hamburg"},
    {"interested_parties",
     Json::array({{{"party", "Customers"}, {"requirement", "Availability"}, {"addressed", true}}})},
    {"interfaces", Json::array({{{"activity", "Power"}, {"performed_by", "City works"}, {"control", "Contract"}}})}};

Json body_of(const char* version) {
  Json body = content;
  body["title"] = "Scope";
  body["version_label"] = version;
  return body;
}
RecordId scope_in(Company& company, const std::string& state) {
  return company.facts.add("scope-statement", state, body_of("1.0"), {{"system", system_in(company)}});
}
Json draft(Company& company) {
  Json input = body_of("1.0");
  input["system"] = company.name(system_in(company));
  return input;
}
auto draft_with(const char* field, const Json& value) {
  return [=](Company& company) {
    Json input = draft(company);
    input[field] = value;
    return input;
  };
}
const Json why{{"reason", "Kiel is missing"}};
const Json review{{"review_note", "Nothing has changed"}};

// Tables: a row each, however long.
// clang-format off
TEST_CASE("who may draft a scope statement") {
  try_new("scope-statement", {
      {"the ISMS manager", &C::isms, "draft", draft, "-> draft"},
      {"top management", &C::boss, "draft", draft, "not_permitted"},
      {"somebody of another organisation", &C::stranger, "draft", draft, "not_permitted"},
      {"a party without a requirement", &C::isms, "draft", draft_with("interested_parties", Json::array({{{"party", "x"}, {"addressed", true}}})), "invalid /interested_parties/0/requirement"},
      {"an interface without a control", &C::isms, "draft", draft_with("interfaces", Json::array({{{"activity", "x"}, {"performed_by", "y"}}})), "invalid /interfaces/0/control"},
      {"a field of its own", &C::isms, "draft", draft_with("approved_on", "2026-01-01"), "invalid /approved_on"},
      {"of a system that has ended", &C::isms, "draft", [](Company& c) { Json input = draft(c); input["system"] = c.name(system_in(c, "ended")); return input; }, "unmet linked_all.open"},
      {"beside another draft", &C::isms, "draft", [](Company& c) { Json input = draft(c); input["system"] = c.name(system_of(c, scope_in(c, "review"))); return input; }, "unmet linked_none.present"},
      {"beside the one in force", &C::isms, "draft", [](Company& c) { Json input = draft(c); input["system"] = c.name(system_of(c, scope_in(c, "approved"))); return input; }, "-> draft"},
  });
}

TEST_CASE("a scope statement is approved complete, by top management that did not write it") {
  try_rows({
      {"revised", "draft", &C::isms, "revise", {{"scope", "Hosting"}}, "-> draft"},
      {"submitted", "draft", &C::isms, "submit", {}, "-> review"},
      {"submitted without external issues", "draft", &C::isms, "submit", {}, "unmet filled.empty", lacking("external_issues")},
      {"submitted without internal issues", "draft", &C::isms, "submit", {}, "unmet filled.empty", lacking("internal_issues")},
      {"submitted without a word on the climate", "draft", &C::isms, "submit", {}, "unmet filled.empty", lacking("climate")},
      {"submitted without interested parties", "draft", &C::isms, "submit", {}, "unmet filled.empty", lacking("interested_parties")},
      {"submitted without interfaces", "draft", &C::isms, "submit", {}, "unmet filled.empty", lacking("interfaces")},
      {"approved", "review", &C::boss, "approve", {}, "-> approved"},
      {"approved as a draft", "draft", &C::boss, "approve", {}, "wrong_state"},
      {"approved by the ISMS manager", "review", &C::isms, "approve", {}, "not_permitted"},
      {"approved by who drafted it", "review", &C::boss, "approve", {}, "unmet actor_not_did.did", given(&C::boss, "draft")},
      {"approved by who submitted it", "review", &C::boss, "approve", {}, "unmet actor_not_did.did", given(&C::boss, "submit")},
      {"returned", "review", &C::boss, "return_to_draft", why, "-> draft"},
      {"returned without a reason", "review", &C::boss, "return_to_draft", {}, "invalid /reason"},
      {"revised in review", "review", &C::isms, "revise", {{"scope", "x"}}, "wrong_state"},
      {"revised in force", "approved", &C::isms, "revise", {{"scope", "x"}}, "wrong_state"},
      {"reviewed", "approved", &C::isms, "confirm", review, "-> approved", {}, &C::boss},
      {"reviewed by one alone", "approved", &C::isms, "confirm", review, "second"},
      {"superseded by hand", "approved", &C::isms, "supersede", {}, "not_permitted"},
      {"withdrawn", "approved", &C::boss, "withdraw", why, "-> withdrawn"},
      {"discarded", "draft", &C::isms, "discard", why, "-> discarded"},
  }, scope_in);
}
// clang-format on

TEST_CASE("the next approved scope statement supersedes the one in force") {
  Company company;
  REQUIRE(answer(company.make(company.isms, "scope-statement", "draft", draft(company))) == "-> draft");
  const RecordId first = company.last;
  take(company, first, {company.isms, "submit", {}, "review"});
  take(company, first, {company.boss, "approve", {}, "approved"});
  CHECK(to_text(company.facts.timers(first).at("review_due").day) == "2027-03-02");

  Json input = body_of("2.0");
  input["system"] = company.name(system_of(company, first));
  REQUIRE(answer(company.make(company.isms, "scope-statement", "draft", input)) == "-> draft");
  const RecordId second = company.last;
  take(company, second, {company.isms, "submit", {}, "review"});
  CHECK(company.state(first) == "approved");
  take(company, second, {company.boss, "approve", {{"next_review_on", "2026-09-01"}}, "approved"});
  CHECK(company.state(first) == "superseded");
  CHECK((*company.facts.at(first).body)["in_force"] == false);
  CHECK((*company.facts.at(second).body)["in_force"] == true);
  CHECK(company.facts.timers(first).empty());
  CHECK(to_text(company.facts.timers(second).at("review_due").day) == "2026-09-01");
}

TEST_CASE("a late review of the scope is flagged, and nothing else") {
  Company company;
  const RecordId id = scope_in(company, "approved");
  CHECK(tick(company, id, "note_review_overdue") == "-> approved");
  CHECK((*company.facts.at(id).body)["review_overdue"] == true);
  REQUIRE(answer(company.act(Actor{company.isms, company.boss}, id, "confirm", review)) == "-> approved");
  CHECK((*company.facts.at(id).body)["review_overdue"] == false);
  CHECK((*company.facts.at(id).body)["reviews"].size() == 1);
  CHECK(to_text(company.facts.timers(id).at("review_due").day) == "2027-03-02");
}

}  // namespace
}  // namespace assay::test::scope_statement_test
