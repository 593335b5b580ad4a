// The steps of confining a process. Each says whether it holds; none undoes what one before it did.
#pragma once

#include "sandbox/parts.h"

namespace assay::sandbox {

/// Where the library lies in the file system that own_root() makes.
inline constexpr const char* library_in_own_root = "/plugin.so";

/// Makes a file system of libraries and a copy of `library`, read-only, and enters it. Needs a mount namespace and the
/// right to mount. After a failure all is as before.
bool own_root(int library);

/// No file is reachable but, for reading, those in folders of libraries.
bool landlock();

/// Only the system calls that loading and calling a plugin take; with `loaded`, no more those of loading. Others end
/// the process when they reach for something, or fail with ENOSYS or EACCES when libraries try them in good faith. With
/// `watched` each of these raises SIGSYS instead, with the error (0: would end the process) in si_errno.
bool limit_system_calls(bool loaded, bool watched);

/// Folders and files that loading a library reads.
inline constexpr const char* library_places[] = {"/lib",       "/lib64",         "/usr/lib",
                                                 "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache"};

}  // namespace assay::sandbox
