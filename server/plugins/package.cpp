// The files of a plugin package, verified against the manifest.
#include "plugins/package.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

#include "ledger/digest.h"
#include "plugins/descriptor.h"

namespace assay {
namespace {

Refusal refuse_file(const std::filesystem::path& file, std::string_view reason) {
  return refuse(Reason::invalid, fmt::format("{}: {}", file.string(), reason));
}

void write_all(int to, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(to, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw std::system_error(errno, std::generic_category(), "copying a plugin library");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

/// Hashes `file` and compares it with its entry; writes its bytes to `copy` as well when that is a descriptor.
Result<void> verify_file(const std::filesystem::path& file, const PackageFile& entry, int copy) {
  const Descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (in.get() < 0) return refuse_file(file, "cannot be opened: " + std::generic_category().message(errno));
  struct stat status;
  if (::fstat(in.get(), &status) != 0 || !S_ISREG(status.st_mode)) return refuse_file(file, "is not a regular file");
  Sha256 hash;
  std::uint64_t size = 0;
  std::vector<char> buffer(1 << 16);
  while (true) {
    const ssize_t count = ::read(in.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return refuse_file(file, "cannot be read: " + std::generic_category().message(errno));
    if (count == 0) break;
    const std::string_view piece(buffer.data(), static_cast<std::size_t>(count));
    size += piece.size();
    if (size > entry.size) break;
    hash.update(piece);
    if (copy >= 0) write_all(copy, piece);
  }
  if (size != entry.size) return refuse_file(file, "has not the size that the manifest states");
  const Digest digest = hash.finish();
  if (to_hex(bytes_of(digest)) != entry.sha256)
    return refuse_file(file, "has not the SHA-256 that the manifest states");
  return {};
}

Result<void> refuse_strangers(const std::filesystem::path& folder, const Manifest& manifest) {
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    const bool listed = name == "manifest.json" || name == "manifest.sig" ||
                        std::any_of(manifest.files.begin(), manifest.files.end(),
                                    [&](const PackageFile& file) { return file.path == name; });
    if (!listed) return refuse_file(entry.path(), "is not listed in the manifest");
  }
  return {};
}

}  // namespace

SealedLibrary::SealedLibrary(SealedLibrary&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), kept_(other.kept_) {}

SealedLibrary::~SealedLibrary() {
  if (descriptor_ >= 0 && !kept_) ::close(descriptor_);
}

std::string SealedLibrary::path() const { return fmt::format("/proc/self/fd/{}", descriptor_); }

Result<SealedLibrary> verify_package(const std::filesystem::path& folder, const Manifest& manifest) {
  if (auto strangers = refuse_strangers(folder, manifest); !strangers) return strangers.error();
  const int copy = ::memfd_create("assay-plugin", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  SealedLibrary library(copy);
  if (copy < 0) throw std::system_error(errno, std::generic_category(), "memfd_create");
  for (const PackageFile& file : manifest.files) {
    if (auto verified = verify_file(folder / file.path, file, file.path == manifest.library ? copy : -1); !verified) {
      return verified.error();
    }
  }
  if (::fcntl(copy, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    throw std::system_error(errno, std::generic_category(), "sealing a plugin library");
  }
  return library;
}

}  // namespace assay
