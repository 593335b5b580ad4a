// The parts of the report, each as HTML.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>

#include "html.h"
#include "words.h"

namespace report_html {

/// What every part needs.
struct Source {
  const Json& input;  // as sdk/schema/report-input.json says
  const Words& words;
  // positions, for links
  std::map<std::string_view, std::size_t> evidence;  // by id
  std::map<std::string_view, std::size_t> findings;  // by number
};

std::string cover(const Source& source);
std::string contents(const Source& source);
std::string summary(const Source& source);
std::string the_audit(const Source& source);
std::string findings(const Source& source);
std::string corrective_actions(const Source& source);
std::string exceptions(const Source& source);
std::string checklist(const Source& source);
std::string evidence(const Source& source);
std::string integrity(const Source& source);

// Pieces that several parts share.

/// Who is audited: the client, or else the organisation itself.
const Json& audited(const Source& source);
/// The organisation's name as HTML where it audits a client; nothing where it is the audited one.
std::string certification_body(const Source& source);
/// A section's heading; `mark` is its number.
std::string heading(std::string_view id, std::string_view mark, std::string_view title);
/// A label with its text as a block; nothing when there is no text.
std::string labelled(std::string_view label, std::string_view text);
/// A label with its HTML in a list of facts; nothing when there is none.
std::string fact(std::string_view label, std::string_view html);
/// Evidence ids as links into the annex.
std::string evidence_links(const Source& source, const Json& ids);
/// The number of a finding, as a link to it where it is in the report.
std::string finding_link(const Source& source, std::string_view number);
/// A coloured word; `kind` is one of the classes of the style sheet.
std::string chip(std::string_view kind, std::string_view html);

/// The grades in the order of the report.
struct Grade {
  std::string_view id;
  std::string_view Words::* one;
  std::string_view Words::* many;
};
extern const std::array<Grade, 6> grades;
const Grade& grade_of(const Json& finding);
std::size_t count_of(const Json& findings, std::string_view grade);

/// A class of the style sheet for the result at `position` of a scale; known ids have their own.
std::string result_class(std::string_view id, std::size_t position);
/// The donut of answers by result with its legend, and the bars of answers by chapter.
std::string result_donut(const Json& catalogue, const Words& words);
std::string chapter_bars(const Json& catalogue, const Words& words);

}  // namespace report_html
