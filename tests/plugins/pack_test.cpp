// Data packs: plugins without code, whose catalogues, templates and rules the host evaluates.
#include "plugins/pack/pack.h"

#include <cstring>
#include <functional>
#include <future>
#include <latch>
#include <map>
#include <mutex>

#include "ledger/digest.h"
#include "plugins/check/check.h"
#include "plugins/fixture.h"
#include "plugins/pack/rules.h"
#include "plugins/pack/template.h"
#include "plugins/registry.h"

namespace assay::test::pack_test {
namespace {

namespace fs = std::filesystem;

const fs::path templates = fs::path(ASSAY_SOURCE_DIR) / "sdk/templates";

/// A pack of the templates' files, with its manifest made whole; `changed` may change files before they are listed.
class Pack {
 public:
  explicit Pack(const std::string& kind, const std::function<void(const fs::path&)>& change = {}) {
    const std::map<std::string, std::vector<std::string>> files = {
        {"checklist", {"catalogue.en.json", "catalogue.de.json", "scoring.json", "applicability.json"}},
        {"report", {"report.html", "findings.csv", "words.en.json", "words.de.json"}}};
    for (const std::string& name : files.at(kind)) write_file(path() / name, filled(read_file(templates / name)));
    write_file(path() / "manifest.json", filled(read_file(templates / ("manifest." + kind + "-data.json"))));
    if (change) change(path());
    list_files();
  }
  const fs::path& path() const { return folder_.path(); }

  void list_files() const {
    Json manifest = Json::parse(read_file(path() / "manifest.json"));
    manifest["files"] = Json::array();
    for (const auto& entry : fs::directory_iterator(path())) {
      const std::string name = entry.path().filename().string();
      if (name == "manifest.json") continue;
      const std::string bytes = read_file(entry.path());
      manifest["files"].push_back({{"path", name}, {"sha256", sha256_hex(bytes)}, {"size", bytes.size()}});
    }
    write_file(path() / "manifest.json", manifest.dump());
  }

 private:
  static std::string filled(std::string text) {
    for (const auto& [mark, value] : {std::pair("__ID__", "com.example.pack"), std::pair("__NAME__", "pack")}) {
      for (std::size_t at = 0; (at = text.find(mark)) != std::string::npos;) text.replace(at, std::strlen(mark), value);
    }
    return text;
  }
  TempFolder folder_;
};

Result<std::unique_ptr<Plugin>> try_pack(const fs::path& folder) {
  auto manifest = read_manifest(folder);
  if (!manifest) return manifest.error();
  return load_data_pack(folder, *manifest, {"0.1.0"});
}

std::string fill_in(std::string_view text, const Json& values, Escape how = Escape::html) {
  auto made = Template::read(text, how);
  INFO((std::holds_alternative<std::string>(made) ? std::get<std::string>(made) : ""));
  REQUIRE(std::holds_alternative<Template>(made));
  std::string filled;
  Effort effort;
  const auto sink = [&](std::string_view piece) {
    filled += piece;
    return true;
  };
  CHECK(std::get<Template>(made).fill_in(values, {{"words", {{"hello", "Hello"}}}}, sink, effort));
  return filled;
}

TEST_CASE("a checklist of data gives its catalogues, scores answers, and says what applies") {
  const Pack pack("checklist");
  const auto plugin = try_pack(pack.path());
  REQUIRE(plugin);
  CHECK((*plugin)->health().data);
  const auto german = (*plugin)->catalogues("de", patient());
  REQUIRE(german);
  CHECK(german->front().content.at("title") == "Meine Checkliste");
  CHECK((*plugin)->catalogues("fr", patient())->front().language == "en");

  const auto answer = [](const char* question, const char* item, const char* result) {
    return Json{{"question", question}, {"item", item}, {"subject", "whole"}, {"result", result}};
  };
  const Json input = {{"scoring_input", 1},
                      {"language", "de"},
                      {"catalogue",
                       {{"id", "pack"},
                        {"version", "1.0.0"},
                        {"hash", std::string(64, 'a')},
                        {"results", {"conforms", "does_not_conform", "not_applicable"}},
                        {"groups", {"4", "5"}},
                        {"items",
                         {{{"id", "4.1"}, {"group", "4"}, {"questions", {"4.1-q1"}}},
                          {{"id", "5.1"}, {"group", "5"}, {"questions", {"5.1-q1", "5.1-q2"}}}}}}},
                      {"sets",
                       {{{"id", "audit"},
                         {"answers",
                          {answer("4.1-q1", "4.1", "does_not_conform"), answer("5.1-q1", "5.1", "conforms"),
                           answer("5.1-q2", "5.1", "not_applicable")}}},
                        {{"id", "site:A"}, {"answers", Json::array()}}}}};
  const auto scored = (*plugin)->answer(sandbox::Method::score, input, "de", patient());
  INFO((scored ? "" : scored.error().detail));
  REQUIRE(scored);
  const Json& score = scored->at("scores").at(0);
  CHECK(score.at("value").get<double>() == 66.67);  // 100 with weight 2, 0 with weight 1
  CHECK(score.at("label") == "ordentlich");
  CHECK(score.at("groups") == Json({{{"group", "4"}, {"value", 0.0}}, {{"group", "5"}, {"value", 100.0}}}));
  CHECK(scored->at("scores").at(1) == Json({{"set", "site:A"}}));

  struct Row {
    Json facts;
    bool applies;
  };
  for (const Row& row : {Row{Json::object(), true}, Row{{{"employees", 9}}, true},
                         Row{{{"employees", 9}, {"new_organisation", false}}, false},
                         Row{{{"employees", 10}, {"new_organisation", false}}, true},
                         Row{{{"employees", 9}, {"new_organisation", true}}, true}}) {
    const Json asked = {{"applicability_input", 1},
                        {"language", "en"},
                        {"catalogue",
                         {{"id", "pack"},
                          {"version", "1.0.0"},
                          {"hash", std::string(64, 'a')},
                          {"items", {{{"id", "4.1"}, {"group", "4"}, {"clause", "4.1"}}}}}},
                        {"facts", row.facts}};
    const auto told = (*plugin)->answer(sandbox::Method::applicable, asked, "en", patient());
    INFO(row.facts.dump() << (told ? "" : told.error().detail));
    REQUIRE(told);
    CHECK(told->at("items").at(0).at("applies") == row.applies);
    CHECK(told->at("items").at(0).contains("reason") != row.applies);
  }
}

TEST_CASE("a report of data is filled in, in each language and format, and lets no text become markup") {
  const Pack pack("report");
  const auto plugin = try_pack(pack.path());
  REQUIRE(plugin);
  Json input = empty_input();
  std::string html;
  REQUIRE((*plugin)->report(input, "html", into(html), patient()));
  CHECK(html.find("<p>There are none.</p>") != std::string::npos);
  input["language"] = "de";
  input["findings"] = {{{"number", "NC-1"}, {"grade", "major"}, {"title", "<b>=1+1"}, {"state", "=1+1"}}};
  html.clear();
  REQUIRE((*plugin)->report(input, "html", into(html), patient()));
  CHECK(html.find(
            "<h2>Feststellungen</h2>\n<article>\n<h3>&lt;b&gt;=1+1</h3>\n<p>NC-1 · major</p>\n</article>\n</body>") !=
        std::string::npos);
  std::string csv;
  REQUIRE((*plugin)->report(input, "csv", into(csv), patient()));
  CHECK(csv == "number,grade,title,state\n\"NC-1\",\"major\",\"<b>=1+1\",\"'=1+1\"\n");
}

TEST_CASE("packs pass the validator, and stand in the registry without a process") {
  for (const char* kind : {"checklist", "report"}) {
    const Pack pack(kind);
    CheckOptions options{ASSAY_PLUGIN_PROBE};
    options.tries = std::chrono::milliseconds(500);
    const auto results = check_package(pack.path(), options);
    CHECK(results.size() >= 7);
    for (const CheckResult& result : results) {
      INFO(kind << ": " << result.name << ": " << result.reason);
      CHECK(result.outcome == CheckOutcome::passed);
    }
  }
  const TempFolder folder;
  const Pack pack("checklist");
  fs::copy(pack.path(), folder.path() / "pack", fs::copy_options::recursive);
  const PluginRegistry registry({folder.path()}, plain_host());
  const Json shown = to_json(registry.list().front(), "de");
  CHECK(shown.at("state") == "ready");
  CHECK(shown.at("isolation") == "data");
  CHECK_FALSE(shown.contains("sandbox"));
  CHECK(registry.find_by_catalogue("pack") != nullptr);
}

TEST_CASE("a pack that is wrong is refused with its file and place") {
  struct Row {
    std::string kind, file, text;  // an empty text takes the file away
    std::string_view reason;
  };
  const Row rows[] = {
      {"checklist", "catalogue.en.json", "{", "catalogue.en.json: \"\""},
      {"checklist", "catalogue.en.json", "{}", "the catalogues in"},
      {"checklist", "catalogue.de.json", R"({"groups": [{"id": "4", "title": 7}]})", "the catalogues in de"},
      {"checklist", "catalogue.de.json", "", "catalogue.de.json: is not listed"},
      {"checklist", "scoring.json", R"({"values": {"conforms": 101}})",
       "\"/values/conforms\" must be an integer from 0 to 100"},
      {"checklist", "scoring.json", R"({"weights": {}})", "\"/values\" is missing"},
      {"checklist", "scoring.json", R"({"values": {}, "code": 1})", "\"/code\" is not known"},
      {"checklist", "scoring.json", R"({"values": {"conform": 100}})", "\"/values/conform\" names what is in none"},
      {"checklist", "scoring.json", R"({"values": {}, "weights": {"groups": {"nine": 2}}})",
       "\"/weights/groups/nine\""},
      {"checklist", "scoring.json", R"({"values": {}, "weights": {"items": {"zz": 3}}})", "\"/weights/items/zz\""},
      {"checklist", "applicability.json",
       R"({"rules": [{"items": ["99"], "when": {"fact": "a", "is": 1}, "reason": {"en": "x"}}]})", "items/99\" names"},
      {"checklist", "scoring.json", R"({"values": {}, "weights": {"items": {"4.1": -1}}})", "/weights/items/4.1"},
      {"checklist", "scoring.json", R"({"values": {}, "bands": [{"from": 1, "label": {"de": "x"}}]})",
       "/bands/0/label"},
      {"checklist", "scoring.json",
       R"({"values": {}, "bands": [{"from": 1, "label": {"en": "x"}}, {"from": 1, "label": {"en": "x"}}]})",
       "/bands/1/from"},
      {"checklist", "applicability.json", R"({"rules": [{"when": {"fact": "a", "is": 1}, "reason": {"en": "x"}}]})",
       "names neither items nor groups"},
      {"checklist", "applicability.json",
       R"({"rules": [{"items": ["4.1"], "when": {"fact": "a"}, "reason": {"en": "x"}}]})",
       "\"/rules/0/when\" must have one of"},
      {"checklist", "applicability.json",
       R"({"rules": [{"items": ["4.1"], "when": {"not":{"not":{"not":{"not":{"not":{"not":{"not":{"not":{"fact": "a", "is": 1}}}}}}}}}, "reason": {"en": "x"}}]})",
       "more than 8 levels"},
      {"report", "report.html", "{{#findings}}", "report.html: the section findings is not closed"},
      {"report", "report.html", "{{{title}}}", "always escaped"},
      {"report", "report.html", "{{> other}}", "there is no tag"},
      {"report", "words.de.json", R"({"report": 7})", "words.de.json: must be an object of texts"},
  };
  for (const Row& row : rows) {
    const Pack pack(row.kind, [&](const fs::path& folder) {
      if (row.text.empty())
        fs::remove(folder / row.file);
      else
        write_file(folder / row.file, row.text);
    });
    const auto plugin = try_pack(pack.path());
    INFO(row.file << ": " << row.text << ": " << (plugin ? "loaded" : plugin.error().detail));
    REQUIRE_FALSE(plugin);
    CHECK(plugin.error().reason == Reason::plugin_failed);
    CHECK(plugin.error().detail.find(row.reason) != std::string::npos);
  }
}

TEST_CASE("what a pack would keep in memory has an end") {
  const Pack long_file("checklist", [](const fs::path& folder) {
    write_file(folder / "catalogue.en.json", std::string(9u << 20, ' '));
  });
  const auto file = try_pack(long_file.path());
  REQUIRE_FALSE(file);
  CHECK(file.error().detail.find("catalogue.en.json: is larger than 8 MiB") != std::string::npos);

  const Pack small("checklist");
  const auto manifest = read_manifest(small.path());
  REQUIRE(manifest);
  PluginHost host{"0.1.0"};
  host.limits.json_bytes = 300;
  const auto answer = load_data_pack(small.path(), *manifest, host);
  REQUIRE_FALSE(answer);
  CHECK(answer.error().detail.find("the catalogues in en: are larger than 300 bytes") != std::string::npos);

  const Pack words("report", [](const fs::path& folder) {
    for (const char* name : {"words.en.json", "words.de.json"})
      write_file(folder / name, Json({{"report", std::string(5u << 20, 'x')}}).dump());
  });
  const auto reports = try_pack(words.path());
  REQUIRE_FALSE(reports);
  CHECK(reports.error().detail.find("words of all reports have 8 MiB together") != std::string::npos);
}

TEST_CASE("a manifest and its data must go together") {
  struct Row {
    std::string_view change, reason;
  };
  const Row rows[] = {
      {R"([{"op": "remove", "path": "/data"}])", "either a library or data"},
      {R"([{"op": "add", "path": "/library", "value": "scoring.json"}])", "either a library or data"},
      {R"([{"op": "remove", "path": "/data/scoring"}])", "scoring/1 and /data/scoring go together"},
      {R"([{"op": "remove", "path": "/extensions/applicability~11"}])", "go together"},
      {R"([{"op": "add", "path": "/extensions/migrate~11", "value": {"catalogues": ["pack"]}}])",
       "migrate/1 needs a library"},
      {R"([{"op": "remove", "path": "/data/catalogues/pack/en"}])", "has no file for en"},
      {R"([{"op": "replace", "path": "/data/scoring", "value": "../secret"}])", "/data/scoring"},
  };
  for (const Row& row : rows) {
    const Pack pack("checklist");
    const Json manifest = Json::parse(read_file(pack.path() / "manifest.json")).patch(Json::parse(row.change));
    write_file(pack.path() / "manifest.json", manifest.dump());
    const auto plugin = try_pack(pack.path());
    INFO(row.change << ": " << (plugin ? "loaded" : plugin.error().detail));
    REQUIRE_FALSE(plugin);
    CHECK(plugin.error().detail.find(row.reason) != std::string::npos);
  }
}

TEST_CASE("templates fill in names, lists and their absence, and nothing else") {
  const Json values = {{"name", "<A&B>"},
                       {"yes", true},
                       {"no", false},
                       {"zero", 0},
                       {"list", {1, 2}},
                       {"empty", Json::array()},
                       {"who", {{"name", "inner"}, {"age", 7}}}};
  struct Row {
    std::string_view text, filled;
  };
  const Row rows[] = {
      {"plain { } }} text", "plain { } }} text"},
      {"{{name}}|{{ name }}", "&lt;A&amp;B&gt;|&lt;A&amp;B&gt;"},
      {"{{none}}{{who}}{{list}}", ""},
      {"{{who.name}} {{who.none.deep}}", "inner "},
      {"{{#who}}{{name}} {{age}} {{zero}}{{/who}}", "inner 7 0"},
      {"{{#list}}[{{.}}]{{/list}}", "[1][2]"},
      {"{{#yes}}y{{/yes}}{{#no}}n{{/no}}{{^no}}not{{/no}}{{^empty}}e{{/empty}}{{#zero}}z{{/zero}}", "ynotez"},
      {"{{words.hello}}, {{! nothing }}you", "Hello, you"},
      {"a\n  {{#list}}  \nb{{.}}\n{{/list}}\nc", "a\nb1\nb2\nc"},
      {"{{! a line }}\nx", "x"},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(fill_in(row.text, values) == row.filled);
  }
  for (const std::string wrong :
       {"{{", "{{#a}}", "{{/a}}", "{{#a}}{{/b}}", "{{a b}}", "{{}}", "{{a..b}}", "{{&a}}", "{{=<% %>=}}"}) {
    INFO(wrong);
    CHECK(std::holds_alternative<std::string>(Template::read(wrong, Escape::html)));
  }
  std::string deep;
  for (int i = 0; i < 17; ++i) deep += "{{#a}}";
  for (int i = 0; i < 17; ++i) deep += "{{/a}}";
  CHECK(std::holds_alternative<std::string>(Template::read(deep, Escape::html)));
}

TEST_CASE("in HTML a value stands only where escaping makes it harmless") {
  for (const std::string sound :
       {"<p>{{a}}</p>", "<p title=\"{{a}}\" class='x {{a}}'>{{a}}", "<TITLE>{{a}}</TITLE>{{a}}", "a < b {{a}}",
        "<style>p { color: red }</style>{{a}}", "<script>1</script >{{a}}", "<!-- <script> -->{{a}}", "<!-->{{a}}",
        "<!DOCTYPE html>{{a}}", "<p title = \"{{#a}}{{b}}{{/a}}\">", "<p {{#a}}class=\"x\"{{/a}}>{{b}}", "<br/>{{a}}",
        "<a href=\"#x\">{{a}}</a>", "<STYLE></STYLER></STYLE>{{a}}", "</>{{a}}", "<p x=1>{{a}}"}) {
    const auto read = Template::read(sound, Escape::html);
    INFO(sound << ": " << (std::holds_alternative<std::string>(read) ? std::get<std::string>(read) : ""));
    CHECK(std::holds_alternative<Template>(read));
  }
  struct Row {
    std::string_view text, fault;
  };
  const Row rows[] = {
      {"<script>{{a}}</script>", "within the element script"},
      {"<SCRIPT type='x'>var a = '{{a}}'", "within the element script"},
      {"<style></styler>{{a}}</style>", "within the element style"},
      {"<p title={{a}}>", "outside of quotes"},
      {"<p title=x{{a}}>", "outside of quotes"},
      {"<p {{a}}>", "outside of quotes"},
      {"<{{a}}>", "outside of quotes"},
      {"</{{a}}>", "outside of quotes"},
      {"<p OnClick=\"x('{{a}}')\">", "attribute onclick"},
      {"<a HREF='{{a}}'>", "attribute href"},
      {"<a title=\"x\" href = \"https://example.com/{{a}}\">", "attribute href"},
      {"<img src=\"{{#a}}{{b}}{{/a}}\">", "attribute src"},
      {"{{#a}}<script>{{/a}}{{b}}", "ends elsewhere"},
      {"<p title=\"{{#a}}\"{{/a}} x=\"{{b}}\">", "ends elsewhere"},
      {"<script>{{#a}}</script>{{/a}}", "ends elsewhere"},
  };
  for (const Row& row : rows) {
    const auto read = Template::read(row.text, Escape::html);
    INFO(row.text);
    REQUIRE(std::holds_alternative<std::string>(read));
    CHECK(std::get<std::string>(read).find(row.fault) != std::string::npos);
    CHECK(std::holds_alternative<Template>(Template::read(row.text, Escape::plain)));
  }
}

TEST_CASE("a template that would never end is given up") {
  Json values = {{"list", Json(std::vector<int>(300, 1))}};
  std::string text = "x";
  for (int i = 0; i < 6; ++i) text = "{{#list}}" + text + "{{/list}}";
  const auto made = Template::read(text, Escape::plain);
  const auto sink = [](std::string_view) { return true; };
  Effort endless;
  CHECK_THROWS_WITH(std::get<Template>(made).fill_in(values, Json::object(), sink, endless),
                    "its template takes more than ten million steps");
  CHECK(endless.taken() > 10'000'000);
  Effort given_up([] { return true; });
  CHECK_THROWS_AS(std::get<Template>(made).fill_in(values, Json::object(), sink, given_up), EffortSpent);
  CHECK(given_up.taken() <= 1000);
  // What is escaped away leaves nothing for the sink to count, and is a step for each kilobyte.
  const auto one = Template::read("{{text}}", Escape::plain);
  Effort vanishing([] { return true; });
  CHECK_THROWS_AS(
      std::get<Template>(one).fill_in({{"text", std::string(2u << 20, '\x01')}}, Json::object(), sink, vanishing),
      EffortSpent);
}

TEST_CASE("a name of a template has sixteen parts at most") {
  std::string name = "a";
  for (int i = 1; i < 16; ++i) name += ".a";
  CHECK(std::holds_alternative<Template>(Template::read("{{" + name + "}}", Escape::plain)));
  CHECK(std::holds_alternative<std::string>(Template::read("{{" + name + ".a}}", Escape::plain)));
}

TEST_CASE("rules are given up with their call") {
  const auto read = ApplicabilityRules::read(
      {{"rules",
        {{{"items", {"b"}}, {"when", {{"fact", "tags"}, {"has", "x"}}}, {"reason", {{"en", "No x."}}}},
         {{"items", {"a", "b"}}, {"when", {{"fact", "small"}, {"is", false}}}, {"reason", {{"en", "Small."}}}},
         {{"groups", {"1"}}, {"when", {{"fact", "small"}, {"is", false}}}, {"reason", {{"en", "Group."}}}}}}});
  INFO((std::holds_alternative<std::string>(read) ? std::get<std::string>(read) : ""));
  REQUIRE(std::holds_alternative<ApplicabilityRules>(read));
  const auto& rules = std::get<ApplicabilityRules>(read);
  Json input = {{"facts", {{"small", true}, {"tags", Json(std::vector<int>(5000, 1))}}},
                {"catalogue", {{"items", Json::array()}}}};
  for (const char* id : {"a", "b", "c"}) input["catalogue"]["items"].push_back({{"id", id}, {"group", "1"}});
  Effort patient_effort;
  const Json told = rules.evaluate(input, "en", patient_effort);
  CHECK(told.at("items").at(0).at("reason") == "Small.");
  CHECK(told.at("items").at(1).at("reason") == "No x.");
  CHECK(told.at("items").at(2).at("reason") == "Group.");
  CHECK(patient_effort.taken() > 5000);
  Effort given_up([] { return true; });
  CHECK_THROWS_AS(rules.evaluate(input, "en", given_up), EffortSpent);
}

TEST_CASE("a call of a pack ends at its deadline although it writes nothing, and says so") {
  std::string text = "{{none}}";
  for (int i = 0; i < 8; ++i) text = "{{#findings}}" + text + "{{/findings}}";
  const Pack pack("report", [&](const fs::path& folder) { write_file(folder / "report.html", text); });
  const auto plugin = try_pack(pack.path());
  INFO((plugin ? "" : plugin.error().detail));
  REQUIRE(plugin);
  Json input = empty_input();
  for (int i = 0; i < 20; ++i)
    input["findings"].push_back({{"number", "NC-1"}, {"grade", "major"}, {"title", "x"}, {"state", "open"}});
  std::string html;
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(20);
  const auto late = (*plugin)->report(input, "html", into(html), {until});
  REQUIRE_FALSE(late);
  CHECK(late.error().detail.find("its deadline has passed") != std::string::npos);
}

TEST_CASE("a pack that is busy has not failed: whoever waited in vain may come again") {
  const Pack pack("report");
  auto manifest = read_manifest(pack.path());
  REQUIRE(manifest);
  PluginHost host{"0.1.0"};
  host.limits.processes = 1;
  const auto plugin = load_data_pack(pack.path(), *manifest, host);
  REQUIRE(plugin);
  std::latch inside(1), go_on(1);
  std::once_flag once;
  const auto hold = [&](std::string_view) -> Result<void> {
    std::call_once(once, [&] { inside.count_down(); });
    go_on.wait();
    return {};
  };
  auto held = std::async(std::launch::async, [&] { return (*plugin)->report(empty_input(), "html", hold, patient()); });
  inside.wait();
  std::string html;
  const auto busy = (*plugin)->report(empty_input(), "html", into(html), within(std::chrono::milliseconds(20)));
  go_on.count_down();
  CHECK(held.get());
  REQUIRE_FALSE(busy);
  CHECK(busy.error().reason == Reason::overloaded);
  CHECK(busy.error().retry_after == std::chrono::seconds(1));
}

TEST_CASE("texts are harmless in each format") {
  CHECK(escaped(Escape::html,
                "a<'\">&\x01\xE2\x80\xAE"
                "b\n") == "a&lt;&#39;&quot;&gt;&amp;b\n");
  CHECK(escaped(Escape::csv, "\x01 1=1") == "\" 1=1\"");
  CHECK(escaped(Escape::csv, "say \"x\"") == "\"say \"\"x\"\"\"");
  for (const char* formula : {"=1", "+1", "-1", "@x", " =1", "\tcmd", "\r=1", "\x01=1", "\x7F=1", "\xE2\x80\xAA=1",
                              " \t=1", " \x01\n\t\xE2\x80\xAE@x"})
    CHECK(escaped(Escape::csv, formula).starts_with("\"'"));
  CHECK(Json::parse("\"" + escaped(Escape::json, "a\"\\\n\t\x02") + "\"") == "a\"\\\n\t");
  CHECK(escaped(Escape::plain, "<\x1B[31m>") == "<[31m>");
  CHECK_FALSE(escape_for("application/pdf"));
  CHECK_FALSE(escape_for("text/markdown"));
}

}  // namespace
}  // namespace assay::test::pack_test
