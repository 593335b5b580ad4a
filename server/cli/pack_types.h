// Record types of plugin packages, beside those of the release or of --workflows.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/settings.h"
#include "domain/load.h"
#include "domain/refusal.h"
#include "plugins/manifest.h"
#include "plugins/package_store.h"
#include "storage/store.h"

namespace assay {

/// The definitions that the settings name, else the built-in ones, and the record types of all installed packages
/// that are admitted. Throws WorkflowsFlawed, and std::runtime_error for a package that is damaged, naming it.
WorkflowFiles workflow_files(const SettingValues& values);

/// Whether a package that is about to be installed may bring its record types: they hold as part of the set, what held
/// goes on to hold, the version before it has none that this one has not, and there are no records of a type of that
/// name that another pack brought. What other packages lack already does not matter. Without `database`, records are
/// not looked at; a start does.
Result<void> types_accepted(const SettingValues& values, const std::filesystem::path& folder, const Manifest& manifest,
                            Store* database);

/// What keeps a server from starting that trusts `after`, and not one that trusts `before`, as sentences; either may be
/// only thought of. Record types that do not hold, packages that are damaged, and, with `database`, records whose type
/// is gone.
std::vector<std::string> faults_to_come(const SettingValues& values, const PackageStore& packages,
                                        const PluginTrust& before, const PluginTrust& after, Store* database);

/// Throws std::runtime_error when a record's type came from a package and is not in `set` any more, as the server would
/// neither show it nor let anybody act on it, or when another pack has that type there: it would decide on the records.
void demand_types_of_records(Store& store, const WorkflowSet& set);

/// Of the record types that the plugin brought at any time, one that there are records of and that is not among `kept`;
/// "" for none.
std::string type_with_records(Store& store, const std::string& id, const std::vector<std::string>& kept);

}  // namespace assay
