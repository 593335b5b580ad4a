// Group commit on SQLite.
#include "storage/sqlite_writer.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "domain/thread_name.h"

namespace assay {
namespace {

using Kind = DatabaseError::Kind;

Refusal overloaded(std::string detail) {
  Refusal refusal = refuse(Reason::overloaded, std::move(detail));
  refusal.retry_after = std::chrono::seconds(1);
  return refusal;
}

}  // namespace

SqliteWriter::SqliteWriter(std::unique_ptr<Connection> connection, const StoreSettings& settings,
                           ConnectionPool& readers, WalKeeper& wal, EventSignal& signal, Halt& halt)
    : connection_(std::move(connection)),
      batch_limit_(static_cast<std::size_t>(std::max(settings.batch_limit, 1))),
      queue_limit_(static_cast<std::size_t>(std::max(settings.queue_limit, 1))),
      readers_(readers),
      wal_(wal),
      signal_(signal),
      halt_(halt),
      thread_([this] {
        name_thread("writer");
        loop();
      }) {}

SqliteWriter::~SqliteWriter() {
  {
    const std::unique_lock lock(mutex_);
    finishing_ = true;
  }
  queued_.notify_one();
  thread_.join();
  if (halt_.is_set()) connection_->leave_wal();
}

Result<void> SqliteWriter::run(const Work& work) {
  Job job(work);
  {
    const std::unique_lock lock(mutex_);
    halt_.check();
    if (queue_.size() >= queue_limit_) return overloaded("too many changes are waiting");
    if (wal_.full()) return overloaded("the write-ahead log is full and waits for readers");
    queue_.push_back(&job);
  }
  queued_.notify_one();
  std::unique_lock waiting(job.mutex);
  job.done.wait(waiting, [&job] { return job.ended; });
  if (job.error) std::rethrow_exception(job.error);
  return job.result;
}

void SqliteWriter::run_later(Work work) {
  auto owned = std::make_unique<Work>(std::move(work));
  auto job = std::make_unique<Job>(*owned);
  job->owned = std::move(owned);
  {
    const std::unique_lock lock(mutex_);
    if (halt_.is_set() || queue_.size() >= queue_limit_ || wal_.full()) return;
    queue_.push_back(job.release());
  }
  queued_.notify_one();
}

/// Gives the job back to who waits for it.
void SqliteWriter::answer(Job* job) {
  if (!job->owned) {
    const std::unique_lock lock(job->mutex);
    job->ended = true;
    return job->done.notify_one();  // under the lock: whoever waits takes the job away
  }
  const std::unique_ptr<Job> ended(job);
  try {
    if (ended->error) std::rethrow_exception(ended->error);
  } catch (const std::exception& error) {
    spdlog::warn("something that may be lost was not written: {}", error.what());
  }
}

void SqliteWriter::loop() {
  for (Batch batch = next_batch(); !batch.empty(); batch = next_batch()) {
    run_batch(batch);
    for (Job* job : batch) answer(job);
    wal_.after_batch(*connection_);
  }
}

SqliteWriter::Batch SqliteWriter::next_batch() {
  std::unique_lock lock(mutex_);
  queued_.wait(lock, [this] { return !queue_.empty() || finishing_; });
  const auto count = static_cast<std::ptrdiff_t>(std::min(queue_.size(), batch_limit_));
  Batch batch(queue_.begin(), queue_.begin() + count);
  queue_.erase(queue_.begin(), queue_.begin() + count);
  return batch;
}

void SqliteWriter::run_batch(Batch& batch) {
  if (halt_.is_set()) {
    for (Job* job : batch) job->error = std::make_exception_ptr(StoreStopped(halt_.why()));
    return;
  }
  const auto began = std::chrono::steady_clock::now();
  wal_.before_batch();
  std::int64_t position = 0;
  try {
    connection_->run("BEGIN IMMEDIATE");
    // It may have waited for a checkpoint that failed.
    if (halt_.is_set()) throw DatabaseError(Kind::io, halt_.why());
    for (Job* job : batch) {
      if (!run_job(*job)) throw DatabaseError(Kind::other, "the transaction was rolled back");
    }
    position = connection_->value<std::int64_t>("SELECT COALESCE(MAX(sequence), 0) FROM event");
    connection_->run("COMMIT");
    readers_.renew();
  } catch (const DatabaseError& error) {
    connection_->rollback();
    // A transaction that cannot be undone would be committed with the next one.
    const bool undone = !connection_->in_transaction() && !connection_->lost();
    return fail(batch, undone ? error : DatabaseError(Kind::io, error.what()));
  }
  {
    const std::unique_lock lock(mutex_);
    Store::count(figures_, static_cast<std::int64_t>(batch.size()),
                 std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
  }
  signal_.publish(position);
}

bool SqliteWriter::run_job(Job& job) {
  connection_->run("SAVEPOINT work");
  try {
    job.result = job.work(*connection_);
  } catch (const DatabaseError& error) {
    // A full disk or a failed write may have taken the earlier savepoints along: nothing of the batch may commit.
    if (error.kind == Kind::full || error.kind == Kind::io) throw;
    job.error = std::current_exception();
  } catch (...) {
    job.error = std::current_exception();
  }
  if (!connection_->in_transaction()) return false;
  if (job.error || !job.result) connection_->run("ROLLBACK TO work");
  connection_->run("RELEASE work");
  return true;
}

void SqliteWriter::fail(Batch& batch, const DatabaseError& error) {
  if (error.kind == Kind::io) halt_.set(error.what());
  for (Job* job : batch) {
    switch (error.kind) {
      case Kind::full:
        job->result = refuse(Reason::storage_full, "the storage of the server is full");
        break;
      case Kind::busy:
        job->result = overloaded("another process holds the database");
        break;
      case Kind::io:
        job->error = std::make_exception_ptr(StoreStopped(halt_.why()));
        break;
      default:
        job->error = std::make_exception_ptr(error);
        break;
    }
    if (error.kind == Kind::full || error.kind == Kind::busy) job->error = nullptr;
  }
}

Store::Figures SqliteWriter::figures() const {
  const std::unique_lock lock(mutex_);
  auto figures = figures_;
  figures.queued = static_cast<std::int64_t>(queue_.size());
  figures.wal_bytes = wal_.bytes();
  return figures;
}

}  // namespace assay
