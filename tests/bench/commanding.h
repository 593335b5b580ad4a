// Commands through the API: each passes eight guards and writes event, record, timers and Idempotency-Key.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/fixture.h"
#include "bench/load.h"

namespace bench {

/// The request that rejects the response to a target, or submits it again, whichever its state takes; `number` makes
/// its text another one each time. By a manager drawn with `draw`: one half of them submits, the other half rejects,
/// as nobody judges a response of their own.
std::string command_request(const Target& target, const Fixture& fixture, std::uint64_t draw, const std::string& key,
                            std::uint64_t number);

/// Makes requests that reject a response and submit it again, on records and by managers drawn uniformly.
/// Each connection has its own share of the records, whose versions it knows. Outlives the run; after it `targets` are
/// what the database holds.
class Commanding {
 public:
  Commanding(const Fixture& fixture, std::vector<Target> targets) : fixture_(fixture), targets_(std::move(targets)) {}

  MakeRequests requests(unsigned connections);
  const Fixture& fixture() const { return fixture_; }

 private:
  class Share;
  const Fixture fixture_;
  std::vector<Target> targets_;
  std::atomic<std::uint64_t> runs_ = 0;
};

}  // namespace bench
