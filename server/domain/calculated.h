// What effects calculate: calculations that a definition may name for a field, and the first of several values.
#pragma once

#include <string_view>

#include "domain/definition.h"
#include "domain/refusal.h"

namespace assay {

/// True for {"first": [values]}: of several values of an effect the first one that says something.
bool is_first(const Json& value);

struct NamedCalculation {
  std::string_view name;        // "security_levels"
  std::string_view parameters;  // "requirements target? answers?": those with "?" may be absent
  std::string_view gives;       // members of its result: "achieved gaps"
  /// Pure. Refuses as invalid, with pointers that begin with a parameter's name, what it cannot calculate with.
  Result<Json> (*run)(const WorkflowSet& set, const Json& given);
};

/// Null when there is none of this name.
const NamedCalculation* find_calculation(std::string_view name);

/// True when the space-separated `names`, "?" left aside, have `name`.
bool is_among(std::string_view names, std::string_view name);

}  // namespace assay
