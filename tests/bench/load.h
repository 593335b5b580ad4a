// The load generator: keep-alive connections in a closed loop, the next request when the answer is there.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <string_view>

#include "bench/histogram.h"

namespace bench {

/// Writes the requests of one connection and looks at their answers. Used by one thread.
class Requests {
 public:
  virtual ~Requests() = default;
  /// Appends the next request to `to`.
  virtual void next(std::string& to) = 0;
  /// True when the answer is the expected one; others count as wrong. `head` begins with the status line.
  virtual bool take(int status, std::string_view head) = 0;
};

/// Requests of connection `number`, with random numbers of its own.
using MakeRequests = std::function<std::unique_ptr<Requests>(unsigned number)>;

struct LoadPlan {
  std::uint16_t port;
  bool tls = false;
  unsigned connections = 32;
  unsigned threads = 2;
  std::chrono::duration<double> warm_up{0.5};
  std::chrono::duration<double> measure{2};
};

struct LoadReport {
  double per_second = 0;
  double p50_us = 0, p99_us = 0;
  std::uint64_t answers = 0;
  std::uint64_t wrong = 0;       // other statuses than expected
  std::string first_wrong = {};  // head of the first one
};

/// A blocking socket to this machine itself. Throws std::runtime_error.
int connect_to(std::uint16_t port);

/// Blocks for warm-up and measurement, then lets every connection finish its request. `measuring` is called when the
/// warm-up ends and when the measurement does. Throws std::runtime_error when a connection breaks.
LoadReport run_load(const LoadPlan& plan, const MakeRequests& make, const std::function<void()>& measuring = {});

}  // namespace bench
