// Which plugin packages there are, by the settings and by what is installed.
#pragma once

#include <filesystem>
#include <vector>

#include "cli/settings.h"
#include "plugins/registry.h"

namespace assay {

/// The folders that the settings name, else those beside the program, which need not be there. Throws SettingError for
/// one that is named and is no folder.
std::vector<std::filesystem::path> plugin_folders(const SettingValues& values);

/// The folders that the settings name, else those beside the program, and what is installed in the data folder if there
/// is one. Throws PluginJournalError, and as plugin_folders() does.
std::vector<PackageFolder> plugin_packages(const SettingValues& values);

/// What is installed in the data folder, if there is one, and whose files are gone. Throws PluginJournalError.
std::vector<PluginStatus> absent_plugins(const SettingValues& values);

}  // namespace assay
