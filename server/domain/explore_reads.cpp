// What of the records matters in a world: what a guard, a timer or an effect of a command that is tried looks at.
#include <algorithm>
#include <array>
#include <stdexcept>

#include "domain/calculated.h"
#include "domain/check_parts.h"
#include "domain/explore_parts.h"
#include "domain/paths.h"

namespace assay {
namespace {

/// What is looked at of one type; `fields`: by value, or else only whether they are filled.
struct Looks {
  std::map<std::string, bool> fields;
  std::set<std::string> seats, held, links, did, waivers;
  std::vector<std::set<std::string>> evidence_since, report_since, linked_since;
  std::vector<std::pair<std::string, std::set<std::string>>> report_ends_at;
  bool evidence = false, report = false, item = false;
  friend bool operator==(const Looks&, const Looks&) = default;
};

std::set<std::string> texts(const Json& parameters, const char* name) {
  const auto found = parameters.find(name);
  return found == parameters.end() ? std::set<std::string>{} : found->get<std::set<std::string>>();
}

class Reading {
 public:
  Reading(const WorkflowSet& set, const ProofWorld& world, const CommandName* only)
      : set_(set), world_(world), only_(only) {}

  std::map<std::string, Looks> all() {
    std::map<std::string, Looks> before;
    do {  // what feeds what matters, matters
      before = looks_;
      for (const auto& [type, count] : world_.records) {
        const Definition& definition = set_.types.at(type);
        if (const LinkDefinition* parent = definition.parent()) looks_[type].links.insert(parent->name);
        for (const auto& [name, command] : definition.commands) {
          if (tries(world_, definition, command) && asked(definition, command)) this->command(definition, command);
        }
        if (only_) continue;
        for (const auto& [name, timer] : definition.timers) this->timer(definition, timer);
      }
    } while (looks_ != before);
    return looks_;
  }

  /// True when it matters that the timer fires.
  bool matters(const Definition& type, const TimerDefinition& timer) {
    return std::ranges::any_of(std::array{timer.fires, timer.instead}, [&](const std::string& name) {
      return !name.empty() && matters(type, type.commands.at(name));
    });
  }

 private:
  bool matters(const Definition& type, const CommandDefinition& command) {
    Looks& here = looks_[type.type];
    return command.to || std::any_of(command.effects.begin(), command.effects.end(), [&](const EffectUse& effect) {
             if (effect.kind == "tell") return false;
             if (effect.kind == "append") return here.fields.contains(effect.parameters.at("list").get<std::string>());
             if (effect.kind != "set") return true;
             const Json& values = effect.parameters.at("values");
             return std::any_of(here.fields.begin(), here.fields.end(),
                                [&](const auto& field) { return values.contains(field.first); });
           });
  }

  /// The command alone that is asked about, and what effects may give.
  bool asked(const Definition& type, const CommandDefinition& command) const {
    if (!only_ || (!command.by.empty() && command.by.front().starts_with("via:"))) return true;
    return type.type == only_->type && command.name.substr(0, command.name.find('/')) == only_->command;
  }

  void look(const Definition* type, const std::string& field, bool by_value) {
    if (!type) return;
    const auto found = type->fields.find(field);
    const bool day = found != type->fields.end() && found->second.schema.value("format", "").starts_with("date");
    auto& fields = looks_[type->type].fields;
    fields[field] = fields[field] || (by_value && !day);  // which day it is, is free
  }

  /// Follows a path and notes the links on it; null where it leaves the set.
  const Definition* follow(const Definition& type, const Json& parameters, const char* name) {
    const auto found = parameters.find(name);
    return found == parameters.end() ? &type : walk_types(type, found->get<std::string>());
  }
  const Definition* walk_types(const Definition& type, std::string path) {
    const Definition* at = &type;
    while (at && !path.empty()) {
      const auto dot = path.find('.');
      const std::string segment = path.substr(0, dot);
      path = dot == std::string::npos ? "" : path.substr(dot + 1);
      const Definition* next = type_at(set_, *at, segment);
      if (at->links.contains(segment)) {
        looks_[at->type].links.insert(segment);
      } else if (next) {
        for (const auto& [link, about] : next->links)
          if (about.back == segment && about.to == at->type) looks_[next->type].links.insert(link);
      }
      at = next;
    }
    return at;
  }

  void seats(const Definition* type, const std::set<std::string>& names) {
    if (type) looks_[type->type].seats.insert(names.begin(), names.end());
  }

  /// Seats that give rights: here and on what the type hangs below.
  void rights(const Definition& type, const std::vector<std::string>& names) {
    std::set<std::string> seen;
    for (const Definition* at = &type; at && seen.insert(at->type).second;) {
      for (const std::string& name : names)
        if (at->people.contains(name)) looks_[at->type].seats.insert(name);
      const LinkDefinition* parent = at->parent();
      at = parent ? set_.find(parent->to) : nullptr;
    }
    if (std::none_of(names.begin(), names.end(), [&](const auto& name) { return set_.counts_by_grant(name); })) return;
    for (const auto& [name, count] : world_.records) grants(set_.types.at(name));
  }

  /// What makes a role from outside count on the records that a grant covers.
  void grants(const Definition& type) {
    if (!type.grants) return;
    looks_[type.type].seats.insert(type.grants->to);
    looks_[type.type].links.insert(type.grants->over.begin(), type.grants->over.end());
    look(&type, type.grants->role, true);
    for (const auto& [field, values] : type.grants->work.items()) look(&type, field, true);
  }

  void command(const Definition& type, const CommandDefinition& command) {
    rights(type, command.by);
    rights(type, command.second);
    for (const GuardUse& use : command.guards) guard(type, use);
    for (const EffectUse& use : command.effects) effect(type, use);
  }

  void guard(const Definition& type, const GuardUse& use) {
    const Json& parameters = use.parameters;
    if (parameters.contains("type")) return look_up(type, use);
    const Definition* of = follow(type, parameters, "of");
    const Definition* link = follow(type, parameters, "link");
    const Definition* elsewhere = use.name == "actor_not" ? of : &type;
    if (use.waiver) looks_[type.type].waivers.insert(*use.waiver);
    for (const std::string& field : texts(parameters, "fields")) look(&type, field, false);
    if (const auto field = parameters.find("field"); field != parameters.end())
      look(&type, field->get<std::string>(), true);
    if (const auto file = parameters.find("file"); file != parameters.end()) look(of, file->get<std::string>(), false);
    if (const auto where = parameters.find("where"); where != parameters.end())
      for (const auto& [field, values] : where->items()) look(link, field, true);
    for (const std::string& field : texts(parameters, "have")) look(link, field, false);
    seats(elsewhere, texts(parameters, "seats"));
    seats(of, texts(parameters, "from"));
    if (of && parameters.value("ever", false))
      looks_[of->type].held.merge(texts(parameters, use.name == "actor_not" ? "seats" : "from"));
    if (of && parameters.contains("commands")) looks_[of->type].did.merge(texts(parameters, "commands"));
    checklist(type, of, use.name);
    if (use.name == "has_evidence" || use.name == "has_report") attached(type, of, link, use);
  }

  /// A register, what of its records is compared with ours, and who is looked up.
  void look_up(const Definition& type, const GuardUse& use) {
    const Json& parameters = use.parameters;
    const Definition& there = set_.types.at(parameters.at("type").get<std::string>());
    const Definition* ours = follow(type, parameters, "ours");
    if (use.waiver) looks_[type.type].waivers.insert(*use.waiver);
    for (const char* name : {"by", "until"})
      if (const auto field = parameters.find(name); field != parameters.end())
        look(&there, field->get<std::string>(), true);
    const auto part = [&](const char* name) { return parameters.value(name, Json::object()); };
    const Json where = part("where"), same = part("same"), linked = part("linked");
    for (const auto& [field, values] : where.items()) look(&there, field, true);
    for (const auto& [theirs, field] : same.items()) {
      look(&there, theirs, true);
      look(ours, field.get<std::string>(), true);
    }
    for (const auto& [link, path] : linked.items()) {
      looks_[there.type].links.insert(link);
      walk_types(type, path.get<std::string>());
    }
    seats(follow(type, parameters, "of"), texts(parameters, "seats"));
  }

  void checklist(const Definition& type, const Definition* of, const std::string& guard) {
    if (guard == "not_own_area" && type.fields.contains("exceptions")) look(&type, "exceptions", true);
    if (guard == "not_own_area" || guard == "no_item_planned" || guard.starts_with("items_")) {
      if (of) looks_[of->type].item = true;
    }
  }

  void attached(const Definition& type, const Definition* of, const Definition* link, const GuardUse& use) {
    if (!of) return;
    Looks& there = looks_[of->type];
    const bool report = use.name == "has_report";
    (report ? there.report : there.evidence) = true;
    add(report ? there.report_since : there.evidence_since, texts(use.parameters, "since"));
    const auto linked = texts(use.parameters, "linked_since");
    if (linked.empty() || !link) return;
    add(looks_[link->type].linked_since, linked);
    std::pair ends{use.parameters.at("link").get<std::string>(), linked};
    auto& all = looks_[type.type].report_ends_at;
    if (std::find(all.begin(), all.end(), ends) == all.end()) all.push_back(std::move(ends));
  }

  static void add(std::vector<std::set<std::string>>& lists, std::set<std::string> list) {
    if (!list.empty() && std::find(lists.begin(), lists.end(), list) == lists.end()) lists.push_back(std::move(list));
  }

  /// `@record.F`, `@input.F` and `{at, field}`: the field matters as what it feeds; of `{at}` and `{some, in}` the
  /// links do.
  void fed_by(const Definition& type, const Json& value, bool by_value) {
    if (is_first(value)) {
      for (const Json& one : value.at("first")) fed_by(type, one, by_value);
      return;
    }
    if (is_some(value)) {
      walk_types(type, value.at("some").get<std::string>());
      return;
    }
    if (is_elsewhere(value)) {
      const Definition* there = walk_types(type, value.at("at").get<std::string>());
      if (const auto field = value.find("field"); field != value.end())
        look(there, field->get<std::string>(), by_value);
      return;
    }
    if (!value.is_string()) return;
    const auto& text = value.get_ref<const std::string&>();
    for (const std::string_view prefix : {"@record.", "@input."}) {
      if (text.starts_with(prefix)) look(&type, text.substr(prefix.size()), by_value);
    }
  }

  /// What an effect gives to a command of another record matters as it does there; what must be given has to be there.
  void given(const Definition& type, const Json& input, const Definition* to, const std::string& command) {
    if (!to) return;
    const auto taking = to->commands.find(command.substr(0, command.find('/')));
    if (taking == to->commands.end()) return;
    for (const auto& [name, value] : input.items()) {
      const auto& fields = looks_[to->type].fields;
      const auto field = fields.find(name);
      if (to->links.contains(name) || to->people.contains(name)) {
        fed_by(type, value, true);
      } else if (field != fields.end() || has(taking->second.must, name)) {
        fed_by(type, value, field != fields.end() && field->second);
      }
    }
  }

  void effect(const Definition& type, const EffectUse& use) {
    const Json& parameters = use.parameters;
    Looks& here = looks_[type.type];
    if (use.kind == "set") {
      for (const auto& [name, value] : parameters.at("values").items()) {
        const auto field = here.fields.find(name);
        if (field != here.fields.end()) fed_by(type, value, field->second);
        if (here.links.contains(name)) fed_by(type, value, true);
      }
    } else if (use.kind == "append") {
      const auto list = parameters.at("list").get<std::string>();
      const auto field = here.fields.find(list);
      if (field == here.fields.end() || !field->second) return;
      for (const std::string& name : type.fields.at(list).list_of) look(&type, name, true);
    } else if (use.kind == "assign" && here.seats.contains(parameters.at("seat").get<std::string>())) {
      const Json& to = parameters.at("to");
      fed_by(type, to, true);
      if (to.is_object()) seats(follow(type, to, "of"), {to.at("seat").get<std::string>()});
    } else if (use.kind == "send" || use.kind == "create") {
      const Definition* to =
          use.kind == "create" ? set_.find(parameters.at("type").get<std::string>()) : follow(type, parameters, "to");
      given(type, parameters.value("input", Json::object()), to, parameters.at("command").get<std::string>());
      if (use.kind == "create") return;
      const Json where = parameters.value("where", Json::object());
      for (const auto& [field, values] : where.items()) look(to, field, true);
    }
  }

  void timer(const Definition& type, const TimerDefinition& timer) {
    for (const auto& [field, values] : timer.when.items()) look(&type, field, true);
    if (!matters(type, timer)) return;
    for (const std::string& field : {timer.from, timer.extended})
      if (type.fields.contains(field)) look(&type, field, false);
  }

  const WorkflowSet& set_;
  const ProofWorld& world_;
  const CommandName* only_;
  std::map<std::string, Looks> looks_;
};

/// Commands that stand in the same lists share a mark.
void add_marks(const Looks& looks, Shape& shape) {
  std::map<std::string, std::set<std::size_t>> lists_of;
  std::vector<std::set<std::string>> all = looks.evidence_since;
  const std::size_t evidence = all.size();
  all.insert(all.end(), looks.report_since.begin(), looks.report_since.end());
  const std::size_t own = all.size();
  all.insert(all.end(), looks.linked_since.begin(), looks.linked_since.end());
  for (std::size_t i = 0; i < all.size(); ++i)
    for (const std::string& command : all[i]) lists_of[command].insert(i);
  std::map<std::set<std::size_t>, std::uint8_t> marks;
  for (const auto& [command, lists] : lists_of) {
    const auto next = static_cast<std::uint8_t>(4U << marks.size());
    const std::uint8_t mark = marks.emplace(lists, next).first->second;
    if (mark == 0 || (*lists.begin() < evidence && *lists.rbegin() >= evidence))
      throw std::invalid_argument(shape.definition->type + "." + command + " outdates too many things at once");
    shape.since[command] = mark;
    if (*lists.begin() < evidence) shape.evidence_ends |= mark;
    if (*lists.begin() >= evidence && *lists.begin() < own) shape.report_ends |= mark;
  }
  shape.report_ends_at = looks.report_ends_at;
}

}  // namespace

bool tries(const ProofWorld& world, const Definition& type, const CommandDefinition& command) {
  if (command.adopts) return has(world.adopts, type.type);
  const auto only = world.commands.find(type.type);
  if (only == world.commands.end()) return true;
  if (std::any_of(command.by.begin(), command.by.end(), [](const auto& by) { return by.starts_with("via:"); }))
    return true;
  return has(only->second, command.name.substr(0, command.name.find('/')));
}

std::map<std::string, Shape> shapes_of(const WorkflowSet& explored, const ProofWorld& world, const CommandName* only) {
  Reading reading(explored, world, only);
  std::map<std::string, Shape> shapes;
  auto all = reading.all();
  for (const auto& [type, count] : world.records) {
    const Looks& looks = all[type];
    Shape& shape = shapes[type];
    const Definition& definition = explored.types.at(type);
    shape.definition = &definition;
    for (const auto& [name, by_value] : looks.fields) {
      const auto field = definition.fields.find(name);
      if (field == definition.fields.end()) continue;
      shape.inputs.insert(name);
      if (field->second.keep != Keep::event) shape.fields.push_back({name, by_value});
    }
    for (const std::string& name : looks.seats)
      if (definition.people.contains(name)) shape.seats.push_back(name);
    for (const std::string& name : looks.held)
      if (definition.people.contains(name)) shape.held.push_back(name);
    shape.links.assign(looks.links.begin(), looks.links.end());
    shape.did.assign(looks.did.begin(), looks.did.end());
    shape.waivers.assign(looks.waivers.begin(), looks.waivers.end());
    shape.evidence = looks.evidence;
    shape.report = looks.report;
    shape.item = looks.item;
    add_marks(looks, shape);
    for (const auto& [name, timer] : definition.timers) {
      if (definition.fields.contains(timer.from) && !looks.fields.contains(timer.from))
        shape.body[timer.from] = sample(definition.fields.at(timer.from).schema, "");
    }
    if (shape.waivers.size() > 8) throw std::invalid_argument(type + " has more than 8 waivers");
  }
  return shapes;
}

}  // namespace assay
