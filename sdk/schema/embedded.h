// The texts of the JSON Schemas in this folder, built into the server.
#pragma once

#include <string_view>

namespace assay {

extern const std::string_view manifest_schema_text;
extern const std::string_view checklist_schema_text;
extern const std::string_view report_input_schema_text;

}  // namespace assay
