// The commands at the machine on plugin packages, trust and installation. As in cli/commands.h.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/settings.h"
#include "plugins/package_archive.h"

namespace assay {

/// A package to look at: a folder, or a file that is unpacked into a folder of its own that goes with it.
class LookedAt {
 public:
  /// Throws Refused for what is no package, or has a file that is not as its manifest says.
  LookedAt(const std::filesystem::path& package, const PackageLimits& limits);
  ~LookedAt();
  LookedAt(const LookedAt&) = delete;
  LookedAt& operator=(const LookedAt&) = delete;

  const PackageHead& head() const { return head_; }
  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_, own_;
  PackageHead head_;
};

PackageLimits package_limits(const SettingValues& values);

// package_commands.cpp
/// Writes the package of a folder to ID-VERSION.assayplugin, or to `to`.
int pack_package(const std::filesystem::path& folder, const std::filesystem::path& to);
int inspect_package(const SettingValues& values, const std::filesystem::path& package, bool json);
/// A private key in `out`, which must not be there, and its public key in `out`.pub.
int make_signing_key(const std::filesystem::path& out);
/// Signs a package file or folder in its place.
int sign_package(const SettingValues& values, const std::filesystem::path& package, const std::filesystem::path& key);
/// With the public key in `key`, or (empty) by the trust of the data folder.
int verify_package_signature(const SettingValues& values, const std::filesystem::path& package,
                             const std::filesystem::path& key);

// package_difference.cpp
/// What differs between two packages: files, members of the manifest, items of their catalogues, for which both are
/// loaded, in the sandbox. 1 when something does. Code is loaded only with `execute`; without it nothing is said of
/// catalogues that come from code.
int compare_packages(const SettingValues& values, const std::filesystem::path& from, const std::filesystem::path& to,
                     bool execute, bool json);

// trust_commands.cpp
int install_package(const SettingValues& values, const std::filesystem::path& file, bool allow_downgrade);
/// Retires the version, or all versions, and removes the files of those that no record names, unless a server runs.
int uninstall_plugin(const SettingValues& values, const std::string& id, const std::string& version);

struct TrustOptions {
  std::filesystem::path key;  // of the public key
  std::string owner;
  std::vector<std::string> ids, extensions, tiers;
  std::string not_after;
  std::string key_id, package, reason;  // of a revocation
  bool any = false;                     // allow: every id
};
int trust_key(const SettingValues& values, const TrustOptions& options);
int list_trust(const SettingValues& values, bool json);
int list_plugin_acts(const SettingValues& values);
int remove_trust(const SettingValues& values, const std::string& key_id);
int revoke_trust(const SettingValues& values, const TrustOptions& options);
int allow_plugins(const SettingValues& values, const TrustOptions& options);

}  // namespace assay
