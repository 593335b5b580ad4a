// What the calculations take: one JSON Schema each, by which requests are validated, which the API description shows,
// and of which an interface makes a form.
#pragma once

#include <span>
#include <string_view>

#include "domain/json.h"

namespace assay {

struct CalculationName {
  std::string_view name;  // "audit-time": as in the path of the API
  std::string_view english, german;
};

/// All of them, by their names.
std::span<const CalculationName> calculation_names();

/// In the subset that violations() validates, null for a name that there is not. Titles of members, descriptions and
/// labels of values are in German for "de", else in English.
const Json& calculation_schema(std::string_view name, std::string_view language = "en");

}  // namespace assay
