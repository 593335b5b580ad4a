// Writing the database anew.
#include "storage/compaction.h"

#include <filesystem>
#include <stdexcept>

#include "storage/connection.h"
#include "storage/folder_lock.h"
#include "storage/store_base.h"

namespace assay {
namespace {

std::string quoted(const std::string& text) {
  std::string sql = "'";
  for (const char c : text) sql += c == '\'' ? std::string("''") : std::string(1, c);
  return sql + "'";
}

}  // namespace

Compaction compact_database(const StoreSettings& settings) {
  namespace fs = std::filesystem;
  if (!settings.database.empty())
    throw std::runtime_error("the database is on PostgreSQL: give it VACUUM FULL there, while no server runs");
  if (!fs::exists(sqlite_file(settings.data))) throw std::runtime_error(settings.data + " holds no database");
  const FolderLock lock(settings.data);
  const std::string file = sqlite_file(settings.data);
  const auto size = [&] { return static_cast<std::int64_t>(fs::file_size(file)); };
  auto live = Connection::sqlite(file, Connection::Access::write, settings.cache_kib);
  live->settle_wal();
  Compaction done{size(), 0};
  // What was taken out of the search stands in its segments until they are merged.
  live->run("INSERT INTO search_index (search_index) VALUES ('optimize')");
  // The copy may be larger than the memory, and belongs where the data is.
  live->script("PRAGMA temp_store=FILE; PRAGMA temp_store_directory=" + quoted(fs::canonical(settings.data).string()));
  live->run("VACUUM");
  live->script("PRAGMA temp_store_directory=''");  // it is that of the whole process
  live->settle_wal();
  done.after = size();
  return done;
}

}  // namespace assay
