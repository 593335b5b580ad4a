// The cells of a view.
#include "http/view_table.h"

#include <algorithm>
#include <map>
#include <set>

#include "commands/for_clients.h"
#include "domain/disposal.h"
#include "domain/paths.h"
#include "domain/policies.h"
#include "http/person_names.h"
#include "http/records_path.h"
#include "storage/facts.h"
#include "storage/tasks.h"
#include "storage/views.h"

namespace assay {
namespace {

using Seats = std::map<RecordId, std::vector<SeatRow>>;

/// The label of a seat of the type, of a role, or of a seat of a type above, else the name.
std::string name_of_turn(const WorkflowSet& set, const Definition& type, const std::string& name,
                         std::string_view language) {
  if (type.people.contains(name)) return label_of(type, "people." + name, language);
  const auto labels = set.role_labels.find(std::string(language));
  if (labels != set.role_labels.end()) {
    if (const auto label = labels->second.find(name); label != labels->second.end()) return label->second;
  }
  const auto role = set.roles.find(name);
  if (role != set.roles.end()) return role->second.label;
  const auto above = std::find_if(set.types.begin(), set.types.end(),
                                  [&](const auto& one) { return one.second.people.contains(name); });
  return above == set.types.end() ? name : label_of(above->second, "people." + name, language);
}

std::vector<std::string> parts_of(std::string_view dotted) {
  std::vector<std::string> parts;
  for (std::size_t dot = 0; dot != std::string_view::npos;) {
    dot = dotted.find('.');
    parts.emplace_back(dotted.substr(0, dot));
    if (dot != std::string_view::npos) dotted.remove_prefix(dot + 1);
  }
  return parts;
}

/// Fills the columns of a page, one column after the other.
class Table {
 public:
  Table(const Api& api, Snapshot& at, std::vector<RecordRow> rows, std::string_view language)
      : api_(api), reader_(api.who().reader), at_(at), language_(language) {
    for (RecordRow& row : rows) {
      WorkflowSetPtr set;
      const Definition& definition = definition_of(api_, row, set);
      rows_.push_back({std::move(row), std::move(set), &definition, {}});
      fields_.push_back(fields_of(rows_.back().row, definition));
    }
  }

  void add(const ViewColumn& column) {
    if (!column.seats.empty())
      return each([&](std::size_t i) { return people(i, {column.seats.begin(), column.seats.end()}); });
    if (column.turn) return each([&](std::size_t i) { return turn(i); });
    if (!column.days_since.empty()) return each([&](std::size_t i) { return days_since(i, column.days_since); });
    if (!column.days.empty()) return add_day(column);
    if (!column.path.empty()) {
      auto cells = linked_values(column.path, column.field);
      return each([&](std::size_t i) { return std::move(cells[i]); });
    }
    each([&](std::size_t i) { return value(rows_[i].row, *rows_[i].definition, fields_[i], column.field); });
  }

  std::vector<ViewCells> take() { return std::move(rows_); }

 private:
  template <class Cell>
  void each(const Cell& cell) {
    for (std::size_t i = 0; i < rows_.size(); ++i) rows_[i].cells.push_back(cell(i));
  }

  std::vector<RecordId> ids() const {
    std::vector<RecordId> all;
    for (const ViewCells& row : rows_) all.push_back(row.row.id);
    return all;
  }

  Json fields_of(const RecordRow& row, const Definition& definition) const {
    Json fields = parse_stored(row.body);
    if (reader_.client) keep_from_clients(fields, definition);
    return fields;
  }

  Json value(const RecordRow& row, const Definition& type, const Json& fields, const std::string& name) {
    if (name == "type") return row.type;
    if (name == "number") return row.number;
    if (name == "state") return row.state;
    if (name == "created") return to_text(row.created);
    if (name == "updated") return to_text(row.updated);
    if (name == "kept_until") return kept_until_of(row);
    if (name == "due") return row.due ? Json(to_text(*row.due)) : Json(nullptr);
    const auto found = fields.find(name == "title" && !type.title.empty() ? type.title : name);
    if (found == fields.end()) return nullptr;
    const auto field = type.fields.find(name);
    if (field == type.fields.end()) return *found;
    return names_.in(field->second.schema, *found,
                     [this](const std::string& uuid) { return names_.find(uuid).value_or(uuid); });
  }

  /// As the release says today, of what has come to its end and is still there.
  Json kept_until_of(const RecordRow& row) const {
    const RecordView& record = record_at(facts_, row.id);
    if (!has_ended(record) || is_disposed(record)) return nullptr;
    const auto day = keeping(*api_.context().workflows, facts_, record, api_.who().organisation.zone).until;
    return day ? Json(to_text(*day)) : Json(nullptr);
  }

  const std::vector<SeatRow>& seats(std::size_t i) {
    if (!seats_read_) seats_ = seats_in_line(at_, ids());
    seats_read_ = true;
    return seats_[rows_[i].row.id];
  }

  /// Names of who sits there; clients are not told the names of people.
  Json people(std::size_t i, const std::set<std::string>& wanted) {
    std::vector<std::string> names;
    if (reader_.client) return nullptr;
    for (const SeatRow& seat : seats(i)) {
      std::string name = name_for(reader_, seat.person, seat.person_uuid, seat.name, seat.restricted);
      const bool told = std::find(names.begin(), names.end(), name) != names.end();
      if (wanted.contains(seat.seat) && !told) names.push_back(std::move(name));
    }
    return names.empty() ? Json(nullptr) : Json(names);
  }

  Json turn(std::size_t i) {
    const ViewCells& row = rows_[i];
    const std::set<std::string> wanted = turn_in(*row.definition, row.row.state, fields_[i]);
    if (wanted.empty()) return nullptr;
    if (Json names = people(i, wanted); !names.is_null()) return names;
    std::vector<std::string> labels;
    for (const std::string& name : wanted) labels.push_back(name_of_turn(*row.set, *row.definition, name, language_));
    return labels;
  }

  Json days_since(std::size_t i, const std::string& name) {
    const RecordRow& row = rows_[i].row;
    const std::string& zone = api_.who().organisation.zone;
    const Date today = local_date(api_.context().clock(), zone);
    std::optional<Date> day;
    if (name == "due") {
      day = row.due;
    } else if (name == "created" || name == "state_since") {
      day = local_date(name == "created" ? row.created : row.state_since, zone);
    } else if (const auto found = fields_[i].find(name); found != fields_[i].end() && found->is_string()) {
      day = parse_date(found->get<std::string>());
    }
    if (!day) return nullptr;
    return (std::chrono::sys_days(today) - std::chrono::sys_days(*day)).count();
  }

  /// Of what the rows link to the first is shown, when it is the end of the path.
  void forget_all_but_ends(const std::map<RecordId, std::vector<RecordRow>>& linked, bool is_end) const {
    for (const auto& [from, targets] : linked) {
      for (auto target = targets.begin() + (is_end ? 1 : 0); target != targets.end(); ++target)
        reader_.forget(target->id);
    }
  }

  /// What the records of `type` link to by that name, or are linked from by that back name; `type` is then theirs.
  std::map<RecordId, std::vector<RecordRow>> linked(const std::vector<RecordId>& from, const std::string& name,
                                                    const Definition*& type) {
    const WorkflowSet& set = *api_.context().workflows;
    const auto link = type ? type->links.find(name) : decltype(type->links.end()){};
    const bool forth = !type || link != type->links.end();
    const Definition* source = nullptr;
    const LinkDefinition* back = forth ? nullptr : set.back_link(type->type, name, &source);
    if (back) {
      type = source;
      return linked_to(at_, from, source->type, back->name, reader_);
    }
    type = forth && type ? set.find(link->second.to) : nullptr;
    return linked_from(at_, from, name, reader_);
  }

  /// Follows the path for all rows at once, a question a link. A back name is one of the first row's type.
  std::vector<Json> linked_values(const std::vector<std::string>& path, const std::string& field) {
    std::map<RecordId, RecordRow> ends;  // by row
    std::map<RecordId, RecordId> at;     // row -> record on its way
    for (const ViewCells& row : rows_) at.emplace(row.row.id, row.row.id);
    const Definition* type = rows_.empty() ? nullptr : rows_.front().definition;
    for (const std::string& link : path) {
      std::vector<RecordId> from;
      for (const auto& [row, id] : at) from.push_back(id);
      auto found = linked(from, link, type);
      std::map<RecordId, RecordId> next;
      ends.clear();
      for (const auto& [row, id] : at) {
        const auto there = found.find(id);
        if (there == found.end()) continue;
        ends.emplace(row, there->second.front());
        next.emplace(row, there->second.front().id);
      }
      forget_all_but_ends(found, &link == &path.back());
      at = std::move(next);
    }
    std::vector<Json> values;
    for (const ViewCells& row : rows_) {
      const auto end = ends.find(row.row.id);
      if (end == ends.end()) {
        values.emplace_back();
        continue;
      }
      WorkflowSetPtr set;
      const Definition& definition = definition_of(api_, end->second, set);
      values.push_back(value(end->second, definition, fields_of(end->second, definition), field));
    }
    return values;
  }

  /// True for a value that is among these, or a list with one of them.
  static bool is_among(const Json& value, const Json& values) {
    const auto known = [&](const Json& one) { return std::ranges::find(values, one) != values.end(); };
    return value.is_array() ? std::ranges::any_of(value, known) : known(value);
  }

  /// For each row, whether its fields, or those at the end of a path of links, have what `when` says.
  std::vector<bool> counting(const Json& when) {
    std::vector<bool> counts(rows_.size(), true);
    for (const auto& [name, values] : when.items()) {
      std::vector<std::string> path = parts_of(name);
      const std::string field = std::move(path.back());
      path.pop_back();
      const auto linked = path.empty() ? std::vector<Json>(rows_.size()) : linked_values(path, field);
      for (std::size_t i = 0; i < rows_.size(); ++i)
        counts[i] = counts[i] && is_among(path.empty() ? fields_[i].value(field, Json()) : linked[i], values);
    }
    return counts;
  }

  /// The first or last of the days that count for a row and are known.
  void add_day(const ViewColumn& column) {
    std::vector<std::optional<Date>> found(rows_.size());
    for (const ViewDay& day : column.days) {
      const auto linked = day.path.empty() ? std::vector<Json>(rows_.size()) : linked_values(day.path, day.field);
      const auto counts = counting(day.when);
      for (std::size_t i = 0; i < rows_.size(); ++i) {
        if (!counts[i]) continue;
        const Json value = day.path.empty() ? fields_[i].value(day.field, Json()) : linked[i];
        auto date = value.is_string() ? parse_date(value.get_ref<const std::string&>()) : std::nullopt;
        if (!date) continue;
        date = PolicyValues(*rows_[i].set, facts_, rows_[i].row.id).after(*date, day.plus);
        if (!found[i] || (column.last_day ? *date > *found[i] : *date < *found[i])) found[i] = date;
      }
    }
    each([&](std::size_t i) { return found[i] ? Json(to_text(*found[i])) : Json(nullptr); });
  }

  const Api& api_;
  const Reader& reader_;
  Snapshot& at_;
  StoredFacts facts_{api_.context().store, at_};
  PersonNames names_{at_, reader_};
  const std::string_view language_;
  std::vector<ViewCells> rows_ = {};
  std::vector<Json> fields_ = {};
  Seats seats_ = {};
  bool seats_read_ = false;
};

/// The text of a member of an object, or of an object in a list.
std::string member_text(const ViewCells& row, const std::string& field, const std::string& member,
                        const std::string& text, std::string_view language) {
  const auto about = row.definition->fields.find(field);
  if (about == row.definition->fields.end()) return text;
  const Json& schema = about->second.schema;
  const Json members = schema.value("items", schema).value("properties", Json::object());
  const bool listed = members.contains(member) && members.at(member).contains("enum");
  return listed ? label_of(*row.definition, "enums." + field + "." + member + "." + text, language) : text;
}

}  // namespace

std::vector<ViewCells> view_cells(const Api& api, Snapshot& at, const ViewDefinition& view, std::vector<RecordRow> rows,
                                  std::string_view language) {
  Table table(api, at, std::move(rows), language);
  for (const ViewColumn& column : view.columns) table.add(column);
  return table.take();
}

std::string cell_text(const ViewCells& row, const ViewColumn& column, const Json& cell, std::string_view language) {
  if (cell.is_null()) return {};
  if (cell.is_object()) {
    std::string all;
    for (const auto& [name, member] : cell.items()) {
      if (!all.empty()) all += ", ";
      all += label_of(*row.definition, "members." + column.field + "." + name, language) + ": ";
      all += member.is_string() ? member_text(row, column.field, name, member.get<std::string>(), language)
                                : cell_text(row, column, member, language);
    }
    return all;
  }
  if (cell.is_array()) {
    std::string all;
    for (const Json& one : cell) {
      if (!all.empty()) all += "; ";
      all += cell_text(row, column, one, language);
    }
    return all;
  }
  if (!cell.is_string()) return cell.dump();
  std::string text = cell.get<std::string>();
  if (!column.path.empty() || column.field.empty()) return text;
  if (column.field == "type") return label_of(*row.definition, "label", language);
  if (column.field == "state") return label_of(*row.definition, "states." + text, language);
  const auto field = row.definition->fields.find(column.field);
  if (field == row.definition->fields.end()) return text;
  const Json& schema = field->second.schema;
  const bool listed = schema.value("items", schema).contains("enum");  // of a list: one of its values
  return listed ? label_of(*row.definition, "enums." + column.field + "." + text, language) : text;
}

std::string view_label(const ViewDefinition& view, const std::string& column, std::string_view language) {
  if (const auto labels = view.labels.find(std::string(language)); labels != view.labels.end()) {
    if (const auto label = labels->second.find(column); label != labels->second.end()) return label->second;
  }
  if (column.empty()) return view.label;
  for (const ViewColumn& one : view.columns) {
    if (one.name == column) return one.label;
  }
  return column;
}

std::string title_for(const RecordRow& row, const Definition& definition, const Reader& reader) {
  Json fields = parse_stored(row.body);
  if (reader.client) keep_from_clients(fields, definition);
  const auto title = fields.find(definition.title);
  return title != fields.end() && title->is_string() ? title->get<std::string>() : std::string();
}

}  // namespace assay
