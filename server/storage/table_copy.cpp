// COPY out of and into PostgreSQL, independent of the name of the schema and of client programs.
#include "storage/table_copy.h"

#include <fcntl.h>

#include <algorithm>
#include <array>

#include "ledger/digest.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

// Tables that others refer to come first.
constexpr std::array<std::string_view, 4> first = {"organisation", "person", "record", "delivery"};

std::vector<std::string> tables_of(Connection& at) {
  std::vector<std::string> tables(first.begin(), first.end());
  for (auto& [name] : at.all<std::string>(
           "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1")) {
    const bool listed = std::find(first.begin(), first.end(), name) != first.end();
    if (!listed && name != "migration") tables.push_back(std::move(name));
  }
  return tables;
}

}  // namespace

void copy_tables_out(Connection& from, const fs::path& folder, BackupManifest& manifest) {
  make_folder(fs::absolute(folder / "database"));
  for (const auto& table : tables_of(from)) {
    const fs::path place = fs::path("database") / (table + ".copy");
    File file(folder / place, O_WRONLY | O_CREAT | O_EXCL);
    Sha256 hash;
    std::int64_t size = 0;
    from.copy_out("SELECT * FROM " + table, [&](std::string_view line) {
      file.write(line);
      hash.update(line);
      size += static_cast<std::int64_t>(line.size());
    });
    file.sync();
    manifest.files[place.string()] = {to_hex(bytes_of(hash.finish())), size};
  }
  sync_folder(folder / "database");
  for (auto& [name, last] :
       from.all<std::string, std::int64_t>("SELECT CAST(sequencename AS TEXT), COALESCE(last_value, 0) FROM "
                                           "pg_sequences WHERE schemaname = current_schema()")) {
    manifest.sequences[name] = last;
  }
}

void copy_tables_in(Connection& to, const fs::path& folder, const BackupManifest& manifest) {
  for (const auto& table : tables_of(to)) {
    File file(folder / "database" / (table + ".copy"), O_RDONLY);
    std::array<char, 65536> buffer;
    to.run("DELETE FROM " + table);
    to.copy_in(table, [&]() -> std::string_view { return {buffer.data(), file.read(buffer)}; });
  }
  for (const auto& [name, last] : manifest.sequences) {
    if (last > 0) {
      to.value<std::int64_t>("SELECT setval(CAST(:name AS TEXT), :last)", with("name", name), with("last", last));
    }
  }
}

}  // namespace assay
