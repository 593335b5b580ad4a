// What a plugin asks of the kernel and must not: noted and refused, where the sandbox would end its process.
#pragma once

#include <string>
#include <vector>

namespace assay::sandbox {

/// Begins to note. Before confine(..., true), whose filter raises the signal for it.
void watch_system_calls();

/// The names of those that were refused so far, each once, in the order of their first time: "socket", "openat", ...
std::vector<std::string> refused_system_calls();

}  // namespace assay::sandbox
