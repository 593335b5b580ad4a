// What a supplier record accepts and refuses: questionnaire, rating, audits of the supplier, and its end.
#include "workflows/company.h"

namespace assay::test::supplier_test {
namespace {

using C = Company;

RecordId supplier_in(Company& company, const std::string& state) {
  return company.facts.add("supplier", state,
                           {{"name", "Cold Storage Ltd"},
                            {"services", "Backups"},
                            {"criticality", "high"},
                            {"agreements", "Contract of 2025, annex 3"},
                            {"questionnaire", "answered"}},
                           {}, {{"owner", {company.owner}}, {"contact", {company.colleague}}});
}
auto asked(const Json& how_far) {
  return [how_far](Company& company, RecordId id) { company.facts.at(id).body.edit()["questionnaire"] = how_far; };
}
auto unsaid(const char* field) {
  return [field](Company& company, RecordId id) { company.facts.at(id).body.edit().erase(field); };
}
auto audited(const char* state) {
  return [state](Company& company, RecordId id) { company.facts.link(company.audit_in(state), "supplier", id); };
}
auto finding(const char* grade, const char* state) {
  return [=](Company& company, RecordId id) {
    const RecordId audit = company.audit_in("complete");
    company.facts.link(audit, "supplier", id);
    company.facts.at(company.nonconformity_in(state, audit)).body.edit()["grade"] = grade;
  };
}
auto in_seat(const char* seat, PersonId C::* who) {
  return [=](Company& company, RecordId id) { company.facts.take_seats(id, seat, {company.*who}); };
}

Json propose(Company& company) {
  return {{"name", "Cold Storage Ltd"}, {"services", "Backups"}, {"owner", {company.name(company.owner)}}};
}
const Json questions{{"questions", Json::array({{{"id", "q1"}, {"question", "Are copies tried out?"}}})},
                     {"answer_due", "2026-04-01"}};
const Json answers{{"answers", Json::array({{{"id", "q1"}, {"answer", "partly"}, {"remark", "Once a year"}}})}};
const Json good{{"rating", "good"}, {"rating_reason", "All answered, certificate seen"}};
const Json weak{{"rating", "weak"},
                {"rating_reason", "One test a year"},
                {"conditions", "Two tests a year"},
                {"next_rating_on", "2026-09-01"}};
const Json bad{{"rating_reason", "Lost a tape"}};
const Json why{{"reason", "Contract ends"}, {"exit", "Tapes are back, accounts closed"}};

// Tables: a row each, however long.
// clang-format off
TEST_CASE("who may propose a supplier") {
  try_new("supplier", {
      {"the ISMS manager", &C::isms, "propose", propose, "-> proposed"},
      {"a colleague", &C::colleague, "propose", propose, "not_permitted"},
      {"without somebody responsible", &C::isms, "propose", [](Company& c) { Json input = propose(c); input.erase("owner"); return input; }, "invalid /owner"},
      {"rated at once", &C::isms, "propose", [](Company& c) { Json input = propose(c); input["rating"] = "good"; return input; }, "invalid /rating"},
      {"with a certificate of nobody", &C::isms, "propose", [](Company& c) { Json input = propose(c); input["certificates"] = Json::array({{{"standard", "ISO/IEC 27001"}}}); return input; }, "invalid /certificates/0/body"},
  });
}

TEST_CASE("a supplier answers a questionnaire in time") {
  try_rows({
      {"sent", "proposed", &C::owner, "send_questionnaire", questions, "-> proposed"},
      {"sent to nobody", "proposed", &C::owner, "send_questionnaire", questions, "unmet seated.vacant", [](Company& c, RecordId id) { c.facts.take_seats(id, "contact", {}); }},
      {"due yesterday", "proposed", &C::owner, "send_questionnaire", {{"questions", questions["questions"]}, {"answer_due", "2026-03-01"}}, "unmet after.not_after"},
      {"without questions", "approved", &C::owner, "send_questionnaire", {{"answer_due", "2026-04-01"}}, "invalid /questions"},
      {"answered", "proposed", &C::colleague, "answer_questionnaire", answers, "-> proposed", asked("sent")},
      {"answered for the supplier", "proposed", &C::owner, "answer_questionnaire", answers, "not_permitted", asked("sent")},
      {"answered unasked", "proposed", &C::colleague, "answer_questionnaire", answers, "unmet is.other_value"},
      {"answered otherwise", "proposed", &C::colleague, "answer_questionnaire", {{"answers", Json::array({{{"id", "q1"}, {"answer", "perhaps"}}})}}, "invalid /answers/0/answer", asked("sent")},
      {"more time", "approved", &C::owner, "extend_questionnaire", {{"answer_due", "2026-05-01"}, {"reason", "Holidays"}}, "-> approved", asked("sent")},
      {"answers returned", "proposed", &C::owner, "return_questionnaire", {{"answer_due", "2026-05-01"}, {"reason", "q1 is not answered"}}, "-> proposed"},
      {"answers returned before there are any", "proposed", &C::owner, "return_questionnaire", {{"answer_due", "2026-05-01"}, {"reason", "x"}}, "unmet is.other_value", asked("sent")},
  }, supplier_in);
}

TEST_CASE("a supplier is rated on its answers, by somebody who does not look after it") {
  try_rows({
      {"approved", "proposed", &C::isms, "approve", good, "-> approved"},
      {"approved by who looks after it", "proposed", &C::owner, "approve", good, "not_permitted"},
      {"approved by the manager who looks after it", "proposed", &C::isms, "approve", good, "unmet actor_not.holds_seat", in_seat("owner", &C::isms)},
      {"approved before it has answered", "proposed", &C::isms, "approve", good, "unmet is.other_value", asked("sent")},
      {"approved on the answers of last time", "approved", &C::isms, "approve", good, "unmet is.other_value", asked("rated")},
      {"approved without an agreement", "proposed", &C::isms, "approve", good, "unmet filled.empty", unsaid("agreements")},
      {"approved without its criticality", "proposed", &C::isms, "approve", good, "unmet filled.empty", unsaid("criticality")},
      {"approved though weak", "proposed", &C::isms, "approve", {{"rating", "weak"}, {"rating_reason", "x"}}, "unmet is.other_value"},
      {"approved with an open major of its audit", "proposed", &C::isms, "approve", good, "unmet linked_none.present", finding("major", "issued")},
      {"approved with an open minor", "proposed", &C::isms, "approve", good, "-> approved", finding("minor", "issued")},
      {"approved with a closed major", "proposed", &C::isms, "approve", good, "-> approved", finding("major", "closed")},
      {"on conditions by one", "proposed", &C::isms, "approve_with_conditions", weak, "second"},
      {"on conditions by two", "proposed", &C::isms, "approve_with_conditions", weak, "-> conditional", {}, &C::boss},
      {"on conditions though insufficient", "proposed", &C::isms, "approve_with_conditions", {{"rating", "insufficient"}, {"rating_reason", "x"}, {"conditions", "y"}, {"next_rating_on", "2026-09-01"}}, "unmet is_not.excluded_value", {}, &C::boss},
      {"blocked", "approved", &C::boss, "block", bad, "-> blocked"},
      {"blocked by who looks after it", "approved", &C::owner, "block", bad, "not_permitted"},
      {"approved again", "blocked", &C::isms, "approve", good, "-> approved"},
      {"rejected", "blocked", &C::boss, "reject", {{"reason", "No answer"}}, "-> rejected"},
      {"rejected in use", "approved", &C::boss, "reject", {{"reason", "x"}}, "wrong_state"},
      {"ended by one", "approved", &C::owner, "end", why, "second"},
      {"ended by two", "approved", &C::owner, "end", why, "-> ended", {}, &C::isms},
      {"ended without saying how", "approved", &C::owner, "end", {{"reason", "x"}}, "invalid /exit"},
      {"ended during an audit", "approved", &C::owner, "end", why, "unmet linked_none.present", audited("fieldwork"), &C::isms},
      {"ended after an audit", "approved", &C::owner, "end", why, "-> ended", audited("complete"), &C::isms},
      {"contract", "approved", &C::owner, "agree_contract", {{"agreements", "Annex 4"}, {"contract_until", "2028-12-31"}}, "-> approved"},
      {"contract of the past", "approved", &C::owner, "agree_contract", {{"agreements", "Annex 4"}, {"contract_until", "2026-03-02"}}, "unmet after.not_after"},
  }, supplier_in);
}

TEST_CASE("an audit names the supplier that it audits, as long as that one is there") {
  const auto plan = [](const char* state) {
    return [state](Company& company) {
      return Json{{"programme", company.name(company.programme)}, {"title", "Cold Storage"}, {"purposes", {"supplier"}}, {"objectives", "Agreements kept"}, {"scope", "Backups"}, {"criteria", {"Contract, annex 3"}},
                  {"planned_from", "2026-04-01"}, {"planned_to", "2026-04-02"}, {"supplier", company.name(supplier_in(company, state))}};
    };
  };
  try_new("audit", {
      {"a supplier in use", &C::planner, "plan", plan("approved"), "-> planned"},
      {"one that is proposed", &C::planner, "plan", plan("proposed"), "-> planned"},
      {"one that has ended", &C::planner, "plan", plan("ended"), "unmet linked_all.open"},
      {"something else", &C::planner, "plan", [&](Company& c) { Json input = plan("approved")(c); input["supplier"] = c.name(c.programme); return input; }, "invalid /supplier"},
  });
}
// clang-format on

TEST_CASE("a supplier's questionnaires and ratings are kept, late ones and the end of the contract flagged") {
  Company company;
  const auto late = [&](RecordId id, const char* command) {
    Actor clock;
    clock.timer = true;
    return answer(company.act(clock, id, command));
  };
  const RecordId id = supplier_in(company, "proposed");
  const Json& body = *company.facts.at(id).body;
  take(company, id, {company.owner, "send_questionnaire", questions, "proposed"});
  CHECK(to_text(company.facts.timers(id).at("answers_due").day) == "2026-04-01");
  CHECK(late(id, "note_questionnaire_overdue") == "-> proposed");
  CHECK(body["questionnaire_overdue"] == true);
  take(company, id, {company.colleague, "answer_questionnaire", answers, "proposed"});
  CHECK(body["questionnaire_overdue"] == false);
  CHECK(company.facts.timers(id).empty());
  take(company, id, {company.isms, "approve", good, "approved"});
  CHECK(to_text(company.facts.timers(id).at("rating_due").day) == "2027-03-02");
  CHECK(late(id, "note_rating_overdue") == "-> approved");
  CHECK(body["rating_overdue"] == true);
  const Json agreed{{"agreements", "Annex 4"}, {"contract_until", "2028-12-31"}};
  take(company, id, {company.owner, "agree_contract", agreed, "approved"});
  CHECK(to_text(company.facts.timers(id).at("contract_end").day) == "2028-12-31");
  CHECK(late(id, "note_contract_ended") == "-> approved");
  CHECK(body["contract_ended"] == true);
  take(company, id, {company.boss, "block", bad, "blocked"});
  REQUIRE(body["ratings"].size() == 2);
  CHECK(body["ratings"][0]["rating"] == "good");
  CHECK(body["ratings"][1]["rating"] == "insufficient");
  REQUIRE(body["questionnaires"].size() == 1);
  CHECK(body["questionnaires"][0]["answers"][0]["answer"] == "partly");
}

}  // namespace
}  // namespace assay::test::supplier_test
