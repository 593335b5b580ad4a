// `assay workflow check --mutate`: how many single changes to the definitions their proofs notice.
#include <fmt/format.h>

#include <array>
#include <cstdio>

#include "cli/commands.h"
#include "cli/side_by_side.h"
#include "cli/workflow_files.h"
#include "domain/mutate.h"

namespace assay {
namespace {

struct Tally {
  std::array<std::size_t, 5> by{};  // as Verdict::By

  std::size_t judged() const { return by[0] + by[1] + by[2] + by[3] + by[4]; }
  /// In percent; what has nothing to be changed is noticed in full.
  double score() const {
    return judged() == 0 ? 100 : 100.0 * static_cast<double>(judged() - by[0]) / static_cast<double>(judged());
  }
};

Tally judge_all(const WorkflowSet& set, const Proof& proof) {
  std::vector<Exploration> sound(proof.worlds.size());
  side_by_side(sound.size(), [&](std::size_t i) { sound[i] = explore(set, proof, proof.worlds[i]); });
  const ProofTrial trial(set, proof, std::move(sound));
  const auto mutants = mutants_of(set, proof.pack);
  std::vector<Verdict> verdicts(mutants.size());
  side_by_side(mutants.size(), [&](std::size_t i) { verdicts[i] = trial.judge(mutants[i]); });
  Tally tally;
  for (std::size_t i = 0; i < mutants.size(); ++i) {
    ++tally.by[static_cast<std::size_t>(verdicts[i].by)];
    if (verdicts[i].by == Verdict::By::nobody)
      fmt::print("{}{}: {}: nothing notices\n", mutants[i].file, mutants[i].pointer, mutants[i].change);
  }
  return tally;
}

}  // namespace

int mutate_workflows(const std::optional<std::filesystem::path>& folder, double least) {
  const WorkflowFiles files = folder ? read_workflows(*folder) : embedded_workflows();
  const WorkflowSetPtr set = checked_workflows(files);
  const std::vector<Proof> proofs = checked_proofs(files, *set);
  if (proofs.empty()) fmt::print(stderr, "there is no proof.json: nothing notices a change\n");
  bool enough = !proofs.empty();
  for (const Proof& proof : proofs) {
    const Tally tally = judge_all(*set, proof);
    fmt::print(
        "{}: {} of {} mutants are noticed, {:.1f} %: {} by the check, {} by claims about roles, {} in a world, "
        "{} by what is left open\n",
        proof.pack, tally.judged() - tally.by[0], tally.judged(), tally.score(), tally.by[1], tally.by[2], tally.by[3],
        tally.by[4]);
    if (tally.score() >= least) continue;
    enough = false;
    fmt::print(stderr, "{}: fewer than {} % of the mutants are noticed\n", proof.source, least);
  }
  return enough ? 0 : 1;
}

}  // namespace assay
