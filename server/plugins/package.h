// The files of a plugin package, verified against the manifest, and its library as bytes that nobody can swap any more.
#pragma once

#include <filesystem>
#include <string>

#include "plugins/manifest.h"

namespace assay {

/// A library copied into sealed memory. The descriptor stays open for as long as the process runs once keep() was
/// called: the loader knows libraries by name, and a second one under the same name would give the first one's code.
class SealedLibrary {
 public:
  explicit SealedLibrary(int descriptor) : descriptor_(descriptor) {}
  SealedLibrary(SealedLibrary&& other) noexcept;
  SealedLibrary& operator=(SealedLibrary&&) = delete;
  ~SealedLibrary();

  /// Of the sealed file, for another process.
  int descriptor() const { return descriptor_; }
  /// For dlopen.
  std::string path() const;
  void keep() { kept_ = true; }

 private:
  int descriptor_;
  bool kept_ = false;
};

/// Compares `folder` with the manifest: every listed file is there as a regular file with its size and SHA-256, and
/// there is no other. Returns the library, copied while it was hashed. Refused as invalid; the detail names the file.
Result<SealedLibrary> verify_package(const std::filesystem::path& folder, const Manifest& manifest);

}  // namespace assay
