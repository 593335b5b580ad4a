// ticket/1 for a plugin class in C++17.
#pragma once

#include <assay/cxx/plugin.h>
#include <assay/ext/ticket.h>

namespace assay::sdk {

/// Asks for `void requests(const Call&, std::string_view input, const Writer&)`: see
/// assay_ticket_1.requests.
template <class Entry>
struct Ticket {
  static constexpr std::string_view id = ASSAY_TICKET_1;

  static assay_status requests(const assay_call* call, assay_string input, const assay_writer* out) {
    return guard(call, [&] { Entry::instance->requests(Call(call), view(input), Writer(out)); });
  }

  static constexpr assay_ticket_1 table = {&requests};
};

}  // namespace assay::sdk
