// Lends connections.
#include "storage/connection_pool.h"

#include <algorithm>

namespace assay {

ConnectionPool::ConnectionPool(int size, std::function<std::unique_ptr<Connection>()> open)
    : open_(std::move(open)), free_(static_cast<std::size_t>(std::max(size, 1))) {}

std::unique_ptr<Connection> ConnectionPool::take() {
  std::unique_lock lock(mutex_);
  returned_.wait(lock, [this] { return !idle_.empty() || free_ > 0; });
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
  lent_.push_back(connection.get());
  return connection;
}

void ConnectionPool::give_back(std::unique_ptr<Connection> connection) {
  {
    const std::unique_lock lock(mutex_);
    lent_.erase(std::remove(lent_.begin(), lent_.end(), connection.get()), lent_.end());
  }
  connection->rollback();
  const bool lost = connection->lost();
  if (lost) connection.reset();
  {
    const std::unique_lock lock(mutex_);
    if (lost) {
      ++free_;
    } else {
      idle_.push_back(std::move(connection));
    }
  }
  returned_.notify_one();
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
  for (auto* connection : lent_) connection->interrupt();
}

}  // namespace assay
