// What the authors of plugins have at the machine: assay plugin check, run and new.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace assay {

/// Adds the commands below `plugin`. `choose` gets what is to be done when one of them was given.
void add_author_commands(CLI::App& plugin, const std::function<void(std::function<int()>)>& choose);

}  // namespace assay
