// Reads a workflow set from the texts of its files; every mistake is named with file, pointer and reason.
#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "domain/check.h"
#include "domain/definition.h"

namespace assay {

/// Path relative to the set's folder ("internal/audit.json") -> text.
using WorkflowFiles = std::map<std::string, std::string>;

/// The set, or every flaw of reading (JSON, grammar, field schema subset). `hash` stays empty: domain computes no
/// digests.
std::variant<WorkflowSet, std::vector<Flaw>> load_workflows(const WorkflowFiles& files);

/// The files back from a set's canonical text, as the database keeps it.
WorkflowFiles files_of(const std::string& text);

}  // namespace assay
