// The database: opening and migrating it, consistent reads, and the one queue through which everything is written.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "domain/definition.h"
#include "domain/refusal.h"
#include "storage/event.h"

namespace assay {

class Connection;  // storage/connection.h: prepared statements; only storage/ sees SQL

struct StoreSettings {
  std::string data;                      // folder: database, blobs, lock
  std::string database = {};             // postgresql://...; empty: SQLite in `data`
  int readers = 4;                       // read connections kept
  int writers = 8;                       // PostgreSQL: connections that commit in parallel
  int batch_limit = 256;                 // SQLite: commands in one commit
  int queue_limit = 1024;                // waiting writes, then 503
  std::string scratch = {};              // folder for the databases of replays; empty: `data`
  std::int64_t wal_limit = 256LL << 20;  // bytes of WAL, then readers are cut and writers wait
  WorkflowSetPtr loaded = {};            // a set that is taken as it is where the database keeps the same text
  int cache_kib = 4096;                  // page cache of each connection but the writer's
  int writer_cache_kib = 32768;          // page cache of the writer, which never has to read anew what it wrote
  int checkpoint_pages = 1000;  // SQLite: pages of WAL between checkpoints; more: fewer pauses, fewer: a shorter log
  std::chrono::milliseconds reader_patience{5000};  // how long read() waits for a connection, then StoreBusy
};

/// A consistent view of the database for one request or one decision: every read sees the same moment.
/// Not thread-safe; keep it short, it holds a connection of the pool.
class Snapshot {
 public:
  explicit Snapshot(std::unique_ptr<Connection> connection, std::function<void(std::unique_ptr<Connection>)> giveback);
  Snapshot(Snapshot&&) noexcept;
  ~Snapshot();
  Connection& connection() { return *connection_; }

 private:
  std::unique_ptr<Connection> connection_;
  std::function<void(std::unique_ptr<Connection>)> giveback_;
};

/// What a decision read, and how it stood. `tree` is the root's tree version, which moves with any record below it;
/// `items` the audit's items version; `person` a person's version (roles, responsibilities); `registers` that of all
/// registers of the organisation, and of its records that engage people; `organisation` its own (name, calendar,
/// settings of plugins).
struct Dependency {
  enum class On { record, tree, items, person, evidence, registers, organisation } on;
  std::int64_t id;
  std::int64_t version;
  friend auto operator<=>(const Dependency&, const Dependency&) = default;
};

/// The answer that belongs to an Idempotency-Key, kept with the commit.
struct IdempotentUse {
  PersonId principal;
  std::string key;
  std::string request_hash;  // SHA-256 of method, path and body
  int status;
  std::string answer;  // location of the subject, or the problem document of a refusal
};

struct Commit {
  std::vector<Dependency> read;
  std::vector<EventDraft> events;  // one cause; in order
  std::optional<IdempotentUse> idempotent = {};
  /// Rows that are not in the log (credentials), in the same transaction; may run although nothing is kept.
  std::function<void(Connection&)> beside = {};
  // Of records that were read, as a record never hangs elsewhere: its root; and of a root, the root of the tree that it
  // hangs in, or none.
  std::unordered_map<std::int64_t, std::int64_t> roots = {};
  std::unordered_map<std::int64_t, std::optional<std::int64_t>> trees = {};
};

/// What the commit gave to the events, in their order.
struct Committed {
  struct Given {
    std::int64_t position;  // 0 on PostgreSQL until sealed
    std::string number;
  };
  std::vector<Given> events;
};

/// Bounds by which the times of commits are counted, in seconds.
inline constexpr std::array<double, 24> batch_seconds = {
    0.00005, 0.0001, 0.00015, 0.0002, 0.0003, 0.0004, 0.0006, 0.0008, 0.001, 0.0015, 0.002, 0.003,
    0.004,   0.006,  0.008,   0.01,   0.015,  0.02,   0.03,   0.05,   0.1,   0.25,   1,     5};

/// Thread-safe. Destroying it finishes the writes that are queued.
class Store {
 public:
  /// Opens, takes the exclusive lock on the data folder, migrates, checks. Throws std::runtime_error with a message for
  /// a person: folder in use, a restore that was not finished, newer version, changed migration, damaged database, no
  /// permission.
  static std::unique_ptr<Store> open(const StoreSettings& settings);
  /// Opens for looking only: takes no lock, migrates nothing, changes no row; commit() and the like throw
  /// std::logic_error. Whoever looks into a folder's SQLite database holds its lock, or has a copy; a PostgreSQL
  /// database may be in use. Throws as open() does, and for a database of another version.
  static std::unique_ptr<Store> inspect(const StoreSettings& settings);
  virtual ~Store() = default;

  /// Throws StoreBusy when no read connection is given back within `reader_patience`.
  virtual Snapshot read() = 0;
  /// Whether read() would not wait now: for threads that others wait for.
  virtual bool reader_free() = 0;

  /// Verifies `commit.read`, appends and projects the events, and returns after the data is durable.
  /// Refuses: stale (also when the key is in use), overloaded, storage_full; nothing of a refused commit is kept.
  /// After a failed sync the store stops: every later call throws StoreStopped, and the process must end.
  virtual Result<Committed> commit(const Commit& commit) = 0;

  /// Rows outside of the log (sessions, delivery attempts, cursors), through the same writer; durable on return.
  /// `work` may run more than once (PostgreSQL retries); it must not keep state. Exceptions roll back and come out
  /// again.
  virtual Result<void> write(const std::function<void(Connection&)>& work) = 0;

  /// The same for what nobody waits for and may be lost, such as "last used": dropped when the queue is full.
  virtual void write_later(std::function<void(Connection&)> work) = 0;

  /// A fresh internal id for a new subject.
  virtual std::int64_t new_id(Subject subject) = 0;

  /// The sets that records are pinned to; loaded when asked for, extended by add_workflow_set.
  virtual void add_workflow_set(WorkflowSetPtr set) = 0;
  virtual WorkflowSetPtr workflow_set(std::string_view hash) const = 0;

  /// Blocks until the log reaches beyond `position` or the time is over; returns the last sealed position.
  virtual std::int64_t wait_for_events(std::int64_t position, std::chrono::milliseconds at_most) = 0;
  virtual std::int64_t last_position() = 0;
  /// Called after each commit from the writer's thread with the last sealed position; must not block. Set before use.
  virtual void on_events(std::function<void(std::int64_t)> listener) = 0;
  /// Called once, from any thread, when the store stops (StoreStopped), with the reason; must not block. Set before
  /// use.
  virtual void on_stop(std::function<void(const std::string&)> listener) = 0;

  /// Moves with every commit that changes people, their tokens or organisations, or what grants open to people, before
  /// the commit is acknowledged: what was read under one version holds as long as it stands. Nothing for a store that
  /// does not commit.
  virtual std::optional<std::uint64_t> people_version() = 0;

  virtual std::string epoch() const = 0;  // uuid of the log's epoch; `restore` begins a new one
  virtual bool held() = 0;  // after a restore: deliveries and timers wait until an administrator releases the database
  virtual Result<void> release() = 0;

  struct Figures {
    std::int64_t queued, batches, commits, largest_batch, wal_bytes;
    double commit_seconds;
    std::array<std::int64_t, batch_seconds.size() + 1> batches_of;  // by the first bound that their time is within
  };
  /// Counts a commit of `commits` changes that took so long.
  static void count(Figures& figures, std::int64_t commits, double seconds) {
    ++figures.batches;
    figures.commits += commits;
    figures.largest_batch = std::max(figures.largest_batch, commits);
    figures.commit_seconds += seconds;
    const auto within = std::lower_bound(batch_seconds.begin(), batch_seconds.end(), seconds) - batch_seconds.begin();
    ++figures.batches_of[static_cast<std::size_t>(within)];
  }
  virtual Figures figures() const = 0;          // for metrics; monotonic but for `queued` and `wal_bytes`
  virtual std::string_view engine() const = 0;  // "sqlite" or "postgresql"

  /// An empty, migrated SQLite database, whatever the engine, that vanishes with its connection: for replays. On disk,
  /// not in memory.
  virtual std::unique_ptr<Connection> scratch() = 0;
};

struct StoreStopped : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// All read connections are lent for long: the same may succeed later.
struct StoreBusy : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace assay
