// What `assay doctor` says of plugin packages and of the journal that says which of them may be used.
#pragma once

#include "cli/finding.h"
#include "cli/settings.h"

namespace assay {

/// Compares what the journal says is installed, and what lies in the folders of plugins, with what is there. Throws as
/// plugin_packages() does, but for a damaged journal, which is a finding.
Findings check_plugins(const SettingValues& values);

}  // namespace assay
