// Whether a proof notices that a definition was changed.
#include <algorithm>

#include "domain/check.h"
#include "domain/check_parts.h"
#include "domain/explore_parts.h"
#include "domain/mutate.h"

namespace assay {
namespace {

/// The types of a pack, those of its worlds, and those that they lead to: all that can be looked at, and quick to copy.
WorkflowSet set_of_pack(const WorkflowSet& set, const Proof& proof) {
  WorkflowSet small;
  small.roles = set.roles;
  small.policies = set.policies;
  std::vector<std::string> open;
  for (const auto& [type, definition] : set.types)
    if (definition.workflow.starts_with(proof.pack + "/")) open.push_back(type);
  for (const ProofWorld& world : proof.worlds)
    for (const auto& [type, count] : world.records) open.push_back(type);
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

bool is_sent(const WorkflowSet& set, const CommandName& about) {
  const auto& commands = set.types.at(about.type).commands;
  const auto command = commands.find(about.command);
  return command != commands.end() && command->second.by.front().starts_with("via:");
}

std::string told_of(const Violation& violation) { return violation.claim + ": " + violation.reason; }

/// True when an effect of what the world tries may give a command of this name.
bool is_given(const WorkflowSet& set, const ProofWorld& world, const std::string& command) {
  return std::any_of(world.records.begin(), world.records.end(), [&](const auto& record) {
    const Definition& type = set.types.at(record.first);
    return std::any_of(type.commands.begin(), type.commands.end(), [&](const auto& giving) {
      const auto& effects = giving.second.effects;
      return tries(world, type, giving.second) &&
             std::any_of(effects.begin(), effects.end(), [&](const EffectUse& use) {
               return (use.kind == "send" || use.kind == "create") && use.parameters.at("command") == command;
             });
    });
  });
}

/// True when the command or timer that is told to be in no world could be in this one.
bool could_show(const WorkflowSet& set, const ProofWorld& world, const std::string& told) {
  return std::any_of(world.records.begin(), world.records.end(), [&](const auto& record) {
    const Definition& type = set.types.at(record.first);
    const auto at = told.find(" " + type.type + ".");
    if (at == std::string::npos) return false;
    const auto begin = at + type.type.size() + 2;
    const std::string name = told.substr(begin, told.find(' ', begin) - begin);
    const CommandName command{type.type, name};
    if (type.timers.contains(name)) return true;
    return tries_it(set, world, command) && (!is_sent(set, command) || is_given(set, world, name));
  });
}

/// The proof with this claim alone; with all about what commands ask where that is what does not hold.
Proof with_claim(const Proof& proof, const std::string& id) {
  const bool exact = id.starts_with("nothing-else-is-asked");
  Proof one{proof.pack, proof.source, proof.worlds, {}, exact};
  for (const Claim& claim : proof.claims)
    if (claim.id == id || (exact && claim.asks)) one.claims.push_back(claim);
  return one;
}

}  // namespace

ProofTrial::ProofTrial(const WorkflowSet& set, const Proof& proof, std::vector<Exploration> sound)
    : proof_(proof), set_(set_of_pack(set, proof)), flaws_(check(set_).size()), sound_(std::move(sound)) {}

class ProofTrial::Changed {
 public:
  Changed(const ProofTrial& trial, const Mutant& mutant) : trial_(trial), type_(mutant.about.type) {
    {
      const std::scoped_lock lock(trial.free_mutex_);
      if (!trial.free_.empty()) {
        set_ = std::move(trial.free_.back());
        trial.free_.pop_back();
      }
    }
    if (!set_) set_ = std::make_unique<WorkflowSet>(trial.set_);
    mutant.apply(set_->types.at(type_));
  }
  ~Changed() {
    set_->types.at(type_) = trial_.set_.types.at(type_);
    const std::scoped_lock lock(trial_.free_mutex_);
    trial_.free_.push_back(std::move(set_));
  }
  Changed(const Changed&) = delete;
  Changed& operator=(const Changed&) = delete;
  const WorkflowSet& operator*() const { return *set_; }

 private:
  const ProofTrial& trial_;
  const std::string type_;
  std::unique_ptr<WorkflowSet> set_;
};

Verdict ProofTrial::judge(const Mutant& mutant) const {
  const Changed changed(*this, mutant);
  return judge(*changed, mutant);
}

Verdict ProofTrial::judge(const WorkflowSet& changed, const Mutant& mutant) const {
  if (const auto flaws = check(changed); flaws.size() > flaws_) return {Verdict::By::check, flaws.back().reason};
  if (const auto broken = claimed_roles(changed, proof_); !broken.empty())
    return {Verdict::By::roles, broken.front().claim};
  std::vector<std::size_t> order(proof_.worlds.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::erase_if(order, [&](std::size_t i) { return !tries_it(changed, proof_.worlds[i], mutant.about); });
  if (!sound_.empty())
    std::stable_sort(order.begin(), order.end(), [&](std::size_t one, std::size_t other) {
      const bool first = sound_[one].happened.contains(mutant.about);
      if (first != sound_[other].happened.contains(mutant.about)) return first;
      return sound_[one].transitions < sound_[other].transitions;
    });
  const bool sent = is_sent(changed, mutant.about);
  std::vector<Exploration> found = sound_;
  for (const std::size_t i : order) {
    Exploration one = explore(changed, proof_, proof_.worlds[i], Until::violated, sent ? nullptr : &mutant.about);
    const std::string& world = proof_.worlds[i].name;
    if (!one.violations.empty()) return {Verdict::By::world, one.violations.front().claim, world};
    if (one.cut_off) return {Verdict::By::world, "the bound", world};
    if (!found.empty()) found[i] = std::move(one);
  }
  if (found.empty()) return {};
  const auto open = left_open(changed, proof_, found);
  return open.empty() ? Verdict{} : Verdict{Verdict::By::open, told_of(open.front())};
}

bool ProofTrial::confirm(const Mutant& mutant, const Verdict& once) const {
  const Changed changed(*this, mutant);
  switch (once.by) {
    case Verdict::By::check:
      return check(*changed).size() > flaws_;
    case Verdict::By::roles:
      return !claimed_roles(*changed, with_claim(proof_, once.detail)).empty();
    case Verdict::By::open:
      return confirm_open(*changed, once.detail);
    case Verdict::By::world:
      break;
    case Verdict::By::nobody:
      return true;
  }
  const Proof one = with_claim(proof_, once.detail);
  const CommandName* about = is_sent(*changed, mutant.about) ? nullptr : &mutant.about;
  return std::any_of(one.worlds.begin(), one.worlds.end(), [&](const ProofWorld& world) {
    if (once.world.empty() ? !tries_it(*changed, world, mutant.about) : world.name != once.world) return false;
    const Exploration found = explore(*changed, one, world, Until::violated, about);
    return found.cut_off || std::any_of(found.violations.begin(), found.violations.end(),
                                        [&](const Violation& violation) { return violation.claim == once.detail; });
  });
}

/// What is left open, in all worlds that could show it.
bool ProofTrial::confirm_open(const WorkflowSet& changed, const std::string& told) const {
  const Proof one = with_claim(proof_, told.substr(0, told.find(':')));
  std::vector<Exploration> found;
  for (const ProofWorld& world : one.worlds)
    if (could_show(changed, world, told)) found.push_back(explore(changed, one, world));
  const auto open = left_open(changed, one, found);
  return std::any_of(open.begin(), open.end(), [&](const Violation& violation) { return told_of(violation) == told; });
}

}  // namespace assay
