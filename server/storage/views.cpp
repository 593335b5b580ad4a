// Lists over several record types: a page of each, merged.
#include "storage/views.h"

#include <algorithm>

#include "storage/access.h"
#include "storage/record_columns.h"
#include "storage/sql_text.h"
#include "storage/tasks.h"

namespace assay {
namespace {

/// What rows of all types are put in order by; creation is told by the id alone.
std::string order_key(const RecordRow& row, const ListQuery& query) {
  if (query.sort == "created") return {};
  std::string key = sort_value(row, query);
  return query.sort == "due" && key.empty() ? std::string(no_deadline) : key;
}

/// A link by name, from one of its columns to the other; there to records of a type, if one is given.
struct Crossing {
  const std::string& link;
  const char *from, *to;
  std::string type;
};

/// The records at the other end of the link, as far as the reader sees them.
std::map<RecordId, std::vector<RecordRow>> across(Snapshot& at, const std::vector<RecordId>& records,
                                                  const Crossing& crossing, const Reader& reader) {
  std::map<RecordId, std::vector<RecordRow>> linked;
  if (records.empty()) return linked;
  const std::string from = std::string("l.") + crossing.from, to = std::string("l.") + crossing.to;
  SqlText text;
  text.add("SELECT " ASSAY_RECORD_COLUMNS ", CASE WHEN EXISTS (SELECT 1 FROM access a WHERE a.scope");
  add_scopes(text, reader);
  text.add(" AND a.type = r.type AND a.record = r.id) THEN 1 ELSE 0 END, " + from +
               " FROM link l JOIN record r ON r.id = " + to + " WHERE l.name = ",
           crossing.link);
  if (!crossing.type.empty()) text.add(" AND r.type = ", crossing.type);
  text.list(" AND " + from + " IN ", records).add(" ORDER BY " + from + ", " + to);
  at.connection().each<ASSAY_RECORD_TYPES, bool, RecordId>(text.sql, text.bindings(), [&](auto&& row) {
    const bool seated = std::get<record_column_count>(row);
    const RecordId near = std::get<record_column_count + 1>(row);
    RecordRow found = record_from(row);
    const bool ours = found.organisation == reader.organisation;
    if (!ours || (!seated && !reader.whole.contains(found.type))) return;
    reader.note(found.id);
    linked[near].push_back(std::move(found));
  });
  return linked;
}

}  // namespace

std::vector<RecordRow> list_across(Snapshot& at, const std::vector<ListQuery>& queries, const Reader& reader) {
  struct Keyed {
    std::string key;
    RecordRow row;
  };
  std::vector<Keyed> all;
  for (const ListQuery& query : queries) {
    for (RecordRow& row : list_records(at, query, reader)) {
      std::string key = order_key(row, query);
      all.push_back({std::move(key), std::move(row)});
    }
  }
  std::vector<RecordRow> rows;
  if (queries.empty()) return rows;
  if (queries.size() == 1) {  // in the order of the database, which also knows numbers
    for (Keyed& one : all) rows.push_back(std::move(one.row));
    return rows;
  }
  const bool down = queries.front().descending;
  std::sort(all.begin(), all.end(), [down](const Keyed& a, const Keyed& b) {
    const auto one = std::tie(a.key, a.row.id), other = std::tie(b.key, b.row.id);
    return down ? other < one : one < other;
  });
  for (Keyed& one : all) {
    if (rows.size() == static_cast<std::size_t>(queries.front().limit)) {
      reader.forget(one.row.id);
    } else {
      rows.push_back(std::move(one.row));
    }
  }
  return rows;
}

std::map<RecordId, std::vector<RecordRow>> linked_from(Snapshot& at, const std::vector<RecordId>& records,
                                                       const std::string& link, const Reader& reader) {
  return across(at, records, {link, "source", "target", {}}, reader);
}

std::map<RecordId, std::vector<RecordRow>> linked_to(Snapshot& at, const std::vector<RecordId>& records,
                                                     const std::string& type, const std::string& link,
                                                     const Reader& reader) {
  return across(at, records, {link, "target", "source", type}, reader);
}

}  // namespace assay
