// How good a proof is: definitions changed in one place each, and what of the checks and claims notices.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "domain/explore.h"

namespace assay {

/// One change to the guards, roles, timers or effects of a definition.
struct Mutant {
  std::string file, pointer;  // the place: "internal/audit.json", "/commands/plan/guards/2"
  std::string change;         // "actor_not is dropped"
  CommandName about;          // the command that behaves differently: of a timer, the one that it fires (or none)
  std::function<void(Definition&)> apply = {};
};

/// Every single change to the types of a pack, in the order of types, commands and parts: a guard dropped, negated,
/// without one of its parameters, or with an element of one of its lists fewer; a role more (of those that other
/// commands of the type name) or fewer; nobody who confirms; a timer dropped; an effect dropped that a guard, a timer
/// or a right rests on.
std::vector<Mutant> mutants_of(const WorkflowSet& set, const std::string& pack);

/// What noticed a mutant, if anything.
struct Verdict {
  enum class By { nobody, check, roles, world, open } by = By::nobody;
  std::string detail = {};  // of what noticed: the flaw, or the claim
  std::string world = {};   // where that claim does not hold
};

/// A proof that is put to the test. The set and the proof outlive it. Thread-safe once made.
class ProofTrial {
 public:
  /// `sound`: what was found in the worlds of the proof with nothing changed, in their order; without it (empty) what
  /// only the absence of a witness would show is not noticed.
  ProofTrial(const WorkflowSet& set, const Proof& proof, std::vector<Exploration> sound);

  /// The first that notices: the static check, claims about roles, a claim in a world that tries the command (the
  /// smallest worlds first, until one does not hold), what is left open by all worlds together. Throws
  /// std::invalid_argument when a world cannot be represented any more.
  Verdict judge(const Mutant& mutant) const;

  /// True when what noticed the mutant once still does: nothing else is tried, and no other claim. Where it named no
  /// world, all that try the command are.
  bool confirm(const Mutant& mutant, const Verdict& once) const;

 private:
  /// A copy of the set with one type changed, which becomes as it was.
  class Changed;

  Verdict judge(const WorkflowSet& changed, const Mutant& mutant) const;
  bool confirm_open(const WorkflowSet& changed, const std::string& told) const;

  const Proof& proof_;
  WorkflowSet set_;
  std::size_t flaws_;  // of the pack alone: what other packs would have to give it
  std::vector<Exploration> sound_;
  mutable std::mutex free_mutex_;
  mutable std::vector<std::unique_ptr<WorkflowSet>> free_;  // copies of the set that nobody works on
};

}  // namespace assay
