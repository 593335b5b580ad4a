// Every mutant of the shipped packs has its killer, which still notices it. The records are complete against what is
// generated, so that a new guard, role, timer or effect needs one. ASSAY_UPDATE_GOLDEN=1 judges what has none, or one
// that notices nothing any more, and writes them: minutes.
#include <catch2/catch_all.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "domain/mutate.h"
#include "domain/parallel.h"
#include "workflows/company.h"

namespace assay::test::killers_test {
namespace {

constexpr double least_score = 95;  // percent of all mutants that are judged
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

/// The mutants of a pack and its proof on trial, without what was found in sound worlds.
struct Tried {
  explicit Tried(const std::string& pack) : mutants(mutants_of(shipped(), pack)) {
    auto proofs = std::get<std::vector<Proof>>(load_proofs(read_workflow_files(shipped_folder()), shipped()));
    const auto found = std::find_if(proofs.begin(), proofs.end(), [&](const Proof& one) { return one.pack == pack; });
    REQUIRE(found != proofs.end());
    proof = std::move(*found);
    trial = std::make_unique<ProofTrial>(shipped(), proof, std::vector<Exploration>{});
  }
  const Mutant& mutant(const CommandName& about, const std::string& change) const {
    const auto found = std::find_if(mutants.begin(), mutants.end(),
                                    [&](const Mutant& one) { return one.about == about && one.change == change; });
    REQUIRE(found != mutants.end());
    return *found;
  }

  Proof proof;
  std::vector<Mutant> mutants;
  std::unique_ptr<ProofTrial> trial;
};

Mutant without_effect(Mutant mutant) {
  mutant.apply = [](Definition&) {};
  return mutant;
}

TEST_CASE("every mutant of a pack has a killer", "[.explore]") {
  const bool update = std::getenv("ASSAY_UPDATE_GOLDEN") != nullptr;
  const auto proofs = std::get<std::vector<Proof>>(load_proofs(read_workflow_files(shipped_folder()), shipped()));
  REQUIRE(proofs.size() == 6);
  for (const Proof& proof : proofs) {
    const auto mutants = mutants_of(shipped(), proof.pack);
    const Killers known = read_killers(proof);
    std::vector<Exploration> sound(update ? proof.worlds.size() : 0);
    in_parallel(sound.size(), [&](std::size_t i) { sound[i] = explore(shipped(), proof, proof.worlds[i]); });
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
  const Tried tried("iec62443");
  const Mutant& mutant = tried.mutant({"deviation", "approve"}, "actor_not_did is dropped");
  const ProofTrial& trial = *tried.trial;
  const Verdict verdict = trial.judge(mutant);
  REQUIRE(verdict.by == Verdict::By::world);
  CHECK(trial.confirm(mutant, verdict));
  CHECK_FALSE(trial.confirm(mutant, {verdict.by, "zone-for-owner", verdict.world}));
  CHECK_FALSE(trial.confirm(mutant, {verdict.by, verdict.detail, "mapping"}));
  CHECK_FALSE(trial.confirm(mutant, {Verdict::By::check, "", ""}));
  CHECK_FALSE(trial.confirm(mutant, {Verdict::By::roles, "deviation-for-owner", ""}));
  CHECK_FALSE(trial.confirm(without_effect(mutant), verdict));
}

TEST_CASE("what is left open is confirmed where it could be seen, and only while nothing shows it") {
  const Tried tried("iec62443");
  const ProofTrial& trial = *tried.trial;
  const Mutant& unsent = tried.mutant({"evaluation", "maintain"}, "send is dropped");
  const Mutant& ungraded = tried.mutant({"evaluation", "grant"}, "is becomes is_not");
  struct Row {
    const char* what;
    const Mutant& mutant;
    const char* told;
    bool open;
  };
  const std::vector<Row> table{
      {"nothing sends it", unsent, "every-command-can-happen: conformity-certificate.maintain happens in no world",
       true},
      {"something else", unsent, "every-command-can-happen: conformity-certificate.renew happens in no world", false},
      {"what gives it", unsent, "every-command-can-happen: evaluation.maintain happens in no world", false},
      {"a witness is gone", ungraded,
       "evaluation-for-decision-maker: evaluation.grant is possible for decision_maker in no world", true},
      {"another claim", ungraded, "deviation-for-owner: deviation.approve is possible for owner in no world", false}};
  for (const Row& row : table) {
    INFO(row.what);
    CHECK(trial.confirm(row.mutant, {Verdict::By::open, row.told}) == row.open);
    CHECK_FALSE(trial.confirm(without_effect(row.mutant), {Verdict::By::open, row.told}));
  }
}

}  // namespace
}  // namespace assay::test::killers_test
