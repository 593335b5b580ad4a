// The rows of a table as the inputs of commands, with the cell that each part of an input comes from.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/csv.h"
#include "domain/definition.h"
#include "domain/refusal.h"

namespace assay {

/// What a column of an import fills.
struct ImportColumn {
  enum class Kind { id, field, member, element, link, seat } kind;
  std::string name;     // of the column
  std::string field;    // of the input
  std::string member;   // of the object, or of each object of the list
  Json schema;          // of a single cell
  bool many = false;    // several values, between "|"
  std::string to = {};  // link: type of the other end
};

/// Those of a creating command, in the order of its input.
std::vector<ImportColumn> import_columns(const Definition& definition, const CommandDefinition& command);

/// The UUID behind what a cell says: a person when `type` is empty, else a record of that type. Nothing when there is
/// none that this person may name.
using Resolve = std::function<std::optional<std::string>(const std::string& type, const std::string& told)>;

/// A record of the table: the input of its command, and where it stands.
struct ImportedRow {
  std::size_t row;  // its first one; the header is row 1
  std::string uuid = {};
  Json input = Json::object();
  std::map<std::string, InvalidField> cells = {};  // pointer into `input` -> pointer to the cell, name of the column
};

struct ImportedTable {
  std::vector<ImportedRow> rows;
  std::vector<InvalidField> errors = {};
};

/// Reads the rows by the columns that the first one names. What is empty is left out. Errors are those of single cells:
/// an unknown or doubled column, a row with more cells than the header, what nobody answers to, a doubled id.
ImportedTable imported_rows(const std::vector<CsvRow>& rows, const std::vector<ImportColumn>& columns,
                            const Resolve& resolve);

/// An error of a command's input, told by the cell that it comes from.
InvalidField at_cell(const ImportedRow& row, const InvalidField& wrong);

/// "#row=4" of RFC 7111.
std::string row_pointer(std::size_t row);

}  // namespace assay
