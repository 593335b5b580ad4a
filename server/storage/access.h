// Who sees what, kept as rows: a person sees what hangs below a seat; a role may see a type in its whole organisation.
#pragma once

#include "storage/connection.h"

namespace assay {

/// The scope under which everybody stands who sees a whole type.
inline std::int64_t whole_scope(OrganisationId organisation) { return -static_cast<std::int64_t>(organisation); }

/// Gives a new record to its organisation and to everybody who holds a seat on it or above it.
void open_access(Connection& to, RecordId record, std::string_view type, OrganisationId organisation);
/// Gives the record and all below it to somebody who has taken a seat on it.
void extend_access(Connection& to, RecordId record, PersonId person);
/// Recomputes what somebody sees of the record and all below it, after a seat was left.
void restrict_access(Connection& to, RecordId record, PersonId person);

}  // namespace assay
