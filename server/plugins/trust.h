// Which plugin packages are trusted, and for what: keys with what each may sign, allowed ids, revocations, and what has
// been installed. Made from the acts of the journal alone.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/refusal.h"
#include "domain/time.h"
#include "ledger/signing.h"
#include "plugins/package_archive.h"
#include "plugins/plugin_journal.h"

namespace assay {

inline constexpr std::string_view tier_process = "process", tier_in_process = "in-process";

/// A key and what it is trusted with.
struct TrustedKey {
  PublicKey key;
  std::string owner;             // for people
  std::vector<std::string> ids;  // "org.example" means that id and all that begin with "org.example."; never empty
  std::vector<std::string> extensions;  // "checklist/1"; none: all
  std::vector<std::string> tiers;       // of tier_process and tier_in_process; never empty
  std::optional<Date> not_after;        // the last day on which what it signed is installed

  /// May its plugins run in the server itself?
  bool allows_in_process() const;
};

struct InstalledPackage {
  std::string hash, id, version;
  std::string key;  // id of the key that signed it
  Instant at = {};
  bool retired = false;  // no new audit begins with it
};

struct PluginTrust {
  std::map<std::string, TrustedKey> keys;               // by key id
  std::map<std::string, std::string> revoked_keys;      // key id -> reason
  std::map<std::string, std::string> revoked_packages;  // hash -> reason
  std::optional<std::vector<std::string>> allowed_ids;  // none: every id that a key may sign
  std::map<std::string, InstalledPackage> packages;     // by hash; what is there now
  std::map<std::string, std::map<std::string, std::string>>
      versions;  // id -> version -> hash: all that ever were installed

  /// The newest version of the plugin that was ever installed; nothing for one that never was.
  std::optional<std::string> newest(const std::string& id) const;
};

/// Throws PluginJournalError, with line and reason, for an act that this version does not know.
PluginTrust trust_of(const std::vector<PluginAct>& acts);

/// The facts of key_trusted.
Json facts_of(const TrustedKey& key);

/// Refuses as not_permitted a package that is revoked, and one with a signature that names a revoked key; as invalid a
/// signature that is malformed. Without a signature only the package itself can be revoked.
Result<void> not_revoked(const PluginTrust& trust, const PackageHead& package, const std::filesystem::path& file);

/// Who vouches for a package. Refuses, each with its own sentence that names `file`: invalid for a signature that is
/// malformed or wrong; not_permitted for none, an unknown or revoked key, one that ended before `day`, an id or
/// extension that the key may not sign, an id that is not on the list of allowed ones, and a revoked package.
Result<const TrustedKey*> vouched(const PluginTrust& trust, const PackageHead& package,
                                  const std::filesystem::path& file, Date day);

}  // namespace assay
