// The published schemas: every member described, every pattern bounded, and the small tools that validation rests on.
#include <set>

#include "plugins/fixture.h"
#include "plugins/json_schema.h"
#include "plugins/running_call.h"
#include "plugins/utf8.h"

namespace assay::test {
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
       {"manifest", "checklist", "report-input", "scoring-input", "scores", "applicability-input", "applicability",
        "sampling-input", "sample", "settings-check", "migrate-input", "mapping", "ticket-input", "ticket-requests",
        "guard-input", "verdict"}) {
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
}

}  // namespace
}  // namespace assay::test
