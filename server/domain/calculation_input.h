// What calculations take, from the JSON in which the API and the effects of definitions give it.
#pragma once

#include "domain/audit_time.h"
#include "domain/certificate_dates.h"
#include "domain/site_sampling.h"

namespace assay {

/// `json` as the schema "audit-time" (domain/calculation_schemas.h) has it: refuses as invalid, with a pointer for each
/// fault, what it does not accept.
Result<AuditTimeInput> audit_time_input(const Json& json);

/// The same for the schema "site-sampling".
Result<SamplingInput> site_sampling_input(const Json& json);

struct IntegratedTimeInput {
  std::vector<SingleTime> times = {};
  int reduction = 0;
  std::string reason = {};
};
/// The same for the schema "integrated-time".
Result<IntegratedTimeInput> integrated_time_input(const Json& json);

/// The same for the schema "certificate-dates".
Result<CertificateInput> certificate_dates_input(const Json& json);

}  // namespace assay
