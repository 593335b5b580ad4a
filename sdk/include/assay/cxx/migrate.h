// migrate/1 for a plugin class in C++17.
#pragma once

#include <assay/cxx/plugin.h>
#include <assay/ext/migrate.h>

namespace assay::sdk {

/// Asks for `void map(const Call&, std::string_view input, const Writer&)`: see
/// assay_migrate_1.map.
template <class Entry>
struct Migrate {
  static constexpr std::string_view id = ASSAY_MIGRATE_1;

  static assay_status map(const assay_call* call, assay_string input, const assay_writer* out) {
    return guard(call, [&] { Entry::instance->map(Call(call), view(input), Writer(out)); });
  }

  static constexpr assay_migrate_1 table = {&map};
};

}  // namespace assay::sdk
