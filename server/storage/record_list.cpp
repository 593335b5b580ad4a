// Pages of records: one scope, any conditions, keyset order.
#include <algorithm>
#include <stdexcept>
#include <utility>

#include "storage/access.h"
#include "storage/record_columns.h"
#include "storage/record_filter.h"
#include "storage/records.h"
#include "storage/sql_text.h"
#include "storage/tasks.h"
#include "storage/workflow_sets.h"

namespace assay {
namespace {

using Is = Condition::Is;

/// One query on its way into SQL. Only names that the type's definition knows become part of it, as parameters.
class ListText {
 public:
  ListText(Engine engine, const Definition& definition, const ListQuery& query, const Reader& reader)
      : engine_(engine), definition_(definition), query_(query), reader_(reader) {}

  SqlText build() {
    sort_by();
    walk_by();
    text_.add("SELECT " ASSAY_RECORD_COLUMNS " FROM ").add(by_value_alone() ? "record r" : seen_records());
    for (std::size_t i = 0; i < query_.conditions.size(); ++i) join(query_.conditions[i], i);
    if (sort_field_ != nullptr) join_value("s", query_.sort);
    restrict();
    page();
    return std::move(text_);
  }

  /// The number of records by the values of `by`.
  SqlText count(std::string_view by) {
    const std::string_view value = counted_by(by);
    text_.add("SELECT ").add(value).add(", COUNT(*) FROM ").add(seen_records());
    join_all(by);
    restrict();
    if (!by.empty()) text_.add(" GROUP BY ").add(value);
    return std::move(text_);
  }

  /// The same for each of the records that `link` points at.
  SqlText count_linked(const std::string& link, const std::vector<RecordId>& targets, std::string_view by) {
    if (!is_link(link)) throw std::logic_error("lists of " + query_.type + " do not know the link " + link);
    const std::string_view value = counted_by(by);
    // SQLite keeps the order of a CROSS JOIN and begins with the links, which are few; it would begin with all values.
    if (engine_ == Engine::sqlite) join_ = " CROSS JOIN ";
    from_links_ = true;
    text_.add("SELECT l.target, ").add(value).add(", COUNT(*) FROM link l");
    text_.add(join_).add("record r ON r.id = l.source").add(join_).add("access a ON a.record = r.id");
    join_all(by);
    restrict();
    text_.add(" AND l.name = ", link).list(" AND l.target IN ", targets);
    text_.add(" GROUP BY l.target");
    if (!by.empty()) text_.add(", ").add(value);
    return std::move(text_);
  }

 private:
  /// The expression whose values are counted.
  std::string_view counted_by(std::string_view by) const {
    if (by.empty()) return "''";
    if (by == "state") return "r.state";
    if (filter_field(std::string(by))->schema.value("type", Json("string")) == "array")
      throw std::logic_error("records are not counted by a field that has several values: " + std::string(by));
    return "g.value";
  }

  void join_all(std::string_view by) {
    for (std::size_t i = 0; i < query_.conditions.size(); ++i) join(query_.conditions[i], i);
    if (!by.empty() && by != "state") join_value("g", text_.own(std::string(by)));
  }

  /// The row of the field's value, under an alias.
  void join_value(const std::string& alias, const std::string& field) {
    text_.add(join_).add("record_filter " + alias + " ON " + alias + ".record = r.id AND " + alias + ".field = ",
                         field);
    if (from_links_) return;  // the index by values, which needs the rest, would be walked for each link
    text_.add(" AND " + alias + ".organisation = ", reader_.organisation)
        .add(" AND " + alias + ".type = ", query_.type);
  }

  void restrict() {
    // Also where access says it, so that the record's own indexes can be used.
    text_.add(" WHERE r.organisation = ", reader_.organisation).add(" AND r.type = ", query_.type);
    if (!by_value_alone()) {
      text_.add(" AND a.scope");
      if (sees_whole()) {
        text_.add(" = ", whole_scope(reader_.organisation));
      } else {
        add_scopes(text_, reader_);
      }
      text_.add(" AND a.type = ", query_.type);
    }
    for (const auto& condition : query_.conditions) restrict(condition);
  }

  void sort_by() {
    if (query_.sort == "created") {
      key_ = "";  // ids are given in the order of creation
    } else if (query_.sort == "updated") {
      key_ = "r.updated";
    } else if (query_.sort == "due") {
      key_ = "COALESCE(r.due, '9999-12-31')";  // without a deadline: last
    } else if (query_.sort == "number") {
      key_ = "r.number";
    } else {
      sort_field_ = filter_field(query_.sort);
      if (sort_field_->schema.value("type", Json("string")) == "array") {
        throw std::logic_error("lists cannot be sorted by a field that has several values: " + query_.sort);
      }
      key_ = "s.value";
    }
  }

  /// The column whose index gives ids in the order of the list, among those that are equal: SQLite sorts whatever is
  /// ordered by another one. A condition whose index holds the id last narrows the list as well.
  void walk_by() {
    for (std::size_t i = 0; i < query_.conditions.size(); ++i) {
      const auto& condition = query_.conditions[i];
      if (condition.is != Is::equal || condition.values.size() != 1) continue;
      if (condition.field == "state") id_ = "r.id";
      if (!of_record(condition.field) && !is_link(condition.field) && joins(condition)) {
        id_ = "f" + std::to_string(i) + ".record";
        return;
      }
    }
  }

  /// SQLite would take the walk through the values of `waits` for dearer than one through all records of the type.
  /// Where something else narrows the list, or its order needs all of them, the choice is left to it.
  std::string_view seen_records() const {
    const auto& all = query_.conditions;
    const bool until = std::any_of(all.begin(), all.end(), [](const Condition& one) {
      const bool bounded = one.is == Is::equal || one.is == Is::less || one.is == Is::less_or_equal;
      return one.field == "due" && bounded && !one.values.empty();
    });
    const bool narrowed = std::any_of(all.begin(), all.end(), [this](const Condition& one) {
      return !of_record(one.field) && !is_link(one.field) && joins(one);
    });
    return engine_ == Engine::sqlite && until && !narrowed && sort_field_ == nullptr
               ? "record r INDEXED BY record_due CROSS JOIN access a ON a.record = r.id"
               : "access a JOIN record r ON r.id = a.record";
  }

  bool sees_whole() const { return reader_.whole.contains(query_.type); }

  /// Whether the list is walked by the values of a field for somebody who sees all records of the type in their
  /// organisation: then organisation and type say who sees what, and asking for each record costs a fifth of a page.
  bool by_value_alone() const { return sees_whole() && id_.front() == 'f'; }

  const FieldDefinition* filter_field(const std::string& name) const {
    const auto field = definition_.fields.find(name);
    if (field == definition_.fields.end() || !field->second.filter) {
      throw std::logic_error("lists of " + query_.type + " do not know the field " + name);
    }
    return &field->second;
  }

  static bool of_record(const std::string& field) {
    return field == "state" || field == "due" || field == "number" || field == "root" || field == "created" ||
           field == "updated";
  }
  bool is_link(const std::string& field) const { return definition_.links.contains(field); }

  static std::string_view sign(Is is) {
    switch (is) {
      case Is::equal:
        return " = ";
      case Is::less:
        return " < ";
      case Is::less_or_equal:
        return " <= ";
      case Is::greater:
        return " > ";
      case Is::greater_or_equal:
        return " >= ";
    }
    throw std::logic_error("unknown comparison");
  }

  template <class T>
  void compare(const std::string& column, Is is, const std::vector<T>& values) {
    if (values.empty()) {
      text_.add(" AND 1 = 0");
    } else if (is == Is::equal) {
      text_.list(" AND " + column + " IN ", values);
    } else {
      text_.add(" AND " + column).add(sign(is), values.front());
    }
  }

  /// A field with one value a record, compared with one value, multiplies no rows.
  bool joins(const Condition& condition) const {
    return filter_field(condition.field)->schema.value("type", Json("string")) != "array" &&
           condition.values.size() == 1;
  }

  /// Conditions on links and x-filter fields join the table that their index is on.
  void join(const Condition& condition, std::size_t index) {
    if (of_record(condition.field)) return;
    if (is_link(condition.field)) return;  // below, as they may not multiply rows
    if (!joins(condition)) return;
    const FieldDefinition* field = filter_field(condition.field);
    const std::string alias = "f" + std::to_string(index);
    join_value(alias, condition.field);
    compare(alias + ".value", condition.is, encoded(*field, condition.values));
  }

  void restrict(const Condition& condition) {
    if (condition.field == "root") {
      text_.add(" AND r.root IN (SELECT t.id FROM record t WHERE t.organisation = ", reader_.organisation);
      compare("t.uuid", Is::equal, condition.values);
      text_.add(")");
    } else if (condition.field == "created" || condition.field == "updated") {
      compare("r." + condition.field, condition.is, instants(condition.values));
    } else if (of_record(condition.field)) {
      compare("r." + condition.field, condition.is, condition.values);
      if (condition.field == "due") walk_waits();
    } else if (is_link(condition.field)) {
      text_.add(
          " AND EXISTS (SELECT 1 FROM link l JOIN record t ON t.id = l.target WHERE l.source = r.id AND l.name = ",
          condition.field);
      compare("t.uuid", Is::equal, condition.values);
      text_.add(")");
    } else {
      if (joins(condition)) return;
      const FieldDefinition* field = filter_field(condition.field);
      text_.add(" AND EXISTS (SELECT 1 FROM record_filter f WHERE f.record = r.id AND f.field = ", condition.field);
      compare("f.value", condition.is, encoded(*field, condition.values));
      text_.add(")");
    }
  }

  /// Deadlines are indexed behind the roles that a record waits for, of which a type has few: each is looked for.
  void walk_waits() {
    if (std::exchange(waits_walked_, true)) return;
    text_.add(" AND r.waits IN (WITH RECURSIVE kept (waits) AS (SELECT (");
    add_least_waits(text_, reader_.organisation).add(" AND k.type = ", query_.type);
    text_.add(" AND (k.due IS NOT NULL OR k.waits <> '')) UNION ALL SELECT (");
    add_least_waits(text_, reader_.organisation).add(" AND k.type = ", query_.type);
    text_.add(
        " AND k.waits > kept.waits AND k.waits <> '') FROM kept WHERE kept.waits IS NOT NULL)"
        " SELECT waits FROM kept WHERE waits IS NOT NULL)");
  }

  /// What is not of the field's type matches nothing.
  std::vector<std::string_view> encoded(const FieldDefinition& field, const std::vector<std::string>& values) {
    std::vector<std::string_view> all;
    for (const auto& value : values) {
      if (auto one = encoded_query_value(field, value)) all.emplace_back(text_.own(std::move(*one)));
    }
    return all;
  }

  static std::vector<Instant> instants(const std::vector<std::string>& values) {
    std::vector<Instant> all;
    for (const auto& value : values) {
      const auto one = parse_instant(value);
      if (!one) throw std::logic_error("lists compare with instants, not with " + value);
      all.push_back(*one);
    }
    return all;
  }

  void page() {
    const std::string_view order = query_.descending ? " DESC" : " ASC";
    const std::string_view beyond = query_.descending ? " < " : " > ";
    if (query_.after_id != 0) after(beyond);
    text_.add(" ORDER BY ");
    if (!key_.empty()) text_.add(key_).add(order).add(", ");
    text_.add(id_).add(order).add(" LIMIT ", query_.limit);
  }

  void after(std::string_view beyond) {
    if (key_.empty()) {
      text_.add(" AND " + id_).add(beyond, query_.after_id);  // the scan begins at the page
      return;
    }
    text_.add(" AND (" + std::string(key_) + ", " + id_ + ")").add(beyond).add("(");
    if (query_.sort == "updated") {
      const auto instant = parse_instant(query_.after);
      text_.parameter(instant ? *instant : Instant());
    } else if (sort_field_ != nullptr) {
      text_.parameter(text_.own(encoded_query_value(*sort_field_, query_.after).value_or(std::string())));
    } else if (query_.sort == "due" && query_.after.empty()) {
      text_.parameter(std::string_view("9999-12-31"));
    } else {
      text_.parameter(query_.after);
    }
    text_.add(", ", query_.after_id).add(")");
  }

  const Engine engine_;
  const Definition& definition_;
  const ListQuery& query_;
  const Reader& reader_;
  SqlText text_;
  std::string_view key_;
  std::string id_ = "a.record";
  std::string_view join_ = " JOIN ";
  bool from_links_ = false, waits_walked_ = false;
  const FieldDefinition* sort_field_ = nullptr;
};

WorkflowSetPtr latest_set(Snapshot& at, const std::string& type) {
  auto set = at.connection().sets().latest();
  if (!set || !set->find(type)) throw std::logic_error("lists of an unknown type: " + type);
  return set;
}

/// Figures name no record, so that there is nothing to note: what is seen by a grant alone is not counted.
Reader without_grants(const Reader& reader) {
  Reader unnoted = reader;
  unnoted.shown.reset();
  return unnoted;
}

}  // namespace

std::string sort_value(const RecordRow& row, const ListQuery& query) {
  if (query.sort == "created") return to_text(row.created);
  if (query.sort == "updated") return to_text(row.updated);
  if (query.sort == "due") return row.due ? to_text(*row.due) : std::string();
  if (query.sort == "number") return row.number;
  const Json body = parse_stored(row.body);
  const auto value = body.find(query.sort);
  if (value == body.end() || value->is_null()) return {};
  return value->is_string() ? value->get<std::string>() : value->dump();
}

std::map<std::string, std::int64_t> count_records(Snapshot& at, const ListQuery& query, std::string_view by,
                                                  const Reader& reader) {
  const auto set = latest_set(at, query.type);
  const Reader unnoted = without_grants(reader);
  ListText builder(at.connection().engine(), set->types.at(query.type), query, unnoted);
  const SqlText text = builder.count(by);
  std::map<std::string, std::int64_t> counts;
  for (auto& [value, count] : at.connection().all_of<std::string, std::int64_t>(text.sql, text.bindings()))
    counts.emplace(std::move(value), count);
  return counts;
}

std::map<std::string, std::map<std::string, std::int64_t>> count_linked(Snapshot& at, const ListQuery& query,
                                                                        const std::string& link,
                                                                        const std::vector<RecordRow>& targets,
                                                                        std::string_view by, const Reader& reader) {
  std::map<RecordId, const std::string*> uuids;
  std::vector<RecordId> ids;
  for (const RecordRow& target : targets) {
    ids.push_back(target.id);
    uuids.emplace(target.id, &target.uuid);
  }
  std::map<std::string, std::map<std::string, std::int64_t>> counts;
  if (ids.empty()) return counts;
  const auto set = latest_set(at, query.type);
  const Reader unnoted = without_grants(reader);
  ListText builder(at.connection().engine(), set->types.at(query.type), query, unnoted);
  const SqlText text = builder.count_linked(link, ids, by);
  for (auto& [target, value, count] :
       at.connection().all_of<RecordId, std::string, std::int64_t>(text.sql, text.bindings()))
    counts[*uuids.at(target)].emplace(std::move(value), count);
  return counts;
}

std::vector<RecordRow> list_records(Snapshot& at, const ListQuery& query, const Reader& reader) {
  const auto set = latest_set(at, query.type);
  ListText builder(at.connection().engine(), set->types.at(query.type), query, reader);
  const SqlText text = builder.build();
  std::vector<RecordRow> page;
  page.reserve(static_cast<std::size_t>(std::max(query.limit, 0)));
  at.connection().each<ASSAY_RECORD_TYPES>(text.sql, text.bindings(),
                                           [&page](auto&& row) { page.push_back(record_from(row)); });
  for (const RecordRow& row : page) reader.note(row.id);
  return page;
}

}  // namespace assay
