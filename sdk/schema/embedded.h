// The texts of the JSON Schemas in this folder, built into the server.
#pragma once

#include <string_view>

namespace assay {

extern const std::string_view manifest_schema_text;
extern const std::string_view checklist_schema_text;
extern const std::string_view report_input_schema_text;
extern const std::string_view response_input_schema_text;
extern const std::string_view scoring_input_schema_text;
extern const std::string_view scores_schema_text;
extern const std::string_view applicability_input_schema_text;
extern const std::string_view applicability_schema_text;
extern const std::string_view sampling_input_schema_text;
extern const std::string_view sample_schema_text;
extern const std::string_view settings_check_schema_text;
extern const std::string_view migrate_input_schema_text;
extern const std::string_view mapping_schema_text;
extern const std::string_view ticket_input_schema_text;
extern const std::string_view ticket_requests_schema_text;
extern const std::string_view guard_input_schema_text;
extern const std::string_view verdict_schema_text;

/// An audit as a report gets it: made up, and with something in every member.
extern const std::string_view sample_report_input_text;
/// A response as a report gets it: made up, and with something in every member.
extern const std::string_view sample_response_input_text;

}  // namespace assay
