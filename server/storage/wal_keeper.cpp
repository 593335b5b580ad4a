// Checkpoints of the write-ahead log.
#include "storage/wal_keeper.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "domain/thread_name.h"

namespace assay {
namespace {

// A log is long when it has this many times what the background lets it grow between checkpoints, or half of what it
// may have: the writer then copies the tail.
constexpr std::int64_t tail_after = 8;
// How long the keeper waits for readers to let go of a full log before it tries again.
constexpr std::chrono::milliseconds again{100};
// Each try to cut keeps the writer waiting for as long as the connection waits for readers: no more often than this.
constexpr std::chrono::milliseconds longest_pause{1600};

}  // namespace

WalKeeper::WalKeeper(std::unique_ptr<Connection> connection, ConnectionPool& readers, const StoreSettings& settings,
                     Halt& halt)
    : connection_(std::move(connection)),
      readers_(readers),
      halt_(halt),
      pages_(settings.checkpoint_pages),
      limit_(settings.wal_limit),
      long_(std::min(tail_after * pages_, limit_ / page_bytes / 2)),
      pause_(again) {
  // Whoever cuts the log keeps the writer waiting meanwhile.
  connection_->value<std::int64_t>("PRAGMA busy_timeout=100");
  // The lock on the folder makes the writer the only one who commits.
  readers_.keep_begun(true);
  thread_ = std::thread([this] {
    name_thread("wal-keeper");
    loop();
  });
}

WalKeeper::~WalKeeper() {
  {
    const std::unique_lock lock(mutex_);
    finishing_ = true;
  }
  wanted_.notify_one();
  thread_.join();
  if (halt_.is_set()) connection_->leave_wal();
}

void WalKeeper::before_batch() {
  if (copied_ >= frames_) readers_.renew();
}

void WalKeeper::after_batch(Connection& writer) {
  const auto frames = writer.wal_frames();
  {
    const std::unique_lock lock(mutex_);
    if (frames < frames_) {
      copied_ = 0;
      handed_ = false;
      ++log_;
    }
    frames_ = frames;
  }
  // The keeper has just copied all but what came meanwhile: the tail is as short as it gets.
  const bool takes_tail = handed_.exchange(false) && frames - copied_ <= 2 * pages_;
  if (takes_tail || frames > 2 * long_) help(writer, takes_tail);
  if (frames * page_bytes > limit_ && copied_ < frames) full_ = true;
  if (behind() || full_) {
    const std::unique_lock lock(mutex_);
    wanted_.notify_one();
  }
}

void WalKeeper::help(Connection& writer, bool takes_tail) {
  std::unique_lock copying(copying_, std::defer_lock);
  // On a disk that does not keep up whoever writes waits for it, before the log is full and refuses them.
  if (!takes_tail) copying.lock();
  if (takes_tail && !copying.try_lock()) return;  // the keeper is at it
  if (halt_.is_set()) return;
  try {
    if (takes_tail) copied_ = std::max(copied_.load(), writer.checkpoint().done);
    if (!takes_tail) writer.sync_database();
  } catch (const DatabaseError& error) {
    note(error);
  }
}

bool WalKeeper::behind() const {
  const std::int64_t tail = frames_ - copied_;
  return !handed_ && tail > (frames_ > long_ ? 0 : pages_);
}

bool WalKeeper::due() const { return !halt_.is_set() && (cutting_ || full_ || behind()); }

void WalKeeper::cut() {
  cutting_ = true;
  const std::unique_lock lock(mutex_);
  wanted_.notify_one();
}

/// Readers end within milliseconds; a backup that runs is waited for by trying again, less and less often.
void WalKeeper::cut_now() {
  const std::unique_lock copying(copying_);
  if (halt_.is_set()) return;
  // What is committed from here on may be in the log after it was cut, and asks anew.
  cutting_ = false;
  const std::int64_t log = log_;
  try {
    connection_->settle_wal();
    const std::unique_lock lock(mutex_);
    if (log == log_) copied_ = frames_.load();
    pause_ = again;
  } catch (const DatabaseError& error) {
    cutting_ = true;
    cut_after_ = std::chrono::steady_clock::now() + pause_;
    pause_ = std::min(2 * pause_, longest_pause);
    if (error.kind != DatabaseError::Kind::busy) note(error);
  }
}

void WalKeeper::loop() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wanted_.wait(lock, [this] { return finishing_ || due(); });
    if (finishing_) return;
    lock.unlock();
    let_readers_keep(!cutting_ && !full_);
    if (cutting_ && std::chrono::steady_clock::now() >= cut_after_) cut_now();
    const bool moved = (full_ || behind()) && copy();
    let_readers_keep(!cutting_ && !full_);
    lock.lock();
    // Nothing tells when a reader ends: look again after a while.
    if (due() && !moved) wanted_.wait_for(lock, again, [this] { return finishing_; });
  }
}

/// A snapshot that is kept would hold up what waits for readers.
void WalKeeper::let_readers_keep(bool keep) {
  if (keep == readers_keep_) return;
  readers_keep_ = keep;
  readers_.keep_begun(keep);
}

/// Whether it got further.
bool WalKeeper::copy() {
  const std::unique_lock copying(copying_);
  if (halt_.is_set()) return false;
  // SQLite before 3.51.3 loses pages where a checkpoint finds all copied and the log begins anew before it ends
  // (sqlite.org/wal.html#walresetbug). While something is left to copy no log begins anew but by this checkpoint.
  if (copied_ >= frames_) {
    full_ = false;
    return false;
  }
  try {
    const std::int64_t log = log_;
    // What was queued before the log was full is still written, and read: whoever began since then is cut off too.
    if (full_ && cut_at_ != frames_) {
      cut_at_ = frames_;
      readers_.interrupt_lent();
    }
    const auto done = connection_->checkpoint();
    if (done.done < 0) return false;  // the writer is at it
    const bool moved = log != log_ || copied_ != done.done;
    // A checkpoint syncs only where nobody wrote meanwhile: the writer's own, of the tail, would have to wait until all
    // is synced that was copied since the log began.
    if (moved && frames_ > long_) connection_->sync_database();
    complained_ = false;
    const std::unique_lock lock(mutex_);
    if (log != log_) return true;  // what was counted is of one that has ended
    copied_ = done.done;
    const std::int64_t tail = frames_ - copied_;
    handed_ = moved && frames_ > long_ && (tail <= pages_ || (frames_ > 2 * long_ && tail <= 2 * pages_));
    if (tail <= 0) full_ = false;
    return moved;
  } catch (const DatabaseError& error) {
    note(error);
    return false;
  }
}

void WalKeeper::note(const DatabaseError& error) {
  // The kernel may have dropped the pages that it could not write: a second sync would succeed without them.
  if (error.kind == DatabaseError::Kind::io) return halt_.set(std::string("a checkpoint failed: ") + error.what());
  if (!complained_.exchange(true)) spdlog::error("a checkpoint failed and is tried again: {}", error.what());
}

}  // namespace assay
