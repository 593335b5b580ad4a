// Installed plugin packages.
#include "plugins/package_store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "ledger/digest.h"
#include "ledger/random.h"
#include "plugins/package.h"
#include "plugins/semantic_version.h"
#include "storage/files.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

/// The lock, or -1 to look. Made before the journal is read, so that nobody appends behind it.
int lock_for(const fs::path& folder, PackageStore::Use use) {
  if (use == PackageStore::Use::look) return -1;
  make_folder(folder);
  const int lock = ::open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (lock < 0) throw std::system_error(errno, std::generic_category(), (folder / "lock").string());
  if (::flock(lock, LOCK_EX | LOCK_NB) == 0) return lock;
  const int error = errno;
  ::close(lock);
  if (error == EWOULDBLOCK) throw std::runtime_error(folder.string() + " is being changed by another command");
  throw std::system_error(error, std::generic_category(), (folder / "lock").string());
}

/// A folder below `incoming` that goes unless it was moved away.
class Incoming {
 public:
  explicit Incoming(const fs::path& parent) : path_(parent / to_hex(random_bytes(8))) { make_folder(path_); }
  Incoming(const Incoming&) = delete;
  Incoming& operator=(const Incoming&) = delete;
  ~Incoming() {
    std::error_code ignored;  // the next command that changes something removes it
    fs::remove_all(path_, ignored);
    fs::remove(path_.parent_path(), ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// Puts a folder below `incoming` in its place. What was there, damaged or signed by somebody else, is exchanged for it
/// in one step, as records may name it, and goes with `incoming`.
void put_in_place(const fs::path& incoming, const fs::path& place) {
  if (fs::exists(place)) {
    if (::renameat2(AT_FDCWD, incoming.c_str(), AT_FDCWD, place.c_str(), RENAME_EXCHANGE) == 0) return;
    if (errno != EINVAL && errno != ENOSYS) throw std::system_error(errno, std::generic_category(), place.string());
    const Incoming before(incoming.parent_path());  // a file system that exchanges nothing
    fs::rename(place, before.path());
    fs::rename(incoming, place);
    return;
  }
  fs::rename(incoming, place);
}

}  // namespace

PackageStore::PackageStore(fs::path folder, Use use)
    : folder_(std::move(folder)), lock_(lock_for(folder_, use)), journal_(folder_ / "journal") {
  try {
    read_trust();
    if (journal_.acts().empty() && fs::exists(packages()) && !fs::is_empty(packages()))
      throw PluginJournalError(
          fmt::format("{}: is missing or empty, but there are packages in {}: put the journal back, or move them away",
                      (folder_ / "journal").string(), packages().string()));
    if (use == Use::change) clear_leftovers();
  } catch (...) {
    if (lock_ >= 0) ::close(lock_);
    throw;
  }
}

PackageStore::~PackageStore() {
  if (lock_ >= 0) ::close(lock_);
}

void PackageStore::read_trust() {
  try {
    trust_ = trust_of(journal_.acts());
  } catch (const PluginJournalError& error) {
    throw PluginJournalError(fmt::format("{}: {}", (folder_ / "journal").string(), error.what()));
  }
}

void PackageStore::clear_leftovers() const {
  fs::remove_all(folder_ / "incoming");
  if (!fs::exists(packages())) return;
  for (const auto& entry : fs::directory_iterator(packages())) {
    if (!trust_.packages.contains(entry.path().filename().string())) fs::remove_all(entry.path());
  }
}

void PackageStore::act(std::string_view act, Json facts, const AtMachine& who) {
  if (lock_ < 0) throw std::logic_error("a store of packages that was opened to look is not changed");
  journal_.append(act, std::move(facts), who.now, who.name);
  read_trust();
}

Result<void> PackageStore::check_version(const Manifest& manifest, const fs::path& file, bool allow_downgrade) const {
  const auto no = [&](const std::string& reason) {
    return refuse(Reason::not_permitted, fmt::format("{}: {}", file.string(), reason));
  };
  const auto newest = trust_.newest(manifest.id);
  if (!newest) return {};
  const auto& known = trust_.versions.at(manifest.id);
  if (const auto same = known.find(manifest.version); same != known.end() && same->second != manifest.hash)
    return no(fmt::format("{} {} was installed as the package {}; another package needs another version", manifest.id,
                          manifest.version, same->second));
  if (!allow_downgrade && compare_versions(manifest.version, *newest) < 0)
    return no(fmt::format("{} {} is older than {}, which was installed; --allow-downgrade installs it all the same",
                          manifest.id, manifest.version, *newest));
  return {};
}

bool PackageStore::holds(const InstalledPackage& installed) const {
  const fs::path place = package(installed.hash);
  if (!fs::exists(place / "manifest.json")) return false;
  const auto head = read_package_folder(place);
  const Date day{std::chrono::floor<std::chrono::days>(installed.at)};
  return head && head->manifest.hash == installed.hash && verify_package(place, head->manifest) &&
         vouched(trust_, *head, place, day).has_value();
}

Result<Installed> PackageStore::install(const fs::path& file, const PackageLimits& limits, bool allow_downgrade,
                                        const AtMachine& who, const Acceptance& accepted) {
  auto package = open_package(file, limits);
  if (!package) return package.error();
  const PackageHead& head = (*package)->head();
  const Manifest& manifest = head.manifest;
  const Date today{std::chrono::floor<std::chrono::days>(who.now)};
  auto key = vouched(trust_, head, file, today);
  if (!key) return key.error();
  const std::string owner = (*key)->owner, key_id = (*key)->key.id();
  if (auto fine = check_version(manifest, file, allow_downgrade); !fine) return fine.error();
  const Incoming incoming(folder_ / "incoming");
  if (auto unpacked = (*package)->unpack(incoming.path()); !unpacked) return unpacked.error();
  const fs::path place = this->package(manifest.hash);
  const auto known = trust_.packages.find(manifest.hash);
  if (known != trust_.packages.end() && !known->second.retired && holds(known->second))
    return Installed{known->second, owner, true};
  if (accepted) {
    if (auto fine = accepted(incoming.path(), manifest); !fine) return fine.error();
  }
  make_folder(packages());
  put_in_place(incoming.path(), place);
  sync_folder(packages());
  Json facts = {{"hash", manifest.hash}, {"id", manifest.id}, {"version", manifest.version}, {"key", key_id}};
  const auto newest = trust_.newest(manifest.id);
  if (newest && compare_versions(manifest.version, *newest) < 0) facts["downgrade_from"] = *newest;
  try {
    act("package_installed", std::move(facts), who);
  } catch (...) {
    std::error_code ignored;  // the failure itself is told
    if (known == trust_.packages.end()) fs::remove_all(place, ignored);
    throw;
  }
  return Installed{trust_.packages.at(manifest.hash), owner, false};
}

Result<void> PackageStore::retire(const std::string& hash, const AtMachine& who) {
  const auto known = trust_.packages.find(hash);
  if (known == trust_.packages.end()) return refuse(Reason::not_found, "the package " + hash + " is not installed");
  if (known->second.retired) return {};
  act("package_retired", {{"hash", hash}, {"id", known->second.id}, {"version", known->second.version}}, who);
  return {};
}

Result<void> PackageStore::remove(const std::string& hash, const AtMachine& who) {
  const auto known = trust_.packages.find(hash);
  if (known == trust_.packages.end()) return refuse(Reason::not_found, "the package " + hash + " is not installed");
  if (!known->second.retired) return refuse(Reason::wrong_state, "the package " + hash + " is not retired");
  act("package_removed", {{"hash", hash}, {"id", known->second.id}, {"version", known->second.version}}, who);
  fs::remove_all(package(hash));
  if (fs::exists(packages())) sync_folder(packages());
  return {};
}

Result<void> PackageStore::trust_key(const TrustedKey& key, const AtMachine& who) {
  const std::string id = key.key.id();
  if (trust_.revoked_keys.contains(id))
    return refuse(Reason::wrong_state, "the key " + id + " is revoked, which is final");
  act("key_trusted", facts_of(key), who);
  return {};
}

Result<void> PackageStore::remove_key(const std::string& key, const AtMachine& who) {
  if (!trust_.keys.contains(key)) return refuse(Reason::not_found, "the key " + key + " is not trusted");
  act("key_removed", {{"key", key}}, who);
  return {};
}

void PackageStore::revoke_key(const std::string& key, const std::string& reason, const AtMachine& who) {
  act("key_revoked", {{"key", key}, {"reason", reason}}, who);
}

void PackageStore::revoke_package(const std::string& hash, const std::string& reason, const AtMachine& who) {
  act("package_revoked", {{"hash", hash}, {"reason", reason}}, who);
}

void PackageStore::allow_ids(const std::optional<std::vector<std::string>>& ids, const AtMachine& who) {
  act("ids_allowed", {{"ids", ids ? Json(*ids) : Json(nullptr)}}, who);
}

}  // namespace assay
