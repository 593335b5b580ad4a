// The database file in memory, once for all connections that read it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

struct sqlite3;

namespace assay {

/// SQLite maps the file for each connection, and unmaps it after each commit of another one, because the file may have
/// been cut meanwhile. The files of a store only grow, so one mapping that nobody unmaps serves all: pages are found
/// where the kernel keeps them. What cannot be mapped is read. An error of the disk under a mapped page ends the
/// process, as any lost storage does.
class FileMapping {
 public:
  /// Makes the file if it is not there. Throws DatabaseError if that is not possible. To be made before any
  /// connection to the file and destroyed after all of them: closing a file drops the process's locks on it.
  explicit FileMapping(const std::string& file);
  ~FileMapping();
  FileMapping(const FileMapping&) = delete;
  FileMapping& operator=(const FileMapping&) = delete;

  /// The connection reads pages of its main database here from now on.
  void lend_to(sqlite3* connection) const;
  /// Bytes from the start of the file that the mapping can show; 0 if there is none.
  std::int64_t reach() const { return reach_; }

 private:
  struct Methods;
  /// The bytes, or null if the file does not have them yet.
  const void* at(std::int64_t offset, std::int64_t size) const;

  int descriptor_ = -1;
  std::int64_t reach_ = 0;
  const char* start_ = nullptr;
  mutable std::atomic<std::int64_t> size_ = 0;  // of the file, as far as it is known
};

}  // namespace assay
