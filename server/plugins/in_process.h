// A plugin whose code runs in the server itself: fast, and trusted as much as the server is.
#pragma once

#include <filesystem>
#include <memory>

#include "plugins/code.h"
#include "plugins/plugin.h"

namespace assay {

/// Verifies the package in `folder` and loads it. From then on its code can do all that the server can: a crash in it
/// ends the server, and a call that ignores its deadline keeps the plugin busy for ever. Refuses plugin_failed, in the
/// phase package, load or init.
Result<std::unique_ptr<Plugin>> load_in_process(const std::filesystem::path& folder, Manifest manifest,
                                                PluginHost host);

/// The same below the documents, which nothing holds against their schemas.
Result<std::unique_ptr<PluginCode>> open_in_process(const std::filesystem::path& folder, const Manifest& manifest,
                                                    PluginHost host);

}  // namespace assay
