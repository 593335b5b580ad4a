// A disk under SQLite that fails when it is told to, remembers what is not synced, and loses that when its power is
// cut.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace assay::test {

/// While it lives it stands between SQLite and the databases in one folder: the default VFS passes through to the real
/// one, whose calls it watches. One at a time; databases opened through it must be closed before it goes. Thread-safe.
class Disk {
 public:
  explicit Disk(std::filesystem::path folder);
  ~Disk();
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;

  enum class Fault { none, write, sync, full };
  /// From now on every write, every sync, or every write that lengthens a file fails for files whose names end with
  /// `suffix`, after `spared` that do not. What a failed sync did not write no later one will.
  void fail(Fault fault, std::string_view suffix = "", int spared = 0);

  /// What reached the disk, in order: "write assay.db-wal", "sync assay.db-wal". Empties the list.
  std::vector<std::string> take_calls();
  /// Writes to the file that no sync has followed.
  std::size_t unsynced(std::string_view name) const;

  /// The n-th call from now that would change the disk, or sync it, finds no power, nor does any later one. What
  /// becomes of that call is up to `seed`.
  void cut_power_after(int calls, std::mt19937::result_type seed);
  bool powered() const;
  /// What the disk holds after the power came back: of each file the content of its last sync, and any of the later
  /// writes, torn at sectors; of the folder the names of its last sync, and any of the later changes.
  void recover(const std::filesystem::path& to, std::mt19937& chance) const;

  /// Databases that are opened from now on get this level ("OFF", "NORMAL") when they ask for synchronous=FULL.
  void degrade(std::string level);

  struct Vfs;  // the functions that SQLite calls

 private:
  /// A write, or for empty `bytes` a truncation to `offset`.
  struct Change {
    std::int64_t offset;
    std::string bytes;
  };
  struct Image {
    std::string durable = {};
    std::vector<Change> pending = {};
  };
  using Names = std::map<std::string, std::shared_ptr<Image>, std::less<>>;

  /// Counts down to the cut; 1: there is power; 0: it goes with this call; -1: it is gone.
  int power();
  bool fails(Fault fault, std::string_view name);
  void sync_names();
  static void apply(std::string& content, const Change& change);
  static std::string torn(const Image& image, std::mt19937& chance);

  const std::filesystem::path folder_;
  mutable std::mutex mutex_;
  Names names_, durable_names_;
  std::vector<std::string> calls_;
  Fault fault_ = Fault::none;
  std::string suffix_;
  int spared_ = 0;
  int until_cut_ = -1;  // calls left; negative: nobody cuts
  bool powered_ = true;
  std::mt19937 cut_;
  std::string level_;
};

}  // namespace assay::test
