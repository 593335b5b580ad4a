// Guards about the sessions of an audit plan (in order, held by the team, nobody in two places at a time, in this or
// another plan, on the days and at the sites of the audit) and about whose time counts.
#include <algorithm>
#include <map>

#include "domain/guard_rows.h"

namespace assay::guard {
namespace {

constexpr std::size_t told_sessions = 20;  // as examples: sessions that all overlap make a reason for each pair

struct Session {
  std::size_t number;  // as people count them, from 1
  Json auditor;
  Instant starts, ends;

  bool overlaps(const Session& other) const {
    return auditor == other.auditor && starts < other.ends && other.starts < ends;
  }
};

/// Sessions are valid input already: instants are instants.
std::vector<Session> sessions_of(const Json& list) {
  std::vector<Session> sessions;
  std::size_t number = 0;
  for (const Json& one : list) {
    ++number;
    const auto starts = parse_instant(one.value("starts", std::string{}));
    const auto ends = parse_instant(one.value("ends", std::string{}));
    if (starts && ends) sessions.push_back({number, one.value("auditor", Json()), *starts, *ends});
  }
  return sessions;
}

std::string text_of(const Json& list, std::size_t number) {
  return std::to_string(number) + " (" + list.at(number - 1).value("starts", std::string{}) + ")";
}

std::optional<PersonId> person_in(const GuardContext& context, const Json& auditor) {
  if (!auditor.is_string()) return {};
  return context.facts.person(auditor.get_ref<const std::string&>(), context.record.organisation);
}

enum class Since { now, ever };

bool is_in_team(const GuardContext& context, const Json& auditor, Since since = Since::now) {
  const auto person = person_in(context, auditor);
  if (!person) return false;
  const Json& seats = context.parameters.at("seats");
  return std::any_of(seats.begin(), seats.end(), [&](const Json& seat) {
    const auto& name = seat.get_ref<const std::string&>();
    const auto holders =
        since == Since::now ? context.facts.seat(context.record.id, name) : context.facts.held(context.record.id, name);
    return std::find(holders.begin(), holders.end(), *person) != holders.end();
  });
}

void add_overlaps(const GuardContext& context, const Json& list, const std::vector<Session>& sessions, Unmet& found) {
  std::size_t told = 0;
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    for (std::size_t j = i + 1; j < sessions.size(); ++j) {
      const Session &one = sessions[i], &other = sessions[j];
      if (!one.overlaps(other)) continue;
      found.push_back(unmet(context, "no_clash", "overlap",
                            {{"session", text_of(list, one.number)},
                             {"other_session", text_of(list, other.number)},
                             {"person", one.auditor}}));
      if (++told == told_sessions) return;
    }
  }
}

/// Whether the sessions of the field count for others once the command is done.
bool will_engage(const GuardContext& context, const std::string& field) {
  const auto& engages = context.record.definition->engages;
  return engages && engages->field == field &&
         engages->during.contains(context.command.to.value_or(context.record.state));
}

/// The sessions that engage the person elsewhere, as the types of this set say.
std::vector<Session> engagements_of(const GuardContext& context, PersonId person) {
  std::vector<Session> found;
  for (const auto& [name, type] : context.set.types) {
    if (!type.engages) continue;
    for (const RecordId id : context.facts.engaging(person, type)) {
      if (id == context.record.id) continue;
      const Json& body = *context.facts.record(id)->body;
      const auto planned = body.find(type.engages->field);
      if (planned == body.end() || !planned->is_array()) continue;
      const auto sessions = sessions_of(*planned);
      found.insert(found.end(), sessions.begin(), sessions.end());
    }
  }
  return found;
}

/// Tells the time alone: which record it is, its number included (adopted ones may hold a name), may be of another
/// client.
void add_engagements(const GuardContext& context, const Json& list, const std::vector<Session>& sessions,
                     Unmet& found) {
  std::map<PersonId, std::vector<Session>> engagements;
  std::size_t told = 0;
  for (const Session& session : sessions) {
    const auto person = person_in(context, session.auditor);
    if (!person) continue;
    const auto [known, fresh] = engagements.try_emplace(*person);
    if (fresh) known->second = engagements_of(context, *person);
    for (const Session& other : known->second) {
      if (!session.overlaps(other)) continue;
      found.push_back(unmet(context, "no_clash", "engaged",
                            {{"session", text_of(list, session.number)},
                             {"other_session", to_text(other.starts) + " – " + to_text(other.ends)},
                             {"person", session.auditor}}));
      if (++told == told_sessions) return;
    }
  }
}

}  // namespace

Unmet no_clash(const GuardContext& context) {
  const std::string field(text_parameter(context, "field"));
  const Json* list = value_of(context, field);
  if (context.awaits(field) || !list || !list->is_array()) return {};
  const std::vector<Session> sessions = sessions_of(*list);
  Unmet found;
  for (const Session& session : sessions) {
    const Json values{{"session", text_of(*list, session.number)}, {"person", session.auditor}};
    if (session.ends <= session.starts) found.push_back(unmet(context, "no_clash", "ends_before_start", values));
    if (!is_in_team(context, session.auditor)) found.push_back(unmet(context, "no_clash", "not_in_team", values));
  }
  add_overlaps(context, *list, sessions, found);
  if (will_engage(context, field)) add_engagements(context, *list, sessions, found);
  return found;
}

Unmet sessions_within(const GuardContext& context) {
  const std::string field(text_parameter(context, "field")), sites(text_parameter(context, "sites")),
      member(text_parameter(context, "member"));
  const std::string first(text_parameter(context, "first")), last(text_parameter(context, "last"));
  for (const std::string& name : {field, first, last, sites})
    if (context.awaits(name)) return {};
  const Json* list = value_of(context, field);
  if (!list || !list->is_array()) return {};
  const auto from = date_in(value_of(context, first)), to = date_in(value_of(context, last));
  const Json* places = value_of(context, sites);
  Unmet found;
  for (const Session& session : sessions_of(*list)) {
    if (found.size() >= told_sessions) break;
    const Json& row = list->at(session.number - 1);
    const Date day = local_date(session.starts, row.value("zone", context.now.zone));
    Json values{{"field", field}, {"session", text_of(*list, session.number)}};
    if (from && to && (day < *from || *to < day)) {
      Json beyond = values;
      beyond.update({{"date", to_text(*from)}, {"limit", to_text(*to)}});
      found.push_back(unmet(context, "sessions_within", "other_day", std::move(beyond)));
    }
    const Json site = row.value("site", Json());
    const bool held_there = is_in(context.parameters.at("one_of"), row.value(member, Json()));
    if (!places || !site.is_string() || !held_there || is_in(*places, site)) continue;
    values.update({{"value", site}, {"other_type", context.record.definition->type}, {"other_field", sites}});
    found.push_back(unmet(context, "sessions_within", "other_site", std::move(values)));
  }
  return found;
}

Unmet sites_visited(const GuardContext& context) {
  const std::string field(text_parameter(context, "field")), sites(text_parameter(context, "sites"));
  if (context.awaits(field) || context.awaits(sites)) return {};
  const Json* list = value_of(context, field);
  const Json* places = value_of(context, sites);
  if (!list || !list->is_array() || !places) return {};
  Unmet found;
  for (const Json& site : *places) {
    if (std::any_of(list->begin(), list->end(), [&](const Json& one) { return one.value("site", Json()) == site; }))
      continue;
    found.push_back(unmet(
        context, "sites_visited", "no_session",
        {{"field", field}, {"value", site}, {"other_type", context.record.definition->type}, {"other_field", sites}}));
  }
  return found;
}

Unmet time_of_team(const GuardContext& context) {
  const std::string field(text_parameter(context, "field"));
  const Json* list = value_of(context, field);
  if (context.awaits(field) || !list || !list->is_array()) return {};
  Unmet found;
  std::size_t row = 0;
  for (const Json& one : *list) {
    ++row;
    const Json auditor = one.value("auditor", Json());
    if (is_in_team(context, auditor, Since::ever)) continue;
    found.push_back(
        unmet(context, "time_of_team", "not_in_team", {{"row", row}, {"field", field}, {"person", auditor}}));
  }
  return found;
}

}  // namespace assay::guard
