// The texts of the JSON Schemas in this folder, built into the server.
#include "embedded.h"

#include "checklist_schema.h"
#include "manifest_schema.h"
#include "report_input_schema.h"

namespace assay {

const std::string_view manifest_schema_text = embedded::manifest;
const std::string_view checklist_schema_text = embedded::checklist;
const std::string_view report_input_schema_text = embedded::report_input;

}  // namespace assay
