// The one thread that writes to SQLite: takes the whole queue, a savepoint for each work, one commit, then the answers.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "storage/connection.h"
#include "storage/connection_pool.h"
#include "storage/store.h"
#include "storage/store_base.h"
#include "storage/wal_keeper.h"

namespace assay {

/// Thread-safe. Destroying it finishes what is queued.
class SqliteWriter {
 public:
  using Work = std::function<Result<void>(Connection&)>;

  /// `readers` are renewed before anybody hears of a commit.
  SqliteWriter(std::unique_ptr<Connection> connection, const StoreSettings& settings, ConnectionPool& readers,
               WalKeeper& wal, EventSignal& signal, Halt& halt);
  ~SqliteWriter();

  /// Runs `work` inside of a savepoint and returns after the commit is durable. Gives back what `work` gives back; a
  /// refusal or an exception of `work` rolls its savepoint back. Refuses overloaded and storage_full. Throws
  /// StoreStopped.
  Result<void> run(const Work& work);

  /// The same without waiting; dropped when it would be refused. What it throws is logged.
  void run_later(Work work);

  Store::Figures figures() const;

 private:
  struct Job {
    explicit Job(const Work& todo) : work(todo) {}
    const Work& work;
    std::unique_ptr<Work> owned = {};  // nobody waits: the job is deleted after its batch
    Result<void> result = {};
    std::exception_ptr error = {};
    // Not a std::semaphore, which spins before it waits: a commit takes as long as the disk.
    bool ended = false;
    std::mutex mutex = {};
    std::condition_variable done = {};
  };
  using Batch = std::vector<Job*>;

  void loop();
  static void answer(Job* job);
  Batch next_batch();
  void run_batch(Batch& batch);
  /// Runs one work in its savepoint. False when the whole transaction is lost.
  bool run_job(Job& job);
  /// Gives every job of the batch the reason why nothing was kept: also those that were refused before, for they were
  /// judged by what is gone.
  void fail(Batch& batch, const DatabaseError& error);

  std::unique_ptr<Connection> connection_;
  const std::size_t batch_limit_, queue_limit_;
  ConnectionPool& readers_;
  WalKeeper& wal_;
  EventSignal& signal_;
  Halt& halt_;

  mutable std::mutex mutex_;
  std::condition_variable queued_;
  std::deque<Job*> queue_;
  bool finishing_ = false;
  Store::Figures figures_{};
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace assay
