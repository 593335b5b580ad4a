// The audit itself: what it was for, who took part, how it was planned and how it went.
#include <algorithm>

#include "format.h"
#include "sections.h"

namespace report_html {
namespace {

std::string facts(const Source& source) {
  const Words& words = source.words;
  const Json& audit = source.input.at("audit");
  const Json& dates = object_of(audit, "dates");
  const std::string_view objectives = text_of(audit, "objectives"), scope = text_of(audit, "scope");
  const auto date = [&](const char* name) { return escape(day(text_of(dates, name), words)); };
  std::string who = run(text_of(audited(source), "name"));
  if (const auto address = text_of(audited(source), "address"); !address.empty()) who += block(address);
  std::string html = "<dl class=\"grid\">\n";
  html += fact(words.organisation, who);
  html += fact(words.certification_body, certification_body(source));
  html += fact(words.purposes, runs(list_of(audit, "purposes"), ", "));
  html += fact(words.objectives, objectives.empty() ? std::string() : block(objectives));
  html += fact(words.scope, scope.empty() ? std::string() : block(scope));
  html += fact(words.criteria, runs(list_of(audit, "criteria"), "<br>"));
  html += fact(words.methods, runs(list_of(audit, "methods"), ", "));
  html += fact(words.sites, runs(list_of(audit, "sites"), "<br>"));
  html += fact(words.opening_meeting, date("opening_on"));
  html += fact(words.closing_meeting, date("closing_on"));
  html += fact(words.report_issued, date("report_issued_on"));
  html += fact(words.completed, date("completed_on"));
  html += fact(words.distribution, runs(list_of(audit, "distribution"), ", "));
  return html += "</dl>\n";
}

/// A table of people with their functions, and with their roles when these differ.
std::string people(const Source& source, std::string_view title, const Json& members, bool roles) {
  const Words& words = source.words;
  std::string html = "<h3>";
  add(html, {title, "</h3>\n"});
  if (members.empty()) return html += "<p class=\"quiet\">" + std::string(words.none_recorded) + "</p>\n";
  const bool functions = std::any_of(members.begin(), members.end(),
                                     [](const Json& member) { return !text_of(member, "function").empty(); });
  html += "<table class=\"list\"><thead><tr>";
  if (roles) add(html, {"<th scope=\"col\" class=\"w26\">", words.role, "</th>"});
  add(html, {"<th scope=\"col\" class=\"", roles ? "wide" : "w60", "\">", words.name, "</th>"});
  if (functions) add(html, {"<th scope=\"col\">", words.function, "</th>"});
  html += "</tr></thead><tbody>\n";
  for (const Json& member : members) {
    html += "<tr>";
    if (roles) add(html, {"<td class=\"quiet\">", run(text_of(member, "role")), "</td>"});
    add(html, {"<td>", run(text_of(member, "name")), "</td>"});
    if (functions) add(html, {"<td>", run(text_of(member, "function")), "</td>"});
    html += "</tr>\n";
  }
  return html += "</tbody></table>\n";
}

std::string session_row(const Json& session, const Words& words) {
  const std::string_view starts = text_of(session, "starts"), ends = text_of(session, "ends");
  const bool remote = text_of(session, "mode") == "remote";
  const std::string_view tool = text_of(session, "tool"), fallback = text_of(session, "fallback");
  const std::string_view subject = text_of(session, "subject"), site = text_of(session, "site");
  std::string html = "<tr><td class=\"num\">";
  add(html,
      {escape(time_of_day(starts)), "–", escape(time_of_day(ends)), "</td><td>", block(text_of(session, "topics"))});
  if (!subject.empty()) add(html, {"<div class=\"small\">", words.subject, ": ", run(subject), "</div>"});
  add(html, {"</td><td>", run(text_of(session, "auditor")), "</td><td>", run(site), site.empty() ? "" : "<br>",
             "<span class=\"small\">", remote ? words.remote : words.on_site});
  if (!tool.empty()) add(html, {" · ", run(tool)});
  if (!fallback.empty()) add(html, {"; ", words.fallback, ": ", run(fallback)});
  return html += "</span></td></tr>\n";
}

std::string plan(const Source& source) {
  const Words& words = source.words;
  const Json& sessions = list_of(source.input, "sessions");
  std::string html = "<h3>";
  add(html, {words.plan, "</h3>\n"});
  if (sessions.empty()) return html += "<p class=\"quiet\">" + std::string(words.none_recorded) + "</p>\n";
  add(html, {"<table class=\"list\"><thead><tr><th scope=\"col\" class=\"w16\">", words.time, "</th><th scope=\"col\">",
             words.topics, "</th><th scope=\"col\" class=\"w22\">", words.auditor,
             "</th><th scope=\"col\" class=\"w22\">", words.place, "</th></tr></thead><tbody>\n"});
  std::string shown;
  for (const Json& session : sessions) {
    std::string date = escape(day(text_of(session, "starts"), words));
    if (const auto zone = text_of(session, "zone"); !zone.empty()) date += " · " + run(zone);
    if (date != shown) add(html, {"<tr class=\"sub\"><td colspan=\"4\">", date, "</td></tr>\n"});
    shown = date;
    html += session_row(session, words);
  }
  return html += "</tbody></table>\n";
}

std::string attendance_list(std::string_view label, const Json& people) {
  if (people.empty()) return {};
  std::string html = "<div><h4>";
  add(html, {label, "</h4><ul class=\"legend\">\n"});
  for (const Json& person : people) {
    add(html, {"<li><span class=\"name\">", run(text_of(person, "name"))});
    if (const auto function = text_of(person, "function"); !function.empty()) {
      add(html, {" <span class=\"quiet\">", run(function), "</span>"});
    }
    html += "</span></li>\n";
  }
  return html += "</ul></div>\n";
}

std::string attendance(const Source& source) {
  const Words& words = source.words;
  const Json& audit = source.input.at("audit");
  const std::string opening = attendance_list(words.opening_meeting, list_of(audit, "opening_attendance"));
  const std::string closing = attendance_list(words.closing_meeting, list_of(audit, "closing_attendance"));
  if (opening.empty() && closing.empty()) return {};
  return "<h3>" + std::string(words.attendance) + "</h3>\n<div class=\"pair\">" + opening + closing + "</div>\n";
}

std::string course(const Source& source) {
  const Words& words = source.words;
  const Json& audit = source.input.at("audit");
  const auto part = [&](std::string_view label, const char* name) {
    const std::string_view text = text_of(audit, name);
    return fact(label, text.empty() ? std::string() : block(text));
  };
  const std::string parts = part(words.deviations, "deviations") + part(words.remote_work, "remote_work") +
                            part(words.unresolved, "unresolved") + part(words.time_frame, "time_frame");
  if (parts.empty()) return {};
  return "<h3>" + std::string(words.course) + "</h3>\n<dl class=\"grid\">\n" + parts + "</dl>\n";
}

}  // namespace

std::string the_audit(const Source& source) {
  const Words& words = source.words;
  return "<section class=\"break\">" + heading("audit", "2", words.the_audit) + facts(source) +
         people(source, words.team, list_of(source.input, "team"), true) +
         people(source, words.auditees, list_of(source.input, "auditees"), false) + plan(source) + attendance(source) +
         course(source) + "</section>\n";
}

}  // namespace report_html
