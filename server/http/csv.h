// Comma-separated values (RFC 4180) that a spreadsheet opens as text and never as a formula.
#pragma once

#include <string>
#include <string_view>

namespace assay {

/// Appends a text as one cell: quoted where it must be, and with an apostrophe before what a spreadsheet would take for
/// a formula: a first =, +, -, @, tab or carriage return, also behind spaces.
void append_csv_cell(std::string& to, std::string_view text);

}  // namespace assay
