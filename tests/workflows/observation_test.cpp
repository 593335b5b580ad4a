// What an observation or a strength, a finding that asks for nothing, accepts and refuses.
#include "workflows/company.h"

namespace assay::test::observation_test {
namespace {

using C = Company;

RecordId observation_of(Company& company, const std::string& state, const char* audit_state) {
  return company.facts.add("observation", state, {{"title", "Good drills"}, {"kind", "strength"}},
                           {{"audit", company.audit_in(audit_state)}});
}
RecordId observation_in(Company& company, const std::string& state) {
  return observation_of(company, state, "report_draft");
}
RecordId reported_in(Company& company, const std::string& state) {
  return observation_of(company, state, "report_issued");
}

auto recorded_in(const char* state, const char* kind = "strength") {
  return [=](Company& company) {
    return Json{{"title", "Good drills"},
                {"kind", kind},
                {"description", "Every team drills twice a year"},
                {"audit", company.name(company.audit_in(state))}};
  };
}

auto about(const char* question) {
  return [question](Company& company) {
    Json input = recorded_in("fieldwork")(company);
    input["clause"] = "A.8.13";
    input["requirement"] = "Backups are tested";
    input["items"] = {{{"catalogue", "iso27001-2022"}, {"question", question}, {"subject", "whole"}}};
    return input;
  };
}

auto without(const char* field) {
  return [field](Company& company) {
    Json input = recorded_in("fieldwork")(company);
    input.erase(field);
    return input;
  };
}

// Tables: a row each, however long.
// clang-format off
TEST_CASE("who may record an observation or a strength") {
  try_new("observation", {
      {"an auditor during the audit", &C::auditor, "record", recorded_in("fieldwork"), "-> recorded"},
      {"the lead auditor while the report is drafted", &C::lead, "record", recorded_in("report_draft", "observation"), "-> recorded"},
      {"somebody who learns it", &C::trainee, "record", recorded_in("opened"), "-> recorded"},
      {"an expert", &C::expert, "record", recorded_in("fieldwork"), "not_permitted"},
      {"the auditee", &C::auditee, "record", recorded_in("fieldwork"), "not_permitted"},
      {"the ISMS manager", &C::isms, "record", recorded_in("fieldwork"), "not_permitted"},
      {"about an item of the audit", &C::auditor, "record", about("A.8.13-q1"), "-> recorded"},
      {"about an item that is not planned", &C::auditor, "record", about("A.5.1-q1"), "unmet items_of.not_planned"},
      {"before the audit begins", &C::lead, "record", recorded_in("plan_issued"), "unmet linked_all.open"},
      {"after the report", &C::lead, "record", recorded_in("report_issued"), "unmet linked_all.open"},
      {"of a grade that is not theirs", &C::lead, "record", recorded_in("fieldwork", "minor"), "invalid /kind"},
      {"without a kind", &C::lead, "record", without("kind"), "invalid /kind"},
      {"without a text", &C::lead, "record", without("description"), "invalid /description"},
      {"outside of an audit", &C::lead, "record", without("audit"), "not_permitted"},
  });
}

TEST_CASE("an observation is revised or withdrawn until the report is issued, and asks for no response") {
  try_rows({
      {"revised", "recorded", &C::auditor, "revise", {{"kind", "observation"}}, "-> recorded"},
      {"revised by the auditee", "recorded", &C::auditee, "revise", {{"kind", "observation"}}, "not_permitted"},
      {"withdrawn", "recorded", &C::lead, "withdraw", {{"reason", "Not so"}}, "-> withdrawn"},
      {"withdrawn without a reason", "recorded", &C::lead, "withdraw", {}, "invalid /reason"},
      {"withdrawn by somebody who learns it", "recorded", &C::trainee, "withdraw", {{"reason", "x"}}, "not_permitted"},
      {"withdrawn twice", "withdrawn", &C::lead, "withdraw", {{"reason", "x"}}, "wrong_state"},
      {"revised once withdrawn", "withdrawn", &C::lead, "revise", {{"title", "x"}}, "wrong_state"},
  }, observation_in);
  try_rows({
      {"revised", "recorded", &C::lead, "revise", {{"title", "x"}}, "unmet linked_all.open"},
      {"withdrawn", "recorded", &C::lead, "withdraw", {{"reason", "x"}}, "unmet linked_all.open"},
  }, reported_in);
}

TEST_CASE("an audit completes with observations that nobody answers") {
  Company company;
  const RecordId id = company.audit_in("follow_up");
  company.facts.add("observation", "recorded", {{"title", "x"}, {"kind", "observation"}}, {{"audit", id}});
  CHECK(answer(company.ask(company.lead, id, "complete")) == "-> complete");
}

}  // namespace
}  // namespace assay::test::observation_test
