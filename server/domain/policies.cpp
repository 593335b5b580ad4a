// The numbers of policies as they hold for one record.
#include "domain/policies.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "domain/paths.h"

namespace assay {
namespace {

/// What the record itself sets for that policy; the last word counts.
std::optional<int> set_by(const RecordView& record, const std::string& name) {
  const auto& where = record.definition->overrides;
  if (!where) return {};
  const auto list = record.body->find(where->list);
  if (list == record.body->end()) return {};
  for (const Json& element : std::views::reverse(*list)) {
    const auto policy = element.find(where->policy), value = element.find(where->value);
    // What is explored knows of a list that it is there, and nothing of what it says.
    if (policy == element.end() || value == element.end() || !value->is_number_integer()) continue;
    if (*policy == name) return value->get<int>();
  }
  return {};
}

std::optional<RecordId> parent_of(const Facts& facts, const RecordView& record) {
  const LinkDefinition* parent = record.definition->parent();
  const auto above = parent ? facts.linked(record.id, parent->name) : std::vector<RecordId>{};
  return above.empty() ? std::nullopt : std::optional(above.front());
}

}  // namespace

int PolicyValues::number(const std::string& name) const {
  const PolicyDefinition& policy = definition(name);
  constexpr int most_above = 20;  // links that run in circles end somewhere
  auto at = policy.between && facts_ ? record_ : std::nullopt;
  for (int above = 0; at && above < most_above; ++above) {
    const RecordView& record = record_at(*facts_, *at);
    const auto value = set_by(record, name);
    // A newer edition of the policies may have drawn its bounds closer.
    if (value) return std::clamp(*value, policy.between->first, policy.between->second);
    at = parent_of(*facts_, record);
  }
  return policy.value.get<int>();
}

Date PolicyValues::after(Date day, const Json& names, const Calendar& calendar) const {
  for (const Json& name : names.is_array() ? names : Json::array({names})) {
    const auto& text = name.get_ref<const std::string&>();
    day = add_days(day, number(text), definition(text).unit, calendar);
  }
  return day;
}

std::string override_fault(const WorkflowSet& set, const Json& policy, const Json& value) {
  const auto found = policy.is_string() ? set.policies.find(policy.get<std::string>()) : set.policies.end();
  if (found == set.policies.end() || !found->second.between) return "names no policy that a record may set";
  const auto [least, most] = *found->second.between;
  if (value.is_number_integer() && value >= least && value <= most) return {};
  return fmt::format("{} may be set from {} to {} {}", found->second.label, least, most, found->second.unit);
}

}  // namespace assay
