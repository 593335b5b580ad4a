// What is appended to the log is kept together on its way to the file, and nobody can tell.
#include "storage/wal_vfs.h"

#include <algorithm>
#include <cstdlib>
#include <random>

#include "storage/connection.h"
#include "storage/disk.h"
#include "storage/fixture.h"

namespace assay::test::wal_vfs_test {
namespace {

namespace fs = std::filesystem;

/// A database on a disk of the test, with a table of rows that take a page each.
struct Bench {
  Bench() {
    fs::create_directories(database.settings.data);
    folder = fs::canonical(database.settings.data);
    disk = std::make_unique<Disk>(folder);
    writer = open(Connection::Access::write);
    writer->script("CREATE TABLE t (id INTEGER PRIMARY KEY, word TEXT NOT NULL)");
  }
  ~Bench() {
    writer.reset();
    disk.reset();
  }
  /// With the smallest cache, so that large transactions go to the log before they are committed.
  std::unique_ptr<Connection> open(Connection::Access access) const {
    return Connection::sqlite((folder / "assay.db").string(), access, 64);
  }
  /// What a start would find if the program ended now: it reads the log and no index.
  std::string content_of_copy() const {
    const TemporaryFolder other;
    // By another process: this one would lose its locks on a file that it closes.
    const std::string copy = "cp '" + (folder / "assay.db").string() + "' '" + (folder / "assay.db-wal").string() +
                             "' '" + other.path().string() + "'";
    REQUIRE(std::system(copy.c_str()) == 0);
    return content(*Connection::sqlite((other.path() / "assay.db").string(), Connection::Access::write, 4096));
  }
  static void put(Connection& to, std::int64_t id, char fill) {
    to.run("INSERT INTO t (id, word) VALUES (:id, :word) ON CONFLICT (id) DO UPDATE SET word = :word", with("id", id),
           with("word", std::string(3000, fill)));
  }
  static std::string content(Connection& of) {
    std::string all;
    for (auto& [id, word] : of.all<std::int64_t, std::string>("SELECT id, word FROM t ORDER BY id"))
      all += std::to_string(id) + word.front() + word.back() + " ";
    return all;
  }

  Database database{"sqlite"};
  fs::path folder;
  std::unique_ptr<Disk> disk;
  std::unique_ptr<Connection> writer;
};

std::ptrdiff_t writes_to_log(const std::vector<std::string>& calls) {
  return std::count(calls.begin(), calls.end(), "write assay.db-wal");
}

TEST_CASE("a commit of many pages goes to the log in few writes, before its sync") {
  Bench bench;
  // As the server's cache, which holds what a batch changes.
  bench.writer->script("PRAGMA cache_size=-4096");
  bench.disk->take_calls();
  bench.writer->run("BEGIN IMMEDIATE");
  for (int id = 0; id < 200; ++id) Bench::put(*bench.writer, id, 'a');
  CHECK(writes_to_log(bench.disk->take_calls()) == 0);
  bench.writer->run("COMMIT");
  const auto calls = bench.disk->take_calls();
  CHECK(writes_to_log(calls) >= 200 * 4120 / (120 * 1024));
  CHECK(writes_to_log(calls) <= 12);
  CHECK(calls.back() == "sync assay.db-wal");
}

TEST_CASE("readers see each commit as a whole at once, also where nothing is synced") {
  const std::string level = GENERATE("FULL", "NORMAL", "OFF");
  // Of a transaction of which some was undone SQLite itself writes frames that no start takes for whole, once some of
  // it went to the log before it was committed, which the store's writer does not do.
  const bool undoes = GENERATE(false, true);
  Bench bench;
  bench.writer->script("PRAGMA synchronous=" + level);
  const auto mirror = Connection::sqlite((bench.folder / "mirror.db").string(), Connection::Access::scratch, 4096);
  mirror->script("CREATE TABLE t (id INTEGER PRIMARY KEY, word TEXT NOT NULL)");
  const auto reader = bench.open(Connection::Access::read);
  std::mt19937 chance(29);
  for (int round = 0; round < 60; ++round) {
    const std::string before = Bench::content(*mirror);
    bench.writer->run("BEGIN IMMEDIATE");
    mirror->run("BEGIN");
    for (int part = 0; part < 3; ++part) {
      bench.writer->run("SAVEPOINT part");
      mirror->run("SAVEPOINT part");
      // Up to three times what the cache holds.
      for (int i = static_cast<int>(chance() % 50); i > 0; --i) {
        const auto id = static_cast<std::int64_t>(chance() % 150);
        const char fill = static_cast<char>('a' + chance() % 26);
        Bench::put(*bench.writer, id, fill);
        Bench::put(*mirror, id, fill);
      }
      const bool undo = undoes && chance() % 4 == 0;
      for (Connection* one : {bench.writer.get(), mirror.get()}) {
        if (undo) one->run("ROLLBACK TO part");
        one->run("RELEASE part");
      }
    }
    CHECK(Bench::content(*reader) == before);
    CHECK(Bench::content(*bench.writer) == Bench::content(*mirror));
    const bool undo = chance() % 4 == 0;
    for (Connection* one : {bench.writer.get(), mirror.get()}) one->run(undo ? "ROLLBACK" : "COMMIT");
    const std::string after = Bench::content(*mirror);
    CHECK(Bench::content(*reader) == after);
    CHECK(Bench::content(*bench.open(Connection::Access::read)) == after);
    if (!undoes) CHECK(bench.content_of_copy() == after);
    if (chance() % 8 == 0) bench.writer->checkpoint();
    if (chance() % 16 == 0) bench.writer = nullptr, bench.writer = bench.open(Connection::Access::write);
    if (level != "FULL") bench.writer->script("PRAGMA synchronous=" + level);
  }
  CHECK(bench.writer->value<std::string>("PRAGMA integrity_check") == "ok");
}

TEST_CASE("what was lost on its way to the log is never committed, also if only a statement was told") {
  Bench bench;
  Bench::put(*bench.writer, 1, 'a');
  bench.writer->run("BEGIN IMMEDIATE");
  for (int id = 2; id < 40; ++id) Bench::put(*bench.writer, id, 'b');
  bench.disk->fail(Disk::Fault::full, "-wal");
  // It reads what went to the log for want of room in the cache, or was to go there.
  CHECK_THROWS_AS(Bench::content(*bench.writer), DatabaseError);
  bench.disk->fail(Disk::Fault::none);
  const bool goes_on = bench.writer->in_transaction();
  if (goes_on) {
    CHECK_THROWS_AS(
        [&] {
          for (int id = 40; id < 80; ++id) Bench::put(*bench.writer, id, 'c');
          bench.writer->run("COMMIT");
        }(),
        DatabaseError);
  }
  if (bench.writer->in_transaction()) bench.writer->rollback();
  CHECK(Bench::content(*bench.writer) == "1aa ");
  CHECK(bench.content_of_copy() == "1aa ");
  Bench::put(*bench.writer, 2, 'd');
  CHECK(bench.content_of_copy() == "1aa 2dd ");
  CHECK(bench.writer->value<std::string>("PRAGMA integrity_check") == "ok");
}

TEST_CASE("a log that cannot be written fails the commit that waits for it, and nothing of that is ever seen") {
  const auto fault = GENERATE(Disk::Fault::write, Disk::Fault::full);
  const int spared = GENERATE(0, 1, 3);
  Bench bench;
  Bench::put(*bench.writer, 1, 'a');
  const auto reader = bench.open(Connection::Access::read);
  bench.disk->fail(fault, "-wal", spared);
  const auto kind = [&] {
    try {
      bench.writer->run("BEGIN IMMEDIATE");
      for (int id = 1; id < 150; ++id) Bench::put(*bench.writer, id, 'b');
      bench.writer->run("COMMIT");
    } catch (const DatabaseError& error) {
      bench.writer->rollback();
      return error.kind;
    }
    return DatabaseError::Kind::other;
  }();
  CHECK(kind == (fault == Disk::Fault::full ? DatabaseError::Kind::full : DatabaseError::Kind::io));
  CHECK(Bench::content(*reader) == "1aa ");
  CHECK(Bench::content(*bench.writer) == "1aa ");
  bench.disk->fail(Disk::Fault::none);
  Bench::put(*bench.writer, 2, 'c');
  CHECK(Bench::content(*reader) == "1aa 2cc ");
  CHECK(bench.writer->value<std::string>("PRAGMA integrity_check") == "ok");
}

}  // namespace
}  // namespace assay::test::wal_vfs_test
