// A data folder that is only looked into, also while a server uses it: for verify and doctor.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/data_folder.h"
#include "cli/settings.h"
#include "storage/folder_lock.h"
#include "storage/store.h"

namespace assay {

/// A folder of its own that is gone afterwards.
class ScratchFolder {
 public:
  explicit ScratchFolder(const std::filesystem::path& parent);
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Changes nothing in the data folder. A SQLite database that a server uses is copied into a folder below
/// `scratch_parent` first, so that the server is not held up; PostgreSQL is read where it is; files always are.
class Inspection {
 public:
  /// Throws std::runtime_error when there is no data folder or nothing can be copied.
  Inspection(const SettingValues& values, const std::filesystem::path& scratch_parent);

  const DataFolder& folder() const { return folder_; }
  /// A server uses the folder.
  bool in_use() const { return !lock_; }
  bool copied() const { return copied_; }
  /// Opened when it is first asked for. Throws std::runtime_error with what is wrong with the database.
  Store& store();

 private:
  const DataFolder folder_;
  std::optional<FolderLock> lock_;
  ScratchFolder scratch_;
  StoreSettings settings_;
  bool copied_ = false;
  std::unique_ptr<Store> store_;
};

struct FileCheck {
  std::int64_t files = 0;
  std::vector<std::string> wrong = {};  // "file 3f... is missing"
};
/// Hashes every file that evidence or a report refers to.
FileCheck check_files(const DataFolder& folder, Store& store);

}  // namespace assay
