// sampling/1 for a plugin class in C++17.
#pragma once

#include <assay/cxx/plugin.h>
#include <assay/ext/sampling.h>

namespace assay::sdk {

/// Asks for `void sample(const Call&, std::string_view input, const Writer&)`: see
/// assay_sampling_1.sample.
template <class Entry>
struct Sampling {
  static constexpr std::string_view id = ASSAY_SAMPLING_1;

  static assay_status sample(const assay_call* call, assay_string input, const assay_writer* out) {
    return guard(call, [&] { Entry::instance->sample(Call(call), view(input), Writer(out)); });
  }

  static constexpr assay_sampling_1 table = {&sample};
};

}  // namespace assay::sdk
