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

/// A record type by the name of its file.
struct TypeFile {
  std::string pack;
  std::string type;
};
/// The record types of a set's canonical text, as their files are named; nothing is loaded.
std::vector<TypeFile> type_files(const std::string& text);

/// The files back from a set's canonical text, as the database keeps it.
WorkflowFiles files_of(const std::string& text);

}  // namespace assay
