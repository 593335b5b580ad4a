// Writes and syncs that fail or are slow to come under the store: what it answers, what it keeps, when it goes on.
#include "storage/disk.h"

#include <algorithm>
#include <atomic>
#include <future>
#include <semaphore>
#include <thread>

#include "storage/fixture.h"
#include "storage/store_base.h"

namespace assay::test::disk_test {
namespace {

namespace fs = std::filesystem;

/// A store whose disk does what the test wants.
struct Machine {
  explicit Machine(int checkpoint_pages = 1000) {
    database.settings.checkpoint_pages = checkpoint_pages;
    fs::create_directories(database.settings.data);
    disk = std::make_unique<Disk>(fs::canonical(database.settings.data));
    house = std::make_unique<House>(database);
    house->store->on_stop([this](const std::string&) { ++stops; });
    organisation = house->found("Hallmark");
    programme = house->create("programme", organisation);
  }
  ~Machine() {
    house.reset();  // before its disk
  }
  /// The next step of the programme; true when it was acknowledged.
  bool step() {
    const auto done = house->commit({house->step(programme, "running")});
    if (done) ++programme.version;
    return done.has_value();
  }
  void restart() {
    house->store.reset();
    disk->fail(Disk::Fault::none);
    disk->take_calls();
    house->store = database.open();
  }
  std::int64_t version() {
    Snapshot at = house->store->read();
    return find_record(at, programme.id)->version;
  }

  Database database{"sqlite"};
  std::unique_ptr<Disk> disk;
  std::unique_ptr<House> house;
  Organisation organisation;
  Made programme;
  std::atomic<int> stops = 0;
};

std::size_t count(const std::vector<std::string>& calls, std::string_view call) {
  return static_cast<std::size_t>(std::count(calls.begin(), calls.end(), call));
}

TEST_CASE("a commit returns after its log was written and then synced, and not before") {
  Machine machine;
  for (int i = 0; i < 20; ++i) {
    machine.disk->take_calls();
    REQUIRE(machine.step());
    CHECK(machine.disk->unsynced("assay.db-wal") == 0);
    const auto calls = machine.disk->take_calls();
    const auto last_write = std::find(calls.rbegin(), calls.rend(), "write assay.db-wal");
    const auto last_sync = std::find(calls.rbegin(), calls.rend(), "sync assay.db-wal");
    REQUIRE(last_write != calls.rend());
    CHECK(last_sync < last_write);
  }
  CHECK(machine.house->store->write([](Connection& to) { to.run("DELETE FROM session"); }).has_value());
  CHECK(machine.disk->unsynced("assay.db-wal") == 0);
}

TEST_CASE("nothing of a batch is in the log before it is committed, however little the cache holds") {
  Database database{"sqlite"};
  database.settings.writer_cache_kib = 64;
  fs::create_directories(database.settings.data);
  Disk disk(fs::canonical(database.settings.data));
  const auto store = database.open();
  disk.take_calls();
  const auto write = [&](Connection& to) {
    for (int i = 0; i < 200; ++i) put_meta(to, "test " + std::to_string(i), std::string(3000, 'x'));
    CHECK(count(disk.take_calls(), "write assay.db-wal") == 0);
  };
  REQUIRE(store->write(write).has_value());
  CHECK(count(disk.take_calls(), "write assay.db-wal") > 0);
}

TEST_CASE("a log that could not be written or synced stops the store, and what was acknowledged is there") {
  const auto fault = GENERATE(Disk::Fault::write, Disk::Fault::sync);
  const int spared = GENERATE(0, 1, 5);
  Machine machine;
  for (int i = 0; i < 5; ++i) REQUIRE(machine.step());
  machine.disk->fail(fault, "-wal", spared);
  CHECK_THROWS_AS(
      [&] {
        for (int i = 0; i < 20; ++i) machine.step();
      }(),
      StoreStopped);
  const std::int64_t acknowledged = machine.programme.version;
  CHECK(machine.stops == 1);
  // Even when the disk would work again: what it lost is not known.
  machine.disk->fail(Disk::Fault::none);
  machine.disk->take_calls();
  CHECK_THROWS_AS(machine.step(), StoreStopped);
  CHECK_THROWS_AS(machine.house->store->write([](Connection&) {}), StoreStopped);
  CHECK(machine.version() == acknowledged);
  machine.house->store.reset();
  CHECK(machine.disk->take_calls().empty());
  machine.restart();
  CHECK(machine.version() >= acknowledged);
  CHECK(machine.version() <= acknowledged + 1);
  machine.programme.version = machine.version();
  CHECK(machine.step());
  check_replay(*machine.house->store);
}

TEST_CASE("a checkpoint that could not be synced stops the store and is not tried again") {
  const auto fault = GENERATE(Disk::Fault::write, Disk::Fault::sync);
  // The log is copied by the keeper, or, when it is long, by the writer.
  const int pages = GENERATE(4, 40);
  Machine machine(pages);
  machine.disk->fail(fault, "assay.db");
  CHECK_THROWS_AS(
      [&] {
        for (int i = 0; i < 5000; ++i) machine.step();
      }(),
      StoreStopped);
  const std::int64_t acknowledged = machine.programme.version;
  machine.disk->fail(Disk::Fault::none);
  machine.disk->take_calls();
  machine.house->store.reset();  // its keeper may just be telling why
  CHECK(machine.stops == 1);
  const auto calls = machine.disk->take_calls();
  CHECK(count(calls, "write assay.db") == 0);
  CHECK(count(calls, "sync assay.db") == 0);
  machine.restart();
  CHECK(machine.version() == acknowledged);
  CHECK(machine.step());
  check_replay(*machine.house->store);
}

TEST_CASE("what a failed sync left out is written anew by the next start, before anything is acknowledged") {
  const std::string file = GENERATE("-wal", "assay.db");
  Machine machine(8);
  for (int i = 0; i < 3; ++i) REQUIRE(machine.step());
  machine.disk->fail(Disk::Fault::sync, file);
  CHECK_THROWS_AS(
      [&] {
        for (int i = 0; i < 5000; ++i) machine.step();
      }(),
      StoreStopped);
  machine.restart();
  machine.programme.version = machine.version();
  for (int i = 0; i < 3; ++i) REQUIRE(machine.step());
  const std::int64_t acknowledged = machine.programme.version;
  std::mt19937 chance(Catch::getSeed());
  for (int i = 0; i < 20; ++i) {
    const Database after("sqlite");
    fs::create_directories(after.settings.data);
    machine.disk->recover(after.settings.data, chance);
    const auto store = after.open();
    Snapshot at = store->read();
    CHECK(find_record(at, machine.programme.id)->version == acknowledged);
  }
}

TEST_CASE("a full disk refuses the whole batch; reads go on, and writes when there is room again") {
  Machine machine;
  const Made other = machine.house->create("programme", machine.organisation);
  const std::int64_t before = machine.version();
  const EventDraft first = machine.house->step(machine.programme, "running"),
                   second = machine.house->step(other, "closed");
  machine.disk->fail(Disk::Fault::full, "-wal");  // a batch of this size is one write
  {
    std::binary_semaphore begun{0}, let_go{0};
    auto blocking = std::async(std::launch::async, [&] {
      return machine.house->store->write([&](Connection&) {
        begun.release();
        let_go.acquire();
      });
    });
    begun.acquire();
    std::vector<std::future<Result<Committed>>> answers;
    for (const auto* draft : {&first, &second}) {
      answers.push_back(std::async(std::launch::async, [&machine, draft] { return machine.house->commit({*draft}); }));
    }
    while (machine.house->store->figures().queued < 2) std::this_thread::yield();
    let_go.release();
    CHECK(blocking.get().has_value());
    for (auto& answer : answers) {
      const auto refused = answer.get();
      REQUIRE_FALSE(refused.has_value());
      CHECK(refused.error().reason == Reason::storage_full);
    }
  }
  CHECK(machine.version() == before);
  CHECK(machine.stops == 0);
  for (int i = 0; i < 3; ++i) CHECK_FALSE(machine.step());
  machine.disk->fail(Disk::Fault::none);
  CHECK(machine.house->commit({first}).has_value());
  CHECK(machine.house->commit({second}).has_value());
  machine.restart();
  CHECK(machine.version() == before + 1);
  check_replay(*machine.house->store);
}

TEST_CASE("a database file that cannot grow does not stop the store: its log grows until there is room") {
  Machine machine(10);
  machine.disk->fail(Disk::Fault::full, "assay.db");
  for (int i = 0; i < 60; ++i) {
    Content content;
    content.set["title"] = std::string(900, 'x');
    machine.programme = machine.house->create("programme", machine.organisation, {}, content);
  }
  CHECK(machine.stops == 0);
  CHECK(machine.house->store->figures().wal_bytes > 200 * 4096);
  machine.disk->fail(Disk::Fault::none);
  while (machine.house->store->figures().wal_bytes > 200 * 4096) REQUIRE(machine.step());
  machine.restart();
  CHECK(machine.version() == machine.programme.version);
  check_replay(*machine.house->store);
}

}  // namespace
}  // namespace assay::test::disk_test
