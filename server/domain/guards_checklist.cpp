// Guards about the checklist of an audit: planned, answered, and nobody auditing own work.
#include <algorithm>
#include <map>

#include "domain/guard_rows.h"

namespace assay::guard {
namespace {

/// A planned or proposed item as the guard compares it. `item` may be unknown: then the question's id stands for it.
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
    return covers(area, assigned.item.empty() ? assigned.question : assigned.item);
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

std::vector<Assigned> planned(const GuardContext& context) {
  std::vector<Assigned> found;
  for (ItemView& item : context.facts.items(context.record.id)) {
    if (item.auditor)
      found.push_back({std::move(item.item), std::move(item.question), std::move(item.subject), *item.auditor});
  }
  return found;
}

/// The items that the input proposes: objects with question, subject, auditor and perhaps item.
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
    if (excepted(context.record.body, assigned, auditor)) continue;
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

Unmet items_answered(const GuardContext& context) {
  constexpr std::size_t shown = 20;
  const auto items = context.facts.items(context.record.id);
  Json open = Json::array();
  std::size_t count = 0;
  for (const ItemView& item : items) {
    if (!item.result.empty()) continue;
    if (++count <= shown) open.push_back({{"question", item.question}, {"subject", item.subject}});
  }
  if (count == 0) return {};
  return {unmet(context, "items_answered", "unanswered",
                {{"count", count}, {"planned", items.size()}, {"example", open[0]["question"]}, {"items", open}})};
}

}  // namespace assay::guard
