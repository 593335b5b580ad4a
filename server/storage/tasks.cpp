// Tasks: written with every step that moves a record on, read by person and role.
#include "storage/tasks.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "storage/access.h"
#include "storage/record_columns.h"
#include "storage/sql_text.h"
#include "storage/workflow_sets.h"

namespace assay {
namespace {

/// Adds a row for each person in one of the seats, found in `from`; what narrows it follows.
SqlText& add_seated(SqlText& text, RecordId record, const std::set<std::string>& seats, std::string_view from) {
  text.add("SELECT r.id, s.person, COALESCE(r.due, CAST(", no_deadline).add(" AS TEXT)) FROM record r, ").add(from);
  text.add(" WHERE r.id = ", record).add(" AND (s.client = 0 OR r.shown = 1)");
  // Looked for by itself, each seat would cost a search, and IN a table in memory besides.
  const char* before = " AND (s.seat || '' = ";
  for (const std::string& seat : seats) text.add(std::exchange(before, " OR s.seat || '' = "), seat);
  return text.add(")");
}

/// Records of a type that wait for the same roles.
struct Waiting {
  std::string type, roles;
};

bool is_among(std::string_view waits, const std::vector<std::string>& roles) {
  const std::string padded = ' ' + std::string(waits) + ' ';
  return std::any_of(roles.begin(), roles.end(),
                     [&padded](const std::string& role) { return padded.find(' ' + role + ' ') != std::string::npos; });
}

/// Among the types that the reader sees entirely, what waits for one of the roles.
std::vector<Waiting> waiting_for(Snapshot& at, const Reader& reader, const std::vector<std::string>& roles) {
  std::vector<Waiting> all;
  if (reader.whole.empty() || roles.empty()) return all;
  SqlText text;
  text.add("WITH RECURSIVE kept (type, waits) AS (SELECT t.type, (");
  add_least_waits(text, reader.organisation).add(" AND k.type = t.type AND k.waits <> '') FROM (");
  const char* before = "SELECT ";
  for (const std::string& type : reader.whole)
    text.add(std::exchange(before, " UNION ALL SELECT "), type).add(" AS type");
  text.add(") t UNION ALL SELECT kept.type, (");
  add_least_waits(text, reader.organisation);
  text.add(
      " AND k.type = kept.type AND k.waits > kept.waits AND k.waits <> '') FROM kept WHERE kept.waits IS NOT NULL)"
      " SELECT type, waits FROM kept WHERE waits IS NOT NULL");
  for (auto& [type, waits] : at.connection().all_of<std::string, std::string>(text.sql, text.bindings()))
    if (is_among(waits, roles)) all.push_back({std::move(type), std::move(waits)});
  return all;
}

void add_rows(Snapshot& at, const SqlText& text, std::vector<RecordRow>& rows) {
  at.connection().each<ASSAY_RECORD_TYPES>(text.sql, text.bindings(),
                                           [&rows](auto&& row) { rows.push_back(record_from(row)); });
}

void add_records(Snapshot& at, const std::vector<RecordId>& ids, std::vector<RecordRow>& rows) {
  if (ids.empty()) return;
  SqlText text;
  add_rows(at, text.list("SELECT " ASSAY_RECORD_COLUMNS " FROM record r WHERE r.id IN ", ids), rows);
}

void add_tasks_of_person(Snapshot& at, const Reader& reader, const TaskPage& page, std::vector<RecordRow>& rows) {
  SqlText text;
  text.add("SELECT " ASSAY_RECORD_COLUMNS " FROM task t JOIN record r ON r.id = t.record WHERE t.person = ",
           reader.person)
      .add(" AND r.organisation = ", reader.organisation)
      .add(" AND (t.due, t.record) > (", page.after_due)
      .add(", ", page.after_id)
      .add(") AND (EXISTS (SELECT 1 FROM access a WHERE a.scope");
  add_scopes(text, reader);
  text.add(" AND a.type = r.type AND a.record = r.id)");
  if (!reader.whole.empty()) text.list(" OR r.type IN ", reader.whole);
  text.add(") ORDER BY t.due, t.record LIMIT ", page.limit);
  add_rows(at, text, rows);
}

/// The first `limit` of all that waits: of what waits for the same, each is one reach into record_due, which holds all
/// that is asked for. `narrow` adds what is to be said of r.due and r.id, and the order.
template <class Narrow>
std::vector<RecordId> first_of(Snapshot& at, const Reader& reader, const std::vector<Waiting>& waiting, int limit,
                               Narrow narrow) {
  SqlText text;
  const char* before = "SELECT q.id FROM (SELECT * FROM (SELECT r.id AS id, r.due AS due FROM record r";
  for (const Waiting& one : waiting) {
    text.add(std::exchange(before, " UNION ALL SELECT * FROM (SELECT r.id AS id, r.due AS due FROM record r"));
    text.add(" WHERE r.organisation = ", reader.organisation).add(" AND r.type = ", one.type);
    text.add(" AND r.waits = ", one.roles).add(" AND r.waits <> ''");
    narrow(text);
    text.add(" LIMIT ", limit).add(") s");
  }
  std::vector<RecordId> ids;
  text.add(") q ORDER BY q.due, q.id LIMIT ", limit);
  for (const auto& [id] : at.connection().all_of<RecordId>(text.sql, text.bindings())) ids.push_back(id);
  return ids;
}

/// Those with a deadline, then those without one.
void add_tasks_of_roles(Snapshot& at, const Reader& reader, const std::vector<Waiting>& waiting, const TaskPage& page,
                        std::vector<RecordRow>& rows) {
  if (waiting.empty()) return;
  const bool timed = page.after_due < no_deadline;
  std::vector<RecordId> ids;
  if (timed) {
    ids = first_of(at, reader, waiting, page.limit, [&page](SqlText& text) {
      text.add(" AND r.due IS NOT NULL AND (r.due, r.id) > (", page.after_due).add(", ", page.after_id);
      text.add(") ORDER BY r.due, r.id");
    });
  }
  if (const int left = page.limit - static_cast<int>(ids.size()); left > 0) {
    const std::int64_t after = timed ? 0 : page.after_id;
    const auto untimed = first_of(at, reader, waiting, left, [&after](SqlText& text) {
      text.add(" AND r.due IS NULL AND r.id > ", after).add(" ORDER BY r.id");
    });
    ids.insert(ids.end(), untimed.begin(), untimed.end());
  }
  add_records(at, ids, rows);
}

/// The stored fields, where they say what the record waits for.
Json fields_waited_by(Connection& to, RecordId record, const Definition& definition, const std::string& state) {
  if (!waits_by_fields(definition, state)) return Json::object();
  return parse_stored(to.value<std::string>("SELECT body FROM record WHERE id = :record", with("record", record)));
}

}  // namespace

SqlText& add_least_waits(SqlText& text, OrganisationId organisation) {
  return text.add("SELECT MIN(k.waits) FROM record k WHERE k.organisation = ", organisation);
}

std::string roles_awaited(const Definition& definition, const std::set<std::string>& turn) {
  std::string roles;
  for (const std::string& who : turn) {
    if (std::find(definition.read.begin(), definition.read.end(), who) == definition.read.end()) continue;
    roles += (roles.empty() ? "" : " ") + who;
  }
  return roles;
}

// Neither DISTINCT nor UNION without ALL, each of which costs SQLite a table in memory.
void project_tasks(Connection& to, RecordId record, const std::set<std::string>& turn,
                   const std::vector<RecordId>& line) {
  to.send("DELETE FROM task WHERE record = :record", with("record", record));
  if (turn.empty()) return;
  SqlText text;
  const char* before = "INSERT INTO task (record, person, due) ";
  if (line.empty()) {
    text.add("WITH RECURSIVE above (id) AS (SELECT id FROM record WHERE id = ", record)
        .add(" UNION ALL SELECT r.parent FROM record r JOIN above a ON r.id = a.id WHERE r.parent IS NOT NULL) ")
        .add(before);
    add_seated(text, record, turn, "above a JOIN assignment s ON s.record = a.id");
  }
  for (const RecordId above : line) {
    text.add(std::exchange(before, " UNION ALL "));
    add_seated(text, record, turn, "assignment s").add(" AND s.record = ", above);
  }
  to.send_all(text.add(" ON CONFLICT DO NOTHING").sql, text.bindings());
}

void project_tasks_below(Connection& to, RecordId record, const std::set<std::string>& seats) {
  const auto below = to.all<RecordId, std::string, std::string, std::string>(
      "WITH RECURSIVE below (id) AS (SELECT id FROM record WHERE parent = :record"
      " UNION ALL SELECT r.id FROM record r JOIN below b ON r.parent = b.id)"
      " SELECT r.id, r.type, r.state, r.workflow_set FROM below b JOIN record r ON r.id = b.id",
      with("record", record));
  for (const auto& [id, type, state, set] : below) {
    const Definition& definition = to.sets().at(set)->types.at(type);
    const std::set<std::string> turn = turn_in(definition, state, fields_waited_by(to, id, definition, state));
    const bool waits = std::any_of(seats.begin(), seats.end(), [&](const auto& seat) { return turn.contains(seat); });
    if (waits) project_tasks(to, id, turn);
  }
}

std::vector<RecordRow> list_tasks(Snapshot& at, const Reader& reader, const std::vector<std::string>& roles,
                                  const TaskPage& page, const std::vector<RecordId>& more) {
  std::vector<RecordRow> rows;
  add_tasks_of_person(at, reader, page, rows);
  add_tasks_of_roles(at, reader, waiting_for(at, reader, roles), page, rows);
  add_records(at, more, rows);
  const auto key = [](const RecordRow& row) { return std::tuple(!row.due, row.due, row.id); };
  std::sort(rows.begin(), rows.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
  const auto same = [](const RecordRow& a, const RecordRow& b) { return a.id == b.id; };
  rows.erase(std::unique(rows.begin(), rows.end(), same), rows.end());
  if (rows.size() > static_cast<std::size_t>(page.limit)) rows.erase(rows.begin() + page.limit, rows.end());
  for (const RecordRow& row : rows) reader.note(row.id);
  return rows;
}

std::vector<WaitingProposal> waiting_proposals(Snapshot& at, const Reader& reader, const TaskPage& page) {
  SqlText text;
  text.add(
      "SELECT r.id, r.type, r.state, r.workflow_set,"
      " CASE WHEN EXISTS (SELECT 1 FROM access a WHERE a.scope");
  add_scopes(text, reader);
  text.add(" AND a.type = r.type AND a.record = r.id) THEN 1 ELSE 0 END, p.uuid, p.command, o.uuid, p.at")
      .add(" FROM proposal p JOIN record r ON r.id = p.record JOIN person o ON o.id = p.proposer")
      .add(" WHERE p.outcome = '' AND p.organisation = ", reader.organisation)
      .add(" AND p.proposer <> ", reader.person)
      .add(" AND (COALESCE(r.due, CAST(", no_deadline)
      .add(" AS TEXT)), r.id) > (", page.after_due)
      .add(", ", page.after_id)
      .add(") ORDER BY COALESCE(r.due, CAST(", no_deadline)
      .add(" AS TEXT)), r.id, p.at, p.uuid");
  std::vector<WaitingProposal> found;
  for (auto& [record, type, state, set, below_seat, uuid, command, proposer, when] :
       at.connection()
           .all_of<RecordId, std::string, std::string, std::string, bool, std::string, std::string, std::string,
                   Instant>(text.sql, text.bindings())) {
    if (!below_seat && !reader.whole.contains(type)) continue;
    found.push_back({record, std::move(type), std::move(state), std::move(set), below_seat, std::move(uuid),
                     std::move(command), std::move(proposer), when});
  }
  return found;
}

std::map<RecordId, std::set<std::string>> seats_held(Snapshot& at, PersonId person,
                                                     const std::vector<RecordId>& records) {
  std::map<RecordId, std::set<std::string>> seats;
  if (records.empty()) return seats;
  SqlText text;
  text.list("WITH RECURSIVE above (origin, id) AS (SELECT id, id FROM record WHERE id IN ", records)
      .add(
          " UNION ALL SELECT a.origin, r.parent FROM record r JOIN above a ON r.id = a.id WHERE r.parent IS NOT NULL)"
          " SELECT a.origin, s.seat FROM above a JOIN assignment s ON s.record = a.id WHERE s.person = ",
          person);
  for (auto& [record, seat] : at.connection().all_of<RecordId, std::string>(text.sql, text.bindings()))
    seats[record].insert(std::move(seat));
  return seats;
}

std::map<RecordId, std::vector<SeatRow>> seats_in_line(Snapshot& at, const std::vector<RecordId>& records) {
  std::map<RecordId, std::vector<SeatRow>> seats;
  if (records.empty()) return seats;
  SqlText text;
  text.list("WITH RECURSIVE above (origin, id) AS (SELECT id, id FROM record WHERE id IN ", records)
      .add(
          " UNION ALL SELECT a.origin, r.parent FROM record r JOIN above a ON r.id = a.id WHERE r.parent IS NOT NULL)"
          " SELECT DISTINCT a.origin, s.seat, s.person, p.uuid, p.name, p.restricted FROM above a"
          " JOIN assignment s ON s.record = a.id JOIN person p ON p.id = s.person ORDER BY a.origin, s.seat, s.person");
  for (auto& [record, seat, person, uuid, name, restricted] :
       at.connection().all_of<RecordId, std::string, PersonId, std::string, std::string, bool>(text.sql,
                                                                                               text.bindings())) {
    seats[record].push_back({std::move(seat), person, std::move(uuid), std::move(name), restricted});
  }
  return seats;
}

}  // namespace assay
