// A full disk: a small file system of its own, filled up under load and emptied again.
#include <fmt/format.h>
#include <sys/mount.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include "bench/faults.h"

namespace bench {
namespace {

namespace fs = std::filesystem;

constexpr unsigned full_connections = 8;
constexpr std::uint64_t room = 256 * 1024;  // bytes that are left when the load begins

class SmallDisk {
 public:
  SmallDisk(fs::path folder, std::uint64_t bytes) : folder_(std::move(folder)) {
    fs::create_directories(folder_);
    const std::string size = fmt::format("size={},mode=0700", bytes);
    mounted_ = ::mount("assay-faults", folder_.c_str(), "tmpfs", 0, size.c_str()) == 0;
    if (!mounted_) why_ = std::strerror(errno);
  }
  ~SmallDisk() {
    if (mounted_) ::umount2(folder_.c_str(), MNT_DETACH);
    std::error_code none;
    fs::remove(folder_, none);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool mounted() const { return mounted_; }
  const std::string& why() const { return why_; }
  std::uint64_t free() const {
    struct statvfs state{};
    if (::statvfs(folder_.c_str(), &state) != 0) throw std::runtime_error("the small disk tells nothing");
    return state.f_bavail * state.f_frsize;
  }
  /// Takes all but `left` bytes.
  void fill(std::uint64_t left) const {
    const std::string block(64 * 1024, 'x');
    std::ofstream file(folder_ / "ballast", std::ios::binary);
    for (auto space = free(); space > left + block.size(); space = free())
      if (!file.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) break;
  }
  void empty() const { fs::remove(folder_ / "ballast"); }

 private:
  fs::path folder_;
  bool mounted_ = false;
  std::string why_;
};

std::uint64_t size_of(const fs::path& folder) {
  std::uint64_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) bytes += entry.file_size();
  return bytes;
}

/// What is wrong in one filling and emptying.
std::vector<std::string> round(const Options& options, const SmallDisk& disk, const Fixture& work, Promises& promises,
                               Figure& figure) {
  std::vector<std::string> wrong;
  const auto targets = read_targets(work.data);
  const auto reads = [&](std::uint16_t port, const char* when) {
    try {
      fetch(port, "/api/v1/nonconformities/" + targets.front().uuid, work.tokens.front());
    } catch (const std::runtime_error& error) {
      wrong.push_back(fmt::format("a record cannot be read {}: {}", when, error.what()));
    }
  };
  Served server = serve_assay(options, work);
  // The seeded fault: a disk that is never full.
  if (options.broken.empty()) disk.fill(room);
  {
    Load load(promises, server.port, full_connections);
    load.wait_for_refused(50, options.broken.empty() ? 1'000'000 : 500);
    reads(server.port, "while the disk is full");
    const auto told = load.end(true);
    figure.more["acknowledged"] = figure.more["acknowledged"].get<std::uint64_t>() + told.acknowledged;
    figure.more["refused"] = figure.more["refused"].get<std::uint64_t>() + told.refused;
    if (told.refused == 0) wrong.emplace_back("no command was refused with 507");
    for (const auto& [status, answers] : told.others)
      wrong.push_back(fmt::format("{} answers with {}", answers, status));
  }
  for (auto& one : promises.examine(server.port)) wrong.push_back(std::move(one));
  disk.empty();
  {
    Load load(promises, server.port, full_connections);
    if (!load.wait_for(100)) wrong.emplace_back("writes do not resume when there is space again");
    const auto told = load.end(true);
    if (told.refused > 0) wrong.emplace_back("a command is refused although there is space again");
  }
  for (auto& one : promises.examine(server.port)) wrong.push_back(std::move(one));
  reads(server.port, "when there is space again");
  server.process.stop();
  for (auto& one : verified(options, work)) wrong.push_back(std::move(one));
  return wrong;
}

}  // namespace

void fill_the_disk(const Options& options, const Fixture& fixture, std::vector<Figure>& figures) {
  if (!options.wants("full")) return;
  if (!options.broken.empty() && options.broken != "roomy") throw std::runtime_error("full can be broken by: roomy");
  Figure figure = count_of_faults("full", "disk full: rounds without 507, without reads, or that did not recover");
  const SmallDisk disk(options.cache / "faults-full", size_of(fixture.data) * 2 + 32 * 1024 * 1024);
  if (!disk.mounted()) {
    figure.skipped = "a small file system cannot be mounted (this takes root): " + disk.why();
  } else {
    const Fixture work = copy_of(fixture, options.cache / "faults-full" / "data");
    Promises promises(work);
    for (int i = 0; i < std::max(1, options.fault_rounds / 100); ++i)
      if (note_round(figure, round(options, disk, work, promises, figure))) break;
  }
  figures.push_back(std::move(figure));
}

}  // namespace bench
