// SQLite's VFS interface: the log's appends are kept together, all else is passed on.
#include "storage/wal_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <new>
#include <utility>

namespace assay {
namespace {

// The format of the log: sqlite.org/fileformat2.html#walformat
constexpr int frame_header = 24;
constexpr std::size_t pages_after_commit = 4;  // where a frame's header says how large the database is; 0: no commit

constexpr std::size_t at_most =
    120 * std::size_t{1024};  // bytes that are kept: unix VFS writes less than 128 KiB a call

sqlite3_vfs* below() { return sqlite3_vfs_find(nullptr); }

/// A log that is open. SQLite gives it its place and calls no constructors.
struct Log : sqlite3_file {
  sqlite3_file* real;
  char* kept;
  std::size_t size;
  sqlite3_int64 begin;    // in the file, of what is kept
  sqlite3_int64 end;      // of what was appended
  bool is_whole;          // with the frame that commits: the next one to be appended begins a transaction
  bool commits;           // the frame whose header came last
  int lost;               // why what was kept could not be written, and
  sqlite3_int64 lost_at;  // from where on: SQLite takes it for written, until it has rolled back to before it

  static Log& of(sqlite3_file* file) { return *static_cast<Log*>(file); }

  int flush() {
    if (lost != SQLITE_OK) return lost;
    if (size == 0) return SQLITE_OK;
    const auto bytes = static_cast<int>(std::exchange(size, 0));
    lost_at = begin;
    return lost = real->pMethods->xWrite(real, kept, bytes, begin);
  }

  /// All from here on is undone, and written anew.
  void rewind(sqlite3_int64 offset) {
    if (lost != SQLITE_OK && offset <= lost_at) lost = SQLITE_OK;
    size = offset <= begin ? 0 : std::min(size, static_cast<std::size_t>(offset - begin));
    end = offset;
  }

  void note_header(const void* header, sqlite3_int64 offset) {
    const auto* pages = static_cast<const unsigned char*>(header) + pages_after_commit;
    commits = std::any_of(pages, pages + 4, [](unsigned char byte) { return byte != 0; });
    // Of a transaction that is whole headers are written anew in their places, before it is in the index.
    if (!is_whole && offset < end) rewind(offset);
    if (offset >= end) is_whole = false;
  }

  /// Adds to what is kept, which it may have to write first.
  int keep(const void* bytes, int count, sqlite3_int64 offset) {
    const auto added = static_cast<std::size_t>(count);
    if (offset != begin + static_cast<sqlite3_int64>(size) || size + added > at_most) {
      if (const int code = flush(); code != SQLITE_OK) return code;
      begin = offset;
    }
    std::memcpy(kept + size, bytes, added);
    size += added;
    end = std::max(end, offset + count);
    return SQLITE_OK;
  }
};

int write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset) {
  Log& log = Log::of(file);
  if (static_cast<std::size_t>(count) > at_most) return SQLITE_IOERR_WRITE;  // no page is that large
  const bool is_new = offset >= log.end, is_header = count == frame_header;
  if (offset == 0) {  // the log begins anew
    log.rewind(0);
    log.is_whole = true;
  } else if (is_header) {
    log.note_header(bytes, offset);
  }
  if (log.lost != SQLITE_OK) return log.lost;
  if (const int code = log.keep(bytes, count, offset); code != SQLITE_OK) return code;
  // Readers look for it in the file as soon as it is in the index, which no call to this file tells. A header that is
  // written anew comes without its page.
  if (!log.commits || (is_header && is_new)) return SQLITE_OK;
  const int code = log.flush();
  log.is_whole = code == SQLITE_OK;
  return code;
}

/// What is kept then is of a transaction that was not committed.
int close(sqlite3_file* file) {
  Log& log = Log::of(file);
  const int code = log.real->pMethods->xClose(log.real);
  std::free(log.real);
  std::free(log.kept);
  return code;
}

/// Asks the real file, when all that was kept is in it.
template <class Ask>
int after_flush(sqlite3_file* file, Ask ask) {
  Log& log = Log::of(file);
  if (const int code = log.flush(); code != SQLITE_OK) return code;
  return ask(log.real->pMethods, log.real);
}

const sqlite3_io_methods& methods() {
  static const sqlite3_io_methods made = [] {
    using Methods = const sqlite3_io_methods*;
    sqlite3_io_methods all{};
    all.iVersion = 1;  // a log is neither shared nor mapped
    all.xClose = close;
    all.xWrite = write;
    all.xRead = [](sqlite3_file* file, void* to, int count, sqlite3_int64 offset) {
      Log& log = Log::of(file);
      // What comes before is read as it is, also for a rollback after a write that failed.
      const sqlite3_int64 unwritten = log.lost != SQLITE_OK ? log.lost_at : log.begin;
      if ((log.lost != SQLITE_OK || log.size > 0) && offset + count > unwritten) {
        if (const int code = log.flush(); code != SQLITE_OK) return code;
      }
      return log.real->pMethods->xRead(log.real, to, count, offset);
    };
    all.xTruncate = [](sqlite3_file* file, sqlite3_int64 size) {
      return after_flush(file, [=](Methods real, sqlite3_file* log) { return real->xTruncate(log, size); });
    };
    all.xSync = [](sqlite3_file* file, int flags) {
      return after_flush(file, [=](Methods real, sqlite3_file* log) { return real->xSync(log, flags); });
    };
    all.xFileSize = [](sqlite3_file* file, sqlite3_int64* size) {
      return after_flush(file, [=](Methods real, sqlite3_file* log) { return real->xFileSize(log, size); });
    };
    all.xFileControl = [](sqlite3_file* file, int operation, void* argument) {
      return after_flush(file,
                         [=](Methods real, sqlite3_file* log) { return real->xFileControl(log, operation, argument); });
    };
    all.xLock = [](sqlite3_file* file, int level) {
      return Log::of(file).real->pMethods->xLock(Log::of(file).real, level);
    };
    all.xUnlock = [](sqlite3_file* file, int level) {
      return Log::of(file).real->pMethods->xUnlock(Log::of(file).real, level);
    };
    all.xCheckReservedLock = [](sqlite3_file* file, int* held) {
      return Log::of(file).real->pMethods->xCheckReservedLock(Log::of(file).real, held);
    };
    all.xSectorSize = [](sqlite3_file* file) { return Log::of(file).real->pMethods->xSectorSize(Log::of(file).real); };
    all.xDeviceCharacteristics = [](sqlite3_file* file) {
      return Log::of(file).real->pMethods->xDeviceCharacteristics(Log::of(file).real);
    };
    return all;
  }();
  return made;
}

int open_log(const char* path, sqlite3_file* file, int flags, int* out) {
  Log& log = *new (file) Log{};  // without methods SQLite does not close it
  log.is_whole = true;
  auto* const real = static_cast<sqlite3_file*>(std::calloc(1, static_cast<std::size_t>(below()->szOsFile)));
  auto* const kept = static_cast<char*>(std::malloc(at_most));
  const int code = real == nullptr || kept == nullptr ? SQLITE_NOMEM : below()->xOpen(below(), path, real, flags, out);
  if (code != SQLITE_OK) {
    if (real != nullptr && real->pMethods != nullptr) real->pMethods->xClose(real);
    std::free(real);
    std::free(kept);
    return code;
  }
  log.real = real;
  log.kept = kept;
  log.pMethods = &methods();
  return SQLITE_OK;
}

sqlite3_vfs& table() {
  static sqlite3_vfs made = [] {
    sqlite3_vfs all{};
    all.iVersion = 2;
    all.mxPathname = below()->mxPathname;
    all.zName = "assay-wal";
    all.xOpen = [](sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* out) {
      if ((flags & SQLITE_OPEN_WAL) != 0) return open_log(path, file, flags, out);
      return below()->xOpen(below(), path, file, flags, out);
    };
    all.xDelete = [](sqlite3_vfs*, const char* path, int sync) { return below()->xDelete(below(), path, sync); };
    all.xAccess = [](sqlite3_vfs*, const char* path, int flags, int* found) {
      return below()->xAccess(below(), path, flags, found);
    };
    all.xFullPathname = [](sqlite3_vfs*, const char* path, int size, char* full) {
      return below()->xFullPathname(below(), path, size, full);
    };
    all.xRandomness = [](sqlite3_vfs*, int count, char* to) { return below()->xRandomness(below(), count, to); };
    all.xSleep = [](sqlite3_vfs*, int microseconds) { return below()->xSleep(below(), microseconds); };
    all.xCurrentTime = [](sqlite3_vfs*, double* now) { return below()->xCurrentTime(below(), now); };
    all.xGetLastError = [](sqlite3_vfs*, int size, char* to) { return below()->xGetLastError(below(), size, to); };
    all.xCurrentTimeInt64 = [](sqlite3_vfs*, sqlite3_int64* now) { return below()->xCurrentTimeInt64(below(), now); };
    return all;
  }();
  return made;
}

}  // namespace

const char* wal_vfs() {
  static std::mutex mutex;
  const std::unique_lock lock(mutex);
  sqlite3_vfs& vfs = table();
  // SQLite reserves this much for each file, of which all but the log are the default's.
  const int needed = std::max(below()->szOsFile, static_cast<int>(sizeof(Log)));
  if (vfs.szOsFile < needed) vfs.szOsFile = needed;
  if (sqlite3_vfs_find(vfs.zName) == nullptr) sqlite3_vfs_register(&vfs, 0);
  return vfs.zName;
}

}  // namespace assay
