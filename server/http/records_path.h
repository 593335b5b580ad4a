// From a request's path to the record type and the record that it names.
#pragma once

#include <string>
#include <utility>

#include "http/api.h"
#include "storage/records.h"

namespace assay {

/// The type behind {plural} of this release; not_found when there is none.
Result<const Definition*> type_of(const Api& api, const Request& request);

/// The record behind {plural}/{id} that the person may see.
Result<RecordRow> record_of(const Api& api, const Request& request, Snapshot& at);

/// "/api/v1/<plural>/<uuid>".
std::string path_of(const Definition& definition, std::string_view uuid);

/// The definition to which the record is pinned.
const Definition& definition_of(const Api& api, const RecordRow& row, WorkflowSetPtr& keep);

/// The answer about a record after a write, read again as the person may see it: with its ETag.
Result<Response> record_answer(const Api& api, const Request& request, std::string_view type,
                               const Performed& performed);

/// Marks an answer that came from an Idempotency-Key.
void mark_repeated(Response& response, const Performed& performed);

}  // namespace assay
