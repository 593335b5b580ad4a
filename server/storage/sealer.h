// Gives committed events of PostgreSQL their positions: gapless, in commit order, one server at a time.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <thread>

#include "storage/connection.h"
#include "storage/store_base.h"

namespace assay {

/// Seals what this server commits as soon as it is told, and what another one left behind when it died; learns from the
/// other servers' notifications how far the log is. Thread-safe.
class Sealer {
 public:
  /// `open` gives the connection of the sealer's own thread, again after each loss.
  Sealer(std::function<std::unique_ptr<Connection>()> open, EventSignal& signal);
  ~Sealer();

  /// There is something to seal.
  void wake();

 private:
  void loop();
  /// Seals all that is committed; the last position.
  static std::int64_t seal(Connection& connection);

  std::function<std::unique_ptr<Connection>()> open_;
  EventSignal& signal_;
  int wakened_;  // eventfd
  std::atomic<bool> finishing_ = false;
  std::thread thread_;
};

}  // namespace assay
