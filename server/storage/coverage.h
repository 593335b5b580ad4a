// What the audits below a record cover: their checklists counted by clause, and what points at them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "storage/records.h"

namespace assay {

/// What an audit's checklist says of a clause or control, over all its questions and subjects.
struct ClauseCount {
  RecordId audit;
  std::string catalogue;         // hash of the catalogue that the items are pinned to
  std::string catalogue_id;      // its id, the same for all its versions
  std::string item;              // clause or control: "A.8.13"
  std::int64_t planned;          // items, with or without a result
  std::int64_t examined;         // of them those whose result says that somebody looked: not `not_assessed`
  std::int64_t nonconforming;    // of them those that do not conform
  std::optional<Instant> until;  // the last answer to one that was examined
};

/// The newest records of these types that hang directly below `parent`, as far as the reader sees them, oldest first.
std::vector<RecordRow> records_below(Snapshot& at, RecordId parent, const std::vector<std::string>& types,
                                     const Reader& reader, int limit);

/// One question for all of these audits (some hundred), in the order of audit, catalogue and clause.
std::vector<ClauseCount> count_clauses(Snapshot& at, const std::vector<RecordId>& audits);

/// Those of the records (some hundred) that have this link.
std::set<RecordId> linked_by(Snapshot& at, const std::vector<RecordId>& records, const std::string& link);

/// Calls `use` with every record of `type` that points at one of `targets` (some hundred) by `link` and that the reader
/// sees, in the order of their creation.
void each_pointing_at(Snapshot& at, const std::string& type, const std::string& link,
                      const std::vector<RecordId>& targets, const Reader& reader,
                      const std::function<void(RecordId target, RecordRow&& row)>& use);

}  // namespace assay
