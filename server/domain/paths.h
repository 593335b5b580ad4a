// Link paths such as "audit.nonconformities": where they lead in a set of types, and among records.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/facts.h"

namespace assay {

/// The records at the end of `path` from `id`, each once, by id; `id` itself for an empty path.
/// Throws std::logic_error when a link names a record that is not there.
std::vector<RecordId> walk(const Facts& facts, RecordId id, std::string_view path);

/// The same by the links that `set` has, whatever sets the records there are of.
std::vector<RecordId> walk(const WorkflowSet& set, const Facts& facts, RecordId id, std::string_view path);

/// The type at the end of `path` from `type`; null when a segment is neither a link nor a back name there.
const Definition* type_at(const WorkflowSet& set, const Definition& type, std::string_view path);

/// True when the record's state is one of these states and "#groups".
bool in_states(const RecordView& record, const Json& states);

/// True when the record meets `where` ({field: [values]}; of a list an element) and `in`, as far as the parameters have
/// them.
bool selected(const RecordView& record, const Json& parameters);

/// True for a value that says something: not null, not blank, not an empty list or object.
bool is_filled(const Json& value);

/// The record, which must be there.
const RecordView& record_at(const Facts& facts, RecordId id);

}  // namespace assay
