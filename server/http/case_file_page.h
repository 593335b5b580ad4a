// The file of a case as a page that reads and prints well.
#pragma once

#include "domain/json.h"
#include "http/response.h"

namespace assay {

/// Shows what case_file() has collected, in its language; instants in the zone of the reader's organisation.
Response case_file_page(const Json& file, std::string_view zone);

}  // namespace assay
