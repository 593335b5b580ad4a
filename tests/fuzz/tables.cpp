// Tables in CSV: what is read is written and read again as the same, whatever came.
#include "domain/csv.h"
#include "fuzz/targets.h"

namespace assay::fuzz {

void run_tables(std::string_view input) {
  constexpr std::size_t most = 100;
  const auto rows = read_csv(input, most);
  if (!rows) {
    const Refusal& refusal = rows.error();
    require(refusal.reason == Reason::malformed, "a table that cannot be read is malformed");
    require(refusal.invalid.size() == 1 && refusal.invalid.front().pointer.starts_with("#row="), "the row is named");
    require(!refusal.invalid.front().detail.empty(), "a refusal says why");
    return;
  }
  require(rows->size() <= most, "there are no more rows than asked for");
  for (const CsvRow& row : *rows) require(!row.empty(), "each row has a cell");
  const std::string written = write_csv(*rows);
  const auto again = read_csv(written, most);
  require(again && *again == *rows, "a table that is written again reads the same", written);
}

}  // namespace assay::fuzz
