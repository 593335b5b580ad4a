// A plugin whose input and output are held against the schemas, wherever its code runs.
#pragma once

#include <memory>

#include "plugins/code.h"

namespace assay {

std::unique_ptr<Plugin> checked_plugin(Manifest manifest, const PluginLimits& limits, std::unique_ptr<PluginCode> code);

}  // namespace assay
