// What hangs below a record, and what happened there since a moment.
#include "storage/changes.h"

#include "storage/access.h"
#include "storage/record_columns.h"
#include "storage/sql_text.h"

/// What tells that a record changed: a step of its own, evidence or a report; answers are what an audit is.
#define ASSAY_CHANGES " AND e.subject IN ('record', 'evidence', 'report') AND e.command <> 'remind'"

namespace assay {
namespace {

/// Begins a statement with the tree below a record, as `below (id, depth)`. No tree of record types is as deep.
void add_tree(SqlText& text, RecordId top) {
  text.add("WITH RECURSIVE below (id, depth) AS (SELECT r.id, 0 FROM record r WHERE r.id = ", top)
      .add(
          " UNION ALL SELECT c.id, b.depth + 1 FROM below b JOIN record c ON c.parent = b.id WHERE b.depth < 16)"
          " SELECT " ASSAY_RECORD_COLUMNS);
}

void add_seen(SqlText& text, const Reader& reader) {
  text.add(" AND r.organisation = ", reader.organisation).add(" AND (EXISTS (SELECT 1 FROM access a WHERE a.scope");
  add_scopes(text, reader);
  text.add(" AND a.type = r.type AND a.record = r.id)");
  if (!reader.whole.empty()) text.list(" OR r.type IN ", reader.whole);
  text.add(")");
}

/// Ends a statement over the tree and runs it: those that the reader sees, in the order of their creation.
std::vector<RecordRow> seen_in_order(Snapshot& at, SqlText& text, const Reader& reader, int limit) {
  add_seen(text, reader);
  text.add(" ORDER BY r.id LIMIT ", limit);
  std::vector<RecordRow> rows;
  at.connection().each<ASSAY_RECORD_TYPES>(text.sql, text.bindings(),
                                           [&](auto&& row) { rows.push_back(record_from(row)); });
  for (const RecordRow& row : rows) reader.note(row.id);
  return rows;
}

}  // namespace

std::vector<RecordRow> records_changed_below(Snapshot& at, RecordId top, Instant since, const Reader& reader,
                                             RecordId after, int limit) {
  SqlText text;
  add_tree(text, top);
  text.add(" FROM below b JOIN record r ON r.id = b.id WHERE r.id > ", after);
  text.add(" AND EXISTS (SELECT 1 FROM event e WHERE e.record = r.id" ASSAY_CHANGES " AND e.at > ", since).add(")");
  return seen_in_order(at, text, reader, limit);
}

std::vector<RecordRow> records_of_tree(Snapshot& at, RecordId top, const Reader& reader, int limit) {
  SqlText text;
  add_tree(text, top);
  text.add(" FROM below b JOIN record r ON r.id = b.id WHERE 1 = 1");
  return seen_in_order(at, text, reader, limit);
}

std::vector<Performance> performed_since(Snapshot& at, const std::vector<RecordId>& records, Instant since) {
  std::vector<Performance> all;
  if (records.empty()) return all;
  SqlText text;
  text.list("SELECT e.record, e.subject, e.command, e.at FROM event e WHERE e.record IN ", records)
      .add(ASSAY_CHANGES " AND e.at > ", since)
      .add(" ORDER BY e.record, e.sequence");
  at.connection().each<RecordId, std::string, std::string, Instant>(text.sql, text.bindings(), [&](auto&& row) {
    auto& [record, subject, command, when] = row;
    // Evidence keeps what was done with it, not the command that allowed it.
    if (subject == "evidence") command = command == "withdrawn" ? "withdraw_evidence" : "attach_evidence";
    all.push_back({record, std::move(command), when});
  });
  return all;
}

std::vector<AnsweredAudit> audits_answered_below(Snapshot& at, RecordId top, const Reader& reader, int limit) {
  SqlText text;
  add_tree(text, top);
  text.add(
      ", (SELECT MAX(i.answered_at) FROM item i WHERE i.audit = r.id) AS answered FROM below b"
      " JOIN record r ON r.id = b.id WHERE EXISTS (SELECT 1 FROM item i WHERE i.audit = r.id AND i.answered_at IS NOT"
      " NULL)");
  add_seen(text, reader);
  text.add(" ORDER BY answered DESC, r.id DESC LIMIT ", limit);
  std::vector<AnsweredAudit> all;
  at.connection().each<ASSAY_RECORD_TYPES, Instant>(text.sql, text.bindings(), [&](auto&& row) {
    const Instant answered = std::get<record_column_count>(row);
    all.push_back({record_from(row), answered});
    reader.note(all.back().row.id);
  });
  return all;
}

}  // namespace assay
