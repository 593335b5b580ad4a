// Loads what stands beside the definitions: labels of other languages, roles, policies and the texts of guards.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "domain/calendar.h"
#include "domain/derivation.h"
#include "domain/guards.h"
#include "domain/load_parts.h"

namespace assay {
namespace {

void only_text(const Place& place) {
  if (!place.is_text() || place.text().empty()) place.flaw("must be a string that is not empty");
}

template <class Map>
void labels_of(const Place& place, std::string_view section, const Map& things) {
  for (const auto& [name, label] : place.members(section)) {
    only_text(label);
    if (!things.contains(name)) label.flaw(fmt::format("the definition has no `{}` among its {}", name, section));
  }
}

/// The schema itself, or that of the elements of a list.
const Json& element_of(const Json& schema) {
  const Json* at = &schema;
  while (at->is_object() && at->contains("items")) at = &(*at)["items"];
  return *at;
}

const Json* properties_of(const Json& schema) {
  const Json& element = element_of(schema);
  const auto properties = element.find("properties");
  return properties == element.end() || !properties->is_object() ? nullptr : &*properties;
}

/// Labels of the values of an enum, or of the enums that members have: {VALUE: label} or {MEMBER: {VALUE: label}}.
void value_labels(const std::string& name, const Place& place, const Json& schema) {
  const Json& element = element_of(schema);
  const auto known = element.find("enum");
  const Json* properties = properties_of(schema);
  if (known == element.end() && !properties) {
    place.flaw(fmt::format("the definition has no field `{}` with an enum", name));
    return;
  }
  if (!place.is_object()) return;
  for (const auto& [value, label] : place.members()) {
    if (properties) {
      const auto member = properties->find(value);
      if (member != properties->end()) {
        value_labels(fmt::format("{}.{}", name, value), label, *member);
      } else {
        label.flaw(fmt::format("the field `{}` has no member `{}`", name, value));
      }
      continue;
    }
    only_text(label);
    if (std::find(known->begin(), known->end(), Json(value)) == known->end()) label.flaw("is not a value of the enum");
  }
}

void enum_labels(const Place& place, const Definition& definition) {
  for (const auto& [name, values] : place.members("enums")) {
    const auto field = definition.fields.find(name);
    value_labels(name, values, field == definition.fields.end() ? Json::object() : field->second.schema);
  }
}

void member_labels(const Place& place, const Definition& definition) {
  for (const auto& [name, members] : place.members("members")) {
    const auto field = definition.fields.find(name);
    const Json* properties = field == definition.fields.end() ? nullptr : properties_of(field->second.schema);
    if (!properties) {
      members.flaw(fmt::format("the definition has no field `{}` with members", name));
      continue;
    }
    if (!members.is_object()) continue;
    for (const auto& [member, label] : members.members()) {
      only_text(label);
      if (!properties->contains(member)) label.flaw(fmt::format("the field `{}` has no member `{}`", name, member));
    }
  }
}

/// {FIELD: {LINE: label}}, the counts within a list among the lines.
void prefill_labels(const Place& place, const Definition& definition) {
  for (const auto& [name, lines] : place.members("prefill")) {
    const auto field = definition.fields.find(name);
    if (field == definition.fields.end() || field->second.prefill.empty()) {
      lines.flaw(fmt::format("the definition has no field `{}` with a prefill", name));
      continue;
    }
    if (!lines.is_object()) continue;
    for (const auto& [line, label] : lines.members()) {
      only_text(label);
      if (!find_line(field->second, line)) label.flaw(fmt::format("the field `{}` has no line `{}`", name, line));
    }
  }
}

void seat_plurals(const Place& place, const Definition& definition) {
  for (const auto& [name, label] : place.members("people_plural")) {
    only_text(label);
    const auto seat = definition.people.find(name);
    if (seat == definition.people.end() || seat->second.label_plural.empty())
      label.flaw(fmt::format("the definition has no seat `{}` with a label_plural", name));
  }
}

/// [least, most] that a record may set instead of the value, which is a whole number between them; at most a century.
std::optional<std::pair<int, int>> load_bounds(const Place& place, const PolicyDefinition& policy) {
  const Json bounds = place.json();
  const Json& value = policy.value;
  const int most = policy.unit == "calendar_years" ? 100 : policy.unit == "calendar_months" ? 1200 : 36'525;
  const bool pair = bounds.is_array() && bounds.size() == 2 && bounds[0].is_number_integer() &&
                    bounds[1].is_number_integer() && bounds[0] < bounds[1] && bounds[0] >= -most && bounds[1] <= most;
  if (pair && value.is_number_integer() && value >= bounds[0] && value <= bounds[1])
    return std::pair(bounds[0].get<int>(), bounds[1].get<int>());
  place.flaw("must be two whole numbers, the least and the most, with the value between them");
  return {};
}

/// What may be chosen, and how people call it.
void load_options(const Place& place, PolicyDefinition& policy) {
  for (const auto& [option, label] : place.members("options")) {
    only_text(label);
    if (good_name(label, option) && label.is_text()) policy.options[option] = label.text();
  }
  if (policy.unit == "choice" && policy.options.size() < 2)
    place.flaw("`options` is missing: two at least to choose from");
  if (policy.unit != "choice" && place.find("options")) place.at("options").flaw("goes with the unit choice");
}

/// What is wrong with a value of the policy, or with one of its presets.
std::string value_fault(const PolicyDefinition& policy, const std::string& unit, const Json& value) {
  if (policy.unit != "choice") return policy_value_fault(unit, value);
  const bool option = value.is_string() && policy.options.contains(value.get_ref<const std::string&>());
  return option ? "" : "must be one of the options";
}

void load_policy(const std::string& name, const Place& place, WorkflowSet& set) {
  place.only({"value", "unit", "unit_by", "options", "source", "edition", "label", "presets", "between"});
  PolicyDefinition policy;
  policy.name = name;
  policy.file = place.file();
  policy.unit = place.text("unit");
  policy.source = place.text("source");
  policy.edition = place.text("edition", false);
  policy.label = place.text("label");
  policy.unit_by = place.text("unit_by", false);
  constexpr std::array<std::string_view, 5> others{"count", "percent", "auditor_days", "share", "choice"};
  const bool known = is_day_unit(policy.unit) || std::find(others.begin(), others.end(), policy.unit) != others.end();
  if (!policy.unit.empty() && !known) {
    place.at("unit").flaw(
        "must be calendar_days, working_days, calendar_months, calendar_years, count, percent, auditor_days, share or "
        "choice");
  }
  load_options(place, policy);
  const auto value_at = [&](const Place& at) {
    Json value = at.json();
    if (const std::string fault = value_fault(policy, known ? policy.unit : "count", value); !fault.empty())
      at.flaw(fault);
    return value;
  };
  if (const auto value = place.find("value")) {
    policy.value = value_at(*value);
  } else {
    place.flaw("`value` is missing");
  }
  for (const auto& [preset, value] : place.members("presets")) policy.presets.emplace(preset, value_at(value));
  if (const auto between = place.find("between")) policy.between = load_bounds(*between, policy);
  if (!set.policies.emplace(name, std::move(policy)).second) place.flaw("another file has a policy of this name");
}

/// The labels that `section` has for `things`: of each one, and of nothing else.
template <class Map>
std::map<std::string, std::string> all_labels(const Place& place, std::string_view section, const Map& things) {
  std::map<std::string, std::string> labels;
  for (const auto& [name, label] : place.members(section)) {
    only_text(label);
    if (!things.contains(name)) label.flaw(fmt::format("the policy has no `{}` among its {}", name, section));
    if (label.is_text()) labels[name] = label.text();
  }
  for (const auto& [name, thing] : things) {
    if (!labels.contains(name)) place.flaw(fmt::format("`{}` lacks `{}`", section, name));
  }
  return labels;
}

}  // namespace

void check_labels(const Place& place, const Definition& definition) {
  if (!place.is_object()) return;
  place.only({"label", "label_plural", "fields", "states", "commands", "links", "people", "people_plural", "timers",
              "members", "enums", "prefill"});
  place.text("label", false);
  place.text("label_plural", false);
  labels_of(place, "fields", definition.fields);
  labels_of(place, "states", definition.states);
  labels_of(place, "commands", definition.commands);
  labels_of(place, "links", definition.links);
  labels_of(place, "people", definition.people);
  labels_of(place, "timers", definition.timers);
  member_labels(place, definition);
  enum_labels(place, definition);
  prefill_labels(place, definition);
  seat_plurals(place, definition);
}

void load_roles(const Place& file, WorkflowSet& set) {
  if (!file.is_object()) return;
  file.only({"roles"});
  if (!file.find("roles")) file.flaw("`roles` is missing");
  for (const auto& [name, place] : file.members("roles")) {
    if (!good_name(place, name) || !place.is_object()) continue;
    place.only({"side", "label", "told_all"});
    RoleDefinition role{name, place.text("side"), place.text("label"), place.flag("told_all")};
    constexpr std::array<std::string_view, 4> sides{"body", "client", "organisation", "outside"};
    if (!role.side.empty() && std::find(sides.begin(), sides.end(), role.side) == sides.end()) {
      place.at("side").flaw("must be body, client, organisation or outside");
    }
    if (name == "timer" || name == "anyone") place.flaw("the name is reserved");
    set.roles.emplace(name, std::move(role));
  }
}

void load_role_labels(const Place& file, const std::string& language, WorkflowSet& set) {
  if (!file.is_object()) return;
  file.only({"roles"});
  for (const auto& [name, label] : file.members("roles")) {
    only_text(label);
    if (!set.roles.contains(name)) label.flaw(fmt::format("roles.json has no `{}`", name));
    if (label.is_text()) set.role_labels[language][name] = label.text();
  }
}

void load_policies(const Place& file, WorkflowSet& set) {
  if (!file.is_object()) return;
  file.only({"policies"});
  if (!file.find("policies")) file.flaw("`policies` is missing");
  for (const auto& [name, place] : file.members("policies")) {
    if (good_name(place, name) && place.is_object()) load_policy(name, place, set);
  }
}

void load_policy_words(const Place& file, const std::string& name, const std::string& language, WorkflowSet& set) {
  if (!file.is_object()) return;
  file.only({"policies"});
  if (!file.find("policies")) file.flaw("`policies` is missing");
  const std::string beside = "policies/" + name + ".json";
  std::set<std::string> named;
  for (const auto& [policy_name, place] : file.members("policies")) {
    const auto policy = set.policies.find(policy_name);
    if (policy == set.policies.end() || policy->second.file != beside) {
      place.flaw(fmt::format("{} has no policy `{}`", beside, policy_name));
      continue;
    }
    named.insert(policy_name);
    if (!place.is_object()) continue;
    place.only({"label", "source", "options", "presets"});
    policy->second.words[language] = {place.text("label"), place.text("source", false),
                                      all_labels(place, "options", policy->second.options),
                                      all_labels(place, "presets", policy->second.presets)};
  }
  for (const auto& [policy_name, policy] : set.policies) {
    if (policy.file == beside && !named.contains(policy_name))
      file.flaw(fmt::format("lacks the policy `{}`", policy_name));
  }
}

void load_guard_texts(const Place& file, const std::string& language, WorkflowSet& set) {
  if (!file.is_object()) return;
  file.only({"guards"});
  if (!file.find("guards")) file.flaw("`guards` is missing");
  for (const auto& [name, texts] : file.members("guards")) {
    const Guard* guard = find_guard(name);
    if (!guard) {
      texts.flaw(fmt::format("`{}` is not a guard", name));
      continue;
    }
    if (!texts.is_object()) continue;
    for (const auto& [code, text] : texts.members()) {
      only_text(text);
      const bool known = std::any_of(guard->reasons.begin(), guard->reasons.end(),
                                     [&](const GuardReason& reason) { return reason.code == code; });
      if (!known) text.flaw(fmt::format("{} has no reason `{}`", name, code));
      if (text.is_text()) set.guard_texts[language][name + "." + code] = text.text();
    }
  }
}

}  // namespace assay
