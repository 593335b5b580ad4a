// Deliveries that wait for a sending thread, in turns between organisations. Internal to the delivery worker.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "storage/webhooks.h"

namespace assay {

/// Not thread-safe: the worker's lock is held.
class DeliveryTurns {
 public:
  void add(OrganisationId organisation, DeliveryRow row) {
    Line& line = lines_[organisation];
    if (line.waiting.empty()) turns_.push_back(organisation);
    line.waiting.push_back(std::move(row));
  }

  struct Taken {
    OrganisationId organisation;
    DeliveryRow row;
  };
  /// The oldest delivery of the organisation whose turn it is among those that have less than `share` running; it runs
  /// until ended().
  std::optional<Taken> take(std::size_t share) {
    for (auto turn = turns_.begin(); turn != turns_.end(); ++turn) {
      Line& line = lines_[*turn];
      if (line.running >= share) continue;
      Taken taken{*turn, std::move(line.waiting.front())};
      line.waiting.pop_front();
      ++line.running;
      turns_.erase(turn);
      if (!line.waiting.empty()) turns_.push_back(taken.organisation);
      return taken;
    }
    return {};
  }
  void ended(OrganisationId organisation) {
    const auto line = lines_.find(organisation);
    if (--line->second.running == 0 && line->second.waiting.empty()) lines_.erase(line);
  }

  /// What waits, which nobody will take any more.
  std::vector<DeliveryRow> clear() {
    std::vector<DeliveryRow> rows;
    for (auto& [organisation, line] : lines_) {
      rows.insert(rows.end(), line.waiting.begin(), line.waiting.end());
      line.waiting.clear();
    }
    std::erase_if(lines_, [](const auto& one) { return one.second.running == 0; });
    turns_.clear();
    return rows;
  }

 private:
  struct Line {
    std::deque<DeliveryRow> waiting = {};
    std::size_t running = 0;
  };
  std::map<OrganisationId, Line> lines_;  // of those for which something waits or runs
  std::deque<OrganisationId> turns_;      // those for which something waits
};

}  // namespace assay
