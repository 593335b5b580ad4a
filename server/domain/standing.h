// What a person is to a record: roles in its organisation, seats on it and on what it hangs below.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "domain/facts.h"

namespace assay {

/// Answers for one person and one record, looking each thing up once. The facts outlive it.
class Standing {
 public:
  /// `nearest` is the record on which seats are looked for first, or the parent of a record to be; nothing: roles only.
  Standing(const Facts& facts, PersonId person, OrganisationId organisation, std::optional<RecordId> nearest);

  /// True when the person belongs to the organisation and has the role there, or a seat of that name on the record or
  /// an ancestor; for "anyone", when the person belongs to the organisation.
  bool has(const std::string& role);
  bool has_one_of(const std::vector<std::string>& roles);

 private:
  bool belongs();
  bool sits_in_one_of(const std::vector<std::string>& seats);
  bool holds(RecordId id, const std::string& seat);
  std::optional<RecordId> in_line(std::size_t place);

  const Facts& facts_;
  PersonId person_;
  OrganisationId organisation_;
  std::optional<RecordId> nearest_;
  std::vector<std::string> roles_;
  std::optional<bool> belongs_;
  std::vector<RecordId> line_;  // the record and its ancestors, as far as they were asked for
  std::map<std::pair<RecordId, std::string>, bool> holds_;
};

}  // namespace assay
