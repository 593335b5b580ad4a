// The published schemas: every member described, every pattern bounded, and the small tools that validation rests on.
#include <sys/resource.h>

#include <algorithm>
#include <set>
#include <variant>

#include "plugins/catalogue.h"
#include "plugins/fixture.h"
#include "plugins/json_schema.h"
#include "plugins/methods.h"
#include "plugins/running_call.h"
#include "plugins/utf8.h"

namespace assay::test::schema_test {
namespace {

/// Calls `visit` for every object below `value` with its pointer.
template <class Visit>
void walk(const Json& value, const std::string& pointer, Visit&& visit) {
  if (value.is_object()) visit(value, pointer);
  if (!value.is_structured()) return;
  for (const auto& [name, member] : value.items()) walk(member, pointer_to(pointer, name), visit);
}

TEST_CASE("every member of a schema is described, closed and bounded") {
  for (const std::string name :
       {"manifest", "checklist", "report-input", "response-input", "scoring-input", "scores", "applicability-input",
        "applicability", "sampling-input", "sample", "settings-check", "migrate-input", "mapping", "ticket-input",
        "ticket-requests", "guard-input", "verdict"}) {
    const Json schema =
        Json::parse(read_file(std::filesystem::path(ASSAY_SOURCE_DIR) / "sdk/schema" / (name + ".json")));
    int described = 0;
    walk(schema, "", [&](const Json& object, const std::string& pointer) {
      INFO(name << " " << pointer);
      const bool members = pointer.ends_with("/properties");  // one of them may be called so, too
      if (!members && object.contains("properties") && object.at("properties").is_object()) {
        CHECK(object.value("additionalProperties", true) == false);
        for (const auto& [member, definition] : object.at("properties").items()) {
          INFO(member);
          const bool own_page = definition.contains("items") && definition.at("items").contains("$ref");
          CHECK((definition.contains("description") || own_page || member == "catalogues"));
          ++described;
        }
      }
      if (object.contains("pattern") && object.at("pattern").is_string()) {
        const std::string pattern = object.at("pattern");
        bool in_class = false;
        for (std::size_t i = 0; i < pattern.size(); ++i) {
          if (pattern[i] == '\\') {
            ++i;
          } else if (pattern[i] == '[') {
            in_class = true;
          } else if (pattern[i] == ']') {
            in_class = false;
          } else if (!in_class) {
            CHECK_FALSE((pattern[i] == '*' || pattern[i] == '+'));
          }
        }
      }
      if (object.contains("type") && object.at("type") == Json("array")) CHECK(object.contains("maxItems"));
    });
    CHECK(described > 1);
  }
}

TEST_CASE("a schema that is none is refused") {
  CHECK_THROWS_AS(JsonSchema("{"), std::invalid_argument);
  CHECK_THROWS_AS(JsonSchema(R"({"type": 7})"), std::invalid_argument);
}

TEST_CASE("violations name the innermost place") {
  const JsonSchema schema(R"({"type":"object","properties":{"a/b":{"type":"array","items":{"type":"string"}}}})");
  CHECK(schema.violations(Json::parse(R"({"a/b":["x"]})")).empty());
  const auto found = schema.violations(Json::parse(R"({"a/b":["x",1]})"));
  REQUIRE(found.size() == 1);
  CHECK(found.front().pointer == "/a~1b/1");
}

/// The most memory that the process has had, in MiB.
std::int64_t peak() {
  rusage usage{};
  REQUIRE(::getrusage(RUSAGE_SELF, &usage) == 0);
  return usage.ru_maxrss / 1024;
}

Json repeated(const Json& element, std::size_t times) { return Json(std::vector<Json>(times, element)); }

Json catalogue_with(const Json& attributes) {
  const Json item = {{"id", "1.1"},
                     {"group", "1"},
                     {"clause", "1"},
                     {"title", "Item"},
                     {"attributes", attributes},
                     {"questions", {{{"id", "q1"}, {"question", "How?"}}}}};
  return {{"catalogues",
           {{{"id", "small"},
             {"version", "1.0.0"},
             {"title", "Small"},
             {"standard", "None"},
             {"language", "en"},
             {"results", {{{"id", "conforms"}, {"title", "Conforms"}}}},
             {"groups", {{{"id", "1"}, {"title", "One"}}}},
             {"items", {item}}}}}};
}

Json mapping_to(std::size_t questions) {
  Json fresh = Json::array();
  for (std::size_t i = 0; i < questions; ++i) fresh.push_back("q" + std::to_string(i));
  return {{"mapping", Json::array()}, {"new", std::move(fresh)}};
}

TEST_CASE("a document that is wrong all over is told by a few reasons, and takes little memory") {
  using sandbox::Method;
  const JsonSchema &scores = json_method(Method::score).output(), &mapping = json_method(Method::map).output();
  CHECK(checklist_schema().violations(catalogue_with({{"a", {"x", "y"}}})).empty());
  CHECK(mapping.violations(mapping_to(20'000)).empty());
  Json twice = mapping_to(20'000);
  twice["new"].push_back("q7");
  struct Row {
    const JsonSchema& schema;
    Json document;
    std::string pointer, reason;
    std::size_t most;
  };
  const Row rows[] = {
      {manifest_schema(), {{"languages", repeated("en", 6'000)}}, "/languages", "at most 50 elements", 20},
      {manifest_schema(), {{"languages", repeated("en", 50)}}, "/languages", "the element 1 repeats", 20},
      {checklist_schema(), catalogue_with({{"a", repeated("x", 6'000)}}), "/catalogues/0/items/0/attributes/a",
       "at most 50 elements", 1},
      {checklist_schema(), catalogue_with({{"a", repeated("x", 50)}}), "/catalogues/0/items/0/attributes/a",
       "the element 1 repeats one before it", 1},
      {scores, {{"scores", repeated(0, 1'000'000)}}, "/scores", "elements", 1},
      {scores, {{"scores", repeated(Json::object(), 100)}}, "/scores/7", "", 20},
      {mapping, {{"mapping", repeated(Json::object(), 90'000)}, {"new", Json::array()}}, "/mapping/7", "", 20},
      {mapping, twice, "/new", "the element 20000 repeats", 1}};
  for (const Row& row : rows) {
    INFO(row.pointer << " " << row.reason);
    const std::int64_t before = peak();
    const auto found = row.schema.violations(row.document);
    CHECK(peak() - before < 512);  // a sanitizer keeps what was freed for a while
    CHECK(found.size() <= row.most);
    const bool told = std::any_of(found.begin(), found.end(), [&](const InvalidField& one) {
      return one.pointer == row.pointer && one.detail.find(row.reason) != std::string::npos;
    });
    CHECK(told);
  }
}

TEST_CASE("elements repeat when they are equal, whatever they look like") {
  const JsonSchema unique(R"({"type": "array", "uniqueItems": true})");
  for (const char* fine : {"[]", "[1]", R"([1, "1", true, null, "null", [], {}, [1], {"a": 1}, {"a": 2}])"})
    CHECK(unique.violations(Json::parse(fine)).empty());
  for (const char* wrong :
       {"[1, 1]", "[1, 2, 1.0]", R"([{"a": [1], "b": 2}, {"b": 2, "a": [1]}])", "[null, null]", R"(["x", "x"])"}) {
    INFO(wrong);
    CHECK(unique.violations(Json::parse(wrong)).size() == 1);
  }
}

TEST_CASE("what one of several schemas takes is valid, however wrong it is for the others") {
  const JsonSchema either(R"({"anyOf": [{"items": {"type": "string"}}, {"items": {"type": "integer"}}]})");
  CHECK(either.violations(repeated(1, 1000)).empty());
  const auto neither = either.violations(repeated(nullptr, 1000));
  CHECK((!neither.empty() && neither.size() <= 20));
}

TEST_CASE("a reason that quotes a stranger is a line of bounded length") {
  const std::string key = "\x1B[31m" + std::string(200'000, 'x');
  const auto wrong = [](const std::string& text) {
    return text.size() > 1200 || text.find('\x1B') != std::string::npos;
  };
  for (const InvalidField& one : checklist_schema().violations({{"catalogues", {{{key, 1}}}}, {key, 1}})) {
    INFO(one.pointer << " " << one.detail);
    CHECK_FALSE((wrong(one.pointer) || wrong(one.detail)));
  }
  CHECK_FALSE(wrong(plugin_failed("org.example.rude", "score", "its output has " + key).detail));
  const auto manifest = parse_manifest(read_file(test_packages / "unruly/manifest.json"), "manifest.json");
  REQUIRE(manifest);
  const std::string name = "\"" + key.substr(1) + "\"";
  for (const std::string& text : {Json{{"catalogues", Json::array()}, {key, 1}}.dump(),
                                  R"({"catalogues": [], )" + name + ": 1, " + name + ": 2}"}) {
    const auto read = read_catalogues(text, *manifest);
    REQUIRE(std::holds_alternative<std::string>(read));
    CHECK_FALSE(wrong(plugin_failed("org.example.rude", "catalogues", std::get<std::string>(read)).detail));
  }
}

TEST_CASE("UTF-8 is checked across pieces") {
  struct Row {
    std::string_view text;
    bool complete;
  };
  const Row rows[] = {{"plain", true},
                      {"Grüße €", true},
                      {"\xF0\x9F\x94\x92", true},
                      {"\xF4\x8F\xBF\xBF", true},
                      {"", true},
                      {"\xC0\xAF", false},
                      {"\xE0\x80\xAF", false},
                      {"\xED\xA0\x80", false},
                      {"\xF4\x90\x80\x80", false},
                      {"\xF5\x80\x80\x80", false},
                      {"\x80", false},
                      {"\xE2\x82", false},
                      {"\xE2\x82x", false}};
  for (const Row& row : rows) {
    Utf8Check whole, pieces;
    whole.feed(row.text);
    for (const char& c : row.text) pieces.feed({&c, 1});
    CHECK(whole.complete() == row.complete);
    CHECK(pieces.complete() == row.complete);
  }
}

TEST_CASE("a line for a person has no control characters and an end") {
  CHECK(one_line("a\nb\x01\x7F") == "a b  ");
  CHECK(one_line("\xFFok") == "\xEF\xBF\xBDok");
  CHECK(one_line(std::string(2000, 'x')).size() == 1000);
  CHECK(one_line("Grüße") == "Grüße");
  // C1, separators of lines and paragraphs, and what turns text around; what stands beside them in the tables stays.
  CHECK(one_line("a\u0085b\u009Bc\u2028d\u2029e") == "a b c d e");
  CHECK(one_line("\u202Aa\u202Eb\u2066c\u2069") == " a b c ");
  CHECK(one_line("\u00A0\u00C2\u2027\u202F\u2065\u206A\u20AC") == "\u00A0\u00C2\u2027\u202F\u2065\u206A\u20AC");
}

TEST_CASE("lines for a person are cleaned one by one, and those that follow are set off") {
  CHECK(clean_lines("one") == "one");
  CHECK(clean_lines("one\ntwo\x1B[8m\n", "> ") == "one\n> two [8m");
  CHECK(clean_lines("") == "");
}

}  // namespace
}  // namespace assay::test::schema_test
