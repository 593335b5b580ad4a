// The one function that says what a command does.
#include "domain/decide.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>

#include "domain/guard_rows.h"
#include "domain/paths.h"
#include "domain/plugin_guard.h"
#include "domain/policies.h"
#include "domain/standing.h"
#include "domain/step.h"
#include "domain/timers.h"

namespace assay {
namespace {

constexpr int max_depth = 8;  // check() refuses cycles; this only bounds how far effects may chain

bool names(const std::vector<std::string>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

/// The record that gives a record to be its inherited seats: the one that its parent link names, as far as it is valid.
std::optional<RecordId> parent_named(const Stage& stage, const Invocation& call) {
  const LinkDefinition* parent = call.definition->parent();
  if (!parent) return {};
  if (call.link == parent->name) return call.links_to;
  if (!call.input.is_object()) return {};
  const auto value = call.input.find(parent->name);
  return value == call.input.end() ? std::nullopt : named_record(stage, call, *parent, *value);
}

Date local_day(const Now& now) { return local_date(now.at, now.zone); }

/// A role by its label, or a seat of the type or of what it hangs below.
std::string label_of_seat(const WorkflowSet& set, const Definition* type, const std::string& name) {
  if (const auto role = set.roles.find(name); role != set.roles.end()) return role->second.label;
  while (type) {
    if (const auto seat = type->people.find(name); seat != type->people.end()) return seat->second.label;
    const LinkDefinition* parent = type->parent();
    type = parent ? set.find(parent->to) : nullptr;
  }
  return name;
}

/// "; it is for: Programme manager, Lead auditor"; nothing for what anybody, a timer or another record gives.
std::string whom_it_is_for(const WorkflowSet& set, const Definition& definition, const std::vector<std::string>& by) {
  std::string those;
  for (const std::string& name : by) {
    if (name == "timer" || name == "anyone" || name.starts_with("via:")) continue;
    those.append(those.empty() ? "; it is for: " : ", ").append(label_of_seat(set, &definition, name));
  }
  return those;
}

Refusal not_permitted(const Stage& stage, const Invocation& call) {
  return not_permitted(stage.set, *call.definition, *call.command);
}

std::optional<Refusal> check_second(const Stage& stage, const Invocation& call, std::optional<RecordId> nearest) {
  if (!stage.actor.second || call.command->second.empty()) return {};
  if (stage.actor.second == stage.actor.person) {
    return refuse(Reason::not_permitted, "somebody else has to confirm what you proposed");
  }
  if (Standing(stage.set, stage.facts, *stage.actor.second, call.organisation, nearest, local_day(stage.now))
          .has_one_of(call.command->second))
    return {};
  return refuse(Reason::not_permitted,
                fmt::format("your roles and seats do not permit to confirm: {}{}", call.command->label,
                            whom_it_is_for(stage.set, *call.definition, call.command->second)));
}

std::optional<Refusal> check_actor(const Stage& stage, const Invocation& call) {
  const auto& by = call.command->by;
  if (!call.via.empty()) {
    const bool accepted = names(by, "via:" + call.via) && call.command->second.empty();
    return accepted ? std::nullopt : std::optional(not_permitted(stage, call));
  }
  if (stage.actor.timer) return names(by, "timer") ? std::nullopt : std::optional(not_permitted(stage, call));
  if (!stage.actor.person) return not_permitted(stage, call);
  const auto nearest = call.record ? call.record : parent_named(stage, call);
  if (!Standing(stage.set, stage.facts, *stage.actor.person, call.organisation, nearest, local_day(stage.now))
           .has_one_of(by))
    return not_permitted(stage, call);
  return check_second(stage, call, nearest);
}

std::optional<Refusal> check_state(const Stage& stage, const Invocation& call) {
  if (!call.record) return {};
  const RecordView& record = record_at(stage.facts, *call.record);
  const bool changed = std::any_of(stage.decision.changes.begin(), stage.decision.changes.end(),
                                   [&](const Change& change) { return change.record == record.id; });
  if (changed) {
    return refuse(Reason::wrong_state, fmt::format("{} would change twice in one step", name_of(record)));
  }
  if (!call.command->from.contains(record.state))
    return wrong_state(where_it_stands(record), *call.definition, *call.command);
  return {};
}

/// Stores the valid input in the draft, so that guards see the record as it would be.
std::size_t begin_change(Stage& stage, const Invocation& call, Given given) {
  RecordView& draft = call.record ? *stage.facts.draft(*call.record)
                                  : stage.facts.create(*call.definition, call.organisation, stage.now.at);
  Change change{};
  change.record = draft.id;
  change.definition = call.definition;
  change.organisation = call.organisation;
  change.created = !call.record;
  change.command = call.command->name;
  change.event = call.command->event;
  for (const auto& [name, value] : given.set.items()) {
    if (value.is_null()) {
      draft.body.edit().erase(name);
    } else {
      draft.body.edit()[name] = value;
    }
  }
  if (change.created)
    std::erase_if(given.set.get_ref<Json::object_t&>(), [](const auto& member) { return member.second.is_null(); });
  change.set = std::move(given.set);
  change.said = std::move(given.said);
  if (call.links_to) given.links[call.link] = {*call.links_to};
  if (call.command->adopts) {
    change.set["adopted"] = draft.body.edit()["adopted"] = mark_of_adoption(stage, call, given);
    change.state = given.state;
    change.number = draft.number = given.number;
    change.since = draft.state_since = start_of(*given.entered, stage.now.zone);
  }
  for (const auto& [name, targets] : given.links) {
    for (const RecordId to : targets) stage.facts.add_link(draft.id, call.definition->links.at(name), to);
  }
  change.links = std::move(given.links);
  const std::size_t index = stage.decision.changes.size();
  stage.decision.changes.push_back(std::move(change));
  for (auto& [seat, people] : given.seats) replace_seat(stage, index, seat, std::move(people));
  return index;
}

/// A policy that a record is to set is held to its bounds before a second person is asked, too.
std::optional<Refusal> check_override(const Stage& stage, const Invocation& call, std::size_t index) {
  const auto& all = call.definition->overrides;
  const auto& effects = call.command->effects;
  const auto overrides = std::find_if(all.begin(), all.end(), [&](const OverridesDefinition& one) {
    return std::any_of(effects.begin(), effects.end(), [&](const EffectUse& effect) {
      return effect.kind == "append" && effect.parameters.at("list") == one.list;
    });
  });
  if (overrides == all.end()) return {};
  const Change& change = stage.decision.changes[index];
  const RecordView& draft = record_at(stage.facts, change.record);
  const auto meant = [&](const std::string& field) {
    const auto said = change.said.find(field);
    return said != change.said.end() ? *said : draft.body->value(field, Json());
  };
  auto fault = override_fault(stage.set, meant(overrides->policy), meant(overrides->value));
  if (!fault) return {};
  return invalid_field("/" + overrides->value, std::move(*fault));
}

/// What was decided while a plugin had not been asked does not hold.
std::optional<Refusal> unanswered(Stage& stage) {
  if (stage.unanswered.empty()) return {};
  return Refusal{Reason::unmet, "plugins have not been asked", std::move(stage.unanswered), {}, {}};
}

}  // namespace

std::string name_of(const RecordView& record) {
  return record.number.empty() ? record.definition->label : record.definition->label + " " + record.number;
}

std::string where_it_stands(const RecordView& record) {
  return fmt::format("{} is in the state {}", name_of(record),
                     label_of(*record.definition, "states." + record.state, "en"));
}

Refusal not_permitted(const WorkflowSet& set, const Definition& definition, const CommandDefinition& command) {
  return refuse(Reason::not_permitted, fmt::format("your roles and seats do not permit: {}{}", command.label,
                                                   whom_it_is_for(set, definition, command.by)));
}

Refusal wrong_state(std::string_view where, const Definition& definition, const CommandDefinition& command) {
  std::string detail(where);
  detail.append(", which does not accept: ").append(command.label);
  std::string_view before = "; accepted in: ";
  const auto tell = [&](const std::string& state) {
    detail.append(before).append(definition.states.at(state).label);
    before = ", ";
  };
  if (command.from.size() == 1) {
    tell(*command.from.begin());
  } else {
    for (const std::string& state : definition.state_order)
      if (command.from.contains(state)) tell(state);
  }
  return refuse(Reason::wrong_state, std::move(detail));
}

GuardsJudged judged_guards(const WorkflowSet& set, const Facts& facts, const RecordView& record,
                           const CommandDefinition& command, const Actor& actor, const Now& now, const Json* input) {
  GuardsJudged all;
  std::set<std::array<std::string, 3>> told;
  const auto take = [&](const GuardUse& use, std::vector<UnmetGuard> found) {
    if (found.empty()) return;
    const auto waived = record.body->find("waived");
    if (use.waiver && waived != record.body->end() &&
        std::find(waived->begin(), waived->end(), Json(*use.waiver)) != waived->end()) {
      all.by_waiver.push_back(*use.waiver);
      return;
    }
    for (UnmetGuard& one : found) {
      if (told.insert({one.guard, one.code, one.values.dump()}).second) all.unmet.push_back(std::move(one));
    }
  };
  std::vector<const GuardUse*> of_plugins;
  for (const GuardUse& use : command.guards) {
    const Guard* guard = find_guard(use.name);
    if (!guard) throw std::logic_error("a definition that was not checked names the guard " + use.name);
    if (asks_plugin(use)) {
      of_plugins.push_back(&use);
    } else {
      take(use, guard->unmet({set, facts, record, command, actor, now, input, use.parameters}));
    }
  }
  if (!input || !all.unmet.empty()) return all;
  for (const GuardUse* use : of_plugins) {
    auto judgement = guard::judge_by_plugin({set, facts, record, command, actor, now, input, use->parameters});
    if (judgement.unanswered) {
      for (UnmetGuard& one : judgement.unmet) all.unanswered.push_back(std::move(one));
      continue;
    }
    all.notes.push_back(std::move(judgement.note));
    take(*use, std::move(judgement.unmet));
  }
  return all;
}

std::optional<Refusal> run_step(Stage& stage, const Invocation& call) {
  if (call.depth > max_depth) throw std::logic_error("effects send each other in circles: " + call.command->name);
  if (auto refusal = check_state(stage, call)) return refusal;
  if (auto refusal = check_actor(stage, call)) return refusal;
  auto given = read_input(stage, call);
  if (!given) return given.error();
  const std::size_t index = begin_change(stage, call, std::move(*given));
  RecordView& draft = *stage.facts.draft(stage.decision.changes[index].record);

  auto guards = judged_guards(stage.set, stage.facts, draft, *call.command, stage.actor, stage.now, &call.input);
  if (!guards.unmet.empty()) {
    return Refusal{
        Reason::unmet, fmt::format("{} is not possible now", call.command->label), std::move(guards.unmet), {}, {}};
  }
  for (UnmetGuard& one : guards.unanswered) stage.unanswered.push_back(std::move(one));
  if (!guards.by_waiver.empty()) stage.decision.changes[index].said["by_waiver"] = guards.by_waiver;
  if (!call.command->second.empty() && !stage.actor.second) {
    if (auto refusal = check_override(stage, call, index)) return refusal;
    stage.decision = Decision{{}, true, call.command->second, std::move(guards.notes)};
    return {};
  }
  stage.decision.changes[index].judged = std::move(guards.notes);
  if (call.command->to) draft.state = *call.command->to;
  if (call.command->adopts) draft.state = stage.decision.changes[index].state;
  stage.decision.changes[index].state = draft.state;
  stage.facts.note_performed(draft.id, call.command->name, stage.actor, stage.now.at);
  if (auto refusal = run_effects(stage, call, index)) return refusal;
  Change& change = stage.decision.changes[index];
  const auto entered = change.since ? std::optional(local_date(*change.since, stage.now.zone)) : std::nullopt;
  change.timers = timer_changes(stage.set, stage.facts, stage.facts.before(draft.id), draft, stage.now, entered);
  return {};
}

Result<Decision> decide(const WorkflowSet& set, const Facts& facts, const Target& target, const Command& command,
                        const Actor& actor, const Now& now) {
  const RecordView* record = target.record ? facts.record(*target.record) : nullptr;
  if (target.record && !record) return refuse(Reason::not_found, "there is no such record");
  const Definition* definition = record ? record->definition : set.find(target.type);
  if (!definition) return refuse(Reason::not_found, fmt::format("there is no type {}", target.type));
  const auto named = definition->commands.find(command.name);
  if (named == definition->commands.end()) {
    return refuse(Reason::not_found, fmt::format("{} has no command {}", definition->label, command.name));
  }
  if (record && named->second.creates()) return wrong_state(where_it_stands(*record), *definition, named->second);
  if (!record && !named->second.creates()) {
    return refuse(Reason::wrong_state, fmt::format("{} needs a record", named->second.label));
  }
  Stage stage{set, Overlay(facts), actor, now};
  const auto organisation = record ? record->organisation : target.organisation;
  if (auto refusal = run_step(stage, {&named->second, definition, target.record, organisation, command.input})) {
    return std::move(*refusal);
  }
  if (auto refusal = unanswered(stage)) return std::move(*refusal);
  return std::move(stage.decision);
}

bool awaits_plugins(const Refusal& refusal) {
  const auto waits = [](const UnmetGuard& one) { return one.guard == "plugin_allows" && one.code == "unanswered"; };
  return !refusal.unmet.empty() && std::all_of(refusal.unmet.begin(), refusal.unmet.end(), waits);
}

Together decide_together(const WorkflowSet& set, const Facts& facts, const Target& target,
                         const std::vector<Command>& commands, const Actor& actor, const Now& now) {
  const Definition& definition = set.types.at(target.type);
  Stage stage{set, Overlay(facts), actor, now};
  Together together;
  for (const Command& command : commands) {
    const std::size_t next = stage.decision.changes.size();
    together.refused =
        run_step(stage, {&definition.commands.at(command.name), &definition, {}, target.organisation, command.input});
    if (together.refused) return together;
    together.made.push_back(stage.decision.changes.at(next).record);
  }
  together.refused = unanswered(stage);
  if (together.refused) return together;
  together.decision = std::move(stage.decision);
  return together;
}

}  // namespace assay
