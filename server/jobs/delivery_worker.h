// Sends webhooks: takes events from the log to the queues of endpoints, tries what is due, in the order of each record.
#pragma once

#include <chrono>
#include <memory>

#include "commands/context.h"
#include "commands/deliveries.h"
#include "integrations/outbound.h"
#include "jobs/attempt.h"
#include "jobs/journal.h"

namespace assay {

struct DeliverySettings {
  unsigned threads = 4;            // requests that may run at once; half for one organisation where there are several
  unsigned per_endpoint = 2;       // of them to one endpoint; one only while it cannot be reached
  int backlog = 1000;              // deliveries of an endpoint that wait in its queue; later events stay in the log
  std::chrono::seconds claim{90};  // for which a server takes an endpoint, where several share a database
  std::chrono::milliseconds grace{15'000};  // stop() waits that long for running requests
  AttemptSettings attempt = {};
};

/// One thread decides what is due, others send. It sleeps until an event is committed or the next attempt is due.
///
/// An endpoint's cursor and the rows of its queue move in one write, and a row stays until its event was delivered or
/// given up: after a crash an attempt may be repeated, and no event is lost. Of one (endpoint, record) one delivery
/// runs at a time, and none before an earlier one is settled. After a restore nothing is sent until the store is
/// released.
class DeliveryWorker final : public Deliveries {
 public:
  /// `context` and `client` outlive the worker. Throws std::invalid_argument for settings out of range.
  DeliveryWorker(Context& context, const OutboundClient& client, DeliverySettings settings, Journal journal);
  ~DeliveryWorker() override;
  DeliveryWorker(const DeliveryWorker&) = delete;
  DeliveryWorker& operator=(const DeliveryWorker&) = delete;

  void start();
  /// Something may be due: events were committed, the store was released, the clock was set. It is looked at within
  /// some milliseconds. Any thread, never blocks.
  void wake();
  /// Begins nothing more, waits for running requests up to the grace, cancels the rest. Idempotent.
  void stop();
  /// Returns once everything that is due at the clock's present moment has been tried.
  void settle();

  bool running() const override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace assay
