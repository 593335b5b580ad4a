// Guards about the checklist of an audit: planned, assigned, answered, borne out, and nobody auditing own work.
#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "domain/guard_rows.h"
#include "domain/paths.h"

namespace assay::guard {
namespace {

/// A planned or proposed item as the guard compares it, with whoever audits it. `item` may be unknown.
struct Assigned {
  std::string item;
  std::string question;
  std::string subject;
  PersonId auditor;
};

/// "A.8" covers "A.8", "A.8.13" and "A.8-q2", not "A.81".
bool covers(std::string_view area, std::string_view id) {
  if (!id.starts_with(area)) return false;
  return id.size() == area.size() || id[area.size()] == '.' || id[area.size()] == '-';
}

bool answers_for(const std::vector<std::string>& responsibilities, const Assigned& assigned) {
  constexpr std::string_view item_prefix = "item:";
  return std::any_of(responsibilities.begin(), responsibilities.end(), [&](const std::string& what) {
    if (!what.starts_with(item_prefix)) return what == assigned.subject;
    const auto area = std::string_view(what).substr(item_prefix.size());
    return covers(area, assigned.item) || covers(area, assigned.question);
  });
}

/// True when the list field `exceptions` has the auditor with the item or question, for every subject or for this one.
bool excepted(const Json& body, const Assigned& assigned, const std::string& auditor) {
  const auto exceptions = body.find("exceptions");
  if (exceptions == body.end()) return false;
  return std::any_of(exceptions->begin(), exceptions->end(), [&](const Json& exception) {
    if (exception.value("exempt_auditor", Json()) != auditor) return false;
    const Json subject = exception.value("exempt_subject", Json());
    if (!subject.is_null() && subject != assigned.subject) return false;
    const Json items = exception.value("exempt_items", Json::array());
    const auto has = [&](const std::string& id) {
      return std::find(items.begin(), items.end(), Json(id)) != items.end();
    };
    return has(assigned.question) || (!assigned.item.empty() && has(assigned.item));
  });
}

/// Whoever audits an item of the plan: the person to whom it is assigned, and the person who has answered it.
std::vector<Assigned> planned(const GuardContext& context) {
  std::vector<Assigned> found;
  for (const ItemView& item : context.facts.items(context.record.id)) {
    if (item.auditor) found.push_back({item.item, item.question, item.subject, *item.auditor});
    if (item.answered_by && item.answered_by != item.auditor)
      found.push_back({item.item, item.question, item.subject, *item.answered_by});
  }
  return found;
}

/// The items that the input proposes: objects with question, subject, auditor (or who answers) and perhaps item.
std::vector<Assigned> proposed(const GuardContext& context, const std::string& field) {
  std::vector<Assigned> found;
  const Json* items = value_of(context, field);
  if (!items || !items->is_array()) return found;
  for (const Json& item : *items) {
    const auto auditor = context.facts.person(item.value("auditor", std::string{}), context.record.organisation);
    if (!auditor) continue;
    found.push_back({item.value("item", std::string{}), item.value("question", std::string{}),
                     item.value("subject", std::string{}), *auditor});
  }
  return found;
}

/// How many items of the plan are as they should not be, the first of them by name.
template <class Wrong>
Unmet counted(const GuardContext& context, std::string_view guard, std::string_view code, Wrong wrong) {
  constexpr std::size_t shown = 20;
  const auto items = context.facts.items(context.record.id);
  Json some = Json::array();
  std::size_t count = 0;
  for (const ItemView& item : items) {
    if (!wrong(item)) continue;
    if (++count <= shown) some.push_back({{"question", item.question}, {"subject", item.subject}});
  }
  if (count == 0) return {};
  return {unmet(context, guard, code,
                {{"count", count}, {"planned", items.size()}, {"example", some[0]["question"]}, {"items", some}})};
}

}  // namespace

Unmet not_own_area(const GuardContext& context) {
  const std::string field(text_parameter(context, "field"));
  if (!field.empty() && !context.input) return {};
  Unmet found;
  std::map<PersonId, std::vector<std::string>> known;
  for (const Assigned& assigned : field.empty() ? planned(context) : proposed(context, field)) {
    auto responsibilities = known.find(assigned.auditor);
    if (responsibilities == known.end()) {
      responsibilities = known.emplace(assigned.auditor, context.facts.responsibilities(assigned.auditor)).first;
    }
    if (!answers_for(responsibilities->second, assigned)) continue;
    const std::string auditor = context.facts.person_uuid(assigned.auditor);
    if (excepted(*context.record.body, assigned, auditor)) continue;
    found.push_back(unmet(context, "not_own_area", "own_area",
                          {{"item", assigned.item.empty() ? assigned.question : assigned.item},
                           {"question", assigned.question},
                           {"subject", assigned.subject},
                           {"person", auditor}}));
  }
  return found;
}

Unmet items_planned(const GuardContext& context) {
  if (!context.facts.items(context.record.id).empty()) return {};
  return {unmet(context, "items_planned", "none", Json::object())};
}

Unmet no_item_planned(const GuardContext& context) {
  return counted(context, "no_item_planned", "planned", [](const ItemView&) { return true; });
}

Unmet items_assigned(const GuardContext& context) {
  Unmet found = counted(context, "items_assigned", "unassigned", [](const ItemView& item) { return !item.auditor; });
  const auto seats = context.parameters.value("seats", std::vector<std::string>{});
  if (seats.empty()) return found;
  std::set<PersonId> team;
  for (const std::string& seat : seats) {
    if (context.awaits(seat)) return found;
    const auto holders = context.facts.seat(context.record.id, seat);
    team.insert(holders.begin(), holders.end());
  }
  Unmet strangers = counted(context, "items_assigned", "not_in_team",
                            [&](const ItemView& item) { return item.auditor && !team.contains(*item.auditor); });
  found.insert(found.end(), strangers.begin(), strangers.end());
  return found;
}

Unmet items_answered(const GuardContext& context) {
  return counted(context, "items_answered", "unanswered", [](const ItemView& item) { return item.result.empty(); });
}

Unmet items_of(const GuardContext& context) {
  const std::string field(text_parameter(context, "field"));
  const auto of = text_parameter(context, "of");
  const Json* named_items = value_of(context, field);
  if (context.awaits(field) || awaits_path(context, of) || !named_items || !named_items->is_array()) return {};
  const auto results = context.parameters.find("results");
  Unmet found;
  for (const RecordId id : walk(context.facts, context.record.id, of)) {
    std::map<std::tuple<std::string, std::string, std::string>, std::string> planned_items;
    for (const ItemView& item : context.facts.items(id))
      planned_items[{item.catalogue, item.question, item.subject}] = item.result;
    for (const Json& item : *named_items) {
      const auto subject = item.value("subject", std::string{}), question = item.value("question", std::string{});
      const auto known = planned_items.find({item.value("catalogue", std::string{}), question, subject});
      const bool there = known != planned_items.end();
      if (there && (results == context.parameters.end() ||
                    std::find(results->begin(), results->end(), Json(known->second)) != results->end()))
        continue;
      Json values = named(record_at(context.facts, id));
      values["question"] = question;
      values["subject"] = subject;
      found.push_back(unmet(context, "items_of", there ? "other_result" : "not_planned", std::move(values)));
    }
  }
  return found;
}

}  // namespace assay::guard
