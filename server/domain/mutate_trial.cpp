// Whether a proof notices that a definition was changed.
#include <algorithm>

#include "domain/check.h"
#include "domain/explore_parts.h"
#include "domain/mutate.h"

namespace assay {
namespace {

/// The types of a pack and those that they lead to: all that its worlds can look at, and quick to copy.
WorkflowSet set_of_pack(const WorkflowSet& set, const std::string& pack) {
  WorkflowSet small;
  small.roles = set.roles;
  small.policies = set.policies;
  std::vector<std::string> open;
  for (const auto& [type, definition] : set.types)
    if (definition.workflow.starts_with(pack + "/")) open.push_back(type);
  while (!open.empty()) {
    const Definition* definition = set.find(open.back());
    open.pop_back();
    if (!definition || !small.types.emplace(definition->type, *definition).second) continue;
    small.types.at(definition->type).labels.clear();
    for (const auto& [name, link] : definition->links) open.push_back(link.to);
    for (const auto& [name, command] : definition->commands)
      for (const EffectUse& use : command.effects)
        if (use.kind == "create") open.push_back(use.parameters.at("type").get<std::string>());
  }
  return small;
}

bool tries_it(const WorkflowSet& set, const ProofWorld& world, const CommandName& about) {
  if (!world.records.contains(about.type)) return false;
  const Definition& definition = set.types.at(about.type);
  const auto command = definition.commands.find(about.command);
  return command != definition.commands.end() && tries(world, definition, command->second);
}

}  // namespace

ProofTrial::ProofTrial(const WorkflowSet& set, const Proof& proof, std::vector<Exploration> sound)
    : proof_(proof), set_(set_of_pack(set, proof.pack)), flaws_(check(set_).size()), sound_(std::move(sound)) {}

Verdict ProofTrial::judge(const Mutant& mutant) const {
  WorkflowSet changed = set_;
  mutant.apply(changed.types.at(mutant.about.type));
  if (const auto flaws = check(changed); flaws.size() > flaws_) return {Verdict::By::check, flaws.back().reason};
  if (const auto broken = claimed_roles(changed, proof_); !broken.empty())
    return {Verdict::By::roles, broken.front().claim};
  std::vector<std::size_t> order(proof_.worlds.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::erase_if(order, [&](std::size_t i) { return !tries_it(changed, proof_.worlds[i], mutant.about); });
  if (!sound_.empty())
    std::stable_sort(order.begin(), order.end(), [&](std::size_t one, std::size_t other) {
      return sound_[one].transitions < sound_[other].transitions;
    });
  std::vector<Exploration> found = sound_;
  for (const std::size_t i : order) {
    Exploration one = explore(changed, proof_, proof_.worlds[i], Until::violated);
    if (!one.violations.empty()) return {Verdict::By::world, one.violations.front().claim};
    if (one.cut_off) return {Verdict::By::world, "the bound"};
    if (!found.empty()) found[i] = std::move(one);
  }
  if (found.empty()) return {};
  const auto open = left_open(changed, proof_, found);
  return open.empty() ? Verdict{} : Verdict{Verdict::By::open, open.front().claim};
}

}  // namespace assay
