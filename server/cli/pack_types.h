// Record types of plugin packages, beside those of the release or of --workflows.
#pragma once

#include <filesystem>
#include <set>
#include <string>

#include "cli/settings.h"
#include "domain/load.h"
#include "domain/refusal.h"
#include "plugins/manifest.h"
#include "storage/store.h"

namespace assay {

/// The definitions that the settings name, else the built-in ones, and the record types of all installed packages
/// that are admitted, but for those of the plugin `without`. Throws WorkflowsFlawed and std::runtime_error, naming the
/// package.
WorkflowFiles workflow_files(const SettingValues& values, const std::string& without = {});

/// Whether a package that is about to be installed may bring its record types: they hold as part of the set, and the
/// version before it has none that this one has not.
Result<void> types_accepted(const SettingValues& values, const std::filesystem::path& folder, const Manifest& manifest);

/// Throws std::runtime_error when a record's type came from a package and is not in `set` any more: the server would
/// neither show it nor let anybody act on it.
void demand_types_of_records(Store& store, const WorkflowSet& set);

/// Of `types`, one that there are records of; "" for none.
std::string type_with_records(Store& store, const std::set<std::string>& types);

}  // namespace assay
