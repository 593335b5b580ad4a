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
/// A command that serves as `assay serve` does.
Served start_server(const std::vector<std::string>& command, const Options& options);
/// The bare server of the library.
Served serve_bare(const Options& options);

/// The body of a GET without authentication.
std::string fetch(std::uint16_t port, const std::string& target, const std::string& token = {});

/// What a side gave in a round, with the processor time that the server took for each answer.
struct Run {
  LoadReport load;
  double processor_us = 0;
  double commit_us = 0;  // median of the server's durable commits meanwhile; 0 without any
  double batch = 0;      // changes in a commit
};
struct RunPlan {
  unsigned connections = 32;
  bool tls = false;
  bool commits = false;      // ask the server for its commits
  double wrong_at_most = 0;  // share of the answers
  double warm_ups = 1;       // how many times as long as others it is warmed up
};
/// Throws std::runtime_error when too many answers are not the expected ones.
Run run_on(const Options& options, const Served& server, const MakeRequests& make, const RunPlan& how);

}  // namespace bench
