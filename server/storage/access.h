// Who sees what, kept as rows: a person sees what hangs below a seat, or below what a grant covers; a role may see a
// type in its whole organisation.
#pragma once

#include "storage/connection.h"
#include "storage/reader.h"
#include "storage/sql_text.h"

namespace assay {

/// The scope under which everybody stands who sees a whole type.
inline std::int64_t whole_scope(OrganisationId organisation) { return -static_cast<std::int64_t>(organisation); }

/// Far below what organisations have: a person's number and this is the scope of what they see by a grant alone, which
/// only those look into who note what they are shown.
inline constexpr std::int64_t grant_offset = -(std::int64_t{1} << 62);
inline std::int64_t grant_scope(PersonId person) { return grant_offset + static_cast<std::int64_t>(person); }

/// Adds the scopes of a reader to what begins with "a.scope", of rows of access: " = :p1", or " IN (:p1, :p2)" for who
/// notes what is shown, without what lapsed grants alone open.
void add_scopes(SqlText& text, const Reader& reader);
/// The same condition about lapsed grants, to stand behind one about a.scope; as a rule there are none, and it is
/// empty.
std::string without_lapsed(const Reader& reader);

/// Gives a new record to its organisation and to everybody who holds a seat on it or above it, or to whom a grant opens
/// what is above it; to those who hold seats of clients only while its state is shown to them.
void open_access(Connection& to, RecordId record, std::string_view type, OrganisationId organisation);
/// Gives the record and all below it to somebody who has taken a seat on it; with a client's seat, what is shown.
void extend_access(Connection& to, RecordId record, PersonId person, bool client);
/// Recomputes what somebody sees of the record and all below it, after a seat was left.
void restrict_access(Connection& to, RecordId record, PersonId person);
/// Gives the record to those who hold clients' seats on it or above it, or takes it from those who hold no other, as
/// its new state is shown to clients.
void show_to_clients(Connection& to, RecordId record);

/// True when a grant opens something to the person.
bool has_grants(Connection& to, PersonId person);
/// Gives the record and all below it to somebody to whom a grant has opened it, as far as they see it by no seat.
void extend_by_grant(Connection& to, RecordId record, PersonId person);
/// Recomputes what somebody sees of the record and all below it by grants alone, after one has ended.
void restrict_by_grant(Connection& to, RecordId record, PersonId person);

}  // namespace assay
