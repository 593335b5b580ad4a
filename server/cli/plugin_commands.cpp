// Commands on plugins, and where plugins lie.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>

#include "cli/commands.h"
#include "cli/version.h"
#include "cli/wiring.h"
#include "plugins/registry.h"

namespace assay {

std::vector<std::filesystem::path> plugin_folders(const SettingValues& values) {
  std::vector<std::filesystem::path> folders;
  for (const std::string& folder : values.list("plugins")) folders.emplace_back(folder);
  if (!folders.empty()) return folders;
  const auto beside = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  return {beside / "plugins", beside.parent_path() / installed_libraries / "assay" / "plugins"};
}

int list_plugins(const SettingValues& values) {
  const PluginRegistry registry(plugin_folders(values), plugin_host(values));
  bool fine = true;
  for (const PluginStatus& plugin : registry.list()) {
    fine = fine && plugin.ready();
    fmt::print("{}\t{}\t{}\t{}\n", plugin.id, plugin.version, fmt::join(plugin.extensions, ","),
               plugin.ready() ? "ready" : "failed: " + plugin.error);
  }
  return fine ? 0 : 1;
}

}  // namespace assay
