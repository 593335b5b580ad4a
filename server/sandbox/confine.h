// Confines the process of a plugin before any code of the plugin runs in it.
#pragma once

#include <string>

#include "sandbox/parts.h"

namespace assay::sandbox {

/// What is left of the process that was.
struct Confined {
  Parts parts;          // what holds; the kernel refused the rest
  std::string library;  // where the library can be loaded from, as the process may have a file system of its own
};

/// Takes from this process, which must have one thread and nothing to lose, all that it does not need to load
/// `library`, a descriptor of a sealed memory file, and to speak on the descriptors that it has. In this order:
/// namespaces and a file system of its own, another user than root, limits, capabilities, no new privileges, Landlock,
/// system calls. Where processes get a namespace of their own it forks, and only the inner one returns; the outer one
/// ends as the inner one does. The process dies with the thread that started it.
/// What holds against code that is hostile from its first instruction is what this returns; deny_loading() is against
/// code that is taken over later. With `watched` a forbidden system call raises SIGSYS and is not made: for authors.
Confined confine(int library, bool watched = false);

/// After loading: no file is opened any more, no memory made executable. False when the kernel does not.
bool deny_loading(bool watched = false);

}  // namespace assay::sandbox
