// The workflow sets that the database keeps.
#include "storage/stored_sets.h"

#include "storage/connection.h"

namespace assay {

std::vector<std::string> stored_workflow_sets(Snapshot& at) {
  std::vector<std::string> hashes;
  for (auto& [hash] : at.connection().all<std::string>("SELECT hash FROM workflow_set ORDER BY hash")) {
    hashes.push_back(std::move(hash));
  }
  return hashes;
}

std::string stored_text(Snapshot& at, const std::string& hash) {
  auto row = at.connection().one<std::string>("SELECT text FROM workflow_set WHERE hash = :hash", with("hash", hash));
  return row ? std::move(std::get<0>(*row)) : std::string();
}

bool has_records_of(Snapshot& at, std::string_view type) {
  return at.connection().value<std::int64_t>("SELECT COUNT(*) FROM (SELECT 1 FROM record WHERE type = :type LIMIT 1) r",
                                             with("type", std::string(type))) > 0;
}

bool has_records_of(Snapshot& at, std::string_view type, std::string_view set) {
  return at.connection().value<std::int64_t>(
             "SELECT COUNT(*) FROM (SELECT 1 FROM record WHERE type = :type AND workflow_set = :set LIMIT 1) r",
             with("type", std::string(type)), with("set", std::string(set))) > 0;
}

}  // namespace assay
