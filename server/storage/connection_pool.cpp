// Lends connections.
#include "storage/connection_pool.h"

#include <algorithm>

#include "storage/store.h"

namespace assay {

ConnectionPool::ConnectionPool(int size, std::function<std::unique_ptr<Connection>()> open,
                               std::optional<std::chrono::milliseconds> patience)
    : open_(std::move(open)), patience_(patience), free_(static_cast<std::size_t>(std::max(size, 1))) {}

std::unique_ptr<Connection> ConnectionPool::take() {
  std::unique_lock lock(mutex_);
  const auto one_is_free = [this] { return !idle_.empty() || free_ > 0; };
  if (!patience_) {
    returned_.wait(lock, one_is_free);
  } else if (!returned_.wait_for(lock, *patience_, one_is_free)) {
    throw StoreBusy("all connections that read the database are in use");
  }
  std::unique_ptr<Connection> connection;
  if (!idle_.empty()) {
    connection = std::move(idle_.back());
    idle_.pop_back();
  } else {
    --free_;
    lock.unlock();
    try {
      connection = open_();
    } catch (...) {
      lock.lock();
      ++free_;
      returned_.notify_one();
      throw;
    }
    lock.lock();
  }
  lent_.push_back({connection.get(), age_});
  return connection;
}

std::unique_ptr<Connection> ConnectionPool::take_begun(std::string_view begin) {
  auto connection = take();
  try {
    if (!connection->in_transaction()) connection->send(begin);
  } catch (...) {
    give_back(std::move(connection));
    throw;
  }
  return connection;
}

bool ConnectionPool::has_free() {
  const std::unique_lock lock(mutex_);
  return !idle_.empty() || free_ > 0;
}

void ConnectionPool::give_back(std::unique_ptr<Connection> connection) {
  std::unique_lock lock(mutex_);
  const auto lent =
      std::find_if(lent_.begin(), lent_.end(), [&](const Lent& one) { return one.connection == connection.get(); });
  const bool kept = keeps_ && lent->age == age_ && connection->in_transaction();
  lent_.erase(lent);
  if (!kept) {
    lock.unlock();
    connection->rollback();
    if (connection->lost()) connection.reset();
    lock.lock();
  }
  if (connection) {
    idle_.push_back(std::move(connection));
  } else {
    ++free_;
  }
  lock.unlock();
  returned_.notify_one();
}

void ConnectionPool::keep_begun(bool keep) {
  const std::unique_lock lock(mutex_);
  keeps_ = keep;
  end_kept();
}

void ConnectionPool::renew() {
  const std::unique_lock lock(mutex_);
  ++age_;
  end_kept();
}

void ConnectionPool::end_kept() {
  for (const auto& connection : idle_) {
    if (connection->in_transaction()) connection->rollback();
  }
}

void ConnectionPool::adopt(std::unique_ptr<Connection> connection) {
  const std::unique_lock lock(mutex_);
  --free_;
  idle_.push_back(std::move(connection));
}

void ConnectionPool::close_idle() {
  const std::unique_lock lock(mutex_);
  free_ += idle_.size();
  idle_.clear();
}

void ConnectionPool::interrupt_lent() {
  const std::unique_lock lock(mutex_);
  for (const Lent& one : lent_) one.connection->interrupt();
}

}  // namespace assay
