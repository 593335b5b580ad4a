// Reading the log as a feed.
#include "storage/events.h"

#include "storage/access.h"
#include "storage/connection.h"
#include "storage/event_columns.h"
#include "storage/sql_text.h"

namespace assay {
namespace {

void add_types(SqlText& text, const std::vector<std::string>& types) {
  if (types.empty()) return;
  text.add(" AND (1 = 0");
  for (const auto& type : types) {
    if (type.ends_with("*")) {
      const auto& prefix = text.own(type.substr(0, type.size() - 1));
      text.add(" OR SUBSTR(e.type, 1, ", static_cast<std::int64_t>(prefix.size())).add(") = ", prefix);
    } else {
      text.add(" OR e.type = ", type);
    }
  }
  text.add(")");
}

void add_visibility(SqlText& text, const Reader& reader) {
  text.add(" AND e.organisation = ", reader.organisation);
  text.add(" AND (EXISTS (SELECT 1 FROM record r WHERE r.id = e.record AND (");
  if (!reader.whole.empty()) {
    text.list("r.type IN ", reader.whole);
    text.add(" OR ");
  }
  text.add("EXISTS (SELECT 1 FROM access a WHERE a.scope");
  add_scopes(text, reader);
  text.add(" AND a.type = r.type AND a.record = r.id)))");
  if (reader.administrator) text.add(" OR e.record IS NULL");
  text.add(")");
}

/// The columns of an event with little of its payload, or nothing.
std::string_view brief_columns(Engine engine) {
  switch (engine) {
    case Engine::sqlite:
      return ASSAY_EVENT_ENVELOPE
          "CASE WHEN p.facts IS NULL THEN NULL ELSE json_object('state', json_extract(p.facts, '$.state'), 'status',"
          " json_extract(p.facts, '$.status')) END FROM sealed s" ASSAY_EVENT_OF_S;
    case Engine::postgresql:
      return ASSAY_EVENT_ENVELOPE
          "CASE WHEN p.facts IS NULL THEN NULL ELSE CAST(json_build_object('state', CAST(p.facts AS json)->'state',"
          " 'status', CAST(p.facts AS json)->'status') AS TEXT) END FROM sealed s" ASSAY_EVENT_OF_S;
  }
  throw std::logic_error("unknown engine");
}

constexpr std::string_view bare_columns = ASSAY_EVENT_ENVELOPE "CAST(NULL AS TEXT) FROM sealed s" ASSAY_EVENT_OF_S;

std::vector<Event> run(Snapshot& at, const SqlText& text) {
  std::vector<Event> events;
  for (auto& row : at.connection().all_of<ASSAY_EVENT_TYPES>(text.sql, text.bindings()))
    events.push_back(event_from(row));
  return events;
}

/// Leaves the first `count`; what the others are of was not shown by them.
void cut(std::vector<Event>& events, std::size_t count, const Reader& reader) {
  for (std::size_t i = count; i < events.size(); ++i) {
    if (events[i].draft.record) reader.forget(*events[i].draft.record);
  }
  events.erase(events.begin() + static_cast<std::ptrdiff_t>(count), events.end());
}

}  // namespace

std::vector<Event> list_events(Snapshot& at, const EventQuery& query, const Reader& reader) {
  SqlText text;
  text.add("SELECT ").add(query.whole ? ASSAY_SEALED_EVENTS : brief_columns(at.connection().engine()));
  text.add("WHERE s.position > ", query.after);
  if (query.record) text.add(" AND e.record = ", *query.record);
  add_types(text, query.types);
  add_visibility(text, reader);
  text.add(" ORDER BY s.position LIMIT ", query.limit);
  auto events = run(at, text);
  for (const Event& event : events) {
    if (event.draft.record) reader.note(*event.draft.record);
  }
  return events;
}

std::int64_t last_sealed(Snapshot& at) {
  return at.connection().value<std::int64_t>("SELECT COALESCE(MAX(position), 0) FROM sealed");
}

EventPage event_page(Snapshot& at, EventQuery query, const Reader& reader, std::size_t bytes) {
  const bool whole = query.whole;
  const auto limit = static_cast<std::size_t>(query.limit);
  ++query.limit;
  query.whole = false;
  EventPage page{list_events(at, query, reader)};
  page.more = page.events.size() > limit;
  if (page.more) cut(page.events, limit, reader);
  if (!whole) return page;
  std::size_t size = 0;
  for (auto event = page.events.begin(); event != page.events.end(); ++event) {
    const auto facts = at.connection().one<std::string>("SELECT facts FROM event_payload WHERE sequence = :sequence",
                                                        with("sequence", event->sequence));
    size += facts ? std::get<0>(*facts).size() : 0;
    if (size > bytes && event != page.events.begin()) {
      cut(page.events, static_cast<std::size_t>(event - page.events.begin()), reader);
      page.more = true;
      break;
    }
    event->draft.facts = facts ? Json::parse(std::get<0>(*facts)) : Json::object();
  }
  return page;
}

std::vector<Event> events_after(Snapshot& at, OrganisationId organisation, std::int64_t position, int limit,
                                bool facts) {
  SqlText text;
  text.add("SELECT ").add(facts ? ASSAY_SEALED_EVENTS : bare_columns).add("WHERE s.position > ", position);
  text.add(" AND e.organisation = ", organisation).add(" ORDER BY s.position LIMIT ", limit);
  return run(at, text);
}

std::optional<Event> event_at(Snapshot& at, std::int64_t position) {
  SqlText text;
  text.add("SELECT " ASSAY_SEALED_EVENTS "WHERE s.position = ", position);
  auto found = run(at, text);
  if (found.empty()) return {};
  return std::move(found.front());
}

std::optional<Named> name_of_person(Snapshot& at, PersonId person) {
  auto row =
      at.connection().one<std::string, std::string>("SELECT uuid, name FROM person WHERE id = :id", with("id", person));
  if (!row) return {};
  return Named{std::move(std::get<0>(*row)), std::move(std::get<1>(*row))};
}

}  // namespace assay
