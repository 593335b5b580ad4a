// One endpoint as the delivery worker holds it in memory: what runs, how long it rests, whose it is. Internal to the
// worker.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "jobs/intake.h"
#include "storage/webhooks.h"

namespace assay {

/// Not thread-safe: the worker's lock is held.
struct EndpointQueue {
  Intake intake = {};
  std::set<std::int64_t> running = {};          // ids of deliveries
  std::set<std::int64_t> running_records = {};  // order keys of those that have one
  std::optional<Instant> rests_until = {};
  int unreachable = 0;                        // attempts in a row that found nobody
  std::optional<Instant> claimed_until = {};  // by this server

  bool resting(Instant now) const { return rests_until && *rests_until > now; }
  /// How many more requests may begin now.
  int free(unsigned per_endpoint) const {
    const int limit = unreachable > 0 ? 1 : static_cast<int>(per_endpoint);
    return std::max(0, limit - static_cast<int>(running.size()));
  }
  bool may_begin(const DeliveryRow& row) const {
    return !running.contains(row.id) && (row.record == 0 || !running_records.contains(row.record));
  }
  void begin(const DeliveryRow& row) {
    running.insert(row.id);
    if (row.record != 0) running_records.insert(row.record);
  }
  void end(const DeliveryRow& row) {
    running.erase(row.id);
    running_records.erase(row.record);
  }
  void rest(Instant until) { rests_until = rests_until ? std::max(*rests_until, until) : until; }
};

}  // namespace assay
