// applicability/1 for a plugin class in C++17.
#pragma once

#include <assay/cxx/plugin.h>
#include <assay/ext/applicability.h>

namespace assay::sdk {

/// Asks for `void applicable(const Call&, std::string_view input, const Writer&)`: see
/// assay_applicability_1.applicable.
template <class Entry>
struct Applicability {
  static constexpr std::string_view id = ASSAY_APPLICABILITY_1;

  static assay_status applicable(const assay_call* call, assay_string input, const assay_writer* out) {
    return guard(call, [&] { Entry::instance->applicable(Call(call), view(input), Writer(out)); });
  }

  static constexpr assay_applicability_1 table = {&applicable};
};

}  // namespace assay::sdk
