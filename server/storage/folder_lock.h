// The exclusive lock on a data folder: one server, one restore, never two.
#pragma once

#include <filesystem>

namespace assay {

/// Held until destruction or the end of the process, however it ends.
class FolderLock {
 public:
  /// Makes the folder when it is not there. Throws std::runtime_error when somebody else holds the lock or it cannot be
  /// taken.
  explicit FolderLock(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int file_;
};

}  // namespace assay
