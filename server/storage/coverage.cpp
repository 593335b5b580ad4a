// What the audits below a record cover.
#include "storage/coverage.h"

#include <algorithm>
#include <iterator>

#include "storage/access.h"
#include "storage/record_columns.h"
#include "storage/sql_text.h"

namespace assay {
namespace {

/// Leaves out what the reader does not see: nothing of a type that the person sees as a whole.
void add_visible(SqlText& text, const std::vector<std::string>& types, const Reader& reader) {
  std::vector<std::string> whole;
  std::copy_if(types.begin(), types.end(), std::back_inserter(whole),
               [&](const std::string& type) { return reader.whole.contains(type); });
  text.add(" AND r.organisation = ", reader.organisation).add(" AND (EXISTS (SELECT 1 FROM access a WHERE a.scope");
  add_scopes(text, reader);
  text.add(" AND a.type = r.type AND a.record = r.id)");
  if (!whole.empty()) {
    text.add(" OR r.type IN ");
    char separator = '(';
    for (const std::string& type : whole) {
      text.sql += separator;
      separator = ',';
      text.parameter(text.own(type));
    }
    text.add(")");
  }
  text.add(")");
}

}  // namespace

std::vector<RecordRow> records_below(Snapshot& at, RecordId parent, const std::vector<std::string>& types,
                                     const Reader& reader, int limit) {
  std::vector<RecordRow> rows;
  if (types.empty()) return rows;
  SqlText text;
  text.add("SELECT " ASSAY_RECORD_COLUMNS " FROM record r WHERE r.parent = ", parent).list(" AND r.type IN ", types);
  add_visible(text, types, reader);
  text.add(" ORDER BY r.id DESC LIMIT ", limit);
  at.connection().each<ASSAY_RECORD_TYPES>(text.sql, text.bindings(),
                                           [&](auto&& row) { rows.push_back(record_from(row)); });
  std::reverse(rows.begin(), rows.end());
  for (const RecordRow& row : rows) reader.note(row.id);
  return rows;
}

std::vector<ClauseCount> count_clauses(Snapshot& at, const std::vector<RecordId>& audits) {
  std::vector<ClauseCount> counts;
  if (audits.empty()) return counts;
  SqlText text;
  text.add(
          "SELECT i.audit, i.catalogue, i.catalogue_id, i.item, COUNT(*),"
          " SUM(CASE WHEN i.result IN ('', 'not_assessed') THEN 0 ELSE 1 END),"
          " SUM(CASE WHEN i.result = 'does_not_conform' THEN 1 ELSE 0 END),"
          " MAX(CASE WHEN i.result IN ('', 'not_assessed') THEN NULL ELSE i.answered_at END)"
          " FROM item i")
      .list(" WHERE i.audit IN ", audits)
      .add(" GROUP BY i.audit, i.catalogue, i.catalogue_id, i.item ORDER BY 1, 2, 3, 4");
  using Text = std::string;
  at.connection().each<RecordId, Text, Text, Text, std::int64_t, std::int64_t, std::int64_t, std::optional<Instant>>(
      text.sql, text.bindings(), [&](auto&& row) {
        auto& [audit, catalogue, catalogue_id, item, planned, examined, nonconforming, until] = row;
        counts.push_back({audit, std::move(catalogue), std::move(catalogue_id), std::move(item), planned, examined,
                          nonconforming, until});
      });
  return counts;
}

std::set<RecordId> linked_by(Snapshot& at, const std::vector<RecordId>& records, const std::string& link) {
  std::set<RecordId> found;
  if (records.empty()) return found;
  SqlText text;
  text.add("SELECT DISTINCT l.source FROM link l WHERE l.name = ", link).list(" AND l.source IN ", records);
  at.connection().each<RecordId>(text.sql, text.bindings(), [&](auto&& row) { found.insert(std::get<0>(row)); });
  return found;
}

void each_pointing_at(Snapshot& at, const std::string& type, const std::string& link,
                      const std::vector<RecordId>& targets, const Reader& reader,
                      const std::function<void(RecordId target, RecordRow&& row)>& use) {
  if (targets.empty()) return;
  SqlText text;
  text.add("SELECT " ASSAY_RECORD_COLUMNS ", l.target FROM link l JOIN record r ON r.id = l.source WHERE l.name = ",
           link)
      .list(" AND l.target IN ", targets)
      .add(" AND r.type = ", type);
  add_visible(text, {type}, reader);
  text.add(" ORDER BY l.source, l.target");
  at.connection().each<ASSAY_RECORD_TYPES, RecordId>(text.sql, text.bindings(), [&](auto&& row) {
    const RecordId target = std::get<record_column_count>(row);
    RecordRow found = record_from(row);
    reader.note(found.id);
    use(target, std::move(found));
  });
}

}  // namespace assay
