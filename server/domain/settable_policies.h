// What people and programs are told of the policies that records set: by whom, between which values, and what holds.
#pragma once

#include <string>
#include <vector>

#include "domain/facts.h"

namespace assay {

/// The types whose records may set the policy for themselves and what hangs below them, in the order of their names.
std::vector<std::string> types_setting(const WorkflowSet& set, const std::string& policy);

/// [least, most] that a record may set, or null.
Json bounds_json(const PolicyDefinition& policy);

/// The schema of the command's input with the policies that it may set as they hold for the record: `x-policies` at
/// each field that names one, and in `x-policy-value` the field that takes its value. Empty when it sets none.
std::string schema_with_policies(std::string_view schema_text, const CommandDefinition& command, const WorkflowSet& set,
                                 const Facts& facts, RecordId record);

}  // namespace assay
