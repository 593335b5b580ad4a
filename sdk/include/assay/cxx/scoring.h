// scoring/1 for a plugin class in C++17.
#pragma once

#include <assay/cxx/plugin.h>
#include <assay/ext/scoring.h>

namespace assay::sdk {

/// Asks for `void score(const Call&, std::string_view input, const Writer&)`: see
/// assay_scoring_1.score.
template <class Entry>
struct Scoring {
  static constexpr std::string_view id = ASSAY_SCORING_1;

  static assay_status score(const assay_call* call, assay_string input, const assay_writer* out) {
    return guard(call, [&] { Entry::instance->score(Call(call), view(input), Writer(out)); });
  }

  static constexpr assay_scoring_1 table = {&score};
};

}  // namespace assay::sdk
