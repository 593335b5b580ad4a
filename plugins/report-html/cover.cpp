// The cover and the contents.
#include "format.h"
#include "sections.h"

namespace report_html {
namespace {

constexpr std::size_t long_title = 90;  // bytes

/// A hallmark: what the report vouches for has been assayed.
constexpr std::string_view emblem =
    "<svg viewBox=\"0 0 100 100\" aria-hidden=\"true\"><path d=\"M50 3 92 22v30c0 24-18 38-42 45C26 90 8 76 8 52V22z\" "
    "fill=\"none\" stroke=\"#b8923a\" stroke-width=\"3\"/><path d=\"M50 13 83 28v24c0 18-13 29-33 "
    "35-20-6-33-17-33-35V28z\" "
    "fill=\"#b8923a\" fill-opacity=\".14\"/><path d=\"m31 51 13 14 26-30\" fill=\"none\" stroke=\"#dcc389\" "
    "stroke-width=\"6\" stroke-linecap=\"round\" stroke-linejoin=\"round\"/></svg>";

std::string cover_fact(std::string_view label, std::string_view html) {
  if (html.empty()) return {};
  std::string fact = "<div><dt>";
  add(fact, {label, "</dt><dd>", html, "</dd></div>\n"});
  return fact;
}

std::string cover_facts(const Source& source) {
  const Words& words = source.words;
  const Json& audit = source.input.at("audit");
  const Json& dates = object_of(audit, "dates");
  const Json& programme = object_of(source.input, "programme");
  const Json& team = list_of(source.input, "team");
  const std::string period = days(text_of(dates, "planned_from"), text_of(dates, "planned_to"), words);
  const std::string issued = day(text_of(dates, "report_issued_on"), words);
  std::string html = "<dl class=\"facts\">\n";
  html += cover_fact(words.number, run(text_of(audit, "number")));
  html += cover_fact(words.certification_body, certification_body(source));
  html += cover_fact(words.purposes, runs(list_of(audit, "purposes"), ", "));
  html += cover_fact(words.period, escape(period));
  html += cover_fact(words.criteria, runs(list_of(audit, "criteria"), "<br>"));
  if (!team.empty()) html += cover_fact(words.lead_auditor, run(text_of(team.front(), "name")));
  if (!programme.empty()) {
    html += cover_fact(words.programme, run(text_of(programme, "number")) + " " + run(text_of(programme, "title")));
  }
  html += cover_fact(words.report_issued, escape(issued));
  return html += "</dl>\n";
}

}  // namespace

std::string cover(const Source& source) {
  const Words& words = source.words;
  const Json& audit = source.input.at("audit");
  const std::string_view title = text_of(audit, "title");
  std::string html = "<header class=\"sheet cover\">\n<div class=\"band\"><div class=\"head\"><span>";
  add(html, {words.confidential,
             "</span>",
             emblem,
             "</div>\n<div class=\"over\">",
             words.report,
             "</div>\n<h1",
             title.size() > long_title ? " class=\"long\"" : "",
             ">",
             run(title),
             "</h1>\n<div class=\"org\">",
             run(text_of(audited(source), "name")),
             "</div></div>\n",
             cover_facts(source),
             "<div class=\"foot\"><span>",
             words.generated,
             " ",
             escape(moment(text_of(source.input, "generated_at"), words)),
             "</span><span class=\"hash\">SHA-256 ",
             escape(text_of(source.input, "input_hash")),
             "</span></div>\n</header>\n"});
  return html;
}

std::string contents(const Source& source) {
  const Words& words = source.words;
  struct Entry {
    std::string_view id, mark, title;
  };
  const Entry entries[] = {{"summary", "1", words.summary},       {"audit", "2", words.the_audit},
                           {"findings", "3", words.findings},     {"actions", "4", words.corrective_actions},
                           {"exceptions", "5", words.exceptions}, {"checklist", "A", words.checklist},
                           {"evidence", "B", words.evidence},     {"integrity", "C", words.integrity}};
  std::string html = "<nav class=\"contents\" aria-label=\"";
  add(html, {words.contents, "\"><p class=\"label\">", words.contents, "</p><ol>\n"});
  for (const Entry& entry : entries) {
    add(html,
        {"<li><span class=\"mark\">", entry.mark, "</span><a href=\"#", entry.id, "\">", entry.title, "</a></li>\n"});
  }
  return html += "</ol></nav>\n";
}

const Json& audited(const Source& source) {
  const Json& client = object_of(source.input, "client");
  return client.empty() ? source.input.at("organisation") : client;
}

std::string certification_body(const Source& source) {
  if (object_of(source.input, "client").empty()) return {};
  return run(text_of(source.input.at("organisation"), "name"));
}

std::string heading(std::string_view id, std::string_view mark, std::string_view title) {
  std::string html = "<h2 id=\"";
  add(html, {id, "\"><span class=\"mark\">", mark, "</span><span>", title, "</span></h2>\n"});
  return html;
}

std::string labelled(std::string_view label, std::string_view text) {
  if (text.empty()) return {};
  std::string html = "<div class=\"part\"><h4>";
  add(html, {label, "</h4>", block(text), "</div>\n"});
  return html;
}

std::string fact(std::string_view label, std::string_view content) {
  if (content.empty()) return {};
  std::string html = "<dt>";
  add(html, {label, "</dt><dd>", content, "</dd>\n"});
  return html;
}

std::string evidence_links(const Source& source, const Json& ids) {
  std::string html;
  for (const Json& id : ids) {
    const std::string_view text = id.get_ref<const std::string&>();
    if (!html.empty()) html += ", ";
    if (const auto found = source.evidence.find(text); found != source.evidence.end()) {
      add(html, {"<a href=\"#evidence-", std::to_string(found->second + 1), "\">", run(text), "</a>"});
    } else {
      html += run(text);
    }
  }
  return html;
}

std::string finding_link(const Source& source, std::string_view number) {
  const auto found = source.findings.find(number);
  if (found == source.findings.end()) return brief(number);
  std::string html = "<a href=\"#finding-";
  add(html, {std::to_string(found->second + 1), "\">", brief(number), "</a>"});
  return html;
}

std::string chip(std::string_view kind, std::string_view content) {
  std::string html = "<span class=\"chip ";
  add(html, {kind, "\">", content, "</span>"});
  return html;
}

}  // namespace report_html
