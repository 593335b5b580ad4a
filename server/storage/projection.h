// From events to rows: one function per kind of subject, the same for a commit and for a replay.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "storage/connection.h"
#include "storage/event.h"

namespace assay {

/// An event does not follow the version that its subject has: somebody else was faster, or the log has a gap.
struct VersionConflict : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Applies the event to the rows of its subject. Throws VersionConflict and DatabaseError; on PostgreSQL a conflict may
/// come out of a later statement, as `unmatched`.
void project(Connection& to, const Event& event);

/// The same for what was attached to a record that was disposed of, and whose payload is gone: counts it on the record.
void project_taken(Connection& to, const Event& event);

/// The number for a new record of the event's type, or empty when the type has none; counts on. The year is that of the
/// event in the organisation's zone.
std::string allocate_number(Connection& to, const EventDraft& draft);

/// True when the event changes what decisions look up by value, which is a register, or by person: when they are
/// engaged.
bool moves_registers(const Definition& definition, const EventDraft& event);

/// Throws VersionConflict unless one row was changed.
void require_one(std::int64_t changed, const Event& event);

// Members of an event's facts. An absent or null member gives the default.
std::string text_of(const Json& facts, const char* name);
std::optional<std::string> optional_text(const Json& facts, const char* name);
std::optional<Instant> optional_instant(const Json& facts, const char* name);
std::optional<std::int64_t> optional_number(const Json& facts, const char* name);
bool flag_of(const Json& facts, const char* name);
const Json& member(const Json& facts, const char* name);  // the null value when absent

// The internal id behind a public one: from the event's own map, else from the table. Throws when there is none.
std::int64_t person_id(Connection& to, const Event& event, const std::string& uuid);
std::int64_t record_id(Connection& to, const Event& event, const std::string& uuid);
std::optional<std::int64_t> optional_person(Connection& to, const Event& event, const char* name);

/// The event's own record, which must be named by it.
RecordId record_of(const Event& event);

}  // namespace assay
