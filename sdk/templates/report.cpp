// A report as one HTML file. Every text of the input is somebody's typing: nothing gets into the output but by
// escape().
#include <assay/cxx/report.h>

#include <nlohmann/json.hpp>
#include <string>

namespace {

using Json = nlohmann::json;

/// `text` so that HTML can make nothing of it: no markup, no control characters, no overrides of the writing direction.
std::string escape(std::string_view text) {
  std::string safe;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::string_view three = text.substr(i, 3);
    if (byte == '&') {
      safe += "&amp;";
    } else if (byte == '<') {
      safe += "&lt;";
    } else if (byte == '>') {
      safe += "&gt;";
    } else if (byte == '"') {
      safe += "&quot;";
    } else if (byte == '\'') {
      safe += "&#39;";
    } else if ((byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7F) {
      safe += ' ';
    } else if (three >= "\xE2\x80\xAA" && three <= "\xE2\x80\xAE") {
      i += 2;
    } else {
      safe += text[i];
    }
  }
  return safe;
}

/// The text member `name`, ready for HTML; empty when it is absent.
std::string text(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? std::string() : escape(found->get_ref<const std::string&>());
}

struct Words {
  const char *language, *report, *findings, *none;
};
constexpr Words english = {"en", "Audit report", "Findings", "There are none."};
constexpr Words german = {"de", "Auditbericht", "Feststellungen", "Es gibt keine."};

class Report {
 public:
  explicit Report(const assay::sdk::Host&) {}

  /// `input` is JSON as sdk/schema/report-input.json describes it, validated by the host.
  void render(const assay::sdk::Call& call, std::string_view format, std::string_view input,
              const assay::sdk::Writer& out) {
    if (format != "html") throw assay::sdk::Failure(ASSAY_UNSUPPORTED, "the only format is html");
    const Json json = Json::parse(input);
    const Words& words = call.language() == "de" ? german : english;
    const Json& audit = json.at("audit");
    out.write(std::string("<!DOCTYPE html>\n<html lang=\"") + words.language +
              "\">\n<head><meta charset=\"utf-8\"><title>" + words.report + " " + text(audit, "number") +
              "</title></head>\n<body>\n<h1>" + words.report + " " + text(audit, "number") + ": " +
              text(audit, "title") + "</h1>\n<p>" + text(json.at("organisation"), "name") + "</p>\n<h2>" +
              words.findings + "</h2>\n");
    const Json& findings = json.at("findings");
    if (findings.empty()) out.write(std::string("<p>") + words.none + "</p>\n");
    for (const Json& finding : findings) {
      call.check();
      out.write("<h3>" + text(finding, "number") + " " + text(finding, "title") + "</h3>\n<p>" +
                text(finding, "grade") + "</p>\n");
    }
    out.write("</body>\n</html>\n");
  }
};

}  // namespace

ASSAY_PLUGIN(Report, assay::sdk::Report)
