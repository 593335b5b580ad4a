// A management system in a small company, with what hangs below it, for the tables of the pack isms.
#pragma once

#include <string>
#include <utility>

#include "workflows/company.h"

namespace assay::test {

/// A system whose risk owners may accept low and medium risks alone.
RecordId system_in(Company& company, const std::string& state = "running");

/// The system that the record belongs to.
RecordId system_of(Company& company, RecordId record);

/// A record of `type` in the same system as `record`.
RecordId beside(Company& company, RecordId record, const std::string& type, const std::string& state,
                Json body = Json::object(), const Seats& seats = {});

/// Changes the world of a row: one more record in the same system.
inline auto with(const char* type, const char* state, const Json& body = Json::object()) {
  return [=](Company& company, RecordId id) { beside(company, id, type, state, body); };
}

/// Changes the world of a row: the field says nothing.
inline auto lacking(const char* field) {
  return [field](Company& company, RecordId id) { company.facts.at(id).body.edit().erase(field); };
}

/// Changes the world of a row: somebody has given a command before.
inline auto given(PersonId Company::* who, const char* command) {
  return [=](Company& company, RecordId id) { company.facts.did(company.*who, id, command); };
}

/// Changes the world of a row: the seat is held by `who`.
inline auto sits(const char* seat, PersonId Company::* who) {
  return [=](Company& company, RecordId id) { company.facts.take_seats(id, seat, {company.*who}); };
}

/// Changes the world of a row: nobody holds the seat.
inline auto vacant(const char* seat) {
  return [seat](Company& company, RecordId id) { company.facts.take_seats(id, seat, {}); };
}

/// One after the other.
template <class First, class Then>
auto in_turn(First first, Then then) {
  return [=](Company& company, RecordId id) {
    first(company, id);
    then(company, id);
  };
}

/// Performs what a timer does, and says whether it was granted.
std::string tick(Company& company, RecordId id, const char* command);

}  // namespace assay::test
