// The program that runs one plugin in a process of its own.
#pragma once

#include <string>
#include <vector>

#include "sandbox/library.h"

namespace assay::sandbox {

/// The descriptors that the server starts the program with; 0 is /dev/null, 1 and 2 are a pipe for stray output.
inline constexpr int socket_descriptor = 3;
inline constexpr int library_descriptor = 4;

/// Niceness of a process that runs when nobody else wants the processor (SCHED_IDLE).
inline constexpr int only_what_is_left = 20;

/// What the server sends first.
struct LoadRequest {
  Identity identity;
  std::vector<std::string> host_extensions;  // that the manifest asks for
  std::string server_version, language;
  std::int64_t deadline_ms;  // for init
};
std::string pack(const LoadRequest& request);

/// Makes the process that much nicer, so that others come first, whoever computes without end. Counted from the
/// server's own niceness, which may stand back itself: the kernel never refuses somebody to be nicer, but lets only
/// root be less so. Where the class that only_what_is_left asks for is refused, as a filter of a service may do, it
/// is 19. Whether it was done.
bool stand_back(int niceness);

/// Confines the process, loads the library on library_descriptor, and serves calls on socket_descriptor until the
/// server closes it, all `niceness` (0 to only_what_is_left) nicer than the server. The status to exit with, by _exit:
/// nothing of the plugin is to run after that.
int run_host(int niceness);

}  // namespace assay::sandbox
