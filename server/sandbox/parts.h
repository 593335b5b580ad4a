// What the sandbox of a plugin's process consists of, and how far it reaches.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay::sandbox {

/// Bits of what holds in a process, told by it before it loads anything.
enum Part : std::uint32_t {
  part_no_new_privileges = 1u << 0,
  part_limits = 1u << 1,        // of memory, processor time, descriptors, file size; no core file
  part_user = 1u << 2,          // a user namespace, or a user that owns nothing
  part_network = 1u << 3,       // a network namespace without any interface that is up
  part_processes = 1u << 4,     // a process namespace: it sees itself alone
  part_ipc = 1u << 5,           // a namespace of System V and POSIX message queues
  part_mounts = 1u << 6,        // a file system that holds libraries and nothing else, read-only
  part_landlock = 1u << 7,      // no file but libraries, whatever is mounted
  part_system_calls = 1u << 8,  // seccomp
};
using Parts = std::uint32_t;

/// How far the parts reach together; each level includes those before it.
///   open      less than `filtered`
///   filtered  no privileges, limits, and a short list of system calls; while it is loaded it could read what the
///             server's user can
///   confined  and no file but libraries, by Landlock or by a file system of its own
///   isolated  and both of these, and namespaces for users, network, processes and IPC
enum class Level : std::uint32_t { open, filtered, confined, isolated };

Level level_of(Parts parts);
/// "open", "filtered", "confined", "isolated".
std::string_view to_text(Level level);
std::optional<Level> level_named(std::string_view name);
/// For people: "user", "network", ... in the order of the bits.
std::vector<std::string> names_of(Parts parts);

}  // namespace assay::sandbox
