// A due day with its derivation.
#include "domain/working_days.h"

#include <algorithm>

namespace assay {

Result<DueDay> policy_due_day(const PolicyValues& policies, Date from, const std::string& name,
                              const std::vector<Date>& holidays) {
  const auto& all = policies.set().policies;
  const auto policy = all.find(name);
  if (policy == all.end() || !is_day_unit(policy->second.unit) || !policy->second.value.is_number())
    return invalid_field("/policy", Wording{"no_policy_of_days"});
  const std::string unit = policies.unit(name);
  const auto due = counted_from(from, policies.number(name), unit, Calendar(holidays));
  if (!due) return invalid_field("/from", Wording{"beyond_calendar"});
  DueDay result{*due};
  Wording rule{"counted_from", {{"day", to_text(from)}}};
  if (unit == "working_days") {
    rule.code = "counted_in_working_days";
    const Calendar weekdays;
    for (const Date holiday : holidays) {
      if (weekdays.is_working(holiday) && std::min(from, *due) <= holiday && holiday <= std::max(from, *due))
        result.passed_over.push_back(holiday);
    }
    std::sort(result.passed_over.begin(), result.passed_over.end());
    result.passed_over.erase(std::unique(result.passed_over.begin(), result.passed_over.end()),
                             result.passed_over.end());
    for (const Date holiday : result.passed_over) rule.values["holidays"].push_back(to_text(holiday));
    if (!result.passed_over.empty()) rule.code = "counted_past_holidays";
  }
  Calculation calculation{policies};
  calculation.step(std::move(rule), name, verbatim(to_text(*due)));
  result.derivation = std::move(calculation).steps();
  return result;
}

}  // namespace assay
