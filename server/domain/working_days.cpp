// A due day with its derivation.
#include "domain/working_days.h"

#include <algorithm>

namespace assay {

Result<DueDay> policy_due_day(const WorkflowSet& set, Date from, const std::string& name,
                              const std::vector<Date>& holidays) {
  const auto policy = set.policies.find(name);
  if (policy == set.policies.end() || !is_day_unit(policy->second.unit) || !policy->second.value.is_number())
    return invalid_field("/policy", "is not a policy with one number of days, months or years");
  const std::string& unit = policy->second.unit;
  const auto due = counted_from(from, policy->second.value.get<std::int64_t>(), unit, Calendar(holidays));
  if (!due) return invalid_field("/from", "leads out of the years 0 to 9999");
  DueDay result{*due};
  if (unit == "working_days") {
    const Calendar weekdays;
    for (const Date holiday : holidays) {
      if (weekdays.is_working(holiday) && std::min(from, *due) <= holiday && holiday <= std::max(from, *due))
        result.passed_over.push_back(holiday);
    }
    std::sort(result.passed_over.begin(), result.passed_over.end());
    result.passed_over.erase(std::unique(result.passed_over.begin(), result.passed_over.end()),
                             result.passed_over.end());
  }
  std::string rule = fmt::format("Counted from {}", to_text(from));
  if (unit == "working_days") {
    rule += ", Monday to Friday without holidays";
    for (const Date holiday : result.passed_over) rule += fmt::format(", passing over {}", to_text(holiday));
  }
  Calculation calculation{PolicyValues(set)};
  calculation.step(std::move(rule), name, to_text(*due));
  result.derivation = std::move(calculation).steps();
  return result;
}

}  // namespace assay
