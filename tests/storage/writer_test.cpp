// What the writers do under pressure: batches, a full queue, a full disk, a second server, readers that stay too long.
#include <sys/stat.h>

#include <fstream>
#include <future>
#include <semaphore>
#include <thread>

#include "storage/connection_pool.h"
#include "storage/fixture.h"
#include "storage/store_base.h"

namespace assay::test::writer_test {
namespace {

using Catch::Matchers::ContainsSubstring;

/// Keeps the writer busy until it is let go; constructed when it is.
class Blocked {
 public:
  explicit Blocked(Store& store)
      : thread_([this, &store] {
          store
              .write([this](Connection&) {
                begun_.release();
                let_go_.acquire();
              })
              .value();
        }) {
    begun_.acquire();
  }
  ~Blocked() {
    if (thread_.joinable()) release();
  }
  void release() {
    let_go_.release();
    thread_.join();
  }

 private:
  std::binary_semaphore begun_{0}, let_go_{0};
  std::thread thread_;
};

void wait_until_queued(const Store& store, std::int64_t count) {
  while (store.figures().queued < count) std::this_thread::yield();
}

TEST_CASE("SQLite: what waits together is committed together") {
  const int limit = GENERATE(1, 4, 256);
  Database database("sqlite");
  database.settings.batch_limit = limit;
  House house(database);
  const auto organisation = house.found("Hallmark");
  std::vector<EventDraft> steps;
  for (int i = 0; i < 12; ++i) steps.push_back(house.step(house.create("programme", organisation), "closed"));
  const auto before = house.store->figures();
  Blocked blocked(*house.store);
  std::vector<std::future<bool>> done;
  for (const auto& step : steps) {
    done.push_back(std::async(std::launch::async, [&house, &step] { return house.commit({step}).has_value(); }));
  }
  wait_until_queued(*house.store, 12);
  blocked.release();
  for (auto& one : done) CHECK(one.get());
  const auto after = house.store->figures();
  CHECK(after.commits - before.commits == 13);
  CHECK(after.batches - before.batches == 1 + (12 + limit - 1) / limit);
  CHECK(after.largest_batch == std::min(limit, 12));
  check_replay(*house.store);
}

TEST_CASE("SQLite: a refused command does not take the rest of its batch along") {
  const Database database("sqlite");
  House house(database);
  const auto organisation = house.found("Hallmark");
  const Made programme = house.create("programme", organisation), other = house.create("programme", organisation);
  const EventDraft step = house.step(programme, "closed"), twice = house.step(programme, "closed"),
                   fine = house.step(other, "closed");
  Blocked blocked(*house.store);
  std::vector<std::future<bool>> done;
  for (const EventDraft* draft : {&step, &twice, &fine}) {
    done.push_back(std::async(std::launch::async, [&house, draft] { return house.commit({*draft}).has_value(); }));
    wait_until_queued(*house.store, static_cast<std::int64_t>(done.size()));
  }
  blocked.release();
  CHECK(done[0].get());
  CHECK_FALSE(done[1].get());
  CHECK(done[2].get());
  CHECK(house.store->figures().largest_batch == 3);
  CHECK(house.store->last_position() == 5);
}

TEST_CASE("a full queue refuses with a time to come back") {
  ASSAY_EACH_ENGINE(engine);
  Database database(engine);
  database.settings.queue_limit = 3;
  database.settings.writers = 1;
  House house(database);
  const auto organisation = house.found("Hallmark");
  Blocked blocked(*house.store);
  std::vector<std::future<bool>> done;
  for (int i = 0; i < 3; ++i) {
    done.push_back(std::async(std::launch::async, [&] { return house.store->write([](Connection&) {}).has_value(); }));
  }
  wait_until_queued(*house.store, 3);
  const auto refused = house.store->write([](Connection&) {});
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().reason == Reason::overloaded);
  CHECK(refused.error().retry_after == std::chrono::seconds(1));
  blocked.release();
  for (auto& one : done) CHECK(one.get());
  CHECK(house.store->write([](Connection&) {}).has_value());
}

TEST_CASE("SQLite: a full disk refuses the whole batch, reads go on, and writing goes on when there is room") {
  const Database database("sqlite");
  House house(database);
  const auto organisation = house.found("Hallmark");
  const Made programme = house.create("programme", organisation);
  const auto pages = [&](const std::string& limit) {
    REQUIRE(house.store->write([&](Connection& to) { to.value<std::int64_t>("PRAGMA max_page_count = " + limit); })
                .has_value());
  };
  Content large;
  large.set["title"] = std::string(200000, 'x');
  const EventDraft small = house.step(programme, "closed");
  const EventDraft big = house.creation(house.draft("programme", organisation), "running", {}, large);
  pages("1");  // SQLite takes the present size instead
  {
    Blocked blocked(*house.store);
    auto first = std::async(std::launch::async, [&] { return house.commit({small}); });
    wait_until_queued(*house.store, 1);
    auto second = std::async(std::launch::async, [&] { return house.commit({big}); });
    wait_until_queued(*house.store, 2);
    blocked.release();
    for (auto* one : {&first, &second}) {
      const auto refused = one->get();
      REQUIRE_FALSE(refused.has_value());
      CHECK(refused.error().reason == Reason::storage_full);
    }
  }
  {
    Snapshot at = house.store->read();
    CHECK(find_record(at, programme.id)->state == "running");
    CHECK(house.store->last_position() == 2);
  }
  pages("1000000");
  CHECK(house.commit({small}).has_value());
  CHECK(house.commit({big}).has_value());
  check_replay(*house.store);
}

TEST_CASE("SQLite: after a failed write or sync the store stops for good, and the batch is told so") {
  const Database database("sqlite");
  House house(database);
  const auto organisation = house.found("Hallmark");
  const EventDraft step = house.step(house.create("programme", organisation), "closed");
  {
    Blocked blocked(*house.store);
    auto first = std::async(std::launch::async, [&] { return house.commit({step}); });
    wait_until_queued(*house.store, 1);
    auto second = std::async(std::launch::async, [&] {
      return house.store->write([](Connection&) { throw DatabaseError(DatabaseError::Kind::io, "disk I/O error"); });
    });
    wait_until_queued(*house.store, 2);
    blocked.release();
    CHECK_THROWS_AS(first.get(), StoreStopped);
    CHECK_THROWS_AS(second.get(), StoreStopped);
  }
  CHECK_THROWS_AS(house.commit({step}), StoreStopped);
  CHECK(house.store->last_position() == 2);
  house.store.reset();
  const auto again = database.open();
  CHECK(again->last_position() == 2);
  CHECK(again->commit({{}, {step}, {}, {}}).has_value());
}

TEST_CASE("a store that is closed finishes what is queued") {
  ASSAY_EACH_ENGINE(engine);
  const Database database(engine);
  Made programme;
  {
    House house(database);
    programme = house.create("programme", house.found("Hallmark"));
    const EventDraft step = house.step(programme, "closed");
    CHECK(house.commit({step}).has_value());
  }
  const auto store = database.open();
  Snapshot at = store->read();
  CHECK(find_record(at, programme.id)->state == "closed");
}

TEST_CASE("a second server on the same folder is refused, a later one is not") {
  ASSAY_EACH_ENGINE(engine);
  const Database database(engine);
  auto first = database.open();
  CHECK_THROWS_WITH(database.open(), ContainsSubstring("in use by another server"));
  first.reset();
  CHECK_NOTHROW(database.open());
}

TEST_CASE("a folder that is no data folder is refused with a message") {
  Database database("sqlite");
  database.settings.data = "/proc/nowhere";
  CHECK_THROWS_WITH(database.open(), ContainsSubstring("/proc/nowhere"));
}

TEST_CASE("SQLite: a file that is no database is refused") {
  const Database database("sqlite");
  std::filesystem::create_directories(database.settings.data);
  std::ofstream(database.settings.data + "/assay.db") << std::string(5000, 'x');
  CHECK_THROWS_WITH(database.open(), ContainsSubstring("cannot be opened"));
}

TEST_CASE("SQLite: the database is for its owner only") {
  const Database database("sqlite");
  const auto store = database.open();
  struct stat state{};
  REQUIRE(stat((database.settings.data + "/assay.db").c_str(), &state) == 0);
  CHECK((state.st_mode & 0777) == 0600);
}

TEST_CASE("SQLite: the log is copied in the background and begins anew") {
  Database database("sqlite");
  database.settings.checkpoint_pages = 50;
  House house(database);
  const auto organisation = house.found("Hallmark");
  Made programme = house.create("programme", organisation);
  // Somebody reads all the time; a snapshot that is kept for the next one holds nothing up.
  const std::jthread reading([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      Snapshot at = house.store->read();
      find_record(at, programme.id);
    }
  });
  std::int64_t longest = 0, shortest_after = INT64_MAX;
  // How long it grows before depends on when the keeper gets the processor; that it ends does not.
  for (int i = 0; i < 20000 && shortest_after >= longest / 2; ++i) {
    house.change(programme, "running");
    const std::int64_t length = house.store->figures().wal_bytes;
    if (length >= longest) {
      longest = length;
      shortest_after = INT64_MAX;
    }
    shortest_after = std::min(shortest_after, length);
  }
  CHECK(longest > 50 * 4096);
  CHECK(shortest_after < longest / 2);
}

TEST_CASE("SQLite: a reader that stays too long is cut off before the log grows without end") {
  Database database("sqlite");
  database.settings.wal_limit = 1 << 20;
  database.settings.checkpoint_pages = 20;
  House house(database);
  const auto organisation = house.found("Hallmark");
  Made programme = house.create("programme", organisation);
  {
    Snapshot old = house.store->read();
    CHECK(find_record(old, programme.id)->version == 1);
    bool refused = false;
    for (int i = 0; i < 2000 && !refused; ++i) {
      const auto done = house.commit({house.step(programme, "running")});
      if (done) ++programme.version;
      refused = !done && done.error().reason == Reason::overloaded;
    }
    REQUIRE(refused);
    CHECK(house.store->figures().wal_bytes < 2 << 20);
    CHECK_THROWS_AS(
        [&] {
          for (;;) find_record(old, programme.id);
        }(),
        DatabaseError);
  }
  // With the reader gone the keeper copies the log, and writing goes on.
  bool written = false;
  for (const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
       !written && std::chrono::steady_clock::now() < until;) {
    written = house.commit({house.step(programme, "running")}).has_value();
    std::this_thread::yield();
  }
  CHECK(written);
}

TEST_CASE("more readers than connections wait for each other") {
  ASSAY_EACH_ENGINE(engine);
  Database database(engine);
  database.settings.readers = 2;
  House house(database);
  const auto organisation = house.found("Hallmark");
  std::vector<std::future<std::size_t>> done;
  for (int i = 0; i < 12; ++i) {
    done.push_back(std::async(std::launch::async, [&] {
      std::size_t found = 0;
      for (int k = 0; k < 20; ++k) {
        Snapshot at = house.store->read();
        found += list_organisations(at).size();
      }
      return found;
    }));
  }
  for (auto& one : done) CHECK(one.get() == 20);
}

TEST_CASE("a reader that nobody gives back is not waited for without end") {
  ASSAY_EACH_ENGINE(engine);
  Database database(engine);
  database.settings.readers = 1;
  database.settings.reader_patience = std::chrono::milliseconds(20);
  const auto store = database.open();
  CHECK(store->reader_free());
  {
    Snapshot held = store->read();
    CHECK_FALSE(store->reader_free());
    CHECK_THROWS_AS(store->read(), StoreBusy);
  }
  CHECK(store->reader_free());
  store->read();
}

TEST_CASE("a connection on which a snapshot cannot begin goes back to the pool") {
  const TemporaryFolder folder;
  ConnectionPool pool(1, [&] {
    auto connection = Connection::sqlite((folder.path() / "pooled.db").string(), Connection::Access::write,
                                         StoreSettings().cache_kib);
    connection->interrupt();  // as the keeper of a full log does with everything that is lent
    return connection;
  });
  CHECK_THROWS_AS(pool.take_begun("BEGIN"), DatabaseError);
  REQUIRE(pool.has_free());
  auto connection = pool.take_begun("BEGIN");
  CHECK_FALSE(pool.has_free());
  pool.interrupt_lent();
  pool.give_back(std::move(connection));
}

TEST_CASE("SQLite: a snapshot is kept for the next reader until it is renewed") {
  const TemporaryFolder folder;
  const auto open = [&](Connection::Access access) {
    return Connection::sqlite((folder.path() / "pooled.db").string(), access, StoreSettings().cache_kib);
  };
  const auto writer = open(Connection::Access::write);
  writer->script("CREATE TABLE mark (id INTEGER)");
  ConnectionPool pool(1, [&] { return open(Connection::Access::read); });
  const auto marks = [](Connection& connection) { return connection.value<std::int64_t>("SELECT COUNT(*) FROM mark"); };
  const auto seen = [&] {
    auto connection = pool.take_begun("BEGIN");
    const auto count = marks(*connection);
    pool.give_back(std::move(connection));
    return count;
  };
  const auto write = [&] { writer->run("INSERT INTO mark VALUES (1)"); };

  CHECK(seen() == 0);
  write();
  CHECK(seen() == 1);  // nothing is kept before somebody asks for it
  pool.keep_begun(true);
  CHECK(seen() == 1);
  write();
  CHECK(seen() == 1);
  pool.renew();
  CHECK(seen() == 2);
  auto lent = pool.take_begun("BEGIN");
  CHECK(marks(*lent) == 2);
  write();
  pool.renew();
  CHECK(marks(*lent) == 2);  // as long as it is lent
  pool.give_back(std::move(lent));
  CHECK(seen() == 3);
  write();
  pool.keep_begun(false);
  CHECK(seen() == 4);
  write();
  CHECK(seen() == 5);
}

TEST_CASE("a decision that read thousands of records is committed or refused like any other") {
  ASSAY_EACH_ENGINE(engine);
  const Database database(engine);
  House house(database);
  const auto organisation = house.found("Hallmark");
  Made programme = house.create("programme", organisation);
  Commit commit;
  for (std::int64_t i = 0; i < 1100; ++i) commit.read.push_back({Dependency::On::record, 1'000'000 + i, 1});
  commit.events = {house.step(programme, "running")};
  const auto done = house.store->commit(commit);
  REQUIRE_FALSE(done.has_value());
  CHECK(done.error().reason == Reason::stale);
}

TEST_CASE("PostgreSQL: connections that were cut are replaced, and nothing is half done") {
  const std::string engine = "postgresql";
  if (postgresql_url().empty()) SKIP("ASSAY_TEST_POSTGRES is not set: PostgreSQL is NOT tested");
  const Database database(engine);
  House house(database);
  const auto organisation = house.found("Hallmark");
  Made programme = house.create("programme", organisation);
  const auto cut = [&] {
    Connection::postgresql(postgresql_url())
        ->all<int>(
            "SELECT CASE WHEN pg_terminate_backend(pid) THEN 1 ELSE 0 END FROM pg_stat_activity"
            " WHERE application_name = :name",
            with("name", database.schema));
  };
  cut();
  {
    Snapshot at = house.store->read();
    CHECK(find_record(at, programme.id)->version == 1);
  }
  house.change(programme, "running");
  cut();
  house.change(programme, "closed");
  while (house.store->wait_for_events(3, std::chrono::seconds(20)) < 4) {
  }
  check_replay(*house.store);
}

TEST_CASE("PostgreSQL: two servers on one database share the log") {
  if (postgresql_url().empty()) SKIP("ASSAY_TEST_POSTGRES is not set: PostgreSQL is NOT tested");
  const Database database("postgresql");
  const TemporaryFolder folder;
  House first(database);
  StoreSettings settings = database.settings;
  settings.data = (folder.path() / "data").string();
  const auto second = Store::open(settings);
  CHECK(second->epoch() == first.store->epoch());
  const auto organisation = first.found("Hallmark");
  CHECK(second->wait_for_events(0, std::chrono::seconds(20)) == 1);
  std::set<std::int64_t> ids;
  for (int i = 0; i < 200; ++i) {
    ids.insert(first.store->new_id(Subject::record));
    ids.insert(second->new_id(Subject::record));
  }
  CHECK(ids.size() == 400);
  const Made programme = first.create("programme", organisation);
  REQUIRE(second->commit({{}, {first.step(programme, "closed")}, {}, {}}).has_value());
  CHECK(first.store->wait_for_events(2, std::chrono::seconds(20)) == 3);
}

}  // namespace
}  // namespace assay::test::writer_test
