// The workflow sets that the database keeps.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "storage/store.h"

namespace assay {

/// Their hashes, in order.
std::vector<std::string> stored_workflow_sets(Snapshot& at);

/// The text of one of them; "" when there is none of that hash.
std::string stored_text(Snapshot& at, const std::string& hash);

/// Whether there is a record of that type, in whatever organisation. Reads all records when there is none.
bool has_records_of(Snapshot& at, std::string_view type);
/// The same of those that go on by the definition in the set of that hash.
bool has_records_of(Snapshot& at, std::string_view type, std::string_view set);

}  // namespace assay
