// The findings by grade, each with all that was said about it.
#include "format.h"
#include "sections.h"

namespace report_html {
namespace {

std::string meta_entry(std::string_view label, std::string_view content) {
  if (content.empty()) return {};
  std::string html = "<span>";
  add(html, {label, ": <b>", content, "</b></span>\n"});
  return html;
}

std::string questions_of(const Json& finding) {
  std::string html;
  for (const Json& item : list_of(finding, "items")) {
    if (!html.empty()) html += ", ";
    html += run(text_of(item, "question"));
    if (const auto subject = text_of(item, "subject"); !subject.empty()) html += " (" + run(subject) + ")";
  }
  return html;
}

std::string meta(const Source& source, const Json& finding) {
  const Words& words = source.words;
  const auto date = [&](const char* name) { return escape(day(text_of(finding, name), words)); };
  std::string raised = date("issued_on");
  if (const auto by = text_of(finding, "raised_by"); !by.empty()) raised += (raised.empty() ? "" : ", ") + run(by);
  std::string html = meta_entry(words.clause, run(text_of(finding, "clause")));
  html += meta_entry(words.questions, questions_of(finding));
  html += meta_entry(words.raised, raised);
  html += meta_entry(words.respond_until, date("respond_until"));
  html += meta_entry(words.verify_until, date("verify_until"));
  html += meta_entry(words.closed, date("closed_on"));
  return html.empty() ? html : "<div class=\"meta\">" + html + "</div>\n";
}

std::string response(const Source& source, const Json& finding) {
  const Words& words = source.words;
  const Json& given = object_of(finding, "response");
  const auto date = [&](const char* name) { return escape(day(text_of(given, name), words)); };
  if (given.empty()) return {};
  const std::string_view owner = text_of(given, "owner");
  std::string html = "<div class=\"response\"><h4 class=\"title\">";
  add(html, {words.response, "</h4>\n"});
  const std::string entries = meta_entry(words.owner, owner.empty() ? std::string() : run(owner)) +
                              meta_entry(words.due, date("action_due")) + meta_entry(words.done, date("done_on"));
  if (!entries.empty()) html += "<div class=\"meta\">" + entries + "</div>\n";
  html += labelled(words.correction, text_of(given, "correction"));
  html += labelled(words.extent, text_of(given, "extent"));
  html += labelled(words.root_cause, text_of(given, "root_cause"));
  html += labelled(words.action, text_of(given, "action"));
  html += labelled(words.implementation, text_of(given, "implementation"));
  return html += "</div>\n";
}

std::string verifications(const Source& source, const Json& finding) {
  const Words& words = source.words;
  if (list_of(finding, "verifications").empty()) return {};
  std::string html = "<h4>";
  add(html, {words.verification, "</h4><ul class=\"verifications\">\n"});
  for (const Json& entry : list_of(finding, "verifications")) {
    const std::string_view outcome = text_of(entry, "outcome");
    const std::string_view by = text_of(entry, "by"), on = text_of(entry, "on");
    const std::string_view looked_at = text_of(entry, "verification"), effect = text_of(entry, "effectiveness");
    add(html, {"<li>", chip(outcome, outcome == "accepted" ? words.accepted : words.rejected),
               " <span class=\"quiet\">", escape(day(on, words)), on.empty() || by.empty() ? "" : ", ", run(by),
               "</span>", looked_at.empty() ? std::string() : block(looked_at),
               effect.empty() ? std::string() : block(effect), "</li>\n"});
  }
  return html += "</ul>\n";
}

std::string history(const Source& source, const Json& finding) {
  const Words& words = source.words;
  if (list_of(finding, "history").empty()) return {};
  std::string html = "<div class=\"steps\"><h4>";
  add(html, {words.history, "</h4><ol>\n"});
  for (const Json& entry : list_of(finding, "history")) {
    const std::string_view comment = text_of(entry, "comment");
    add(html, {"<li><span class=\"num\">", escape(moment(text_of(entry, "at"), words)), "</span><span>",
               run(text_of(entry, "by")), "</span><div>", run(text_of(entry, "step")),
               comment.empty() ? std::string() : block(comment), "</div></li>\n"});
  }
  return html += "</ol></div>\n";
}

std::string finding_card(const Source& source, const Json& finding, std::size_t position) {
  const Words& words = source.words;
  const Grade& grade = grade_of(finding);
  const bool improvement = grade.id == "opportunity";
  const std::string links = evidence_links(source, list_of(finding, "evidence"));
  std::string html = "<article class=\"finding ";
  add(html, {grade.id, "\" id=\"finding-", std::to_string(position), "\"><header><div class=\"tags\">",
             chip(grade.id, words.*grade.one), "<span class=\"no num\">", run(text_of(finding, "number")), "</span>",
             chip("state", run(text_of(finding, "state"))),
             flag_of(finding, "overdue") ? chip("late", words.overdue) : std::string(), "</div><h3>",
             run(text_of(finding, "title")), "</h3></header>\n"});
  html += meta(source, finding);
  html += labelled(words.requirement, text_of(finding, "requirement"));
  html += labelled(improvement ? words.improvement : words.finding, text_of(finding, "finding"));
  html += labelled(words.objective_evidence, text_of(finding, "objective_evidence"));
  if (!links.empty()) add(html, {"<div class=\"part\"><h4>", words.evidence, "</h4>", links, "</div>\n"});
  html += response(source, finding);
  const bool nonconformity = grade.id == "major" || grade.id == "minor";
  if (nonconformity && object_of(finding, "response").empty()) {
    add(html, {"<p class=\"quiet part\">", words.awaiting_response, "</p>\n"});
  }
  html += verifications(source, finding);
  html += history(source, finding);
  return html += "</article>\n";
}

}  // namespace

std::string findings(const Source& source) {
  const Words& words = source.words;
  const Json& all = list_of(source.input, "findings");
  std::string html = "<section>" + heading("findings", "3", words.findings);
  if (all.empty()) add(html, {"<p>", words.no_findings, "</p>\n"});
  for (const Grade& grade : grades) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (&grade_of(all[i]) == &grade) html += finding_card(source, all[i], i + 1);
    }
  }
  return html += "</section>\n";
}

}  // namespace report_html
