// The check of the record types that a data pack brings: as part of the set, and what its proof claims.
#include <fmt/format.h>

#include <algorithm>

#include "domain/explore.h"
#include "domain/proof.h"
#include "plugins/check/candidate.h"
#include "plugins/pack/record_types.h"

namespace assay {
namespace {

void demand_none(std::string_view where, const std::vector<Violation>& violations) {
  if (violations.empty()) return;
  const Violation& first = violations.front();
  std::string text = fmt::format("{}: {} does not hold: {}", where, first.claim, first.reason);
  for (const std::string& step : first.steps) text += "; " + step;
  throw Unmet(text);
}

/// The states that were seen.
std::size_t prove(const WorkflowSet& set, const Proof& proof) {
  std::vector<Exploration> found;
  std::size_t states = 0;
  for (const ProofWorld& world : proof.worlds) {
    const std::string where = fmt::format("{}: {}", proof.source, world.name);
    Exploration one = explore(set, proof, world);
    if (one.cut_off) throw Unmet(fmt::format("{} has more than {} states: nothing is proved", where, world.bound));
    demand_none(where, one.violations);
    states += one.states;
    found.push_back(std::move(one));
  }
  demand_none(proof.source, left_open(set, proof, found));
  return states;
}

}  // namespace

std::string check_record_types(Candidate& subject) {
  const auto own = record_type_files(subject.folder(), subject.manifest());
  if (!own) throw Unmet(own.error().detail);
  WorkflowSet set;
  if (const auto flaws = flaws_of_types(subject.options().workflows, *own, &set); !flaws.empty())
    throw Unmet(first_of(flaws));
  auto proofs = load_proofs(*own, set);
  if (const auto* flaws = std::get_if<std::vector<Flaw>>(&proofs)) throw Unmet(first_of(*flaws));
  std::size_t states = 0;
  for (const Proof& proof : std::get<std::vector<Proof>>(proofs)) states += prove(set, proof);
  const std::size_t types = declared_types(subject.manifest()).size();
  if (std::get<std::vector<Proof>>(proofs).empty()) return fmt::format("{} types, without a proof.json", types);
  return fmt::format("{} types, proved in {} states", types, states);
}

}  // namespace assay
