// The summary: conclusion, figures, charts and the list of findings.
#include <array>

#include "format.h"
#include "sections.h"

namespace report_html {
namespace {

std::string tile(std::string_view kind, std::string_view number, std::string_view label) {
  std::string html = "<div class=\"tile ";
  add(html, {kind, "\"><b>", number, "</b><span>", label, "</span></div>\n"});
  return html;
}

/// Figures over all catalogues.
struct Figures {
  std::int64_t planned = 0, answered = 0, conforming = 0, assessed = 0;
};

Figures figures_of(const Json& catalogues) {
  Figures sum;
  for (const Json& catalogue : catalogues) {
    const Json& coverage = catalogue.at("coverage");
    sum.planned += coverage.at("planned").get<std::int64_t>();
    sum.answered += coverage.at("answered").get<std::int64_t>();
    for (const Json& result : list_of(coverage, "results")) {
      const auto count = result.at("count").get<std::int64_t>();
      const std::string_view id = text_of(result, "id");
      if (id == "conforms") sum.conforming += count;
      if (id == "conforms" || id == "does_not_conform") sum.assessed += count;
    }
  }
  return sum;
}

std::string tiles(const Source& source) {
  const Words& words = source.words;
  const Json& findings = list_of(source.input, "findings");
  const Figures sum = figures_of(list_of(source.input, "catalogues"));
  std::string html = "<div class=\"tiles\">\n";
  for (const std::string_view id : {"major", "minor", "opportunity"}) {
    for (const Grade& grade : grades) {
      if (grade.id != id) continue;
      const auto count = static_cast<std::int64_t>(count_of(findings, id));
      html += tile(count > 0 ? id : "none", number(count, words), words.*grade.many);
    }
  }
  std::string planned(words.page_of);
  add(planned, {" ", number(sum.planned, words), " ", words.planned_answers});
  html += tile("answers", number(sum.answered, words), planned);
  html += tile(sum.assessed > 0 ? "good" : "none", percent(sum.conforming, sum.assessed, words), words.conforming);
  return html += "</div>\n";
}

std::string verdict(const Source& source) {
  const Words& words = source.words;
  const Json& conclusion = object_of(source.input, "conclusion");
  std::string html;
  const std::string_view text = text_of(conclusion, "conclusions");
  const std::string_view effectiveness = text_of(conclusion, "effectiveness");
  const std::string_view recommendation = text_of(conclusion, "recommendation");
  html += "<div class=\"verdict\">";
  if (text.empty() && effectiveness.empty() && recommendation.empty()) {
    add(html, {"<p class=\"quiet\">", words.none_recorded, "</p>"});
  }
  if (!text.empty()) {
    add(html, {"<div><h3>", words.conclusion, "</h3><div class=\"lead\">", block(text), "</div></div>\n"});
  }
  if (!effectiveness.empty()) add(html, {"<div><h3>", words.effectiveness, "</h3>", block(effectiveness), "</div>\n"});
  if (!recommendation.empty()) {
    add(html, {"<div><h3>", words.recommendation, "</h3><b>", run(recommendation), "</b></div>\n"});
  }
  return html += "</div>\n";
}

/// What plugins scored: for all answers, then for each site, process or zone. Also what they failed to score; why is
/// nothing for the readers of a report.
std::string scores(const Json& catalogue, const Words& words) {
  std::string html;
  for (const Json& scored : list_of(catalogue, "scores")) {
    const std::string bounds =
        decimal(scored.at("minimum").get<double>(), words) + "–" + decimal(scored.at("maximum").get<double>(), words);
    add(html, {"<p><b>", run(text_of(scored, "title")), "</b> (", bounds, ")"});
    for (const Json& score : list_of(scored, "scores")) {
      const bool all = text_of(score, "set") == "audit";
      const std::string_view label = text_of(score, "label");
      add(html, {all ? std::string() : "; " + run(text_of(score, "set")), ": ",
                 score.contains("value") ? decimal(score.at("value").get<double>(), words) : std::string("–")});
      if (!label.empty()) add(html, {", ", run(label)});
    }
    add(html, {" · ", run(text_of(scored, "plugin")), " ", run(text_of(scored, "version")), "</p>\n"});
  }
  for (const Json& missing : list_of(catalogue, "not_scored")) {
    add(html, {"<p><b>", run(text_of(missing, "title")), "</b>: ", words.not_scored, " · ",
               run(text_of(missing, "plugin")), " ", run(text_of(missing, "version")), "</p>\n"});
  }
  return html;
}

std::string findings_table(const Source& source) {
  const Words& words = source.words;
  const Json& findings = list_of(source.input, "findings");
  std::string html = "<h3>";
  add(html, {words.findings_at_a_glance, "</h3>\n"});
  if (findings.empty()) {
    add(html, {"<p>", words.no_findings, "</p>\n"});
    return html;
  }
  add(html, {"<table class=\"list\"><thead><tr><th scope=\"col\" class=\"w18\">", words.number,
             "</th><th scope=\"col\">", words.title, "</th><th scope=\"col\" class=\"w14\">", words.clause,
             "</th><th scope=\"col\" class=\"w18\">", words.state, "</th></tr></thead><tbody>\n"});
  for (const Grade& grade : grades) {
    if (count_of(findings, grade.id) == 0) continue;
    add(html, {"<tr class=\"sub\"><td colspan=\"4\">", chip(grade.id, words.*grade.many), "</td></tr>\n"});
    for (const Json& finding : findings) {
      if (&grade_of(finding) != &grade) continue;
      add(html, {"<tr><td class=\"num\">", finding_link(source, text_of(finding, "number")), "</td><td>",
                 brief(text_of(finding, "title")), "</td><td>", brief(text_of(finding, "clause")), "</td><td>",
                 brief(text_of(finding, "state")),
                 flag_of(finding, "overdue") ? " " + chip("late", words.overdue) : std::string(), "</td></tr>\n"});
    }
  }
  return html += "</tbody></table>\n";
}

std::string signatures(const Source& source) {
  const Words& words = source.words;
  const Json& team = list_of(source.input, "team");
  std::string html = "<div class=\"sign\"><div><b>";
  add(html, {team.empty() ? std::string() : run(text_of(team.front(), "name")), "</b>", words.lead_auditor, " · ",
             words.place_date_signature, "</div><div><b>", run(text_of(audited(source), "name")), "</b>",
             words.for_the_organisation, " · ", words.place_date_signature, "</div></div>\n"});
  return html;
}

}  // namespace

const std::array<Grade, 6> grades = {{
    {"major", &Words::major, &Words::majors},
    {"minor", &Words::minor, &Words::minors},
    {"area_of_concern", &Words::area_of_concern, &Words::areas_of_concern},
    {"opportunity", &Words::opportunity, &Words::opportunities},
    {"observation", &Words::observation, &Words::observations},
    {"strength", &Words::strength, &Words::strengths},
}};

const Grade& grade_of(const Json& finding) {
  const std::string_view id = text_of(finding, "grade");
  for (const Grade& grade : grades) {
    if (grade.id == id) return grade;
  }
  throw std::invalid_argument("a finding has an unknown grade");
}

std::size_t count_of(const Json& findings, std::string_view grade) {
  std::size_t count = 0;
  for (const Json& finding : findings) count += text_of(finding, "grade") == grade ? 1 : 0;
  return count;
}

std::string summary(const Source& source) {
  const Words& words = source.words;
  std::string html = "<section>" + heading("summary", "1", words.summary) + verdict(source) + tiles(source);
  for (const Json& catalogue : list_of(source.input, "catalogues")) {
    const bool tall = list_of(catalogue, "groups").size() > 25;
    add(html, {"<h3>", run(text_of(catalogue, "title")), "</h3>\n", scores(catalogue, words), "<div class=\"charts",
               tall ? " tall" : "", "\">", result_donut(catalogue, words), "<div><h4>", words.by_chapter, "</h4>",
               chapter_bars(catalogue, words), "</div></div>\n"});
  }
  html += findings_table(source) + signatures(source);
  return html += "</section>\n";
}

}  // namespace report_html
