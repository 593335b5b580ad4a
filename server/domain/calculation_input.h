// What calculations take, from the JSON in which the API and the effects of definitions give it.
#pragma once

#include "domain/audit_time.h"
#include "domain/site_sampling.h"

namespace assay {

/// `json` as the schema "audit-time" (domain/calculation_schemas.h) has it: refuses as invalid, with a pointer for each
/// fault, what it does not accept.
Result<AuditTimeInput> audit_time_input(const Json& json);

/// The same for the schema "site-sampling".
Result<SamplingInput> site_sampling_input(const Json& json);

}  // namespace assay
