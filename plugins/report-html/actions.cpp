// Corrective actions, and the exceptions from the independence of auditors.
#include "format.h"
#include "sections.h"

namespace report_html {
namespace {

std::string review_of(const Json& action, const Words& words) {
  const auto effective = action.find("effective");
  std::string html;
  if (effective == action.end()) {
    html = "<span class=\"small\">" + std::string(words.not_reviewed) + "</span>";
  } else {
    const bool good = effective->get<bool>();
    html = chip(good ? "accepted" : "rejected", good ? words.effective : words.not_effective);
  }
  if (const auto on = text_of(action, "review_on"); !on.empty()) {
    html += "<div class=\"small\">" + escape(day(on, words)) + "</div>";
  }
  if (const auto text = text_of(action, "effectiveness"); !text.empty()) html += block(text);
  return html;
}

/// Opens a cell that keeps its label where the table has no room for a head.
std::string cell(std::string_view label) { return "<td data-label=\"" + std::string(label) + "\">"; }

std::string action_row(const Source& source, const Json& action) {
  const Words& words = source.words;
  const std::string_view finding = text_of(action, "finding"), done = text_of(action, "done_on");
  const std::string_view what = text_of(action, "action"), implementation = text_of(action, "implementation");
  std::string html = "<tr class=\"big\"><td class=\"num\">";
  html += run(text_of(action, "number"));
  if (!finding.empty())
    add(html, {"<div class=\"small\">", words.for_finding, " ", finding_link(source, finding), "</div>"});
  add(html, {"</td><td><b>", run(text_of(action, "title")), "</b>", what.empty() ? std::string() : block(what)});
  if (!implementation.empty()) {
    add(html, {"<div class=\"small\">", words.implementation, ":</div>", block(implementation)});
  }
  add(html, {"</td>", cell(words.owner), run(text_of(action, "owner")), "</td>", cell(words.due),
             escape(day(text_of(action, "due"), words)),
             flag_of(action, "overdue") ? "<br>" + chip("late", words.overdue) : std::string()});
  if (!done.empty()) add(html, {"<div class=\"small\">", words.done, " ", escape(day(done, words)), "</div>"});
  add(html, {"</td>", cell(words.state), run(text_of(action, "state")), "</td>", cell(words.review),
             review_of(action, words), "</td></tr>\n"});
  return html;
}

}  // namespace

std::string corrective_actions(const Source& source) {
  const Words& words = source.words;
  const Json& actions = list_of(source.input, "corrective_actions");
  std::string html = "<section>" + heading("actions", "4", words.corrective_actions);
  if (actions.empty()) {
    add(html, {"<p>", words.no_actions, "</p>\n</section>\n"});
    return html;
  }
  add(html, {"<table class=\"list\"><thead><tr><th scope=\"col\" class=\"w14\">", words.number,
             "</th><th scope=\"col\">", words.action, "</th><th scope=\"col\" class=\"w14\">", words.owner,
             "</th><th scope=\"col\" class=\"w14\">", words.due, "</th><th scope=\"col\" class=\"w14\">", words.state,
             "</th><th scope=\"col\" class=\"w16\">", words.review, "</th></tr></thead><tbody>\n"});
  for (const Json& action : actions) html += action_row(source, action);
  return html += "</tbody></table>\n</section>\n";
}

std::string exceptions(const Source& source) {
  const Words& words = source.words;
  const Json& granted = list_of(source.input, "exceptions");
  std::string html = "<section>" + heading("exceptions", "5", words.exceptions) + "<p class=\"keep\">";
  add(html, {granted.empty() ? words.no_exceptions : words.exceptions_lead, "</p>\n"});
  for (const Json& exception : granted) {
    const std::string_view subject = text_of(exception, "subject"), proposed = text_of(exception, "proposed_by");
    std::string who = run(text_of(exception, "granted_by"));
    if (const auto on = text_of(exception, "granted_on"); !on.empty()) who += ", " + escape(day(on, words));
    add(html, {"<div class=\"exception\"><h3>", run(text_of(exception, "auditor")), "</h3><div class=\"meta\"><span>",
               words.granted_by, ": <b>", who, "</b></span>"});
    if (!proposed.empty()) add(html, {"<span>", words.proposed_by, ": <b>", run(proposed), "</b></span>"});
    if (!list_of(exception, "items").empty()) {
      add(html, {"<span>", words.items_concerned, ": <b>", runs(list_of(exception, "items"), ", "), "</b></span>"});
    }
    if (!subject.empty()) add(html, {"<span>", words.subject, ": <b>", run(subject), "</b></span>"});
    add(html, {"</div>", labelled(words.reason, text_of(exception, "reason")),
               labelled(words.compensating_measure, text_of(exception, "compensating_measure")), "</div>\n"});
  }
  return html += "</section>\n";
}

}  // namespace report_html
