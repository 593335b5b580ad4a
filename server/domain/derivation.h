// How a calculation came to its result: each step with the rule, where it stands, the value used and what came out, to
// be told in every language.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "domain/policies.h"
#include "domain/ratio.h"
#include "domain/refusal.h"
#include "domain/wording.h"

namespace assay {

struct DerivationStep {
  Wording rule;         // in our own words
  std::string policy;   // whose value it uses
  std::string source;   // clause or document of that value, in English
  std::string edition;  // of the source; may be empty
  Wording value;        // as it was used
  Wording result;

  bool operator==(const DerivationStep&) const = default;
};

using Derivation = std::vector<DerivationStep>;

/// The clause or document of the step's value in `language`, where the set has its policy in it; else in English.
const std::string& source_of(const WorkflowSet& set, const DerivationStep& step, std::string_view language);

/// A line for each step from `first` on, numbered from there: what was done, what came out, by which value of what.
std::string printed(const WorkflowSet& set, const Derivation& steps, std::string_view language, std::size_t first = 0);

/// Values that a calculation reads from policies, and the steps that it took with them.
class Calculation {
 public:
  explicit Calculation(PolicyValues policies) : policies_(policies) { steps_.reserve(16); }

  struct Need {
    const char* policy;
    const char* unit;
    std::size_t columns = 0;  // of a table; 0: a number, or a share
  };
  /// `not_found` when the set lacks one of these policies, or has it in another unit or shape than stands beside it.
  Result<void> needs(std::initializer_list<Need> needs) const;

  const PolicyDefinition& policy(std::string_view name) const { return policies_.definition(std::string(name)); }
  int number(std::string_view name) const { return policies_.number(std::string(name)); }
  std::string unit(std::string_view name) const { return policies_.unit(std::string(name)); }
  /// Of a policy in `share`: [numerator, denominator].
  Ratio share(std::string_view name) const;

  /// Notes a step that used the policy; its value is told as it holds.
  void step(Wording rule, std::string_view name, Wording result);
  /// The same where only a part of the value was used.
  void step(Wording rule, std::string_view name, Wording value, Wording result);
  Derivation steps() && { return std::move(steps_); }

 private:
  PolicyValues policies_;
  Derivation steps_;
};

/// What is wrong with the value of a policy in its unit; "" when nothing. Days, in units of the calendar, are whole
/// numbers or lists of them; auditor_days are whole or half, a share is [numerator, denominator] from 1 to 1000 each,
/// and these, as counts and percents, may stand in a table: a list of rows with the same number of columns.
std::string policy_value_fault(std::string_view unit, const Json& value);

/// The days of a cell in auditor_days.
Ratio days_in(const Json& cell);

/// The least whole number that is not below `share` times the square root of `count`.
std::int64_t root_share(Ratio share, std::int64_t count);

/// To the nearest multiple of `step`, up from the middle; but never below `least`.
Ratio rounded(Ratio value, Ratio step, Ratio least);
/// To the next multiple of `step` that is not below.
Ratio rounded_up(Ratio value, Ratio step);

}  // namespace assay
