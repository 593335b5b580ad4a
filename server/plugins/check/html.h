// A look at the tags of an HTML document.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace assay {

/// What is wrong with a document that is to be one file which does nothing: no doctype, elements that are not closed or
/// are closed in another order, scripts, or something that is loaded from elsewhere.
std::optional<std::string> html_fault(std::string_view document);

/// The first name of an element or attribute that holds `part`.
std::optional<std::string> html_name_with(std::string_view document, std::string_view part);

}  // namespace assay
