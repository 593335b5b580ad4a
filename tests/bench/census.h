// What a process holds: the processes below it, and its descriptors.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace bench {

struct Census {
  std::vector<pid_t> below = {};  // every process that descends from it
  std::size_t zombies = 0;        // of them those that have ended and were not waited for
  std::size_t descriptors = 0;    // of the process itself, but for the database, which it opens again when it needs to

  bool operator==(const Census&) const = default;
};

/// As /proc tells it at this moment.
Census census_of(pid_t process);

/// The census once it has not changed for a while; throws std::runtime_error when it never rests.
Census settled_census(pid_t process);

/// Waits until there are no more and no fewer of both, and no zombies; what there is when that does not come to pass.
std::vector<std::string> wait_for_census(pid_t process, std::size_t below, std::size_t descriptors);

}  // namespace bench
