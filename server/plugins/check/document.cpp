// Whether a document is well-formed, and whether a text that was put into it has become part of its markup.
#include "plugins/check/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "domain/json.h"
#include "plugins/check/html.h"
#include "plugins/utf8.h"

namespace assay {
namespace {

constexpr std::string_view canary = "assay-canary";
constexpr std::array<std::string_view, 2> overrides = {"\xE2\x80\xAD", "\xE2\x80\xAE"};  // of the writing direction

bool is_text(std::string_view media_type) {
  return media_type.starts_with("text/") || media_type == "application/json" || media_type.ends_with("+json") ||
         media_type.ends_with("+xml");
}

std::optional<std::string> text_fault(std::string_view document) {
  Utf8Check check;
  if (!check.feed(document) || !check.complete()) return "it is not UTF-8";
  for (const char c : document) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || byte == 0x7F)
      return fmt::format("it holds the control character {:#04x}", byte);
  }
  return {};
}

std::optional<std::string> archive_fault(std::string_view document) {
  if (!document.starts_with("PK\x03\x04")) return "it does not begin as a ZIP archive";
  const auto tail = document.substr(document.size() - std::min<std::size_t>(document.size(), 66'000));
  if (tail.rfind("PK\x05\x06") == std::string_view::npos) return "its ZIP archive has no directory at its end";
  if (document.find("[Content_Types].xml") == std::string_view::npos) return "it has no [Content_Types].xml";
  return {};
}

std::optional<std::string> pdf_fault(std::string_view document) {
  if (!document.starts_with("%PDF-1.") && !document.starts_with("%PDF-2.")) return "it does not begin with %PDF-";
  const auto tail = document.substr(document.size() - std::min<std::size_t>(document.size(), 1024));
  if (tail.find("startxref") == std::string_view::npos || tail.find("%%EOF") == std::string_view::npos)
    return "it does not end with startxref and %%EOF";
  return {};
}

/// The cells of a table; quotes are taken off.
std::vector<std::string> cells_of(std::string_view table) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const char c = table[i];
    if (c == '"') {
      if (quoted && i + 1 < table.size() && table[i + 1] == '"')
        cells.back() += table[i++];
      else
        quoted = !quoted;
    } else if (!quoted && (c == ',' || c == ';' || c == '\n' || c == '\t')) {
      cells.emplace_back();
    } else if (c != '\r' || quoted) {
      cells.back() += c;
    }
  }
  return cells;
}

bool is_number(std::string_view cell) {
  return std::ranges::all_of(
      cell, [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.'; });
}

}  // namespace

std::optional<std::string> document_fault(std::string_view media_type, std::string_view document) {
  if (document.empty()) return "it is empty";
  if (is_text(media_type)) {
    if (const auto fault = text_fault(document)) return fault;
  }
  if (media_type == "text/html") return html_fault(document);
  if (media_type == "application/pdf") return pdf_fault(document);
  if (media_type.starts_with("application/vnd.openxmlformats-")) return archive_fault(document);
  if (media_type == "application/json" || media_type.ends_with("+json")) {
    const auto parsed = parse_strict(document);
    if (const auto* fault = std::get_if<JsonFault>(&parsed)) return fault->reason;
  }
  return {};
}

std::vector<std::string> hostile_texts() {
  return {"<assay-canary>",
          "\"><assay-canary x=\"",
          "'><assay-canary x='",
          "</style></title></script><assay-canary>",
          "--><assay-canary>",
          "]]><assay-canary/>",
          "\" onassay-canary=\"1",
          "' onassay-canary='1",
          "&lt;assay-canary&gt; &#60;assay-canary>",
          "=HYPERLINK(\"https://example.com\",\"assay-canary\")",
          "+cmd|' /C calc'!A0",
          "-2+3+cmd",
          "@SUM(1+1)*cmd",
          "\tcmd",
          "\r=cmd",
          "\xE2\x80\xAA=cmd",
          "\x01=cmd",
          " \t=cmd",
          "\xE2\x80\xAE"
          "gnp.exe",
          "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D \xE2\x81\xA7 1+1",
          std::string("a\x01\x08\x1B[31m\x7F", 8),
          "{{7*7}} ${7*7} %s%n",
          "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB, 1\n2;3\n=4",
          std::string(19'999, 'W')};
}

std::optional<std::string> injected(std::string_view media_type, std::string_view document) {
  if (media_type == "text/html") {
    if (const auto name = html_name_with(document, canary)) return "a text became the element or attribute " + *name;
    for (const std::string_view mark : overrides) {
      if (document.find(mark) != std::string_view::npos) return "an override of the writing direction is in it";
    }
  }
  if (media_type.ends_with("+xml")) {
    std::string low(document);
    std::ranges::transform(low, low.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (low.find("<assay-canary") != std::string::npos) return "a text became an element";
  }
  if (media_type == "text/csv" || media_type == "text/tab-separated-values") {
    for (const std::string& cell : cells_of(document)) {
      const bool white = cell.starts_with('\t') || cell.starts_with('\r');
      const std::string_view shown =
          std::string_view(cell).substr(std::min(cell.find_first_not_of(" \t\r\n"), cell.size()));
      const bool formula =
          white || (!shown.empty() && std::string_view("=+-@").find(shown.front()) != std::string_view::npos);
      if (formula && !is_number(shown))
        return fmt::format("a spreadsheet would calculate the cell {}", cell.substr(0, 40));
    }
  }
  return {};
}

}  // namespace assay
