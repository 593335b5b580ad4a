// settings/1 for a plugin class in C++17.
#pragma once

#include <assay/cxx/plugin.h>
#include <assay/ext/settings.h>

namespace assay::sdk {

/// Asks for `void check_settings(const Call&, std::string_view input, const Writer&)`: see
/// assay_settings_1.check.
template <class Entry>
struct Settings {
  static constexpr std::string_view id = ASSAY_SETTINGS_1;

  static assay_status check(const assay_call* call, assay_string input, const assay_writer* out) {
    return guard(call, [&] { Entry::instance->check_settings(Call(call), view(input), Writer(out)); });
  }

  static constexpr assay_settings_1 table = {&check};
};

}  // namespace assay::sdk
