// guard/1 for a plugin class in C++17.
#pragma once

#include <assay/cxx/plugin.h>
#include <assay/ext/guard.h>

namespace assay::sdk {

/// Asks for `void judge(const Call&, std::string_view input, const Writer&)`: see
/// assay_guard_1.judge.
template <class Entry>
struct Guard {
  static constexpr std::string_view id = ASSAY_GUARD_1;

  static assay_status judge(const assay_call* call, assay_string input, const assay_writer* out) {
    return guard(call, [&] { Entry::instance->judge(Call(call), view(input), Writer(out)); });
  }

  static constexpr assay_guard_1 table = {&judge};
};

}  // namespace assay::sdk
