// Comma-separated values (RFC 4180).
#include "http/csv.h"

namespace assay {

void append_csv_cell(std::string& to, std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  const bool formula =
      first != std::string_view::npos && std::string_view("=+-@\t\r\n").find(text[first]) != std::string_view::npos;
  const bool quoted = text.find_first_of("\",\r\n") != std::string_view::npos;
  if (quoted) to += '"';
  if (formula) to += '\'';
  for (const char c : text) {
    if (c == '"') to += '"';
    to += c;
  }
  if (quoted) to += '"';
}

}  // namespace assay
