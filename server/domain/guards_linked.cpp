// Guards about linked records.
#include <algorithm>

#include "domain/guard_rows.h"
#include "domain/paths.h"

namespace assay::guard {
namespace {

/// Names of the fields in `have` that say nothing.
std::vector<std::string> lacking(const RecordView& record, const Json& parameters) {
  std::vector<std::string> fields;
  const auto have = parameters.find("have");
  if (have == parameters.end()) return fields;
  for (const Json& name : *have) {
    const auto& field = name.get_ref<const std::string&>();
    const auto value = record.body->find(field);
    if (value == record.body->end() || !is_filled(*value)) fields.push_back(field);
  }
  return fields;
}

/// The linked records that `where` and `in` describe.
std::vector<const RecordView*> described(const GuardContext& context) {
  std::vector<const RecordView*> records;
  for (const RecordId id : walk(context.facts, context.record.id, text_parameter(context, "link"))) {
    const RecordView& record = record_at(context.facts, id);
    if (selected(record, context.parameters)) records.push_back(&record);
  }
  return records;
}

std::string linked_type(const GuardContext& context) {
  const Definition* type = type_at(context.set, *context.record.definition, text_parameter(context, "link"));
  return type ? type->type : std::string{};
}

/// True when a field in `any` says one of the values, or its list has one.
bool says_one(const GuardContext& context, const RecordView& record) {
  const Json& any = context.parameters.at("any");
  return std::any_of(any.begin(), any.end(), [&](const Json& field) {
    const Json said = values_in(record, field.get<std::string>());
    return std::any_of(said.begin(), said.end(),
                       [&](const Json& value) { return is_in(context.parameters.at("one_of"), value); });
  });
}

/// True while the input may still bring what `same` compares.
bool awaits_alike(const GuardContext& context) {
  const Json same = context.parameters.value("same", Json::object());
  return std::any_of(same.begin(), same.end(),
                     [&](const Json& ours) { return context.awaits(ours.get<std::string>()); });
}

/// True when the record says the same as ours in the fields that `same` pairs.
bool alike(const GuardContext& context, const RecordView& record) {
  const Json same = context.parameters.value("same", Json::object());
  for (const auto& [theirs, ours] : same.items()) {
    const Json* value = value_of(context, ours.get<std::string>());
    if (record.body->value(theirs, Json()) != (value ? *value : Json())) return false;
  }
  return true;
}

/// The states that "#groups" and states mean on the linked type.
Json states_meant(const Definition* type, const Json& entries) {
  Json states = Json::array();
  for (const Json& entry : entries) {
    const auto& name = entry.get_ref<const std::string&>();
    if (!name.starts_with('#')) {
      states.push_back(name);
    } else if (type) {
      for (const std::string& state : type->state_order) {
        if (type->states.at(state).groups.contains(name.substr(1))) states.push_back(state);
      }
    }
  }
  return states;
}

}  // namespace

Unmet linked_all(const GuardContext& context) {
  if (awaits_path(context, text_parameter(context, "link"))) return {};
  Unmet found;
  Json filter = Json::object();
  const Json& parameters = context.parameters;
  if (parameters.contains("where")) filter["where"] = parameters["where"];
  for (const RecordId id : walk(context.facts, context.record.id, text_parameter(context, "link"))) {
    const RecordView& record = record_at(context.facts, id);
    if (!selected(record, filter)) continue;
    const auto in = parameters.find("in");
    if (in != parameters.end() && !in_states(record, *in)) {
      found.push_back(unmet(context, "linked_all", "open", named(record)));
    }
    for (std::string& field : lacking(record, parameters)) {
      Json values = named(record);
      values["field"] = std::move(field);
      found.push_back(unmet(context, "linked_all", "not_filled", std::move(values)));
    }
  }
  return found;
}

Unmet linked_some(const GuardContext& context) {
  if (awaits_path(context, text_parameter(context, "link"))) return {};
  for (const RecordView* record : described(context)) {
    if (lacking(*record, context.parameters).empty()) return {};
  }
  const std::string type = linked_type(context);
  Json values{{"linked_type", type}};
  const auto in = context.parameters.find("in");
  if (in == context.parameters.end()) return {unmet(context, "linked_some", "none", std::move(values))};
  values["states"] = states_meant(context.set.find(type), *in);
  return {unmet(context, "linked_some", "none_in_state", std::move(values))};
}

Unmet linked_none(const GuardContext& context) {
  if (awaits_path(context, text_parameter(context, "link"))) return {};
  Unmet found;
  for (const RecordView* record : described(context)) {
    found.push_back(unmet(context, "linked_none", "present", named(*record)));
  }
  return found;
}

Unmet linked_among(const GuardContext& context) {
  const auto link = text_parameter(context, "link"), of = text_parameter(context, "of");
  if (awaits_path(context, link) || awaits_path(context, of)) return {};
  Unmet found;
  const auto there = walk(context.facts, context.record.id, of);
  for (const RecordId id : walk(context.facts, context.record.id, link)) {
    if (std::find(there.begin(), there.end(), id) != there.end()) continue;
    const RecordView& record = record_at(context.facts, id);
    Json values = named(context.record);
    values["other_type"] = record.definition->type;
    values["other_number"] = record.number;
    values["linked_type"] = record.definition->type;
    found.push_back(unmet(context, "linked_among", "elsewhere", std::move(values)));
  }
  return found;
}

Unmet linked_at_most(const GuardContext& context) {
  if (awaits_path(context, text_parameter(context, "link"))) return {};
  const auto limit = context.parameters.at("count").get<std::size_t>();
  const auto count = described(context).size();
  if (count <= limit) return {};
  return {unmet(context, "linked_at_most", "too_many",
                {{"count", count}, {"limit", limit}, {"linked_type", linked_type(context)}})};
}

Unmet says(const GuardContext& context) {
  const auto of = text_parameter(context, "of");
  const Json covers = context.parameters.value("covers", Json::object());
  const bool awaits_covered = std::any_of(covers.begin(), covers.end(),
                                          [&](const Json& ours) { return context.awaits(ours.get<std::string>()); });
  if (awaits_path(context, of) || awaits_covered) return {};
  const Definition* there = type_at(context.set, *context.record.definition, of);
  const std::string type = there ? there->type : std::string{};
  std::vector<const RecordView*> saying;
  bool too_old = false;
  for (const RecordId id : walk(context.facts, context.record.id, of)) {
    const RecordView& record = record_at(context.facts, id);
    if (!says_one(context, record)) continue;
    if (is_recent(context, record))
      saying.push_back(&record);
    else
      too_old = true;
  }
  if (saying.empty()) {
    return {unmet(context, "says", too_old ? "too_old" : "none",
                  {{"type", type},
                   {"linked_type", type},
                   {"field", context.parameters.at("any").front()},
                   {"one_of", context.parameters.at("one_of")}})};
  }
  Unmet found;
  for (const auto& [theirs, ours] : covers.items()) {
    const Json* wanted = value_of(context, ours.get<std::string>());
    for (const Json& value : wanted && wanted->is_array() ? *wanted : Json::array()) {
      const bool covered = std::any_of(saying.begin(), saying.end(), [&, &field = theirs](const RecordView* record) {
        return is_in(values_in(*record, field), value);
      });
      if (covered) continue;
      found.push_back(
          unmet(context, "says", "not_covered", {{"linked_type", type}, {"field", ours}, {"value", value}}));
    }
  }
  return found;
}

Unmet took_part(const GuardContext& context) {
  const auto of = text_parameter(context, "of");
  if (awaits_path(context, of)) return {};
  const Json &parameters = context.parameters, &from = parameters.at("from");
  const auto there = walk(context.facts, context.record.id, of);
  const auto sat_there = [&](PersonId person) {
    return std::any_of(there.begin(), there.end(), [&](RecordId id) {
      const RecordView& record = record_at(context.facts, id);
      if (!selected(record, parameters) || !says_one(context, record)) return false;
      return std::any_of(from.begin(), from.end(), [&](const Json& seat) {
        const auto holders = context.facts.seat(id, seat.get<std::string>());
        return std::find(holders.begin(), holders.end(), person) != holders.end();
      });
    });
  };
  Unmet found;
  for (const Json& seat : parameters.at("seats")) {
    const auto& name = seat.get_ref<const std::string&>();
    if (context.awaits(name)) continue;
    for (const PersonId person : context.facts.seat(context.record.id, name)) {
      if (sat_there(person)) continue;
      const Definition* type = type_at(context.set, *context.record.definition, of);
      const std::string type_there = type ? type->type : std::string{};
      found.push_back(unmet(context, "took_part", "none",
                            {{"type", type_there},
                             {"linked_type", type_there},
                             {"seat", from.front()},
                             {"other_type", context.record.definition->type},
                             {"other_seat", name},
                             {"states", states_meant(type, parameters.at("in"))},
                             {"field", parameters.at("any").front()},
                             {"one_of", parameters.at("one_of")},
                             {"person", context.facts.person_uuid(person)}}));
    }
  }
  return found;
}

Unmet above(const GuardContext& context) {
  const std::string field(text_parameter(context, "field")), their(text_parameter(context, "their"));
  const auto of = text_parameter(context, "of");
  if (context.awaits(field) || awaits_alike(context) || awaits_path(context, of)) return {};
  const Json* value = value_of(context, field);
  if (!value || !value->is_number()) return {unmet(context, "above", "empty", {{"field", field}})};
  Json highest;
  for (const RecordId id : walk(context.facts, context.record.id, of)) {
    const RecordView& record = record_at(context.facts, id);
    if (id == context.record.id || !selected(record, context.parameters) || !alike(context, record)) continue;
    const auto number = record.body->find(their);
    if (number == record.body->end() || !number->is_number()) continue;
    if (highest.is_null() || *number > highest) highest = *number;
  }
  if (highest.is_null() || *value > highest) return {};
  return {unmet(context, "above", "not_above", {{"field", field}, {"count", *value}, {"limit", highest}})};
}

}  // namespace assay::guard
