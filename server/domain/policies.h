// The numbers and choices of policies as they hold for one record: as published, or as the record above it sets them.
#pragma once

#include <optional>
#include <string>

#include "domain/calendar.h"
#include "domain/facts.h"
#include "domain/wording.h"

namespace assay {

/// Looks a policy up when it is asked for it. What it was made of outlives it.
class PolicyValues {
 public:
  /// As published.
  explicit PolicyValues(const WorkflowSet& set) : set_(&set) {}
  /// For this record: of it and those above it for policies (by `policies_from`, else by its parent) the nearest that
  /// sets one counts.
  PolicyValues(const WorkflowSet& set, const Facts& facts, RecordId record)
      : set_(&set), facts_(&facts), record_(record) {}

  const WorkflowSet& set() const { return *set_; }
  const PolicyDefinition& definition(const std::string& name) const { return set_->policies.at(name); }
  /// The number of a policy that is one.
  int number(const std::string& name) const;
  /// The option of a policy that is a choice.
  std::string choice(const std::string& name) const;
  /// What the number of a policy counts: its unit, or the days that the choice `unit_by` gives.
  std::string unit(const std::string& name) const;
  /// `day` after one policy (its name) or several (a list), added one after another. They are times, as check() made
  /// sure. Working days are those of `calendar`.
  Date after(Date day, const Json& names, const Calendar& calendar = {}) const;

  /// False where the record, or one above it for policies, keeps from clients what it sets.
  bool told_to_clients() const;

 private:
  /// The record and those above it for policies, the nearest first, until one is wanted; true when one is.
  template <class Wanted>
  bool any_in_line(Wanted wanted) const;
  /// What the nearest record sets for that policy.
  std::optional<Json> set_above(const PolicyDefinition& policy) const;

  const WorkflowSet* set_;
  const Facts* facts_ = nullptr;
  std::optional<RecordId> record_ = {};
};

/// True for a policy that records may set for themselves and what hangs below them.
bool may_be_set(const PolicyDefinition& policy);

/// Why a record of the type must not set that policy to that value; nothing when it may.
std::optional<Wording> override_fault(const WorkflowSet& set, const Json& policy, const Json& value);

}  // namespace assay
