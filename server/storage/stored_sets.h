// The workflow sets that the database keeps.
#pragma once

#include <string>
#include <vector>

#include "storage/store.h"

namespace assay {

/// Their hashes, in order.
std::vector<std::string> stored_workflow_sets(Snapshot& at);

}  // namespace assay
