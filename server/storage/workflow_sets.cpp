// The registry of workflow sets.
#include "storage/workflow_sets.h"

#include <stdexcept>

#include "domain/load.h"

namespace assay {
namespace {

WorkflowSetPtr load_set(const std::string& hash, std::string& text) {
  auto loaded = load_workflows(files_of(text));
  if (const auto* flaws = std::get_if<std::vector<Flaw>>(&loaded)) {
    const Flaw& first = flaws->front();
    throw std::runtime_error("workflow set " + hash + " in the database cannot be used by this release: " + first.file +
                             first.pointer + ": " + first.reason);
  }
  auto set = std::make_shared<WorkflowSet>(std::get<WorkflowSet>(std::move(loaded)));
  set->hash = hash;
  set->text = std::move(text);
  return set;
}

}  // namespace

void WorkflowSets::add(WorkflowSetPtr set) {
  const std::unique_lock lock(mutex_);
  // A set is never replaced: decisions point into it.
  const auto [place, fresh] = sets_.try_emplace(set->hash);
  if (fresh) place->second.set = set;
  latest_ = set->hash;
}

void WorkflowSets::keep(const std::string& hash, std::string text) {
  const std::unique_lock lock(mutex_);
  const auto [place, fresh] = sets_.try_emplace(hash);
  if (fresh) place->second.text = std::move(text);
  latest_ = hash;
}

WorkflowSetPtr WorkflowSets::find(std::string_view hash) const {
  const std::shared_lock lock(mutex_);
  const auto found = sets_.find(hash);
  if (found == sets_.end()) return nullptr;
  Entry& entry = found->second;
  std::call_once(entry.loaded, [&] {
    if (!entry.set) entry.set = load_set(found->first, entry.text);
  });
  return entry.set;
}

WorkflowSetPtr WorkflowSets::at(std::string_view hash) const {
  auto set = find(hash);
  if (!set) throw std::runtime_error("workflow set " + std::string(hash) + " is not in the database");
  return set;
}

WorkflowSetPtr WorkflowSets::latest() const {
  std::string hash;
  {
    const std::shared_lock lock(mutex_);
    hash = latest_;
  }
  return find(hash);
}

}  // namespace assay
