// Every mutant of the packs that are recorded has its killer, which still notices it. The records are complete
// against what is generated, so that a new guard, role, timer or effect needs one. ASSAY_UPDATE_GOLDEN=1 judges what
// has none, or one that notices nothing any more, and writes them: minutes.
#include <catch2/catch_all.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "domain/mutate.h"
#include "domain/parallel.h"
#include "workflows/company.h"

using namespace assay;
using namespace assay::test;

namespace {

constexpr double least_score = 95;  // percent of all mutants that are judged
/// Judging the other packs takes minutes: `assay workflow check --mutate` does it.
const std::set<std::string> recorded{"common", "iec62443", "internal", "isms", "privacy"};
constexpr std::array<std::string_view, 5> noticed_by{"nobody", "check", "roles", "world", "open"};

/// By place and change: "internal/audit.json/commands/plan/by TAB x is added".
using Killers = std::map<std::string, Verdict>;

std::filesystem::path record_of(const Proof& proof) {
  return std::filesystem::path(ASSAY_SOURCE_DIR) / "tests/proofs/killers" / (proof.pack + ".txt");
}

std::string key_of(const Mutant& mutant) { return mutant.file + mutant.pointer + "\t" + mutant.change; }

Killers read_killers(const Proof& proof) {
  Killers killers;
  std::ifstream file(record_of(proof));
  for (std::string line; std::getline(file, line);) {
    std::vector<std::string> cells;
    std::istringstream cut(line + "\t");
    for (std::string cell; std::getline(cut, cell, '\t');) cells.push_back(cell);
    const auto by = std::find(noticed_by.begin(), noticed_by.end(), cells.at(2));
    if (cells.size() != 5 || by == noticed_by.end()) throw std::runtime_error("cannot be read: " + line);
    killers[cells[0] + "\t" + cells[1]] = {static_cast<Verdict::By>(by - noticed_by.begin()), cells[4], cells[3]};
  }
  return killers;
}

void write_killers(const Proof& proof, const std::vector<Mutant>& mutants, const std::vector<Verdict>& verdicts) {
  std::ofstream file(record_of(proof));
  for (std::size_t i = 0; i < mutants.size(); ++i) {
    const Verdict& verdict = verdicts[i];
    file << key_of(mutants[i]) << '\t' << noticed_by[static_cast<std::size_t>(verdict.by)] << '\t' << verdict.world
         << '\t' << verdict.detail << '\n';
  }
  REQUIRE(file.good());
}

/// What notices each mutant; `unknown` ones have no killer that is recorded, or none that notices them.
std::vector<Verdict> confirmed(const ProofTrial& trial, const std::vector<Mutant>& mutants, const Killers& known,
                               std::vector<char>& unknown) {
  std::vector<Verdict> verdicts(mutants.size());
  unknown.assign(mutants.size(), 0);
  in_parallel(mutants.size(), [&](std::size_t i) {
    const auto recorded = known.find(key_of(mutants[i]));
    if (recorded == known.end() || !trial.confirm(mutants[i], recorded->second)) {
      unknown[i] = 1;
    } else {
      verdicts[i] = recorded->second;
    }
  });
  return verdicts;
}

}  // namespace

TEST_CASE("every mutant of a recorded pack has a killer", "[.explore]") {
  const bool update = std::getenv("ASSAY_UPDATE_GOLDEN") != nullptr;
  const auto proofs = std::get<std::vector<Proof>>(
      load_proofs(read_workflow_files(std::filesystem::path(shipped_folder())), shipped()));
  REQUIRE(proofs.size() == 6);
  for (const Proof& proof : proofs) {
    if (!recorded.contains(proof.pack)) continue;
    auto mutants = mutants_of(shipped(), proof.pack);
    std::erase_if(mutants, [](const Mutant& one) { return one.calendar; });
    const Killers known = read_killers(proof);
    std::vector<Exploration> sound;
    for (std::size_t i = 0; update && i < proof.worlds.size(); ++i)
      sound.push_back(explore(shipped(), proof, proof.worlds[i]));
    const ProofTrial trial(shipped(), proof, std::move(sound));
    std::vector<char> unknown;
    auto verdicts = confirmed(trial, mutants, known, unknown);
    if (update) {
      in_parallel(mutants.size(), [&](std::size_t i) {
        if (unknown[i]) verdicts[i] = trial.judge(mutants[i]);
      });
      write_killers(proof, mutants, verdicts);
    }
    for (std::size_t i = 0; !update && i < mutants.size(); ++i) {
      INFO(key_of(mutants[i]));
      CHECK_FALSE(unknown[i]);
    }
    if (!update) CHECK(known.size() == mutants.size());
    const auto survivors = std::count_if(verdicts.begin(), verdicts.end(),
                                         [](const Verdict& one) { return one.by == Verdict::By::nobody; });
    const double score = 100.0 * static_cast<double>(mutants.size() - static_cast<std::size_t>(survivors)) /
                         static_cast<double>(mutants.size());
    std::cout << fmt::format("{}: {} mutants, {} survive: {:.1f} %\n", proof.pack, mutants.size(), survivors, score);
    CHECK(score >= least_score);
  }
}

TEST_CASE("a killer that notices nothing is not confirmed") {
  const auto proofs = std::get<std::vector<Proof>>(load_proofs(read_workflow_files(shipped_folder()), shipped()));
  const auto proof =
      std::find_if(proofs.begin(), proofs.end(), [](const Proof& one) { return one.pack == "iec62443"; });
  REQUIRE(proof != proofs.end());
  const ProofTrial trial(shipped(), *proof, {});
  auto mutants = mutants_of(shipped(), "iec62443");
  const auto mutant = std::find_if(mutants.begin(), mutants.end(), [](const Mutant& one) {
    return one.about == CommandName{"deviation", "approve"} && one.change == "actor_not_did is dropped";
  });
  REQUIRE(mutant != mutants.end());
  const Verdict verdict = trial.judge(*mutant);
  REQUIRE(verdict.by == Verdict::By::world);
  CHECK(trial.confirm(*mutant, verdict));
  CHECK_FALSE(trial.confirm(*mutant, {verdict.by, "zone-for-owner", verdict.world}));
  CHECK_FALSE(trial.confirm(*mutant, {verdict.by, verdict.detail, "mapping"}));
  CHECK_FALSE(trial.confirm(*mutant, {Verdict::By::check, "", ""}));
  CHECK_FALSE(trial.confirm(*mutant, {Verdict::By::roles, "deviation-for-owner", ""}));
  Mutant none = *mutant;
  none.apply = [](Definition&) {};
  CHECK_FALSE(trial.confirm(none, verdict));
}
