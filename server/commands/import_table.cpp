// The rows of a table as the inputs of commands.
#include "commands/import_table.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "domain/ids.h"

namespace assay {
namespace {

using Kind = ImportColumn::Kind;

const Json text_schema{{"type", "string"}};

const Json* objects_in(const Json& schema) {
  const auto items = schema.find("items");
  const Json& object = items == schema.end() ? schema : *items;
  const auto properties = object.find("properties");
  return properties == object.end() ? nullptr : &*properties;
}

void add_field(std::vector<ImportColumn>& columns, const FieldDefinition& field) {
  const bool list = field.schema.contains("items");
  if (const Json* members = objects_in(field.schema)) {
    for (const auto& [name, schema] : members->items())
      columns.push_back({list ? Kind::element : Kind::member, field.name + "." + name, field.name, name, schema});
    return;
  }
  columns.push_back({Kind::field, field.name, field.name, {}, list ? field.schema.at("items") : field.schema, list});
}

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

std::string cell_pointer(std::size_t row, std::size_t column) {
  return "#cell=" + std::to_string(row) + "," + std::to_string(column + 1);
}

/// A number or truth value where the schema asks for one and the cell holds one; else the text, of which the command
/// says what is wrong.
Json value_of(const Json& schema, const std::string& cell) {
  const std::string type = schema.value("type", "string");
  const std::string text = trimmed(cell);
  const char* const end = text.data() + text.size();
  if (type == "boolean" && (text == "true" || text == "false")) return text == "true";
  if (type == "integer" || type == "number") {
    std::int64_t whole = 0;
    if (const auto read = std::from_chars(text.data(), end, whole); read.ec == std::errc() && read.ptr == end)
      return whole;
    double number = 0;
    const auto read = std::from_chars(text.data(), end, number, std::chars_format::fixed);
    if (type == "number" && read.ec == std::errc() && read.ptr == end && std::isfinite(number)) return number;
  }
  return cell;
}

class TableReader {
 public:
  TableReader(const std::vector<ImportColumn>& columns, const Resolve& resolve)
      : columns_(columns), resolve_(resolve) {}

  ImportedTable read(const std::vector<CsvRow>& rows) {
    if (rows.empty()) {
      table_.errors.push_back({row_pointer(1), "must name the columns"});
      return std::move(table_);
    }
    read_header(rows.front());
    for (std::size_t i = 1; i < rows.size(); ++i) read_row(rows[i], i + 1);
    return std::move(table_);
  }

 private:
  void read_header(const CsvRow& header) {
    std::set<std::string> named;
    for (std::size_t i = 0; i < header.size(); ++i) {
      const std::string name = trimmed(header[i]);
      const auto known =
          std::find_if(columns_.begin(), columns_.end(), [&](const ImportColumn& one) { return one.name == name; });
      header_.push_back(known == columns_.end() ? nullptr : &*known);
      if (known == columns_.end()) {
        table_.errors.push_back({cell_pointer(1, i), name + ": there is no such column"});
      } else if (!named.insert(name).second) {
        table_.errors.push_back({cell_pointer(1, i), name + ": the column is there twice"});
      }
    }
  }

  void read_row(const CsvRow& cells, std::size_t row) {
    const auto filled = [](const std::string& cell) { return !trimmed(cell).empty(); };
    if (std::none_of(cells.begin(), cells.end(), filled)) return;
    if (cells.size() > header_.size()) {
      table_.errors.push_back({cell_pointer(row, header_.size()), "the row has more cells than the header"});
      return;
    }
    bool continues = !table_.rows.empty();
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (filled(cells[i]) && (header_[i] == nullptr || header_[i]->kind != Kind::element)) continues = false;
    }
    if (!continues) table_.rows.push_back({row});
    ImportedRow& record = table_.rows.back();
    std::map<std::string, std::size_t> elements;  // of each list: the one that this row fills
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (header_[i] != nullptr && filled(cells[i])) put(record, *header_[i], cells[i], row, i, elements);
    }
    if (!continues) note_missing(record, row);
  }

  /// Where a column for what the row leaves out stands, so that an error leads there.
  void note_missing(ImportedRow& record, std::size_t row) const {
    for (std::size_t i = 0; i < header_.size(); ++i) {
      if (header_[i] != nullptr) note(record, pointer_to("", header_[i]->field), *header_[i], row, i);
    }
  }

  static void note(ImportedRow& record, const std::string& pointer, const ImportColumn& column, std::size_t row,
                   std::size_t at) {
    record.cells.try_emplace(pointer, InvalidField{cell_pointer(row, at), column.name});
  }

  void put(ImportedRow& record, const ImportColumn& column, const std::string& cell, std::size_t row, std::size_t at,
           std::map<std::string, std::size_t>& elements) {
    if (column.kind == Kind::id) return put_id(record, trimmed(cell), row, at);
    std::string pointer = pointer_to("", column.field);
    Json* place = &record.input[column.field];
    if (column.kind == Kind::element) {
      if (place->is_null()) *place = Json::array();
      const auto [element, fresh] = elements.try_emplace(column.field, place->size());
      if (fresh) place->push_back(Json::object());
      pointer = pointer_to(pointer, std::to_string(element->second));
      note(record, pointer, column, row, at);
      place = &(*place)[element->second];
    }
    if (!column.member.empty()) {
      place = &(*place)[column.member];
      pointer = pointer_to(pointer, column.member);
    }
    note(record, pointer, column, row, at);
    if (!column.many) {
      *place = single(column, cell, row, at);
      return;
    }
    *place = Json::array();
    for (std::string_view rest = cell; !rest.empty();) {
      const auto end = std::min(rest.find('|'), rest.size());
      if (const std::string part = trimmed(rest.substr(0, end)); !part.empty())
        place->push_back(single(column, part, row, at));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }

  Json single(const ImportColumn& column, const std::string& cell, std::size_t row, std::size_t at) {
    const bool person = column.kind == Kind::seat || column.schema.contains("x-person");
    if (!person && column.kind != Kind::link) return value_of(column.schema, cell);
    const std::string told = trimmed(cell);
    if (auto found = resolve_(person ? std::string() : column.to, told)) return *found;
    table_.errors.push_back({cell_pointer(row, at), column.name + ": there is no " + (person ? "person" : column.to) +
                                                        " " + Json(told).dump()});
    return nullptr;
  }

  void put_id(ImportedRow& record, const std::string& uuid, std::size_t row, std::size_t at) {
    note(record, "/id", {Kind::id, "id", "id", {}, text_schema}, row, at);
    record.uuid = uuid;
    if (!is_uuid(uuid)) table_.errors.push_back({cell_pointer(row, at), "id: must be a lower-case UUID"});
    if (!ids_.insert(uuid).second) table_.errors.push_back({cell_pointer(row, at), "id: is in the table twice"});
  }

  const std::vector<ImportColumn>& columns_;
  const Resolve& resolve_;
  std::vector<const ImportColumn*> header_;
  std::set<std::string> ids_;
  ImportedTable table_;
};

}  // namespace

std::string row_pointer(std::size_t row) { return "#row=" + std::to_string(row); }

std::vector<ImportColumn> import_columns(const Definition& definition, const CommandDefinition& command) {
  std::vector<ImportColumn> columns = {{Kind::id, "id", "id", {}, text_schema}};
  for (const auto* names : {&command.must, &command.may}) {
    for (const std::string& name : *names) {
      if (const auto field = definition.fields.find(name); field != definition.fields.end()) {
        add_field(columns, field->second);
      } else if (const auto link = definition.links.find(name); link != definition.links.end()) {
        columns.push_back({Kind::link, name, name, {}, text_schema, link->second.many, link->second.to});
      } else if (definition.people.contains(name)) {
        columns.push_back({Kind::seat, name, name, {}, text_schema, true});
      }
    }
  }
  if (command.adopts) {
    for (const char* name : {"state", "number", "entered_on"})
      columns.push_back({Kind::field, name, name, {}, text_schema});
  }
  columns.push_back({Kind::field, "comment", "comment", {}, text_schema});
  return columns;
}

ImportedTable imported_rows(const std::vector<CsvRow>& rows, const std::vector<ImportColumn>& columns,
                            const Resolve& resolve) {
  return TableReader(columns, resolve).read(rows);
}

InvalidField at_cell(const ImportedRow& row, const InvalidField& wrong) {
  for (std::string pointer = wrong.pointer; !pointer.empty(); pointer.erase(pointer.rfind('/'))) {
    const auto cell = row.cells.find(pointer);
    if (cell != row.cells.end()) return {cell->second.pointer, cell->second.detail + ": " + wrong.detail};
  }
  const std::string name = wrong.pointer.empty() ? "" : wrong.pointer.substr(1) + ": ";
  return {row_pointer(row.row), name + wrong.detail};
}

}  // namespace assay
