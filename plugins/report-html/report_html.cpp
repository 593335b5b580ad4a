// The audit report as one HTML file: no scripts, nothing loaded from elsewhere, made to be printed on A4.
#include <assay/cxx/report.h>

#include <string>

#include "format.h"
#include "sections.h"
#include "style.h"

namespace report_html {
namespace {

/// The style sheet and what stands in the margins of a page.
std::string head(const Source& source) {
  const Words& words = source.words;
  const Json& audit = source.input.at("audit");
  const std::string number = css_string(text_of(audit, "number"));
  const std::string organisation = css_string(text_of(source.input.at("organisation"), "name"));
  constexpr std::string_view margin =
      "font:7.5pt \"Inter\",\"Segoe UI\",Arial,\"DejaVu Sans\",sans-serif;color:#5b6680;";
  std::string html = "<!DOCTYPE html>\n";
  add(html, {"<html lang=\"", words.language, "\">\n<head>\n<meta charset=\"utf-8\">\n",
             "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
             "base-uri 'none'; form-action 'none'\">\n",
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
             "<meta name=\"robots\" content=\"noindex\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<title>",
             words.report, " ", escape(text_of(audit, "number")), " – ", escape(text_of(audit, "title")),
             "</title>\n<style>\n", style});
  add(html, {"@page{@top-left{content:\"", organisation, "\";", margin, "}@top-right{content:\"", words.confidential,
             "\";", margin, "}@bottom-left{content:\"", words.report, " ", number, "\";", margin,
             "}@bottom-right{content:counter(page) \" ", words.page_of, " \" counter(pages);", margin, "}}\n"});
  html += "</style>\n</head>\n<body>\n";
  return html;
}

Source source_of(const Json& input) {
  Source source{input, words_for(text_of(input, "language")), {}, {}};
  for (const Json& entry : list_of(input, "evidence")) {
    source.evidence.emplace(text_of(entry, "id"), source.evidence.size());
  }
  for (const Json& finding : list_of(input, "findings")) {
    source.findings.emplace(text_of(finding, "number"), source.findings.size());
  }
  return source;
}

class ReportHtml {
 public:
  explicit ReportHtml(const assay::sdk::Host&) {}

  void render(const assay::sdk::Call& call, std::string_view format, std::string_view text,
              const assay::sdk::Writer& out) {
    if (format != "html") throw assay::sdk::Failure(ASSAY_UNSUPPORTED, "the only format is html");
    const Json input = Json::parse(text);
    const Source source = source_of(input);
    out.write(head(source));
    out.write(cover(source));
    out.write("<main class=\"sheet\">\n");
    for (const auto section : {&contents, &summary, &the_audit, &findings, &corrective_actions, &exceptions, &checklist,
                               &evidence, &integrity}) {
      call.check();
      out.write(section(source));
    }
    out.write("</main>\n</body>\n</html>\n");
  }
};

}  // namespace
}  // namespace report_html

ASSAY_PLUGIN(report_html::ReportHtml, assay::sdk::Report)
