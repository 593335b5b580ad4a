// What working notes look like, in the API description.
#pragma once

#include <string_view>

#include "domain/json.h"

namespace assay {

/// The body of "METHOD pattern" for a route of notes; null for those without one.
Json note_body_schema(std::string_view route);
/// The schemas of answers, by name.
Json note_schemas();

}  // namespace assay
