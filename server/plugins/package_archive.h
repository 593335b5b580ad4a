// A plugin package as one file: a gzip-compressed tar archive that holds manifest.json, manifest.sig when it is signed,
// and the files of the manifest, in this order. What it holds is hostile until it has been verified.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "plugins/manifest.h"

namespace assay {

inline constexpr std::string_view package_extension = ".assayplugin";
inline constexpr std::string_view manifest_name = "manifest.json", signature_name = "manifest.sig";

inline constexpr std::uint64_t max_manifest_size = 1 << 20, max_signature_size = 1 << 10;  // bytes
/// So many bytes may come out of each byte of a package file, beyond the first MiB.
inline constexpr std::uint64_t max_package_ratio = 200;

/// What a package may hold; a setting. Its files are at most 1000 (sdk/schema/manifest.json).
struct PackageLimits {
  std::uint64_t bytes = 256u << 20;  // of the package file, and of all its files together
};

/// What stands before the files.
struct PackageHead {
  std::string text;       // of manifest.json, exactly
  std::string signature;  // text of manifest.sig; empty: it is not signed
  Manifest manifest;
};

/// Of a package folder. Refuses as read_manifest() does, and a signature file that cannot be read.
Result<PackageHead> read_package_folder(const std::filesystem::path& folder);

/// A package file on its way in. Not thread-safe.
class PackageArchive {
 public:
  virtual ~PackageArchive() = default;
  virtual const PackageHead& head() const = 0;
  /// Writes manifest, signature and files into `folder`, which is there and empty, each of them synced, and each
  /// verified against the manifest. Once. Refuses as invalid, with file and reason; what was written then is the
  /// caller's to remove.
  virtual Result<void> unpack(const std::filesystem::path& folder) = 0;
};

/// Loads what package files are read and written by, as the functions below do when they are first called. Throws
/// std::runtime_error when it is not installed.
void prepare_packages();

/// Reads manifest and signature, and nothing behind them. Refuses as invalid, with file and reason: no package,
/// truncated or damaged, larger than the limits, an entry that is no plain file under a plain name, and all that
/// parse_manifest() refuses.
Result<std::unique_ptr<PackageArchive>> open_package(const std::filesystem::path& file, const PackageLimits& limits);

/// Writes the package of `folder`, whose files are verified first, to the new or replaced `file`. The same folder
/// always gives the same bytes. Refuses as verify_package() does; throws std::runtime_error when it cannot be written.
Result<void> write_package(const std::filesystem::path& folder, const PackageHead& head,
                           const std::filesystem::path& file);

}  // namespace assay
