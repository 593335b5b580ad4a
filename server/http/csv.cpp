// Comma-separated values (RFC 4180).
#include "http/csv.h"

namespace assay {

void append_csv_cell(std::string& to, std::string_view text) {
  const bool quoted = text.find_first_of("\",;\t\r\n") != std::string_view::npos;
  if (quoted) to += '"';
  bool begins = true;  // what a spreadsheet would take for a cell; those that part at `;` do not heed the quotes
  for (const char c : text) {
    if (begins && std::string_view("=+-@").find(c) != std::string_view::npos) to += '\'';
    const bool parts = std::string_view(";\t\r\n").find(c) != std::string_view::npos;
    begins = parts || (begins && c == ' ');
    if (c == '"') to += '"';
    to += c;
  }
  if (quoted) to += '"';
}

}  // namespace assay
