// The names of threads, as `top -H` and a debugger show them.
#pragma once

#include <pthread.h>

namespace assay {

/// Names the calling thread: at most 15 bytes, else it keeps its name. What it starts inherits the name.
inline void name_thread(const char* name) noexcept { (void)::pthread_setname_np(::pthread_self(), name); }

}  // namespace assay
