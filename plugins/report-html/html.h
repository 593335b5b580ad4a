// Text of people as HTML that can do nothing, and JSON members that may be absent.
#pragma once

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace report_html {

using Json = nlohmann::json;

/// `text` with everything that HTML gives a meaning escaped, for content and quoted attributes. Control characters,
/// which HTML forbids, and overrides of the writing direction become U+FFFD; tabs and new lines stay.
std::string escape(std::string_view text);

/// A run of text within a line, isolated so that its writing direction does not spill over.
std::string run(std::string_view text);

/// `text`, not escaped, with an ellipsis in place of what is beyond the space of a table or chart.
std::string cut(std::string_view text);

/// As run(), but cut; for what stands in full elsewhere in the report.
std::string brief(std::string_view text);

/// A block of text with its own writing direction, new lines kept.
std::string block(std::string_view text);

/// `text` as the content of a quoted CSS string: everything but ASCII letters and digits as an escape; cut at 120
/// bytes, and long words made divisible, because margins of pages know no overflow-wrap.
std::string css_string(std::string_view text);

void add(std::string& to, std::initializer_list<std::string_view> pieces);

/// The text member `name`; empty when absent. Valid as long as `object`.
std::string_view text_of(const Json& object, const char* name);
/// The array member `name`; an empty one when absent.
const Json& list_of(const Json& object, const char* name);
/// The object member `name`; an empty one when absent.
const Json& object_of(const Json& object, const char* name);
bool flag_of(const Json& object, const char* name);

/// The texts of a list, each a run, between them `separator` (which is HTML).
std::string runs(const Json& list, std::string_view separator);

}  // namespace report_html
