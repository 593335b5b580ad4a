// The part of the command line that is about plugin packages.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/settings.h"

namespace assay {

/// What the program gives to a part of its command line.
struct CommandLine {
  /// A command below a parent: its name, what it does, and its work.
  std::function<CLI::App*(CLI::App*, const std::string&, const std::string&, std::function<int()>)> command;
  /// Settings as options of a command.
  std::function<CLI::App*(CLI::App*, const std::vector<std::string_view>&)> with_settings;
  std::function<SettingValues()> values;
};

/// The commands of `plugin` on packages, installation and trust.
void add_package_commands(CLI::App* plugin, const CommandLine& line);

}  // namespace assay
