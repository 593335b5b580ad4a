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
#include "plugins/trust.h"

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

struct InstalledTypes {
  std::vector<TypesPackage> packages;  // by id
  std::vector<std::string> damaged;    // sentences: installed, and nobody knows which types they bring
};

/// Of the packages that `trust` has as installed, not retired, and admits, the newest of each id that brings record
/// types. `trust` may be one that is only thought of. Damaged is a package that would be admitted and cannot be read,
/// or is not what was installed, unless a newer version of it brings types.
InstalledTypes installed_types(const std::filesystem::path& packages, const PluginTrust& trust);

}  // namespace assay
