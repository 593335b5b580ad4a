// What the routes take that call plugins: the schemas of their bodies in the API description.
#pragma once

#include <string_view>

#include "domain/json.h"

namespace assay {

/// The schema of the body of a route, "METHOD pattern"; null when it is none of these.
Json plugin_body_schema(std::string_view route);

}  // namespace assay
