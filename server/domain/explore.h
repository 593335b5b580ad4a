// Explores all reachable states of a small world with the rules that production runs, and holds claims against them.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "domain/decide.h"
#include "domain/proof.h"

namespace assay {

/// A claim that does not hold, or a state without a way out; `steps` is the shortest sequence of commands that shows
/// it.
struct Violation {
  std::string claim;
  std::string reason;
  std::vector<std::string> steps = {};
};

/// What a command of a type was seen to do, and by whom: of witnesses, the claim with each role that was needed alone.
using Witnessed = std::set<std::pair<std::string, std::string>>;

/// What an exploration found in one world.
struct Exploration {
  std::size_t states = 0;
  std::size_t transitions = 0;     // steps that were granted, also those that changed nothing that matters
  bool cut_off = false;            // the bound was reached: nothing is proved
  std::set<CommandName> happened;  // commands that were granted
  std::set<CommandName> ran;       // timers that ran, as TYPE.TIMER
  Witnessed witnessed;             // (id of a `can`, role; "" when it names none)
  std::vector<Violation> violations;
};

/// When an exploration ends: with the last state, or as soon as a claim does not hold, which it then tells no steps of.
enum class Until { explored, violated };

/// All that can be reached in `world`. Pure: same arguments, same answer. Throws std::invalid_argument when the world
/// is one that cannot be represented, with the reason.
/// With `about`, what commands ask is proved of this one alone.
Exploration explore(const WorkflowSet& set, const Proof& proof, const ProofWorld& world, Until until = Until::explored,
                    const CommandName* about = nullptr);

/// Claims about roles that need no world to fail: a command permits roles that its `only` or `two` does not name, or
/// not each of those that `each` does.
std::vector<Violation> claimed_roles(const WorkflowSet& set, const Proof& proof);

/// What the explorations of all worlds of a proof together leave open: the claims about roles, witnesses that were not
/// seen, commands of the pack that never happen, timers that never run.
std::vector<Violation> left_open(const WorkflowSet& set, const Proof& proof, const std::vector<Exploration>& found);

}  // namespace assay
