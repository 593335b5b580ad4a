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

std::filesystem::path shipped_folder();

/// The shipped set, read and checked once.
const WorkflowSet& shipped();

/// A decision in one line: "-> STATE", "second", "invalid /a /b", "unmet guard.code guard.code", or the reason.
std::string answer(const Result<Decision>& decided);

/// Everybody holds one role or seat, so that an answer is about that alone.
struct Company : World {
  Company();

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
  RecordId audit_in(const std::string& state);
  /// A major nonconformity of `audit` with its seats and everything that a response and its implementation bring.
  RecordId nonconformity_in(const std::string& state, RecordId audit, bool evidence = true);
  RecordId nonconformity_in(const std::string& state);

  static Json nonconformity_body();
  std::string name(PersonId person) const;
  std::string name(RecordId record) const;
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
Json object_of(const Json& input);

/// One step of a longer walk, and the state after it.
struct Step {
  PersonId who;
  std::string command;
  Json input;
  std::string state;
};
void take(Company& company, RecordId id, const Step& step);

/// Tries each row in a world of its own; `make` puts the record there.
void try_rows(const std::vector<Row>& rows, const std::function<RecordId(Company&, const std::string& state)>& make);

/// The same for commands that make a record; `input` may need the world.
struct NewRow {
  const char* what;
  PersonId Company::* who;
  std::string command;
  std::function<Json(Company&)> input;
  std::string expected;
};
void try_new(const std::string& type, const std::vector<NewRow>& rows);

}  // namespace assay::test
