// What people at the machine have decided about plugins: whom they trust, what they installed, what they revoked. A
// file to which acts are appended, each with the hash of the one before; there is no other place where any of this is
// kept.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "domain/json.h"
#include "domain/time.h"

namespace assay {

/// The journal cannot be read, or is not what was written: what() names file, line and reason.
struct PluginJournalError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// An act; `facts` as plugins/trust.cpp takes them.
struct PluginAct {
  std::int64_t number = 0;  // 1 is the first
  Instant at = {};
  std::string by;   // login name at the machine
  std::string act;  // key_trusted, key_removed, key_revoked, package_installed, package_retired, ...
  Json facts = Json::object();
};

/// Acts in the order in which they were done. Whoever appends holds the lock of the store (plugins/package_store.h).
class PluginJournal {
 public:
  /// Reads the whole file; one that is not there is empty. A last line without its end was never acknowledged and is
  /// left out. Throws PluginJournalError for any other line that is not the next one.
  explicit PluginJournal(std::filesystem::path file);

  const std::vector<PluginAct>& acts() const { return acts_; }
  /// On disk on return. Throws std::system_error; nothing is kept then.
  const PluginAct& append(std::string_view act, Json facts, Instant at, std::string_view by);

 private:
  std::filesystem::path file_;
  std::vector<PluginAct> acts_;
  std::string last_hash_;
  std::uint64_t size_ = 0;  // bytes of the lines that hold
};

}  // namespace assay
