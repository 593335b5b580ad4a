// A due day with its derivation: so many days, months or years after another day.
#pragma once

#include "domain/calendar.h"
#include "domain/derivation.h"

namespace assay {

struct DueDay {
  Date due;
  std::vector<Date> passed_over = {};  // holidays from Monday to Friday between the days, in order
  Derivation derivation = {};
};

/// The day that the policy `name` leads to from `from`, in days as `policies` has them (`unit_by`); holidays count only
/// where it counts working days. Refuses as audit_time() does.
Result<DueDay> policy_due_day(const PolicyValues& policies, Date from, const std::string& name,
                              const std::vector<Date>& holidays);

}  // namespace assay
