// The event log: reading it as a feed, and replaying it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/event.h"
#include "storage/reader.h"
#include "storage/store.h"

namespace assay {

struct EventQuery {
  std::int64_t after = 0;  // position
  int limit = 50;
  std::optional<RecordId> record = {};  // only this record's (and what belongs to it)
  std::vector<std::string> types = {};  // exact, or "nonconformity.*"
  bool whole = true;                    // else of the facts only {state, status}: payloads may be large
};
/// Sealed events in the order of their positions, that the reader may see.
std::vector<Event> list_events(Snapshot& at, const EventQuery& query, const Reader& reader);
/// The position of the newest sealed event of anybody that this snapshot sees: no event that it does not see will come
/// before.
std::int64_t last_sealed(Snapshot& at);
struct EventPage {
  std::vector<Event> events;
  bool more = false;
};
/// The same in a page of at most `query.limit` events, whose facts have at most `bytes` together: one event always
/// fits.
EventPage event_page(Snapshot& at, EventQuery query, const Reader& reader, std::size_t bytes);
/// For delivery: every sealed event of the organisation after `position`; with `facts` or without.
std::vector<Event> events_after(Snapshot& at, OrganisationId organisation, std::int64_t position, int limit,
                                bool facts = true);
std::optional<Event> event_at(Snapshot& at, std::int64_t position);
/// Public id and name of the people named in events, for answers.
struct Named {
  std::string uuid, name;
};
std::optional<Named> name_of_person(Snapshot& at, PersonId person);

struct ReplayReport {
  std::int64_t events = 0;
  // "record 17: state is `issued`, the log says `closed`", "event 9: ..." by position; the first ten thousand.
  std::vector<std::string> differences = {};
  std::int64_t untold = 0;  // and how many more there are
};
/// Replays the whole log into a scratch database and compares every row. An event that does not fit is told and left
/// out; what rests on it is told too. Throws DatabaseError when the database itself fails.
ReplayReport verify_log(Store& store);

/// What the database engine finds wrong with its own structure: damaged pages, indexes that disagree with their tables,
/// references to rows that are not there. Empty: nothing; the first hundred. PostgreSQL looks after that by itself.
std::vector<std::string> structural_faults(Snapshot& at);

std::optional<IdempotentUse> find_idempotent(Snapshot& at, PersonId principal, std::string_view key, Instant now);
/// Keeps a refusal under its key (a success is kept by its commit).
void put_idempotent(Connection& to, const IdempotentUse& use, Instant now);
void drop_old_idempotent(Connection& to, Instant before);

}  // namespace assay
