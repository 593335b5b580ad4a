// `assay doctor`: what an operator has to be able to trust, checked.
#pragma once

#include <filesystem>

#include "cli/settings.h"

namespace assay {

/// Prints a line for each thing: "ok" or "wrong", what, and what to do. Changes nothing; also while a server runs, then
/// with a copy of a SQLite database below `scratch_parent`. 1 when something is wrong.
int doctor(const SettingValues& values, const std::filesystem::path& scratch_parent);

}  // namespace assay
