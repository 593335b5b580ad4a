// Record types of plugin packages.
#include "cli/pack_types.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "cli/workflow_files.h"
#include "cli/workspace.h"
#include "plugins/admission.h"
#include "plugins/pack/record_types.h"
#include "plugins/package_store.h"
#include "storage/stored_sets.h"

namespace assay {
namespace {

/// Packs are named by the id of their plugin, a reverse domain name; those of a release have no dot.
std::string pack_of(const Definition& definition) {
  const std::string pack = definition.source.substr(0, definition.source.find('/'));
  return pack.find('.') == std::string::npos ? std::string() : pack;
}

/// Of installed packages alone, which every command at the data folder sees, whatever --plugins says.
std::vector<TypesPackage> installed_with_types(const SettingValues& values) {
  if (values.text("data").empty()) return {};
  const PackageStore store(data_folder(values).plugins(), PackageStore::Use::look);
  return packages_with_types({installed_packages(store.packages(), store.trust())});
}

}  // namespace

WorkflowFiles workflow_files(const SettingValues& values, const std::string& without) {
  const std::string& folder = values.text("workflows");
  WorkflowFiles files = folder.empty() ? embedded_workflows() : read_workflows(folder);
  for (const TypesPackage& package : installed_with_types(values)) {
    const Manifest& manifest = package.manifest;
    if (manifest.id == without) continue;
    const auto own = record_type_files(package.folder, manifest);
    if (!own)
      throw std::runtime_error(
          fmt::format("the record types of the plugin {} {}: {}", manifest.id, manifest.version, own.error().detail));
    if (auto flaws = add_record_types(files, *own); !flaws.empty()) throw WorkflowsFlawed(std::move(flaws));
  }
  return files;
}

Result<void> types_accepted(const SettingValues& values, const std::filesystem::path& folder,
                            const Manifest& manifest) {
  const auto no = [&](const std::string& reason) {
    return refuse(Reason::invalid, fmt::format("{} {}: {}", manifest.id, manifest.version, reason));
  };
  const auto types = declared_types(manifest);
  for (const TypesPackage& package : installed_with_types(values)) {
    if (package.manifest.id != manifest.id) continue;
    for (const std::string& type : declared_types(package.manifest)) {
      if (std::ranges::find(types, type) == types.end())
        return no(fmt::format("it has no record type {}, which {} has and records may be of; uninstall that first",
                              type, package.manifest.version));
    }
  }
  if (types.empty()) return {};
  const auto own = record_type_files(folder, manifest);
  if (!own) return no(own.error().detail);
  const auto flaws = flaws_of_types(workflow_files(values, manifest.id), *own);
  return flaws.empty() ? Result<void>() : no(first_of(flaws));
}

void demand_types_of_records(Store& store, const WorkflowSet& set) {
  Snapshot at = store.read();
  std::set<std::string> looked_at;
  for (const std::string& hash : stored_workflow_sets(at)) {
    const auto stored = store.workflow_set(hash);
    if (!stored) continue;
    for (const auto& [type, definition] : stored->types) {
      const std::string pack = pack_of(definition);
      if (pack.empty() || set.find(type) != nullptr || !looked_at.insert(type).second) continue;
      if (!has_records_of(at, type)) continue;
      throw std::runtime_error(fmt::format(
          "there are records of the type {}, which the plugin {} brought, and no version of it is loaded: install it "
          "again; `assay plugin list` says what is wrong with one that is there",
          type, pack));
    }
  }
}

std::string type_with_records(Store& store, const std::set<std::string>& types) {
  Snapshot at = store.read();
  for (const std::string& type : types) {
    if (has_records_of(at, type)) return type;
  }
  return {};
}

}  // namespace assay
