// The proofs of the shipped packs. Exploring all of them takes an optimised build, as `assay workflow check` is: the
// hidden case here does it in test_proofs_plain; with sanitizers that they can be read, and the worlds that matter
// most.
#include <chrono>
#include <iostream>

#include "domain/explore.h"
#include "workflows/company.h"

namespace assay::test::shipped_test {
namespace {

std::vector<Proof> shipped_proofs() {
  auto loaded = load_proofs(read_workflow_files(shipped_folder()), shipped());
  if (const auto* flaws = std::get_if<std::vector<Flaw>>(&loaded)) throw std::runtime_error(text_of(*flaws));
  return std::get<std::vector<Proof>>(std::move(loaded));
}

TEST_CASE("the shipped proofs are read without a flaw") {
  const auto proofs = shipped_proofs();
  REQUIRE(!proofs.empty());
  for (const Proof& proof : proofs) {
    CHECK(!proof.worlds.empty());
    CHECK(!proof.claims.empty());
  }
}

TEST_CASE("no claim is broken in the worlds that are always explored") {
  const std::map<std::string, std::set<std::string>> always{
      {"certification", {"elsewhere", "granting", "two_majors"}},
      {"common", {"clients", "system"}},
      {"internal", {"carried", "consulted", "inputs"}},
      {"iec62443", {"first_decision", "later_decisions", "own_deviation"}},
      {"isms", {"closing", "scopes", "successor"}},
      {"privacy", {"answered", "held", "hold", "lifted", "twice"}}};
  for (const Proof& proof : shipped_proofs()) {
    std::size_t explored = 0;
    for (const ProofWorld& world : proof.worlds) {
      if (!always.contains(proof.pack) || !always.at(proof.pack).contains(world.name)) continue;
      INFO(proof.pack << "/" << world.name);
      const Exploration found = explore(shipped(), proof, world);
      CHECK(found.transitions > 0);
      CHECK(!found.cut_off);
      for (const Violation& violation : found.violations)
        FAIL_CHECK(fmt::format("{}: {}\n{}", violation.claim, violation.reason, fmt::join(violation.steps, "\n")));
      ++explored;
    }
    if (always.contains(proof.pack)) CHECK(explored == always.at(proof.pack).size());
  }
}

TEST_CASE("the shipped proofs hold", "[.explore]") {
  for (const Proof& proof : shipped_proofs()) {
    std::vector<Exploration> found;
    for (const ProofWorld& world : proof.worlds) {
      if (const char* only = std::getenv("ASSAY_WORLD"); only && world.name != only) continue;
      const auto begun = std::chrono::steady_clock::now();
      found.push_back(explore(shipped(), proof, world));
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
      const Exploration& one = found.back();
      std::cout << fmt::format("{}: {} states, {} transitions, {:.2f} s\n", world.name, one.states, one.transitions,
                               took.count());
      CHECK(!one.cut_off);
      for (const Violation& violation : one.violations)
        FAIL_CHECK(fmt::format("{}: {}\n{}", violation.claim, violation.reason, fmt::join(violation.steps, "\n")));
    }
    if (std::getenv("ASSAY_WORLD")) continue;
    for (const Violation& open : left_open(shipped(), proof, found)) FAIL_CHECK(open.claim + ": " + open.reason);
  }
}

}  // namespace
}  // namespace assay::test::shipped_test
