// Connections for snapshots: kept with their prepared statements, never more than a number, waited for when all are
// lent.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "storage/connection.h"

namespace assay {

/// Thread-safe. Lent connections must be back before it is destroyed.
class ConnectionPool {
 public:
  ConnectionPool(int size, std::function<std::unique_ptr<Connection>()> open);

  /// Blocks while all connections are lent. Throws DatabaseError when a new one cannot be opened.
  std::unique_ptr<Connection> take();
  /// Lost connections are closed; the next take() opens a new one.
  void give_back(std::unique_ptr<Connection> connection);
  /// Takes over a connection that was opened elsewhere, before the first take().
  void adopt(std::unique_ptr<Connection> connection);
  /// Closes the connections that nobody has.
  void close_idle();
  /// Makes the statements of every lent connection fail until it is given back.
  void interrupt_lent();

 private:
  std::mutex mutex_;
  std::condition_variable returned_;
  std::function<std::unique_ptr<Connection>()> open_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::vector<Connection*> lent_;
  std::size_t free_;  // how many more may be opened
};

}  // namespace assay
