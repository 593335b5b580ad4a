// What hangs below a record, what happened there since a moment, and when an audit below it last looked.
#pragma once

#include <string>
#include <vector>

#include "storage/records.h"

namespace assay {

/// The record and those below it, at any depth, on which somebody or a timer performed something since then or to which
/// evidence or a report was attached, as far as the reader sees them; in the order of their creation, behind `after`.
std::vector<RecordRow> records_changed_below(Snapshot& at, RecordId top, Instant since, const Reader& reader,
                                             RecordId after, int limit);

/// The record and all below it, at any depth, that the reader sees; in the order of their creation, `limit` at most.
std::vector<RecordRow> records_of_tree(Snapshot& at, RecordId top, const Reader& reader, int limit);

struct Performance {
  RecordId record;
  std::string command;
  Instant at;
};
/// What was performed on these records (a page of them) since then, with evidence and reports, in its order; reminders
/// and answers are left out.
std::vector<Performance> performed_since(Snapshot& at, const std::vector<RecordId>& records, Instant since);

struct AnsweredAudit {
  RecordRow row;
  Instant last_answer;
};
/// Audits below the record with an answered checklist that the reader sees, the last answered first.
std::vector<AnsweredAudit> audits_answered_below(Snapshot& at, RecordId top, const Reader& reader, int limit);

}  // namespace assay
