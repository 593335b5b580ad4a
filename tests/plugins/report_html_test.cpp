// The HTML report: golden, reproducible, inert whatever people typed, and without anything from outside.
#include <cstdlib>
#include <regex>
#include <set>

#include "ledger/digest.h"
#include "plugins/fixture.h"

namespace assay::test::report_html_test {
namespace {

const std::filesystem::path golden = std::filesystem::path(ASSAY_SOURCE_DIR) / "tests/plugins/golden";

std::string render(const Json& input) {
  static const auto plugin = load(shipped_packages / "report-html");
  std::string html;
  const auto report = plugin->report(input, "html", into(html), patient());
  std::string why;
  if (!report) {
    why = report.error().detail;
    for (const auto& field : report.error().invalid) why += "\n" + field.pointer + ": " + field.detail;
  }
  INFO(why);
  REQUIRE(report);
  CHECK(report->media_type == "text/html");
  CHECK(report->sha256 == sha256_hex(html));
  return html;
}

Json small_input(const std::string& language) {
  Json input =
      Json::parse(read_file(std::filesystem::path(ASSAY_SOURCE_DIR) / "sdk/schema/examples/report-input.json"));
  input["language"] = language;
  return input;
}

const std::set<std::string> void_tags = {"meta", "br", "circle", "rect", "path"};
const std::set<std::string> tags = {"html",  "head",  "meta", "title",  "style", "body",    "main",    "div",
                                    "span",  "h1",    "h2",   "h3",     "h4",    "p",       "b",       "i",
                                    "br",    "a",     "nav",  "ol",     "ul",    "li",      "dl",      "dt",
                                    "dd",    "bdi",   "svg",  "circle", "rect",  "path",    "text",    "table",
                                    "thead", "tbody", "tr",   "th",     "td",    "section", "article", "header"};
const std::set<std::string> attributes = {"lang",
                                          "charset",
                                          "http-equiv",
                                          "content",
                                          "name",
                                          "class",
                                          "id",
                                          "href",
                                          "dir",
                                          "colspan",
                                          "scope",
                                          "data-label",
                                          "viewBox",
                                          "role",
                                          "aria-label",
                                          "aria-hidden",
                                          "cx",
                                          "cy",
                                          "r",
                                          "x",
                                          "y",
                                          "d",
                                          "width",
                                          "height",
                                          "fill",
                                          "fill-opacity",
                                          "stroke",
                                          "stroke-width",
                                          "stroke-linecap",
                                          "stroke-linejoin",
                                          "stroke-dasharray",
                                          "stroke-dashoffset",
                                          "pathLength",
                                          "transform",
                                          "preserveAspectRatio"};

/// Reads `html` as a sequence of tags and checks that they nest, come from a short list and carry nothing active.
void check_inert(const std::string& html) {
  static const std::regex tag(R"re(<(/?)([a-zA-Z0-9]+)((?: [a-zA-Z-]+="[^"<>]*")*)(/?)>)re");
  static const std::regex attribute(R"re( ([a-zA-Z-]+)="([^"]*)")re");
  const auto style_begin = html.find("<style>"), style_end = html.find("</style>");
  REQUIRE(style_end != std::string::npos);
  const std::string style = html.substr(style_begin, style_end - style_begin);
  CHECK(style.find("url(") == std::string::npos);
  CHECK(style.find("@import") == std::string::npos);
  CHECK(style.find('<', 1) == std::string::npos);
  std::string body = html.substr(0, style_begin + 7) + html.substr(style_end);
  REQUIRE(body.starts_with("<!DOCTYPE html>"));
  body.erase(0, 15);
  std::vector<std::string> open;
  for (std::size_t at = body.find('<'); at != std::string::npos; at = body.find('<', at + 1)) {
    std::smatch match;
    const std::string piece = body.substr(at, 4000);
    INFO(piece.substr(0, 120));
    REQUIRE(std::regex_search(piece, match, tag, std::regex_constants::match_continuous));
    const std::string name = match[2];
    REQUIRE(tags.contains(name));
    const std::string given = match[3];
    for (std::sregex_iterator it(given.begin(), given.end(), attribute), end; it != end; ++it) {
      INFO(it->str());
      CHECK(attributes.contains((*it)[1]));
      if ((*it)[1] == "href") CHECK((*it)[2].str().starts_with("#"));
    }
    if (match[1].length() > 0) {
      REQUIRE_FALSE(open.empty());
      CHECK(open.back() == name);
      open.pop_back();
    } else if (match[4].length() == 0 && !void_tags.contains(name)) {
      open.push_back(name);
    }
  }
  CHECK(open.empty());
}

/// `value` with every text that a person types replaced.
Json with_texts(const Json& value, const std::string& text, const std::string& name = {}) {
  static const std::set<std::string> kept = {"sha256",       "hash",         "language",    "grade", "mode",
                                             "outcome",      "kind",         "starts",      "ends",  "at",
                                             "generated_at", "collected_at", "answered_at", "needs", "seen_at"};
  if (value.is_object()) {
    Json result = Json::object();
    for (const auto& [key, member] : value.items()) result[key] = with_texts(member, text, key);
    return result;
  }
  if (value.is_array()) {
    Json result = Json::array();
    for (const Json& member : value) result.push_back(with_texts(member, text, name));
    return result;
  }
  static const std::regex date("[0-9]{4}-[0-9]{2}-[0-9]{2}");
  if (!value.is_string() || kept.contains(name) || std::regex_match(value.get<std::string>(), date)) return value;
  return text;
}

TEST_CASE("the report of a small audit is the golden one, in both languages") {
  const bool update = std::getenv("ASSAY_UPDATE_GOLDEN") != nullptr;
  for (const std::string language : {"en", "de"}) {
    const std::filesystem::path path = golden / ("report." + language + ".html");
    const std::string now = render(small_input(language));
    if (update) write_file(path, now);
    INFO(path.string() << ": look at the change in a browser, then run with ASSAY_UPDATE_GOLDEN=1");
    CHECK((read_file(path) == now));
    check_inert(now);
  }
}

TEST_CASE("the same input gives the same bytes, another input another report") {
  Json input = small_input("en");
  const std::string first = render(input);
  CHECK((render(input) == first));
  input["audit"]["title"] = "Another";
  CHECK((render(input) != first));
}

TEST_CASE("an empty audit makes a report that says so") {
  const std::string html = render(empty_input());
  check_inert(html);
  for (const std::string_view text :
       {"Nothing recorded.", "The audit raised no findings.", "There are no corrective actions.",
        "No exceptions were granted.", "No evidence was recorded.", "No answers were planned."}) {
    CHECK_THAT(html, Catch::Matchers::ContainsSubstring(std::string(text)));
  }
}

TEST_CASE("an exception from independence is printed with the measure that makes up for it") {
  struct Words {
    const char *language, *none, *measure, *granted;
  };
  for (const Words& words : {Words{"en", "No exceptions were granted.", "Compensating measure", "Granted by"},
                             {"de", "Es wurden keine Ausnahmen gewährt.", "Ausgleichende Maßnahme", "Gewährt von"}}) {
    Json input = empty_input();
    input["language"] = words.language;
    input["exceptions"] = {{{"auditor", "Adam Voss"},
                            {"items", {"A.8.13-q1"}},
                            {"subject", "Kiel"},
                            {"reason", "Three people <in all>"},
                            {"compensating_measure", "Top management reads the notes"},
                            {"granted_by", "Tom Ehlers"},
                            {"granted_on", "2026-03-02"},
                            {"proposed_by", "Pia Lund"}}};
    const std::string html = render(input);
    INFO(words.language);
    check_inert(html);
    CHECK(html.find(words.none) == std::string::npos);
    for (const std::string text :
         {"Adam Voss", "A.8.13-q1", "Kiel", "Three people &lt;in all&gt;", "Tom Ehlers", "Pia Lund", words.granted})
      CHECK_THAT(html, Catch::Matchers::ContainsSubstring(text));
    const auto label = html.find(words.measure);
    REQUIRE(label != std::string::npos);
    CHECK(html.substr(label, 200).find("Top management reads the notes") != std::string::npos);
  }
}

TEST_CASE("a client is whom the report is about, and the organisation the body that certifies") {
  const std::string client = "<bdi>Hafen&lt;b&gt;werk</bdi>", body = "<bdi>Hansa Präzision GmbH</bdi>";
  for (const auto& [language, label] : {std::pair("en", "Certification body"), {"de", "Zertifizierungsstelle"}}) {
    Json input = small_input(language);
    CHECK(render(input).find(label) == std::string::npos);
    input["client"] = {{"name", "Hafen<b>werk"}, {"address", "Kai 2"}};
    const std::string html = render(input), named = "<dt>" + std::string(label) + "</dt><dd>" + body + "</dd>";
    INFO(language);
    check_inert(html);
    for (const std::string& text :
         {"<div class=\"org\">" + client + "</div>", "<dt>Organisation</dt><dd>" + client, "<div><b>" + client + "</b>",
          "<div>" + named + "</div>", named + "\n<dt>", std::string("Kai 2")})
      CHECK_THAT(html, Catch::Matchers::ContainsSubstring(text));
    CHECK(html.find("Billhorner Deich 12\n20539 Hamburg") == std::string::npos);
    input["client"].erase("address");
    CHECK(render(input).find("Kai 2") == std::string::npos);
  }
}

TEST_CASE("whatever people type is text") {
  const std::string texts[] = {
      "<script>alert(1)</script>",
      "\"><img src=x onerror=alert(1)>",
      "' onmouseover='alert(1)",
      "</style></title></main><iframe src=//example.org>",
      "&lt;b&gt; &amp; &#x3c;script&#x3e;",
      "<!-- --><![CDATA[ ]]><?php ?>",
      "}\"; } * { background: url(//example.org) } \\3c script\\3e",
      "\xE2\x80\xAE desrever \xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D \xD8\xB9\xD8\xB1\xD8\xA8\xD9\x8A",
      std::string("nul \x01 bell \x07 del \x7F c1 \xC2\x85"),
      std::string(10'000, 'W'),
      "",
  };
  for (const std::string& text : texts) {
    const std::string html = render(with_texts(small_input("en"), text));
    INFO(text.substr(0, 60));
    check_inert(html);
    CHECK(html.find("<script") == std::string::npos);
    CHECK(html.find("\xE2\x80\xAE") == std::string::npos);
    CHECK(html.find("\xC2\x85") == std::string::npos);
    CHECK(std::none_of(html.begin(), html.end(), [](char c) {
      const auto byte = static_cast<unsigned char>(c);
      return (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F;
    }));
  }
}

TEST_CASE("scores stand in the summary, whatever they are called") {
  const Json scores = Json::parse(R"([{"plugin": "org.example.whole", "version": "1.2.3", "title": "Conf<b>ormity",
    "minimum": -5, "maximum": 100, "scores": [{"set": "audit", "value": 83.25, "label": "<script>good"},
    {"set": "site:Dresden", "value": 100}, {"set": "site:Kiel"}]}])");
  for (const auto& [language, value] : {std::pair("en", "83.2"), std::pair("de", "83,2")}) {
    Json input = small_input(language);
    input.at("catalogues").at(0)["scores"] = scores;
    const std::string html = render(input);
    check_inert(html);
    CHECK_THAT(html, Catch::Matchers::ContainsSubstring("<b><bdi>Conf&lt;b&gt;ormity</bdi></b> (-5–100): " +
                                                        std::string(value) + ", <bdi>&lt;script&gt;good</bdi>; "));
    CHECK_THAT(html, Catch::Matchers::ContainsSubstring("<bdi>site:Dresden</bdi>: 100; "));
    CHECK_THAT(html, Catch::Matchers::ContainsSubstring(
                         "<bdi>site:Kiel</bdi>: – · <bdi>org.example.whole</bdi> <bdi>1.2.3</bdi>"));
  }
}

TEST_CASE("a score that is missing stands in the summary, without the reason") {
  for (const auto& [language, words] : {std::pair("en", "not scored"), std::pair("de", "nicht bewertet")}) {
    Json input = small_input(language);
    input.at("catalogues").at(0)["not_scored"] = {{{"plugin", "org.example.whole"},
                                                   {"version", "1.2.3"},
                                                   {"title", "Conf<b>ormity"},
                                                   {"reason", "it said: secret"}}};
    const std::string html = render(input);
    check_inert(html);
    CHECK_THAT(html,
               Catch::Matchers::ContainsSubstring("<b><bdi>Conf&lt;b&gt;ormity</bdi></b>: " + std::string(words)));
    CHECK(html.find("secret") == std::string::npos);
  }
}

TEST_CASE("the report holds all that it is asked to hold") {
  Json input = small_input("en");
  for (Json& item : input.at("catalogues").at(0).at("items")) {
    // Of an item that was not planned, the clause alone is shown.
    if (item.at("questions").at(0).at("answers").empty()) item["title"] = item["questions"][0]["question"] = "";
  }
  const std::string html = render(input);
  std::set<std::string> texts;
  const auto collect = [&](const auto& self, const Json& value, const std::string& name) -> void {
    static const std::set<std::string> elsewhere = {"language",     "mode",        "kind",   "outcome", "grade",
                                                    "generated_at", "zone",        "starts", "ends",    "at",
                                                    "collected_at", "answered_at", "needs",  "result",  "seen_at"};
    if (value.is_structured()) {
      for (const auto& [key, member] : value.items()) self(self, member, value.is_object() ? key : name);
    } else if (value.is_string() && !elsewhere.contains(name) &&
               value.get<std::string>().find_first_of("<>&\"'\n-_") == std::string::npos) {
      texts.insert(value.get<std::string>());
    }
  };
  collect(collect, input, "");
  CHECK(texts.size() > 60);
  for (const std::string& text : texts) CHECK_THAT(html, Catch::Matchers::ContainsSubstring(text));
  CHECK_THAT(html, Catch::Matchers::ContainsSubstring(sha256_hex(canonical(input))));
}

}  // namespace
}  // namespace assay::test::report_html_test
