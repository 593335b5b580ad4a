// The texts of the JSON Schemas in this folder, built into the server.
#pragma once

#include <string_view>

namespace assay {

extern const std::string_view manifest_schema_text;
extern const std::string_view checklist_schema_text;
extern const std::string_view report_input_schema_text;

/// An audit as a report gets it: made up, and with something in every member.
extern const std::string_view sample_report_input_text;

}  // namespace assay
