// A plugin whose code runs in processes of its own: what it does there harms nobody else.
#pragma once

#include <filesystem>
#include <memory>

#include "plugins/plugin.h"
#include "plugins/spawner.h"

namespace assay {

/// Verifies the package in `folder` and loads it in a process that has confined itself as far as host.required_level
/// asks for at least. Refuses plugin_failed, in the phase package, load or init. A process that crashes, hangs, floods
/// or breaks the protocol fails its call and is replaced, after a pause that grows. Crashes count for the organisation
/// whose input the call had; PluginLimits::crashes of those that count for all quarantine the plugin until the server
/// starts again.
Result<std::unique_ptr<Plugin>> load_sandboxed(const std::filesystem::path& folder, Manifest manifest, PluginHost host,
                                               std::shared_ptr<Spawner> spawner);

}  // namespace assay
