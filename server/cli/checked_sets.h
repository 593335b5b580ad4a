// Which workflow sets this very program has found without a flaw, so that its next start need not check them again.
#pragma once

#include <filesystem>
#include <set>
#include <string>

namespace assay {

/// The build ID that the linker gave the running program, in hex: programs of another content have another one. Empty
/// when it has none.
std::string build_id();

/// A file in the data folder, beside the database and not in it: who may write the database alone cannot vouch for a
/// set. Whether a set has a flaw depends on its text and on the program that checks it, and the file names the hash of
/// the one and the build ID of the other; where either differs nothing is known, and the set is checked.
class CheckedSets {
 public:
  /// Knows nothing when there is no such file, when it is of another program, or when others than this user or root may
  /// write it.
  explicit CheckedSets(std::filesystem::path file, std::string program = build_id());

  bool contains(const std::string& hash) const { return hashes_.contains(hash); }
  /// These sets, and no other, have been found without a flaw. What cannot be written is only checked again: the reason
  /// is logged.
  void keep(std::set<std::string> hashes);

 private:
  std::string text() const;

  std::filesystem::path file_;
  std::string program_;
  std::set<std::string> hashes_;
};

}  // namespace assay
