// What records grant: rows that open other records to people, and what of them somebody has seen by a grant alone.
#pragma once

#include <string>
#include <vector>

#include "domain/definition.h"
#include "storage/reader.h"
#include "storage/store.h"

namespace assay {

/// Rewrites what a record of a type with `grants` opens in its state, and who sees it. After its row, links and seats.
void project_grants(Connection& to, RecordId grant, const Definition& definition, const std::string& state);

/// True when a grant opens something to the person.
bool is_granted(Snapshot& at, PersonId person);

/// The grants that open something to the person by their state.
std::vector<RecordId> grants_to(Snapshot& at, PersonId person);

/// A record that somebody was shown and sees by grants alone.
struct SeenByGrant {
  RecordId record;
  std::string uuid;
  std::string type;
  std::vector<RecordId> grants;  // that open it or what is above it, by id
};
/// Those of the records that the reader was shown (`shown`) that they see by grants alone. What they see in no way any
/// more has no grants.
std::vector<SeenByGrant> seen_by_grant(Snapshot& at, const Reader& reader);

}  // namespace assay
