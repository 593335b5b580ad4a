// The mapping, and what makes SQLite use it: its file methods with two of them exchanged.
#include "storage/file_mapping.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>

#include "storage/connection.h"

namespace assay {
namespace {

// Addresses only: a page takes memory when the kernel holds it anyway. Beyond, pages are read.
constexpr std::int64_t mapped_bytes = std::int64_t{256} << 30;

}  // namespace

/// The methods of one open file: the library's own but for fetching pages.
struct FileMapping::Methods {
  sqlite3_io_methods own = {};  // first: SQLite sees this
  const sqlite3_io_methods* original = nullptr;
  const FileMapping* mapping = nullptr;

  static Methods& of(sqlite3_file* file) {
    return *reinterpret_cast<Methods*>(const_cast<sqlite3_io_methods*>(file->pMethods));
  }
  static int fetch(sqlite3_file* file, sqlite3_int64 offset, int size, void** page) {
    // SQLite writes to no page that it fetched.
    *page = const_cast<void*>(of(file).mapping->at(offset, size));
    return SQLITE_OK;
  }
  static int unfetch(sqlite3_file*, sqlite3_int64, void*) { return SQLITE_OK; }
  static int close(sqlite3_file* file) {
    const std::unique_ptr<Methods> ended(&of(file));
    file->pMethods = ended->original;
    return ended->original->xClose(file);
  }
};

FileMapping::FileMapping(const std::string& file)
    : descriptor_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR)) {
  if (descriptor_ < 0) throw DatabaseError(DatabaseError::Kind::io, std::generic_category().message(errno));
  void* start = ::mmap(nullptr, mapped_bytes, PROT_READ, MAP_SHARED | MAP_NORESERVE, descriptor_, 0);
  if (start == MAP_FAILED) return;  // for want of addresses: slower, not wrong
  start_ = static_cast<const char*>(start);
  reach_ = mapped_bytes;
}

FileMapping::~FileMapping() {
  if (start_ != nullptr) ::munmap(const_cast<char*>(start_), mapped_bytes);
  ::close(descriptor_);
}

const void* FileMapping::at(std::int64_t offset, std::int64_t size) const {
  if (offset + size > reach_) return nullptr;
  if (offset + size > size_) {
    struct stat status{};
    if (::fstat(descriptor_, &status) != 0) return nullptr;
    size_ = status.st_size;
    if (offset + size > status.st_size) return nullptr;
  }
  return start_ + offset;
}

void FileMapping::lend_to(sqlite3* connection) const {
  if (start_ == nullptr) return;
  sqlite3_file* file = nullptr;
  sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, static_cast<void*>(&file));
  if (file == nullptr || file->pMethods == nullptr || file->pMethods->iVersion < 3) return;
  auto methods = std::make_unique<Methods>();
  methods->own = *file->pMethods;
  methods->original = file->pMethods;
  methods->mapping = this;
  methods->own.xFetch = &Methods::fetch;
  methods->own.xUnfetch = &Methods::unfetch;
  methods->own.xClose = &Methods::close;
  file->pMethods = &methods.release()->own;
}

}  // namespace assay
