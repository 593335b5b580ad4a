// Record types of plugin packages.
#include "cli/pack_types.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>

#include "cli/workflow_files.h"
#include "cli/workspace.h"
#include "plugins/pack/record_types.h"
#include "storage/stored_sets.h"

namespace assay {
namespace {

/// What stands before the slash of a definition's path: "internal", or the id of a plugin.
std::string pack_of(const Definition& definition) { return definition.source.substr(0, definition.source.find('/')); }

/// Ids of plugins are reversed domain names; packs of a release have no dot.
bool is_plugin(std::string_view pack) { return pack.find('.') != std::string_view::npos; }

WorkflowFiles files_without_packs(const SettingValues& values) {
  const std::string& folder = values.text("workflows");
  return folder.empty() ? embedded_workflows() : read_workflows(folder);
}

/// Of installed packages alone, which every command at the data folder sees, whatever --plugins says.
InstalledTypes installed_now(const SettingValues& values) {
  if (values.text("data").empty()) return {};
  const PackageStore store(data_folder(values).plugins(), PackageStore::Use::look);
  return installed_types(store.packages(), store.trust());
}

std::string unreadable(const Manifest& manifest, const Refusal& refusal) {
  return fmt::format("the record types of the plugin {} {}: {}", manifest.id, manifest.version, refusal.detail);
}

std::string text_of_flaw(const Flaw& flaw) { return first_of(std::vector<Flaw>{flaw}); }

/// Packs beside the release, as far as they hold.
struct PacksBeside {
  std::optional<WorkflowSet> set;  // with the packs in which there is no flaw; none when what remains is flawed too
  std::vector<Flaw> flaws;
};

/// Flaws of one pack hide no others: it is left out, and the rest looked at again.
PacksBeside beside(const WorkflowFiles& release, std::vector<WorkflowFiles> packs) {
  PacksBeside result;
  while (true) {
    WorkflowFiles all = release;
    std::vector<Flaw> flaws;
    for (const WorkflowFiles& own : packs) std::ranges::move(add_record_types(all, own), std::back_inserter(flaws));
    if (flaws.empty()) {
      auto loaded = load_workflows(all);
      if (auto* found = std::get_if<std::vector<Flaw>>(&loaded)) {
        flaws = std::move(*found);
      } else if (flaws = check(std::get<WorkflowSet>(loaded)); flaws.empty()) {
        result.set = std::get<WorkflowSet>(std::move(loaded));
      }
    }
    const auto flawed = std::erase_if(packs, [&](const WorkflowFiles& own) {
      return std::ranges::any_of(flaws, [&](const Flaw& flaw) { return own.contains(flaw.file); });
    });
    std::ranges::move(flaws, std::back_inserter(result.flaws));
    if (result.set || flawed == 0) return result;
  }
}

/// The files of those packages that can be read; why the others cannot.
std::vector<WorkflowFiles> files_of_packages(const std::vector<TypesPackage>& packages,
                                             std::vector<std::string>* faults = nullptr) {
  std::vector<WorkflowFiles> packs;
  for (const TypesPackage& package : packages) {
    auto own = record_type_files(package.folder, package.manifest);
    if (own)
      packs.push_back(std::move(*own));
    else if (faults != nullptr)
      faults->push_back(unreadable(package.manifest, own.error()));
  }
  return packs;
}

/// Calls `look` with each record type of the sets that the database keeps, but for one, and the hash of its set.
void each_stored(Snapshot& at, std::string_view but,
                 const std::function<void(const std::string&, const TypeFile&)>& look) {
  for (const std::string& hash : stored_workflow_sets(at)) {
    if (hash == but) continue;
    for (const TypeFile& type : type_files(stored_text(at, hash))) look(hash, type);
  }
}

std::vector<std::string> records_without_types(Store& store, const WorkflowSet& set) {
  Snapshot at = store.read();
  std::set<std::string> looked_at;
  std::vector<std::string> faults;
  each_stored(at, set.hash, [&](const std::string& hash, const TypeFile& stored) {
    const auto& [pack, type] = stored;
    const Definition* const now = set.find(type);
    if (now == nullptr) {
      if (!is_plugin(pack) || !looked_at.insert(type).second || !has_records_of(at, type)) return;
      faults.push_back(fmt::format(
          "there are records of the type {}, which the plugin {} brought, and no version of it is loaded: install it "
          "again; `assay plugin list` says what is wrong with one that is there",
          type, pack));
    } else if (const std::string other = pack_of(*now); other != pack && (is_plugin(pack) || is_plugin(other))) {
      if (!has_records_of(at, type, hash)) return;
      faults.push_back(fmt::format(
          "there are records of the type {} of {}, and {} brings a type of that name, which would decide on them{}",
          type, pack, other, is_plugin(other) ? ": uninstall " + other : std::string()));
    }
  });
  return faults;
}

/// Everything that ends a start.
std::vector<std::string> faults_of(const WorkflowFiles& release, const InstalledTypes& installed, Store* database) {
  std::vector<std::string> faults = installed.damaged;
  const PacksBeside result = beside(release, files_of_packages(installed.packages, &faults));
  std::ranges::transform(result.flaws, std::back_inserter(faults), text_of_flaw);
  if (database != nullptr && result.set)
    std::ranges::move(records_without_types(*database, *result.set), std::back_inserter(faults));
  return faults;
}

template <class T, class Same>
std::vector<T> only_after(std::vector<T> after, const std::vector<T>& before, Same same) {
  std::erase_if(after, [&](const T& one) {
    return std::ranges::any_of(before, [&](const T& other) { return same(one, other); });
  });
  return after;
}

bool same_flaw(const Flaw& left, const Flaw& right) {
  return left.file == right.file && left.pointer == right.pointer && left.reason == right.reason;
}

/// "" or whose records a type of the manifest would decide on.
std::string records_of_another(Store& store, const Manifest& manifest, const std::vector<std::string>& types) {
  Snapshot at = store.read();
  std::string found;
  each_stored(at, {}, [&](const std::string& hash, const TypeFile& stored) {
    const auto& [pack, type] = stored;
    if (!found.empty() || pack == manifest.id || std::ranges::find(types, type) == types.end()) return;
    if (has_records_of(at, type, hash))
      found = fmt::format("there are records of a type {}, which {} brought: another pack does not decide on them",
                          type, pack);
  });
  return found;
}

}  // namespace

WorkflowFiles workflow_files(const SettingValues& values) {
  WorkflowFiles files = files_without_packs(values);
  const InstalledTypes installed = installed_now(values);
  if (!installed.damaged.empty()) throw std::runtime_error(installed.damaged.front());
  for (const TypesPackage& package : installed.packages) {
    const auto own = record_type_files(package.folder, package.manifest);
    if (!own) throw std::runtime_error(unreadable(package.manifest, own.error()));
    if (auto flaws = add_record_types(files, *own); !flaws.empty()) throw WorkflowsFlawed(std::move(flaws));
  }
  return files;
}

Result<void> types_accepted(const SettingValues& values, const std::filesystem::path& folder, const Manifest& manifest,
                            Store* database) {
  const auto no = [&](const std::string& reason) {
    return refuse(Reason::invalid, fmt::format("{} {}: {}", manifest.id, manifest.version, reason));
  };
  const auto types = declared_types(manifest);
  std::vector<TypesPackage> others = installed_now(values).packages;
  const auto before = std::ranges::find_if(others, [&](const auto& one) { return one.manifest.id == manifest.id; });
  const auto had = before == others.end() ? std::vector<std::string>() : declared_types(before->manifest);
  for (const std::string& type : had) {
    if (std::ranges::find(types, type) == types.end())
      return no(fmt::format("it has no record type {}, which {} has and records may be of; uninstall that first", type,
                            before->manifest.version));
  }
  if (types.empty()) return {};
  const auto own = record_type_files(folder, manifest);
  if (!own) return no(own.error().detail);
  const WorkflowFiles release = files_without_packs(values);
  const PacksBeside now = beside(release, files_of_packages(others));
  std::erase_if(others, [&](const TypesPackage& one) { return one.manifest.id == manifest.id; });
  std::vector<WorkflowFiles> packs = files_of_packages(others);
  packs.push_back(*own);
  const PacksBeside then = beside(release, std::move(packs));
  std::vector<Flaw> flaws = then.flaws;
  std::erase_if(flaws, [&](const Flaw& flaw) { return !own->contains(flaw.file); });
  if (flaws.empty()) flaws = only_after(then.flaws, now.flaws, same_flaw);
  if (flaws.empty() && !then.set) flaws = then.flaws;
  if (!flaws.empty()) return no(first_of(flaws));
  const std::string taken = database == nullptr ? std::string() : records_of_another(*database, manifest, types);
  return taken.empty() ? Result<void>() : no(taken);
}

std::vector<std::string> faults_to_come(const SettingValues& values, const PackageStore& packages,
                                        const PluginTrust& before, const PluginTrust& after,
                                        const std::function<Store*()>& database) {
  const InstalledTypes now = installed_types(packages.packages(), before);
  const InstalledTypes then = installed_types(packages.packages(), after);
  const auto same = [](const TypesPackage& left, const TypesPackage& right) { return left.folder == right.folder; };
  if (now.damaged == then.damaged && std::ranges::equal(now.packages, then.packages, same)) return {};
  const WorkflowFiles release = files_without_packs(values);
  Store* const store = database();
  return only_after(faults_of(release, then, store), faults_of(release, now, store), std::equal_to<>());
}

void demand_types_of_records(Store& store, const WorkflowSet& set) {
  if (const auto faults = records_without_types(store, set); !faults.empty()) throw std::runtime_error(faults.front());
}

std::string type_with_records(Store& store, const std::string& id, const std::vector<std::string>& kept) {
  Snapshot at = store.read();
  std::string found;
  each_stored(at, {}, [&](const std::string& hash, const TypeFile& stored) {
    if (!found.empty() || stored.pack != id || std::ranges::find(kept, stored.type) != kept.end()) return;
    if (has_records_of(at, stored.type, hash)) found = stored.type;
  });
  return found;
}

}  // namespace assay
