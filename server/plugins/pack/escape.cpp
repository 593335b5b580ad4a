// What people typed, made harmless for the format that it goes into.
#include "plugins/pack/escape.h"

namespace assay {
namespace {

/// An override or embedding of the writing direction, which is three bytes of UTF-8.
bool turns_direction(std::string_view three) { return three >= "\xE2\x80\xAA" && three <= "\xE2\x80\xAE"; }

std::string_view html_entity(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

void append_escaped(std::string& to, Escape how, char c) {
  if (how == Escape::html) {
    if (const auto entity = html_entity(c); !entity.empty()) {
      to += entity;
      return;
    }
  }
  if (how == Escape::csv && c == '"') to += '"';
  if (how == Escape::json) {
    if (c == '\n' || c == '\t') {
      to += c == '\n' ? "\\n" : "\\t";
      return;
    }
    if (c == '"' || c == '\\') to += '\\';
  }
  to += c;
}

/// Whether a spreadsheet would calculate it; those skip white space. Of what stands in the cell, not of what was typed.
bool begins_formula(std::string_view cell) {
  if (cell.starts_with('\t')) return true;
  const auto first = cell.find_first_not_of(" \t\n");
  return first != std::string_view::npos && std::string_view("=+-@").find(cell[first]) != std::string_view::npos;
}

/// Without control characters and overrides of the writing direction.
std::string without_controls(std::string_view text) {
  std::string clean;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte < 0x20 && text[i] != '\n' && text[i] != '\t') || byte == 0x7F) continue;
    if (byte == 0xE2 && turns_direction(text.substr(i, 3))) {
      i += 2;
      continue;
    }
    clean += text[i];
  }
  return clean;
}

}  // namespace

std::optional<Escape> escape_for(std::string_view media_type) {
  if (media_type == "text/html") return Escape::html;
  if (media_type == "text/csv") return Escape::csv;
  if (media_type == "application/json" || media_type.ends_with("+json")) return Escape::json;
  // No Markdown: what makes a text markup there depends on who reads it.
  if (media_type == "text/plain") return Escape::plain;
  return {};
}

std::string escaped(Escape how, std::string_view text) {
  const std::string clean = without_controls(text);
  std::string safe;
  if (how == Escape::csv) safe = begins_formula(clean) ? "\"'" : "\"";
  for (const char c : clean) append_escaped(safe, how, c);
  if (how == Escape::csv) safe += '"';
  return safe;
}

}  // namespace assay
