// What awaits somebody: seats in open records, unanswered checklist items, proposals.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "storage/records.h"

namespace assay {

/// A record that has not come to its end and awaits a person in some way.
struct AwaitingRecord {
  RecordId id;
  RecordRow record;
  std::vector<std::string> seats = {};      // but those on which the record is about the person
  std::vector<ProposalRow> proposals = {};  // theirs, that wait for a second person
  std::int64_t items = 0;                   // checklist items without a result that are theirs
};
/// By id, after `after`, at most `limit`. For administrators, who need not see the records: show no more of them than
/// type, number and state.
std::vector<AwaitingRecord> awaiting(const Store& store, Snapshot& at, PersonId person, std::int64_t after,
                                     std::size_t limit);

/// Registers' records in which a field that is looked up by names the person and that have not come to their end, such
/// as legal holds.
std::vector<RecordRow> open_records_naming(const Store& store, Snapshot& at, OrganisationId organisation,
                                           std::string_view person);

}  // namespace assay
