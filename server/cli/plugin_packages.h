// Which plugin packages there are, by the settings and by what is installed.
#pragma once

#include <vector>

#include "cli/settings.h"
#include "plugins/registry.h"

namespace assay {

/// The folders that the settings name, else those beside the program, and what is installed in the data folder if there
/// is one. Throws PluginJournalError.
std::vector<PackageFolder> plugin_packages(const SettingValues& values);

}  // namespace assay
