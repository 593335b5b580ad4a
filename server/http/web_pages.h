// The pages of server/web, as they are built into the program.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace assay {

/// The text of a file of server/web. Throws std::out_of_range for a name that is not there.
std::string_view web_page(std::string_view name);
/// The same, but empty for a name that is not there: names that come from outside.
std::string_view find_web_page(std::string_view name);

/// `page` with every {{name}} replaced by its value as it is; callers escape. A name without a value throws.
std::string filled(std::string_view page, const std::map<std::string, std::string, std::less<>>& values);
/// Text for an element or a quoted attribute.
std::string escape_html(std::string_view text);

}  // namespace assay
