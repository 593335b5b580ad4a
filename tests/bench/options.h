// What a run of the benchmark is asked to do.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "bench/fixture.h"

namespace bench {

struct Options {
  Recipe recipe = {};
  bool quick = false;   // few and short rounds, to see that everything works; the figures are not to be quoted
  bool strict = false;  // a missed bar is a failure
  std::filesystem::path json = {};
  std::vector<std::string> only = {};  // names of figures; none: all
  std::filesystem::path cache = {};    // fixtures and work folders
  std::filesystem::path assay = {};    // the server program
  unsigned sync_ms = 0;                // how much longer each sync of the server takes than the disk needs
  unsigned threads = 2;                // of each server and of the load generator: one for each processor

  bool faults = false;           // break things instead of measuring
  int fault_rounds = 1000;       // of kill -9; other faults take a share of them
  int power_rounds = 20'000;     // of power loss
  unsigned slow_clients = 4000;  // connections
  std::uint32_t seed = 1;        // of what is random about faults
  std::string broken = {};       // what the harness is to break on purpose, to show that it sees it

  int rounds() const { return quick ? 3 : 5; }
  double seconds() const { return quick ? 0.5 : 2; }
  double warm_up() const { return quick ? 0.2 : 0.5; }
  bool wants(const std::string& name) const;
};

}  // namespace bench
