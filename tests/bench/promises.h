// What clients were told while the server could fall at any moment, held against what is there when it runs again.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/fixture.h"

namespace bench {

/// Commands on the nonconformities of a fixture. Each is given under an Idempotency-Key and counts as
/// - acknowledged, when it was answered with 200: it must be there;
/// - refused, when it was answered with 507: nothing of it may be there;
/// - open, when anything else came, or nothing: it is there as a whole or not at all, and giving it again settles it.
class Promises {
 public:
  /// No server may run on the fixture's folder yet.
  explicit Promises(const Fixture& fixture);
  ~Promises();
  Promises(const Promises&) = delete;
  Promises& operator=(const Promises&) = delete;

  struct Told {
    std::uint64_t acknowledged = 0, refused = 0, open = 0;
    std::map<int, std::uint64_t> others = {};  // status -> answers that are none of those
  };
  /// What is known while they run.
  struct Count {
    std::atomic<std::uint64_t> acknowledged = 0, refused = 0;
  };
  /// Gives commands on so many connections, the next when the answer is there, until every connection has broken or
  /// `enough` is set. `count` counts along.
  Told command(std::uint16_t port, unsigned connections, const std::atomic<bool>& enough, Count& count);

  /// What does not hold, now that the server serves again at `port`; open commands are settled. Call it after each
  /// command().
  std::vector<std::string> examine(std::uint16_t port);

 private:
  struct Promise;
  class Client;
  std::vector<std::string> look() const;

  const Fixture fixture_;
  std::vector<Promise> promises_;
  std::uint64_t spell_ = 0;
};

}  // namespace bench
