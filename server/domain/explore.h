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

/// All that can be reached in `world`. Pure: same arguments, same answer. Throws std::invalid_argument when the world
/// is one that cannot be represented, with the reason.
Exploration explore(const WorkflowSet& set, const Proof& proof, const ProofWorld& world);

/// What the explorations of all worlds of a proof together leave open: witnesses that were not seen, commands of the
/// pack that never happen, timers that never run.
std::vector<Violation> left_open(const WorkflowSet& set, const Proof& proof, const std::vector<Exploration>& found);

}  // namespace assay
