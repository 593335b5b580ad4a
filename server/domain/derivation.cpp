// How a calculation came to its result.
#include "domain/derivation.h"

#include <algorithm>
#include <cmath>

#include "domain/calendar.h"

namespace assay {
namespace {

constexpr int largest_value = 1'000'000;  // products of a few of them stay within 64 bits

bool all(const Json& list, bool (*good)(const Json&)) {
  return list.is_array() && !list.empty() && std::all_of(list.begin(), list.end(), good);
}

bool is_whole(const Json& value) { return value.is_number_integer(); }

bool is_bounded(const Json& value) { return is_whole(value) && value <= largest_value && value >= -largest_value; }

bool is_half(const Json& value) {
  return value.is_number() && value >= 0 && value <= largest_value &&
         std::floor(value.get<double>() * 2) == value.get<double>() * 2;
}

template <class Good>
bool is_table(const Json& value, Good good) {
  if (!value.is_array() || value.empty() || !value[0].is_array() || value[0].empty()) return false;
  return std::all_of(value.begin(), value.end(), [&](const Json& row) {
    return row.is_array() && row.size() == value[0].size() && std::all_of(row.begin(), row.end(), good);
  });
}

bool has_shape(const PolicyDefinition& policy, std::size_t columns) {
  const Json& value = policy.value;
  if (columns > 0) return value.is_array() && value[0].is_array() && value[0].size() == columns;
  if (policy.unit == "percent") return value.is_number() && value >= 0 && value <= 100;
  return policy.unit == "share" || value.is_number();
}

}  // namespace

std::string policy_value_fault(std::string_view unit, const Json& value) {
  if (unit == "share") {
    const bool good = value.is_array() && value.size() == 2 &&
                      all(value, [](const Json& one) { return is_whole(one) && one >= 1 && one <= 1000; });
    return good ? "" : "must be [numerator, denominator], each from 1 to 1000";
  }
  if (unit == "auditor_days") {
    return is_half(value) || is_table(value, is_half) ? "" : "must be whole or half days, or a table of such numbers";
  }
  if (is_whole(value) || all(value, is_whole)) return "";
  if (!is_day_unit(unit) && is_table(value, is_bounded)) return "";
  return is_day_unit(unit) ? "must be a whole number or a list of whole numbers"
                           : "must be a whole number, a list of whole numbers, or a table of them";
}

const std::string& source_of(const WorkflowSet& set, const DerivationStep& step, std::string_view language) {
  const auto policy = set.policies.find(step.policy);
  return policy == set.policies.end() ? step.source : policy->second.source_in(language);
}

std::string printed(const WorkflowSet& set, const Derivation& steps, std::string_view language, std::size_t first) {
  std::string text;
  for (std::size_t i = first; i < steps.size(); ++i) {
    const DerivationStep& step = steps[i];
    text += fmt::format("{}. {} -> {} ({}: {}; {}{}{})\n", i + 1, told(step.rule, language),
                        told(step.result, language), step.policy, told(step.value, language),
                        source_of(set, step, language), step.edition.empty() ? "" : ", ", step.edition);
  }
  return text;
}

Result<void> Calculation::needs(std::initializer_list<Need> needs) const {
  for (const auto& [name, unit, columns] : needs) {
    const auto& policies = policies_.set().policies;
    const auto found = policies.find(name);
    const bool fits = found != policies.end() && found->second.unit == unit && has_shape(found->second, columns);
    if (fits) continue;
    const std::string shape = columns ? fmt::format("a table of {} columns", columns) : "one value";
    return refuse(Reason::not_found,
                  fmt::format("the calculation needs a policy `{}`, {} in {}, which there is not", name, shape, unit));
  }
  return {};
}

Ratio Calculation::share(std::string_view name) const {
  const Json& value = policy(name).value;
  return {value.at(0).get<int>(), value.at(1).get<int>()};
}

void Calculation::step(Wording rule, std::string_view name, Wording result) {
  const PolicyDefinition& used = policy(name);
  Wording value = used.unit == "share" ? Wording{"fraction", {{"over", used.value.at(0)}, {"under", used.value.at(1)}}}
                                       : amount(Json(number(name)), unit(name));
  step(std::move(rule), name, std::move(value), std::move(result));
}

void Calculation::step(Wording rule, std::string_view name, Wording value, Wording result) {
  const PolicyDefinition& used = policy(name);
  steps_.push_back({std::move(rule), used.name, used.source, used.edition, std::move(value), std::move(result)});
}

Ratio days_in(const Json& cell) { return {std::llround(cell.get<double>() * 2), 2}; }

std::int64_t root_share(Ratio share, std::int64_t count) {
  const std::int64_t over = share.numerator() * share.numerator() * count;
  const std::int64_t under = share.denominator();
  const auto reaches = [&](std::int64_t size) { return size * under * size * under >= over; };
  // The root of a double may be off by one.
  std::int64_t size = static_cast<std::int64_t>(std::sqrt(static_cast<double>(over))) / under;
  while (size > 0 && reaches(size - 1)) --size;
  while (!reaches(size)) ++size;
  return size;
}

Ratio rounded(Ratio value, Ratio step, Ratio least) {
  const Ratio inverse{step.denominator(), step.numerator()};
  const Ratio nearest = Ratio((value * inverse + Ratio(1, 2)).floor()) * step;
  return nearest < least ? rounded_up(least, step) : nearest;
}

Ratio rounded_up(Ratio value, Ratio step) {
  return Ratio((value * Ratio(step.denominator(), step.numerator())).ceil()) * step;
}

}  // namespace assay
