// What the calculations take: one JSON Schema each, by which requests are validated and which the API description
// shows.
#pragma once

#include <string_view>

#include "domain/json.h"

namespace assay {

/// In the subset that violations() validates: of "audit-time", "site-sampling", "integrated-time",
/// "certificate-dates", "due-day" or "security-levels"; null for another name.
const Json& calculation_schema(std::string_view name);

}  // namespace assay
