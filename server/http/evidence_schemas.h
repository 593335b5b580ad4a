// What evidence looks like, in the API description.
#pragma once

#include "domain/json.h"

namespace assay {

/// The body that attaches evidence without a file: one of several kinds.
Json evidence_body_schema();
/// The schemas of answers, by name.
Json evidence_schemas();

}  // namespace assay
