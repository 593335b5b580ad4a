// One call of a method of a plugin package, for its author.
#pragma once

#include <filesystem>
#include <string>

namespace assay {

struct PluginRun {
  std::filesystem::path folder;
  std::filesystem::path program;   // assay-plugin-host
  std::string method;              // catalogues, report
  std::filesystem::path input;     // JSON; empty: the sample
  std::filesystem::path settings;  // JSON, of what an organisation would have set; empty: the defaults
  std::string format;              // of a report; empty: the first of the manifest
  std::string language;            // empty: that of the input or the first of the manifest
  std::filesystem::path output;    // empty: standard output
  int seconds = 60;                // until it is given up
};

/// Loads the package in its sandbox and calls it as the server would. The exit status: 0. Throws Refused for what the
/// plugin or its input does wrong, SettingError for a method, format or file that there is not.
int run_plugin(const PluginRun& run);

}  // namespace assay
