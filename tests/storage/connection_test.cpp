// What the rest of the layer takes for granted about a connection, on both engines.
#include "storage/connection.h"

#include "storage/fixture.h"

namespace assay::test::connection_test {
namespace {

using Kind = DatabaseError::Kind;

Kind kind_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const DatabaseError& error) {
    return error.kind;
  }
  FAIL("no error");
  throw std::logic_error("unreachable");
}

/// A connection of a database of its own, with a table.
struct Bench {
  explicit Bench(const std::string& engine) : database(engine) {
    if (engine == "sqlite") std::filesystem::create_directory(database.settings.data);
    connection = open();
    connection->script("CREATE TABLE t (id BIGINT PRIMARY KEY, number BIGINT, word TEXT NOT NULL)");
  }
  std::unique_ptr<Connection> open() const {
    if (!database.settings.database.empty()) return Connection::postgresql(database.settings.database);
    return Connection::sqlite((std::filesystem::canonical(database.settings.data) / "t.db").string(),
                              Connection::Access::write, 1024);
  }
  void put(std::int64_t id, std::optional<std::int64_t> number, std::string_view word) {
    connection->run("INSERT INTO t (id, number, word) VALUES (:id, :number, :word)", with("id", id),
                    with("number", number), with("word", word));
  }
  Database database;
  std::unique_ptr<Connection> connection;
};

TEST_CASE("values come back as they went in") {
  ASSAY_EACH_ENGINE(engine);
  Bench bench(engine);
  const auto [id, number, word] = GENERATE(table<std::int64_t, std::optional<std::int64_t>, std::string>(
      {{1, INT64_MAX, ""},
       {-5, INT64_MIN, "Prüfung 审计 \U0001F50D"},
       {9007199254740993, 9007199254740993, "it's \"quoted\" :name ::cast \\ %"},
       {2, std::nullopt, "line\nbreak\ttab"},
       {INT64_MAX, 0, std::string(100000, 'x')}}));
  bench.put(id, number, word);
  const auto row =
      bench.connection->one<std::int64_t, std::optional<std::int64_t>, std::string>("SELECT id, number, word FROM t");
  REQUIRE(row.has_value());
  CHECK(*row == std::tuple(id, number, word));
}

TEST_CASE("SQLite keeps a null byte inside of a text") {
  Bench bench("sqlite");
  const std::string word("a\0b", 3);
  bench.put(1, 1, word);
  CHECK(bench.connection->value<std::string>("SELECT word FROM t") == word);
}

TEST_CASE("a statement is reused with other values, empty ones included") {
  ASSAY_EACH_ENGINE(engine);
  Bench bench(engine);
  for (std::int64_t i = 0; i < 5; ++i) bench.put(i, i % 2 == 0 ? std::optional(i) : std::nullopt, std::to_string(i));
  std::vector<std::string> words;
  for (std::int64_t i = 0; i < 5; ++i) {
    for (const auto& [word] :
         bench.connection->all<std::string>("SELECT word FROM t WHERE id >= :id ORDER BY id", with("id", i))) {
      words.push_back(word);
    }
  }
  CHECK(words == std::vector<std::string>{"0", "1", "2", "3", "4", "1", "2", "3", "4", "2", "3", "4", "3", "4", "4"});
}

TEST_CASE("rows that were changed are counted, rows that were returned are not lost") {
  ASSAY_EACH_ENGINE(engine);
  Bench bench(engine);
  for (std::int64_t i = 0; i < 4; ++i) bench.put(i, i, "w");
  auto& connection = *bench.connection;
  CHECK(connection.run("UPDATE t SET word = 'x' WHERE id >= :id", with("id", 2)) == 2);
  CHECK(connection.run("UPDATE t SET word = 'x' WHERE id >= :id", with("id", 9)) == 0);
  CHECK(connection.run("INSERT INTO t (id, number, word) VALUES (1, 1, 'x') ON CONFLICT DO NOTHING") == 0);
  CHECK(connection.value<std::int64_t>("INSERT INTO t (id, number, word) VALUES (7, 1, 'x')"
                                       " ON CONFLICT (id) DO UPDATE SET number = t.number + 1 RETURNING number") == 1);
  CHECK(connection.value<std::int64_t>("INSERT INTO t (id, number, word) VALUES (7, 1, 'x')"
                                       " ON CONFLICT (id) DO UPDATE SET number = t.number + 1 RETURNING number") == 2);
}

TEST_CASE("errors are told apart, and the connection goes on") {
  ASSAY_EACH_ENGINE(engine);
  Bench bench(engine);
  bench.put(1, 1, "w");
  CHECK(kind_of([&] { bench.put(1, 1, "w"); }) == Kind::unique);
  CHECK(kind_of([&] { bench.connection->run("INSERT INTO t (id, number, word) VALUES (2, 1, NULL)"); }) ==
        Kind::constraint);
  CHECK(kind_of([&] { bench.connection->run("SELECT nonsense FROM nowhere"); }) == Kind::other);
  CHECK(kind_of([&] { bench.connection->one<std::int64_t>("SELECT id FROM t UNION ALL SELECT 5"); }) == Kind::other);
  CHECK(kind_of([&] { bench.connection->value<std::int64_t>("SELECT id FROM t WHERE id = 77"); }) == Kind::other);
  bench.put(3, 1, "w");
  CHECK(bench.connection->value<std::int64_t>("SELECT COUNT(*) FROM t") == 2);
}

TEST_CASE("a transaction that is not committed leaves nothing, also after an error inside of it") {
  ASSAY_EACH_ENGINE(engine);
  Bench bench(engine);
  {
    Transaction transaction(*bench.connection);
    bench.put(1, 1, "w");
    CHECK(kind_of([&] { bench.put(1, 1, "w"); }) == Kind::unique);
  }
  CHECK_FALSE(bench.connection->in_transaction());
  CHECK(bench.connection->value<std::int64_t>("SELECT COUNT(*) FROM t") == 0);
  bench.put(1, 1, "w");
}

TEST_CASE("a finished query holds no snapshot") {
  Bench bench("sqlite");
  bench.put(1, 1, "w");
  bench.put(2, 1, "w");
  auto reader = bench.open();
  CHECK(reader->value<std::int64_t>("SELECT id FROM t WHERE id = 1") == 1);
  bench.put(3, 1, "w");
  const auto done = bench.connection->checkpoint();
  CHECK(done.done == done.frames);
  CHECK(reader->value<std::int64_t>("SELECT COUNT(*) FROM t") == 3);
}

TEST_CASE("a parameter without a value is an error, not a NULL") {
  Bench bench("sqlite");
  CHECK_THROWS_AS(bench.connection->run("UPDATE t SET number = :number WHERE id = :id", with("id", 1)),
                  std::logic_error);
}

TEST_CASE("an interrupted connection fails until it is rolled back") {
  Bench bench("sqlite");
  bench.connection->interrupt();
  CHECK(kind_of([&] { bench.put(1, 1, "w"); }) == Kind::interrupted);
  bench.connection->rollback();
  bench.put(1, 1, "w");
}

TEST_CASE("what is wrong with a statement that nobody waits for is thrown by a later one, and nothing of it stays") {
  ASSAY_EACH_ENGINE(engine);
  Bench bench(engine);
  auto& connection = *bench.connection;
  CHECK(kind_of([&] {
          Transaction transaction(connection);
          connection.send("INSERT INTO t (id, number, word) VALUES (:id, 1, 'w')", with("id", 1));
          connection.send("INSERT INTO t (id, number, word) VALUES (:id, 1, 'w')", with("id", 1));
          connection.send("INSERT INTO t (id, number, word) VALUES (2, 1, 'w')");
          transaction.commit();
        }) == Kind::unique);
  CHECK_FALSE(connection.in_transaction());
  CHECK(connection.value<std::int64_t>("SELECT COUNT(*) FROM t") == 0);
  {
    Transaction transaction(connection);
    for (int i = 0; i < 1000; ++i)
      connection.send("INSERT INTO t (id, number, word) VALUES (:id, 1, 'w')", with("id", i));
    transaction.commit();
  }
  CHECK(connection.value<std::int64_t>("SELECT COUNT(*) FROM t") == 1000);
}

TEST_CASE("a query that was foreseen answers as of its transaction, with its own values, once") {
  ASSAY_EACH_ENGINE(engine);
  Bench bench(engine);
  for (std::int64_t i = 0; i < 4; ++i) bench.put(i, i == 3 ? std::nullopt : std::optional(i), "w" + std::to_string(i));
  auto& connection = *bench.connection;
  constexpr std::string_view word = "SELECT word FROM t WHERE id = :id";
  constexpr std::string_view ids =
      "SELECT id FROM t WHERE word = :word AND COALESCE(number, -1) = COALESCE(:number, -1)";
  const auto word_of = [&](std::int64_t id) { return connection.value<std::string>(word, with("id", id)); };
  const auto ids_of = [&](std::string_view text, std::optional<std::int64_t> number) {
    return connection.all<std::int64_t>(ids, with("word", text), with("number", number)).size();
  };
  {
    const Transaction transaction(connection);
    for (const std::int64_t id : {1, 2, 2, 9}) connection.foresee(word, with("id", id));
    connection.foresee(ids, with("word", "w3"), with("number", std::optional<std::int64_t>()));
    connection.foresee(ids, with("word", "w0"), with("number", std::optional<std::int64_t>(0)));
    CHECK(word_of(0) == "w0");
    CHECK(word_of(2) == "w2");
    CHECK(word_of(1) == "w1");
    CHECK(ids_of("w3", std::nullopt) == 1);
    CHECK(ids_of("w3", 0) == 0);
    CHECK(ids_of("w0", std::nullopt) == 0);
    CHECK(ids_of("w0", 0) == 1);
    connection.run("UPDATE t SET word = 'new' WHERE id = 1");
    CHECK(word_of(1) == "new");  // it was answered before
    CHECK(connection.all<std::string>(word, with("id", 9)).empty());
  }
  CHECK(word_of(1) == "w1");
  {
    const Transaction transaction(connection);
    connection.foresee(word, with("id", 1));
    connection.foresee(word, with("id", 2));
    CHECK(word_of(2) == "w2");
  }
  bench.open()->run("UPDATE t SET word = 'theirs' WHERE id = 1");
  CHECK(word_of(1) == "theirs");
  {
    Transaction transaction(connection);
    connection.foresee(word, with("id", 1));
    CHECK(word_of(2) == "w2");
    transaction.commit();
  }
  bench.open()->run("UPDATE t SET word = 'theirs again' WHERE id = 1");
  CHECK(word_of(1) == "theirs again");
  {
    const Transaction transaction(connection);
    for (std::int64_t id = 0; id < 200; ++id) connection.foresee(word, with("id", id));
    CHECK(connection.all<std::string>(word, with("id", 199)).empty());
    CHECK(word_of(3) == "w3");
  }
}

TEST_CASE("what is wrong with a query that was foreseen is thrown where something is waited for") {
  ASSAY_EACH_ENGINE(engine);
  if (engine == "sqlite") return;
  Bench bench(engine);
  auto& connection = *bench.connection;
  bench.put(1, 1, "w");
  {
    const Transaction transaction(connection);
    connection.foresee("SELECT nonsense FROM t");
    CHECK(kind_of([&] { (void)connection.value<std::string>("SELECT word FROM t"); }) == Kind::other);
    CHECK(kind_of([&] { (void)connection.value<std::string>("SELECT nonsense FROM t"); }) == Kind::other);
  }
  CHECK(connection.value<std::string>("SELECT word FROM t") == "w");
  CHECK_THROWS_AS(connection.foresee("SELECT word FROM t"), std::logic_error);  // in no transaction
  {
    const Transaction transaction(connection);
    connection.foresee("SELECT nonsense FROM t");  // never sent, so never wrong
  }
  CHECK(connection.value<std::string>("SELECT word FROM t") == "w");
}

TEST_CASE("PostgreSQL keeps no statement that the connection has dropped") {
  ASSAY_EACH_ENGINE(engine);
  if (engine == "sqlite") return;
  Bench bench(engine);
  auto& connection = *bench.connection;
  for (int i = 0; i < 600; ++i) connection.value<int>("SELECT " + std::to_string(i));
  for (int i = 0; i < 50; ++i) {
    CHECK(kind_of([&] { connection.run("INSERT INTO t (id, number, word) VALUES (1, 1, NULL)"); }) == Kind::constraint);
    CHECK(kind_of([&] { connection.run("SELECT nonsense FROM nowhere"); }) == Kind::other);
  }
  connection.rollback();
  CHECK(connection.value<std::int64_t>("SELECT COUNT(*) FROM pg_prepared_statements") <= 257);
}

TEST_CASE("a PostgreSQL connection that has died is found out by the first statement, waited for or not") {
  ASSAY_EACH_ENGINE(engine);
  if (engine == "sqlite") return;
  const bool in_snapshot = GENERATE(false, true);
  Bench bench(engine);
  auto doomed = bench.open();
  const auto process = doomed->value<std::int64_t>("SELECT pg_backend_pid()");
  if (in_snapshot) {
    doomed->send("BEGIN");
    doomed->value<std::int64_t>("SELECT COUNT(*) FROM t");
    doomed->rollback();
  }
  // Returns when the process has ended.
  CHECK(bench.connection->value<bool>(
      "SELECT CASE WHEN pg_terminate_backend(CAST(:id AS INTEGER), 10000) THEN 1 ELSE 0 END", with("id", process)));
  CHECK(kind_of([&] { doomed->send("BEGIN"); }) == Kind::lost);
  CHECK(doomed->lost());
}

TEST_CASE("more statements than a connection keeps are prepared anew") {
  ASSAY_EACH_ENGINE(engine);
  Bench bench(engine);
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 400; ++i) {
      CHECK(bench.connection->value<int>("SELECT " + std::to_string(i) + " + 1") == i + 1);
    }
  }
}

}  // namespace
}  // namespace assay::test::connection_test
