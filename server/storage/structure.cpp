// What the database engine says about its own structure.
#include "storage/connection.h"
#include "storage/events.h"

namespace assay {

std::vector<std::string> structural_faults(Snapshot& at) {
  std::vector<std::string> faults;
  auto& connection = at.connection();
  if (connection.engine() != Engine::sqlite) return faults;
  for (auto& [line] : connection.all<std::string>("PRAGMA integrity_check(100)")) {
    if (line != "ok") faults.push_back(std::move(line));
  }
  for (const auto& [table, row, parent] : connection.all<std::string, std::optional<std::int64_t>, std::string>(
           "SELECT \"table\", rowid, parent FROM pragma_foreign_key_check() LIMIT 100")) {
    faults.push_back("row " + (row ? std::to_string(*row) : std::string("without a number")) + " of " + table +
                     " refers to a row of " + parent + " that is not there");
  }
  return faults;
}

}  // namespace assay
