// Fills an empty data folder from a backup.
#include <fcntl.h>

#include "ledger/random.h"
#include "storage/backup.h"
#include "storage/connection.h"
#include "storage/files.h"
#include "storage/folder_lock.h"
#include "storage/manifest.h"
#include "storage/migrations.h"
#include "storage/sql_text.h"
#include "storage/store_base.h"
#include "storage/table_copy.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

std::string new_epoch() {
  const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  return uuid_v7(now.time_since_epoch().count(), random_bytes(10));
}

void require_empty(const fs::path& data) {
  for (const auto& entry : fs::directory_iterator(data)) {
    if (entry.path().filename() != "lock") {
      throw std::runtime_error(data.string() + " is not empty: a backup is restored into an empty folder only");
    }
  }
}

/// What is verified once may differ when it is read again: the copies are compared too.
void copy_verified(const fs::path& from, const fs::path& to, const FileDigest& expected) {
  make_folder(to.parent_path());
  if (copy_hashed(from, to).sha256 != expected.sha256)
    throw std::runtime_error(from.string() + " changed while it was read");
  sync_folder(to.parent_path());
}

void begin_epoch(Connection& to) {
  put_meta(to, "epoch", new_epoch());
  put_meta(to, "held", "yes");
}

/// The database gets its name when everything else is there, with the epoch and the hold in it.
void restore_sqlite(const fs::path& from, const fs::path& data, const StoreSettings& settings,
                    const BackupManifest& manifest) {
  const fs::path unnamed = data / "assay.db.restoring";
  copy_verified(from / "assay.db", unnamed, manifest.files.at("assay.db"));
  {
    auto connection = Connection::sqlite(unnamed.string(), Connection::Access::write, settings.cache_kib);
    Transaction transaction(*connection, begin_writing(*connection));
    begin_epoch(*connection);
    transaction.commit();
    connection->checkpoint();
  }
  for (const char* rest : {"-wal", "-shm"}) {
    if (fs::exists(unnamed.string() + rest)) throw std::runtime_error("the restored database could not be closed");
  }
  File(unnamed, O_RDWR).sync();
  fs::rename(unnamed, data / "assay.db");
  sync_folder(data);
}

void restore_postgresql(const fs::path& from, const StoreSettings& settings, const BackupManifest& manifest) {
  auto connection = Connection::postgresql(settings.database);
  if (schema_version(*connection) != 0) throw std::runtime_error("the database is not empty");
  const auto migrations = embedded_migrations(Engine::postgresql);
  migrate(*connection, migrations.first(static_cast<std::size_t>(manifest.schema)));
  Transaction transaction(*connection);
  copy_tables_in(*connection, from, manifest);
  begin_epoch(*connection);
  transaction.commit();
}

void fill(const fs::path& from, const fs::path& data, const StoreSettings& settings, const BackupManifest& manifest) {
  for (const auto& [path, digest] : manifest.files) {
    if (path.starts_with("blobs/") || path.starts_with("plugins/")) copy_verified(from / path, data / path, digest);
  }
  if (settings.database.empty()) {
    restore_sqlite(from, data, settings, manifest);
  } else {
    restore_postgresql(from, settings, manifest);
  }
}

/// While the mark lies in the folder nobody can open it (Store::open).
void put_mark(const fs::path& data) {
  File(data / restoring_mark, O_WRONLY | O_CREAT | O_EXCL).sync();
  sync_folder(data);
}

void take_mark(const fs::path& data) {
  fs::remove(data / restoring_mark);
  sync_folder(data);
}

void check_engine(const BackupManifest& manifest, const StoreSettings& settings) {
  const Engine engine = settings.database.empty() ? Engine::sqlite : Engine::postgresql;
  if (manifest.engine != (engine == Engine::sqlite ? "sqlite" : "postgresql")) {
    throw std::runtime_error("the backup is one of a " + manifest.engine + " database");
  }
  if (manifest.schema > static_cast<int>(embedded_migrations(engine).size())) {
    throw std::runtime_error("the backup was made by a newer release");
  }
}

/// The mark goes last.
void empty_again(const fs::path& data) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(data, ignored)) {
    const auto name = entry.path().filename();
    if (name != "lock" && name != restoring_mark) fs::remove_all(entry.path(), ignored);
  }
  fs::remove(data / restoring_mark, ignored);
}

}  // namespace

BackupReport restore_backup(const fs::path& from, const StoreSettings& settings) {
  const BackupManifest manifest = verified_manifest(from);
  check_engine(manifest, settings);
  const FolderLock lock(settings.data);
  const fs::path data = fs::canonical(settings.data);
  require_empty(data);
  try {
    put_mark(data);
    fill(from, data, settings, manifest);
    take_mark(data);
  } catch (...) {
    empty_again(data);
    throw;
  }
  BackupReport report{static_cast<std::int64_t>(manifest.files.size()), 0, manifest.position};
  for (const auto& [path, digest] : manifest.files) report.bytes += digest.size;
  return report;
}

}  // namespace assay
