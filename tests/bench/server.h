// The server under load as a child process.
#pragma once

#include <string>
#include <vector>

#include "bench/child.h"
#include "bench/fixture.h"
#include "bench/load.h"
#include "bench/options.h"

namespace bench {

/// A running process that answers on a loopback port.
struct Served {
  Child process;
  std::uint16_t port;
};

/// `assay serve` with its defaults on the fixture, and these options besides; returns when it listens.
Served serve_assay(const Options& options, const Fixture& fixture, const std::vector<std::string>& more = {});
/// The bare server of the library.
Served serve_bare(const Options& options);

/// What a side gave in a round, with the processor time that the server took for each answer.
struct Run {
  LoadReport load;
  double processor_us = 0;
};
/// Throws std::runtime_error when an answer is not the expected one.
Run run_on(const Options& options, const Served& server, const MakeRequests& make, unsigned connections,
           bool tls = false);

}  // namespace bench
