// What a person is to a record: roles in its organisation, seats on it and on what it hangs below.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "domain/facts.h"
#include "domain/time.h"

namespace assay {

/// Whether a grant with this body lasts on that day: until the end of its last one, if it says one.
bool lasts(const GrantsDefinition& grants, const Json& body, const Date& today);

/// Answers for one person and one record, looking each thing up once. The facts outlive it.
class Standing {
 public:
  /// `nearest` is the record on which seats are looked for first, or the parent of a record to be; nothing: roles only.
  /// `set` says which roles are from outside; it outlives this, as the facts do. `today` is the day until which grants
  /// are asked to last; nothing where there are no days.
  Standing(const WorkflowSet& set, const Facts& facts, PersonId person, OrganisationId organisation,
           std::optional<RecordId> nearest, std::optional<Date> today);

  /// True when the person belongs to the organisation and has the role there, or a seat of that name on the record or
  /// an ancestor; for "anyone", when the person belongs to the organisation and has not come from outside alone. A role
  /// that counts by a grant is had where a grant to work covers the record or an ancestor.
  bool has(const std::string& role);
  bool has_one_of(const std::vector<std::string>& roles);

 private:
  bool belongs();
  bool comes_from_outside() const;
  bool works_as(const std::string& role);
  bool is_granted(const Definition& grants, RecordId covered, const std::string& role) const;
  bool sits_in_one_of(const std::vector<std::string>& seats);
  bool holds(RecordId id, const std::string& seat);
  std::optional<RecordId> in_line(std::size_t place);

  const WorkflowSet& set_;
  const Facts& facts_;
  PersonId person_;
  OrganisationId organisation_;
  std::optional<RecordId> nearest_;
  std::optional<Date> today_;
  std::vector<std::string> roles_;
  std::optional<bool> belongs_;
  std::vector<RecordId> line_;  // the record and its ancestors, as far as they were asked for
  std::map<std::pair<RecordId, std::string>, bool> holds_;
};

}  // namespace assay
