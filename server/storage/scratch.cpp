// The database of a replay: a file without a name, so that it needs no memory and goes with its connection.
#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <mutex>
#include <string>

#include "ledger/digest.h"
#include "ledger/random.h"
#include "storage/files.h"
#include "storage/migrations.h"
#include "storage/store_base.h"

namespace assay {

namespace {

/// What the file of an empty database of this release holds. Kept, as migrating it takes longer than a short replay.
class EmptyDatabase {
 public:
  void write_to(File& file) {
    const std::lock_guard lock(mutex_);
    file.write(bytes_);
  }
  /// From the beginning of a database that has been migrated and nothing else, unless it is known already. Nothing may
  /// be going on there: closing the file drops the locks that this process has on it.
  void read_from(File& file) {
    const std::lock_guard lock(mutex_);
    if (!bytes_.empty()) return;
    char page[65536];
    for (auto count = file.read(page); count > 0; count = file.read(page)) bytes_.append(page, count);
  }

 private:
  std::mutex mutex_;
  std::string bytes_;
};

EmptyDatabase& empty_database() {
  static EmptyDatabase all;
  return all;
}

}  // namespace

std::unique_ptr<Connection> StoreBase::scratch() {
  const std::filesystem::path folder =
      std::filesystem::canonical(settings_.scratch.empty() ? settings_.data : settings_.scratch);
  const std::string name = (folder / ("replay-" + to_hex(random_bytes(8)))).string();
  File file(name, O_RDWR | O_CREAT | O_EXCL);  // for its owner only
  std::unique_ptr<Connection> connection;
  try {
    empty_database().write_to(file);
    connection = Connection::sqlite(name, Connection::Access::scratch, settings_.cache_kib);
  } catch (...) {
    unlink(name.c_str());
    throw;
  }
  unlink(name.c_str());
  connection->set_sets(sets_);
  migrate(*connection, embedded_migrations(Engine::sqlite));
  empty_database().read_from(file);
  return connection;
}

}  // namespace assay
