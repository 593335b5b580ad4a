// Landlock: a process shuts itself out of the file system, but for some folders.
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox/confine_steps.h"

namespace assay::sandbox {
namespace {

/// As the kernel has it since ABI 6; older ones take the beginning.
struct Ruleset {
  std::uint64_t files;
  std::uint64_t network;  // since ABI 4
  std::uint64_t scoped;   // since ABI 6: abstract sockets and signals
};

/// All rights on files that this version of the kernel knows.
std::uint64_t rights(long abi) {
  if (abi >= 5) return (1u << 16) - 1;
  if (abi >= 3) return (1u << 15) - 1;
  return abi == 2 ? (1u << 14) - 1 : (1u << 13) - 1;
}

std::size_t size_of(long abi) {
  if (abi >= 6) return sizeof(Ruleset);
  return abi >= 4 ? offsetof(Ruleset, scoped) : offsetof(Ruleset, network);
}

bool allow_reading(int ruleset, const char* place) {
  const int at = ::open(place, O_PATH | O_CLOEXEC);
  if (at < 0) return true;  // what is not there needs no permission
  landlock_path_beneath_attr rule{};
  rule.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE;
  rule.parent_fd = at;
  const bool added = ::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
  ::close(at);
  return added;
}

}  // namespace

bool landlock() {
  const long abi = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (abi < 1) return false;
  const Ruleset wanted{rights(abi), 3, 3};
  const int ruleset = static_cast<int>(::syscall(SYS_landlock_create_ruleset, &wanted, size_of(abi), 0));
  if (ruleset < 0) return false;
  bool held = allow_reading(ruleset, library_in_own_root);
  for (const char* place : library_places) held = allow_reading(ruleset, place) && held;
  held = held && ::syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
  ::close(ruleset);
  return held;
}

}  // namespace assay::sandbox
