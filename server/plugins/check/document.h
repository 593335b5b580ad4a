// Whether a document is well-formed, and whether a text that was put into it has become part of its markup.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// What is wrong with `document`; nothing also for a media type that is not known here, as long as it is not empty.
/// Known are HTML, JSON, CSV, plain text, PDF, and the formats of OOXML.
std::optional<std::string> document_fault(std::string_view media_type, std::string_view document);

/// Texts that would become markup, formulas or commands where a format is not escaped. Those for markup make an element
/// or attribute whose name holds `canary`.
std::vector<std::string> hostile_texts();

/// How one of hostile_texts() has worked its way into `document`; nothing when it has not.
std::optional<std::string> injected(std::string_view media_type, std::string_view document);

}  // namespace assay
