// checklist/1 for a plugin class in C++17.
#pragma once

#include <assay/cxx/plugin.h>
#include <assay/ext/checklist.h>

namespace assay::sdk {

/// Asks for `void catalogues(const Call&, const Writer&)`: see assay_checklist_1.catalogues.
template <class Entry>
struct Checklist {
  static constexpr std::string_view id = ASSAY_CHECKLIST_1;

  static assay_status catalogues(const assay_call* call, const assay_writer* out) {
    return guard(call, [&] { Entry::instance->catalogues(Call(call), Writer(out)); });
  }

  static constexpr assay_checklist_1 table = {&catalogues};
};

}  // namespace assay::sdk
