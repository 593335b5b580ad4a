// What the cycle of a programme and its statement of applicability say of coverage: its years, and the controls that
// need not be looked at.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "commands/coverage.h"

namespace assay {

/// The years of the cycle that the programme's fields name, oldest first: twelve months each from `cycle_from` on, the
/// last one up to `cycle_to`, else `expires_on`, else three years on; at most ten. None without `cycle_from`.
std::vector<CoverageYear> years_of_cycle(const Json& programme);

/// Says of each row what was seen of it, or is planned, in each year of the coverage; days are those of `zone`.
void add_years(Coverage& coverage, std::string_view zone);

/// What statements of applicability say of controls.
struct StatedControls {
  bool known = false;              // an approved statement that the reader sees has rows
  std::set<std::string> excluded;  // "A.7.4": not necessary by each of them that names it
};
/// By the last approved row of each control that the reader sees; a control that several systems have is excluded when
/// all of them exclude it.
StatedControls stated_controls(Snapshot& at, const Reader& reader);

/// Takes excluded controls out of what is to be covered: rows of catalogues of ISO/IEC 27001 whose clause is one.
void leave_out(Coverage& coverage, const StatedControls& controls);

}  // namespace assay
