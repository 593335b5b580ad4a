// Inputs of reports that are valid and far from what an honest person types; changed ones for the fuzz.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "domain/json.h"

namespace assay {

/// SplitMix64: the same numbers for the same seed, everywhere.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  /// Below `end`, which is not 0.
  std::uint64_t below(std::uint64_t end) { return next() % end; }

 private:
  std::uint64_t state_;
};

/// The least that a report is made of.
Json smallest_input(std::string_view language);
/// Samples with `texts` wherever the schema lets people type, so many that each text comes to each place.
std::vector<Json> hostile_inputs(std::string_view language, const std::vector<std::string>& texts);
/// The sample with more than a megabyte of text in some members.
Json huge_input(std::string_view language);
/// The sample after some changes that `chance` chooses; valid.
Json changed_input(std::string_view language, Chance& chance);

}  // namespace assay
