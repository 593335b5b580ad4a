// A small certification body on the shipped record types: its people and registers, a client, and records in any state.
#pragma once

#include "domain/timers.h"
#include "workflows/company.h"

namespace assay::test {

/// Everybody holds one role or seat and is competent for the scheme and area of the one client.
struct CertificationBody : World {
  CertificationBody();

  PersonId manager = facts.add_person({"certification_manager"});
  PersonId deputy = facts.add_person({"certification_manager"});
  PersonId reviewer = facts.add_person({"application_reviewer"});
  PersonId technical = facts.add_person({"technical_reviewer"});
  PersonId decider = facts.add_person({"decision_maker"});
  PersonId investigator = facts.add_person({"appeal_investigator"});
  PersonId planner = facts.add_person({});
  PersonId lead = facts.add_person({});
  PersonId auditor = facts.add_person({});
  PersonId trainee = facts.add_person({});
  PersonId expert = facts.add_person({});
  PersonId evaluator = facts.add_person({});
  PersonId verifier = facts.add_person({});
  PersonId colleague = facts.add_person({});
  PersonId customer = facts.add_person({});
  PersonId stranger = facts.add_person({"certification_manager"}, OrganisationId{2});
  RecordId client{}, application{}, contract{}, programme{};

  RecordId competent(PersonId person, const char* function, const char* state = "in_force");
  /// Declared by the person about the client; `until` may be empty.
  RecordId interested(PersonId person, const char* relation, const char* until = "");
  /// Takes the competence of a person away.
  void forget(PersonId person);

  RecordId application_in(const std::string& state);
  RecordId contract_in(const std::string& state);
  RecordId contract_in(const std::string& state, RecordId of);
  static Json programme_body();
  /// Below the programme with the whole team, one answered item, recorded time and one report.
  RecordId audit_in(const std::string& state, const char* purpose = "surveillance");
  /// What planner says of an audit of three days in March, and `more`.
  Json planning(const Json& more) const;
  RecordId concern_in(const std::string& state, RecordId audit);
  /// A major with a verifier, evidence, and everything that a response and its implementation bring.
  RecordId nonconformity_in(const std::string& state, RecordId audit);
  RecordId nonconformity_in(const std::string& state);

  std::string name(PersonId person) const;
  std::string name(RecordId record) const;
  /// The due days of the running timers of a record, in the order of their names: "NAME 2026-03-04".
  /// Every timer that runs on the record as it stands, those that ran before the test began too.
  std::string deadlines(RecordId id);
};
using B = CertificationBody;

using Before = std::function<void(CertificationBody&, RecordId)>;
Before body_says(const char* field, Json value);
Before body_lacks(const char* field);
Before has_done(PersonId B::* who, const char* command);
Before sits(const char* seat, PersonId B::* who);
/// Held the seat once and has left it to whoever holds it.
Before sat(const char* seat, PersonId B::* who);
Before consulted(PersonId B::* who, const char* relation = "consultancy", const char* until = "2024-03-02");
Before loses_competence(PersonId B::* who);
Before both(Before one, Before other);

/// One row of a table: somebody of the body or its client tries something, and what comes back.
struct BodyRow {
  const char* what;
  std::string state;
  PersonId B::* who;
  std::string command;
  Json input;
  std::string expected;
  Before first = {};               // what is different from the usual world
  PersonId B::* second = nullptr;  // who confirms
};
/// Tries each row in a world of its own; `make` puts the record there.
void try_body(const std::vector<BodyRow>& rows,
              const std::function<RecordId(CertificationBody&, const std::string& state)>& make);

/// The same for commands that make a record.
struct NewBodyRow {
  const char* what;
  PersonId B::* who;
  std::string command;
  std::function<Json(CertificationBody&)> input;
  std::string expected;
};
void try_new_of_body(const std::string& type, const std::vector<NewBodyRow>& rows);

/// Performs a step, confirmed by `second` when it is given, and holds the state after it.
struct BodyStep {
  PersonId who;
  std::string command;
  Json input;
  std::string state;
  std::optional<PersonId> second = {};
};
void take(CertificationBody& body, RecordId id, const BodyStep& step);
/// Lets a timer give its command.
void fire(CertificationBody& body, RecordId id, const std::string& command);

}  // namespace assay::test
