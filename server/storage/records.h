// Records, their links and seats: reading them as a person may see them, and projecting their events.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "domain/decide.h"
#include "storage/event.h"
#include "storage/reader.h"
#include "storage/store.h"

namespace assay {

struct RecordRow {
  RecordId id;
  std::string uuid;
  std::string type;
  OrganisationId organisation;
  RecordId root;
  std::optional<RecordId> parent;
  std::string number;
  std::string workflow_set;
  std::string state;
  std::int64_t version;
  std::string body;  // canonical JSON text
  Instant created, updated, state_since;
  std::optional<Date> due;  // nearest running deadline
};

struct SeatRow {
  std::string seat;
  PersonId person;
  std::string person_uuid;
  std::string name;
  bool restricted = false;  // told by seats_in_line: whether name_for() keeps the name from colleagues
};

struct LinkRow {
  std::string name;  // link or back name, as seen from the record
  RecordId id;       // of its other end, as all that follows
  std::string uuid;
  std::string type;
  std::string number;
  std::string title;  // value of the type's title field
  std::string state;
};

struct Condition {
  std::string field;  // "state", "due", "number", "created", "updated", "root", a link, an x-filter field
  enum class Is { equal, less, less_or_equal, greater, greater_or_equal } is = Is::equal;
  std::vector<std::string> values;  // any of them
};

struct ListQuery {
  std::string type;
  std::vector<Condition> conditions;  // all of them
  std::string sort = "created";       // created | updated | due | number | x-filter field
  bool descending = false;
  std::string after = {};  // sort_value() and id of the last row of the page before, from the cursor
  std::int64_t after_id = 0;
  int limit = 50;
};

std::optional<RecordRow> find_record(Snapshot& at, std::string_view uuid, const Reader& reader);
/// The version of a record of this type, for who has seen it before; nothing where find_record() finds nothing.
std::optional<std::int64_t> find_record_version(Snapshot& at, std::string_view type, std::string_view uuid,
                                                const Reader& reader);
/// True when the person may name the record in what they say. Clients, and who comes from outside, name what they see,
/// so that no refusal tells them of anything else. Those of the body name what they do not read, too: whoever keeps the
/// register enters a programme, a committee takes up decisions, a hold is placed on whatever it has to be.
bool may_name(Snapshot& at, RecordId id, const Reader& reader);
std::optional<RecordRow> find_record(Snapshot& at, RecordId id);
/// Says that find_record() is asked for it soon.
void foresee_record(Snapshot& at, RecordId id);  // for decisions: no visibility
/// True if a record of any organisation has this id.
bool is_record_id(Snapshot& at, std::string_view uuid);
/// A page, by the sort value and then by creation. "created" is the order of creation itself; no deadline comes last.
/// Links and "root" compare public ids, and only for equality. A name that the type does not allow is a mistake of the
/// caller: throws std::logic_error.
std::vector<RecordRow> list_records(Snapshot& at, const ListQuery& query, const Reader& reader);
/// How many records `query` finds, by the values of `by`: "state" or an x-filter field that has one value a record; all
/// under "" when `by` is empty. Order, position and limit of the query are not looked at.
std::map<std::string, std::int64_t> count_records(Snapshot& at, const ListQuery& query, std::string_view by,
                                                  const Reader& reader);
/// The same of those that point at one of `targets` (of which there are few) by `link`, by the public id of the target;
/// a target that none points at is absent. It costs what hangs on the targets, not what the type has.
std::map<std::string, std::map<std::string, std::int64_t>> count_linked(Snapshot& at, const ListQuery& query,
                                                                        const std::string& link,
                                                                        const std::vector<RecordRow>& targets,
                                                                        std::string_view by, const Reader& reader);
/// The value by which `query` sorts this row, in the form that `ListQuery::after` takes.
std::string sort_value(const RecordRow& row, const ListQuery& query);
/// Says that seats_of() is asked next but one.
void foresee_seats(Snapshot& at, RecordId id);
std::vector<SeatRow> seats_of(Snapshot& at, RecordId id);
/// Only where the record points itself, without titles and states: what its own representation shows.
std::vector<LinkRow> links_from(Snapshot& at, RecordId id, const Reader& reader);
std::vector<LinkRow> links_of(Snapshot& at, RecordId id, const Reader& reader, const WorkflowSet& set);

struct ProposalRow {
  std::string uuid;
  RecordId record;
  std::string command;
  Json input;
  PersonId proposer;
  std::int64_t version;  // of the record when it was proposed
  Instant at;
};
std::vector<ProposalRow> open_proposals(Snapshot& at, RecordId record);
std::optional<ProposalRow> find_proposal(Snapshot& at, RecordId record, std::string_view uuid);

/// Records, by id and after `after`, on which the person holds a seat, has a checklist item without a result, or has
/// proposed what still waits; in whatever state they are. For administrators: no visibility.
std::vector<RecordId> records_awaiting(Snapshot& at, PersonId person, std::int64_t after, int limit);

/// The records of a type with `engages`, in one of its states, on which the person holds a seat; by id. For decisions:
/// no visibility.
std::vector<RecordId> records_engaging(Snapshot& at, PersonId person, const Definition& type);

struct DueTimer {
  RecordId record;
  std::string timer;
  Instant at;
};
/// Timers that have something to do at `now`, a reminder or what they fire, oldest first.
std::vector<DueTimer> due_timers(Snapshot& at, Instant now, int limit);
/// The running timers of a record that have not fired.
std::vector<std::pair<std::string, Due>> timers_of(Snapshot& at, RecordId record);

/// Facts of a record event: {type, state, version, [created, number?, since?, parent, links{name:[uuid]}], set{},
/// append{}, said{}, seated{seat:[person uuid]}, unseated{}, timers{name: {day, at, remind?} | null}, fired: name,
/// reminded{timer, day, next: instant|null}, told[], waived[], proposed{uuid, command, input}, settled{uuid, outcome:
/// confirmed|declined}, proposes{uuid of a proposal: person uuid}}; absent members are empty.
void project_record(Connection& to, const Event& event, const WorkflowSet& set);

}  // namespace assay
