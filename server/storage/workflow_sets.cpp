// The registry of workflow sets.
#include "storage/workflow_sets.h"

#include <stdexcept>

namespace assay {

void WorkflowSets::add(WorkflowSetPtr set) {
  const std::unique_lock lock(mutex_);
  // A set is never replaced: decisions point into it.
  latest_ = sets_.emplace(set->hash, set).first->second;
}

WorkflowSetPtr WorkflowSets::find(std::string_view hash) const {
  const std::shared_lock lock(mutex_);
  const auto found = sets_.find(hash);
  return found == sets_.end() ? nullptr : found->second;
}

WorkflowSetPtr WorkflowSets::at(std::string_view hash) const {
  auto set = find(hash);
  if (!set) throw std::runtime_error("workflow set " + std::string(hash) + " is not in the database");
  return set;
}

WorkflowSetPtr WorkflowSets::latest() const {
  const std::shared_lock lock(mutex_);
  return latest_;
}

}  // namespace assay
