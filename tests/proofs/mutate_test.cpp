// Mutants: each kind of change is made and noticed, and a small sample of the shipped definitions is.
#include <catch2/catch_all.hpp>
#include <random>

#include "domain/mutate.h"
#include "proofs/lamp.h"
#include "workflows/company.h"

namespace assay::test::mutate_test {
namespace {

TEST_CASE("a sample of mutants of the shipped definitions is noticed") {
  const WorkflowFiles files = read_workflow_files(shipped_folder());
  const auto proofs = std::get<std::vector<Proof>>(load_proofs(files, shipped()));
  const auto proof =
      std::find_if(proofs.begin(), proofs.end(), [](const Proof& one) { return one.pack == "internal"; });
  REQUIRE(proof != proofs.end());
  const ProofTrial trial(shipped(), *proof, {});
  auto mutants = mutants_of(shipped(), "internal");
  std::erase_if(mutants, [](const Mutant& one) {  // of roles and timers: those on guards take an optimised build
    return one.pointer.find("/by") == std::string::npos && !one.pointer.starts_with("/timers/");
  });
  std::mt19937 chance(4);
  for (int i = 0; i < 20; ++i) {
    const Mutant& mutant = mutants[chance() % mutants.size()];
    INFO(mutant.file + mutant.pointer + ": " + mutant.change);
    CHECK(trial.judge(mutant).by != Verdict::By::nobody);
  }
}

TEST_CASE("a guard removed, a role widened and a timer dropped are noticed") {
  const WorkflowFiles files = read_workflow_files(shipped_folder());
  const auto proofs = std::get<std::vector<Proof>>(load_proofs(files, shipped()));
  const auto proof =
      std::find_if(proofs.begin(), proofs.end(), [](const Proof& one) { return one.pack == "internal"; });
  REQUIRE(proof != proofs.end());
  const ProofTrial trial(shipped(), *proof, {});
  struct Broken {
    const char* pointer;
    const char* change;
    Verdict::By by;
  };
  const std::vector<Broken> table{{"/commands/hold/guards/1", "role_present is dropped", Verdict::By::world},
                                  {"/commands/hold/guards/", "not_after is dropped", Verdict::By::world},
                                  {"/commands/hold/guards/", "not_after becomes after", Verdict::By::world},
                                  {"/commands/close/by", "top_management is added", Verdict::By::roles},
                                  {"/timers/", "the timer is dropped", Verdict::By::check}};
  const auto mutants = mutants_of(shipped(), "internal");
  for (const Broken& row : table) {
    INFO(row.pointer);
    const auto mutant = std::find_if(mutants.begin(), mutants.end(), [&](const Mutant& one) {
      return one.about.type == "management-review" && one.pointer.starts_with(row.pointer) && one.change == row.change;
    });
    REQUIRE(mutant != mutants.end());
    CHECK(trial.judge(*mutant).by == row.by);
  }
}

}  // namespace
}  // namespace assay::test::mutate_test
