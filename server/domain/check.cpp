// Static checks of a workflow set.
#include "domain/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "domain/calendar.h"
#include "domain/check_parts.h"
#include "domain/parallel.h"
#include "domain/schema.h"

namespace assay {
namespace {

/// What the API serves beside the types, so that no plural may take it.
constexpr std::array<std::string_view, 19> taken_segments{
    "answers", "catalogues", "events",   "evidence", "items",    "me",       "organisations",
    "people",  "plugins",    "policies", "reports",  "search",   "sessions", "settings",
    "tokens",  "types",      "views",    "webhooks", "workflows"};

std::string source_of(const WorkflowSet& set, const std::string& type) { return set.types.at(type).source; }

void check_given_once(const WorkflowSet& set, std::vector<Flaw>& flaws) {
  std::map<std::string, std::string> plurals, numbers;
  for (const auto& [type, definition] : set.types) {
    if (const auto [known, fresh] = plurals.emplace(definition.plural, type); !fresh) {
      flaws.push_back({definition.source, "/plural", fmt::format("is the plural of {} too", known->second)});
    }
    if (const auto [known, fresh] = numbers.emplace(definition.number, type); !fresh) {
      flaws.push_back({definition.source, "/number", fmt::format("is the number of {} too", known->second)});
    }
    if (std::find(taken_segments.begin(), taken_segments.end(), definition.plural) != taken_segments.end()) {
      flaws.push_back({definition.source, "/plural", "is a path of the API that is taken"});
    }
  }
}

/// A name seen from a type must lead to one link only, forward or back.
void check_backs(const WorkflowSet& set, std::vector<Flaw>& flaws) {
  std::map<std::pair<std::string, std::string>, std::string> backs;
  for (const auto& [type, definition] : set.types) {
    for (const auto& [name, link] : definition.links) {
      const std::string pointer = fmt::format("/links/{}/back", name);
      const auto [known, fresh] = backs.emplace(std::pair{link.to, link.back}, fmt::format("{}.{}", type, name));
      if (!fresh)
        flaws.push_back(
            {definition.source, pointer, fmt::format("{} is seen from {} by this name too", known->second, link.to)});
      const Definition* to = set.find(link.to);
      if (to && to->links.contains(link.back)) {
        flaws.push_back({definition.source, pointer, fmt::format("{} has a link of its own of this name", link.to)});
      }
    }
  }
}

void check_parents(const WorkflowSet& set, std::vector<Flaw>& flaws) {
  for (const auto& [type, definition] : set.types) {
    std::set<std::string> above;
    const Definition* at = &definition;
    while (at && above.insert(at->type).second) {
      const LinkDefinition* parent = at->parent();
      at = parent ? set.find(parent->to) : nullptr;
    }
    if (at && at->type == type) flaws.push_back({source_of(set, type), "/links", "the parents run in a circle"});
  }
}

}  // namespace

void Examined::flaw(std::initializer_list<std::string_view> segments, std::string reason) const {
  std::string pointer;
  for (const auto segment : segments) pointer = pointer_to(pointer, segment);
  flaw_at(std::move(pointer), std::move(reason));
}

void Examined::flaw_at(std::string pointer, std::string reason) const {
  flaws.push_back({definition.source, std::move(pointer), std::move(reason)});
}

void check_when(const Examined& examined, const Json& when, const std::string& pointer) {
  for (const auto& [name, values] : when.items()) {
    const FieldDefinition* field = examined.field(name);
    if (!field || field->keep != Keep::body) {
      examined.flaw_at(pointer_to(pointer, name), fmt::format("there is no field `{}` that the body keeps", name));
      continue;
    }
    for (const Json& value : values) {
      if (value.is_null()) continue;
      if (const auto why = misfit(*field, value); !why.empty()) examined.flaw_at(pointer_to(pointer, name), why);
    }
  }
}

bool Examined::knows_role(std::string_view name) const {
  if (set.roles.contains(std::string(name))) return true;
  std::set<std::string> seen;
  for (const Definition* at = &definition; at && seen.insert(at->type).second;) {
    if (at->people.contains(std::string(name))) return true;
    const LinkDefinition* parent = at->parent();
    at = parent ? set.find(parent->to) : nullptr;
  }
  return false;
}

const FieldDefinition* Examined::field(std::string_view name) const {
  const auto found = definition.fields.find(std::string(name));
  return found == definition.fields.end() ? nullptr : &found->second;
}

bool Examined::is_date(std::string_view name) const {
  const FieldDefinition* known = field(name);
  return known && (known->keep == Keep::body || known->keep == Keep::event) &&
         known->schema.value("format", Json()) == "date";
}

std::set<std::string> states_of(const Definition& type, const Json& entries) {
  std::set<std::string> states;
  for (const Json& entry : entries) {
    const auto& name = entry.get_ref<const std::string&>();
    for (const auto& [state_name, state] : type.states) {
      if (name == state_name || (name.starts_with('#') && state.groups.contains(name.substr(1))))
        states.insert(state_name);
    }
  }
  return states;
}

std::string misfit(const FieldDefinition& field, const Json& value) {
  if (field.keep == Keep::list) return "is a list of versions, which has no value of its own";
  if (field.keep == Keep::dossier) return "is a dossier, which has no value of its own";
  const auto found = violations(field.schema, value, "");
  return found.empty() ? std::string{} : fmt::format("{} of {}", found.front().detail, field.name);
}

FieldDefinition one_of(FieldDefinition field) {
  if (field.schema.value("type", Json()) == "array") field.schema = field.schema.value("items", Json::object());
  return field;
}

void check_selection(const Examined& examined, const Definition& type, const Json& parameters,
                     const std::string& pointer) {
  const bool empty = !parameters.contains("type");  // a register is searched by what fields say
  if (const auto where = parameters.find("where"); where != parameters.end()) {
    for (const auto& [name, values] : where->items()) {
      const std::string at = pointer_to(pointer + "/where", name);
      const auto field = type.fields.find(name);
      if (field == type.fields.end() || field->second.keep != Keep::body) {
        examined.flaw_at(at, fmt::format("{} keeps no field `{}`", type.type, name));
        continue;
      }
      for (const Json& value : values) {
        if (value.is_null() && empty) continue;
        if (const auto why = misfit(one_of(field->second), value); !why.empty())
          examined.flaw_at(at, fmt::format("{}: {}", value.dump(), why));
      }
    }
  }
  const auto in = parameters.find("in");
  if (in == parameters.end()) return;
  for (std::size_t i = 0; i < in->size(); ++i) {
    if (!states_of(type, Json::array({(*in)[i]})).empty()) continue;
    examined.flaw_at(fmt::format("{}/in/{}", pointer, i),
                     fmt::format("{} is not a state or group of states of {}", (*in)[i].dump(), type.type));
  }
}

namespace {

/// A century, so that five of them leave no date that a field may hold beyond the calendar.
double most_added(const std::string& unit) {
  if (unit == "calendar_years") return 100;
  return unit == "calendar_months" ? 1200 : 36525;
}

}  // namespace

void check_plus(const Examined& examined, const Json& plus, const std::string& pointer) {
  for (const Json& name : plus.is_array() ? plus : Json::array({plus})) {
    const auto policy = examined.set.policies.find(name.get<std::string>());
    if (policy == examined.set.policies.end()) {
      examined.flaw_at(pointer, fmt::format("there is no policy {}", name.dump()));
    } else if (!is_day_unit(policy->second.unit) || !policy->second.value.is_number()) {
      examined.flaw_at(pointer, fmt::format("the policy {} is no time that can be added to a date", name.dump()));
    } else if (std::abs(policy->second.value.get<double>()) > most_added(policy->second.unit)) {
      examined.flaw_at(pointer, fmt::format("the policy {} is longer than a century", name.dump()));
    }
  }
  if (plus.size() > 5) examined.flaw_at(pointer, "names more than five policies");
}

void check_between(const WorkflowSet& set, std::vector<Flaw>& flaws) {
  check_given_once(set, flaws);
  check_backs(set, flaws);
  check_parents(set, flaws);
}

namespace {

/// What gives a policy its unit is a choice between units of days, and what it is published with is of that unit.
void check_units(const WorkflowSet& set, std::vector<Flaw>& flaws) {
  for (const auto& [name, policy] : set.policies) {
    if (policy.unit_by.empty()) continue;
    const auto choice = set.policies.find(policy.unit_by);
    const bool units = choice != set.policies.end() && choice->second.options.size() > 1 &&
                       choice->second.value == policy.unit &&
                       std::ranges::all_of(choice->second.options, [](const auto& option) {
                         return option.first == "calendar_days" || option.first == "working_days";
                       });
    if (!units)
      flaws.push_back({policy.file, pointer_to("/policies/" + name, "unit_by"),
                       fmt::format("`{}` is no choice between calendar_days and working_days with {} as its value",
                                   policy.unit_by, policy.unit)});
  }
}

}  // namespace

std::vector<Flaw> check(const WorkflowSet& set) {
  std::vector<const Definition*> types;
  for (const auto& [type, definition] : set.types) types.push_back(&definition);
  std::vector<std::vector<Flaw>> found(types.size());
  in_parallel(types.size(), [&](std::size_t i) {
    const Examined examined{set, *types[i], found[i]};
    check_shape(examined);
    check_states(examined);
    check_commands(examined);
    check_timers(examined);
  });
  std::vector<Flaw> flaws;
  for (const auto& of_type : found) flaws.insert(flaws.end(), of_type.begin(), of_type.end());
  check_between(set, flaws);
  check_units(set, flaws);
  check_views(set, flaws);
  check_effect_cycles(set, flaws);
  return flaws;
}

}  // namespace assay
