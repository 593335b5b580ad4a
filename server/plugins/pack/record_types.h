// Record types and policies that a data pack brings: they stand beside those of the release and change none of them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "domain/check.h"
#include "domain/load.h"
#include "domain/refusal.h"
#include "plugins/manifest.h"
#include "plugins/registry.h"

namespace assay {

inline constexpr std::string_view record_types_1 = "record-types/1";
inline constexpr std::uint64_t most_type_bytes = 1u << 20;  // of all files about record types together

/// The record types that the manifest declares; none for a plugin without.
std::vector<std::string> declared_types(const Manifest& manifest);

/// The files about record types of the package in `folder`, under their paths in a workflow set: definitions, labels
/// and the proof under the id of the plugin, its policies as policies/ID.json, dots and hyphens as underscores. Refused
/// as invalid, with file and reason: a file that is not listed, changed or too large, types other than those declared,
/// and a policy whose name does not begin with the id, written so.
Result<WorkflowFiles> record_type_files(const std::filesystem::path& folder, const Manifest& manifest);

/// `own` beside `all`. The flaws of `own`: types and files that are there already, with which nothing is added.
std::vector<Flaw> add_record_types(WorkflowFiles& all, const WorkflowFiles& own);

/// What is wrong with `own` as a part of the set `base`, by the checks of `assay workflow check`. `set`, if given, gets
/// the whole set when nothing is.
std::vector<Flaw> flaws_of_types(const WorkflowFiles& base, const WorkflowFiles& own, WorkflowSet* set = nullptr);

/// Flaws as a sentence: the first of them with file, place and reason.
std::string first_of(const std::vector<Flaw>& flaws);

/// A package that brings record types.
struct TypesPackage {
  std::filesystem::path folder;
  Manifest manifest;
};

/// Of the packages below `folders` that are admitted and not retired, the newest of each id that brings record types.
/// Throws std::filesystem::filesystem_error for a folder that cannot be read; an absent one is empty.
std::vector<TypesPackage> packages_with_types(const std::vector<PackageFolder>& folders);

}  // namespace assay
