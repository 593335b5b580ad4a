// What the tests of all calculators share: the shipped policies, dates, refusals as text, and what every derivation
// says.
#pragma once

#include <catch2/catch_all.hpp>
#include <filesystem>
#include <string>

#include "domain/derivation.h"
#include "domain/refusal.h"
#include "domain/small.h"
#include "domain/time.h"

namespace assay::test {

inline const WorkflowSet& shipped() {
  static const WorkflowSet set =
      load_or_throw(read_workflow_files(std::filesystem::path(ASSAY_SOURCE_DIR) / "workflows"));
  return set;
}

inline Date date(const char* text) { return *parse_date(text); }

template <class T>
std::string refusal(const Result<T>& result) {
  if (result.has_value()) return "granted";
  const auto& invalid = result.error().invalid;
  return invalid.empty() ? result.error().detail : invalid[0].pointer + ": " + invalid[0].detail;
}

/// Every step says everything that somebody needs who checks it.
inline void check_derivation(const Derivation& steps) {
  CHECK_FALSE(steps.empty());
  for (const DerivationStep& step : steps) {
    INFO(step.policy);
    for (const char* language : {"en", "de"}) {
      for (const Wording* part : {&step.rule, &step.value, &step.result}) CHECK_FALSE(told(*part, language).empty());
    }
    CHECK(shipped().policies.at(step.policy).source == step.source);
    CHECK_FALSE(step.edition.empty());
  }
}

}  // namespace assay::test
