// Replays the log into an empty database and compares it, row by row, with what the commits have written.
#include <algorithm>
#include <array>

#include "storage/connection.h"
#include "storage/event_columns.h"
#include "storage/event_log.h"
#include "storage/events.h"
#include "storage/projection.h"

namespace assay {
namespace {

constexpr std::int64_t window = 4000;
constexpr std::size_t differences_told = 100;

/// A table that events make. Compared in windows of `range`, rows in the order of all columns.
struct Table {
  std::string_view name;
  std::string_view range;                 // integer column
  std::vector<std::string_view> columns;  // the first ones name the row in messages
};

const std::vector<Table>& projected_tables() {
  static const std::vector<Table> tables = {
      {"organisation", "id", {"id", "uuid", "name", "zone", "language", "version"}},
      {"person", "id", {"id", "uuid", "organisation", "name", "email", "email_key", "language", "state", "version"}},
      {"person_role", "person", {"person", "role"}},
      {"person_responsibility", "person", {"person", "name"}},
      {"token",
       "id",
       {"id", "uuid", "person", "organisation", "name", "hash", "scopes", "created", "expires", "revoked", "version"}},
      {"record",
       "id",
       {"id", "uuid", "type", "organisation", "root", "parent", "number", "workflow_set", "state", "version", "body",
        "created", "updated", "state_since", "due"}},
      {"record_version", "record", {"record", "tree", "items", "evidence"}},
      {"link", "source", {"source", "name", "target"}},
      {"assignment", "record", {"record", "seat", "person"}},
      {"access", "record", {"record", "scope", "type"}},
      {"record_filter", "record", {"record", "field", "value", "organisation", "type"}},
      {"timer", "record", {"record", "name", "day", "at", "fired", "next"}},
      {"proposal", "record", {"record", "uuid", "command", "input", "proposer", "version", "at", "outcome"}},
      {"number_sequence", "organisation", {"organisation", "type", "year", "last"}},
      {"item",
       "id",
       {"id", "uuid", "audit", "catalogue", "catalogue_id", "question", "item", "subject", "auditor", "status",
        "result", "reason", "maturity", "notes", "answered_by", "answered_at", "version"}},
      {"evidence",
       "id",
       {"id", "uuid", "organisation", "record", "item", "kind", "title", "description", "sha256", "file_name",
        "media_type", "size", "collected_at", "collected_by", "effective_from", "effective_to", "supersedes",
        "withdrawn", "version"}},
      {"report",
       "id",
       {"id", "uuid", "organisation", "record", "plugin", "plugin_version", "format", "language", "input_hash",
        "sha256", "file_name", "media_type", "size", "created", "created_by"}},
      {"webhook",
       "id",
       {"id", "uuid", "organisation", "url", "secret", "old_secret", "old_until", "types", "payload", "style", "state",
        "reason", "description", "created", "version"}}};
  return tables;
}

using Row = std::vector<std::optional<std::string>>;

std::vector<Row> rows_of(Connection& at, const Table& table, std::int64_t after) {
  std::string sql = "SELECT ";
  for (const auto column : table.columns) sql += "CAST(" + std::string(column) + " AS TEXT), ";
  sql.resize(sql.size() - 2);
  sql += " FROM " + std::string(table.name) + " WHERE " + std::string(table.range) + " > :after AND " +
         std::string(table.range) + " <= :upto";
  const std::vector<char> text(table.columns.size(), 1);
  const std::array<Binding, 2> bounds{with("after", after), with("upto", after + window)};
  std::vector<Row> rows;
  at.query(sql, bounds, std::span(reinterpret_cast<const bool*>(text.data()), text.size()),
           [&rows](std::span<Cell> cells) {
             Row row;
             for (auto& cell : cells) row.push_back(cell.null ? std::nullopt : std::optional(cell.text));
             rows.push_back(std::move(row));
           });
  std::sort(rows.begin(), rows.end());
  return rows;
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
void compare(const Table& table, const std::vector<Row>& rows, const std::vector<Row>& replayed,
             std::vector<std::string>& differences) {
  std::size_t i = 0, j = 0;
  while ((i < rows.size() || j < replayed.size()) && differences.size() < differences_told) {
    if (i < rows.size() && j < replayed.size() && rows[i] == replayed[j]) {
      ++i, ++j;
      continue;
    }
    const bool both = i < rows.size() && j < replayed.size() && rows[i][0] == replayed[j][0];
    if (both && table.columns[0] == table.range && table.columns.size() > 5) {
      for (std::size_t c = 1; c < table.columns.size(); ++c) {
        if (rows[i][c] == replayed[j][c]) continue;
        differences.push_back(named(table, rows[i]) + ": " + std::string(table.columns[c]) + " is " +
                              shown(rows[i][c]) + ", the log says " + shown(replayed[j][c]));
      }
      ++i, ++j;
    } else if (j == replayed.size() || (i < rows.size() && rows[i] < replayed[j])) {
      differences.push_back(named(table, rows[i++]) + " is not what the log says");
    } else {
      differences.push_back(named(table, replayed[j++]) + " is missing, though the log has it");
    }
  }
}

std::int64_t newest(Connection& at, const Table& table) {
  return at.value<std::int64_t>("SELECT COALESCE(MAX(" + std::string(table.range) + "), 0) FROM " +
                                std::string(table.name));
}

/// The log on its way into the scratch database.
struct Replay {
  Connection& from;
  Connection& to;
  ReplayReport& report;
  std::int64_t position = 0;

  void differ(const Event& event, const std::string& how) {
    if (report.differences.size() >= differences_told) return;
    report.differences.push_back("event " + std::to_string(event.position) + ": " + how);
  }

  void apply(const Event& event) {
    ++report.events;
    const auto number = allocate_number(to, event.draft);
    if (number != event.number) differ(event, "number is `" + event.number + "`, the log gives `" + number + "`");
    const auto key = from.one<std::string>("SELECT key FROM subject_key WHERE subject = :subject AND id = :id",
                                           with("subject", name_of(event.draft.subject)), with("id", event.draft.id));
    if (key && commitment_of(std::get<0>(*key), canonical(event.draft.facts)) != event.commitment) {
      differ(event, "the payload is not the one that was committed to");
    }
    try {
      project(to, event);
    } catch (const VersionConflict& conflict) {
      differ(event, conflict.what());
    }
  }

  /// False after the last page.
  bool sealed_page() {
    constexpr std::size_t page = 500;
    auto rows = from.all<ASSAY_EVENT_TYPES>("SELECT " ASSAY_SEALED_EVENTS
                                            "WHERE s.position > :after ORDER BY s.position LIMIT 500",
                                            with("after", position));
    for (auto& row : rows) {
      const Event event = event_from(row);
      if (event.position != position + 1) differ(event, "a position before it is missing");
      position = event.position;
      apply(event);
    }
    return rows.size() == page;
  }

  /// What is committed in this snapshot but has no position yet.
  void unsealed() {
    for (auto& row : from.all<ASSAY_EVENT_TYPES>(
             "SELECT " ASSAY_EVENT_COLUMNS "FROM (SELECT sequence, 0 AS position FROM unsealed) s" ASSAY_EVENT_OF_S
             "ORDER BY e.sequence")) {
      apply(event_from(row));
    }
  }
};

}  // namespace

ReplayReport verify_log(Store& store) {
  ReplayReport report;
  Snapshot at = store.read();
  const auto scratch = store.scratch();
  auto& from = at.connection();
  scratch->run("BEGIN");
  Replay replay{from, *scratch, report};
  while (replay.sealed_page()) {
  }
  replay.unsealed();
  for (const auto& table : projected_tables()) {
    const auto last = std::max(newest(from, table), newest(*scratch, table));
    for (std::int64_t after = 0; after < last; after += window) {
      compare(table, rows_of(from, table, after), rows_of(*scratch, table, after), report.differences);
    }
  }
  return report;
}

}  // namespace assay
