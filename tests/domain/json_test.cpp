// JSON as it is accepted: strictly.
#include <bit>
#include <catch2/catch_all.hpp>
#include <random>

#include "domain/document.h"
#include "domain/json.h"

namespace assay::test::json_test {
namespace {

TEST_CASE("JSON that libraries would silently accept is refused with its place", "[json]") {
  const auto [text, pointer, reason] = GENERATE(table<std::string, std::string, std::string>({
      {R"({"a":1,"a":2})", "/a", "the member is given twice"},
      {R"({"x":[{"b":1},{"c":1,"c":1}]})", "/x/1/c", "the member is given twice"},
      {R"({"a/b":{"~":1,"~":1}})", "/a~1b/~0", "the member is given twice"},
      {R"([[[[1]]]])", "/0/0/0", "nested deeper than 3 levels"},
      {R"({"a":)", "/a", "not JSON at line 1, column 6: "},
      {"{\"a\":\"\xff\"}", "/a", "not JSON at line 1, column 7: "},
      {R"({"a":1}x)", "", "not JSON at line 1, column 8: "},
      {R"({"a":01})", "/a", "not JSON at line 1, column 7: "},
      {R"({"a":NaN})", "/a", "not JSON at line 1, column 6: "},
      {R"({"a":1e999})", "/a", "not JSON at line 1, column "},
      {"", "", "not JSON at line 1, column 1: "},
      {"{\n  \"a\": 1,\n  \"b\": x\n}", "/b", "not JSON at line 3, column 8: "},
      {"{\n\"a\": 1\n", "/a", "not JSON at line 3, column 1: "},
  }));
  INFO(text);
  const auto parsed = parse_strict(text, 3);
  REQUIRE(std::holds_alternative<JsonFault>(parsed));
  const auto& fault = std::get<JsonFault>(parsed);
  CHECK(fault.pointer == pointer);
  CHECK(fault.reason.substr(0, reason.size()) == reason);
}

TEST_CASE("a byte order mark and members in any order are let pass", "[json]") {
  const auto parsed = parse_strict("\xEF\xBB\xBF{\"c\":1,\"a\":{\"c\":2,\"b\":3},\"b\":[[1]]}", 3);
  REQUIRE(std::holds_alternative<Json>(parsed));
  CHECK(canonical(std::get<Json>(parsed)) == R"({"a":{"b":3,"c":2},"b":[[1]],"c":1})");
}

TEST_CASE("a document is as strict as the other reader, and says the same", "[json]") {
  const std::string text =
      GENERATE_COPY(as<std::string>(), R"({"a":1,"a":2})", R"({"x":[{"b":1},{"c":1,"c":1}]})", R"({"a":)",
                    "{\"a\":\"\xff\"}", R"({"a":1}x)", R"({"a":01})", R"({"a":NaN})", R"({"a":1e999})", "",
                    std::string(65, '['), "// note\n1", std::string(65, '[') + std::string(65, ']'));
  INFO(text);
  const auto ours = Document::read(text);
  const auto strict = parse_strict(text);
  REQUIRE(std::holds_alternative<JsonFault>(ours));
  CHECK(std::get<JsonFault>(ours).pointer == std::get<JsonFault>(strict).pointer);
  CHECK(std::get<JsonFault>(ours).reason == std::get<JsonFault>(strict).reason);
}

TEST_CASE("a document becomes what the other reader makes of it", "[json]") {
  const std::string text = GENERATE_COPY(
      as<std::string>(), "\xEF\xBB\xBF{\"c\":1,\"a\":{\"c\":2,\"b\":3}}", R"(0)", R"(-0)", R"(-1)",
      R"(9223372036854775807)", R"(9223372036854775808)", R"(18446744073709551616)", R"(-9223372036854775809)",
      R"(0.1)", R"(-0.0)", R"(5e-324)", R"(2.2250738585072011e-308)", R"(123456789012345678901234567890.5)",
      R"("\u00e4\ud83d\ude00\"\\\/\b\f\n\r\t\u0001")", R"([[],{},[{"":[]}]])",
      R"( {"b" : [ 1 , 2.5e3 ], "a\u0062" : null, "long long long long name" : true } )",
      std::string(64, '[') + std::string(64, ']'));
  INFO(text);
  const auto ours = Document::read(text);
  REQUIRE(std::holds_alternative<Document>(ours));
  const Json made = to_json(std::get<Document>(ours).root());
  const Json strict = std::get<Json>(parse_strict(text));
  CHECK(made == strict);
  CHECK(made.type() == strict.type());
  CHECK(canonical(made) == canonical(strict));
}

TEST_CASE("JSON that is right is read", "[json]") {
  const auto parsed = parse_strict(R"({"b":[1,{"a":null}],"a":"\u00e4"})", 3);
  REQUIRE(std::holds_alternative<Json>(parsed));
  CHECK(canonical(std::get<Json>(parsed)) == "{\"a\":\"\xC3\xA4\",\"b\":[1,{\"a\":null}]}");
}

TEST_CASE("stored JSON is read as the library reads it", "[json]") {
  const std::string text = GENERATE(
      as<std::string>(), R"(0)", R"(-1)", R"(9223372036854775807)", R"(9223372036854775808)", R"(18446744073709551615)",
      R"(18446744073709551616)", R"(-9223372036854775808)", R"(-9223372036854775809)", R"(0.1)", R"(-0.0)", R"(1e308)",
      R"(5e-324)", R"(2.2250738585072011e-308)", R"(123456789012345678901234567890.5)", R"(1E+2)", R"("")",
      R"("\u00e4\ud83d\ude00\"\\\/\b\f\n\r\t\u0001")", R"(null)", R"(true)", R"([])", R"({})", R"([[],{},[{"":[]}]])",
      R"({"b":1,"a":{"d":2,"c":[1,"x"]},"a":3})", R"( {"a" : [ 1 , 2.5e3 ] } )");
  INFO(text);
  const Json ours = parse_stored(text), library = Json::parse(text);
  CHECK(ours == library);
  CHECK(ours.type() == library.type());
  CHECK(canonical(ours) == canonical(library));
}

TEST_CASE("what is no JSON is refused in the library's words", "[json]") {
  const std::string text =
      GENERATE(as<std::string>(), "", "{", "[1,]", "{\"a\":1}x", "1e999", "\"\xff\"", "// note\n1", "nul", "[1 2]");
  INFO(text);
  CHECK_THROWS_AS(parse_stored(text), nlohmann::json::exception);
}

/// A value of at most `depth` levels.
Json random_json(std::mt19937& chance, int depth) {
  switch (chance() % (depth > 0 ? 8 : 6)) {
    case 0:
      return nullptr;
    case 1:
      return chance() % 2 == 0;
    case 2:
      return static_cast<std::int64_t>(chance()) - static_cast<std::int64_t>(chance());
    case 3:
      return std::bit_cast<double>((static_cast<std::uint64_t>(chance() % 0x7ff00000U) << 32) | chance());
    case 4:
      return std::string(chance() % 40, static_cast<char>(chance() % 0x80));
    case 5:
      return "Prüfung \u2713 \U0001F600";
    case 6: {
      Json list = Json::array();
      for (auto left = chance() % 5; left > 0; --left) list.push_back(random_json(chance, depth - 1));
      return list;
    }
    default: {
      Json object = Json::object();
      for (auto left = chance() % 5; left > 0; --left)
        object[std::array{"", "a\"\n\\", "Prüfung"}[chance() % 3] + std::to_string(chance())] =
            random_json(chance, depth - 1);
      return object;
    }
  }
}

TEST_CASE("a stored value comes back as it was", "[json]") {
  std::mt19937 chance(Catch::getSeed());
  for (int round = 0; round < 2000; ++round) {
    const Json value = random_json(chance, 6);
    const std::string text = canonical(value);
    INFO(text);
    REQUIRE(text == value.dump());
    REQUIRE(parse_stored(text) == Json::parse(text));
    REQUIRE(canonical(parse_stored(text)) == text);
    REQUIRE(canonical(*StoredJson::of_text(text)) == text);
    REQUIRE(canonical(to_json(std::get<Document>(Document::read(text)).root())) == text);
  }
}

TEST_CASE("what is no UTF-8 has no canonical text", "[json]") {
  CHECK_THROWS_AS(canonical({{"a", "\xff"}}), Json::type_error);
  CHECK_THROWS_AS(canonical({{"\xc3(", 1}}), Json::type_error);
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

}  // namespace
}  // namespace assay::test::json_test
