// Which responses go on the issuer's form, and who puts them there.
#include "workflows/company.h"

namespace assay::test::issuer_form_test {
namespace {

using C = Company;

RecordId in_audit(Company& company, const std::string& state) { return company.nonconformity_in(state); }
auto came_from(const char* source, const std::vector<const char*>& without = {}) {
  return [source, without](Company& company, RecordId id) {
    company.facts.at(id).body.edit().update({{"source", source}, {"correction", "Test held"}});
    for (const char* field : without) company.facts.at(id).body.edit().erase(field);
  };
}

// Tables: a row each, however long.
// clang-format off
TEST_CASE("the response goes on the issuer's form when it came from outside and is answered") {
  try_rows({
      {"by the owner", "response_submitted", &C::owner, "attach_report", {}, "-> response_submitted", came_from("external_body")},
      {"by the ISMS manager", "plan_accepted", &C::isms, "attach_report", {}, "-> plan_accepted", came_from("customer")},
      {"once it is verified", "verified", &C::owner, "attach_report", {}, "-> verified", came_from("supplier")},
      {"of an internal audit", "response_submitted", &C::owner, "attach_report", {}, "unmet is.other_value", came_from("internal_audit")},
      {"of an incident", "response_submitted", &C::isms, "attach_report", {}, "unmet is.other_value", came_from("incident")},
      {"of what somebody has seen", "response_submitted", &C::isms, "attach_report", {}, "unmet is.other_value", came_from("own_observation")},
      {"without a response", "issued", &C::owner, "attach_report", {}, "unmet filled.empty", came_from("external_body", {"correction", "root_cause", "action"})},
      {"without a correction", "response_submitted", &C::owner, "attach_report", {}, "unmet filled.empty", came_from("customer", {"correction"})},
      {"without a cause", "response_submitted", &C::owner, "attach_report", {}, "unmet filled.empty", came_from("customer", {"root_cause"})},
      {"without an action", "response_submitted", &C::owner, "attach_report", {}, "unmet filled.empty", came_from("customer", {"action"})},
      {"by the lead auditor", "response_submitted", &C::lead, "attach_report", {}, "not_permitted", came_from("external_body")},
      {"by the auditee", "response_submitted", &C::auditee, "attach_report", {}, "not_permitted", came_from("external_body")},
      {"by the verifier", "response_submitted", &C::verifier, "attach_report", {}, "not_permitted", came_from("external_body")},
      {"once it is closed", "closed", &C::owner, "attach_report", {}, "wrong_state", came_from("external_body")},
  }, in_audit);
}
// clang-format on

}  // namespace
}  // namespace assay::test::issuer_form_test
