// Disposal: when records need not be kept any longer, and how far one reaches.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/calendar.h"
#include "domain/facts.h"

namespace assay {

/// The record and all that hangs below it by types of the set, those above first.
std::vector<RecordId> with_all_below(const WorkflowSet& set, const Facts& facts, RecordId record);

/// The last day on which a record of the type that came to its end then must be kept, by what `set` says today; nothing
/// when that is for ever.
std::optional<Date> kept_until(const WorkflowSet& set, const std::string& type, Instant ended, std::string_view zone);

/// How long a record that has come to its end must be kept.
struct Keeping {
  std::optional<Date> until = {};         // the last day; nothing: for ever, or as long as `going_on` does
  std::optional<RecordId> going_on = {};  // the record from whose end on it is counted, and which is not there yet
};

/// Of this record, by what `set` says today: from its own end or, where that is later, from that of the records that
/// `retention_from` leads to.
Keeping keeping(const WorkflowSet& set, const Facts& facts, const RecordView& record, std::string_view zone);

/// True of a record in a state that is an end.
bool has_ended(const RecordView& record);

/// True of a record whose contents were disposed of.
bool is_disposed(const RecordView& record);

}  // namespace assay
