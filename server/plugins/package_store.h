// Installed plugin packages: a folder for each below the data folder, under the hash of the package, and the journal
// that says what may be used.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "plugins/package_archive.h"
#include "plugins/plugin_journal.h"
#include "plugins/trust.h"

namespace assay {

/// Who acts at the machine, and when.
struct AtMachine {
  std::string name;  // login name
  Instant now = {};
};

struct Installed {
  InstalledPackage package;
  std::string owner;  // of the key
  bool before;        // it was there already with a signature that is trusted, and nothing has changed
};

/// The folder of plugins: `journal`, `packages/<hash>/`, `incoming/` for what is being unpacked, and `lock`.
class PackageStore {
 public:
  enum class Use { look, change };
  /// To look, nothing is made and nothing is locked. To change, the folder is made, and locked until destruction; what
  /// an install that did not end has left there is removed. Throws PluginJournalError, also when there are
  /// packages and no act, and std::runtime_error when somebody else changes it now.
  PackageStore(std::filesystem::path folder, Use use);
  PackageStore(const PackageStore&) = delete;
  PackageStore& operator=(const PackageStore&) = delete;
  ~PackageStore();

  const PluginTrust& trust() const { return trust_; }
  const PluginJournal& journal() const { return journal_; }
  std::filesystem::path packages() const { return folder_ / "packages"; }
  std::filesystem::path package(const std::string& hash) const { return packages() / hash; }

  /// What else is asked of a package that is verified and unpacked in that folder.
  using Acceptance = std::function<Result<void>(const std::filesystem::path& folder, const Manifest& manifest)>;
  /// Verifies the package file and installs it, if it is also `accepted`; whatever is refused or fails leaves nothing.
  /// Refuses as open_package(), vouched() and unpack() do; besides not_permitted for a version below the newest ever
  /// installed, unless `allow_downgrade`, which the journal keeps, and for a version that was another package before.
  Result<Installed> install(const std::filesystem::path& file, const PackageLimits& limits, bool allow_downgrade,
                            const AtMachine& who, const Acceptance& accepted = {});
  /// No new audit begins with it. Refuses not_found.
  Result<void> retire(const std::string& hash, const AtMachine& who);
  /// Removes the files of a retired package. Refuses not_found and wrong_state.
  Result<void> remove(const std::string& hash, const AtMachine& who);

  /// Refuses wrong_state for a key that is revoked: it stays so.
  Result<void> trust_key(const TrustedKey& key, const AtMachine& who);
  /// Refuses not_found for a key that is not trusted. What it has signed is not loaded any more.
  Result<void> remove_key(const std::string& key, const AtMachine& who);
  void revoke_key(const std::string& key, const std::string& reason, const AtMachine& who);
  void revoke_package(const std::string& hash, const std::string& reason, const AtMachine& who);
  /// None: whatever a key may sign.
  void allow_ids(const std::optional<std::vector<std::string>>& ids, const AtMachine& who);

 private:
  void read_trust();
  void act(std::string_view act, Json facts, const AtMachine& who);
  Result<void> check_version(const Manifest& manifest, const std::filesystem::path& file, bool allow_downgrade) const;
  void clear_leftovers() const;
  /// Are its files there, as they were signed, and is the signature with them trusted still?
  bool holds(const InstalledPackage& installed) const;

  const std::filesystem::path folder_;
  int lock_ = -1;
  PluginJournal journal_;
  PluginTrust trust_;
};

}  // namespace assay
