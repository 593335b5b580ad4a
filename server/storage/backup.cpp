// Makes a backup while a server may be writing.
#include "storage/backup.h"

#include <fcntl.h>

#include "storage/connection.h"
#include "storage/evidence.h"
#include "storage/files.h"
#include "storage/manifest.h"
#include "storage/migrations.h"
#include "storage/store_base.h"
#include "storage/table_copy.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

Snapshot borrowed(std::unique_ptr<Connection> connection) {
  return Snapshot(std::move(connection), [](std::unique_ptr<Connection> back) { back->rollback(); });
}

void describe(Connection& at, BackupManifest& manifest) {
  manifest.schema = schema_version(at);
  manifest.epoch = find_meta(at, "epoch").value();
  manifest.position = at.value<std::int64_t>("SELECT COALESCE(MAX(position), 0) FROM sealed");
}

using Files = std::vector<std::pair<std::string, std::string>>;

Files back_up_sqlite(const StoreSettings& settings, const fs::path& to, BackupManifest& manifest) {
  const fs::path copy = to / "assay.db";
  {
    auto live = Connection::sqlite(sqlite_file(settings.data), Connection::Access::write, settings.cache_kib);
    live->run("VACUUM INTO :copy", with("copy", copy.string()));
  }
  Files files;
  {
    Snapshot at =
        borrowed(Connection::sqlite(fs::canonical(copy).string(), Connection::Access::write, settings.cache_kib));
    describe(at.connection(), manifest);
    files = referenced_files(at);
  }
  fs::permissions(copy, fs::perms::owner_read | fs::perms::owner_write);
  File(copy, O_RDWR).sync();
  manifest.files["assay.db"] = digest_of(copy);
  return files;
}

Files back_up_postgresql(const StoreSettings& settings, const fs::path& to, BackupManifest& manifest) {
  Snapshot at = borrowed(Connection::postgresql(settings.database));
  auto& connection = at.connection();
  connection.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  describe(connection, manifest);
  copy_tables_out(connection, to, manifest);
  return referenced_files(at);
}

void back_up_files(const StoreSettings& settings, const fs::path& to, const Files& files, BackupManifest& manifest) {
  for (const auto& [organisation, sha256] : files) {
    const fs::path place = fs::path("blobs") / organisation / sha256.substr(0, 2) / sha256.substr(2);
    make_folder((to / place).parent_path());
    const auto digest = copy_hashed(fs::path(settings.data) / place, to / place);
    if (digest.sha256 != sha256) throw std::runtime_error("the stored file " + place.string() + " is damaged");
    sync_folder((to / place).parent_path());
    manifest.files[place.string()] = digest;
  }
}

/// What is installed and who is trusted with it (plugins/package_store.h). The journal goes first: a package that comes
/// meanwhile is then one that nobody has heard of.
void back_up_plugins(const StoreSettings& settings, const fs::path& to, BackupManifest& manifest) {
  const fs::path data = fs::path(settings.data);
  const auto copy = [&](const fs::path& place) {
    make_folder((to / place).parent_path());
    manifest.files[place.string()] = copy_hashed(data / place, to / place);
    sync_folder((to / place).parent_path());
  };
  const fs::path journal = fs::path("plugins") / "journal", packages = fs::path("plugins") / "packages";
  if (!fs::exists(data / journal)) return;
  copy(journal);
  if (!fs::exists(data / packages)) return;
  for (const auto& file : fs::recursive_directory_iterator(data / packages)) {
    if (file.is_regular_file()) copy(fs::relative(file.path(), data));
  }
}

}  // namespace

void copy_database(const StoreSettings& settings, const fs::path& folder) {
  if (fs::exists(folder)) throw std::runtime_error(folder.string() + " is there already");
  if (!fs::exists(fs::path(settings.data) / "assay.db")) {
    throw std::runtime_error("there is no database in " + settings.data);
  }
  make_folder(fs::absolute(folder));
  Connection::sqlite(sqlite_file(settings.data), Connection::Access::read, settings.cache_kib)
      ->copy_to((folder / "assay.db").string());
}

BackupReport make_backup(const StoreSettings& settings, const fs::path& to) {
  if (fs::exists(to)) throw std::runtime_error(to.string() + " is there already");
  const bool sqlite = settings.database.empty();
  if (sqlite && !fs::exists(fs::path(settings.data) / "assay.db")) {
    throw std::runtime_error("there is no database in " + settings.data);
  }
  try {
    make_folder(fs::absolute(to));
    BackupManifest manifest;
    manifest.engine = sqlite ? "sqlite" : "postgresql";
    const Files files = sqlite ? back_up_sqlite(settings, to, manifest) : back_up_postgresql(settings, to, manifest);
    back_up_files(settings, to, files, manifest);
    back_up_plugins(settings, to, manifest);
    write_manifest(to, manifest);
    BackupReport report{static_cast<std::int64_t>(manifest.files.size()), 0, manifest.position};
    for (const auto& [path, digest] : manifest.files) report.bytes += digest.size;
    return report;
  } catch (const std::exception& error) {
    std::error_code ignored;
    fs::remove_all(to, ignored);  // half a backup is none
    throw std::runtime_error(std::string("no backup was made: ") + error.what());
  }
}

}  // namespace assay
