// Guards about the record itself: its fields, dates, reports and evidence.
#include <algorithm>

#include "domain/guard_rows.h"
#include "domain/paths.h"
#include "domain/policies.h"
#include "domain/step.h"

namespace assay::guard {
namespace {

std::optional<Date> date_of(const GuardContext& context, const std::string& field) {
  if (field == "today") return local_date(context.now.at, context.now.zone);
  return date_in(value_of(context, field));
}

/// A date to compare with, `plus` included, and the values that name where it stands; no day when it says nothing.
struct Limit {
  std::optional<Date> day;
  Json values = Json::object();
};

std::vector<Limit> limits(const GuardContext& context, const std::string& than) {
  const Json plus = context.parameters.value("plus", Json::array());
  const PolicyValues policies(context.set, context.facts, context.record.id);
  const auto later = [&](std::optional<Date> day) {
    return day ? std::optional(policies.after(*day, plus, context.now.calendar)) : day;
  };
  const auto of = text_parameter(context, "of");
  if (of.empty()) return {{later(date_of(context, than))}};
  std::vector<Limit> all;
  for (const RecordId id : walk(context.facts, context.record.id, of)) {
    const RecordView& record = record_at(context.facts, id);
    all.push_back({later(date_there(record, than)), named(record)});
  }
  return all;
}

/// Holds `holds(field, than)` for every `than`; a date that is not there does not hold, unless the guard takes it.
template <class Holds>
Unmet compare(const GuardContext& context, std::string_view guard, std::string_view code, Holds holds) {
  const std::string field(text_parameter(context, "field")), than(text_parameter(context, "than"));
  const auto of = text_parameter(context, "of");
  if (context.awaits(field) || (of.empty() ? context.awaits(than) : awaits_path(context, of))) return {};
  const bool or_empty = context.parameters.value("or_empty", false);
  const auto date = date_of(context, field);
  if (!date && or_empty) return {};
  if (!date) return {unmet(context, guard, "empty", {{"field", field}})};
  Unmet found;
  for (auto& [day, values] : limits(context, than)) {
    if (day ? holds(*date, *day) : or_empty) continue;
    if (!day || field == "today") values["field"] = than;
    if (!day) {
      found.push_back(unmet(context, guard, "empty", std::move(values)));
    } else if (field == "today") {
      values["date"] = to_text(*day);
      found.push_back(unmet(context, guard, code == "after" ? "too_late" : "too_early", std::move(values)));
    } else {
      found.push_back(unmet(context, guard, code, {{"field", field}, {"than", than}, {"date", to_text(*day)}}));
    }
  }
  return found;
}

bool takes(const CommandDefinition& command, const std::string& field) {
  const auto named = [&](const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), field) != names.end();
  };
  return named(command.must) || named(command.may);
}

/// What people can give now that takes the field, when the command itself does not.
Json filled_by(const GuardContext& context, const std::string& field) {
  Json commands = Json::array();
  if (takes(context.command, field)) return commands;
  const Definition& type = *context.record.definition;
  for (const std::string& name : type.command_order) {
    const CommandDefinition& one = type.commands.at(name);
    if (for_people(one) && one.from.contains(context.record.state) && takes(one, field)) commands.push_back(name);
  }
  return commands;
}

/// The command that was performed last, on which record, and when.
struct Performance {
  Instant at;
  RecordId record;
  std::string command;
};

void consider(const GuardContext& context, const char* parameter, RecordId id, std::optional<Performance>& last) {
  const auto commands = context.parameters.find(parameter);
  if (commands == context.parameters.end()) return;
  for (const Json& name : *commands) {
    const auto& command = name.get_ref<const std::string&>();
    const auto at = context.facts.performed_at(id, command);
    if (at && (!last || *at > last->at)) last = Performance{*at, id, command};
  }
}

/// The last of the commands `since` of the record, and of `linked_since` on the records at `link`.
std::optional<Performance> last_performance(const GuardContext& context, RecordId id) {
  std::optional<Performance> last;
  consider(context, "since", id, last);
  const auto link = text_parameter(context, "link");
  if (link.empty()) return last;
  for (const RecordId linked : walk(context.facts, id, link)) consider(context, "linked_since", linked, last);
  return last;
}

/// Says which of the records at `of` (without it: this one) has none, or only what is older than a command.
template <class When>
Unmet attached(const GuardContext& context, std::string_view guard, std::string_view code, When when) {
  const auto of = text_parameter(context, "of");
  if (!of.empty() && awaits_path(context, of)) return {};
  Unmet found;
  for (const RecordId id : walk(context.facts, context.record.id, of)) {
    const std::optional<Instant> newest = when(id);
    if (!newest) {
      found.push_back(unmet(context, guard, code, named(record_at(context.facts, id))));
      continue;
    }
    const auto last = last_performance(context, id);
    if (!last || *newest >= last->at) continue;
    Json values = named(record_at(context.facts, last->record));
    values["command"] = last->command;
    found.push_back(unmet(context, guard, "outdated", std::move(values)));
  }
  return found;
}

}  // namespace

Unmet filled(const GuardContext& context) {
  const Json where = context.parameters.value("where", Json::object());
  for (const auto& [field, values] : where.items())
    if (context.awaits(field)) return {};
  if (!selected(context.record, context.parameters)) return {};
  Unmet found;
  for (const Json& name : context.parameters.at("fields")) {
    const auto& field = name.get_ref<const std::string&>();
    if (context.awaits(field)) continue;
    const Json* value = value_of(context, field);
    if (value && is_filled(*value)) continue;
    Json values{{"field", field}};
    if (Json others = filled_by(context, field); !others.empty()) values["commands"] = std::move(others);
    found.push_back(unmet(context, "filled", "empty", std::move(values)));
  }
  return found;
}

Unmet filled_where(const GuardContext& context) {
  const std::string list(text_parameter(context, "list")), member(text_parameter(context, "member"));
  const Json* rows = value_of(context, list);
  if (context.awaits(list) || !rows || !rows->is_array()) return {};
  const Json& wanted = context.parameters.at("one_of");
  Unmet found;
  bool asked = false;
  std::size_t number = 0;
  for (const Json& row : *rows) {
    ++number;
    if (!is_in(wanted, row.value(member, Json()))) continue;
    asked = true;
    for (const Json& name : context.parameters.value("members", Json::array())) {
      if (is_filled(row.value(name.get<std::string>(), Json()))) continue;
      found.push_back(
          unmet(context, "filled_where", "row_empty", {{"field", list}, {"row", number}, {"member", name}}));
    }
  }
  if (!asked) return found;
  for (const Json& name : context.parameters.value("fields", Json::array())) {
    const auto& field = name.get_ref<const std::string&>();
    const Json* value = value_of(context, field);
    if (context.awaits(field) || (value && is_filled(*value))) continue;
    found.push_back(unmet(context, "filled_where", "empty",
                          {{"field", field}, {"other_type", context.record.definition->type}, {"other_field", list}}));
  }
  return found;
}

Unmet is(const GuardContext& context) {
  const std::string field(text_parameter(context, "field"));
  if (context.awaits(field)) return {};
  const Json& wanted = context.parameters.at("one_of");
  const Json* value = value_of(context, field);
  if (value && is_in(wanted, *value)) return {};
  if (!value) return {unmet(context, "is", "empty", {{"field", field}, {"one_of", wanted}})};
  return {unmet(context, "is", "other_value", {{"field", field}, {"value", *value}, {"one_of", wanted}})};
}

Unmet is_not(const GuardContext& context) {
  const std::string field(text_parameter(context, "field"));
  if (context.awaits(field)) return {};
  const Json* value = value_of(context, field);
  if (!value || !is_in(context.parameters.at("one_of"), *value)) return {};
  return {unmet(context, "is_not", "excluded_value", {{"field", field}, {"value", *value}})};
}

Unmet after(const GuardContext& context) {
  return compare(context, "after", "not_after", [](Date date, Date other) { return date > other; });
}

Unmet not_before(const GuardContext& context) {
  return compare(context, "not_before", "before", [](Date date, Date other) { return date >= other; });
}

Unmet not_after(const GuardContext& context) {
  return compare(context, "not_after", "after", [](Date date, Date other) { return date <= other; });
}

Unmet at_least(const GuardContext& context) {
  const std::string field(text_parameter(context, "field")), policy(text_parameter(context, "policy"));
  if (context.awaits(field)) return {};
  const Json* value = value_of(context, field);
  if (!value || !value->is_number()) return {unmet(context, "at_least", "empty", {{"field", field}})};
  const int least = PolicyValues(context.set, context.facts, context.record.id).number(policy);
  if (*value >= least) return {};
  return {unmet(context, "at_least", "below", {{"field", field}, {"count", *value}, {"limit", least}})};
}

Unmet rated(const GuardContext& context) {
  const std::string field(text_parameter(context, "field"));
  const Json& factors = context.parameters.at("factors");
  std::int64_t product = 1;
  for (const Json& factor : factors) {
    const auto& name = factor.get_ref<const std::string&>();
    if (context.awaits(name)) return {};
    const Json* number = value_of(context, name);
    if (!number || !number->is_number_integer()) return {unmet(context, "rated", "empty", {{"field", name}})};
    product *= number->get<std::int64_t>();
  }
  if (context.awaits(field)) return {};
  const Json* value = value_of(context, field);
  if (!value || !value->is_string()) return {unmet(context, "rated", "empty", {{"field", field}})};
  const Json& order = context.record.definition->fields.at(field).schema.at("enum");
  const Json& from = context.set.policies.at(std::string(text_parameter(context, "policy"))).value;
  const auto least = std::count_if(from.begin(), from.end(), [&](const Json& number) { return number <= product; });
  if (std::find(order.begin(), order.end(), *value) - order.begin() >= least) return {};
  return {unmet(
      context, "rated", "below",
      {{"field", field}, {"value", *value}, {"count", product}, {"one_of", Json(order.begin() + least, order.end())}})};
}

Unmet has_report(const GuardContext& context) {
  return attached(context, "has_report", "no_report", [&](RecordId id) { return context.facts.reported_at(id); });
}

Unmet has_evidence(const GuardContext& context) {
  Unmet found =
      attached(context, "has_evidence", "no_evidence", [&](RecordId id) { return context.facts.evidence_at(id); });
  const auto of = text_parameter(context, "of"), file = text_parameter(context, "file");
  if (!found.empty() || file.empty() || (of.empty() ? context.awaits(file) : awaits_path(context, of))) return found;
  for (const RecordId id : walk(context.facts, context.record.id, of)) {
    const RecordView& record = record_at(context.facts, id);
    const auto hash = record.body->find(file);
    if (hash != record.body->end() && hash->is_string() &&
        context.facts.has_file(id, hash->get_ref<const std::string&>()))
      continue;
    Json values = named(record);
    values["field"] = file;
    found.push_back(unmet(context, "has_evidence", "other_file", std::move(values)));
  }
  return found;
}

}  // namespace assay::guard
