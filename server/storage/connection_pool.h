// Connections for snapshots: kept with their prepared statements, never more than a number, waited for when all are
// lent, for a while.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "storage/connection.h"

namespace assay {

/// Thread-safe. Lent connections must be back before it is destroyed.
class ConnectionPool {
 public:
  /// `patience`: how long take() waits; as long as it takes if absent.
  ConnectionPool(int size, std::function<std::unique_ptr<Connection>()> open,
                 std::optional<std::chrono::milliseconds> patience = {});

  /// Blocks while all connections are lent. Throws StoreBusy when they are for too long, DatabaseError when a new one
  /// cannot be opened.
  /// For a pool that keeps no transactions.
  std::unique_ptr<Connection> take();
  /// The same with `begin`, the start of a transaction, run on it, unless one was kept. A connection on which it fails
  /// is given back.
  std::unique_ptr<Connection> take_begun(std::string_view begin);
  /// Whether transactions of connections that are given back are kept for take_begun(), as long as nothing is
  /// committed: for who tells renew() of each commit. At first they are not. Ends those that are kept.
  void keep_begun(bool keep);
  /// Ends the transactions that are kept: from here on take_begun() shows what was committed before.
  void renew();
  /// Whether take() would not wait now.
  bool has_free();
  /// Ends its transaction, if it is not kept. Lost connections are closed; the next take() opens a new one.
  void give_back(std::unique_ptr<Connection> connection);
  /// Takes over a connection that was opened elsewhere, before the first take().
  void adopt(std::unique_ptr<Connection> connection);
  /// Closes the connections that nobody has.
  void close_idle();
  /// Makes the statements of every lent connection fail until it is given back.
  void interrupt_lent();

 private:
  struct Lent {
    Connection* connection;
    std::uint64_t age;
  };

  /// Rolls back what is kept; the lock is held.
  void end_kept();

  std::mutex mutex_;
  std::condition_variable returned_;
  std::function<std::unique_ptr<Connection>()> open_;
  const std::optional<std::chrono::milliseconds> patience_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::vector<Lent> lent_;
  std::size_t free_;  // how many more may be opened
  bool keeps_ = false;
  std::uint64_t age_ = 0;  // how often it was renewed: a transaction that began at another age is not kept
};

}  // namespace assay
