// The form of a response: whole in both languages, inert whatever people typed, and made of nothing else.
#include <set>

#include "plugins/check/check.h"
#include "plugins/check/document.h"
#include "plugins/fixture.h"
#include "plugins/json_schema.h"
#include "plugins/pack/pack.h"

namespace assay::test::response_form_test {
namespace {

Json example(const char* name, const std::string& language = "en") {
  Json input = Json::parse(read_file(std::filesystem::path(ASSAY_SOURCE_DIR) / "sdk/schema/examples" / name));
  input["language"] = language;
  return input;
}

std::unique_ptr<Plugin> form() {
  auto manifest = read_manifest(shipped_packages / "response-form");
  REQUIRE(manifest);
  auto plugin = load_data_pack(shipped_packages / "response-form", *manifest, {"0.1.0"});
  INFO((plugin ? "" : plugin.error().detail));
  REQUIRE(plugin);
  return std::move(*plugin);
}

std::string filled_in(const Json& input) {
  std::string html;
  const auto report = form()->report(input, "html", into(html), patient());
  INFO((report ? "" : report.error().detail));
  REQUIRE(report);
  CHECK(report->media_type == "text/html");
  CHECK_FALSE(document_fault("text/html", html));
  return html;
}

TEST_CASE("the form has what the issuer knows it by, the response and the evidence, in both languages") {
  const Json input = example("response-input.json");
  struct Row {
    const char* language;
    std::vector<std::string> says;
  };
  for (const Row& row : {Row{"en", {"lang=\"en\"", "Response to a nonconformity", "Disposition of the issuer"}},
                         Row{"de", {"lang=\"de\"", "Stellungnahme zu einer Nichtk", "Entscheidung des Ausstellers"}}}) {
    const std::string html = filled_in(example("response-input.json", row.language));
    for (const std::string& text : row.says) CHECK_THAT(html, Catch::Matchers::ContainsSubstring(text));
    for (const char* part :
         {"/issuer/name", "/issuer/number", "/issuer/grade", "/issuer/response_due", "/issuer/verification_due",
          "/nonconformity/number", "/nonconformity/title", "/nonconformity/finding", "/nonconformity/respond_until",
          "/response/correction", "/response/extent", "/response/root_cause", "/response/action",
          "/response/action_due", "/implementations/0/implementation", "/evidence/0/title", "/evidence/0/sha256",
          "/evidence/3/sha256", "/organisation/name"}) {
      INFO(part);
      CHECK_THAT(html, Catch::Matchers::ContainsSubstring(input.at(Json::json_pointer(part)).get<std::string>()));
    }
    // What did not suffice here is nobody else's matter.
    CHECK(html.find("No review has been held with it so far") == std::string::npos);
    CHECK(html.find("The review was forgotten") == std::string::npos);
    CHECK(html.find("{{") == std::string::npos);
  }
}

TEST_CASE("a form without an answer has fields to be filled in by hand") {
  Json input = example("response-input.json");
  input.erase("response");
  for (const char* list : {"earlier_responses", "implementations", "rejected_implementations", "evidence"})
    input[list] = Json::array();
  input["issuer"] = Json::object();
  const std::string html = filled_in(input);
  for (const char* text : {"Root cause", "Nothing has been reported as done so far.", "No evidence is attached."})
    CHECK_THAT(html, Catch::Matchers::ContainsSubstring(text));
}

TEST_CASE("whatever people type into a response is text on its form") {
  for (const std::string& text : hostile_texts()) {
    Json input = example("response-input.json");
    for (const char* member : {"correction", "extent", "root_cause", "action", "by"}) input["response"][member] = text;
    for (const char* member : {"name", "number", "grade"}) input["issuer"][member] = text;
    for (const char* member : {"title", "clause", "finding", "owner"}) input["nonconformity"][member] = text;
    for (Json& one : input["evidence"]) one["title"] = text;
    const std::string html = filled_in(input);
    const auto how = injected("text/html", html);
    INFO(text.substr(0, 60) << ": " << how.value_or(""));
    CHECK_FALSE(how);
  }
}

TEST_CASE("the form passes every check of the validator") {
  CheckOptions options{ASSAY_PLUGIN_PROBE};
  options.tries = std::chrono::milliseconds(1500);
  std::set<std::string> names;
  for (const CheckResult& result : check_package(shipped_packages / "response-form", options)) {
    INFO(result.name << ": " << result.reason);
    CHECK(result.outcome == CheckOutcome::passed);
    names.insert(result.name);
  }
  for (const char* name : {"data", "report-format", "report-again", "hostile-text", "fuzz"})
    CHECK(names.contains(name));
}

TEST_CASE("a format takes the input that it is made of, and no other") {
  const auto written = form();
  const auto audited = load(shipped_packages / "report-html");
  struct Row {
    Plugin* plugin;
    const char* input;
    bool taken;
  };
  for (const Row& row :
       {Row{written.get(), "response-input.json", true}, Row{written.get(), "report-input.json", false},
        Row{audited.get(), "report-input.json", true}, Row{audited.get(), "response-input.json", false}}) {
    INFO(row.plugin->manifest().id << " from " << row.input);
    std::string html;
    const auto report = row.plugin->report(example(row.input), "html", into(html), patient());
    CHECK(report.has_value() == row.taken);
    if (!report) CHECK(report.error().reason == Reason::invalid);
    CHECK(html.empty() != row.taken);
  }
}

}  // namespace
}  // namespace assay::test::response_form_test
