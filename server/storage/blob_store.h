// Files by the SHA-256 of their content, per organisation: streamed in, durable before they are named, read back
// streamed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "domain/refusal.h"

namespace assay {

struct StoredFile {
  std::string sha256;  // hex
  std::int64_t size;
};

/// One file on its way in. Destroying it without finish() leaves nothing behind. Used by one thread at a time.
class FileWriter {
 public:
  virtual ~FileWriter() = default;
  /// Refuses: too_large, storage_full.
  virtual Result<void> write(std::span<const char> bytes) = 0;
  /// Syncs the file, renames it to its hash, syncs the folder; only then may anything refer to it.
  virtual Result<StoredFile> finish() = 0;
};

/// Thread-safe.
class BlobStore {
 public:
  virtual ~BlobStore() = default;
  /// `limit` in bytes.
  virtual std::unique_ptr<FileWriter> create(std::string_view organisation, std::int64_t limit) = 0;
  /// Where the file lies, for streaming; nothing when it is not there.
  virtual std::optional<std::filesystem::path> locate(std::string_view organisation, std::string_view sha256) const = 0;
};

/// Files below `folder`/<organisation>/<2 hex>/<62 hex>.
std::unique_ptr<BlobStore> open_blob_folder(const std::filesystem::path& folder);

}  // namespace assay
