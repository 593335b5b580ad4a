// A certification body on the shipped record types: its people, its registers and one client in any state, for tables
// of commands and answers.
#pragma once

#include "domain/dossier.h"
#include "workflows/company.h"

namespace assay::test {

/// Everybody holds one role or seat; who decides, reviews or audits is competent, and nobody has an interest.
struct Certifier : World {
  Certifier();

  PersonId manager = facts.add_person({"certification_manager"});
  PersonId deputy = facts.add_person({"certification_manager"});
  PersonId reviewer = facts.add_person({"application_reviewer"});
  PersonId technical = facts.add_person({"technical_reviewer"});
  PersonId technical2 = facts.add_person({"technical_reviewer"});
  PersonId decider = facts.add_person({"decision_maker"});
  PersonId decider2 = facts.add_person({"decision_maker"});
  PersonId committee = facts.add_person({"impartiality_committee"});
  PersonId investigator = facts.add_person({"appeal_investigator"});
  PersonId registrar = facts.add_person({"register_administrator"});
  PersonId planner = facts.add_person({});
  PersonId lead = facts.add_person({});
  PersonId auditor = facts.add_person({});
  PersonId expert = facts.add_person({});
  PersonId evaluator = facts.add_person({});
  PersonId customer = facts.add_person({});
  PersonId holder = facts.add_person({});
  PersonId member = facts.add_person({});
  Json areas = {"software"};
  Json sites = {"Hamburg", "Kiel"};
  RecordId client{}, programme{}, audit{}, accreditation{};

  static Actor by_timer();
  std::string name(PersonId person) const;
  std::string name(RecordId record) const;

  RecordId competent(PersonId person, const char* function);
  /// An interest of somebody in the client; `until` is empty while it lasts.
  RecordId interest(PersonId person, const char* relation, const char* until = "");
  RecordId audit_of(const char* purpose, const std::string& state = "complete");
  RecordId nonconformity(const char* grade, const std::string& state);
  RecordId certification_in(const std::string& state);
  /// A decision of this kind about a certification in that state, with its package frozen and reviewed.
  RecordId decision_in(const std::string& state, const char* kind = "initial", const char* certified = "pending");
  /// Freezes the dossier of the decision as it is now.
  void freeze();
  RecordId certification{}, decision{}, review{};
};

/// One row of a table about a certification body: somebody tries something, and what comes back.
struct Case {
  const char* what;
  std::string state;
  PersonId Certifier::* who;
  std::string command;
  Json input;
  std::string expected;
  std::function<void(Certifier&, RecordId)> first = {};  // what is different from the usual world
  PersonId Certifier::* second = nullptr;                // who confirms
};

/// The package says this, which the decision takes from it.
std::function<void(Certifier&, RecordId)> asks_for(Json fields);

/// Tries each case in a world of its own; `make` puts the record there.
void try_cases(const std::vector<Case>& cases,
               const std::function<RecordId(Certifier&, const std::string& state)>& make);

/// The same for commands that make a record.
struct NewCase {
  const char* what;
  PersonId Certifier::* who;
  std::string command;
  std::function<Json(Certifier&)> input;
  std::string expected;
  PersonId Certifier::* second = nullptr;
};
void try_new_cases(const std::string& type, const std::vector<NewCase>& cases);

/// What a person does and what comes of it; fails the test unless it is "-> STATE".
void steps(Certifier& body, const Actor& actor, RecordId id, const std::string& command, const Json& input,
           const std::string& state);

}  // namespace assay::test
