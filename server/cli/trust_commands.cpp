// Commands on installed plugin packages and on whom they are taken from.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/inspection.h"
#include "cli/pack_types.h"
#include "cli/package_commands.h"
#include "cli/workspace.h"
#include "plugins/pack/record_types.h"
#include "plugins/package_store.h"
#include "plugins/semantic_version.h"
#include "plugins/utf8.h"
#include "storage/items.h"

namespace assay {
namespace {

constexpr std::size_t least_digits = 8;  // of a hash that names a key or a package

/// The login name of whoever acts, or the number of the user who has none.
AtMachine at_machine() {
  const passwd* user = ::getpwuid(::getuid());
  return {user == nullptr ? std::to_string(::getuid()) : std::string(user->pw_name), system_now()};
}

PackageStore store_to_change(const SettingValues& values) {
  const auto folder = existing_data_folder(values).plugins();
  const mode_t before = ::umask(077);
  std::filesystem::create_directories(folder);
  ::umask(before);
  return PackageStore(folder, PackageStore::Use::change);
}

void expect(const Result<void>& done) {
  if (!done) throw Refused(done.error());
}

bool is_hash(const std::string& text) {
  return text.size() == 64 &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

/// The one of `known` that begins with `text`, which may also be a whole hash that is not known.
template <class Known>
std::string hash_named(const std::string& text, const Known& known, std::string_view what) {
  if (is_hash(text)) return text;
  std::vector<std::string> found;
  for (const auto& [hash, value] : known) {
    if (text.size() >= least_digits && hash.starts_with(text)) found.push_back(hash);
  }
  if (found.size() == 1) return found.front();
  throw SettingError(fmt::format("{} is no {}: give its 64 hex digits, or the first {} or more of a known one", text,
                                 what, least_digits));
}

/// As in the manifest's schema, but one part is enough.
bool is_id_prefix(const std::string& text) {
  return !text.empty() && text.size() <= 100 && text.front() >= 'a' && text.front() <= 'z' && text.back() != '.' &&
         text.find("..") == std::string::npos && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
         });
}

TrustedKey key_of(const TrustOptions& options) {
  TrustedKey key{PublicKey::read(options.key), options.owner, options.ids, options.extensions, options.tiers, {}};
  if (key.tiers.empty()) key.tiers.emplace_back(tier_process);
  for (const std::string& tier : key.tiers) {
    if (tier != tier_process && tier != tier_in_process)
      throw SettingError("--tier must be process or in-process, not " + tier);
  }
  for (const std::string& id : key.ids) {
    if (!is_id_prefix(id))
      throw SettingError("--id must be a plugin's id or its first parts, such as org.example, not " + id);
  }
  const auto& known = known_extensions();
  for (const std::string& extension : key.extensions) {
    if (std::find(known.begin(), known.end(), extension) == known.end())
      throw SettingError(fmt::format("--extension: {} is none; there are {}", extension, fmt::join(known, ", ")));
  }
  if (key.owner.empty() || key.owner.size() > 200) throw SettingError("--owner must have 1 to 200 bytes");
  if (options.not_after.empty()) return key;
  key.not_after = parse_date(options.not_after);
  if (!key.not_after) throw SettingError("--not-after must be a day such as 2027-12-31, not " + options.not_after);
  const Date today{std::chrono::floor<std::chrono::days>(system_now())};
  if (*key.not_after < today)
    throw SettingError(
        fmt::format("--not-after must not be in the past: {} is before today, {}", options.not_after, to_text(today)));
  return key;
}

void print_key(const std::string& id, const TrustedKey& key, bool revoked) {
  fmt::print("key\t{}\t{}\tids {}\textensions {}\ttiers {}\t{}{}\n", id, one_line(key.owner), fmt::join(key.ids, ","),
             key.extensions.empty() ? "all" : fmt::format("{}", fmt::join(key.extensions, ",")),
             fmt::join(key.tiers, ","), key.not_after ? "until " + to_text(*key.not_after) : "without end",
             revoked ? "\trevoked" : "");
}

Json trust_json(const PluginTrust& trust) {
  Json keys = Json::array(), packages = Json::array();
  for (const auto& [id, key] : trust.keys) {
    Json facts = facts_of(key);
    facts.erase("key");
    facts["key_id"] = id;
    keys.push_back(std::move(facts));
  }
  for (const auto& [hash, package] : trust.packages) {
    packages.push_back({{"hash", hash},
                        {"id", package.id},
                        {"version", package.version},
                        {"key_id", package.key},
                        {"installed_at", to_text(package.at)},
                        {"retired", package.retired}});
  }
  return {{"keys", std::move(keys)},
          {"revoked_keys", trust.revoked_keys},
          {"revoked_packages", trust.revoked_packages},
          {"allowed_ids", trust.allowed_ids ? Json(*trust.allowed_ids) : Json(nullptr)},
          {"packages", std::move(packages)}};
}

std::vector<InstalledPackage> installed_versions(const PluginTrust& trust, const std::string& id,
                                                 const std::string& version) {
  std::vector<InstalledPackage> found;
  for (const auto& [hash, package] : trust.packages) {
    if (package.id == id && (version.empty() || package.version == version)) found.push_back(package);
  }
  std::sort(found.begin(), found.end(),
            [](const auto& left, const auto& right) { return compare_versions(left.version, right.version) < 0; });
  return found;
}

/// Why the files of a retired package stay; empty when they may go. No `database`: a server uses it.
std::string what_holds(Store* database, const InstalledPackage& package) {
  if (database == nullptr) return "a server runs, which has it loaded: stop it and uninstall again";
  Snapshot at = database->read();
  const std::int64_t pins = count_pins(at, package.hash);
  return pins == 0 ? std::string() : fmt::format("{} records name it", pins);
}

/// Without a server, the database tells: records are of types that were served. Beside one, the manifests do.
std::string type_that_may_have_records(const PackageStore& store, Store* database, const std::string& id,
                                       const std::vector<InstalledPackage>& packages,
                                       const std::vector<std::string>& kept) {
  if (database != nullptr) return type_with_records(*database, id, kept);
  for (const InstalledPackage& package : packages) {
    if (package.retired) continue;
    const auto manifest = read_manifest(store.package(package.hash));
    if (!manifest)
      throw std::runtime_error(
          fmt::format("{}: whether {} brings record types is unknown, and a server runs: stop it first",
                      manifest.error().detail, id));
    for (const std::string& type : declared_types(*manifest)) {
      if (std::ranges::find(kept, type) == kept.end()) return type;
    }
  }
  return {};
}

/// What is left when those packages are retired must do without them: no record of a type that went, which could not be
/// shown, and no definition that needs one of them. Throws std::runtime_error.
void demand_dispensable(const SettingValues& values, const PackageStore& store, Store* database,
                        const std::vector<InstalledPackage>& packages) {
  const std::string& id = packages.front().id;
  PluginTrust after = store.trust();
  for (const InstalledPackage& package : packages) after.packages.at(package.hash).retired = true;
  std::vector<std::string> kept;
  for (const TypesPackage& left : installed_types(store.packages(), after).packages) {
    if (left.manifest.id == id) kept = declared_types(left.manifest);
  }
  const std::string type = type_that_may_have_records(store, database, id, packages, kept);
  if (!type.empty() && database == nullptr)
    throw std::runtime_error(fmt::format(
        "{} brings record types ({}), and a server runs, which may make records of them: stop it first", id, type));
  if (!type.empty())
    throw std::runtime_error(
        fmt::format("{} stays: there are records of its type {}, which could not be shown without it", id, type));
  if (const auto faults = faults_to_come(values, store, store.trust(), after, [&] { return database; });
      !faults.empty())
    throw std::runtime_error(fmt::format("{} stays, as no server would start without it: {}", id, faults.front()));
}

/// The database, unless it cannot be looked into now, which is told: a start looks at the records again.
class RecordsThere {
 public:
  explicit RecordsThere(const SettingValues& values) {
    try {
      const bool none =
          values.text("database").empty() && !std::filesystem::exists(data_folder(values).root / "assay.db");
      if (none) return;
      inspection_.emplace(values, std::filesystem::temp_directory_path());
      store_ = &inspection_->store();
    } catch (const std::exception& error) {
      fmt::print("records were not looked at, which the next start does: {}\n", one_line(error.what()));
    }
  }
  Store* store() const { return store_; }

 private:
  std::optional<Inspection> inspection_;
  Store* store_ = nullptr;
};

/// Changes what is trusted, which must always be possible, and says what a server will not start for.
template <class Act>
void change_trust(const SettingValues& values, PackageStore& store, Act act) {
  // NOLINTNEXTLINE(performance-unnecessary-copy-initialization): act() changes what the reference refers to
  const PluginTrust before = store.trust();
  act();
  std::optional<RecordsThere> records;  // which may be a copy of the whole database: only when it is needed
  const auto faults =
      faults_to_come(values, store, before, store.trust(), [&] { return records.emplace(values).store(); });
  if (faults.empty()) return;
  fmt::print("no server starts with this data folder any more:\n");
  for (const std::string& fault : faults) fmt::print("  {}\n", clean_lines(fault, "    "));
  fmt::print(
      "To go on, install a version of the plugin that a trusted key has signed; what has no records can be uninstalled "
      "(assay plugin uninstall)\n");
}

}  // namespace

int install_package(const SettingValues& values, const std::filesystem::path& file, bool allow_downgrade) {
  PackageStore store = store_to_change(values);
  const auto accepted = [&](const std::filesystem::path& folder, const Manifest& manifest) {
    if (declared_types(manifest).empty()) return types_accepted(values, folder, manifest, nullptr);
    const RecordsThere records(values);
    return types_accepted(values, folder, manifest, records.store());
  };
  auto installed = store.install(file, package_limits(values), allow_downgrade, at_machine(), accepted);
  if (!installed) throw Refused(installed.error());
  const InstalledPackage& package = installed->package;
  fmt::print("{} {}, {}, signed by {}, {}\n", package.id, package.version, package.hash, one_line(installed->owner),
             installed->before ? "is installed already" : "is installed: the server loads it when it starts");
  return 0;
}

int uninstall_plugin(const SettingValues& values, const std::string& id, const std::string& version) {
  (void)existing_data_folder(values);
  Inspection inspection(values, std::filesystem::temp_directory_path());
  Store* const database = inspection.in_use() ? nullptr : &inspection.store();
  PackageStore store = store_to_change(values);
  const AtMachine who = at_machine();
  const auto packages = installed_versions(store.trust(), id, version);
  if (packages.empty())
    throw std::runtime_error(fmt::format("{} {} is not installed", id, version.empty() ? "in any version" : version));
  demand_dispensable(values, store, database, packages);
  for (const InstalledPackage& package : packages) {
    expect(store.retire(package.hash, who));
    const std::string reason = what_holds(database, package);
    if (reason.empty()) expect(store.remove(package.hash, who));
    fmt::print("{} {} is {}\n", package.id, package.version,
               reason.empty()
                   ? "removed"
                   : "retired: from the next start of a server no new audit begins with it. Its files stay: " + reason);
  }
  return 0;
}

int trust_key(const SettingValues& values, const TrustOptions& options) {
  const TrustedKey key = key_of(options);
  PackageStore store = store_to_change(values);
  change_trust(values, store, [&] {
    expect(store.trust_key(key, at_machine()));
    print_key(key.key.id(), key, false);
  });
  return 0;
}

int list_trust(const SettingValues& values, bool json) {
  const PackageStore store(existing_data_folder(values).plugins(), PackageStore::Use::look);
  const PluginTrust& trust = store.trust();
  if (json) {
    fmt::print("{}\n", trust_json(trust).dump(2, ' ', true));
    return 0;
  }
  for (const auto& [id, key] : trust.keys) print_key(id, key, trust.revoked_keys.contains(id));
  for (const auto& [id, reason] : trust.revoked_keys) fmt::print("revoked key\t{}\t{}\n", id, one_line(reason));
  for (const auto& [hash, reason] : trust.revoked_packages)
    fmt::print("revoked package\t{}\t{}\n", hash, one_line(reason));
  if (trust.allowed_ids) fmt::print("allowed\t{}\n", fmt::join(*trust.allowed_ids, ","));
  for (const auto& [hash, package] : trust.packages) {
    fmt::print("package\t{}\t{}\t{}\t{}\n", hash, package.id, package.version,
               package.retired ? "retired" : "installed");
  }
  return 0;
}

int list_plugin_acts(const SettingValues& values) {
  const PackageStore store(existing_data_folder(values).plugins(), PackageStore::Use::look);
  for (const PluginAct& act : store.journal().acts())
    fmt::print("{}\t{}\t{}\t{}\t{}\n", act.number, to_text(act.at), act.by, act.act, act.facts.dump(-1, ' ', true));
  return 0;
}

int remove_trust(const SettingValues& values, const std::string& key_id) {
  PackageStore store = store_to_change(values);
  const std::string id = hash_named(key_id, store.trust().keys, "key");
  change_trust(values, store, [&] {
    expect(store.remove_key(id, at_machine()));
    fmt::print("{} is not trusted any more: what it signed is not loaded when the server starts\n", id);
  });
  return 0;
}

int revoke_trust(const SettingValues& values, const TrustOptions& options) {
  if (options.key_id.empty() == options.package.empty())
    throw SettingError("either --key or --package names what is revoked");
  PackageStore store = store_to_change(values);
  const bool key = !options.key_id.empty();
  const std::string hash = key ? hash_named(options.key_id, store.trust().keys, "key")
                               : hash_named(options.package, store.trust().packages, "package");
  change_trust(values, store, [&] {
    if (key) {
      store.revoke_key(hash, options.reason, at_machine());
    } else {
      store.revoke_package(hash, options.reason, at_machine());
    }
    fmt::print(
        "the {} {} is revoked, which is final: no server loads {} any more, wherever it lies; one that runs now goes "
        "on "
        "until it is restarted\n",
        key ? "key" : "package", hash, key ? "what carries its signature" : "it");
  });
  return 0;
}

int allow_plugins(const SettingValues& values, const TrustOptions& options) {
  if (options.any == !options.ids.empty()) throw SettingError("either ids or --any say what is allowed");
  PackageStore store = store_to_change(values);
  change_trust(values, store, [&] {
    store.allow_ids(options.any ? std::nullopt : std::optional(options.ids), at_machine());
    fmt::print("{}\n", options.any ? "every plugin that a key may sign is allowed"
                                   : fmt::format("allowed: {}", fmt::join(options.ids, ", ")));
  });
  return 0;
}

}  // namespace assay
