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
  if (awaits_path(context, of)) return {};
  const Json& wanted = context.parameters.at("one_of");
  const auto fields = context.parameters.at("any").get<std::vector<std::string>>();
  for (const RecordId id : walk(context.facts, context.record.id, of)) {
    for (const std::string& field : fields) {
      for (const Json& said : values_in(record_at(context.facts, id), field)) {
        if (std::find(wanted.begin(), wanted.end(), said) != wanted.end()) return {};
      }
    }
  }
  const Definition* there = type_at(context.set, *context.record.definition, of);
  const std::string type = there ? there->type : std::string{};
  return {unmet(context, "says", "none",
                {{"type", type}, {"linked_type", type}, {"field", fields.front()}, {"one_of", wanted}})};
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
