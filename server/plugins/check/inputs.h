// Inputs of reports that are valid and far from what an honest person types; changed ones for the fuzz.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "domain/json.h"
#include "sandbox/frame.h"

namespace assay {

/// The same numbers for the same seed, everywhere.
class Chance : public sandbox::Chance {
 public:
  using sandbox::Chance::Chance;
  /// Below `end`, which is not 0.
  std::uint64_t below(std::uint64_t end) { return next() % end; }
};

// Each is for formats that are made `of` an audit or a response (ReportFormat::of).

/// The least that a report is made of.
Json smallest_input(std::string_view of, std::string_view language);
/// Samples with `texts` wherever the schema lets people type, so many that each text comes to each place.
std::vector<Json> hostile_inputs(std::string_view of, std::string_view language, const std::vector<std::string>& texts);
/// The sample with as much text as there may be in its longest members.
Json huge_input(std::string_view of, std::string_view language);
/// The sample after some changes that `chance` chooses; valid.
Json changed_input(std::string_view of, std::string_view language, Chance& chance);

}  // namespace assay
