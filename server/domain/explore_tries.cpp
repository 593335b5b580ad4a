// What people and timers can try in a state: commands, and the inputs that make a difference.
#include <algorithm>

#include "domain/check_parts.h"
#include "domain/explore_parts.h"
#include "domain/standing.h"
#include "domain/timers.h"

namespace assay {
namespace {

constexpr std::size_t most_combinations = 24;

const Json left_out(Json::value_t::discarded);

Json with(const std::vector<std::pair<std::string, const Json*>>& chosen) {
  Json input = Json::object();
  for (const auto& [name, value] : chosen)
    if (!value->is_discarded()) input[name] = *value;
  return input;
}

}  // namespace

Tries::Tries(const WorkflowSet& explored, const ProofWorld& world, const BoundedFacts& facts)
    : world_(world), facts_(facts), results_{"conforms"} {
  for (const auto& [type, count] : world.records) {
    const Definition& definition = explored.types.at(type);
    auto& commands = commands_[type];
    for (const std::string& name : definition.command_order) {
      const CommandDefinition& command = definition.commands.at(name);
      const bool sent = !command.by.empty() && command.by.front().starts_with("via:");
      if (!sent && tries(world, definition, command)) commands.push_back(&command);
    }
    for (const auto& [name, command] : definition.commands) {
      for (const GuardUse& use : command.guards) {
        for (const auto& result : use.parameters.value("results", std::vector<std::string>{}))
          if (!has(results_, result)) results_.push_back(result);
      }
    }
  }
}

Result<Decision> decide_try(const WorkflowSet& explored, const BoundedFacts& facts, const Try& what,
                            const std::string& command) {
  Target target{{}, what.type->type, the_organisation};
  if (what.slot) target.record = BoundedFacts::record_id(*what.slot);
  return decide(explored, facts, target, {command, what.input}, what.actor, the_moment);
}

void Tries::each(const Act& act, const CommandDefinition* only) {
  for (const auto& [type, count] : world_.records) {
    const Shape& shape = facts_.shape(type);
    for (const CommandDefinition* command : commands_.at(type)) {
      if (only && command != only) continue;
      if (command->creates()) {
        if (facts_.existing(type) + 1U < 1U << count && !each_of(*command, shape, {}, act)) return;
        continue;
      }
      for (std::size_t slot = 0; slot < facts_.slots().size(); ++slot) {
        if (facts_.slots()[slot].shape != &shape || !facts_.exists(slot)) continue;
        if (command->from.contains(facts_.state_of(slot)) && !each_of(*command, shape, slot, act)) return;
      }
    }
  }
}

bool Tries::each_of(const CommandDefinition& command, const Shape& shape, std::optional<std::size_t> slot,
                    const Act& act) {
  Try what{slot, shape.definition, &command};
  if (command.by.front() == "timer") {
    what.actor.timer = true;
    return !timer_runs(*slot, command) || act(what);
  }
  for (std::size_t who = 0; who < facts_.people(); ++who) {
    what.actor.person = BoundedFacts::person_id(who);
    if (slot && !may(*what.actor.person, *slot, command.by)) continue;
    for (const Json& input : inputs(command, shape, slot, *what.actor.person)) {
      what.input = input;
      if (!with_seconds(what, act)) return false;
    }
  }
  return true;
}

bool Tries::with_seconds(Try& what, const Act& act) {
  what.actor.second = {};
  if (what.command->second.empty()) return act(what);
  for (std::size_t other = 0; other < facts_.people(); ++other) {
    what.actor.second = BoundedFacts::person_id(other);
    if (what.actor.second == what.actor.person) continue;
    if (what.slot && !may(*what.actor.second, *what.slot, what.command->second)) continue;
    if (!act(what)) return false;
  }
  return true;
}

bool Tries::timer_runs(std::size_t slot, const CommandDefinition& command) const {
  const RecordView& record = *facts_.record(BoundedFacts::record_id(slot));
  const auto& timers = record.definition->timers;
  return std::any_of(timers.begin(), timers.end(), [&](const auto& timer) {
    return fires(timer.second, command.name) && runs(timer.second, record.state, *record.body);
  });
}

/// As decide() would say; asked before the inputs are tried one by one.
bool Tries::may(PersonId who, std::size_t slot, const std::vector<std::string>& roles) const {
  return Standing(facts_.set(), facts_, who, the_organisation, BoundedFacts::record_id(slot), std::nullopt)
      .has_one_of(roles);
}

/// The inputs that the members make together; where these are too many, what differs in one member from as little as
/// possible, or from as much.
void Tries::combine(const std::vector<Member>& members, std::set<Json>& all) {
  std::size_t product = 1;
  for (const Member& one : members) product = std::min(product * one.options.size(), most_combinations + 1);
  if (product <= most_combinations) {
    std::vector<std::vector<std::pair<std::string, const Json*>>> chosen{{}};
    for (const Member& one : members) {
      const auto before = std::exchange(chosen, {});
      for (const auto& some : before) {
        for (const Json& option : one.options) {
          chosen.push_back(some);
          chosen.back().emplace_back(one.name, &option);
        }
      }
    }
    for (const auto& some : chosen) all.insert(with(some));
  } else {
    const auto add_around = [&](std::size_t usual) {
      std::vector<std::pair<std::string, const Json*>> base;
      for (const Member& one : members)
        base.emplace_back(one.name, &one.options[std::min(usual, one.options.size() - 1)]);
      for (std::size_t i = 0; i < members.size(); ++i) {
        auto some = base;
        for (const Json& option : members[i].options) {
          some[i].second = &option;
          all.insert(with(some));
        }
      }
    };
    if (product > 0) {
      add_around(0);
      add_around(1);
    }
  }
}

const std::vector<Json>& Tries::inputs(const CommandDefinition& command, const Shape& shape,
                                       std::optional<std::size_t> slot, PersonId actor) {
  const Asked asked{command, shape, slot, actor};
  const auto [known, fresh] = known_.try_emplace(key_of(asked));
  if (!fresh) return known->second;
  std::vector<Member> members;
  for (const std::string& name : command.must) members.push_back(member(asked, name, true));
  for (const std::string& name : command.may) members.push_back(member(asked, name, false));
  std::set<Json> all;
  if (!command.adopts) {
    combine(members, all);
  } else {
    members.push_back({"number", {"x"}});
    members.push_back({"entered_on", {"2026-01-01"}});
    for (const auto& [state, needs] : command.adopts->states) {
      auto some = members;
      some.push_back({"state", {state}});
      for (Member& one : some)
        if (has(needs, one.name)) std::erase_if(one.options, [](const Json& value) { return value.is_discarded(); });
      combine(some, all);
    }
  }
  known->second.assign(all.begin(), all.end());
  return known->second;
}

/// What the answer rests on, as text.
std::string Tries::key_of(const Asked& asked) const {
  std::string key = asked.shape.definition->type + "." + asked.command.name;
  for (const auto* names : {&asked.command.must, &asked.command.may}) {
    for (const std::string& name : *names) {
      const auto link = asked.shape.definition->links.find(name);
      if (link != asked.shape.definition->links.end()) key += static_cast<char>(facts_.existing(link->second.to));
    }
  }
  if (!asked.command.endpoint.empty() && asked.slot) {
    for (const std::string& seat : asked.shape.seats) {
      key += '/';
      for (const PersonId person : facts_.seat(BoundedFacts::record_id(*asked.slot), seat))
        key += static_cast<char>(person);
    }
  }
  key += '|';
  key += asked.command.endpoint == "answers" ? static_cast<char>(asked.actor) : '-';
  return key + (asked.slot ? static_cast<char>('a' + *asked.slot) : '-');
}

Tries::Member Tries::member(const Asked& asked, const std::string& name, bool must) const {
  const Definition& type = *asked.shape.definition;
  Member found{name, {}};
  bool matters = false;
  if (const auto field = type.fields.find(name); field != type.fields.end()) {
    const bool items = asked.command.endpoint == "items" || asked.command.endpoint == "answers";
    matters = asked.shape.inputs.contains(name) || (items && asked.shape.item);
    found.options = items && field->second.schema.value("type", "") == "array"
                        ? item_options(asked, field->second.schema)
                        : field_options(asked.shape, field->second);
    if (!must && !asked.command.creates() && field->second.keep == Keep::body) found.options.push_back(nullptr);
  } else if (const auto link = type.links.find(name); link != type.links.end()) {
    matters = has(asked.shape.links, name);
    found.options = link_options(asked, link->second);
    if (!matters && found.options.size() > 1) found.options.resize(1);
  } else {
    matters = has(asked.shape.seats, name);
    found.options = seat_options(asked.shape, name, must);
    if (!must && !asked.command.creates() && !found.options.empty()) found.options.push_back(Json::array());
  }
  const bool needed =
      asked.command.adopts && std::any_of(asked.command.adopts->states.begin(), asked.command.adopts->states.end(),
                                          [&](const auto& state) { return has(state.second, name); });
  if (!must && !matters && !needed) found.options.clear();
  if (!must) found.options.insert(found.options.begin(), left_out);
  return found;
}

std::vector<Json> Tries::field_options(const Shape& shape, const FieldDefinition& field) const {
  const Json& schema = field.schema;
  const std::string first = BoundedFacts::uuid_of(BoundedFacts::person_id(0));
  if (const auto type = world_.values.find(shape.definition->type); type != world_.values.end()) {
    const auto values = type->second.find(field.name);
    if (values != type->second.end() && !shape.inputs.contains(field.name)) return {values->second.front()};
    if (values != type->second.end()) return values->second;
  }
  if (!shape.inputs.contains(field.name)) return {sample(schema, first)};
  if (schema.contains("enum")) return schema.at("enum").get<std::vector<Json>>();
  if (schema.value("type", "") == "boolean" && !schema.contains("const")) return {true, false};
  if (!schema.contains("x-person")) return {sample(schema, first)};
  std::vector<Json> people, concerned;
  for (std::size_t i = 0; i < world_.people.size(); ++i) {
    people.emplace_back(BoundedFacts::uuid_of(BoundedFacts::person_id(i)));
    if (world_.people[i].own_area) concerned.push_back(people.back());
  }
  return concerned.empty() ? people : concerned;
}

std::vector<Json> Tries::seat_options(const Shape& shape, const std::string& seat, bool must) const {
  std::vector<Json> found;
  const auto type = world_.seats.find(shape.definition->type);
  const bool cast = type != world_.seats.end() && type->second.contains(seat);
  const bool matters = has(shape.seats, seat);
  for (std::size_t i = 0; i < world_.people.size(); ++i) {
    if (cast ? has(type->second.at(seat), world_.people[i].name) : must)
      found.push_back(Json::array({BoundedFacts::uuid_of(BoundedFacts::person_id(i))}));
  }
  if (!matters && found.size() > 1) found.resize(1);
  return found;
}

std::vector<Json> Tries::link_options(const Asked& asked, const LinkDefinition& link) const {
  std::vector<Json> found;
  for (std::size_t i = 0; i < facts_.slots().size(); ++i) {
    if (facts_.slots()[i].shape->definition->type != link.to || !facts_.exists(i) || asked.slot == i) continue;
    Json uuid = BoundedFacts::uuid_of(BoundedFacts::record_id(i));
    found.push_back(link.many ? Json::array({std::move(uuid)}) : std::move(uuid));
  }
  return found;
}

/// The one item: planned with nobody or somebody who has a seat here, or answered by the actor.
std::vector<Json> Tries::item_options(const Asked& asked, const Json& schema) const {
  Json item = Json::object();
  for (const char* name : {"question", "item", "subject"})
    if (schema.at("items").at("properties").contains(name)) item[name] = "x";
  std::vector<Json> found;
  if (asked.command.endpoint == "answers") {
    item["auditor"] = BoundedFacts::uuid_of(asked.actor);
    for (const std::string& result : results_) {
      item["result"] = result;
      found.push_back(Json::array({item}));
    }
    return found;
  }
  found.push_back(Json::array({item}));
  std::set<PersonId> team;
  for (const std::string& seat : asked.shape.seats)
    for (const PersonId person : facts_.seat(BoundedFacts::record_id(asked.slot.value_or(0)), seat))
      team.insert(person);
  for (const PersonId person : team) {
    item["auditor"] = BoundedFacts::uuid_of(person);
    found.push_back(Json::array({item}));
  }
  return found;
}

}  // namespace assay
