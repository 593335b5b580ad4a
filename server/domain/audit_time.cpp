// Audit time.
#include "domain/audit_time.h"

#include <algorithm>

namespace assay {
namespace {

bool says_nothing(const std::string& text) { return text.find_first_not_of(" \t\r\n") == std::string::npos; }

constexpr const char* class_names[] = {"", "low", "medium", "high"};

struct Working {
  Calculation calculation;
  const AuditTimeInput& input;
  AuditTime result = {};

  Result<void> count_persons();
  void look_up();
  Result<void> classify();
  Result<void> adjust();
  void finish();

  Ratio days = 0, floor = 0;  // the time so far, and what the caps leave of it at least
};

Result<void> Working::count_persons() {
  if (input.persons < 1) return invalid_field("/persons", "must be at least 1");
  std::int64_t counted = input.persons;
  for (std::size_t i = 0; i < input.identical_work.size(); ++i) {
    const IdenticalWork& work = input.identical_work[i];
    const std::string pointer = fmt::format("/identical_work/{}", i);
    if (says_nothing(work.justification)) return invalid_field(pointer + "/justification", "must say something");
    const std::int64_t least = root_share(calculation.share("identical_work"), work.persons);
    const std::int64_t as = work.counted_as.value_or(least);
    if (work.persons < 1) return invalid_field(pointer + "/persons", "must be at least 1");
    if (as < std::min(least, work.persons) || as > work.persons)
      return invalid_field(pointer + "/counted_as", fmt::format("must be from {} to {}", least, work.persons));
    counted += as - work.persons;
    calculation.step(fmt::format("People with the same work count as the square root of their number at least, rounded "
                                 "up, for each activity: {}. {}",
                                 work.activity, work.justification),
                     "identical_work", fmt::format("{} persons count as {}", work.persons, as));
  }
  std::int64_t identical = 0;
  for (const IdenticalWork& work : input.identical_work) identical += work.persons;
  if (identical > input.persons) return invalid_field("/persons", "must include those of identical_work");
  result.persons_counted = counted;
  return {};
}

void Working::look_up() {
  const std::int64_t persons = result.persons_counted;
  const Json& table = calculation.policy("audit_time_days").value;
  std::int64_t from = 1;
  for (const Json& row : table) {
    const auto to = row.at(0).get<std::int64_t>();
    if (persons <= to) {
      result.table_days = days_in(row.at(1));
      calculation.step("The table gives the days of an initial audit, both stages, by persons", "audit_time_days",
                       fmt::format("{} to {} persons: {} days", from, to, to_text(result.table_days)),
                       to_text(result.table_days) + " days");
      return;
    }
    from = to + 1;
  }
  const Ratio growth = calculation.share("audit_time_beyond");
  const Ratio more = days_in(calculation.policy("audit_time_beyond_days").value);
  auto to = table.back().at(0).get<std::int64_t>();
  result.table_days = days_in(table.back().at(1));
  std::int64_t rows = 0;
  for (; persons > to; ++rows) {
    to = std::max((Ratio(to) * growth).floor(), to + 1);
    result.table_days = result.table_days + more;
  }
  calculation.step("Beyond the table its rows go on: each ends at so many times the persons of the one before",
                   "audit_time_beyond", fmt::format("{} more rows, the last to {} persons", rows, to));
  calculation.step("Each row beyond the table adds days", "audit_time_beyond_days",
                   to_text(result.table_days) + " days");
}

Result<void> Working::classify() {
  const auto& bounds = calculation.policy("audit_time_classes").value.at(0);
  const auto class_of = [&](const char* what, int one, int two, int three) {
    const int sum = one + two + three;
    const int found = sum <= bounds.at(0) ? 1 : sum <= bounds.at(1) ? 2 : 3;
    calculation.step(fmt::format("The scores of the {} factors are added; the sum is low or medium up to these", what),
                     "audit_time_classes",
                     fmt::format("{} + {} + {} = {}: {}", one, two, three, sum, class_names[found]));
    return found;
  };
  const AuditTimeFactors& f = input.factors;
  result.business = class_of("business", f.sector, f.processes, f.maturity);
  result.it = class_of("IT", f.infrastructure, f.outsourcing, f.development);
  const int cap = calculation.number("audit_time_reduction_cap");
  for (const Json& row : calculation.policy("audit_time_adjustment").value) {
    if (row.at(0) != result.business || row.at(1) != result.it) continue;
    result.least = std::max(row.at(2).get<int>(), -cap);
    result.most = std::max(row.at(3).get<int>(), result.least);
    calculation.step("Complexity of business and of IT give the range in which the time may be adjusted",
                     "audit_time_adjustment",
                     fmt::format("business {}, IT {}: {} to {} percent", class_names[result.business],
                                 class_names[result.it], row.at(2).get<int>(), row.at(3).get<int>()),
                     fmt::format("{} to {} percent", result.least, result.most));
    return {};
  }
  return refuse(Reason::not_found, "the policy `audit_time_adjustment` has no row for these classes");
}

Result<void> Working::adjust() {
  const int chosen = input.adjustment;
  if (chosen < result.least || chosen > result.most) {
    return invalid_field("/adjustment",
                         fmt::format("must be from {} to {} percent, as business is {} and IT is {}", result.least,
                                     result.most, class_names[result.business], class_names[result.it]));
  }
  const int cap = calculation.number("audit_time_reduction_cap");
  days = result.table_days * changed_by(chosen);
  floor = result.table_days * changed_by(-cap);
  calculation.step(
      fmt::format("The chosen adjustment of {} percent is applied; no reduction goes beyond the cap", chosen),
      "audit_time_reduction_cap", to_text(days) + " days");
  if (input.audit != AuditKind::initial) {
    const bool surveillance = input.audit == AuditKind::surveillance;
    const char* const policy = surveillance ? "surveillance_share" : "recertification_share";
    days = days * calculation.share(policy);
    floor = floor * calculation.share(policy);
    calculation.step(
        fmt::format("A {} audit takes this part of an initial audit, calculated afresh on the present persons",
                    surveillance ? "surveillance" : "recertification"),
        policy, to_text(days) + " days");
  }
  if (!input.site) return {};
  const int site_cap = calculation.number("site_reduction_cap");
  if (input.site->percent < 0 || input.site->percent > site_cap)
    return invalid_field("/site/reduction", fmt::format("must be from 0 to {} percent", site_cap));
  if (says_nothing(input.site->reason)) return invalid_field("/site/reason", "must say something");
  days = days * changed_by(-input.site->percent);
  floor = floor * changed_by(-site_cap);
  calculation.step(fmt::format("The time of one site of several is reduced by {} percent: {}", input.site->percent,
                               input.site->reason),
                   "site_reduction_cap", to_text(days) + " days");
  return {};
}

void Working::finish() {
  const Ratio step = calculation.share("audit_time_rounding");
  result.days = rounded(days, step, floor);
  calculation.step("Rounded to the nearest step, up from the middle, and up where rounding down would pass a cap",
                   "audit_time_rounding", to_text(result.days) + " days");
  result.on_site_at_least = rounded_up(result.days * Ratio(calculation.number("audit_time_on_site_share"), 100), step);
  calculation.step("The audit itself, on site or remote, takes this share at least; the rest is planning and reporting",
                   "audit_time_on_site_share", to_text(result.on_site_at_least) + " days");
  if (input.audit != AuditKind::initial || input.site) return;
  result.stage_1 = rounded(result.days * calculation.share("stage_1_share"), step, step);
  result.stage_2 = result.days - *result.stage_1;
  calculation.step("Suggested for stage 1, rounded; stage 2 takes what is left", "stage_1_share",
                   fmt::format("{} days and {} days", to_text(*result.stage_1), to_text(*result.stage_2)));
}

}  // namespace

Result<AuditTime> audit_time(const PolicyValues& policies, const AuditTimeInput& input) {
  Working working{Calculation(policies), input};
  auto done = working.calculation.needs({{"audit_time_days", "auditor_days", 2},
                                         {"audit_time_beyond", "share"},
                                         {"audit_time_beyond_days", "auditor_days"},
                                         {"identical_work", "share"},
                                         {"audit_time_classes", "count", 2},
                                         {"audit_time_adjustment", "percent", 4},
                                         {"audit_time_reduction_cap", "percent"},
                                         {"surveillance_share", "share"},
                                         {"recertification_share", "share"},
                                         {"site_reduction_cap", "percent"},
                                         {"audit_time_rounding", "share"},
                                         {"audit_time_on_site_share", "percent"},
                                         {"stage_1_share", "share"}});
  if (!done) return done.error();
  if (done = working.count_persons(); !done) return done.error();
  working.look_up();
  if (done = working.classify(); !done) return done.error();
  if (done = working.adjust(); !done) return done.error();
  working.finish();
  working.result.derivation = std::move(working.calculation).steps();
  return std::move(working.result);
}

Result<IntegratedTime> integrated_time(const PolicyValues& policies, const std::vector<SingleTime>& times,
                                       int reduction, const std::string& reason) {
  Calculation calculation(policies);
  auto done = calculation.needs({{"audit_time_reduction_cap", "percent"},
                                 {"integrated_reduction_cap", "percent"},
                                 {"audit_time_rounding", "share"}});
  if (!done) return done.error();
  const int single_cap = calculation.number("audit_time_reduction_cap");
  const int cap = calculation.number("integrated_reduction_cap");
  IntegratedTime result;
  if (times.empty()) return invalid_field("/single_times", "must name at least one");
  Ratio unadjusted = 0, floor = 0;
  for (std::size_t i = 0; i < times.size(); ++i) {
    const SingleTime& time = times[i];
    if (time.days <= Ratio(0)) return invalid_field(fmt::format("/single_times/{}/days", i), "must be more than 0");
    if (time.adjustment < -single_cap)
      return invalid_field(fmt::format("/single_times/{}/adjustment", i),
                           fmt::format("must be at least -{}", single_cap));
    const Ratio adjusted = time.days * changed_by(time.adjustment);
    unadjusted = unadjusted + time.days;
    floor = floor + time.days * changed_by(-single_cap);
    result.sum = result.sum + adjusted;
    calculation.step(fmt::format("{}: {} days, adjusted by {} percent within the cap of a single audit", time.standard,
                                 to_text(time.days), time.adjustment),
                     "audit_time_reduction_cap", to_text(adjusted) + " days");
  }
  if (reduction < 0 || reduction > cap)
    return invalid_field("/reduction", fmt::format("must be from 0 to {} percent", cap));
  const Ratio days = result.sum * changed_by(-reduction);
  calculation.step(
      fmt::format("The sum of the single times, {} days, is then reduced by {} percent because the systems "
                  "are integrated",
                  to_text(result.sum), reduction),
      "integrated_reduction_cap", to_text(days) + " days");
  result.total_reduction = Ratio(100) - days * Ratio(100) * Ratio(unadjusted.denominator(), unadjusted.numerator());
  if (result.total_reduction > Ratio(single_cap)) {
    if (says_nothing(reason))
      return invalid_field("/reason",
                           fmt::format("is needed, as both reductions together are more than {} percent", single_cap));
    calculation.step("Both reductions together go beyond the cap of a single audit, which takes a reason: " + reason,
                     "audit_time_reduction_cap", to_text(result.total_reduction) + " percent");
  }
  result.days = rounded(days, calculation.share("audit_time_rounding"), floor * changed_by(-cap));
  calculation.step("Rounded to the nearest step, up from the middle, and up where rounding down would pass a cap",
                   "audit_time_rounding", to_text(result.days) + " days");
  result.derivation = std::move(calculation).steps();
  return result;
}

}  // namespace assay
