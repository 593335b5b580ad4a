// Files as a database treats them: durable before they are named.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>

namespace assay {

/// An open file descriptor.
class File {
 public:
  /// Throws std::system_error.
  File(const std::filesystem::path& path, int flags, unsigned mode = 0600);
  ~File();
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int descriptor() const { return descriptor_; }
  /// Writes all bytes. Throws std::system_error.
  void write(std::span<const char> bytes);
  /// How many bytes were read; 0 at the end. Throws std::system_error.
  std::size_t read(std::span<char> into);
  /// fsync. Throws std::system_error: after a failure nothing may be taken for written.
  void sync();

 private:
  int descriptor_;
};

/// Makes names that were created, renamed or removed in the folder durable. Throws std::system_error.
void sync_folder(const std::filesystem::path& folder);
/// Makes the folder and those above it that are missing, each durable in its parent. Throws std::system_error.
void make_folder(const std::filesystem::path& folder);
/// SHA-256 (hex) and size of a file. Throws std::system_error.
struct FileDigest {
  std::string sha256;
  std::int64_t size;
};
FileDigest digest_of(const std::filesystem::path& path);
/// Copies a file while hashing it; synced. Throws std::system_error.
FileDigest copy_hashed(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace assay
