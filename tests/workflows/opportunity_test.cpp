// What an opportunity for improvement accepts and refuses.
#include "workflows/company.h"

namespace assay::test::opportunity_test {
namespace {

using C = Company;

RecordId opportunity_in(Company& company, const std::string& state) {
  return company.facts.add("opportunity", state, {{"title", "Fewer tools"}}, {{"audit", company.audit_in("follow_up")}},
                           {{"action_owner", {company.owner}}});
}
auto recorded_in(const char* state) {
  return [state](Company& company) {
    return Json{
        {"title", "Fewer tools"}, {"description", "Two do the same"}, {"audit", company.name(company.audit_in(state))}};
  };
}

auto about(const char* question) {
  return [question](Company& company) {
    Json input = recorded_in("fieldwork")(company);
    input["items"] = {{{"catalogue", "iso27001-2022"}, {"question", question}, {"subject", "whole"}}};
    return input;
  };
}

// Tables: a row each, however long.
// clang-format off
TEST_CASE("who may record an opportunity") {
  try_new("opportunity", {
      {"an auditor during the audit", &C::auditor, "record", recorded_in("fieldwork"), "-> recorded"},
      {"about an item of the audit", &C::auditor, "record", about("A.8.13-q1"), "-> recorded"},
      {"about an item that is not planned", &C::auditor, "record", about("A.5.1-q1"), "unmet items_of.not_planned"},
      {"after the report", &C::auditor, "record", recorded_in("complete"), "unmet linked_all.open"},
      {"the auditee", &C::auditee, "record", recorded_in("fieldwork"), "not_permitted"},
      {"anybody, outside of an audit", &C::colleague, "suggest", [](Company&) { return Json{{"title", "Fewer tools"}, {"description", "Two do the same"}}; }, "-> recorded"},
      {"somebody of another organisation", &C::stranger, "suggest", [](Company&) { return Json{{"title", "x"}, {"description", "y"}}; }, "not_permitted"},
      {"without a description", &C::colleague, "suggest", [](Company&) { return Json{{"title", "Fewer tools"}}; }, "invalid /description"},
  });
}

TEST_CASE("an opportunity is accepted and done, or declined with a reason") {
  static const Company people;
  const Json accepted{{"action_owner", {people.name(people.owner)}}, {"due", "2026-06-01"}};
  try_rows({
      {"accepted", "recorded", &C::auditee, "accept", accepted, "-> accepted"},
      {"accepted without somebody to do it", "recorded", &C::auditee, "accept", {}, "invalid /action_owner"},
      {"accepted by the auditor", "recorded", &C::auditor, "accept", accepted, "not_permitted"},
      {"declined", "recorded", &C::auditee, "decline", {{"reason", "Both are needed"}}, "-> declined"},
      {"declined without a reason", "recorded", &C::auditee, "decline", {}, "invalid /reason"},
      {"declined after it was accepted", "accepted", &C::isms, "decline", {{"reason", "No budget"}}, "-> declined"},
      {"done", "accepted", &C::owner, "finish", {{"outcome", "One tool less"}}, "-> done"},
      {"done without an outcome", "accepted", &C::owner, "finish", {}, "invalid /outcome"},
      {"done before it is accepted", "recorded", &C::owner, "finish", {{"outcome", "x"}}, "wrong_state"},
      {"done by a colleague", "accepted", &C::colleague, "finish", {{"outcome", "x"}}, "not_permitted"},
      {"declined once done", "done", &C::isms, "decline", {{"reason", "x"}}, "wrong_state"},
      {"revised after it was accepted", "accepted", &C::lead, "revise", {{"description", "x"}}, "wrong_state"},
  }, opportunity_in);
}

}  // namespace
}  // namespace assay::test::opportunity_test
