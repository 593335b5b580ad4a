// All plugins of the server.
#include "plugins/registry.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <system_error>
#include <utility>

#include "plugins/in_process.h"
#include "plugins/pack/pack.h"
#include "plugins/pack/record_types.h"
#include "plugins/sandboxed.h"
#include "plugins/semantic_version.h"
#include "plugins/spawner.h"

namespace assay {
namespace {

std::vector<std::filesystem::path> packages_below(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> packages;
  if (!std::filesystem::exists(folder)) return packages;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    // What cannot be looked into is listed with that, as every package that does not work.
    std::error_code unknown;
    if (std::filesystem::exists(entry.path() / "manifest.json", unknown) || unknown) packages.push_back(entry.path());
  }
  std::sort(packages.begin(), packages.end());
  return packages;
}

PluginStatus status_of(const std::filesystem::path& folder, const Manifest& manifest) {
  return {folder,
          manifest.id,
          manifest.version,
          manifest.title,
          manifest.description,
          manifest.publisher,
          manifest.licence,
          manifest.extensions,
          manifest.languages,
          manifest.hash,
          {},
          {},
          {},
          manifest.host_extensions,
          manifest.report_formats};
}

std::vector<PackageFolder> open_folders(const std::vector<std::filesystem::path>& paths) {
  std::vector<PackageFolder> folders;
  folders.reserve(paths.size());
  for (const auto& path : paths) folders.push_back(open_folder(path, "folder"));
  return folders;
}

std::string_view state_of(const PluginStatus& status) {
  if (status.quarantined()) return "quarantined";
  if (!status.ready()) return "failed";
  return status.retired() ? "retired" : "ready";
}

}  // namespace

PackageFolder open_folder(std::filesystem::path path, std::string origin) {
  return {std::move(path), [origin = std::move(origin)](const std::filesystem::path&, const PackageHead&) {
            return Result<Admission>(Admission{origin, {}, {}, true, false});
          }};
}

PluginRegistry::PluginRegistry(const std::vector<std::filesystem::path>& folders, const PluginHost& host)
    : PluginRegistry(open_folders(folders), host) {}

/// A package's folder, and the one that it was found in.
struct FoundPackage {
  PackageFolder from;
  std::filesystem::path folder;
};

/// What was found and what is loaded of it.
struct PluginRegistry::Packages {
  explicit Packages(PluginHost plugin_host)
      : host(std::move(plugin_host)), spawner(std::make_shared<Spawner>(host.program, host.limits.pulse)) {}

  void load(const PackageFolder& from, const std::filesystem::path& folder);
  void order();
  Plugin* find(std::string_view hash) const;

  const PluginHost host;
  std::shared_ptr<Spawner> spawner;
  std::vector<PluginStatus> statuses = {};
  std::vector<std::unique_ptr<Plugin>> plugins = {};  // by id, the newest version first
  std::vector<Plugin*> current = {};                  // by id: of each the newest that is not retired
};

PluginRegistry::PluginRegistry(const std::vector<PackageFolder>& folders, const PluginHost& host) {
  std::vector<FoundPackage> found;
  for (const auto& folder : folders) {
    for (auto& package : packages_below(folder.path)) found.push_back({folder, std::move(package)});
  }
  if (found.empty()) {
    std::promise<std::unique_ptr<Packages>> none;
    none.set_value(std::make_unique<Packages>(host));
    loading_ = none.get_future().share();
    return;
  }
  loading_ = std::async(std::launch::async, [found = std::move(found), host] {
               auto packages = std::make_unique<Packages>(host);
               for (const FoundPackage& package : found) packages->load(package.from, package.folder);
               packages->order();
               return packages;
             }).share();
}

bool PluginRegistry::loaded() const { return loading_.wait_for(std::chrono::seconds(0)) == std::future_status::ready; }

void PluginRegistry::Packages::order() {
  std::sort(plugins.begin(), plugins.end(), [](const auto& left, const auto& right) {
    const Manifest &one = left->manifest(), &other = right->manifest();
    return one.id != other.id ? one.id < other.id : compare_versions(one.version, other.version) > 0;
  });
  for (const auto& plugin : plugins) {
    const Manifest& manifest = plugin->manifest();
    const auto status = std::find_if(statuses.begin(), statuses.end(), [&](const PluginStatus& candidate) {
      return candidate.error.empty() && candidate.hash == manifest.hash;
    });
    if (status->retired()) continue;
    if (current.empty() || current.back()->manifest().id != manifest.id) current.push_back(plugin.get());
  }
}

void PluginRegistry::Packages::load(const PackageFolder& from, const std::filesystem::path& folder) {
  const auto package = read_package_folder(folder);
  if (!package) {
    PluginStatus broken;
    broken.folder = folder;
    broken.id = folder.filename().string();
    broken.error = package.error().detail;
    statuses.push_back(std::move(broken));
    return;
  }
  const Manifest& manifest = package->manifest;
  PluginStatus status = status_of(folder, manifest);
  const auto& inside = host.in_process;
  const bool in_process = std::find(inside.begin(), inside.end(), status.id) != inside.end();
  const auto taken = std::ranges::find_if(statuses, [&](const PluginStatus& other) {
    return other.ready() && other.id == status.id && other.version == status.version;
  });
  const auto admitted = from.admit(folder, *package);
  if (admitted) status.admission = *admitted;
  if (!admitted) {
    status.error = admitted.error().detail;
  } else if (taken != statuses.end()) {
    status.error = "this version of the plugin is loaded already, from " + taken->folder.string();
  } else if (in_process && !status.admission.in_process) {
    status.error = "plugins-in-process names it, but its key allows a process of its own only";
  } else if (manifest.implements(record_types_1) && status.admission.origin != "installed") {
    status.error = "it brings record types, which come from installed packages only: `assay plugin install`";
  } else {
    try {
      auto loaded = manifest.data ? load_data_pack(folder, manifest, host)
                    : in_process  ? load_in_process(folder, manifest, host)
                                  : load_sandboxed(folder, manifest, host, spawner);
      if (loaded) {
        plugins.push_back(std::move(*loaded));
      } else {
        status.error = loaded.error().detail;
      }
    } catch (const std::exception& error) {
      // Whatever breaks while one plugin loads (no memory, no descriptor) is that plugin's state; the server starts.
      status.error = error.what();
    }
  }
  statuses.push_back(std::move(status));
}

Plugin* PluginRegistry::Packages::find(std::string_view hash) const {
  const auto found =
      std::find_if(plugins.begin(), plugins.end(), [&](const auto& plugin) { return plugin->manifest().hash == hash; });
  return found == plugins.end() ? nullptr : found->get();
}

std::vector<PluginStatus> PluginRegistry::list() const {
  std::vector<PluginStatus> all = packages().statuses;
  for (PluginStatus& status : all) {
    if (!status.error.empty()) continue;
    if (const Plugin* plugin = packages().find(status.hash)) status.health = plugin->health();
    status.error = status.health.quarantine;
  }
  return all;
}

Plugin* PluginRegistry::find(std::string_view id) const {
  const auto& current = packages().current;
  const auto found =
      std::find_if(current.begin(), current.end(), [&](const Plugin* plugin) { return plugin->manifest().id == id; });
  return found == current.end() ? nullptr : *found;
}

Plugin* PluginRegistry::find_package(std::string_view hash) const { return packages().find(hash); }

Plugin* PluginRegistry::find_by_catalogue(std::string_view catalogue) const {
  for (Plugin* plugin : packages().current) {
    const auto& given = plugin->manifest().catalogues;
    if (std::find(given.begin(), given.end(), catalogue) != given.end()) return plugin;
  }
  return nullptr;
}

std::vector<Plugin*> PluginRegistry::implementing(std::string_view extension) const {
  std::vector<Plugin*> found;
  for (Plugin* plugin : packages().current) {
    if (plugin->manifest().implements(extension)) found.push_back(plugin);
  }
  return found;
}

std::string text_in(const LocalisedText& text, std::string_view language) {
  for (const std::string_view candidate : {language, language.substr(0, language.find('-')), std::string_view("en")}) {
    if (const auto found = text.find(std::string(candidate)); found != text.end()) return found->second;
  }
  return {};
}

Json to_json(const PluginStatus& status, std::string_view language, bool administrator) {
  Json json = {{"id", status.id},
               {"version", status.version},
               {"title", text_in(status.title, language)},
               {"description", text_in(status.description, language)},
               {"publisher", status.publisher},
               {"licence", status.licence},
               {"extensions", status.extensions},
               {"host_services", status.host_services},
               {"languages", status.languages},
               {"hash", status.hash},
               {"origin", status.admission.origin},
               {"state", state_of(status)}};
  for (const ReportFormat& format : status.report_formats) {
    json["report_formats"].push_back({{"id", format.id},
                                      {"of", format.of},
                                      {"media_type", format.media_type},
                                      {"title", text_in(format.title, language)}});
  }
  if (!status.admission.key.empty())
    json["signed_by"] = {{"owner", status.admission.signer}, {"key_id", status.admission.key}};
  if (!status.ready()) json["error"] = administrator ? status.error : "it does not work; an administrator sees why";
  if (!status.ready() && !status.quarantined()) return json;
  json["isolation"] = status.health.data ? "data" : status.health.in_process ? "in-process" : "process";
  if (status.health.in_process || status.health.data) return json;
  json["sandbox"] = {{"level", to_text(sandbox::level_of(status.health.parts))},
                     {"parts", sandbox::names_of(status.health.parts)}};
  return json;
}

}  // namespace assay
