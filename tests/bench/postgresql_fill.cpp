// The fixture's rows in PostgreSQL.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "bench/postgresql.h"
#include "cli/workspace.h"
#include "storage/connection.h"

namespace bench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t piece = 1 << 20;

/// A value as COPY reads it.
void append_field(std::string& to, const assay::Cell& cell) {
  if (cell.null) {
    to += "\\N";
    return;
  }
  for (const char c : cell.text) {
    switch (c) {
      case '\\':
        to += "\\\\";
        break;
      case '\n':
        to += "\\n";
        break;
      case '\r':
        to += "\\r";
        break;
      case '\t':
        to += "\\t";
        break;
      default:
        to += c;
    }
  }
}

void copy_table(assay::Connection& from, Client& to, const std::string& table) {
  std::vector<std::string> columns, texts;
  for (auto& [column] :
       from.all<std::string>("SELECT name FROM pragma_table_info(:name)", assay::with("name", table))) {
    texts.push_back("CAST(" + column + " AS TEXT)");
    columns.push_back(std::move(column));
  }
  const std::vector<char> text(columns.size(), 1);
  std::string lines;
  to.begin_copy(fmt::format("COPY {} ({}) FROM STDIN", table, fmt::join(columns, ", ")));
  from.query(fmt::format("SELECT {} FROM {}", fmt::join(texts, ", "), table), {},
             std::span(reinterpret_cast<const bool*>(text.data()), text.size()), [&](std::span<assay::Cell> cells) {
               for (std::size_t i = 0; i < cells.size(); ++i) {
                 if (i > 0) lines += '\t';
                 append_field(lines, cells[i]);
               }
               lines += '\n';
               if (lines.size() < piece) return;
               to.put(lines);
               lines.clear();
             });
  if (!lines.empty()) to.put(lines);
  to.end_copy();
}

/// Those that others refer to come first. The search index is of the engine itself, and stays empty.
std::vector<std::string> tables_of(assay::Connection& from) {
  std::vector<std::string> tables = {"organisation", "person", "record", "delivery"};
  for (auto& [table] :
       from.all<std::string>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE"
                             " 'sqlite_%' AND name NOT LIKE 'search_%' AND name <> 'migration' ORDER BY name")) {
    if (std::find(tables.begin(), tables.end(), table) == tables.end()) tables.push_back(std::move(table));
  }
  return tables;
}

}  // namespace

Fixture fill(const Options& options, const Fixture& fixture, const std::string& url) {
  Fixture filled = fixture;
  filled.data = options.cache / "work-postgresql";
  fs::remove_all(filled.data);
  fs::create_directories(filled.data);
  fs::copy_file(fixture.data / "keys", filled.data / "keys");
  {
    const assay::Workspace makes_the_schema(assay::SettingValues(
        {{"data", filled.data.string()}, {"workflows", fixture.workflows.string()}, {"database", url}},
        [](const std::string&) { return std::optional<std::string>(); }, {}));
  }
  const auto from = assay::Connection::sqlite((fs::canonical(fixture.data) / "assay.db").string(),
                                              assay::Connection::Access::read, 65536);
  Client to(url);
  const auto tables = tables_of(*from);
  to.run(fmt::format("TRUNCATE {} CASCADE", fmt::join(tables, ", ")));
  for (const auto& table : tables) copy_table(*from, to, table);
  to.run("INSERT INTO sealed (position, sequence) SELECT sequence, sequence FROM event");
  to.run("SELECT setval(pg_get_serial_sequence('event', 'sequence'), (SELECT MAX(sequence) FROM event))");
  for (const char* subject : {"record", "organisation", "person", "token", "webhook"}) {
    to.run(fmt::format("SELECT setval('id_{0}', (SELECT MAX(id) + 64 FROM {0}))", subject));
  }
  to.run("VACUUM ANALYZE");
  return filled;
}

}  // namespace bench
