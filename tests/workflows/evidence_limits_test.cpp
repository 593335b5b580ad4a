// What an audit plan rules out as evidence, or takes with consent only: at the audit and at its findings while they are
// open there.
#include "workflows/certification_body.h"
#include "workflows/company.h"

namespace assay::test::evidence_limits_test {
namespace {

using C = Company;

const Json photograph = {{"evidence_kinds", {"file", "photograph"}}};
const Json file = {{"evidence_kinds", {"file"}}};
const Json interview = {{"evidence_kinds", {"interview"}}};

Json agreed(Json kind) {
  kind["consent"] = "Petra Sommer, in the opening meeting";
  return kind;
}

/// The record, or the audit that it is a finding of, has the limit.
template <class Some>
void limit(Some& world, RecordId id, const char* field, Json kinds) {
  const bool finding = world.facts.at(id).definition->links.contains("audit");
  const RecordId audit = finding ? world.facts.linked(id, "audit").front() : id;
  world.facts.at(audit).body.edit()[field] = std::move(kinds);
}
auto not_taken(const char* kind) {
  return [kind](auto& world, RecordId id) { limit(world, id, "evidence_not_taken", {kind}); };
}
auto with_consent(const char* kind) {
  return [kind](auto& world, RecordId id) { limit(world, id, "consent_needed_for", {kind}); };
}
constexpr const char *excluded = "unmet none_within.excluded", *needs = "unmet none_within.needs";

/// Rows of either table: `Row` or `BodyRow`, by somebody of the team, in a state that takes evidence.
template <class Try, class Who>
std::vector<Try> rows_in(const std::string& state, Who who) {
  const auto row = [&](const char* what, const Json& input, const std::string& expected, auto first) {
    return Try{what, state, who, "attach_evidence", input, expected, first};
  };
  const auto unlimited = [](auto&, RecordId) {};
  const std::string taken = "-> " + state;
  return {row("a photograph without limits", photograph, taken, unlimited),
          row("a photograph where none is taken", photograph, excluded, not_taken("photograph")),
          row("a photograph with consent where none is taken", agreed(photograph), excluded, not_taken("photograph")),
          row("a file where no photograph is taken", file, taken, not_taken("photograph")),
          row("a file where none is taken", file, excluded, not_taken("file")),
          row("a photograph where no file is taken", photograph, excluded, not_taken("file")),
          row("an interview where no file is taken", interview, taken, not_taken("file")),
          row("a photograph that needs consent", photograph, needs, with_consent("photograph")),
          row("a photograph that has it", agreed(photograph), taken, with_consent("photograph")),
          row("a file where photographs need it", file, taken, with_consent("photograph"))};
}

RecordId concern(CertificationBody& body, const std::string& state) {
  return body.concern_in(state, body.audit_in("fieldwork"));
}
auto of_reported(auto first) {
  return [first](auto& world, RecordId id) {
    first(world, id);
    world.facts.at(world.facts.linked(id, "audit").front()).state = "report_issued";
  };
}

TEST_CASE("an audit takes as evidence what its plan lets it", "[audit]") {
  try_rows(rows_in<Row>("fieldwork", &C::auditor),
           [](C& company, const std::string& state) { return company.audit_in(state); });
  try_rows({{"limits are set with the plan",
             "team_confirmed",
             &C::lead,
             "issue_plan",
             {{"evidence_not_taken", {"file"}}},
             "invalid /sessions"},
            {"limits are revised with it",
             "fieldwork",
             &C::lead,
             "revise_plan",
             {{"reason", "Agreed."}, {"evidence_not_taken", {"photograph"}}, {"consent_needed_for", {"file"}}},
             "-> fieldwork"},
            {"limits are lifted",
             "fieldwork",
             &C::lead,
             "revise_plan",
             {{"reason", "Agreed."}, {"evidence_not_taken", Json::array()}},
             "-> fieldwork"},
            {"of what is no kind of file",
             "fieldwork",
             &C::lead,
             "revise_plan",
             {{"reason", "Agreed."}, {"evidence_not_taken", {"interview"}}},
             "invalid /evidence_not_taken/0"}},
           [](C& company, const std::string& state) { return company.audit_in(state); });
}

TEST_CASE("the findings of an audit take what it takes, until its report is issued", "[nonconformity]") {
  const auto made = [](C& company, const std::string& state) {
    return company.nonconformity_in(state, company.audit_in("fieldwork"));
  };
  try_rows(rows_in<Row>("draft", &C::auditor), made);
  try_rows({{"a response with a photograph, later", "issued", &C::owner, "attach_evidence", photograph, "-> issued",
             of_reported(not_taken("photograph"))},
            {"a response without consent, later", "issued", &C::owner, "attach_evidence", file, "-> issued",
             of_reported(with_consent("file"))}},
           made);
  try_rows({{"outside of an audit", "issued", &C::owner, "attach_evidence", photograph, "-> issued"}},
           [](C& company, const std::string& state) {
             return company.facts.add("nonconformity", state, C::nonconformity_body(), {},
                                      {{"action_owner", {company.owner}}});
           });
}

TEST_CASE("a certification audit and its findings take what the plan lets them", "[certification_audit]") {
  try_body(rows_in<BodyRow>("fieldwork", &B::auditor),
           [](B& body, const std::string& state) { return body.audit_in(state); });
  try_body(rows_in<BodyRow>("draft", &B::auditor),
           [](B& body, const std::string& state) { return body.nonconformity_in(state, body.audit_in("fieldwork")); });
  try_body(rows_in<BodyRow>("issued", &B::auditor), concern);
  try_body({{"a response with a photograph, later", "issued", &B::customer, "attach_evidence", photograph, "-> issued",
             of_reported(not_taken("photograph"))}},
           [](B& body, const std::string& state) { return body.nonconformity_in(state, body.audit_in("fieldwork")); });
}

}  // namespace
}  // namespace assay::test::evidence_limits_test
