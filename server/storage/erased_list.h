// The list of people who were erased, beside the database: what a backup that is older than an erasure does not know.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace assay {

/// The public ids on the list, which is a text with one a line; none when there is no list. Throws std::runtime_error
/// when it holds anything else, and std::system_error.
std::set<std::string> read_erased(const std::filesystem::path& list);
/// Adds those that are not on it yet, and makes the list when there is none; on disk, its folder synced, on return.
/// Throws as read_erased().
void add_erased(const std::filesystem::path& list, const std::vector<std::string>& people);

}  // namespace assay
