// Package files for tests: sound ones, and ones that no honest tool writes.
#pragma once

#include <archive.h>
#include <archive_entry.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "ledger/digest.h"
#include "plugins/fixture.h"
#include "plugins/package_signature.h"
#include "plugins/package_store.h"

namespace assay::test {

/// An entry of an archive, as hostile as it likes.
struct ParcelEntry {
  std::string name, bytes = {};
  unsigned type = AE_IFREG;
  std::string link = {};
};

inline void write_parcel(const std::filesystem::path& file, const std::vector<ParcelEntry>& entries) {
  archive* const out = archive_write_new();
  archive_write_set_format_pax_restricted(out);
  archive_write_add_filter_gzip(out);
  REQUIRE(archive_write_open_filename(out, file.c_str()) == ARCHIVE_OK);
  for (const ParcelEntry& one : entries) {
    archive_entry* const entry = archive_entry_new();
    archive_entry_set_pathname(entry, one.name.c_str());
    archive_entry_set_filetype(entry, one.type);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, static_cast<la_int64_t>(one.bytes.size()));
    if (one.type == AE_IFLNK) archive_entry_set_symlink(entry, one.link.c_str());
    if (one.type == AE_IFREG && !one.link.empty()) archive_entry_set_hardlink(entry, one.link.c_str());
    REQUIRE(archive_write_header(out, entry) == ARCHIVE_OK);
    if (!one.bytes.empty()) archive_write_data(out, one.bytes.data(), one.bytes.size());
    archive_entry_free(entry);
  }
  REQUIRE(archive_write_close(out) == ARCHIVE_OK);
  archive_write_free(out);
}

inline Json parcel_manifest(const std::string& id, const std::string& version,
                            const std::map<std::string, std::string>& files) {
  Json manifest = {{"manifest", 1},
                   {"id", id},
                   {"version", version},
                   {"title", {{"en", "Good"}}},
                   {"publisher", "Example"},
                   {"licence", "MIT"},
                   {"abi", {{"major", 1}, {"minor", 0}}},
                   {"library", "good.so"},
                   {"extensions", {{"checklist/1", {{"catalogues", {"small"}}}}}},
                   {"languages", {"en"}},
                   {"files", Json::array()}};
  for (const auto& [name, bytes] : files)
    manifest["files"].push_back({{"path", name}, {"sha256", sha256_hex(bytes)}, {"size", bytes.size()}});
  return manifest;
}

/// Manifest, signature and files, in their order.
inline std::vector<ParcelEntry> parcel(const SigningKey& key, const Json& manifest,
                                       const std::map<std::string, std::string>& files) {
  const std::string text = manifest.dump(2);
  std::vector<ParcelEntry> entries = {{"manifest.json", text}, {"manifest.sig", signature_text(key, text)}};
  for (const auto& [name, bytes] : files) entries.push_back({name, bytes});
  return entries;
}

inline const std::map<std::string, std::string>& good_files() {
  static const std::map<std::string, std::string> files = {{"good.so", "the library"}, {"words.txt", "some words"}};
  return files;
}

inline AtMachine somebody(std::string_view day = "2026-11-27") {
  return {"operator", *parse_instant(std::string(day) + "T12:00:00Z")};
}

/// What lies in a folder, with the content of files.
inline std::map<std::string, std::string> content_of(const std::filesystem::path& folder) {
  std::map<std::string, std::string> all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    all[entry.path().string()] = entry.is_regular_file() ? read_file(entry.path()) : "(folder)";
  return all;
}

/// A store that trusts one key for org.example, and other keys that it does not trust so.
struct Shop {
  TempFolder folder;
  SigningKey key = SigningKey::create(folder.path() / "key"), unknown = SigningKey::create(folder.path() / "unknown"),
             revoked = SigningKey::create(folder.path() / "revoked"),
             expired = SigningKey::create(folder.path() / "expired"),
             reporter = SigningKey::create(folder.path() / "reporter");
  std::filesystem::path file = folder.path() / "p.assayplugin", place = folder.path() / "plugins";

  Shop() {
    PackageStore store(place, PackageStore::Use::change);
    trust(store, key, {});
    trust(store, revoked, {});
    trust(store, reporter, {"report/1"});
    store.revoke_key(revoked.public_key().id(), "it was stolen", somebody());
    REQUIRE(store.trust_key({expired.public_key(), "Late", {"org.example"}, {}, {"process"}, parse_date("2026-11-26")},
                            somebody()));
  }
  static void trust(PackageStore& store, const SigningKey& key, const std::vector<std::string>& extensions) {
    REQUIRE(
        store.trust_key({key.public_key(), "Example Ltd", {"org.example"}, extensions, {"process"}, {}}, somebody()));
  }
  Json manifest(const std::string& version = "1.0.0", const std::string& id = "org.example.good") const {
    return parcel_manifest(id, version, good_files());
  }
  std::vector<ParcelEntry> good(const std::string& version = "1.0.0") const {
    return parcel(key, manifest(version), good_files());
  }
  Result<Installed> install(const PackageLimits& limits = {}, bool downgrade = false,
                            const AtMachine& who = somebody()) const {
    return PackageStore(place, PackageStore::Use::change).install(file, limits, downgrade, who);
  }
};

}  // namespace assay::test
