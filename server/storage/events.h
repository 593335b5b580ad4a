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
};
/// Sealed events in the order of their positions, that the reader may see.
std::vector<Event> list_events(Snapshot& at, const EventQuery& query, const Reader& reader);
/// For delivery: every sealed event of the organisation after `position`.
std::vector<Event> events_after(Snapshot& at, OrganisationId organisation, std::int64_t position, int limit);
std::optional<Event> event_at(Snapshot& at, std::int64_t position);
/// Public id and name of the people named in events, for answers.
struct Named {
  std::string uuid, name;
};
std::optional<Named> name_of_person(Snapshot& at, PersonId person);

struct ReplayReport {
  std::int64_t events = 0;
  std::vector<std::string> differences;  // "record 17: state is `issued`, the log says `closed`"
};
/// Replays the whole log into empty tables of a scratch database of the same engine and compares every row.
ReplayReport verify_log(Store& store);

std::optional<IdempotentUse> find_idempotent(Snapshot& at, PersonId principal, std::string_view key, Instant now);
/// Keeps a refusal under its key (a success is kept by its commit).
void put_idempotent(Connection& to, const IdempotentUse& use, Instant now);
void drop_old_idempotent(Connection& to, Instant before);

}  // namespace assay
