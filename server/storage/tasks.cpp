// Tasks: written with every step that moves a record on, read by holder.
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

/// Adds a row for each holder of one of the seats, found in `from`; what narrows it follows.
SqlText& add_holders(SqlText& text, RecordId record, const std::set<std::string>& seats, std::string_view from) {
  text.add("SELECT r.organisation, CAST(s.person AS TEXT), COALESCE(r.due, CAST(", no_deadline);
  text.add(" AS TEXT)), r.id FROM record r, ").add(from).add(" WHERE r.id = ", record);
  text.add(" AND (s.client = 0 OR r.shown = 1)");
  // Looked for by itself, each seat would cost a search, and IN a table in memory besides.
  const char* before = " AND (s.seat || '' = ";
  for (const std::string& seat : seats) text.add(std::exchange(before, " OR s.seat || '' = "), seat);
  return text.add(")");
}

}  // namespace

// Neither DISTINCT nor UNION without ALL, each of which costs SQLite a table in memory.
void project_tasks(Connection& to, RecordId record, const Definition& definition, const std::string& state,
                   const std::vector<RecordId>& line) {
  to.send("DELETE FROM task WHERE record = :record", with("record", record));
  const std::set<std::string> turn = turn_in(definition, state);
  if (turn.empty()) return;
  SqlText text;
  const char* before = "INSERT INTO task (organisation, holder, due, record) ";
  if (line.empty()) {
    text.add("WITH RECURSIVE above (id) AS (SELECT id FROM record WHERE id = ", record)
        .add(" UNION ALL SELECT r.parent FROM record r JOIN above a ON r.id = a.id WHERE r.parent IS NOT NULL) ")
        .add(std::exchange(before, " UNION ALL "));
    add_holders(text, record, turn, "above a JOIN assignment s ON s.record = a.id");
  }
  for (const RecordId above : line) {
    text.add(std::exchange(before, " UNION ALL "));
    add_holders(text, record, turn, "assignment s").add(" AND s.record = ", above);
  }
  for (const std::string& role : definition.read) {
    if (!turn.contains(role)) continue;
    text.add(" UNION ALL SELECT organisation, CAST(", role).add(" AS TEXT), COALESCE(due, CAST(", no_deadline);
    text.add(" AS TEXT)), id FROM record WHERE id = ", record);
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
    const std::set<std::string> turn = turn_in(definition, state);
    const bool waits = std::any_of(seats.begin(), seats.end(), [&](const auto& seat) { return turn.contains(seat); });
    if (waits) project_tasks(to, id, definition, state);
  }
}

std::vector<RecordRow> list_tasks(Snapshot& at, const Reader& reader, const std::vector<std::string>& roles,
                                  const TaskPage& page) {
  std::vector<std::string> holders = roles;
  holders.push_back(std::to_string(static_cast<std::int64_t>(reader.person)));
  std::vector<RecordRow> rows;
  for (const std::string& holder : holders) {
    SqlText text;
    text.add("SELECT " ASSAY_RECORD_COLUMNS " FROM task t JOIN record r ON r.id = t.record WHERE t.organisation = ",
             reader.organisation)
        .add(" AND t.holder = ", holder)
        .add(" AND (t.due, t.record) > (", page.after_due)
        .add(", ", page.after_id)
        .add(") AND (EXISTS (SELECT 1 FROM access a WHERE a.scope");
    add_scopes(text, reader);
    text.add(" AND a.type = r.type AND a.record = r.id)");
    if (!reader.whole.empty()) text.list(" OR r.type IN ", reader.whole);
    text.add(") ORDER BY t.due, t.record LIMIT ", page.limit);
    at.connection().each<ASSAY_RECORD_TYPES>(text.sql, text.bindings(),
                                             [&rows](auto&& row) { rows.push_back(record_from(row)); });
  }
  const auto key = [](const RecordRow& row) { return std::tuple(!row.due, row.due, row.id); };
  std::sort(rows.begin(), rows.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
  const auto same = [](const RecordRow& a, const RecordRow& b) { return a.id == b.id; };
  rows.erase(std::unique(rows.begin(), rows.end(), same), rows.end());
  if (rows.size() > static_cast<std::size_t>(page.limit)) rows.erase(rows.begin() + page.limit, rows.end());
  for (const RecordRow& row : rows) reader.note(row.id);
  return rows;
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
