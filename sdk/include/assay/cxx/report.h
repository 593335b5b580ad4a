// report/1 for a plugin class in C++17.
#pragma once

#include <assay/cxx/plugin.h>
#include <assay/ext/report.h>

namespace assay::sdk {

/// Asks for `void render(const Call&, std::string_view format, std::string_view input, const Writer&)`: see
/// assay_report_1.render.
template <class Entry>
struct Report {
  static constexpr std::string_view id = ASSAY_REPORT_1;

  static assay_status render(const assay_call* call, assay_string format, assay_string input, const assay_writer* out) {
    return guard(call, [&] { Entry::instance->render(Call(call), view(format), view(input), Writer(out)); });
  }

  static constexpr assay_report_1 table = {&render};
};

}  // namespace assay::sdk
