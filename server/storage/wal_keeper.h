// Keeps SQLite's write-ahead log short: passive checkpoints in the background, the tail by the writer, a hard cap.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>

#include "storage/connection.h"
#include "storage/connection_pool.h"
#include "storage/store.h"
#include "storage/store_base.h"

namespace assay {

/// Thread-safe.
class WalKeeper {
 public:
  /// `connection` is the keeper's own. Copies to the database file every `checkpoint_pages` new pages; beyond
  /// `wal_limit` bytes readers are cut off and full() holds until the log is copied. A copy that could not be written
  /// or synced sets `halt`; one that finds no room is tried again.
  WalKeeper(std::unique_ptr<Connection> connection, ConnectionPool& readers, const StoreSettings& settings, Halt& halt);
  ~WalKeeper();

  /// Before each batch, from the writer's thread: nobody but who reads just then keeps the log from beginning anew.
  void before_batch();
  /// After each batch, from the writer's thread. Finishes a long log itself: only between its own writes does a
  /// checkpoint reach the end, so that the log begins anew.
  void after_batch(Connection& writer);
  bool full() const { return full_; }
  /// From any thread, after a commit that took something away: the log is copied and cut to nothing as soon as no
  /// reader stands in it, so that no earlier copy of a page stays in its file.
  void cut();
  std::int64_t bytes() const { return frames_ * page_bytes; }

  static constexpr std::int64_t page_bytes = 4096;

 private:
  void loop();
  /// The writer copies the tail, or else waits for the disk.
  void help(Connection& writer, bool takes_tail);
  /// More is to be copied in the background than may wait.
  bool behind() const;
  /// There is something to do, and it may be done.
  bool due() const;
  bool copy();
  void let_readers_keep(bool keep);
  void cut_now();
  void note(const DatabaseError& error);

  std::unique_ptr<Connection> connection_;
  ConnectionPool& readers_;
  Halt& halt_;
  const std::int64_t pages_, limit_;
  const std::int64_t long_;               // of more pages the writer is to copy the tail, so that the log begins anew
  std::atomic<std::int64_t> frames_ = 0;  // in the log
  std::atomic<std::int64_t> copied_ = 0;  // of them in the database file
  std::atomic<std::int64_t> log_ = 0;     // how often it has begun anew
  std::atomic<bool> handed_ = false;      // what remains of a long log is for the writer, after its next batch
  std::atomic<bool> full_ = false;
  std::atomic<bool> cutting_ = false;
  // Of the keeper's thread alone: whether readers keep their snapshots; how long the next try to cut waits, and until
  // when.
  bool readers_keep_ = true;
  std::chrono::milliseconds pause_;
  std::chrono::steady_clock::time_point cut_after_;
  std::atomic<bool> complained_ = false;  // that there is no room, since it was last copied
  std::int64_t cut_at_ = -1;              // how long the log was when readers were last interrupted

  std::mutex copying_;  // whoever copies or syncs the database file: nobody does after it has failed; before mutex_
  std::mutex mutex_;
  std::condition_variable wanted_;
  bool finishing_ = false;
  std::thread thread_;
};

}  // namespace assay
