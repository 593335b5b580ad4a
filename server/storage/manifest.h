// The list of what a backup consists of, with a hash of everything and of itself.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "domain/json.h"
#include "storage/files.h"

namespace assay {

struct BackupManifest {
  std::string engine;
  int schema = 0;
  std::string epoch;
  std::int64_t position = 0;
  std::map<std::string, FileDigest> files = {};        // path within the backup
  std::map<std::string, std::int64_t> sequences = {};  // PostgreSQL
};

/// Writes manifest.json, synced. Throws std::system_error.
void write_manifest(const std::filesystem::path& folder, const BackupManifest& manifest);

/// Reads manifest.json and compares every file with it; nothing else may lie in the folder. Throws std::runtime_error
/// that names what is wrong.
BackupManifest verified_manifest(const std::filesystem::path& folder);

}  // namespace assay
