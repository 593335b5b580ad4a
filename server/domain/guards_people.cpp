// Guards about who acts and who holds which seat: separation of duties.
#include <algorithm>

#include "domain/guard_rows.h"
#include "domain/paths.h"

namespace assay::guard {
namespace {

bool has(const std::vector<PersonId>& people, PersonId person) {
  return std::find(people.begin(), people.end(), person) != people.end();
}

bool about_second(const GuardContext& context) { return text_parameter(context, "who") == "second"; }

/// The person that the guard is about; nobody for a timer, or while no second person is known.
std::optional<PersonId> person_meant(const GuardContext& context) {
  return about_second(context) ? context.actor.second : context.actor.person;
}

/// Who holds the seat; with `ever` also who has left it.
std::vector<PersonId> holders_meant(const GuardContext& context, RecordId id, const std::string& seat) {
  return context.parameters.value("ever", false) ? context.facts.held(id, seat) : context.facts.seat(id, seat);
}

}  // namespace

Unmet actor_not(const GuardContext& context) {
  const auto person = person_meant(context);
  const auto of = text_parameter(context, "of");
  if (!person || (!of.empty() && awaits_path(context, of))) return {};
  Unmet found;
  for (const RecordId id : walk(context.facts, context.record.id, of)) {
    if (!selected(record_at(context.facts, id), context.parameters)) continue;
    for (const Json& seat : context.parameters.at("seats")) {
      const auto& name = seat.get_ref<const std::string&>();
      if (of.empty() && context.awaits(name)) continue;
      if (!has(holders_meant(context, id, name), *person)) continue;
      const bool left = !has(context.facts.seat(id, name), *person);
      Json values = named(record_at(context.facts, id));
      values["seat"] = name;
      values["person"] = context.facts.person_uuid(*person);
      found.push_back(unmet(context, "actor_not",
                            about_second(context) ? (left ? "second_held_seat" : "second_holds_seat")
                                                  : (left ? "held_seat" : "holds_seat"),
                            std::move(values)));
    }
  }
  return found;
}

Unmet actor_is_not(const GuardContext& context) {
  const auto person = person_meant(context);
  const std::string field(text_parameter(context, "field"));
  if (!person || context.awaits(field)) return {};
  const Json* value = value_of(context, field);
  if (!value) return {};
  const Json uuid = context.facts.person_uuid(*person);
  const bool is_named =
      value->is_array() ? std::find(value->begin(), value->end(), uuid) != value->end() : *value == uuid;
  if (!is_named) return {};
  return {unmet(context, "actor_is_not", about_second(context) ? "second_is_named" : "is_named",
                {{"field", field}, {"person", uuid}})};
}

Unmet actor_not_did(const GuardContext& context) {
  const auto of = text_parameter(context, "of");
  if (!context.actor.person || (!of.empty() && awaits_path(context, of))) return {};
  Unmet found;
  for (const RecordId id : walk(context.facts, context.record.id, of)) {
    for (const Json& command : context.parameters.at("commands")) {
      if (!has(context.facts.performed(id, {command.get<std::string>()}), *context.actor.person)) continue;
      Json values = named(record_at(context.facts, id));
      values["command"] = command;
      values["person"] = context.facts.person_uuid(*context.actor.person);
      found.push_back(unmet(context, "actor_not_did", "did", std::move(values)));
    }
  }
  return found;
}

Unmet people_differ(const GuardContext& context) {
  const auto of = text_parameter(context, "of");
  if (!of.empty() && awaits_path(context, of)) return {};
  Unmet found;
  const auto others = walk(context.facts, context.record.id, of);
  for (const Json& seat : context.parameters.at("seats")) {
    const auto& name = seat.get_ref<const std::string&>();
    if (context.awaits(name)) continue;
    const auto holders = context.facts.seat(context.record.id, name);
    for (const RecordId other : others) {
      if (!selected(record_at(context.facts, other), context.parameters)) continue;
      for (const Json& other_seat : context.parameters.at("from")) {
        const auto& other_name = other_seat.get_ref<const std::string&>();
        if (of.empty() && context.awaits(other_name)) continue;
        const auto now = context.facts.seat(other, other_name);
        for (const PersonId person : holders_meant(context, other, other_name)) {
          if (!has(holders, person)) continue;
          Json values = named(context.record);
          const RecordView& record = record_at(context.facts, other);
          values["seat"] = name;
          values["other_type"] = record.definition->type;
          values["other_number"] = record.number;
          values["other_seat"] = other_name;
          values["person"] = context.facts.person_uuid(person);
          found.push_back(unmet(context, "people_differ", has(now, person) ? "overlap" : "held", std::move(values)));
        }
      }
    }
  }
  return found;
}

Unmet role_present(const GuardContext& context) {
  const Json& wanted = context.parameters.at("roles");
  for (const Json& seat : context.parameters.at("seats")) {
    const auto& name = seat.get_ref<const std::string&>();
    if (context.awaits(name)) return {};
    for (const PersonId person : context.facts.seat(context.record.id, name)) {
      const auto roles = context.facts.roles(person, context.record.organisation);
      const auto is_wanted = [&](const std::string& role) {
        return std::find(wanted.begin(), wanted.end(), Json(role)) != wanted.end();
      };
      if (std::any_of(roles.begin(), roles.end(), is_wanted)) return {};
    }
  }
  return {unmet(context, "role_present", "absent", {{"roles", wanted}, {"seats", context.parameters.at("seats")}})};
}

namespace {

/// Says `code` of each person on the seats of whom it is so.
Unmet said_of_holders(const GuardContext& context, std::string_view guard, std::string_view code,
                      bool (*is_so)(const Facts&, PersonId)) {
  Unmet found;
  for (const Json& seat : context.parameters.at("seats")) {
    const auto& name = seat.get_ref<const std::string&>();
    if (context.awaits(name)) continue;
    for (const PersonId person : context.facts.seat(context.record.id, name)) {
      if (!is_so(context.facts, person)) continue;
      found.push_back(unmet(context, guard, code, {{"seat", name}, {"person", context.facts.person_uuid(person)}}));
    }
  }
  return found;
}

}  // namespace

Unmet have_left(const GuardContext& context) {
  return said_of_holders(context, "have_left", "here",
                         [](const Facts& facts, PersonId person) { return !facts.has_left(person); });
}

Unmet nothing_awaits(const GuardContext& context) {
  return said_of_holders(context, "nothing_awaits", "awaited",
                         [](const Facts& facts, PersonId person) { return facts.is_awaited(person); });
}

Unmet seated(const GuardContext& context) {
  Unmet found;
  for (const Json& seat : context.parameters.at("seats")) {
    const auto& name = seat.get_ref<const std::string&>();
    if (context.awaits(name) || !context.facts.seat(context.record.id, name).empty()) continue;
    found.push_back(unmet(context, "seated", "vacant", {{"seat", name}}));
  }
  return found;
}

}  // namespace assay::guard
