// Guards about levels, compared member by member, and about the evidence that bears answers to requirements.
#include <algorithm>
#include <set>

#include "domain/guard_rows.h"
#include "domain/paths.h"

namespace assay::guard {
namespace {

std::int64_t level_in(const Json& vector, const std::string& member) {
  const auto found = vector.find(member);
  return found != vector.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

/// True when a record at `except` says in its field `their` that this much of the member is enough.
bool excepted_level(const GuardContext& context, const std::string& member, std::int64_t level) {
  const auto path = text_parameter(context, "except");
  if (path.empty()) return false;
  const std::string their(text_parameter(context, "their"));
  for (const RecordId id : walk(context.facts, context.record.id, path)) {
    const RecordView& record = record_at(context.facts, id);
    if (!selected(record, context.parameters)) continue;
    const auto vector = record.body->find(their);
    if (vector != record.body->end() && vector->contains(member) && level >= level_in(*vector, member)) return true;
  }
  return false;
}

/// A number without what ids of checklists cannot have or have instead: "SR1.1RE2" of the requirement "SR 1.1 RE 2" and
/// of the question "SR1.1-RE2".
std::string bare(std::string number) {
  std::erase_if(number, [](char c) { return c == ' ' || c == '-'; });
  return number;
}

/// What the evidence there is about: items and questions with "whole", or with the subject that our field names; bare.
std::set<std::string> evidenced_here(const GuardContext& context) {
  const std::string field(text_parameter(context, "subject"));
  const Json* ours = field.empty() ? nullptr : value_of(context, field);
  const std::string subject = ours && ours->is_string() ? ours->get<std::string>() : std::string{};
  std::set<std::string> items;
  for (const RecordId id : walk(context.facts, context.record.id, text_parameter(context, "of"))) {
    for (const EvidencedItem& one : context.facts.evidenced_items(id)) {
      const auto colon = one.subject.find(':');
      const bool here = colon != std::string::npos && !subject.empty() && one.subject.substr(colon + 1) == subject;
      if (!here && one.subject != "whole") continue;
      items.insert(bare(one.item));
      items.insert(bare(one.question));
    }
  }
  return items;
}

/// True when an entry of the register pairs the requirement with an item among `items`.
bool is_paired(const GuardContext& context, const std::string& requirement, const std::set<std::string>& items) {
  const std::string their(text_parameter(context, "their"));
  for (const RecordId id : context.facts.registered(text_parameter(context, "type"), text_parameter(context, "by"),
                                                    requirement, context.record.organisation)) {
    const RecordView& entry = record_at(context.facts, id);
    if (!selected(entry, context.parameters)) continue;
    const Json named = entry.body->value(their, Json());
    for (const Json& one : named.is_array() ? named : Json::array({named})) {
      if (one.is_string() && items.contains(bare(one.get<std::string>()))) return true;
    }
  }
  return false;
}

}  // namespace

Unmet each_at_least(const GuardContext& context) {
  const std::string field(text_parameter(context, "field")), than(text_parameter(context, "than"));
  if (context.awaits(field) || context.awaits(than)) return {};
  for (const std::string& name : {field, than}) {
    const Json* value = value_of(context, name);
    if (!value || !is_filled(*value)) return {unmet(context, "each_at_least", "empty", {{"field", name}})};
  }
  const Json &ours = *value_of(context, field), &limits = *value_of(context, than);
  Unmet found;
  if (limits.is_number_integer()) {
    if (ours >= limits) return {};
    return {unmet(context, "each_at_least", "less", {{"field", field}, {"count", ours}, {"limit", limits}})};
  }
  for (const auto& [member, limit] : limits.items()) {
    const std::int64_t level = level_in(ours, member), least = level_in(limits, member);
    if (level >= least || excepted_level(context, member, level)) continue;
    found.push_back(unmet(context, "each_at_least", "below",
                          {{"field", field}, {"member", member}, {"count", level}, {"limit", least}}));
  }
  return found;
}

Unmet requirements_evidenced(const GuardContext& context) {
  constexpr std::size_t shown = 20;
  const std::string field(text_parameter(context, "field"));
  const auto of = text_parameter(context, "of");
  if (context.awaits(field) || awaits_path(context, of)) return {};
  const Json* answers = value_of(context, field);
  if (!answers || !answers->is_array()) return {};
  const Json& results = context.parameters.at("results");
  const auto items = evidenced_here(context);
  Json some = Json::array();
  std::size_t count = 0, asked = 0;
  for (const Json& answer : *answers) {
    if (std::find(results.begin(), results.end(), answer.value("result", Json())) == results.end()) continue;
    ++asked;
    const auto requirement = answer.value("requirement", std::string{});
    if (is_filled(answer.value("shown_by", Json())) || items.contains(bare(requirement))) continue;
    if (is_paired(context, requirement, items)) continue;
    if (++count <= shown) some.push_back(requirement);
  }
  if (count == 0) return {};
  return {unmet(context, "requirements_evidenced", "no_evidence",
                {{"count", count},
                 {"planned", asked},
                 {"example", some[0]},
                 {"requirements", some},
                 {"linked_type", std::string(text_parameter(context, "type"))}})};
}

}  // namespace assay::guard
