// What `assay doctor` says of plugin packages.
#include "cli/plugin_health.h"

#include <fmt/format.h>

#include <filesystem>
#include <string>

#include "cli/plugin_packages.h"
#include "cli/workspace.h"
#include "plugins/admission.h"
#include "plugins/package.h"
#include "plugins/package_store.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

/// Installed packages against the journal.
class InstalledHealth {
 public:
  InstalledHealth(const PackageStore& store, std::string data)
      : store_(store), trust_(store.trust()), data_(std::move(data)) {}

  /// Of a package that the journal has.
  Finding of(const InstalledPackage& package) const {
    const std::string name = fmt::format("{} {} ({})", package.id, package.version, package.hash.substr(0, 12));
    const std::string uninstall =
        fmt::format("assay plugin uninstall {} --version {} --data {}", package.id, package.version, data_);
    if (const std::string reason = revocation(package); !reason.empty()) {
      if (package.retired) return well(name + " is revoked and retired");
      return wrong(fmt::format("{} is not loaded, for {}", name, reason), uninstall);
    }
    const bool again = trust_.keys.contains(package.key) && !package.retired;
    const std::string repair =
        again ? fmt::format("install it again: assay plugin install FILE --data {}", data_) : uninstall;
    const fs::path folder = store_.package(package.hash);
    if (!fs::exists(folder / manifest_name))
      return wrong(fmt::format("{} is installed, and its files are not in {}", name, folder.string()), repair);
    if (const std::string fault = damage(package, folder); !fault.empty())
      return wrong(fmt::format("{} is installed, and damaged: {}", name, fault), repair);
    const auto head = read_package_folder(folder);
    const auto admitted = installed_packages(store_.packages(), trust_).admit(folder, *head);
    if (admitted) return well(name);
    if (admitted.error().reason == Reason::invalid) return wrong(admitted.error().detail, repair);
    return wrong(admitted.error().detail, "change what is trusted (assay plugin trust), or " + uninstall);
  }

  /// Folders that the journal does not know.
  Findings strangers() const {
    Findings found;
    if (!fs::exists(store_.packages())) return found;
    for (const auto& entry : fs::directory_iterator(store_.packages())) {
      if (trust_.packages.contains(entry.path().filename().string())) continue;
      found.push_back(
          wrong(entry.path().string() + " is in the store, and the journal does not say that it is installed",
                "compare `assay plugin trust log` with the copy that you keep of it; the next command that "
                "changes plugins removes the folder"));
    }
    return found;
  }

 private:
  std::string revocation(const InstalledPackage& package) const {
    if (const auto found = trust_.revoked_packages.find(package.hash); found != trust_.revoked_packages.end())
      return "it is revoked: " + found->second;
    if (const auto found = trust_.revoked_keys.find(package.key); found != trust_.revoked_keys.end())
      return "the key that signed it is revoked: " + found->second;
    return {};
  }

  static std::string damage(const InstalledPackage& package, const fs::path& folder) {
    const auto head = read_package_folder(folder);
    if (!head) return head.error().detail;
    if (head->manifest.hash != package.hash) return (folder / manifest_name).string() + " is not what was installed";
    const auto verified = verify_package(folder, head->manifest);
    return verified ? std::string() : verified.error().detail;
  }

  const PackageStore& store_;
  const PluginTrust& trust_;
  const std::string data_;
};

/// Of a package in a folder of the settings, or of the program.
Finding health_in_folder(const PackageFolder& from, const fs::path& folder, const PluginTrust& trust) {
  const std::string again = "install the package in " + folder.string() + " again";
  const auto package = read_package_folder(folder);
  if (!package) return wrong(package.error().detail, again);
  if (const auto fine = not_revoked(trust, *package, folder); !fine && fine.error().reason == Reason::not_permitted)
    return wrong(fine.error().detail, "remove " + folder.string());
  if (const auto admitted = from.admit(folder, *package); !admitted)
    return wrong(admitted.error().detail, "remove " + folder.string() + ", or change what is trusted or installed");
  const auto library = verify_package(folder, package->manifest);
  return library ? well(folder.string()) : wrong(library.error().detail, again);
}

Findings health_of_all(const SettingValues& values, const PackageStore& store) {
  const InstalledHealth health(store, data_folder(values).root.string());
  Findings all = health.strangers();
  for (const auto& [hash, package] : store.trust().packages) all.push_back(health.of(package));
  for (const PackageFolder& from : plugin_packages(values)) {
    if (!fs::exists(from.path) || from.path == store.packages()) continue;
    for (const auto& entry : fs::directory_iterator(from.path)) {
      std::error_code unknown;
      if (fs::exists(entry.path() / manifest_name, unknown) || unknown)
        all.push_back(health_in_folder(from, entry.path(), store.trust()));
    }
  }
  return all;
}

}  // namespace

Findings check_plugins(const SettingValues& values) {
  const fs::path folder = data_folder(values).plugins();
  Findings all;
  try {
    all = health_of_all(values, PackageStore(folder, PackageStore::Use::look));
  } catch (const PluginJournalError& error) {
    return {
        wrong(error.what(), fmt::format("put {} back from the last backup and repeat what was done since, or begin it "
                                        "anew, as SECURITY.md describes",
                                        (folder / "journal").string()))};
  }
  const auto fine = std::erase_if(all, [](const Finding& finding) { return finding.well; });
  if (all.empty()) all.push_back(well(fmt::format("{} packages have the hashes of their manifests", fine)));
  return all;
}

}  // namespace assay
