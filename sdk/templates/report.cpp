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

constexpr const char* style =
    "body { max-width: 42rem; margin: 3rem auto; padding: 0 1.5rem; font: 1rem/1.55 system-ui, sans-serif; color: "
    "#1d2433; }\n"
    "header { border-bottom: 3px solid #b8923a; margin-bottom: 2rem; }\n"
    "h1 { font-size: 1.7rem; line-height: 1.25; margin: 0; }\n"
    "header p, article p { color: #5a6478; }\n"
    "article { border-top: 1px solid #d9dde5; padding: .8rem 0; break-inside: avoid; }\n"
    "h3 { font-size: 1.05rem; margin: 0; }\n"
    "article p { margin: .2rem 0 0; }\n";

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
    const std::string name = words.report + (" " + text(audit, "number"));
    out.write(std::string("<!DOCTYPE html>\n<html lang=\"") + words.language +
              "\">\n<head>\n<meta charset=\"utf-8\">\n<title>" + name + "</title>\n<style>\n" + style +
              "</style>\n</head>\n<body>\n<header>\n<h1>" + text(audit, "title") + "</h1>\n<p>" + name + " · " +
              text(json.at("organisation"), "name") + "</p>\n</header>\n<h2>" + words.findings + "</h2>\n");
    const Json& findings = json.at("findings");
    if (findings.empty()) out.write(std::string("<p>") + words.none + "</p>\n");
    for (const Json& finding : findings) {
      call.check();
      const std::string clause = text(finding, "clause");
      out.write("<article>\n<h3>" + text(finding, "title") + "</h3>\n<p>" + text(finding, "number") + " · " +
                text(finding, "grade") + (clause.empty() ? "" : " · " + clause) + "</p>\n</article>\n");
    }
    out.write("</body>\n</html>\n");
  }
};

}  // namespace

ASSAY_PLUGIN(Report, assay::sdk::Report)
