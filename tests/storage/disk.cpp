// SQLite's VFS interface, passed through to the real one and watched.
#include "storage/disk.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace assay::test {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t sector = 512;

Disk* present = nullptr;  // SQLite's functions get no object that could lead to it

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string content(fs::file_size(path), '\0');
  file.read(content.data(), static_cast<std::streamsize>(content.size()));
  return content;
}

}  // namespace

/// The real file follows the object in memory; SQLite allocates both.
struct Disk::Vfs {
  struct Opened : sqlite3_file {
    Disk* disk;
    std::shared_ptr<Image>* image;  // SQLite calls no constructors
    char name[64];
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  };
  static Opened& of(sqlite3_file* file) { return *static_cast<Opened*>(file); }
  static sqlite3_vfs* below() { return sqlite3_vfs_find("unix"); }

  static int open(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* out);
  static int remove(sqlite3_vfs*, const char* path, int sync_folder);
  static int open_folder(const char* path, int* descriptor);
  static int close(sqlite3_file* file);
  static int write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset);
  static int truncate(sqlite3_file* file, sqlite3_int64 size);
  static int sync(sqlite3_file* file, int flags);
  static int control(sqlite3_file* file, int operation, void* argument);

  static const sqlite3_io_methods& methods();
  static sqlite3_vfs& table();
  static inline int (*real_open_folder)(const char*, int*) = nullptr;
};

int Disk::Vfs::open(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* out) {
  Opened& opened = of(file);
  opened.pMethods = nullptr;
  opened.disk = nullptr;
  const fs::path named = path == nullptr ? fs::path() : fs::path(path);
  const bool there = fs::exists(named);
  if (const int code = below()->xOpen(below(), path, opened.real(), flags, out); code != SQLITE_OK) return code;
  opened.image = new std::shared_ptr<Image>(std::make_shared<Image>());
  opened.name[0] = '\0';
  opened.pMethods = &methods();
  const std::string name = named.filename();
  if (present == nullptr || named.parent_path() != present->folder_ || !name.starts_with("assay.db")) return SQLITE_OK;
  opened.disk = present;
  name.copy(opened.name, sizeof opened.name - 1);
  opened.name[std::min(name.size(), sizeof opened.name - 1)] = '\0';
  const std::unique_lock lock(present->mutex_);
  auto& known = present->names_[name];
  if (!known) {
    known = *opened.image;
    if (there) {
      known->durable = content_of(named);
      present->durable_names_[name] = known;
    }
  }
  *opened.image = known;
  return SQLITE_OK;
}

int Disk::Vfs::remove(sqlite3_vfs*, const char* path, int sync_folder) {
  const fs::path named = path;
  if (present != nullptr && named.parent_path() == present->folder_) {
    const std::unique_lock lock(present->mutex_);
    if (present->power() <= 0) return SQLITE_IOERR_DELETE;
    present->names_.erase(named.filename().string());
  }
  return below()->xDelete(below(), path, sync_folder);
}

int Disk::Vfs::open_folder(const char* path, int* descriptor) {
  // The only thing that SQLite opens a folder for is to sync it.
  if (present != nullptr && fs::path(path).parent_path() == present->folder_) present->sync_names();
  return real_open_folder(path, descriptor);
}

int Disk::Vfs::close(sqlite3_file* file) {
  delete of(file).image;
  return of(file).real()->pMethods->xClose(of(file).real());
}

int Disk::Vfs::write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset) {
  Opened& opened = of(file);
  const auto pass = [&] { return opened.real()->pMethods->xWrite(opened.real(), bytes, count, offset); };
  if (opened.disk == nullptr) return pass();
  Disk& disk = *opened.disk;
  const std::unique_lock lock(disk.mutex_);
  const int power = disk.power();
  const Change change{offset, std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(count))};
  if (power == 0 && disk.cut_() % 2 == 0) (*opened.image)->pending.push_back(change);
  if (power <= 0 || disk.fails(Fault::write, opened.name)) return SQLITE_IOERR_WRITE;
  sqlite3_int64 size = 0;
  opened.real()->pMethods->xFileSize(opened.real(), &size);
  if (offset + count > size && disk.fails(Fault::full, opened.name)) return SQLITE_FULL;
  if (const int code = pass(); code != SQLITE_OK) return code;
  (*opened.image)->pending.push_back(change);
  disk.calls_.push_back(std::string("write ") + opened.name);
  return SQLITE_OK;
}

int Disk::Vfs::truncate(sqlite3_file* file, sqlite3_int64 size) {
  Opened& opened = of(file);
  if (opened.disk != nullptr) {
    const std::unique_lock lock(opened.disk->mutex_);
    if (opened.disk->power() <= 0) return SQLITE_IOERR_TRUNCATE;
    (*opened.image)->pending.push_back({size, {}});
  }
  return opened.real()->pMethods->xTruncate(opened.real(), size);
}

int Disk::Vfs::sync(sqlite3_file* file, int flags) {
  Opened& opened = of(file);
  const auto pass = [&] { return opened.real()->pMethods->xSync(opened.real(), flags); };
  if (opened.disk == nullptr) return pass();
  Disk& disk = *opened.disk;
  const auto settle = [&] {
    for (const Change& change : (*opened.image)->pending) apply((*opened.image)->durable, change);
    (*opened.image)->pending.clear();
  };
  {
    const std::unique_lock lock(disk.mutex_);
    const int power = disk.power();
    if (power == 0 && disk.cut_() % 2 == 0) settle();
    if (power <= 0) return SQLITE_IOERR_FSYNC;
    if (disk.fails(Fault::sync, opened.name)) {
      (*opened.image)->pending.clear();  // as the kernel does: what it could not write it takes for written
      return SQLITE_IOERR_FSYNC;
    }
    settle();
    disk.calls_.push_back(std::string("sync ") + opened.name);
  }
  return pass();  // for a new log it goes on with the folder, which comes back to open_folder()
}

int Disk::Vfs::control(sqlite3_file* file, int operation, void* argument) {
  Opened& opened = of(file);
  if (operation == SQLITE_FCNTL_PRAGMA && opened.disk != nullptr && !opened.disk->level_.empty()) {
    char** const pragma = static_cast<char**>(argument);
    const bool full = pragma[1] != nullptr && pragma[2] != nullptr && std::string_view(pragma[1]) == "synchronous" &&
                      std::string_view(pragma[2]) == "FULL";
    // One digit in the place of the word: 0 is OFF, 1 is NORMAL.
    if (full) std::strcpy(pragma[2], opened.disk->level_ == "OFF" ? "0" : "1");
  }
  return opened.real()->pMethods->xFileControl(opened.real(), operation, argument);
}

const sqlite3_io_methods& Disk::Vfs::methods() {
  static const sqlite3_io_methods made = [] {
    sqlite3_io_methods all{};
    all.iVersion = 2;  // without memory mapping
    all.xClose = close;
    all.xRead = [](sqlite3_file* file, void* into, int count, sqlite3_int64 offset) {
      return of(file).real()->pMethods->xRead(of(file).real(), into, count, offset);
    };
    all.xWrite = write;
    all.xTruncate = truncate;
    all.xSync = sync;
    all.xFileSize = [](sqlite3_file* file, sqlite3_int64* size) {
      return of(file).real()->pMethods->xFileSize(of(file).real(), size);
    };
    all.xLock = [](sqlite3_file* file, int level) { return of(file).real()->pMethods->xLock(of(file).real(), level); };
    all.xUnlock = [](sqlite3_file* file, int level) {
      return of(file).real()->pMethods->xUnlock(of(file).real(), level);
    };
    all.xCheckReservedLock = [](sqlite3_file* file, int* held) {
      return of(file).real()->pMethods->xCheckReservedLock(of(file).real(), held);
    };
    all.xFileControl = control;
    all.xSectorSize = [](sqlite3_file* file) { return of(file).real()->pMethods->xSectorSize(of(file).real()); };
    all.xDeviceCharacteristics = [](sqlite3_file* file) {
      return of(file).real()->pMethods->xDeviceCharacteristics(of(file).real());
    };
    all.xShmMap = [](sqlite3_file* file, int page, int size, int extend, void volatile** at) {
      return of(file).real()->pMethods->xShmMap(of(file).real(), page, size, extend, at);
    };
    all.xShmLock = [](sqlite3_file* file, int offset, int count, int flags) {
      return of(file).real()->pMethods->xShmLock(of(file).real(), offset, count, flags);
    };
    all.xShmBarrier = [](sqlite3_file* file) { of(file).real()->pMethods->xShmBarrier(of(file).real()); };
    all.xShmUnmap = [](sqlite3_file* file, int remove_too) {
      return of(file).real()->pMethods->xShmUnmap(of(file).real(), remove_too);
    };
    return all;
  }();
  return made;
}

sqlite3_vfs& Disk::Vfs::table() {
  static sqlite3_vfs made = [] {
    sqlite3_vfs all = *below();  // whatever else there is gets the real one's own data
    all.pNext = nullptr;
    all.zName = "disk";
    all.szOsFile = static_cast<int>(sizeof(Opened)) + below()->szOsFile;
    all.xOpen = open;
    all.xDelete = remove;
    return all;
  }();
  return made;
}

Disk::Disk(fs::path folder) : folder_(std::move(folder)) {
  if (present != nullptr) throw std::logic_error("one disk at a time");
  present = this;
  if (Vfs::real_open_folder == nullptr) {
    auto* const below = Vfs::below();
    Vfs::real_open_folder = reinterpret_cast<int (*)(const char*, int*)>(below->xGetSystemCall(below, "openDirectory"));
    below->xSetSystemCall(below, "openDirectory", reinterpret_cast<sqlite3_syscall_ptr>(Vfs::open_folder));
  }
  sqlite3_vfs_register(&Vfs::table(), 1);
}

Disk::~Disk() {
  sqlite3_vfs_register(Vfs::below(), 1);
  present = nullptr;
}

void Disk::fail(Fault fault, std::string_view suffix, int spared) {
  const std::unique_lock lock(mutex_);
  fault_ = fault;
  suffix_ = suffix;
  spared_ = spared;
}

bool Disk::fails(Fault fault, std::string_view name) {
  if (fault_ != fault || !name.ends_with(suffix_)) return false;
  return --spared_ < 0;
}

std::vector<std::string> Disk::take_calls() {
  const std::unique_lock lock(mutex_);
  return std::exchange(calls_, {});
}

std::size_t Disk::unsynced(std::string_view name) const {
  const std::unique_lock lock(mutex_);
  const auto found = names_.find(name);
  return found == names_.end() ? 0 : found->second->pending.size();
}

void Disk::cut_power_after(int calls, std::mt19937::result_type seed) {
  const std::unique_lock lock(mutex_);
  until_cut_ = calls;
  cut_.seed(seed);
}

bool Disk::powered() const {
  const std::unique_lock lock(mutex_);
  return powered_;
}

int Disk::power() {
  if (!powered_) return -1;
  if (until_cut_ < 0 || until_cut_-- > 0) return 1;
  powered_ = false;
  return 0;
}

void Disk::sync_names() {
  const std::unique_lock lock(mutex_);
  if (powered_) durable_names_ = names_;
}

void Disk::apply(std::string& content, const Change& change) {
  const auto offset = static_cast<std::size_t>(change.offset);
  if (change.bytes.empty()) return content.resize(offset);
  if (content.size() < offset + change.bytes.size()) content.resize(offset + change.bytes.size());
  content.replace(offset, change.bytes.size(), change.bytes);
}

std::string Disk::torn(const Image& image, std::mt19937& chance) {
  std::string content = image.durable;
  const auto kept = chance() % 5;  // of four: nothing, some, everything
  for (const Change& change : image.pending) {
    if (change.bytes.empty()) {
      if (chance() % 4 < kept) apply(content, change);
      continue;
    }
    for (std::size_t at = 0; at < change.bytes.size();) {
      const auto offset = static_cast<std::size_t>(change.offset) + at;
      const auto count = std::min(sector - offset % sector, change.bytes.size() - at);
      if (chance() % 4 < kept) apply(content, {static_cast<std::int64_t>(offset), change.bytes.substr(at, count)});
      at += count;
    }
  }
  return content;
}

void Disk::recover(const fs::path& to, std::mt19937& chance) const {
  const std::unique_lock lock(mutex_);
  Names names = durable_names_;
  for (const auto& [name, image] : names_) {
    const auto before = durable_names_.find(name);
    if (before == durable_names_.end() || before->second != image) {
      if (chance() % 2 == 0) names[name] = image;
    }
  }
  for (const auto& [name, image] : durable_names_) {
    if (!names_.contains(name) && chance() % 2 == 0) names.erase(name);
  }
  for (const auto& [name, image] : names) {
    std::ofstream(to / name, std::ios::binary) << torn(*image, chance);
  }
}

void Disk::degrade(std::string level) { level_ = std::move(level); }

}  // namespace assay::test
