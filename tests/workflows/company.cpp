// A small company on the shipped record types, as its header says.
#include "workflows/company.h"

namespace assay::test {

Company::Company() : World(shipped()) {
  audit_seats = {{"lead_auditor", {lead}},       {"auditor", {auditor}},   {"auditor_in_training", {trainee}},
                 {"technical_expert", {expert}}, {"observer", {observer}}, {"auditee", {auditee}}};
  programme = facts.add("audit-programme", "running",
                        {{"title", "2026-2028"}, {"cycle_from", "2026-01-01"}, {"cycle_to", "2028-12-31"}}, {},
                        {{"programme_manager", {planner}}});
}

std::filesystem::path shipped_folder() { return std::filesystem::path(ASSAY_SOURCE_DIR) / "workflows"; }

const WorkflowSet& shipped() {
  static const WorkflowSet set = load_or_throw(read_workflow_files(shipped_folder()));
  return set;
}

std::string answer(const Result<Decision>& decided) {
  if (decided) {
    if (decided->needs_second) return "second";
    return "-> " + decided->changes.front().state;
  }
  const Refusal& refusal = decided.error();
  std::set<std::string> details;
  switch (refusal.reason) {
    case Reason::not_found:
      return "not_found";
    case Reason::not_permitted:
      return "not_permitted";
    case Reason::wrong_state:
      return "wrong_state";
    case Reason::invalid:
      for (const InvalidField& field : refusal.invalid) details.insert(field.pointer);
      return fmt::format("invalid {}", fmt::join(details, " "));
    case Reason::unmet:
      for (const UnmetGuard& unmet : refusal.unmet) details.insert(unmet.guard + "." + unmet.code);
      return fmt::format("unmet {}", fmt::join(details, " "));
    default:
      return refusal.detail;
  }
}

RecordId Company::audit_in(const std::string& state) {
  const RecordId id = facts.add("audit", state,
                                {{"title", "Backup and recovery"},
                                 {"planned_from", "2026-03-02"},
                                 {"planned_to", "2026-03-06"},
                                 {"methods", {"on_site"}},
                                 {"catalogue_hash", std::string(64, 'a')},
                                 {"opening_on", "2026-03-02"},
                                 {"conclusions", "Recovery works."},
                                 {"objection_period_over", false}},
                                {{"programme", programme}}, audit_seats);
  facts.add_item(id, {"iso27001-2022", "A.8.13-q1", "A.8.13", "whole", auditor, "conforms"});
  facts.add_report(id, now.at);
  return id;
}

RecordId Company::nonconformity_in(const std::string& state, RecordId audit, bool evidence) {
  const RecordId id = facts.add("nonconformity", state, nonconformity_body(), {{"audit", audit}},
                                {{"action_owner", {owner}}, {"verifier", {verifier}}});
  if (evidence) facts.add_evidence(id, now.at);
  facts.did(auditor, id, "raise");
  facts.did(lead, id, "issue");
  return id;
}

RecordId Company::nonconformity_in(const std::string& state) {
  return nonconformity_in(state, audit_in("report_issued"));
}

Json Company::nonconformity_body() {
  return {{"title", "No restore test"},
          {"source", "internal_audit"},
          {"grade", "major"},
          {"clause", "A.8.13"},
          {"requirement", "Backups are tested"},
          {"finding", "No test since 2024"},
          {"objective_evidence", "Log of the backup server"},
          {"issued_on", "2026-02-20"},
          {"deadlines_from", "2026-02-20"},
          {"root_cause", "Nobody was named"},
          {"action", "Name somebody"},
          {"implementation", "Named"},
          {"effectiveness", "Two tests were held"},
          {"done_on", "2026-02-27"}};
}

std::string Company::name(PersonId person) const { return uuid_of(person); }

std::string Company::name(RecordId record) const { return uuid_of(record); }

Json object_of(const Json& input) { return input.is_null() ? Json::object() : input; }

void take(Company& company, RecordId id, const Step& step) {
  INFO(step.command);
  const auto decided = company.act(step.who, id, step.command, object_of(step.input));
  INFO((decided ? std::string("granted") : text_of(decided.error())));
  REQUIRE(answer(decided) == "-> " + step.state);
}

void try_rows(const std::vector<Row>& rows, const std::function<RecordId(Company&, const std::string& state)>& make) {
  for (const Row& row : rows) {
    Company company;
    const RecordId record = make(company, row.state);
    if (row.first) row.first(company, record);
    Actor actor{company.*row.who};
    if (row.second) actor.second = company.*row.second;
    const auto decided = company.ask(actor, record, row.command, object_of(row.input));
    INFO(row.command << " in " << row.state << ": " << row.what);
    INFO((decided ? std::string("granted") : text_of(decided.error())));
    CHECK(answer(decided) == row.expected);
  }
}

void try_new(const std::string& type, const std::vector<NewRow>& rows) {
  for (const NewRow& row : rows) {
    Company company;
    const Json input = row.input(company);
    const auto decided = company.ask_new(Actor{company.*row.who}, type, row.command, input);
    INFO(row.command << ": " << row.what);
    INFO((decided ? std::string("granted") : text_of(decided.error())));
    CHECK(answer(decided) == row.expected);
  }
}

}  // namespace assay::test
