// Applies the embedded migrations and refuses databases that they do not fit.
#include "storage/migrations.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "ledger/digest.h"
#include "storage/sql_text.h"

namespace assay {
namespace {

constexpr Migration all_migrations[] = {
#include "storage/embedded_migrations.inc"
};

bool has_migration_table(Connection& connection) {
  const auto* sql =
      connection.engine() == Engine::sqlite
          ? "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'migration'"
          : "SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'migration'";
  return connection.value<std::int64_t>(sql) > 0;
}

struct Applied {
  int version;
  std::string sha256;
};

std::vector<Applied> applied(Connection& connection) {
  std::vector<Applied> all;
  if (!has_migration_table(connection)) return all;
  for (auto& [version, sha256] :
       connection.all<int, std::string>("SELECT version, sha256 FROM migration ORDER BY version")) {
    all.push_back({version, std::move(sha256)});
  }
  return all;
}

void check(const std::vector<Applied>& done, std::span<const Migration> known) {
  if (done.size() > known.size()) {
    throw std::runtime_error("the database was written by a newer release (schema " +
                             std::to_string(done.back().version) + ", this program knows " +
                             std::to_string(known.size()) + "): install that release or a later one");
  }
  for (std::size_t i = 0; i < done.size(); ++i) {
    if (done[i].version != known[i].version || done[i].sha256 != sha256_hex(known[i].sql)) {
      throw std::runtime_error(
          "migration " + std::to_string(done[i].version) +
          " of the database is not the one of this program: the database or the program was altered");
    }
  }
}

void apply(Connection& connection, const Migration& migration) {
  Transaction transaction(connection, begin_writing(connection));
  connection.script(migration.sql);
  connection.run("INSERT INTO migration (version, name, sha256) VALUES (:version, :name, :sha256)",
                 with("version", migration.version), with("name", migration.name),
                 with("sha256", sha256_hex(migration.sql)));
  transaction.commit();
}

/// Two servers may start at once on PostgreSQL; on SQLite the folder is locked.
class MigrationLock {
 public:
  explicit MigrationLock(Connection& on) : on_(on) {
    if (on_.engine() == Engine::sqlite) return;
    on_.value<std::optional<std::string>>(
        "SELECT CAST(pg_advisory_lock(hashtext('assay migration ' || current_schema())) AS TEXT)");
  }
  ~MigrationLock() {
    if (on_.engine() == Engine::sqlite) return;
    try {
      on_.value<bool>(
          "SELECT CASE WHEN pg_advisory_unlock(hashtext('assay migration ' || current_schema())) THEN 1 ELSE 0 END");
    } catch (const DatabaseError& error) {
      spdlog::warn("the lock of the migrations goes with its connection: {}", error.what());
    }
  }
  MigrationLock(const MigrationLock&) = delete;
  MigrationLock& operator=(const MigrationLock&) = delete;

 private:
  Connection& on_;
};

}  // namespace

std::span<const Migration> embedded_migrations(Engine engine) {
  const auto name = engine == Engine::sqlite ? "sqlite" : "postgresql";
  const auto of_engine = [name](const Migration& migration) { return migration.engine == name; };
  const auto first = std::find_if(std::begin(all_migrations), std::end(all_migrations), of_engine);
  const auto last = std::find_if_not(first, std::end(all_migrations), of_engine);
  return {first, last};
}

void migrate(Connection& connection, std::span<const Migration> migrations) {
  const MigrationLock lock(connection);
  const auto done = applied(connection);
  check(done, migrations);
  if (done.empty()) {
    connection.script(
        "CREATE TABLE IF NOT EXISTS migration (version INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL)");
  }
  for (const auto& migration : migrations.subspan(done.size())) {
    try {
      apply(connection, migration);
    } catch (const DatabaseError& error) {
      throw std::runtime_error("migration " + std::to_string(migration.version) + " failed: " + error.what());
    }
  }
}

int schema_version(Connection& connection) {
  const auto done = applied(connection);
  return done.empty() ? 0 : done.back().version;
}

}  // namespace assay
