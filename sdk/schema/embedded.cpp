// The texts of the JSON Schemas in this folder, built into the server.
#include "embedded.h"

#include "checklist_schema.h"
#include "manifest_schema.h"
#include "report_input_schema.h"
#include "sample_report_input.h"

namespace assay {

const std::string_view manifest_schema_text = embedded::manifest;
const std::string_view checklist_schema_text = embedded::checklist;
const std::string_view report_input_schema_text = embedded::report_input;
const std::string_view sample_report_input_text = embedded::sample_report_input;

}  // namespace assay
