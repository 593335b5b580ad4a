// Checks the nouns of a definition: names, numbers, links, fields and the graph of states.
#include <fmt/format.h>

#include <algorithm>

#include "domain/check_parts.h"
#include "domain/paths.h"
#include "domain/plugin_guard.h"
#include "domain/policies.h"

namespace assay {
namespace {

/// Why a number pattern is wrong, or "".
std::string number_fault(std::string_view pattern) {
  int sequences = 0;
  while (!pattern.empty()) {
    if (pattern[0] != '{') {
      const char c = pattern[0];
      const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                         std::string_view("-_./").find(c) != std::string_view::npos;
      if (!plain) return "holds letters, digits, - _ . / and {year}, {seq} or {seq:WIDTH}";
      pattern.remove_prefix(1);
      continue;
    }
    const auto close = pattern.find('}');
    const auto name = pattern.substr(1, close == std::string_view::npos ? close : close - 1);
    const bool wide = name.size() == 5 && name.starts_with("seq:") && name[4] >= '1' && name[4] <= '9';
    if (close == std::string_view::npos || (name != "year" && name != "seq" && !wide)) {
      return fmt::format("`{{{}}}` is not known: {{year}}, {{seq}} or {{seq:WIDTH}} with one digit", name);
    }
    sequences += name == "year" ? 0 : 1;
    pattern.remove_prefix(close + 1);
  }
  return sequences == 1 ? "" : "needs {seq} or {seq:WIDTH} exactly once";
}

void check_links(const Examined& examined) {
  int parents = 0;
  for (const auto& [name, link] : examined.definition.links) {
    if (!examined.set.find(link.to))
      examined.flaw({"links", name, "to"}, fmt::format("there is no type `{}`", link.to));
    if (link.parent && ++parents > 1) examined.flaw({"links", name, "parent"}, "a type has one parent at most");
    if (examined.field(name)) examined.flaw({"links", name}, "a field has this name too");
  }
  for (const auto& [name, seat] : examined.definition.people) {
    if (examined.field(name)) examined.flaw({"people", name}, "a field has this name too");
    if (examined.definition.links.contains(name)) examined.flaw({"people", name}, "a link has this name too");
    if (name == "timer" || name == "anyone") examined.flaw({"people", name}, "the name is reserved");
  }
}

/// The server gives such a field with the catalogue, which is chosen through a sub-resource of its own.
void check_catalogue_items(const Examined& examined, const FieldDefinition& field) {
  if (field.catalogue_items.empty()) return;
  const auto flaw = [&](std::string reason) {
    examined.flaw({"fields", field.name, "x-catalogue"}, std::move(reason));
  };
  const Json items = field.schema.value("items", Json::object());
  if (field.schema.value("type", Json()) != "array" || items.value("type", Json()) != "string")
    flaw("numbers of items stand in a list of strings");
  if (field.keep != Keep::body) flaw("what the catalogue asks about is kept in the body");
  for (const auto& [name, command] : examined.definition.commands) {
    const bool takes = has(command.must, field.name) || has(command.may, field.name);
    if (takes && command.endpoint != "catalogue") flaw(fmt::format("`{}` chooses no catalogue, and takes it", name));
  }
}

void check_fields(const Examined& examined) {
  for (const auto& [name, field] : examined.definition.fields) {
    check_catalogue_items(examined, field);
    if (field.filter && field.keep != Keep::body) {
      examined.flaw({"fields", name, "x-filter"}, "a field that the body does not keep cannot be filtered by");
    }
    if (field.filter && field.schema.value("type", "") == "object") {
      examined.flaw({"fields", name, "x-filter"}, "an object cannot be filtered by");
    }
    for (std::size_t i = 0; i < field.dossier.size(); ++i) {
      if (type_at(examined.set, examined.definition, field.dossier[i])) continue;
      examined.flaw({"fields", name, "dossier", std::to_string(i)},
                    fmt::format("`{}` leads nowhere from {}", field.dossier[i], examined.definition.type));
    }
    for (std::size_t i = 0; i < field.list_of.size(); ++i) {
      const FieldDefinition* part = examined.field(field.list_of[i]);
      const auto at = std::to_string(i);
      if (!part) examined.flaw({"fields", name, "list", at}, fmt::format("there is no field `{}`", field.list_of[i]));
      if (part && part->audience == "body" && field.audience != "body") {
        examined.flaw({"fields", name, "list", at},
                      fmt::format("shows clients the field `{}`, which is kept from them", part->name));
      }
      if (part && part->keep == Keep::list) examined.flaw({"fields", name, "list", at}, "a list of lists is not kept");
    }
  }
}

/// Each value of the field is a policy that a record may set.
void check_policy_field(const Examined& examined, const FieldDefinition& field, bool choices) {
  const auto names = field.schema.find("enum");
  if (names == field.schema.end() || !names->is_array()) {
    examined.flaw({"overrides", "policy"}, fmt::format("the field `{}` lists no policies as its enum", field.name));
    return;
  }
  for (const Json& name : *names) {
    const auto policy = examined.set.policies.find(name.is_string() ? name.get<std::string>() : std::string());
    const bool fits = policy != examined.set.policies.end() && may_be_set(policy->second) &&
                      choices == !policy->second.options.empty();
    if (!fits)
      examined.flaw({"fields", field.name, "enum"},
                    fmt::format("{} is no policy with {}", name.dump(), choices ? "`options`" : "`between`"));
  }
}

/// The options of all choices that the record may set, and nothing else.
void check_option_field(const Examined& examined, const FieldDefinition& value, const FieldDefinition& policy) {
  std::set<std::string> options;
  for (const Json& name : policy.schema.value("enum", Json::array())) {
    const auto found = examined.set.policies.find(name.is_string() ? name.get<std::string>() : std::string());
    if (found == examined.set.policies.end()) continue;
    for (const auto& [option, label] : found->second.options) options.insert(option);
  }
  const Json listed = value.schema.value("enum", Json::array());
  for (const std::string& option : options) {
    if (std::find(listed.begin(), listed.end(), option) == listed.end())
      examined.flaw({"fields", value.name, "enum"}, fmt::format("the option `{}` is missing", option));
  }
  for (const Json& option : listed) {
    if (!option.is_string() || !options.contains(option.get<std::string>()))
      examined.flaw({"fields", value.name, "enum"}, fmt::format("{} is no option of these policies", option.dump()));
  }
}

/// Overrides are given by a command that names policy and value, and that a second person confirms.
void check_override(const Examined& examined, const OverridesDefinition& overrides) {
  const FieldDefinition *list = examined.field(overrides.list), *policy = examined.field(overrides.policy),
                        *value = examined.field(overrides.value);
  if (!list || list->keep != Keep::list || !has(list->list_of, overrides.policy) ||
      !has(list->list_of, overrides.value) || !policy || !value) {
    examined.flaw({"overrides", "list"}, fmt::format("there is no list `{}` of the fields `{}` and `{}`",
                                                     overrides.list, overrides.policy, overrides.value));
    return;
  }
  const bool choices = value->schema.contains("enum");
  if (!choices && value->schema.value("type", "") != "integer")
    examined.flaw({"overrides", "value"},
                  fmt::format("the field `{}` is neither a whole number nor one of several options", overrides.value));
  check_policy_field(examined, *policy, choices);
  if (choices) check_option_field(examined, *value, *policy);
  for (const auto& [name, command] : examined.definition.commands) {
    const bool appends = std::any_of(command.effects.begin(), command.effects.end(), [&](const EffectUse& effect) {
      return effect.kind == "append" && effect.parameters.at("list") == overrides.list;
    });
    if (!appends) continue;
    if (!has(command.must, overrides.policy) || !has(command.must, overrides.value))
      examined.flaw({"commands", name, "must"}, "must name the policy and the value that it sets");
    if (command.second.empty()) examined.flaw({"commands", name}, "sets a policy, and no second person confirms it");
  }
}

/// One record stands above for policies, by a link that is there.
void check_policies_from(const Examined& examined) {
  const std::string& name = examined.definition.policies_from;
  if (name.empty()) return;
  const auto link = examined.definition.links.find(name);
  if (link == examined.definition.links.end()) {
    examined.flaw({"policies_from"}, fmt::format("there is no link `{}`", name));
  } else if (link->second.many || link->second.parent) {
    examined.flaw({"policies_from"}, fmt::format("`{}` is not a link to one record that is no parent", name));
  }
}

/// A field whose values are all roles from outside.
bool names_outsiders(const Examined& examined, const std::string& name) {
  const FieldDefinition* field = examined.field(name);
  if (!field || field->keep != Keep::body) return false;
  const auto values = field->schema.find("enum");
  if (values == field->schema.end() || !values->is_array() || values->empty()) return false;
  return std::all_of(values->begin(), values->end(), [&](const Json& value) {
    const auto role = examined.set.roles.find(value.is_string() ? value.get<std::string>() : std::string());
    return role != examined.set.roles.end() && role->second.side == "outside";
  });
}

void check_grant_work(const Examined& examined, const GrantsDefinition& grants) {
  if (!grants.role.empty() && !names_outsiders(examined, grants.role)) {
    examined.flaw({"grants", "role"},
                  fmt::format("`{}` is no field of the body whose values are roles from outside", grants.role));
  }
  for (const auto& [name, values] : grants.work.items()) {
    const FieldDefinition* field = examined.field(name);
    if (!field || field->keep != Keep::body) {
      examined.flaw({"grants", "work", name}, fmt::format("there is no field `{}` that the body keeps", name));
      continue;
    }
    for (const Json& value : values) {
      if (const auto why = misfit(*field, value); !why.empty()) examined.flaw({"grants", "work", name}, why);
    }
  }
  const bool date = examined.is_date(grants.until) && examined.field(grants.until)->keep == Keep::body;
  if (!grants.until.empty() && !date)
    examined.flaw({"grants", "until"}, fmt::format("`{}` is not a date that the body keeps", grants.until));
}

/// A grant is to the holders of a seat of the record, over what it links to, and comes to an end.
void check_grants(const Examined& examined) {
  if (!examined.definition.grants) return;
  const GrantsDefinition& grants = *examined.definition.grants;
  if (!examined.definition.people.contains(grants.to))
    examined.flaw({"grants", "to"}, fmt::format("there is no seat `{}`", grants.to));
  for (std::size_t i = 0; i < grants.over.size(); ++i) {
    const auto link = examined.definition.links.find(grants.over[i]);
    const std::string at = std::to_string(i);
    if (link == examined.definition.links.end()) {
      examined.flaw({"grants", "over", at}, fmt::format("there is no link `{}`", grants.over[i]));
    } else if (const Definition* to = examined.set.find(link->second.to); to && to->grants) {
      examined.flaw({"grants", "over", at}, "leads to what grants access itself");
    }
  }
  for (const std::string& state : grants.during) {
    if (examined.definition.states.at(state).end)
      examined.flaw({"grants", "while"}, fmt::format("`{}` is an end: what it gives would last for ever", state));
  }
  check_grant_work(examined, grants);
}

/// Sessions that engage people stand in the record, say who is engaged and from when until when, and come to an end.
void check_engages(const Examined& examined) {
  if (!examined.definition.engages) return;
  const EngagesDefinition& engages = *examined.definition.engages;
  const FieldDefinition* field = examined.field(engages.field);
  if (!field || field->keep != Keep::body)
    return examined.flaw({"engages", "field"},
                         fmt::format("there is no field `{}` that the body keeps", engages.field));
  const Json members = field->schema.value(Json::json_pointer("/items/properties"), Json::object());
  for (const char* name : {"auditor", "starts", "ends"}) {
    if (!members.contains(name)) examined.flaw({"engages", "field"}, fmt::format("its elements have no `{}`", name));
  }
  for (const std::string& state : engages.during) {
    if (examined.definition.states.at(state).end)
      examined.flaw({"engages", "while"}, fmt::format("`{}` is an end: it would engage people for ever", state));
  }
}

/// True when the command seats whoever gives it or whom its input names.
bool seats_by_effect(const CommandDefinition& command) {
  return std::any_of(command.effects.begin(), command.effects.end(), [&](const EffectUse& effect) {
    if (effect.kind != "assign" || !effect.parameters.at("to").is_string()) return false;
    const auto to = effect.parameters.at("to").get<std::string>();
    constexpr std::string_view record = "@record.";
    if (!to.starts_with(record)) return true;
    const std::string field = to.substr(record.size());
    return has(command.must, field) || has(command.may, field);
  });
}

/// True when the effect hands a seat on to the command of another record, or has that seat its actor or input.
bool seats_elsewhere(const WorkflowSet& set, const Definition& definition, const EffectUse& effect,
                     std::set<const CommandDefinition*>& seen) {
  const Definition* type = effect.kind == "create" ? set.find(effect.parameters.at("type").get<std::string>())
                           : effect.kind == "send"
                               ? type_at(set, definition, effect.parameters.at("to").get<std::string>())
                               : nullptr;
  if (!type) return false;
  const Json input = effect.parameters.value("input", Json::object());
  const bool given = std::any_of(type->people.begin(), type->people.end(),
                                 [&](const auto& seat) { return input.contains(seat.first); });
  const auto command = type->commands.find(effect.parameters.at("command").get<std::string>());
  if (given || command == type->commands.end() || !seen.insert(&command->second).second) return given;
  const auto& effects = command->second.effects;
  return seats_by_effect(command->second) || std::any_of(effects.begin(), effects.end(), [&](const EffectUse& next) {
           return seats_elsewhere(set, *type, next, seen);
         });
}

/// A seat lasts until it is taken away, a grant until its end: who acts by a grant gives no seat.
void check_seats_from_outside(const Examined& examined) {
  for (const auto& [name, command] : examined.definition.commands) {
    const bool outside = std::any_of(command.by.begin(), command.by.end(),
                                     [&](const std::string& who) { return examined.set.counts_by_grant(who); });
    if (!outside) continue;
    for (const char* key : {"must", "may"}) {
      const auto& input = std::string_view(key) == "must" ? command.must : command.may;
      for (std::size_t i = 0; i < input.size(); ++i) {
        if (!examined.definition.people.contains(input[i])) continue;
        examined.flaw({"commands", name, key, std::to_string(i)},
                      "is a seat, and a role from outside gives the command: the seat would outlast the grant");
      }
    }
    std::set<const CommandDefinition*> seen;
    const bool elsewhere = std::any_of(command.effects.begin(), command.effects.end(), [&](const EffectUse& effect) {
      return seats_elsewhere(examined.set, examined.definition, effect, seen);
    });
    if (seats_by_effect(command) || elsewhere) {
      examined.flaw({"commands", name, "effects"},
                    "seat whom a role from outside names, and the seat would outlast the grant");
    }
  }
}

/// What it is counted from comes to an end.
void check_retention_from(const Examined& examined) {
  const Definition& definition = examined.definition;
  for (std::size_t i = 0; i < definition.retention_from.size(); ++i) {
    const std::string& path = definition.retention_from[i];
    const auto flaw = [&](std::string says) { examined.flaw({"retention_from", std::to_string(i)}, std::move(says)); };
    if (definition.retention.empty()) flaw("counts from there, and no `retention` says for how long");
    const Definition* there = type_at(examined.set, definition, path);
    if (!there) {
      flaw(fmt::format("`{}` leads nowhere from {}", path, definition.type));
    } else if (std::none_of(there->states.begin(), there->states.end(), [](const auto& at) { return at.second.end; })) {
      flaw(fmt::format("{} never comes to an end", there->type));
    }
  }
}

/// What records set for themselves does not say how long they are kept: that is for the organisation.
void check_retention(const Examined& examined) {
  const std::string& name = examined.definition.retention;
  if (name.empty()) return;
  check_plus(examined, name, "/retention");
  const auto policy = examined.set.policies.find(name);
  if (policy == examined.set.policies.end()) return;
  if (policy->second.unit == "working_days") examined.flaw({"retention"}, "is not counted in working days");
  if (policy->second.value.is_number() && policy->second.value < 0)
    examined.flaw({"retention"}, "ends before it began");
}

using Graph = std::map<std::string, std::set<std::string>>;

std::set<std::string> reached(std::set<std::string> from, const Graph& graph) {
  std::vector<std::string> open(from.begin(), from.end());
  while (!open.empty()) {
    const std::string at = std::move(open.back());
    open.pop_back();
    const auto next = graph.find(at);
    if (next == graph.end()) continue;
    for (const std::string& state : next->second) {
      if (from.insert(state).second) open.push_back(state);
    }
  }
  return from;
}

}  // namespace

void check_shape(const Examined& examined) {
  const Definition& definition = examined.definition;
  const FieldDefinition* title = examined.field(definition.title);
  if (!title || title->keep != Keep::body || title->schema.value("type", "") != "string") {
    examined.flaw({"title"}, fmt::format("`{}` is not a field that keeps a string", definition.title));
  }
  if (const auto fault = number_fault(definition.number); !fault.empty()) examined.flaw({"number"}, fault);
  for (std::size_t i = 0; i < definition.read.size(); ++i) {
    if (examined.set.roles.contains(definition.read[i])) continue;
    examined.flaw({"read", std::to_string(i)}, fmt::format("there is no role `{}`", definition.read[i]));
  }
  for (std::size_t i = 0; i < definition.read.size(); ++i) {
    if (examined.set.counts_by_grant(definition.read[i]))
      examined.flaw({"read", std::to_string(i)}, "a role from outside sees what a grant covers, and no whole type");
  }
  check_links(examined);
  check_fields(examined);
  for (const OverridesDefinition& overrides : definition.overrides) check_override(examined, overrides);
  check_policies_from(examined);
  check_grants(examined);
  check_engages(examined);
  check_retention(examined);
  check_retention_from(examined);
  check_seats_from_outside(examined);
  check_prefills(examined);
}

namespace {

/// True when a plugin that never allows it, or what its effects do elsewhere, would keep the command from ever being
/// given.
bool may_be_barred(const Examined& examined, const CommandDefinition& command) {
  return reaches_plugin(examined.set, examined.definition, command, [](const GuardUse& use) { return !use.waiver; });
}

/// What a state waits for is a command that a person can give there.
void check_next(const Examined& examined, const StateDefinition& state) {
  for (std::size_t i = 0; i < state.next.size(); ++i) {
    const auto& [name, when] = state.next[i];
    check_when(examined, when, fmt::format("/states/{}/next/{}/when", state.name, i));
    const auto command = examined.definition.commands.find(name);
    if (command == examined.definition.commands.end() || !command->second.from.contains(state.name)) {
      examined.flaw({"states", state.name, "next"}, fmt::format("`{}` is no command that this state accepts", name));
      continue;
    }
    const auto& by = command->second.by;
    const bool personal = std::none_of(by.begin(), by.end(), [](const std::string& who) {
      return who == "timer" || who == "anyone" || who.starts_with("via:");
    });
    if (!personal)
      examined.flaw({"states", state.name, "next"}, fmt::format("`{}` is given by no role and no seat", name));
  }
}

}  // namespace

void check_states(const Examined& examined) {
  const Definition& definition = examined.definition;
  std::set<std::string> first, ends;
  Graph forward, backward, unbarred;
  for (const auto& [name, command] : definition.commands) {
    if (command.to && !definition.states.contains(*command.to)) {
      examined.flaw({"commands", name, "to"}, fmt::format("`{}` is not a state", *command.to));
      continue;
    }
    if (command.creates() && command.to) first.insert(*command.to);
    for (const std::string& from : command.from) {
      if (command.to) forward[from].insert(*command.to);
      if (command.to) backward[*command.to].insert(from);
      if (command.to && !may_be_barred(examined, command)) unbarred[*command.to].insert(from);
      if (definition.states.at(from).end)
        examined.flaw({"commands", name, "from"}, fmt::format("`{}` is an end: nothing may happen there", from));
    }
  }
  if (first.empty()) examined.flaw({"commands"}, "no command makes a record: one with `from`: [] is missing");
  for (const auto& [name, state] : definition.states) {
    if (state.end) ends.insert(name);
  }
  if (ends.empty()) examined.flaw({"states"}, "there is no end state");
  const auto living = reached(std::move(first), forward);
  const auto leaving = reached(ends, unbarred), ending = reached(std::move(ends), backward);
  for (const auto& [name, state] : definition.states) {
    if (!living.contains(name)) examined.flaw({"states", name}, "no command leads here");
    if (!ending.contains(name)) {
      examined.flaw({"states", name}, "no way leads from here to an end");
    } else if (!leaving.contains(name)) {
      examined.flaw({"states", name},
                    "a plugin can bar every way from here to an end: let there be another, or a waiver");
    }
    check_next(examined, state);
  }
}

}  // namespace assay
