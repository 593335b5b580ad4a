// The workflow sets that a store knows, by hash; shared by the store, its connections and their threads.
#pragma once

#include <map>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>

#include "domain/definition.h"

namespace assay {

/// Thread-safe.
class WorkflowSets {
 public:
  void add(WorkflowSetPtr set);
  /// A set as the database keeps it, with the text that `hash` is of. It is loaded when it is first asked for: there
  /// are those of former releases, which few records need. Asking throws std::runtime_error when this release cannot
  /// load it.
  void keep(const std::string& hash, std::string text);
  WorkflowSetPtr find(std::string_view hash) const;
  /// As find(), but a missing set is a broken world: throws std::runtime_error.
  WorkflowSetPtr at(std::string_view hash) const;
  /// The set that was added last; null when there is none.
  WorkflowSetPtr latest() const;

 private:
  struct Entry {
    std::once_flag loaded;
    std::string text;  // until it is loaded
    WorkflowSetPtr set;
  };

  mutable std::shared_mutex mutex_;
  mutable std::map<std::string, Entry, std::less<>> sets_;
  std::string latest_;
};

}  // namespace assay
