// What lies where in a data folder.
#pragma once

#include <filesystem>

namespace assay {

struct DataFolder {
  std::filesystem::path root;

  std::filesystem::path blobs() const { return root / "blobs"; }
  std::filesystem::path keys() const { return root / "keys"; }
  std::filesystem::path plugins() const { return root / "plugins"; }  // installed packages and whom they are taken from
  std::filesystem::path erased() const { return root / "erased"; }    // who was erased, for restored backups
  std::filesystem::path checked() const { return root / "checked"; }  // workflow sets that were found without a flaw
  std::filesystem::path demo_mark() const { return root / "demo"; }   // its presence makes the folder a demo
  std::filesystem::path test_mark() const { return root / "test"; }   // begun with a clock that is set by hand
  bool demo() const { return std::filesystem::exists(demo_mark()); }
};

}  // namespace assay
