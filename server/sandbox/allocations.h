// What the allocator of the program that tries plugins counts and refuses (server/plugin_probe_memory.cpp).
#pragma once

#include <cstdint>

namespace assay::sandbox {

/// While a plugin's own code runs. The program has one thread, and one of these.
struct Allocations {
  bool watched = false;
  std::uint64_t made = 0;
  std::uint64_t refused = 0;  // number of the one that fails; 0: none

  /// Counts one more; false when it is to fail. Called by every function that allocates.
  bool granted() noexcept { return !watched || ++made != refused; }
};
inline Allocations allocations;

/// The host's own work within a call of the plugin: neither counted nor refused.
class OwnAllocations {
 public:
  OwnAllocations() : before_(allocations.watched) { allocations.watched = false; }
  OwnAllocations(const OwnAllocations&) = delete;
  OwnAllocations& operator=(const OwnAllocations&) = delete;
  ~OwnAllocations() { allocations.watched = before_; }

 private:
  bool before_;
};

}  // namespace assay::sandbox
