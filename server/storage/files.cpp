// Thin layer over the file calls whose order matters.
#include "storage/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <functional>

#include "ledger/digest.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& what) { throw std::system_error(errno, std::generic_category(), what); }

FileDigest read_through(const fs::path& path, const std::function<void(std::span<const char>)>& sink) {
  File file(path, O_RDONLY);
  Sha256 hash;
  std::array<char, 65536> buffer;
  std::int64_t size = 0;
  for (auto count = file.read(buffer); count > 0; count = file.read(buffer)) {
    const std::span<const char> part(buffer.data(), count);
    hash.update({part.data(), part.size()});
    if (sink) sink(part);
    size += static_cast<std::int64_t>(count);
  }
  return {to_hex(bytes_of(hash.finish())), size};
}

}  // namespace

File::File(const fs::path& path, int flags, unsigned mode) : descriptor_(open(path.c_str(), flags | O_CLOEXEC, mode)) {
  if (descriptor_ < 0) fail(path.string());
}

File::~File() { close(descriptor_); }

void File::write(std::span<const char> bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

std::size_t File::read(std::span<char> into) {
  for (;;) {
    const auto count = ::read(descriptor_, into.data(), into.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) fail("read");
  }
}

void File::sync() {
  if (fsync(descriptor_) != 0) fail("fsync");
}

void sync_folder(const fs::path& folder) {
  File opened(folder, O_RDONLY | O_DIRECTORY);
  opened.sync();
}

void make_folder(const fs::path& folder) {
  if (fs::is_directory(folder)) return;
  const fs::path parent = folder.parent_path();
  if (!parent.empty()) make_folder(parent);
  if (fs::create_directory(folder)) {
    fs::permissions(folder, fs::perms::owner_all);
    sync_folder(parent.empty() ? fs::path(".") : parent);
  }
}

FileDigest digest_of(const fs::path& path) { return read_through(path, {}); }

FileDigest copy_hashed(const fs::path& from, const fs::path& to) {
  File target(to, O_WRONLY | O_CREAT | O_EXCL);
  const auto digest = read_through(from, [&target](std::span<const char> part) { target.write(part); });
  target.sync();
  return digest;
}

}  // namespace assay
