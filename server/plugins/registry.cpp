// All plugins of the server.
#include "plugins/registry.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "plugins/in_process.h"
#include "plugins/sandboxed.h"

namespace assay {
namespace {

std::vector<std::filesystem::path> packages_below(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> packages;
  if (!std::filesystem::exists(folder)) return packages;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (std::filesystem::exists(entry.path() / "manifest.json")) packages.push_back(entry.path());
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
          manifest.host_extensions};
}

}  // namespace

PluginRegistry::PluginRegistry(const std::vector<std::filesystem::path>& folders, const PluginHost& host)
    : spawner_(std::make_shared<Spawner>(host.program)) {
  for (const auto& folder : folders) {
    for (const auto& package : packages_below(folder)) load(package, host);
  }
  std::sort(plugins_.begin(), plugins_.end(),
            [](const auto& left, const auto& right) { return left->manifest().id < right->manifest().id; });
}

void PluginRegistry::load(const std::filesystem::path& folder, const PluginHost& host) {
  const auto manifest = read_manifest(folder);
  if (!manifest) {
    PluginStatus broken;
    broken.folder = folder;
    broken.id = folder.filename().string();
    broken.error = manifest.error().detail;
    statuses_.push_back(std::move(broken));
    return;
  }
  PluginStatus status = status_of(folder, *manifest);
  const bool taken = std::any_of(plugins_.begin(), plugins_.end(),
                                 [&](const auto& plugin) { return plugin->manifest().id == status.id; });
  if (taken) {
    status.error = "another plugin with this id is loaded already";
  } else {
    try {
      const auto& inside = host.in_process;
      const bool in_process = std::find(inside.begin(), inside.end(), status.id) != inside.end();
      auto loaded =
          in_process ? load_in_process(folder, *manifest, host) : load_sandboxed(folder, *manifest, host, spawner_);
      if (loaded) {
        plugins_.push_back(std::move(*loaded));
      } else {
        status.error = loaded.error().detail;
      }
    } catch (const std::exception& error) {
      // Whatever breaks while one plugin loads (no memory, no descriptor) is that plugin's state; the server starts.
      status.error = error.what();
    }
  }
  statuses_.push_back(std::move(status));
}

std::vector<PluginStatus> PluginRegistry::list() const {
  std::vector<PluginStatus> all = statuses_;
  for (PluginStatus& status : all) {
    if (!status.error.empty()) continue;
    if (const Plugin* plugin = find(status.id)) status.health = plugin->health();
    status.error = status.health.quarantine;
  }
  return all;
}

Plugin* PluginRegistry::find(std::string_view id) const {
  const auto found =
      std::find_if(plugins_.begin(), plugins_.end(), [&](const auto& plugin) { return plugin->manifest().id == id; });
  return found == plugins_.end() ? nullptr : found->get();
}

Plugin* PluginRegistry::find_by_catalogue(std::string_view catalogue) const {
  for (const auto& plugin : plugins_) {
    const auto& given = plugin->manifest().catalogues;
    if (std::find(given.begin(), given.end(), catalogue) != given.end()) return plugin.get();
  }
  return nullptr;
}

std::vector<Plugin*> PluginRegistry::implementing(std::string_view extension) const {
  std::vector<Plugin*> found;
  for (const auto& plugin : plugins_) {
    if (plugin->manifest().implements(extension)) found.push_back(plugin.get());
  }
  return found;
}

std::string text_in(const LocalisedText& text, std::string_view language) {
  for (const std::string_view candidate : {language, language.substr(0, language.find('-')), std::string_view("en")}) {
    if (const auto found = text.find(std::string(candidate)); found != text.end()) return found->second;
  }
  return {};
}

Json to_json(const PluginStatus& status, std::string_view language) {
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
               {"state", status.ready()         ? "ready"
                         : status.quarantined() ? "quarantined"
                                                : "failed"}};
  if (!status.ready()) json["error"] = status.error;
  if (!status.ready() && !status.quarantined()) return json;
  json["isolation"] = status.health.in_process ? "in-process" : "process";
  if (status.health.in_process) return json;
  json["sandbox"] = {{"level", to_text(sandbox::level_of(status.health.parts))},
                     {"parts", sandbox::names_of(status.health.parts)}};
  return json;
}

}  // namespace assay
