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
  WorkflowSetPtr find(std::string_view hash) const;
  /// As find(), but a missing set is a broken world: throws std::runtime_error.
  WorkflowSetPtr at(std::string_view hash) const;
  /// The set that was added last; null when there is none.
  WorkflowSetPtr latest() const;

 private:
  mutable std::shared_mutex mutex_;
  std::map<std::string, WorkflowSetPtr, std::less<>> sets_;
  WorkflowSetPtr latest_;
};

}  // namespace assay
