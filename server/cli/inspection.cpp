// Looks into a data folder.
#include "cli/inspection.h"

#include <cstdlib>

#include "cli/workspace.h"
#include "storage/backup.h"
#include "storage/evidence.h"
#include "storage/files.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

fs::path make_scratch(const fs::path& parent) {
  std::string name = (parent / "assay-scratch-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder can be made in " + parent.string());
  return name;
}

}  // namespace

ScratchFolder::ScratchFolder(const fs::path& parent) : path_(make_scratch(parent)) {}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;  // what is left there is a copy
  fs::remove_all(path_, ignored);
}

Inspection::Inspection(const SettingValues& values, const fs::path& scratch_parent)
    : folder_(data_folder(values)), scratch_(scratch_parent), settings_(store_settings(values)) {
  if (!fs::is_directory(folder_.root)) throw std::runtime_error("there is no data folder " + folder_.root.string());
  if (!assay::in_use(folder_)) lock_.emplace(folder_.root);
  settings_.scratch = scratch_.path().string();
  if (lock_ || !settings_.database.empty()) return;
  copy_database(settings_, scratch_.path() / "copy");
  settings_.data = (scratch_.path() / "copy").string();
  copied_ = true;
}

Store& Inspection::store() {
  if (!store_) store_ = Store::inspect(settings_);
  return *store_;
}

FileCheck check_files(const DataFolder& folder, Store& store) {
  std::vector<std::pair<std::string, std::string>> referenced;
  {
    Snapshot at = store.read();
    referenced = referenced_files(at);
  }
  FileCheck check;
  for (const auto& [organisation, sha256] : referenced) {
    ++check.files;
    const fs::path place = folder.blobs() / organisation / sha256.substr(0, 2) / sha256.substr(2);
    std::error_code unseen;
    if (!fs::is_regular_file(place, unseen)) {
      check.wrong.push_back("file " + sha256 + " is missing");
      continue;
    }
    try {
      if (digest_of(place).sha256 != sha256) {
        check.wrong.push_back("file " + sha256 + " does not have the content of its name");
      }
    } catch (const std::system_error& error) {
      check.wrong.push_back("file " + sha256 + " cannot be read: " + error.code().message());
    }
  }
  return check;
}

}  // namespace assay
