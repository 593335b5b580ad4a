// The lock under which a stored file gets its name, begins its grace period again, or is removed.
#pragma once

#include <mutex>

namespace assay {

/// One for all blob folders of the process: a folder has one process (folder_lock.h), and what is done under it is
/// short.
inline std::mutex& blob_naming() {
  static std::mutex mutex;
  return mutex;
}

}  // namespace assay
