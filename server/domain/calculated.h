// What effects calculate: calculations that a definition may name for a field, and the first of several values.
#pragma once

#include <string_view>

#include "domain/definition.h"
#include "domain/policies.h"
#include "domain/refusal.h"

namespace assay {

/// True for {"first": [values]}: of several values of an effect the first one that says something.
bool is_first(const Json& value);

struct NamedCalculation {
  std::string_view name;        // "security_levels"
  std::string_view parameters;  // "requirements target? answers?": those with "?" may be absent
  std::string_view gives;       // members of its result: "achieved gaps"
  std::string_view example;     // JSON of parameters: what it makes of them has the shape of all that it makes
  /// Pure, with the policies as they hold for the record; tells in `language` how it came to its result. Refuses as
  /// invalid, with pointers that begin with a parameter's name, what it cannot calculate with.
  Result<Json> (*run)(const PolicyValues& policies, const Json& given, std::string_view language);
};

/// Null when there is none of this name.
const NamedCalculation* find_calculation(std::string_view name);

/// Parameters that must be given, and are not among the members of `given`; empty when none is missing.
std::string missing_parameters(const NamedCalculation& calculation, const Json& given);

/// True when the space-separated `names`, "?" left aside, have `name`.
bool is_among(std::string_view names, std::string_view name);

}  // namespace assay
