// The record of a request about checklist items or their catalogue.
#pragma once

#include "http/api.h"
#include "storage/records.h"

namespace assay {

/// The record of the path, if it is visible and of a type that chooses a catalogue; not_found otherwise.
Result<RecordRow> catalogue_record(const Api& api, const Request& request, Snapshot& at);

/// The same, if the person may see how it is worked on; not_found otherwise.
Result<RecordRow> choosing_record(const Api& api, const Request& request, Snapshot& at);

/// The record of the path, if it has checklist items that the person may see; not_found otherwise.
Result<RecordRow> checklist_record(const Api& api, const Request& request, Snapshot& at);

}  // namespace assay
