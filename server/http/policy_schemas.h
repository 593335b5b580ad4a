// What policies look like, in the API description.
#pragma once

#include "domain/json.h"

namespace assay {

/// The schemas of answers, by name.
Json policy_schemas();

}  // namespace assay
