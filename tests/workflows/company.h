// A small company on the shipped record types: its people, and records in any state, for tables of commands and
// answers.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <catch2/catch_all.hpp>

#include "domain/world.h"

namespace assay::test {

inline std::filesystem::path shipped_folder() { return std::filesystem::path(ASSAY_SOURCE_DIR) / "workflows"; }

/// The shipped set, read and checked once.
inline const WorkflowSet& shipped() {
  static const WorkflowSet set = load_or_throw(read_workflow_files(shipped_folder()));
  return set;
}

/// A decision in one line: "-> STATE", "second", "invalid /a /b", "unmet guard.code guard.code", or the reason.
inline std::string answer(const Result<Decision>& decided) {
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

/// Everybody holds one role or seat, so that an answer is about that alone.
struct Company : World {
  Company() : World(shipped()) {
    audit_seats = {{"lead_auditor", {lead}},       {"auditor", {auditor}},   {"auditor_in_training", {trainee}},
                   {"technical_expert", {expert}}, {"observer", {observer}}, {"auditee", {auditee}}};
    programme = facts.add("audit-programme", "running",
                          {{"title", "2026-2028"}, {"cycle_from", "2026-01-01"}, {"cycle_to", "2028-12-31"}}, {},
                          {{"programme_manager", {planner}}});
  }

  PersonId isms = facts.add_person({"isms_manager"});
  PersonId isms2 = facts.add_person({"isms_manager"});
  PersonId boss = facts.add_person({"top_management"});
  PersonId boss2 = facts.add_person({"top_management"});
  PersonId internal = facts.add_person({"internal_auditor"});
  PersonId risk = facts.add_person({"risk_owner"});
  PersonId planner = facts.add_person({});
  PersonId lead = facts.add_person({});
  PersonId auditor = facts.add_person({});
  PersonId trainee = facts.add_person({});
  PersonId expert = facts.add_person({});
  PersonId observer = facts.add_person({});
  PersonId auditee = facts.add_person({});
  PersonId owner = facts.add_person({});
  PersonId verifier = facts.add_person({});
  PersonId colleague = facts.add_person({});
  PersonId stranger = facts.add_person({"isms_manager", "top_management"}, OrganisationId{2});
  Seats audit_seats;
  RecordId programme{};

  /// An audit below the programme with its whole team, one answered item and one report, in `state`.
  RecordId audit_in(const std::string& state) {
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
  /// A major nonconformity of `audit` with its seats and everything that a response and its implementation bring.
  RecordId nonconformity_in(const std::string& state, RecordId audit, bool evidence = true) {
    const RecordId id = facts.add("nonconformity", state, nonconformity_body(), {{"audit", audit}},
                                  {{"action_owner", {owner}}, {"verifier", {verifier}}});
    if (evidence) facts.add_evidence(id, now.at);
    facts.did(auditor, id, "raise");
    facts.did(lead, id, "issue");
    return id;
  }
  RecordId nonconformity_in(const std::string& state) { return nonconformity_in(state, audit_in("report_issued")); }

  static Json nonconformity_body() {
    return {{"title", "No restore test"},
            {"source", "internal_audit"},
            {"grade", "major"},
            {"clause", "A.8.13"},
            {"requirement", "Backups are tested"},
            {"finding", "No test since 2024"},
            {"objective_evidence", "Log of the backup server"},
            {"issued_on", "2026-02-20"},
            {"root_cause", "Nobody was named"},
            {"action", "Name somebody"},
            {"implementation", "Named"},
            {"effectiveness", "Two tests were held"},
            {"done_on", "2026-02-27"}};
  }
  std::string name(PersonId person) const { return uuid_of(person); }
  std::string name(RecordId record) const { return uuid_of(record); }
};

/// One row of a table: somebody tries something, and what comes back.
struct Row {
  const char* what;
  std::string state;
  PersonId Company::* who;
  std::string command;
  Json input;
  std::string expected;
  std::function<void(Company&, RecordId)> first = {};  // what is different from the usual world
  PersonId Company::* second = nullptr;                // who confirms
};

/// `{}` in a table is no JSON value; a command takes an object.
inline Json object_of(const Json& input) { return input.is_null() ? Json::object() : input; }

/// One step of a longer walk, and the state after it.
struct Step {
  PersonId who;
  std::string command;
  Json input;
  std::string state;
};
inline void take(Company& company, RecordId id, const Step& step) {
  INFO(step.command);
  const auto decided = company.act(step.who, id, step.command, object_of(step.input));
  INFO((decided ? std::string("granted") : text_of(decided.error())));
  REQUIRE(answer(decided) == "-> " + step.state);
}

/// Tries each row in a world of its own; `make` puts the record there.
inline void try_rows(const std::vector<Row>& rows,
                     const std::function<RecordId(Company&, const std::string& state)>& make) {
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

/// The same for commands that make a record; `input` may need the world.
struct NewRow {
  const char* what;
  PersonId Company::* who;
  std::string command;
  std::function<Json(Company&)> input;
  std::string expected;
};
inline void try_new(const std::string& type, const std::vector<NewRow>& rows) {
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
