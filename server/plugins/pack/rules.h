// Scoring and applicability as data: rules that are checked when they are read and evaluated by the host.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "domain/json.h"
#include "plugins/manifest.h"
#include "plugins/pack/effort.h"

namespace assay {

/// What the rules of a pack may name: the ids of its catalogues.
struct CatalogueNames {
  std::set<std::string> results, groups, items;
};

/// Weighted means of what results are worth.
///   {"values": {"conforms": 100, "minor": 50}, "weights": {"groups": {"5": 2}, "items": {"A.5.1": 3}},
///    "bands": [{"from": 0, "label": {"en": "weak"}}, {"from": 80, "label": {"en": "strong"}}]}
/// An answer whose result has no value is left out. An item's weight is its own, else its group's, else 1.
class ScoringRules {
 public:
  /// The rules of `json`, or what is wrong with it, with its place. Values lie within the bounds that the manifest
  /// declares for scoring/1.
  static std::variant<ScoringRules, std::string> read(const Json& json, const Manifest& manifest);

  /// Where the first name is that is not among `known`; a misspelt one would leave answers out without a word.
  std::optional<std::string> unknown_name(const CatalogueNames& known) const;

  /// As sdk/schema/scores.json says, for what sdk/schema/scoring-input.json describes. Throws EffortSpent when `effort`
  /// does.
  Json evaluate(const Json& input, std::string_view language, Effort& effort) const;

 private:
  struct Band {
    std::int64_t from;
    LocalisedText label;
  };
  std::int64_t weight_of(const std::string& item, const std::string& group) const;

  std::map<std::string, std::int64_t> values_, groups_, items_;
  std::vector<Band> bands_;  // ascending
};

/// Which items apply.
///   {"rules": [{"items": ["A.8.25"], "groups": ["8"], "when": {"fact": "development", "is": true},
///               "reason": {"en": "Nothing is developed."}}]}
/// Conditions: {"fact", "is" | "has" | "at_least" | "at_most"}, {"all": [...]}, {"any": [...]}, {"not": ...}. What
/// depends on a fact that is not there is unknown. An item applies unless a rule that names it says no.
class ApplicabilityRules {
 public:
  /// The rules of `json`, or what is wrong with it, with its place. At most 2,000 rules, conditions of 8 levels.
  static std::variant<ApplicabilityRules, std::string> read(const Json& json);

  /// As that of ScoringRules.
  std::optional<std::string> unknown_name(const CatalogueNames& known) const;

  /// As sdk/schema/applicability.json says, for what sdk/schema/applicability-input.json describes. Throws EffortSpent
  /// when `effort` does.
  Json evaluate(const Json& input, std::string_view language, Effort& effort) const;

 private:
  struct Rule {
    Json when;
    LocalisedText reason;
  };
  std::vector<Rule> rules_;
  std::map<std::string, std::vector<std::size_t>> by_item_, by_group_;  // the rules that name it, in their order
};

}  // namespace assay
