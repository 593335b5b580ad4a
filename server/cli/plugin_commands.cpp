// Commands on plugins, and where plugins lie.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "cli/plugin_packages.h"
#include "cli/version.h"
#include "cli/wiring.h"
#include "cli/workspace.h"
#include "plugins/admission.h"
#include "plugins/package_store.h"
#include "plugins/utf8.h"

namespace assay {

std::vector<std::filesystem::path> plugin_folders(const SettingValues& values) {
  std::vector<std::filesystem::path> folders;
  for (const std::string& folder : values.list("plugins")) {
    if (!std::filesystem::is_directory(folder))
      throw SettingError("--plugins: there is no folder " + std::filesystem::absolute(folder).string());
    folders.emplace_back(folder);
  }
  if (!folders.empty()) return folders;
  const auto beside = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  return {beside / "plugins", beside.parent_path() / installed_libraries / "assay" / "plugins"};
}

std::vector<PackageFolder> plugin_packages(const SettingValues& values) {
  std::vector<PackageFolder> folders;
  const bool named = !values.list("plugins").empty(), all_signed = named && values.flag("plugins-signed");
  PluginTrust trust;
  if (!values.text("data").empty()) {
    const PackageStore store(data_folder(values).plugins(), PackageStore::Use::look);
    trust = store.trust();
    folders.push_back(installed_packages(store.packages(), trust));
  }
  const Date today{std::chrono::floor<std::chrono::days>(system_now())};
  for (const std::filesystem::path& folder : plugin_folders(values)) {
    folders.push_back(all_signed ? signed_folder(folder, trust, today)
                                 : unsigned_folder(folder, named ? "folder" : "program", trust));
  }
  // What comes with the program goes before what is installed, and that before other folders.
  if (!named && !values.text("data").empty()) std::rotate(folders.begin(), folders.begin() + 1, folders.end());
  return folders;
}

std::vector<PluginStatus> absent_plugins(const SettingValues& values) {
  if (values.text("data").empty()) return {};
  const PackageStore store(data_folder(values).plugins(), PackageStore::Use::look);
  return absent_packages(store.packages(), store.trust());
}

int list_plugins(const SettingValues& values) {
  if (!values.text("data").empty()) (void)existing_data_folder(values);
  const PluginRegistry registry(plugin_packages(values), plugin_host(values));
  std::vector<PluginStatus> all = registry.list();
  for (PluginStatus& absent : absent_plugins(values)) all.push_back(std::move(absent));
  bool fine = true;
  for (const PluginStatus& plugin : all) {
    fine = fine && plugin.ready();
    const std::string state = !plugin.ready()    ? "failed: " + one_line(plugin.error)
                              : plugin.retired() ? "retired"
                                                 : "ready";
    fmt::print(
        "{}\t{}\t{}\t{}\t{}\t{}\n", one_line(plugin.id), one_line(plugin.version), fmt::join(plugin.extensions, ","),
        state,
        plugin.admission.signer.empty() ? plugin.admission.origin : "signed by " + one_line(plugin.admission.signer),
        plugin.hash);
  }
  return fine ? 0 : 1;
}

}  // namespace assay
