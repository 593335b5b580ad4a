// The texts of the JSON Schemas in this folder, built into the server.
#include "embedded.h"

#include "applicability_input_schema.h"
#include "applicability_schema.h"
#include "checklist_schema.h"
#include "guard_input_schema.h"
#include "manifest_schema.h"
#include "mapping_schema.h"
#include "migrate_input_schema.h"
#include "report_input_schema.h"
#include "response_input_schema.h"
#include "sample_report_input.h"
#include "sample_response_input.h"
#include "sample_schema.h"
#include "sampling_input_schema.h"
#include "scores_schema.h"
#include "scoring_input_schema.h"
#include "settings_check_schema.h"
#include "ticket_input_schema.h"
#include "ticket_requests_schema.h"
#include "verdict_schema.h"

namespace assay {

const std::string_view manifest_schema_text = embedded::manifest;
const std::string_view checklist_schema_text = embedded::checklist;
const std::string_view report_input_schema_text = embedded::report_input;
const std::string_view sample_report_input_text = embedded::sample_report_input;
const std::string_view response_input_schema_text = embedded::response_input;
const std::string_view sample_response_input_text = embedded::sample_response_input;
const std::string_view scoring_input_schema_text = embedded::scoring_input;
const std::string_view scores_schema_text = embedded::scores;
const std::string_view applicability_input_schema_text = embedded::applicability_input;
const std::string_view applicability_schema_text = embedded::applicability;
const std::string_view sampling_input_schema_text = embedded::sampling_input;
const std::string_view sample_schema_text = embedded::sample;
const std::string_view settings_check_schema_text = embedded::settings_check;
const std::string_view migrate_input_schema_text = embedded::migrate_input;
const std::string_view mapping_schema_text = embedded::mapping;
const std::string_view ticket_input_schema_text = embedded::ticket_input;
const std::string_view ticket_requests_schema_text = embedded::ticket_requests;
const std::string_view guard_input_schema_text = embedded::guard_input;
const std::string_view verdict_schema_text = embedded::verdict;

}  // namespace assay
