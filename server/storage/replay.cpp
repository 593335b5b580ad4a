// Replays the log into an empty database and compares it, row by row, with what the commits have written.
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <map>

#include "storage/connection.h"
#include "storage/erasure.h"
#include "storage/event_columns.h"
#include "storage/event_log.h"
#include "storage/events.h"
#include "storage/projection.h"

namespace assay {
namespace {

constexpr std::int64_t window = 4000;
constexpr std::size_t differences_told = 10000;

/// A table that events make. Compared in windows of `range`, rows in the order of all columns; where the key begins
/// with `parts`, for each of their values apart, so that every window is one reach into the key.
struct Table {
  std::string_view name;
  std::string_view range;                 // integer column
  std::vector<std::string_view> columns;  // the first ones name the row in messages
  std::string_view parts = {};            // columns, separated by commas
};

const std::vector<Table>& projected_tables() {
  static const std::vector<Table> tables = {
      {"organisation", "id", {"id", "uuid", "name", "zone", "language", "version", "holidays", "plugin_settings"}},
      {"person",
       "id",
       {"id", "uuid", "organisation", "name", "email", "email_key", "language", "state", "version", "restricted"}},
      {"person_role", "person", {"person", "role"}},
      {"person_responsibility", "person", {"person", "name"}},
      {"token",
       "id",
       {"id", "uuid", "person", "organisation", "name", "hash", "scopes", "created", "expires", "revoked", "version"}},
      {"record",
       "id",
       {"id", "uuid", "type", "organisation", "root", "parent", "number", "workflow_set", "state", "version", "body",
        "created", "updated", "state_since", "due", "shown", "waits"}},
      {"record_version", "record", {"record", "tree", "items", "evidence"}},
      {"link", "source", {"source", "name", "target"}},
      {"assignment", "record", {"record", "seat", "person", "client"}},
      {"register_version", "organisation", {"organisation", "version"}},
      {"task", "record", {"record", "person", "due"}},
      {"granted", "record", {"record", "source", "person"}},
      {"access", "record", {"record", "scope", "type"}, "scope, type"},
      {"record_filter", "record", {"record", "field", "value", "organisation", "type"}},
      {"timer", "record", {"record", "name", "day", "at", "fired", "next"}},
      {"proposal",
       "record",
       {"record", "uuid", "organisation", "command", "input", "proposer", "version", "at", "outcome"}},
      {"number_sequence", "organisation", {"organisation", "type", "year", "last"}},
      {"item",
       "id",
       {"id", "uuid", "audit", "catalogue", "catalogue_id", "question", "item", "subject", "auditor", "status",
        "result", "reason", "maturity", "notes", "answered_by", "answered_at", "version"}},
      {"evidence", "id", {"id",           "uuid",       "organisation", "record",       "item",
                          "kind",         "title",      "description",  "sha256",       "file_name",
                          "media_type",   "size",       "collected_at", "collected_by", "effective_from",
                          "effective_to", "supersedes", "withdrawn",    "version",      "details"}},
      {"report",
       "id",
       {"id", "uuid", "organisation", "record", "plugin", "plugin_version", "format", "language", "input_hash",
        "sha256", "file_name", "media_type", "size", "created", "created_by", "package_hash"}},
      {"webhook",
       "id",
       {"id", "uuid", "organisation", "url", "secret", "old_secret", "old_until", "types", "payload", "style", "state",
        "reason", "description", "created", "version"}}};
  return tables;
}

using Row = std::vector<std::optional<std::string>>;

void tell(ReplayReport& report, std::string difference) {
  if (report.differences.size() < differences_told) {
    report.differences.push_back(std::move(difference));
  } else {
    ++report.untold;
  }
}

std::vector<Row> select(Connection& at, const std::string& sql, std::size_t columns,
                        std::span<const Binding> bindings) {
  const std::vector<char> text(columns, 1);
  std::vector<Row> rows;
  at.query(sql, bindings, std::span(reinterpret_cast<const bool*>(text.data()), text.size()),
           [&rows](std::span<Cell> cells) {
             Row row;
             for (auto& cell : cells) row.push_back(cell.null ? std::nullopt : std::optional(cell.text));
             rows.push_back(std::move(row));
           });
  std::sort(rows.begin(), rows.end());
  return rows;
}

std::string as_text(std::span<const std::string_view> columns) {
  std::string sql;
  for (const auto column : columns) sql += (sql.empty() ? "CAST(" : ", CAST(") + std::string(column) + " AS TEXT)";
  return sql;
}

/// Columns of a table as one list of columns, for a part of it that has these values.
struct Part {
  std::string condition = {};
  Row values = {};
};

std::vector<Row> rows_of(Connection& at, const Table& table, const Part& part, std::int64_t after) {
  static constexpr std::array<const char*, 2> names = {"part0", "part1"};
  std::vector<Binding> bindings = {with("after", after), with("upto", after + window)};
  for (std::size_t i = 0; i < part.values.size(); ++i) bindings.push_back(with(names.at(i), part.values[i]));
  return select(at,
                "SELECT " + as_text(table.columns) + " FROM " + std::string(table.name) + " WHERE " +
                    std::string(table.range) + " > :after AND " + std::string(table.range) + " <= :upto" +
                    part.condition,
                table.columns.size(), bindings);
}

std::string shown(const std::optional<std::string>& value) {
  if (!value) return "empty";
  return "`" + (value->size() > 80 ? value->substr(0, 80) + "..." : *value) + "`";
}

std::string named(const Table& table, const Row& row) {
  std::string text = std::string(table.name) + " " + row[0].value_or("");
  const bool short_table = table.columns.size() <= 5 && table.columns.size() > 1;
  if (short_table) text += " " + row[1].value_or("");
  return text;
}

/// Rows of both sides in order: what is on one side only, or differs behind the same first column.
void compare(const Table& table, const std::vector<Row>& rows, const std::vector<Row>& replayed, ReplayReport& report) {
  std::size_t i = 0, j = 0;
  while (i < rows.size() || j < replayed.size()) {
    if (i < rows.size() && j < replayed.size() && rows[i] == replayed[j]) {
      ++i, ++j;
      continue;
    }
    const bool both = i < rows.size() && j < replayed.size() && rows[i][0] == replayed[j][0];
    if (both && table.columns[0] == table.range && table.columns.size() > 5) {
      for (std::size_t c = 1; c < table.columns.size(); ++c) {
        if (rows[i][c] == replayed[j][c]) continue;
        tell(report, named(table, rows[i]) + ": " + std::string(table.columns[c]) + " is " + shown(rows[i][c]) +
                         ", the log says " + shown(replayed[j][c]));
      }
      ++i, ++j;
    } else if (j == replayed.size() || (i < rows.size() && rows[i] < replayed[j])) {
      tell(report, named(table, rows[i++]) + " is not what the log says");
    } else {
      tell(report, named(table, replayed[j++]) + " is missing, though the log has it");
    }
  }
}

std::int64_t newest(Connection& at, const Table& table) {
  return at.value<std::int64_t>("SELECT COALESCE(MAX(" + std::string(table.range) + "), 0) FROM " +
                                std::string(table.name));
}

/// The database itself fails, which says nothing about the event.
bool is_broken_world(const DatabaseError& error) {
  using Kind = DatabaseError::Kind;
  return error.kind != Kind::unique && error.kind != Kind::unmatched && error.kind != Kind::constraint &&
         error.kind != Kind::other;
}

/// The log on its way into the scratch database.
class Replay {
 public:
  Replay(Connection& from, Connection& to, ReplayReport& report) : from_(from), to_(to), report_(report) {}

  void run() {
    for (auto& [sequence, commitment] :
         from_.all<std::int64_t, std::string>("SELECT sequence, redacted FROM event_payload WHERE redacted <> ''")) {
      redacted_.emplace(sequence, std::move(commitment));
    }
    while (sealed_page()) {
    }
    // What is committed in this snapshot but has no position yet.
    auto rows = from_.all<ASSAY_EVENT_TYPES>("SELECT " ASSAY_EVENT_COLUMNS
                                             "FROM (SELECT sequence, 0 AS position FROM unsealed) s" ASSAY_EVENT_OF_S
                                             "ORDER BY e.sequence");
    take(rows);
    for (const auto& [subject, position] : unexplained_)
      differ(position, "its payload was taken away, but nothing erased or disposed of its subject afterwards");
  }

 private:
  using Rows = std::vector<std::tuple<ASSAY_EVENT_TYPES>>;

  void differ(std::int64_t position, const std::string& how) {
    tell(report_, "event " + std::to_string(position) + ": " + how);
  }

  /// False after the last page.
  bool sealed_page() {
    constexpr std::size_t page = 500;
    auto rows = from_.all<ASSAY_EVENT_TYPES>("SELECT " ASSAY_SEALED_EVENTS
                                             "WHERE s.position > :after ORDER BY s.position LIMIT 500",
                                             with("after", position_));
    for (const auto& row : rows) {
      const std::int64_t position = std::get<1>(row);
      if (position != position_ + 1) differ(position, "a position before it is missing");
      position_ = position;
    }
    take(rows);
    return rows.size() == page;
  }

  /// An event with its payload as it stands there.
  struct Kept {
    Event event;
    std::string payload;
  };

  void take(Rows& rows) {
    std::vector<Kept> events;
    for (auto& row : rows) {
      const std::int64_t position = std::get<1>(row);
      std::string payload = std::get<std::tuple_size_v<Rows::value_type> - 1>(row).value_or(std::string());
      try {
        events.push_back({event_from(row), std::move(payload)});
      } catch (const std::exception& error) {
        differ(position, std::string("it cannot be read: ") + error.what());
      }
    }
    report_.events += static_cast<std::int64_t>(rows.size());
    apply_all(events);
  }

  /// All at once, for a savepoint of its own costs each event as much as its rows; one by one when there is a fault.
  void apply_all(const std::vector<Kept>& events) {
    const auto told = report_.differences.size();
    const auto untold = report_.untold;
    to_.run("SAVEPOINT page");
    try {
      for (const Kept& kept : events) apply(kept);
      to_.run("RELEASE page");
      return;
    } catch (const DatabaseError& error) {
      if (is_broken_world(error)) throw;
    } catch (const std::exception& error) {
      spdlog::debug("a page of the log holds a fault: {}", error.what());  // told below, with its position
    }
    to_.run("ROLLBACK TO page");
    to_.run("RELEASE page");
    report_.differences.resize(told);
    report_.untold = untold;
    for (const Kept& kept : events) apply_alone(kept);
  }

  void apply_alone(const Kept& kept) {
    to_.run("SAVEPOINT event");
    try {
      apply(kept);
    } catch (const DatabaseError& error) {
      if (is_broken_world(error)) throw;
      to_.run("ROLLBACK TO event");
      differ(kept.event.position, error.what());
    } catch (const std::exception& error) {
      to_.run("ROLLBACK TO event");
      differ(kept.event.position, error.what());
    }
    to_.run("RELEASE event");
  }

  void apply(const Kept& kept) {
    const Event& event = kept.event;
    const auto number = allocate_number(to_, event.draft);
    if (number != event.number)
      differ(event.position, "number is `" + event.number + "`, the log gives `" + number + "`");
    const auto redacted = redacted_.find(event.sequence);
    const std::string& commitment = redacted == redacted_.end() ? event.commitment : redacted->second;
    if (redacted != redacted_.end()) unexplained_.emplace(taken_from(event.draft), event.position);
    if (erases(event.draft)) explain(event.draft);
    if (disposes(event.draft)) unexplained_.erase(taken_from(event.draft));
    const auto key = from_.one<std::string>("SELECT key FROM subject_key WHERE subject = :subject AND id = :id",
                                            with("subject", name_of(event.draft.subject)), with("id", event.draft.id));
    if (!key) {
      differ(event.position, "the key of what was committed to is missing");
    } else if (commitment_of(std::get<0>(*key), kept.payload) != commitment) {
      differ(event.position, "the payload is not the one that was committed to");
    }
    const bool attached = event.draft.record && event.draft.subject != Subject::record;
    redacted != redacted_.end() && attached ? project_taken(to_, event) : project(to_, event);
  }

  /// Whose erasure or disposal accounts for a payload that was taken away: of a record with what hangs on it, or of
  /// another subject.
  static std::string taken_from(const EventDraft& draft) {
    return draft.record ? "record " + std::to_string(static_cast<std::int64_t>(*draft.record)) : draft.uuid;
  }

  /// An erasure accounts for what was taken out of the events of the person and of their tokens.
  void explain(const EventDraft& erasure) {
    unexplained_.erase(erasure.uuid);
    for (const Json& token : member(erasure.facts, "tokens")) unexplained_.erase(token.get<std::string>());
  }

  Connection& from_;
  Connection& to_;
  ReplayReport& report_;
  std::map<std::int64_t, std::string> redacted_;     // sequence -> commitment to what an erasure has left
  std::map<std::string, std::int64_t> unexplained_;  // whose they are -> position of the first
  std::int64_t position_ = 0;
};

/// The whole table, or each of its parts that either side has.
std::vector<Part> parts_of(const Table& table, Connection& rows, Connection& replayed) {
  if (table.parts.empty()) return {Part{}};
  const auto comma = table.parts.find(", ");
  const std::array<std::string_view, 2> columns = {table.parts.substr(0, comma), table.parts.substr(comma + 2)};
  const std::string sql = "SELECT DISTINCT " + as_text(columns) + " FROM " + std::string(table.name);
  auto values = select(rows, sql, columns.size(), {});
  const auto more = select(replayed, sql, columns.size(), {});
  values.insert(values.end(), more.begin(), more.end());
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  std::vector<Part> parts;
  for (auto& one : values) {
    parts.push_back(
        {" AND " + std::string(columns[0]) + " = CAST(:part0 AS BIGINT) AND " + std::string(columns[1]) + " = :part1",
         std::move(one)});
  }
  return parts;
}

}  // namespace

ReplayReport verify_log(Store& store) {
  ReplayReport report;
  Snapshot at = store.read();
  const auto scratch = store.scratch();
  auto& from = at.connection();
  scratch->run("BEGIN");
  Replay(from, *scratch, report).run();
  for (const auto& table : projected_tables()) {
    const auto last = std::max(newest(from, table), newest(*scratch, table));
    for (const Part& part : parts_of(table, from, *scratch)) {
      for (std::int64_t after = 0; after < last; after += window) {
        compare(table, rows_of(from, table, part, after), rows_of(*scratch, table, part, after), report);
      }
    }
  }
  return report;
}

}  // namespace assay
