// The store on PostgreSQL: a connection per running write, locks in ascending order, versions compared, a sealer.
#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <mutex>

#include "storage/connection_pool.h"
#include "storage/event_log.h"
#include "storage/folder_lock.h"
#include "storage/migrations.h"
#include "storage/sealer.h"
#include "storage/search.h"
#include "storage/store_base.h"

namespace assay {
namespace {

using Kind = DatabaseError::Kind;

constexpr int tries = 3;
// By the clock, so that no value comes twice where history went back to a standby's.
constexpr std::string_view move_people_version =
    "UPDATE meta SET value = CAST(GREATEST(CAST(value AS BIGINT) + 1,"
    " CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)) AS TEXT) WHERE name = 'people_version'";
constexpr std::int64_t id_block = 64;  // as the sequences' increment in the migration

Refusal overloaded(std::string detail) {
  Refusal refusal = refuse(Reason::overloaded, std::move(detail));
  refusal.retry_after = std::chrono::seconds(1);
  return refusal;
}

void lock_rows(Connection& on, const CommitPlan& plan) {
  for (const auto& lock : plan.record_locks(on)) {
    on.send(lock.exclusive ? "SELECT record FROM record_version WHERE record = :id FOR UPDATE"
                           : "SELECT record FROM record_version WHERE record = :id FOR SHARE",
            with("id", lock.id));
  }
  if (const auto lock = plan.register_lock(on)) {
    on.send(lock->exclusive ? "SELECT version FROM register_version WHERE organisation = :id FOR UPDATE"
                            : "SELECT version FROM register_version WHERE organisation = :id FOR SHARE",
            with("id", lock->id));
  }
  for (const auto id : plan.person_locks()) {
    on.send("SELECT id FROM person WHERE id = :id FOR UPDATE", with("id", id));
  }
  if (const auto id = plan.organisation_lock())
    on.send("SELECT id FROM organisation WHERE id = :id FOR SHARE", with("id", *id));
}

/// Counts those who wait for a connection, so that they can be refused.
class Waiting {
 public:
  Waiting(std::atomic<std::int64_t>& count, std::int64_t limit)
      : count_(count), admitted_(count.fetch_add(1) < limit) {}
  ~Waiting() { --count_; }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  bool admitted() const { return admitted_; }

 private:
  std::atomic<std::int64_t>& count_;
  bool admitted_;
};

/// Hands out the ids of one sequence, a block for each question to the database. Thread-safe.
class IdBlock {
 public:
  std::int64_t take(const std::function<std::int64_t()>& next_block) {
    const std::unique_lock lock(mutex_);
    if (next_ == end_) {
      next_ = next_block();
      end_ = next_ + id_block;
    }
    return next_++;
  }

 private:
  std::mutex mutex_;
  std::int64_t next_ = 0, end_ = 0;
};

class PostgresStore final : public StoreBase {
 public:
  explicit PostgresStore(const StoreSettings& settings)
      : StoreBase(settings),
        lock_(settings.data),
        readers_(
            settings.readers, [this] { return open_connection(); }, settings.reader_patience),
        writers_(settings.writers, [this] { return open_connection(); }) {
    auto connection = open_connection();
    migrate(*connection, embedded_migrations(Engine::postgresql));
    load(*connection);
    prepare_search(*connection);
    connection->run("INSERT INTO meta (name, value) VALUES ('people_version', '0') ON CONFLICT DO NOTHING");
    writers_.adopt(std::move(connection));
    sealer_ = std::make_unique<Sealer>([this] { return open_connection(); }, signal_);
  }

  Snapshot read() override {
    return with_any([this] { return lent(readers_.take_begun("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")); });
  }
  bool reader_free() override { return readers_.has_free(); }

  Result<Committed> commit(const Commit& commit) override {
    CommitPlan plan(commit);
    Result<void> done;
    try {
      done = run([this, &plan](Connection& to) -> Result<void> {
        lock_rows(to, plan);
        if (auto applied = plan.apply(to); !applied) return applied;
        if (plan.touches_people() || plan.opens_records(*sets_)) to.send(move_people_version);
        return {};
      });
    } catch (const DatabaseError& error) {
      // What is wrong with a statement that nobody waited for shows with a later one: this is as in apply().
      if (told_stale(error)) return refuse(Reason::stale, "others changed the same records meanwhile");
      throw;
    }
    if (!done) return done.error();
    Committed committed;
    for (const auto& event : plan.events()) committed.events.push_back({0, event.number});
    if (!committed.events.empty()) sealer_->wake();
    return committed;
  }

  Result<void> write(const std::function<void(Connection&)>& work) override {
    return run([&work](Connection& to) -> Result<void> {
      work(to);
      return {};
    });
  }

  /// Others commit as well, so that it stands in the database: one question instead of the seven that it spares.
  std::optional<std::uint64_t> people_version() override {
    return with_any([this] {
      Snapshot alone = lent(readers_.take());  // one statement is a snapshot without BEGIN
      return alone.connection().value<std::uint64_t>(
          "SELECT CAST(value AS BIGINT) FROM meta WHERE name = 'people_version'");
    });
  }

  std::int64_t new_id(Subject subject) override {
    return ids_[static_cast<std::size_t>(subject)].take([this, subject] {
      // Of the writers, never of the readers: whoever asks holds one of those.
      auto connection = writers_.take();
      std::int64_t first = 0;
      try {
        first = connection->value<std::int64_t>("SELECT nextval('id_' || CAST(:subject AS TEXT))",
                                                with("subject", name_of(subject)));
      } catch (...) {
        writers_.give_back(std::move(connection));
        throw;
      }
      writers_.give_back(std::move(connection));
      return first;
    });
  }

  Figures figures() const override {
    const std::unique_lock lock(figures_mutex_);
    auto figures = figures_;
    figures.queued = std::max<std::int64_t>(waiting_ - settings_.writers, 0);
    return figures;
  }
  std::string_view engine() const override { return "postgresql"; }

 private:
  std::unique_ptr<Connection> open_connection() {
    auto connection = Connection::postgresql(settings_.database);
    connection->set_sets(sets_);
    return connection;
  }

  Snapshot lent(std::unique_ptr<Connection> connection) {
    return Snapshot(std::move(connection),
                    [this](std::unique_ptr<Connection> back) { readers_.give_back(std::move(back)); });
  }

  /// What `reads` returns, with one connection after the other: those of before a restart of the server are found out
  /// one by one.
  template <class Reads>
  std::invoke_result_t<Reads> with_any(Reads reads) {
    for (int attempt = 1;; ++attempt) {
      try {
        return reads();
      } catch (const DatabaseError& error) {
        if (error.kind != Kind::lost || attempt > settings_.readers) throw;
      }
    }
  }

  /// Runs `work` in a transaction, again after a deadlock or when the connection was lost before the commit.
  Result<void> run(const std::function<Result<void>(Connection&)>& work) {
    const Waiting waiting(waiting_, settings_.queue_limit + settings_.writers);
    if (!waiting.admitted()) return overloaded("too many changes are waiting");
    const auto began = std::chrono::steady_clock::now();
    for (int attempt = 1;; ++attempt) {
      auto connection = writers_.take();
      bool committing = false;
      try {
        connection->send("BEGIN");
        auto done = work(*connection);
        if (done) {
          committing = true;
          connection->run("COMMIT");
        }
        writers_.give_back(std::move(connection));
        if (done) count_commit(began);
        return done;
      } catch (const DatabaseError& error) {
        writers_.give_back(std::move(connection));
        // After a loss during COMMIT nobody knows whether it happened; the caller has to look. Where the server itself
        // ended the connection at a statement before it, it did not happen.
        const bool undone = !committing || error.more_followed;
        const bool again = error.kind == Kind::serialization || (error.kind == Kind::lost && undone);
        const int at_most = error.kind == Kind::lost ? settings_.writers + 1 : tries;
        if (again && attempt < at_most) continue;
        if (error.kind == Kind::serialization)
          return refuse(Reason::stale, "others changed the same records meanwhile");
        if (error.kind == Kind::full) return refuse(Reason::storage_full, "the storage of the database is full");
        if (error.kind == Kind::busy) return overloaded("the database is busy");
        throw;
      } catch (...) {
        writers_.give_back(std::move(connection));
        throw;
      }
    }
  }

  void count_commit(std::chrono::steady_clock::time_point began) {
    const std::unique_lock lock(figures_mutex_);
    Store::count(figures_, 1, std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
  }

  FolderLock lock_;
  ConnectionPool readers_, writers_;
  std::array<IdBlock, 9> ids_ = {};
  std::atomic<std::int64_t> waiting_ = 0;
  mutable std::mutex figures_mutex_;
  Figures figures_{};
  std::unique_ptr<Sealer> sealer_;  // last: destroyed first
};

}  // namespace

std::unique_ptr<Store> open_postgresql_store(const StoreSettings& settings) {
  try {
    return std::make_unique<PostgresStore>(settings);
  } catch (const DatabaseError& error) {
    throw std::runtime_error(std::string("the database cannot be opened: ") + error.what());
  }
}

}  // namespace assay
