// The store on SQLite: snapshots from a pool of readers, everything else through the one writer.
#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>

#include "storage/connection_pool.h"
#include "storage/event_log.h"
#include "storage/file_mapping.h"
#include "storage/folder_lock.h"
#include "storage/migrations.h"
#include "storage/search.h"
#include "storage/sqlite_writer.h"
#include "storage/store_base.h"
#include "storage/wal_keeper.h"

namespace assay {
namespace {

constexpr std::array<std::pair<Subject, std::string_view>, 9> tables = {
    {{Subject::record, "SELECT COALESCE(MAX(id), 0) FROM record"},
     {Subject::item, "SELECT COALESCE(MAX(id), 0) FROM item"},
     {Subject::evidence, "SELECT COALESCE(MAX(id), 0) FROM evidence"},
     {Subject::report, "SELECT COALESCE(MAX(id), 0) FROM report"},
     {Subject::organisation, "SELECT COALESCE(MAX(id), 0) FROM organisation"},
     {Subject::person, "SELECT COALESCE(MAX(id), 0) FROM person"},
     {Subject::token, "SELECT COALESCE(MAX(id), 0) FROM token"},
     {Subject::webhook, "SELECT COALESCE(MAX(id), 0) FROM webhook"},
     {Subject::reading, "SELECT 0"}}};  // their keys tell

/// Moves the version of people at the end of a commit that may have changed them, also when nobody knows whether it
/// has.
class PeopleMoved {
 public:
  PeopleMoved(const CommitPlan& plan, const WorkflowSets& sets, std::atomic<std::uint64_t>& version)
      : version_(version), touches_(plan.touches_people() || plan.opens_records(sets)) {}
  PeopleMoved(const PeopleMoved&) = delete;
  PeopleMoved& operator=(const PeopleMoved&) = delete;
  ~PeopleMoved() {
    if (touches_) ++version_;
  }

 private:
  std::atomic<std::uint64_t>& version_;
  const bool touches_;
};

class SqliteStore final : public StoreBase {
 public:
  explicit SqliteStore(const StoreSettings& settings)
      : StoreBase(settings),
        lock_(settings.data),
        file_(sqlite_file(settings.data)),
        mapping_(file_),
        readers_(
            settings.readers, [this] { return open_connection(Connection::Access::read, settings_.cache_kib); },
            settings.reader_patience) {
    auto connection = open_connection(Connection::Access::write, settings.writer_cache_kib);
    std::filesystem::permissions(file_, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    // After a failed sync the kernel may hold pages for written that are not: they are written anew before anything
    // follows them.
    connection->settle_wal();
    migrate(*connection, embedded_migrations(Engine::sqlite));
    load(*connection);
    prepare_search(*connection);
    begin_ids(*connection);
    // What went to the log before ROLLBACK TO leaves SQLite (3.40 at least) without the checksums of the frames after
    // it: they would be read until the server ends, and be gone after it. So a batch stays in memory until it is
    // committed.
    connection->script("PRAGMA cache_spill=OFF");
    wal_ = std::make_unique<WalKeeper>(open_connection(Connection::Access::write, settings.cache_kib), readers_,
                                       settings, halt_);
    writer_ = std::make_unique<SqliteWriter>(std::move(connection), settings, readers_, *wal_, signal_, halt_);
  }
  // The keeper's connection is the last one: closing it copies the log and removes it.
  ~SqliteStore() override {
    writer_.reset();  // finishes what is queued
    readers_.close_idle();
    wal_.reset();
  }

  Snapshot read() override {
    return Snapshot(readers_.take_begun("BEGIN"),
                    [this](std::unique_ptr<Connection> back) { readers_.give_back(std::move(back)); });
  }
  bool reader_free() override { return readers_.has_free(); }

  Result<Committed> commit(const Commit& commit) override {
    CommitPlan plan(commit);
    const PeopleMoved moved(plan, *sets_, people_version_);
    auto done = writer_->run([&plan](Connection& to) { return plan.apply(to); });
    if (!done) return done.error();
    if (plan.takes_away()) wal_->cut();
    Committed committed;
    for (const auto& event : plan.events()) committed.events.push_back({event.sequence, event.number});
    return committed;
  }

  Result<void> write(const std::function<void(Connection&)>& work) override {
    return writer_->run([&work](Connection& to) -> Result<void> {
      work(to);
      return {};
    });
  }

  void write_later(std::function<void(Connection&)> work) override {
    writer_->run_later([work = std::move(work)](Connection& to) -> Result<void> {
      work(to);
      return {};
    });
  }

  std::optional<std::uint64_t> people_version() override { return people_version_; }
  std::int64_t new_id(Subject subject) override { return ++ids_[static_cast<std::size_t>(subject)]; }
  Figures figures() const override { return writer_->figures(); }
  std::string_view engine() const override { return "sqlite"; }

 private:
  std::unique_ptr<Connection> open_connection(Connection::Access access, int cache_kib) {
    auto connection =
        Connection::sqlite(file_, access, cache_kib, access == Connection::Access::read ? &mapping_ : nullptr);
    connection->set_sets(sets_);
    return connection;
  }

  /// The lock on the folder makes this process the only one that gives ids. Keys outlive rows that were removed.
  void begin_ids(Connection& connection) {
    for (const auto& [subject, newest] : tables) {
      const auto keyed = connection.value<std::int64_t>(
          "SELECT COALESCE(MAX(id), 0) FROM subject_key WHERE subject = :subject", with("subject", name_of(subject)));
      ids_[static_cast<std::size_t>(subject)] = std::max(keyed, connection.value<std::int64_t>(newest));
    }
  }

  FolderLock lock_;
  const std::string file_;
  FileMapping mapping_;
  std::array<std::atomic<std::int64_t>, tables.size()> ids_ = {};
  std::atomic<std::uint64_t> people_version_ = 0;
  ConnectionPool readers_;
  std::unique_ptr<WalKeeper> wal_;
  std::unique_ptr<SqliteWriter> writer_;
};

}  // namespace

std::unique_ptr<Store> open_sqlite_store(const StoreSettings& settings) {
  try {
    return std::make_unique<SqliteStore>(settings);
  } catch (const DatabaseError& error) {
    throw std::runtime_error("the database in " + settings.data + " cannot be opened: " + error.what());
  }
}

}  // namespace assay
