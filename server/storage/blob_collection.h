// Removes files that nothing refers to: uploads that were never attached, and what a crash left behind.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <set>
#include <stop_token>
#include <string>
#include <utility>

namespace assay {

struct Collected {
  std::int64_t files = 0, bytes = 0;
};

/// Removes every file of a blob folder (open_blob_folder) that is not among `referenced` (organisation uuid, SHA-256)
/// and was last written before `before`. `referenced` is read after the grace has passed for what may be removed;
/// finish() of a file that is there already renews its time, so that what was just uploaded again stays. Temporary
/// files are removed by the same rule. Returns early when `stop` is requested. Throws
/// std::filesystem::filesystem_error.
Collected remove_unreferenced(const std::filesystem::path& folder,
                              const std::set<std::pair<std::string, std::string>>& referenced,
                              std::chrono::file_clock::time_point before, std::stop_token stop = {});

}  // namespace assay
