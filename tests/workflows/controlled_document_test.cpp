// What a controlled document accepts and refuses: approved by somebody other than its authors, each version kept.
#include "workflows/management_system.h"

namespace assay::test::controlled_document_test {
namespace {

using C = Company;

RecordId document_in(Company& company, const std::string& state) {
  return company.facts.add("controlled-document", state,
                           {{"title", "Backup"},
                            {"identifier", "P-7"},
                            {"kind", "procedure"},
                            {"medium", "PDF"},
                            {"classification", "internal"},
                            {"access", "Everybody"},
                            {"retention", "Three years"},
                            {"version_label", "1.0"},
                            {"location", "Share, folder 7"},
                            {"changes", "First version"}},
                           {{"system", system_in(company)}},
                           {{"owner", {company.owner}}, {"author", {company.colleague}}});
}
auto of_kind(const char* kind) {
  return [kind](Company& company, RecordId id) { company.facts.at(id).body.edit()["kind"] = kind; };
}
void once_approved(Company& company, RecordId id) { company.facts.at(id).body.edit()["approved_version"] = "1.0"; }

Json enrol(Company& company) {
  return {{"system", company.name(system_in(company))},
          {"title", "Backup"},
          {"identifier", "P-7"},
          {"kind", "procedure"},
          {"owner", {company.name(company.owner)}},
          {"author", {company.name(company.colleague)}}};
}
const Json text{{"version_label", "1.1"}, {"location", "Share, folder 7"}, {"changes", "Restore test"}};
const Json why{{"reason", "New tool"}};
const Json review{{"review_note", "Still right"}};
Json authors(PersonId C::* who) {
  static const Company people;
  return {{"author", {people.name(people.*who)}}, {"reason", "New tool"}};
}

// Tables: a row each, however long.
// clang-format off
TEST_CASE("who may register a document") {
  try_new("controlled-document", {
      {"the ISMS manager", &C::isms, "register", enrol, "-> draft"},
      {"a colleague", &C::colleague, "register", enrol, "not_permitted"},
      {"without an owner", &C::isms, "register", [](Company& c) { Json input = enrol(c); input.erase("owner"); return input; }, "invalid /owner"},
      {"with two owners", &C::isms, "register", [](Company& c) { Json input = enrol(c); input["owner"] = {c.name(c.owner), c.name(c.risk)}; return input; }, "invalid /owner"},
      {"of an unknown kind", &C::isms, "register", [](Company& c) { Json input = enrol(c); input["kind"] = "poem"; return input; }, "invalid /kind"},
      {"as what a clause requires", &C::isms, "register", [](Company& c) { Json input = enrol(c); input["covers"] = {"operation", "competence"}; return input; }, "-> draft"},
      {"as what no clause requires", &C::isms, "register", [](Company& c) { Json input = enrol(c); input["covers"] = {"operation", "poem"}; return input; }, "invalid /covers/1"},
      {"of a system that has ended", &C::isms, "register", [](Company& c) { Json input = enrol(c); input["system"] = c.name(system_in(c, "ended")); return input; }, "unmet linked_all.open"},
  });
}

TEST_CASE("a document is written by its authors and approved by others") {
  try_rows({
      {"written", "draft", &C::colleague, "write", text, "-> draft"},
      {"written by its owner", "draft", &C::owner, "write", text, "not_permitted"},
      {"written without a version", "draft", &C::colleague, "write", {{"location", "x"}, {"changes", "y"}}, "invalid /version_label"},
      {"written in review", "review", &C::colleague, "write", text, "wrong_state"},
      {"submitted", "draft", &C::colleague, "submit", {}, "-> review"},
      {"submitted without a place", "draft", &C::colleague, "submit", {}, "unmet filled.empty", lacking("location")},
      {"submitted without a classification", "draft", &C::colleague, "submit", {}, "unmet filled.empty", lacking("classification")},
      {"submitted without retention", "draft", &C::colleague, "submit", {}, "unmet filled.empty", lacking("retention")},
      {"approved by its owner", "review", &C::owner, "approve", {}, "-> approved"},
      {"approved by its author", "review", &C::colleague, "approve", {}, "not_permitted"},
      {"approved by the owner who wrote it", "review", &C::owner, "approve", {}, "unmet actor_not.holds_seat", sits("author", &C::owner)},
      {"approved by the manager who wrote it", "review", &C::isms, "approve", {}, "unmet actor_not.holds_seat", sits("author", &C::isms)},
      {"approved unread", "draft", &C::owner, "approve", {}, "wrong_state"},
      {"a policy approved by its owner", "review", &C::owner, "approve", {}, "unmet is_not.excluded_value", of_kind("policy")},
      {"a policy approved by top management", "review", &C::boss, "approve_policy", {}, "-> approved", of_kind("policy")},
      {"a policy approved by the ISMS manager", "review", &C::isms, "approve_policy", {}, "not_permitted", of_kind("policy")},
      {"a policy approved by its author", "review", &C::boss, "approve_policy", {}, "unmet actor_not.holds_seat", in_turn(of_kind("policy"), sits("author", &C::boss))},
      {"a procedure approved as a policy", "review", &C::boss, "approve_policy", {}, "unmet is.other_value"},
      {"returned", "review", &C::owner, "return_to_draft", why, "-> draft"},
  }, document_in);
}

TEST_CASE("a document in force is revised, confirmed or withdrawn") {
  try_rows({
      {"a new version begun", "approved", &C::owner, "begin_revision", authors(&C::colleague), "-> draft"},
      {"begun for nobody", "approved", &C::owner, "begin_revision", {{"author", Json::array()}, {"reason", "x"}}, "invalid /author"},
      {"given up again", "draft", &C::owner, "abandon_revision", why, "-> approved", once_approved},
      {"given up though never in force", "draft", &C::owner, "abandon_revision", why, "unmet filled.empty"},
      {"authors changed by one", "draft", &C::owner, "change_authors", authors(&C::risk), "second"},
      {"authors changed by two", "draft", &C::owner, "change_authors", authors(&C::risk), "-> draft", {}, &C::isms},
      {"authors changed with a new author", "draft", &C::owner, "change_authors", authors(&C::isms), "unmet actor_not.second_holds_seat", {}, &C::isms},
      {"confirmed", "approved", &C::owner, "confirm", review, "-> approved"},
      {"confirmed without a note", "approved", &C::owner, "confirm", {}, "invalid /review_note"},
      {"confirmed by its author", "approved", &C::colleague, "confirm", review, "not_permitted"},
      {"withdrawn by one", "approved", &C::owner, "withdraw", why, "second"},
      {"withdrawn by two", "approved", &C::owner, "withdraw", why, "-> withdrawn", {}, &C::boss},
      {"described", "approved", &C::owner, "describe", {{"classification", "confidential"}}, "-> approved"},
      {"described as another kind", "review", &C::owner, "describe", {{"kind", "instruction"}}, "invalid /kind"},
      {"written as another kind", "draft", &C::colleague, "write", {{"version_label", "1.1"}, {"location", "x"}, {"changes", "y"}, {"kind", "policy"}}, "-> draft"},
      {"described as what a clause requires", "approved", &C::owner, "describe", {{"covers", {"policy"}}}, "-> approved"},
      {"described so by its author", "approved", &C::colleague, "describe", {{"covers", {"policy"}}}, "not_permitted"},
      {"described as the same twice", "approved", &C::owner, "describe", {{"covers", {"policy", "policy"}}}, "invalid /covers/1"},
      {"written as what a clause requires", "draft", &C::colleague, "write", {{"version_label", "1.1"}, {"location", "x"}, {"changes", "y"}, {"covers", {"operation"}}}, "-> draft"},
      {"described as something else", "approved", &C::owner, "describe", {{"approved_version", "9"}}, "invalid /approved_version"},
  }, document_in);
}
// clang-format on

TEST_CASE("each approved version is kept, and the review stays due while the next is in work") {
  Company company;
  const RecordId id = document_in(company, "review");
  take(company, id, {company.owner, "approve", {{"next_review_on", "2026-12-01"}}, "approved"});
  take(company, id, {company.owner, "begin_revision", authors(&C::colleague), "draft"});
  CHECK(answer(company.ask(company.colleague, id, "submit")) == "unmet filled.empty");
  CHECK((*company.facts.at(id).body)["approved_version"] == "1.0");
  CHECK(to_text(company.facts.timers(id).at("review_due").day) == "2026-12-01");
  CHECK(tick(company, id, "note_review_overdue") == "-> draft");
  CHECK((*company.facts.at(id).body)["review_overdue"] == true);
  Json covering = text;
  covering["covers"] = {"operation"};
  take(company, id, {company.colleague, "write", covering, "draft"});
  take(company, id, {company.colleague, "submit", {}, "review"});
  take(company, id, {company.owner, "approve", {}, "approved"});
  const Json& body = *company.facts.at(id).body;
  CHECK(body["approved_version"] == "1.1");
  CHECK(body["review_overdue"] == false);
  REQUIRE(body["versions"].size() == 2);
  CHECK(body["versions"][0]["version_label"] == "1.0");
  CHECK_FALSE(body["versions"][0].contains("covers"));
  CHECK(body["versions"][1]["covers"] == Json::array({"operation"}));
  CHECK(body["versions"][1]["by"] == company.name(company.owner));
  CHECK(to_text(company.facts.timers(id).at("review_due").day) == "2027-03-02");
  REQUIRE(answer(company.act(Actor{company.owner, company.isms}, id, "withdraw", why)) == "-> withdrawn");
  CHECK(company.facts.timers(id).empty());
  CHECK(!company.facts.at(id).body->contains("approved_version"));
}

}  // namespace
}  // namespace assay::test::controlled_document_test
