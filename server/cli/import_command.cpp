// Bulk import at the machine: what POST /api/v1/imports does, for a table in a file.
#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <iostream>

#include "cli/commands.h"
#include "cli/workspace.h"
#include "commands/import.h"
#include "domain/csv.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

/// The text of the table; "-" is standard input. Throws SettingError for what cannot be read or is too large.
std::string table_text(const fs::path& table, std::size_t most) {
  std::ifstream file;
  if (table != "-") {
    if (fs::is_directory(table)) throw SettingError(table.string() + " is a folder, and no table");
    file.open(table, std::ios::binary);
    if (!file) throw SettingError("cannot read " + table.string());
  }
  std::istream& from = table == "-" ? std::cin : file;
  std::string text;
  std::array<char, 65536> part{};
  while (from.read(part.data(), part.size()) || from.gcount() > 0) {
    text.append(part.data(), static_cast<std::size_t>(from.gcount()));
    if (text.size() > most)
      throw SettingError(fmt::format("{} has more than {} bytes (--json-limit)", table.string(), most));
  }
  if (from.bad()) throw SettingError("cannot read " + table.string());
  return text;
}

/// "#cell=4,2" as "row 4, column 2", "#row=4" as "row 4"; the detail names the column.
std::string place_of(const std::string& pointer) {
  for (const std::string_view kind : {"#cell=", "#row="}) {
    if (!pointer.starts_with(kind)) continue;
    const std::string at = pointer.substr(kind.size());
    const auto comma = at.find(',');
    if (comma == std::string::npos) return "row " + at;
    return fmt::format("row {}, column {}", at.substr(0, comma), at.substr(comma + 1));
  }
  return pointer;
}

Json errors_json(const std::vector<InvalidField>& errors) {
  Json all = Json::array();
  for (const InvalidField& wrong : errors) all.push_back({{"pointer", wrong.pointer}, {"detail", wrong.detail}});
  return all;
}

/// The answer of the API to the same import.
Json answer_json(const ImportOptions& options, std::size_t records, const std::vector<InvalidField>& errors,
                 Json made) {
  return {{"type", options.type},
          {"dry_run", options.dry_run},
          {"records", records},
          {"errors", errors_json(errors)},
          {"made", std::move(made)}};
}

/// The first errors of a table, each with its row and column; 1, as nothing was stored.
int tell_errors(const ImportOptions& options, std::size_t records, const std::vector<InvalidField>& errors) {
  if (options.json) {
    fmt::print("{}\n", answer_json(options, records, errors, Json::array()).dump());
    return 1;
  }
  for (const InvalidField& wrong : errors) fmt::print("{}: {}\n", place_of(wrong.pointer), wrong.detail);
  if (errors.size() == import_errors) fmt::print("and perhaps more: only the first {} are told\n", import_errors);
  fmt::print("Nothing is stored.\n");
  return 1;
}

Principal person_at_machine(Context& context, const std::string& email) {
  Snapshot at = context.store.read();
  const auto person = find_person_by_email(at, email);
  auto who = person ? principal_of(context, at, *person, {Scope::read, Scope::write, Scope::admin}) : std::nullopt;
  if (!who) throw std::runtime_error("no active person has the e-mail address " + email);
  return *std::move(who);
}

int print_template(const SettingValues& values, const ImportOptions& options) {
  Workspace workspace(values);
  auto columns = import_columns(workspace.context(), options.type, options.command);
  if (!columns) throw Refused(columns.error());
  fmt::print("{}", write_csv({*columns}));
  return 0;
}

void tell_made(const SettingValues& values, const ImportOptions& options, const Imported& imported) {
  const auto ids = made_ids(imported);
  Json made = Json::array();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    Json one = {{"id", ids[i]}};
    if (i < imported.tokens.size())
      one["invitation"] = {{"token", imported.tokens[i]}, {"href", invitation_link(values, imported.tokens[i])}};
    if (!options.json && one.contains("invitation"))
      fmt::print("{}\t{}\n", ids[i], one["invitation"]["href"].get<std::string>());
    if (!options.json && !one.contains("invitation")) fmt::print("{}\n", ids[i]);
    made.push_back(std::move(one));
  }
  if (options.json) {
    fmt::print("{}\n", answer_json(options, ids.size(), {}, std::move(made)).dump());
  } else {
    fmt::print("{} stored by {}.\n", ids.size(), options.as);
  }
}

}  // namespace

int import_file(const SettingValues& values, const ImportOptions& options) {
  if (const DataFolder folder = existing_data_folder(values); in_use(folder)) {
    throw std::runtime_error("a server or another command works on " + folder.root.string() +
                             ": import through it (POST /api/v1/imports), or stop it first");
  }
  if (options.only_template) return print_template(values, options);
  if (options.as.empty()) throw SettingError("--as is needed: the e-mail address of the person who imports");
  if (options.table.empty()) throw SettingError("TABLE is needed: the file, or - for standard input");
  const std::string text = table_text(options.table, static_cast<std::size_t>(values.number("json-limit")));
  Workspace workspace(values);
  Context& context = workspace.context();
  const Call call{person_at_machine(context, options.as)};
  const ImportWish wish{options.type, options.command, text, static_cast<std::size_t>(values.number("import-rows"))};
  if (options.dry_run) {
    auto review = review_import(context, call, wish);
    if (!review) throw Refused(review.error());
    if (!review->errors.empty()) return tell_errors(options, review->records, review->errors);
    if (options.json) {
      fmt::print("{}\n", answer_json(options, review->records, {}, Json::array()).dump());
    } else {
      fmt::print("{} could be stored. Nothing is stored, as this is a dry run.\n", review->records);
    }
    return 0;
  }
  auto imported = import_table(context, call, wish);
  if (!imported && imported.error().reason == Reason::invalid) return tell_errors(options, 0, imported.error().invalid);
  if (!imported) throw Refused(imported.error());
  tell_made(values, options, *imported);
  return 0;
}

}  // namespace assay
