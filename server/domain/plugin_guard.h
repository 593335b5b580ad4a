// Which guards are asked of plugins.
#pragma once

#include "domain/definition.h"

namespace assay {

/// True when the guard asks a plugin: its parameters name it (`plugin`), and a guard of its manifest (`rule`).
bool asks_plugin(const GuardUse& use);

}  // namespace assay
