// The numbers and choices of policies as they hold for one record.
#include "domain/policies.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "domain/paths.h"

namespace assay {
namespace {

bool is_option(const PolicyDefinition& policy, const Json& value) {
  return value.is_string() && policy.options.contains(value.get_ref<const std::string&>());
}

/// What the record itself sets for that policy; the last word counts.
std::optional<Json> set_by(const RecordView& record, const PolicyDefinition& policy) {
  for (const OverridesDefinition& where : record.definition->overrides) {
    const auto list = record.body->find(where.list);
    if (list == record.body->end()) continue;
    for (const Json& element : std::views::reverse(*list)) {
      const auto name = element.find(where.policy), value = element.find(where.value);
      // What is explored knows of a list that it is there, and nothing of what it says.
      if (name == element.end() || value == element.end() || *name != policy.name) continue;
      if (policy.between ? value->is_number_integer() : is_option(policy, *value)) return *value;
    }
  }
  return {};
}

/// The record whose policies hold for this one where it sets none.
std::optional<RecordId> above(const Facts& facts, const RecordView& record) {
  const LinkDefinition* parent = record.definition->parent();
  std::vector<RecordId> there;
  if (const auto& link = record.definition->policies_from; !link.empty()) there = facts.linked(record.id, link);
  if (there.empty() && parent) there = facts.linked(record.id, parent->name);
  return there.empty() ? std::nullopt : std::optional(there.front());
}

}  // namespace

template <class Wanted>
bool PolicyValues::any_in_line(Wanted wanted) const {
  constexpr int most_above = 20;  // links that run in circles end somewhere
  auto at = facts_ ? record_ : std::nullopt;
  for (int passed = 0; at && passed < most_above; ++passed) {
    const RecordView& record = record_at(*facts_, *at);
    if (wanted(record)) return true;
    at = above(*facts_, record);
  }
  return false;
}

std::optional<Json> PolicyValues::set_above(const PolicyDefinition& policy) const {
  std::optional<Json> value;
  if (may_be_set(policy))
    any_in_line([&](const RecordView& record) { return (value = set_by(record, policy)).has_value(); });
  return value;
}

bool PolicyValues::told_to_clients() const {
  return !any_in_line([](const RecordView& record) {
    const auto& kept = record.definition->kept_from_clients;
    const auto& lists = record.definition->overrides;
    return std::any_of(lists.begin(), lists.end(), [&](const OverridesDefinition& one) {
      return std::find(kept.begin(), kept.end(), one.list) != kept.end();
    });
  });
}

int PolicyValues::number(const std::string& name) const {
  const PolicyDefinition& policy = definition(name);
  const auto value = set_above(policy);
  // A newer edition of the policies may have drawn its bounds closer.
  return value ? std::clamp(value->get<int>(), policy.between->first, policy.between->second) : policy.value.get<int>();
}

std::string PolicyValues::choice(const std::string& name) const {
  const PolicyDefinition& policy = definition(name);
  return set_above(policy).value_or(policy.value).get<std::string>();
}

std::string PolicyValues::unit(const std::string& name) const {
  const PolicyDefinition& policy = definition(name);
  return policy.unit_by.empty() ? policy.unit : choice(policy.unit_by);
}

Date PolicyValues::after(Date day, const Json& names, const Calendar& calendar) const {
  for (const Json& name : names.is_array() ? names : Json::array({names})) {
    const auto& text = name.get_ref<const std::string&>();
    day = add_days(day, number(text), unit(text), calendar);
  }
  return day;
}

bool may_be_set(const PolicyDefinition& policy) { return policy.between || !policy.options.empty(); }

std::optional<Wording> override_fault(const WorkflowSet& set, const Json& policy, const Json& value) {
  const auto found = policy.is_string() ? set.policies.find(policy.get<std::string>()) : set.policies.end();
  if (found == set.policies.end() || !may_be_set(found->second)) return Wording{"no_policy_to_set"};
  const PolicyDefinition& one = found->second;
  const auto in_languages = [&one](auto text_in) {
    Json texts{{"en", text_in("en")}};
    for (const auto& [language, words] : one.words) texts[language] = text_in(language);
    return texts;
  };
  Json label = in_languages([&one](std::string_view language) { return one.label_in(language); });
  if (!one.between) {
    if (is_option(one, value)) return {};
    Json options = Json::array();
    for (const auto& [option, english] : one.options)
      options.push_back(in_languages(
          [&](std::string_view language) { return fmt::format("{} ({})", one.option_in(option, language), option); }));
    return Wording{"policy_options", {{"policy", std::move(label)}, {"options", std::move(options)}}};
  }
  const auto [least, most] = *one.between;
  if (value.is_number_integer() && value >= least && value <= most) return {};
  return Wording{"policy_between",
                 {{"policy", std::move(label)}, {"least", least}, {"most", to_json(amount(Json(most), one.unit))}}};
}

}  // namespace assay
