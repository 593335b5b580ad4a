// Who of the packages in a folder is loaded.
#include "plugins/admission.h"

#include <fmt/format.h>

#include <system_error>
#include <utility>

#include "plugins/package_archive.h"
#include "plugins/semantic_version.h"

namespace assay {
namespace {

Admission admission_by(const TrustedKey& key, std::string_view origin, bool retired) {
  return {std::string(origin), key.owner, key.key.id(), key.allows_in_process(), retired};
}

/// Refuses a package that an installation would refuse for its version.
Result<void> not_replacing(const PluginTrust& trust, const Manifest& manifest, const std::filesystem::path& folder) {
  const auto newest = trust.newest(manifest.id);
  if (!newest || trust.packages.contains(manifest.hash)) return {};
  const auto no = [&](const std::string& reason) {
    return refuse(Reason::not_permitted,
                  fmt::format("{}: {} {} {}", folder.string(), manifest.id, manifest.version, reason));
  };
  const auto& known = trust.versions.at(manifest.id);
  if (const auto same = known.find(manifest.version); same != known.end() && same->second != manifest.hash)
    return no("was installed as the package " + same->second + "; another package needs another version");
  if (compare_versions(manifest.version, *newest) < 0) return no("is older than " + *newest + ", which was installed");
  return {};
}

/// Refuses a package that would go before one which is installed and, as far as the journal knows, still vouched for.
Result<void> not_displacing(const PluginTrust& trust, const Manifest& manifest, const std::filesystem::path& folder) {
  for (const auto& [hash, installed] : trust.packages) {
    const auto key = trust.keys.find(installed.key);
    const bool vouched_for = key != trust.keys.end() && !trust.revoked_keys.contains(installed.key) &&
                             !trust.revoked_packages.contains(hash);
    if (installed.id != manifest.id || installed.retired || !vouched_for) continue;
    if (compare_versions(manifest.version, installed.version) < 0) continue;
    return refuse(
        Reason::not_permitted,
        fmt::format("{}: {} {} is not signed, and {}, signed by {}, is installed, which it must not displace: "
                    "sign and install it, or uninstall the other",
                    folder.string(), manifest.id, manifest.version, installed.version, key->second.owner));
  }
  return {};
}

}  // namespace

PackageFolder unsigned_folder(std::filesystem::path path, std::string origin, PluginTrust trust) {
  auto admit = [trust = std::move(trust), origin = std::move(origin)](const std::filesystem::path& folder,
                                                                      const PackageHead& package) -> Result<Admission> {
    if (auto fine = not_revoked(trust, package, folder); !fine) return fine.error();
    if (origin != "program") {
      if (auto fine = not_displacing(trust, package.manifest, folder); !fine) return fine.error();
    }
    return Admission{origin, {}, {}, true, false};
  };
  return {std::move(path), std::move(admit)};
}

PackageFolder installed_packages(std::filesystem::path packages, PluginTrust trust) {
  auto admit = [trust = std::move(trust)](const std::filesystem::path& folder,
                                          const PackageHead& package) -> Result<Admission> {
    const auto known = trust.packages.find(package.manifest.hash);
    if (known == trust.packages.end() || folder.filename() != package.manifest.hash)
      return refuse(Reason::not_permitted, fmt::format("{}: is not what was installed here", folder.string()));
    const Date day{std::chrono::floor<std::chrono::days>(known->second.at)};
    const auto key = vouched(trust, package, folder, day);
    if (!key) return key.error();
    return admission_by(**key, "installed", known->second.retired);
  };
  return {std::move(packages), std::move(admit)};
}

std::vector<PluginStatus> absent_packages(const std::filesystem::path& packages, const PluginTrust& trust) {
  std::vector<PluginStatus> absent;
  for (const auto& [hash, installed] : trust.packages) {
    const std::filesystem::path folder = packages / hash;
    std::error_code unseen;  // what cannot be looked into is not there for the server either
    if (std::filesystem::exists(folder / manifest_name, unseen)) continue;
    PluginStatus& status = absent.emplace_back();
    status.folder = folder;
    status.id = installed.id;
    status.version = installed.version;
    status.hash = hash;
    status.admission.origin = "installed";
    status.admission.retired = installed.retired;
    status.error = fmt::format("{}: is installed, and its files are not there: install it again, or uninstall it",
                               folder.string());
  }
  return absent;
}

PackageFolder signed_folder(std::filesystem::path path, PluginTrust trust, Date today) {
  auto admit = [trust = std::move(trust), today](const std::filesystem::path& folder,
                                                 const PackageHead& package) -> Result<Admission> {
    const auto key = vouched(trust, package, folder, today);
    if (!key) return key.error();
    if (auto fine = not_replacing(trust, package.manifest, folder); !fine) return fine.error();
    return admission_by(**key, "folder", false);
  };
  return {std::move(path), std::move(admit)};
}

}  // namespace assay
