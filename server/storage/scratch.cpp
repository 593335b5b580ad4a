// The database of a replay: a file without a name, so that it needs no memory and goes with its connection.
#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

#include "ledger/digest.h"
#include "ledger/random.h"
#include "storage/files.h"
#include "storage/migrations.h"
#include "storage/store_base.h"

namespace assay {

std::unique_ptr<Connection> StoreBase::scratch() {
  const std::filesystem::path folder =
      std::filesystem::canonical(settings_.scratch.empty() ? settings_.data : settings_.scratch);
  const std::string file = (folder / ("replay-" + to_hex(random_bytes(8)))).string();
  {
    const File made(file, O_RDWR | O_CREAT | O_EXCL);
  }  // for its owner only
  std::unique_ptr<Connection> connection;
  try {
    connection = Connection::sqlite(file, Connection::Access::scratch, settings_.cache_kib);
  } catch (...) {
    unlink(file.c_str());
    throw;
  }
  unlink(file.c_str());
  connection->set_sets(sets_);
  migrate(*connection, embedded_migrations(Engine::sqlite));
  return connection;
}

}  // namespace assay
