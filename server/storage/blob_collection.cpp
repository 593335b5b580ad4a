// Removes files that nothing refers to.
#include "storage/blob_collection.h"

#include <mutex>
#include <system_error>

#include "storage/blob_naming.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

/// <organisation>/<2 hex>/<62 hex> below the folder; another path has no counterpart among what is referenced.
std::pair<std::string, std::string> named_by(const fs::path& folder, const fs::path& file) {
  const fs::path relative = file.lexically_relative(folder);
  return {relative.begin()->string(), file.parent_path().filename().string() + file.filename().string()};
}

/// Removes the file unless somebody stores it again: nobody can renew its time between the look and the removal, and
/// at no moment does a file that stays lack its name.
bool remove_if_old(const fs::path& file, std::chrono::file_clock::time_point before) {
  const std::unique_lock lock(blob_naming());
  std::error_code gone;
  const auto written = fs::last_write_time(file, gone);
  return !gone && written < before && fs::remove(file);
}

}  // namespace

Collected remove_unreferenced(const fs::path& folder, const std::set<std::pair<std::string, std::string>>& referenced,
                              std::chrono::file_clock::time_point before, std::stop_token stop) {
  Collected collected;
  if (!fs::exists(folder)) return collected;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (stop.stop_requested()) break;
    std::error_code gone;  // another one may be at work in the folder: what vanishes is no error
    if (!entry.is_regular_file(gone) || referenced.contains(named_by(folder, entry.path()))) continue;
    const auto size = fs::file_size(entry.path(), gone);
    if (gone || !remove_if_old(entry.path(), before)) continue;
    ++collected.files;
    collected.bytes += static_cast<std::int64_t>(size);
  }
  return collected;
}

}  // namespace assay
