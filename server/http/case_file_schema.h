// What the file of a case looks like, in the API description.
#pragma once

#include "domain/json.h"

namespace assay {

/// The schemas by name: CaseFile is what case_file() makes (http/case_file.h).
Json case_file_schemas();

}  // namespace assay
