// The pages of server/web, as they are built into the program.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "http/request.h"
#include "http/response.h"

namespace assay {

/// The text of a file of server/web. Throws std::out_of_range for a name that is not there.
std::string_view web_page(std::string_view name);
/// The same, but empty for a name that is not there: names that come from outside.
std::string_view find_web_page(std::string_view name);

/// Values for the {{name}} of a page, as HTML.
using PageValues = std::map<std::string, std::string, std::less<>>;

/// `page` with every {{name}} replaced by its value as it is; callers escape. A name without a value throws.
std::string filled(std::string_view page, const PageValues& values);
/// The page of that name with the mark and `values`, under the policy of our pages.
Response page(std::string_view name, PageValues values = {});
/// Makes a page of a problem when a browser asked for HTML, unless the address belongs to the API.
void show_to_browser(const Request& request, Response& response);
/// Text for an element or a quoted attribute.
std::string escape_html(std::string_view text);

}  // namespace assay
