// Audit time.
#include "domain/audit_time.h"

#include <algorithm>
#include <array>

namespace assay {
namespace {

bool says_nothing(const std::string& text) { return text.find_first_not_of(" \t\r\n") == std::string::npos; }

Json class_named(int number) {
  constexpr std::array names{"low", "medium", "high"};
  return to_json(Wording{names.at(static_cast<std::size_t>(number - 1))});
}

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
  if (input.persons < 1) return invalid_field("/persons", Wording{"at_least", {{"least", 1}}});
  std::int64_t counted = input.persons;
  for (std::size_t i = 0; i < input.identical_work.size(); ++i) {
    const IdenticalWork& work = input.identical_work[i];
    const std::string pointer = fmt::format("/identical_work/{}", i);
    if (says_nothing(work.justification)) return invalid_field(pointer + "/justification", Wording{"says_nothing"});
    const std::int64_t least = root_share(calculation.share("identical_work"), work.persons);
    const std::int64_t as = work.counted_as.value_or(least);
    if (work.persons < 1) return invalid_field(pointer + "/persons", Wording{"at_least", {{"least", 1}}});
    if (as < std::min(least, work.persons) || as > work.persons)
      return invalid_field(pointer + "/counted_as", Wording{"from_to", {{"least", least}, {"most", work.persons}}});
    counted += as - work.persons;
    calculation.step({"same_work", {{"activity", work.activity}, {"justification", work.justification}}},
                     "identical_work", {"persons_count_as", {{"persons", work.persons}, {"counted", as}}});
  }
  std::int64_t identical = 0;
  for (const IdenticalWork& work : input.identical_work) identical += work.persons;
  if (identical > input.persons) return invalid_field("/persons", Wording{"without_identical_work"});
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
      calculation.step({"days_by_persons"}, "audit_time_days",
                       {"row_of_table", {{"from", from}, {"to", to}, {"days", figure(result.table_days)}}},
                       amount(result.table_days, "days"));
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
  calculation.step({"rows_go_on"}, "audit_time_beyond", {"more_rows", {{"rows", rows}, {"persons", to}}});
  calculation.step({"rows_add_days"}, "audit_time_beyond_days", amount(more, "auditor_days"),
                   amount(result.table_days, "days"));
}

Result<void> Working::classify() {
  const auto& bounds = calculation.policy("audit_time_classes").value.at(0);
  const auto class_of = [&](const char* scores, int one, int two, int three) {
    const int sum = one + two + three;
    const int found = sum <= bounds.at(0) ? 1 : sum <= bounds.at(1) ? 2 : 3;
    calculation.step(
        {scores}, "audit_time_classes", {"low_and_medium_up_to", {{"low", bounds.at(0)}, {"medium", bounds.at(1)}}},
        {"sum_of_scores", {{"one", one}, {"two", two}, {"three", three}, {"sum", sum}, {"class", class_named(found)}}});
    return found;
  };
  const AuditTimeFactors& f = input.factors;
  result.business = class_of("scores_of_business", f.sector, f.processes, f.maturity);
  result.it = class_of("scores_of_it", f.infrastructure, f.outsourcing, f.development);
  const int cap = calculation.number("audit_time_reduction_cap");
  for (const Json& row : calculation.policy("audit_time_adjustment").value) {
    if (row.at(0) != result.business || row.at(1) != result.it) continue;
    result.least = std::max(row.at(2).get<int>(), -cap);
    result.most = std::max(row.at(3).get<int>(), result.least);
    calculation.step({"range_by_complexity"}, "audit_time_adjustment",
                     {"range_of_classes",
                      {{"business", class_named(result.business)},
                       {"it", class_named(result.it)},
                       {"least", row.at(2)},
                       {"most", row.at(3)}}},
                     {"range_of_percent", {{"least", result.least}, {"most", result.most}}});
    return {};
  }
  return refuse(Reason::not_found, "the policy `audit_time_adjustment` has no row for these classes");
}

Result<void> Working::adjust() {
  const int chosen = input.adjustment;
  if (chosen < result.least || chosen > result.most) {
    return invalid_field("/adjustment", Wording{"adjustment_from_to",
                                                {{"least", result.least},
                                                 {"most", result.most},
                                                 {"business", class_named(result.business)},
                                                 {"it", class_named(result.it)}}});
  }
  const int cap = calculation.number("audit_time_reduction_cap");
  days = result.table_days * changed_by(chosen);
  floor = result.table_days * changed_by(-cap);
  calculation.step({"adjusted", {{"percent", chosen}}}, "audit_time_reduction_cap", amount(days, "days"));
  if (input.audit != AuditKind::initial) {
    const bool surveillance = input.audit == AuditKind::surveillance;
    const char* const policy = surveillance ? "surveillance_share" : "recertification_share";
    days = days * calculation.share(policy);
    floor = floor * calculation.share(policy);
    calculation.step({surveillance ? "part_of_surveillance" : "part_of_recertification"}, policy, amount(days, "days"));
  }
  if (!input.site) return {};
  const int site_cap = calculation.number("site_reduction_cap");
  if (input.site->percent < 0 || input.site->percent > site_cap)
    return invalid_field("/site/reduction", Wording{"percent_from_to", {{"least", 0}, {"most", site_cap}}});
  if (says_nothing(input.site->reason)) return invalid_field("/site/reason", Wording{"says_nothing"});
  days = days * changed_by(-input.site->percent);
  floor = floor * changed_by(-site_cap);
  calculation.step({"one_site_of_several", {{"percent", input.site->percent}, {"reason", input.site->reason}}},
                   "site_reduction_cap", amount(days, "days"));
  return {};
}

void Working::finish() {
  const Ratio step = calculation.share("audit_time_rounding");
  result.days = rounded(days, step, floor);
  result.least_days = floor;
  calculation.step({"rounded"}, "audit_time_rounding", amount(result.days, "days"));
  result.on_site_at_least = rounded_up(result.days * Ratio(calculation.number("audit_time_on_site_share"), 100), step);
  calculation.step({"audit_itself"}, "audit_time_on_site_share", amount(result.on_site_at_least, "days"));
  if (input.audit != AuditKind::initial || input.site) return;
  result.stage_1 = rounded(result.days * calculation.share("stage_1_share"), step, step);
  result.stage_2 = result.days - *result.stage_1;
  calculation.step({"stage_1_suggested"}, "stage_1_share",
                   {"days_of_stages", {{"stage_1", figure(*result.stage_1)}, {"stage_2", figure(*result.stage_2)}}});
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
  if (times.empty()) return invalid_field("/single_times", Wording{"names_none"});
  Ratio unadjusted = 0, floor = 0;
  for (std::size_t i = 0; i < times.size(); ++i) {
    const SingleTime& time = times[i];
    if (time.days <= Ratio(0))
      return invalid_field(fmt::format("/single_times/{}/days", i), Wording{"more_than", {{"least", 0}}});
    if (time.adjustment < -single_cap)
      return invalid_field(fmt::format("/single_times/{}/adjustment", i),
                           Wording{"at_least", {{"least", -single_cap}}});
    const Ratio adjusted = time.days * changed_by(time.adjustment);
    unadjusted = unadjusted + time.days;
    floor = floor + time.days * changed_by(-single_cap);
    result.sum = result.sum + adjusted;
    calculation.step(
        {"single_time", {{"standard", time.standard}, {"days", figure(time.days)}, {"percent", time.adjustment}}},
        "audit_time_reduction_cap", amount(adjusted, "days"));
  }
  if (reduction < 0 || reduction > cap)
    return invalid_field("/reduction", Wording{"percent_from_to", {{"least", 0}, {"most", cap}}});
  const Ratio days = result.sum * changed_by(-reduction);
  calculation.step({"sum_reduced", {{"days", figure(result.sum)}, {"percent", reduction}}}, "integrated_reduction_cap",
                   amount(days, "days"));
  result.total_reduction = Ratio(100) - days * Ratio(100) * Ratio(unadjusted.denominator(), unadjusted.numerator());
  if (result.total_reduction > Ratio(single_cap)) {
    if (says_nothing(reason)) return invalid_field("/reason", Wording{"reason_needed", {{"percent", single_cap}}});
    calculation.step({"beyond_single_cap", {{"reason", reason}}}, "audit_time_reduction_cap",
                     amount(result.total_reduction, "percent"));
  }
  result.days = rounded(days, calculation.share("audit_time_rounding"), floor * changed_by(-cap));
  calculation.step({"rounded"}, "audit_time_rounding", amount(result.days, "days"));
  result.derivation = std::move(calculation).steps();
  return result;
}

}  // namespace assay
