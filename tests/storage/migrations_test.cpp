// Bringing a database to the form of this release, and refusing those that it does not fit.
#include "storage/migrations.h"

#include "storage/fixture.h"

namespace assay::test::migrations_test {
namespace {

using Catch::Matchers::ContainsSubstring;

std::unique_ptr<Connection> connect(const Database& database) {
  if (!database.settings.database.empty()) return Connection::postgresql(database.settings.database);
  return Connection::sqlite((std::filesystem::canonical(database.settings.data) / "assay.db").string(),
                            Connection::Access::write, 1024);
}

std::span<const Migration> own(const Database& database) {
  return embedded_migrations(database.settings.database.empty() ? Engine::sqlite : Engine::postgresql);
}

TEST_CASE("migrations are numbered from 1 without gaps and alike on both engines") {
  const auto sqlite = embedded_migrations(Engine::sqlite), postgresql = embedded_migrations(Engine::postgresql);
  REQUIRE(sqlite.size() == postgresql.size());
  REQUIRE_FALSE(sqlite.empty());
  for (std::size_t i = 0; i < sqlite.size(); ++i) {
    CHECK(sqlite[i].version == static_cast<int>(i) + 1);
    CHECK(postgresql[i].version == sqlite[i].version);
    CHECK(postgresql[i].name == sqlite[i].name);
  }
}

TEST_CASE("a fresh database is migrated once") {
  ASSAY_EACH_ENGINE(engine);
  const Database database(engine);
  const std::string epoch = database.open()->epoch();
  CHECK(is_uuid(epoch));
  CHECK(schema_version(*connect(database)) == static_cast<int>(own(database).size()));
  CHECK(database.open()->epoch() == epoch);
}

TEST_CASE("a database that does not fit is refused and left alone") {
  ASSAY_EACH_ENGINE(engine);
  const auto [sql, message] = GENERATE(table<std::string, std::string>(
      {{"INSERT INTO migration (version, name, sha256) VALUES (999, 'later', 'x')", "newer release"},
       {"UPDATE migration SET sha256 = 'x' WHERE version = 1", "migration 1 of the database is not the one"}}));
  const Database database(engine);
  database.open();
  connect(database)->run(sql);
  CHECK_THROWS_WITH(database.open(), ContainsSubstring(message));
  CHECK_THROWS_WITH(database.open(), ContainsSubstring(message));
}

TEST_CASE("a migration that fails leaves nothing behind") {
  ASSAY_EACH_ENGINE(engine);
  const Database database(engine);
  database.open();
  auto connection = connect(database);
  const auto ours = own(database);
  std::vector<Migration> more(ours.begin(), ours.end());
  more.push_back({engine == "sqlite" ? "sqlite" : "postgresql", static_cast<int>(ours.size()) + 1, "broken",
                  "CREATE TABLE half (id INTEGER);\nCREATE TABLE half (id INTEGER);\n"});
  CHECK_THROWS_WITH(migrate(*connection, more), ContainsSubstring("failed"));
  CHECK(schema_version(*connection) == static_cast<int>(ours.size()));
  CHECK_THROWS_AS(connection->run("DELETE FROM half"), DatabaseError);
  database.open();
}

}  // namespace
}  // namespace assay::test::migrations_test
