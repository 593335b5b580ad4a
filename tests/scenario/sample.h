// An input that a JSON Schema of a command accepts, as a form would make it.
#pragma once

#include <string>

#include "domain/json.h"

namespace assay::test {

/// Required members only. `person` fills what names a person.
Json sample_of(const Json& schema, const std::string& person);

}  // namespace assay::test
