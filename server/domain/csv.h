// Comma-separated values as RFC 4180 has them: reading what spreadsheets write, and writing what they read.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "domain/refusal.h"

namespace assay {

using CsvRow = std::vector<std::string>;

/// Reads UTF-8 with or without a byte order mark, lines ended by CR LF or LF, cells separated by commas or semicolons,
/// whichever the first row has more of outside of quotes. Nothing is trimmed, and a line without anything is a row of
/// one empty cell. Refuses as malformed, with a pointer of RFC 7111 ("#row=3", counted from 1 with the header): a quote
/// within a cell that does not begin with one or behind its end, a quote without its end, a control character other
/// than tab and line ends, what is no UTF-8, and more than `most_rows` rows or 1000 cells in one.
Result<std::vector<CsvRow>> read_csv(std::string_view text, std::size_t most_rows);

/// What read_csv() reads as `rows`, none of which may be empty: separated by commas, lines ended by CR LF.
std::string write_csv(const std::vector<CsvRow>& rows);

}  // namespace assay
