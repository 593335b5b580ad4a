// JSON as it is accepted: strictly.
#include <catch2/catch_all.hpp>

#include "domain/json.h"

using namespace assay;

TEST_CASE("JSON that libraries would silently accept is refused with its place", "[json]") {
  const auto [text, pointer, reason] = GENERATE(table<std::string, std::string, std::string>({
      {R"({"a":1,"a":2})", "/a", "the member is given twice"},
      {R"({"x":[{"b":1},{"c":1,"c":1}]})", "/x/1/c", "the member is given twice"},
      {R"({"a/b":{"~":1,"~":1}})", "/a~1b/~0", "the member is given twice"},
      {R"([[[[1]]]])", "/0/0/0", "nested deeper than 3 levels"},
      {R"({"a":)", "/a", "not JSON at byte 6: "},
      {"{\"a\":\"\xff\"}", "/a", "not JSON at byte 7: "},
      {R"({"a":1}x)", "", "not JSON at byte 8: "},
      {R"({"a":01})", "/a", "not JSON at byte 7: "},
      {R"({"a":NaN})", "/a", "not JSON at byte 6: "},
      {R"({"a":1e999})", "/a", "not JSON at byte "},
      {"", "", "not JSON at byte 1: "},
  }));
  INFO(text);
  const auto parsed = parse_strict(text, 3);
  REQUIRE(std::holds_alternative<JsonFault>(parsed));
  const auto& fault = std::get<JsonFault>(parsed);
  CHECK(fault.pointer == pointer);
  CHECK(fault.reason.substr(0, reason.size()) == reason);
}

TEST_CASE("JSON that is right is read", "[json]") {
  const auto parsed = parse_strict(R"({"b":[1,{"a":null}],"a":"\u00e4"})", 3);
  REQUIRE(std::holds_alternative<Json>(parsed));
  CHECK(canonical(std::get<Json>(parsed)) == "{\"a\":\"\xC3\xA4\",\"b\":[1,{\"a\":null}]}");
}

TEST_CASE("strings are quoted as the library quotes them", "[json]") {
  std::vector<std::string> texts = {"", "plain", "Prüfung \u2713", "\x7f", std::string(300, '"')};
  for (char c = 0; c < 0x7f; ++c) texts.push_back(std::string("before") + c + "after");
  for (const auto& text : texts) {
    std::string quoted = "x";
    append_quoted(quoted, text);
    CHECK(quoted == "x" + Json(text).dump());
  }
}

TEST_CASE("pointers are escaped as RFC 6901 says", "[json]") {
  CHECK(pointer_to("", "a") == "/a");
  CHECK(pointer_to("/a", "b/c~d") == "/a/b~1c~0d");
}
