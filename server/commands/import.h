// Bulk import: a table in CSV becomes people or records, all of them in one commit or none.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "commands/perform.h"

namespace assay {

/// What a table becomes when it is no record type.
inline constexpr std::string_view imported_people = "person";
/// How many errors of a table are told.
inline constexpr std::size_t import_errors = 100;

struct ImportWish {
  std::string type;              // short name of a record type, or imported_people
  std::string command = {};      // a creating command; empty: the first for people
  std::string_view text;         // the table, as read_csv() takes it; its first row names the columns
  std::size_t most_rows = 1000;  // below the header
};

/// The columns that a table may have: those of the command's input, by name. A member of an object, or of the objects
/// of a list, has a column "field.member"; "id" is the UUID that a record is to have.
Result<std::vector<std::string>> import_columns(const Context& context, const std::string& type,
                                                const std::string& command);

/// A row that only says more of the record above it: further objects of its lists. Else each row is a person or record.
/// Lists of single values stand in one cell, between "|". Links are told by UUID or number, people by UUID or e-mail
/// address (by clients: by UUID alone).
struct ImportReview {
  std::size_t records = 0;  // that the table holds
  std::vector<InvalidField>
      errors;  // "#cell=4,2" or "#row=4" (RFC 7111), the header being row 1; at most import_errors
};
/// What is wrong with the table; nothing is written. Refuses as malformed a table that cannot be read, and as decide()
/// does what this person may not do at all.
Result<ImportReview> review_import(Context& context, const Call& call, const ImportWish& wish);

struct Imported {
  Performed performed;              // `uuid`: of all that were made, in the order of the table, separated by commas
  std::vector<std::string> tokens;  // one-time links of people; empty when answered from an Idempotency-Key
};
/// The public ids of all that were made, in the order of the table.
std::vector<std::string> made_ids(const Imported& imported);
/// Makes all of them by one command; 201. Refuses as review_import() does, and with `invalid` when there is an error.
Result<Imported> import_table(Context& context, const Call& call, const ImportWish& wish);

}  // namespace assay
