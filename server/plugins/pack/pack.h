// A data pack: a plugin without code, whose data the host evaluates.
#pragma once

#include <filesystem>
#include <memory>

#include "plugins/code.h"
#include "plugins/plugin.h"

namespace assay {

/// What evaluates the data of the package in `folder`; the same functions as of a library, but no process: as many
/// calls at a time as it would have processes. Refuses invalid, with file, place and reason, for what is not as the
/// manifest and the formats of data say, and for catalogues that are larger than an answer may be.
Result<std::unique_ptr<PluginCode>> read_data_pack(const std::filesystem::path& folder, const Manifest& manifest,
                                                   const PluginLimits& limits);

/// The package in `folder` as a plugin. Refuses plugin_failed, in the phase package.
Result<std::unique_ptr<Plugin>> load_data_pack(const std::filesystem::path& folder, Manifest manifest,
                                               const PluginHost& host);

}  // namespace assay
