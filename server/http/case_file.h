// The file of a case: a record and all that hangs below it in one document, for who has to look at it as a whole.
#pragma once

#include <string_view>

#include "http/api.h"
#include "storage/records.h"

namespace assay {

/// {record, title, organisation, made_at, made_by, language, complete, records: [{id, type, type_label, number, title,
/// state, state_label, depth, created, updated, due, href, told, fields, people, links, answers, evidence, reports,
/// history}]}, as far as the reader may see it, in the order of the tree. At most `most` rows of fields, answers,
/// evidence, reports and history in all, and 2,000 records: with more `complete` is false, and records without their
/// rows are named with `told` false.
Json case_file(const Api& api, Snapshot& at, const RecordRow& top, std::string_view language, std::size_t most);

}  // namespace assay
