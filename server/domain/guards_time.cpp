// Guards about audit time: as many days as were calculated, and hours as planned or with the reason why not.
#include <algorithm>
#include <cmath>
#include <map>

#include "domain/guard_rows.h"
#include "domain/paths.h"
#include "domain/policies.h"

namespace assay::guard {
namespace {

/// What the record's rows for one of these purposes say in `member`, and the greatest of all purposes; null when they
/// say nothing. Of several rows for one purpose the smallest counts, since which of the visits it is nobody knows; with
/// `by`, the member that names the purpose where rows were added one after another, the last one does.
Json days_for(const Json& rows, const std::vector<std::string>& purposes, const std::string& member,
              const std::string& by) {
  Json days;
  for (const std::string& purpose : purposes) {
    Json least;
    for (const Json& row : rows) {
      const Json said = row.value(member, Json());
      if (row.value(by.empty() ? "purpose" : by, Json()) != purpose || !said.is_number()) continue;
      if (!by.empty() || least.is_null() || said < least) least = said;
    }
    if (!least.is_null() && (days.is_null() || days < least)) days = least;
  }
  return days;
}

/// Nothing was calculated there for a purpose that can be calculated for.
bool lacks_row(const Definition& there, const Json& rows, const std::vector<std::string>& purposes,
               const std::string& by) {
  const auto named = there.fields.find(by);
  const Json known = named == there.fields.end() ? Json::array() : named->second.schema.value("enum", Json::array());
  return std::any_of(purposes.begin(), purposes.end(), [&](const std::string& purpose) {
    return is_in(known, purpose) &&
           std::none_of(rows.begin(), rows.end(), [&](const Json& row) { return row.value(by, Json()) == purpose; });
  });
}

/// Hours of an auditor on a day, in minutes.
struct Spent {
  std::int64_t planned = 0, recorded = 0;
  std::optional<std::int64_t> said = {};  // what was planned, by those who explain what deviates
};
using DaysOfAuditors = std::map<std::pair<std::string, std::string>, Spent>;  // by auditor and day

std::string clock(std::int64_t minutes) { return fmt::format("{}:{:02}", minutes / 60, minutes % 60); }

std::int64_t minutes_in(const Json& row, const char* member) { return std::llround(row.value(member, 0.0) * 60); }

Spent& day_of(DaysOfAuditors& days, const Json& row) {
  return days[{row.value("auditor", std::string{}), row.value("on", std::string{})}];
}

/// A session counts for the day on which it starts, where it is held.
void add_planned(const GuardContext& context, const Json& sessions, DaysOfAuditors& days) {
  for (const Json& session : sessions) {
    const auto starts = parse_instant(session.value("starts", std::string{}));
    const auto ends = parse_instant(session.value("ends", std::string{}));
    if (!starts || !ends) continue;
    const std::string day = to_text(local_date(*starts, session.value("zone", context.now.zone)));
    days[{session.value("auditor", std::string{}), day}].planned +=
        std::chrono::duration_cast<std::chrono::minutes>(*ends - *starts).count();
  }
}

const Json& list_in(const GuardContext& context, const char* parameter) {
  static const Json none = Json::array();
  const Json* list = value_of(context, std::string(text_parameter(context, parameter)));
  return list && list->is_array() ? *list : none;
}

}  // namespace

std::vector<std::string> named_purposes(const GuardContext& context) {
  std::vector<std::string> purposes = context.parameters.value("purposes", std::vector<std::string>{});
  for (const std::string& field : context.parameters.value("fields", std::vector<std::string>{})) {
    const Json* value = value_of(context, field);
    if (!value) continue;
    for (const Json& one : value->is_array() ? *value : Json::array({*value})) purposes.push_back(one);
  }
  return purposes;
}

bool awaits_purposes(const GuardContext& context) {
  const auto fields = context.parameters.value("fields", std::vector<std::string>{});
  return std::any_of(fields.begin(), fields.end(), [&](const std::string& field) { return context.awaits(field); });
}

Unmet enough_days(const GuardContext& context) {
  const std::string field(text_parameter(context, "field")), their(text_parameter(context, "their")),
      member(text_parameter(context, "member")), by(text_parameter(context, "by")),
      unless(text_parameter(context, "unless"));
  const auto of = text_parameter(context, "of");
  if (context.awaits(field) || context.awaits(unless) || awaits_path(context, of) || awaits_purposes(context))
    return {};
  if (const Json* reason = value_of(context, unless); reason && is_filled(*reason)) return {};
  const std::string when(text_parameter(context, "when"));
  const Json* combined = when.empty() ? nullptr : value_of(context, when);
  if (!when.empty() && (context.awaits(when) || !combined || !is_filled(*combined))) return {};
  const Json* planned = value_of(context, field);
  const Json* allowed = value_of(context, std::string(text_parameter(context, "allowed")));
  if (planned && allowed && allowed->is_number() && *planned >= *allowed) return {};
  const auto purposes = named_purposes(context);
  Unmet found;
  for (const RecordId id : walk(context.facts, context.record.id, of)) {
    const RecordView& record = record_at(context.facts, id);
    const Json rows = values_in(record, their), days = days_for(rows, purposes, member, by);
    if (!when.empty() && lacks_row(*record.definition, rows, purposes, by)) {
      found.push_back(unmet(context, "enough_days", "not_calculated",
                            {{"other_type", context.record.definition->type}, {"other_field", unless}}));
      continue;
    }
    if (days.is_null() || (planned && *planned >= days)) continue;
    Json values{{"field", field}, {"count", planned ? *planned : Json(0)}, {"limit", days}};
    if (!unless.empty()) values.update({{"other_type", context.record.definition->type}, {"other_field", unless}});
    found.push_back(unmet(context, "enough_days", unless.empty() ? "below" : "unexplained", std::move(values)));
  }
  return found;
}

Unmet hours_planned(const GuardContext& context) {
  const std::string field(text_parameter(context, "field")), days(text_parameter(context, "days"));
  if (context.awaits(field) || context.awaits(days)) return {};
  const Json* wanted = value_of(context, days);
  if (!wanted || !wanted->is_number()) return {};
  const PolicyValues policies(context.set, context.facts, context.record.id);
  const auto policy = [&](const char* parameter) {
    return policies.number(std::string(text_parameter(context, parameter)));
  };
  const auto least = std::llround(wanted->get<double>() * 60 * policy("hours") * policy("share") / 100);
  DaysOfAuditors spent;
  add_planned(context, list_in(context, "field"), spent);
  std::int64_t planned = 0;
  const std::int64_t most = policy("hours") * 60;  // longer days make no fewer days
  for (const auto& [who, day] : spent) planned += std::min(day.planned, most);
  if (planned >= least) return {};
  return {unmet(context, "hours_planned", "too_few",
                {{"field", field},
                 {"planned", clock(planned)},
                 {"limit", clock(least)},
                 {"most", clock(most)},
                 {"share", policy("share")},
                 {"count", *wanted},
                 {"other_type", context.record.definition->type},
                 {"other_field", days}})};
}

Unmet time_explained(const GuardContext& context) {
  const std::string field(text_parameter(context, "field")), explained(text_parameter(context, "explained"));
  const Json& sessions = list_in(context, "planned");
  if (context.awaits(field) || context.awaits(explained) || sessions.empty()) return {};
  const std::int64_t tolerated = PolicyValues(context.set, context.facts, context.record.id)
                                     .number(std::string(text_parameter(context, "policy")));
  DaysOfAuditors days;
  add_planned(context, sessions, days);
  for (const Json& row : list_in(context, "field")) day_of(days, row).recorded += minutes_in(row, "hours");
  Unmet found;
  for (const Json& row : list_in(context, "explained")) {
    auto& said = day_of(days, row).said;
    said = said.value_or(0) + minutes_in(row, "hours_planned");
  }
  const auto near = [&](std::int64_t a, std::int64_t b) { return std::abs(a - b) <= tolerated; };
  for (const auto& [who, spent] : days) {
    // A part of a day may have gone as planned: then the rest alone is explained.
    const bool met = spent.said ? near(*spent.said, spent.planned) || near(*spent.said + spent.recorded, spent.planned)
                                : near(spent.recorded, spent.planned);
    if (met) continue;
    found.push_back(unmet(context, "time_explained", spent.said ? "other_plan" : "unexplained",
                          {{"field", spent.said ? explained : field},
                           {"person", who.first},
                           {"date", who.second},
                           {"planned", clock(spent.planned)},
                           {"count", clock(spent.said.value_or(spent.recorded))},
                           {"other_type", context.record.definition->type},
                           {"other_field", explained}}));
  }
  return found;
}

}  // namespace assay::guard
