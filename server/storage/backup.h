// Online backup of database and files as one consistent folder, and its restore with every hash verified.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "storage/store.h"

namespace assay {

struct BackupReport {
  std::int64_t files = 0, bytes = 0, position = 0;
};
/// Works on a data folder that a server is using (SQLite: VACUUM INTO from one read snapshot; PostgreSQL: pg_dump),
/// then copies the files that this snapshot names and the installed plugins, writes manifest.json (sizes and SHA-256 of
/// everything, schema version, epoch, position) last, all synced. `to` must not exist. Keys are not part of a backup.
/// Throws std::runtime_error on failure.
BackupReport make_backup(const StoreSettings& settings, const std::filesystem::path& to);

/// Copies the SQLite database of a data folder that a server may be using to `folder`/assay.db, page by page as it
/// stands, to be looked into (Store::inspect). `folder` must not exist. Throws std::runtime_error.
void copy_database(const StoreSettings& settings, const std::filesystem::path& folder);

/// Verifies the manifest and every hash before anything is written, then fills an empty data folder (and, for
/// PostgreSQL, an empty database), begins a new epoch and holds deliveries and timers. Throws std::runtime_error naming
/// what is wrong.
BackupReport restore_backup(const std::filesystem::path& from, const StoreSettings& settings);

}  // namespace assay
