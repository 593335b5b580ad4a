// Tasks: records that wait for somebody, by what is due first, and what waits on them for a second person.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "domain/definition.h"
#include "storage/connection.h"
#include "storage/records.h"
#include "storage/sql_text.h"

namespace assay {

/// Adds "SELECT MIN(k.waits) ..." over records `k` of an organisation, up to further conditions: the way from one value
/// of `waits` to the next.
SqlText& add_least_waits(SqlText& text, OrganisationId organisation);
/// Of those whose turn it is the roles that see the whole type: names in order, with a space between them.
std::string roles_awaited(const Definition& definition, const std::set<std::string>& turn);
/// Rewrites the rows that say which people's turn it is on the record, by the seats whose turn it is. After its row,
/// its seats and its deadlines. `line`: the record and those above it, where that is known.
void project_tasks(Connection& to, RecordId record, const std::set<std::string>& turn,
                   const std::vector<RecordId>& line = {});
/// The same for what hangs below the record and waits for one of these seats.
void project_tasks_below(Connection& to, RecordId record, const std::set<std::string>& seats);

/// A page of tasks: after the deadline and the id of the last row of the page before.
struct TaskPage {
  std::string after_due = {};  // ISO date; `no_deadline` for a record without one; empty: from the start
  std::int64_t after_id = 0;
  int limit = 50;
};
/// Sorts what has no deadline last.
inline constexpr std::string_view no_deadline = "9999-12-31";

/// Records that wait for this person, by a seat or by one of these roles, first what is due first; each once. `more`:
/// further ones behind the position of the page, which the reader sees.
std::vector<RecordRow> list_tasks(Snapshot& at, const Reader& reader, const std::vector<std::string>& roles,
                                  const TaskPage& page, const std::vector<RecordId>& more = {});

/// A proposal that waits for a second person, and where it waits.
struct WaitingProposal {
  RecordId record;
  std::string type, state, workflow_set;  // of the record
  bool below_seat;                        // whether the reader sees the record by something else than a role
  std::string uuid, command;
  std::string proposer;  // public id
  Instant at;
};
/// What others than the reader have proposed on records that they see, behind the position of the page and however
/// much: by the record as in list_tasks(), then oldest first. Costs what waits in the whole organisation.
std::vector<WaitingProposal> waiting_proposals(Snapshot& at, const Reader& reader, const TaskPage& page);
/// The seats that the person holds on each of the records or above it. At most some hundred records.
std::map<RecordId, std::set<std::string>> seats_held(Snapshot& at, PersonId person,
                                                     const std::vector<RecordId>& records);

/// Who holds seats on each of the records or above it, in the order of seats. At most some hundred records.
std::map<RecordId, std::vector<SeatRow>> seats_in_line(Snapshot& at, const std::vector<RecordId>& records);

}  // namespace assay
