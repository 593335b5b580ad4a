// What people typed, made harmless for the format that it goes into.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace assay {

enum class Escape : std::uint8_t { html, csv, json, plain };

/// How text is escaped in a document of that media type; nothing for one that a template cannot make.
std::optional<Escape> escape_for(std::string_view media_type);

/// `text` for such a document. For CSV as a whole quoted cell, which no spreadsheet takes for a formula; for JSON as
/// the inside of a string. Control characters and overrides of the writing direction are left out everywhere.
std::string escaped(Escape how, std::string_view text);

}  // namespace assay
