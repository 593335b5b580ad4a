// Who sees what, kept as rows: a person sees what hangs below a seat; a role may see a type in its whole organisation.
#pragma once

#include "storage/connection.h"

namespace assay {

/// The scope under which everybody stands who sees a whole type.
inline std::int64_t whole_scope(OrganisationId organisation) { return -static_cast<std::int64_t>(organisation); }

/// Gives a new record to its organisation and to everybody who holds a seat on it or above it; to those who hold seats
/// of clients only while its state is shown to them.
void open_access(Connection& to, RecordId record, std::string_view type, OrganisationId organisation);
/// Gives the record and all below it to somebody who has taken a seat on it; with a client's seat, what is shown.
void extend_access(Connection& to, RecordId record, PersonId person, bool client);
/// Recomputes what somebody sees of the record and all below it, after a seat was left.
void restrict_access(Connection& to, RecordId record, PersonId person);
/// Gives the record to those who hold clients' seats on it or above it, or takes it from those who hold no other, as
/// its new state is shown to clients.
void show_to_clients(Connection& to, RecordId record);

}  // namespace assay
