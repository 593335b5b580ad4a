// The subset of draft-07: what a definition may use, and what the validator finds.
#include <catch2/catch_all.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include <random>

#include "domain/schema.h"

namespace assay::test::schema_test {
namespace {

std::string lines(const std::vector<Flaw>& flaws) {
  std::string text;
  for (const Flaw& flaw : flaws) text += flaw.pointer + ": " + flaw.reason + "\n";
  return text;
}

std::string lines(const std::vector<InvalidField>& fields) {
  std::string text;
  for (const InvalidField& field : fields) text += field.pointer + ": " + field.detail + "\n";
  return text;
}

TEST_CASE("keywords, types and formats outside of the subset are refused at their place", "[schema]") {
  const auto [schema, expected] = GENERATE(table<std::string, std::string>({
      {R"([])", ": a schema is an object\n"},
      {R"({})", ": `type` is missing: exactly one type as a string\n"},
      {R"({"type":["string","null"]})", ": `type` is missing: exactly one type as a string\n"},
      {R"({"type":"text"})",
       "/type: `text` is not a type; known are string, integer, number, boolean, array, object\n"},
      {R"({"type":"boolean","minimun":1})", "/minimun: `minimun` is not a keyword of the subset\n"},
      {R"({"type":"boolean","$ref":"#"})", "/$ref: `$ref` is not a keyword of the subset\n"},
      {R"({"type":"boolean","anyOf":[]})", "/anyOf: `anyOf` is not a keyword of the subset\n"},
      {R"({"type":"boolean","not":{}})", "/not: `not` is not a keyword of the subset\n"},
      {R"({"type":"boolean","default":true})", "/default: `default` is not a keyword of the subset\n"},
      {R"({"type":"boolean","unevaluatedProperties":false})",
       "/unevaluatedProperties: `unevaluatedProperties` is not a keyword of the subset\n"},
      {R"({"type":"boolean","dependentRequired":{}})",
       "/dependentRequired: `dependentRequired` is not a keyword of the subset\n"},
      {R"({"type":"number","exclusiveMinimum":1})",
       "/exclusiveMinimum: `exclusiveMinimum` is not a keyword of the subset\n"},
      {R"({"type":"number","multipleOf":1})", "/multipleOf: `multipleOf` is not a keyword of the subset\n"},
      {R"({"type":"boolean","maxLength":1})", "/maxLength: `maxLength` has no meaning for the type boolean\n"},
      {R"({"type":"string","maxLength":3,"minimum":1})", "/minimum: `minimum` has no meaning for the type string\n"},
      {R"({"type":"string"})", ": a string without `enum`, `const` or `format` needs `maxLength`\n"},
      {R"({"type":"string","maxLength":-1})", "/maxLength: must be a whole number, 0 or more\n"},
      {R"({"type":"string","maxLength":2,"minLength":3})", "/minLength: is above `maxLength`\n"},
      {R"({"type":"string","format":"ipv4"})",
       "/format: \"ipv4\" is not a known format; known are date, date-time, uuid, uri, email, time-zone\n"},
      {R"({"type":"string","format":"date","pattern":"^2"})", "/pattern: a `pattern` needs `maxLength` beside it\n"},
      {R"({"type":"string","maxLength":9,"pattern":"("})", "/pattern: is not a regular expression: "},
      {R"({"type":"string","maxLength":9,"pattern":"ä"})", "/pattern: must hold printable ASCII characters only\n"},
      {R"({"type":"string","maxLength":9,"pattern":1})", "/pattern: must be a string\n"},
      {R"({"type":"string","maxLength":9,"title":1})", "/title: must be a string\n"},
      {R"({"type":"string","enum":[]})", "/enum: must be a list of at least one value\n"},
      {R"({"type":"string","enum":["a",1]})", "/enum/1: is not of the type string\n"},
      {R"({"type":"string","enum":["a","a"]})", "/enum/0: is given twice\n/enum/1: is given twice\n"},
      {R"({"type":"integer","const":1.5})", "/const: is not of the type integer\n"},
      {R"({"type":"string","enum":["a"],"x-labels":{"b":"B"}})", "/x-labels/b: labels no value of `enum`\n"},
      {R"({"type":"string","enum":["a"],"x-labels":{"a":1}})", "/x-labels/a: a label is a string\n"},
      {R"({"type":"string","enum":["a"],"x-labels":[]})", "/x-labels: must be an object of value and label\n"},
      {R"({"type":"string","maxLength":36,"x-person":true})", "/x-person: goes with `format`: `uuid` only\n"},
      {R"({"type":"string","format":"uuid","x-person":false})", "/x-person: must be true or \"ever\", or absent\n"},
      {R"({"type":"integer","minimum":"1"})", "/minimum: must be a number\n"},
      {R"({"type":"integer","minimum":2,"maximum":1})", "/minimum: is above `maximum`\n"},
      {R"({"type":"array","items":{"type":"boolean"}})", ": an array needs `maxItems`\n"},
      {R"({"type":"array","maxItems":3})", ": an array needs `items`: one schema for every element\n"},
      {R"({"type":"array","maxItems":3,"items":[{"type":"boolean"}]})", "/items: a schema is an object\n"},
      {R"({"type":"array","maxItems":3,"items":{"type":"string"}})",
       "/items: a string without `enum`, `const` or `format` needs `maxLength`\n"},
      {R"({"type":"array","maxItems":3,"uniqueItems":1,"items":{"type":"boolean"}})",
       "/uniqueItems: must be true or false\n"},
      {R"({"type":"object","additionalProperties":false})", ": an object needs `properties`\n"},
      {R"({"type":"object","properties":{}})", ": an object needs `additionalProperties`: false\n"},
      {R"({"type":"object","properties":{"a":{"type":"x"}},"additionalProperties":false})",
       "/properties/a/type: `x` is not a type"},
      {R"({"type":"object","properties":{},"additionalProperties":false,"required":["a"]})",
       "/required/0: names no property\n"},
      {R"({"type":"object","properties":{},"additionalProperties":false,"required":"a"})",
       "/required: must be a list of property names\n"},
      {R"({"type":"array","maxItems":1,"items":{"type":"array","maxItems":1,"items":{"type":"array","maxItems":1,"items":{"type":"array","maxItems":1,"items":{"type":"array","maxItems":1,"items":{"type":"array","maxItems":1,"items":{"type":"boolean"}}}}}}})",
       "/items/items/items/items/items/items: schemas nest at most 6 levels\n"},
  }));
  INFO(schema);
  const std::string found = lines(check_schema(Json::parse(schema), "f", ""));
  INFO(found);
  CHECK(found.substr(0, expected.size()) == expected);
}

TEST_CASE("a choice of very many values is looked at in one pass", "[schema]") {
  Json schema = {{"type", "string"}, {"enum", Json::array()}, {"x-labels", Json::object()}};
  for (int i = 0; i < 60'000; ++i) {
    schema["enum"].push_back("v" + std::to_string(i));
    schema["x-labels"]["v" + std::to_string(i)] = "V";
  }
  CHECK(check_schema(schema, "f", "").empty());
  schema["enum"].push_back("v7");
  CHECK(lines(check_schema(schema, "f", "")) == "/enum/7: is given twice\n/enum/60000: is given twice\n");
}

TEST_CASE("the whole subset is accepted", "[schema]") {
  const Json schema =
      Json::parse(R"({"type":"object","title":"T","description":"D","additionalProperties":false,"required":["a"],
    "properties":{"a":{"type":"string","minLength":1,"maxLength":9,"pattern":"^[a-z]+$"},
      "b":{"type":"array","minItems":1,"maxItems":2,"uniqueItems":true,"items":{"type":"string","enum":["x"],"x-labels":{"x":"X"}}},
      "c":{"type":"number","minimum":0.5,"maximum":2},"d":{"type":"integer","enum":[1,2]},"e":{"type":"boolean","const":true},
      "f":{"type":"string","format":"uuid","x-person":true},"g":{"type":"string","format":"email"}}})");
  CHECK(lines(check_schema(schema, "f", "")) == "");
}

TEST_CASE("every violation is found with its place", "[schema]") {
  const auto [schema, value, expected] = GENERATE(table<std::string, std::string, std::string>({
      {R"({"type":"string","maxLength":2})", R"("ab")", ""},
      {R"({"type":"string","maxLength":2})", R"("äö")", ""},
      {R"({"type":"string","maxLength":2})", R"("abc")", "/v: must have at most 2 characters\n"},
      {R"({"type":"string","maxLength":2})", R"(1)", "/v: must be a string\n"},
      {R"({"type":"string","maxLength":2})", R"(null)", "/v: must be a string\n"},
      {R"({"type":"string","maxLength":9})", R"("a\u0000b")", "/v: must not hold the character U+0000\n"},
      {R"({"type":"string","minLength":2,"maxLength":9})", R"("a")", "/v: must have at least 2 characters\n"},
      {R"({"type":"string","maxLength":9,"pattern":"^a+$"})", R"("ab")", "/v: must match the pattern ^a+$\n"},
      {R"({"type":"string","maxLength":9,"pattern":"a"})", R"("xax")", ""},
      {R"({"type":"string","maxLength":60,"pattern":"^(a+)+$"})",
       R"("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab")", "/v: must match the pattern ^(a+)+$\n"},
      {R"({"type":"string","enum":["a","b"]})", R"("c")", "/v: must be one of a, b\n"},
      {R"({"type":"string","const":"a"})", R"("c")", "/v: must be \"a\"\n"},
      {R"({"type":"string","format":"date"})", R"("2026-02-29")", "/v: must be a date such as 2026-11-23\n"},
      {R"({"type":"string","format":"date"})", R"("1900-01-01")", ""},
      {R"({"type":"string","format":"date"})", R"("9000-12-31")", ""},
      {R"({"type":"string","format":"date"})", R"("1899-12-31")", "/v: must be a day from 1900-01-01 to 9000-12-31\n"},
      {R"({"type":"string","format":"date"})", R"("9999-12-31")", "/v: must be a day from 1900-01-01 to 9000-12-31\n"},
      {R"({"type":"string","format":"date-time"})", R"("9999-12-31T23:30:00Z")",
       "/v: must be a day from 1900-01-01 to 9000-12-31\n"},
      {R"({"type":"string","format":"date-time"})", R"("0000-01-01T00:00:00+01:00")",
       "/v: must be an instant such as 2026-11-23T08:30:00Z\n"},
      {R"({"type":"string","format":"date-time"})", R"("2026-02-01")",
       "/v: must be an instant such as 2026-11-23T08:30:00Z\n"},
      {R"({"type":"string","format":"uuid"})", R"("x")", "/v: must be a UUID in lower case\n"},
      {R"({"type":"string","format":"uri"})", R"("https://example.org/a?b=c#d")", ""},
      {R"({"type":"string","format":"time-zone"})", R"("Europe/Berlin")", ""},
      {R"({"type":"string","format":"time-zone"})", R"("Mars/Phobos")",
       "/v: must be an IANA time zone such as Europe/Berlin\n"},
      {R"({"type":"string","format":"uri"})", R"("urn:iso:std:iso-iec:27001")", ""},
      {R"({"type":"string","format":"uri"})", "\"javascript:alert(1)\"",
       "/v: must be an address that begins with https:, http:, mailto: or urn:\n"},
      {R"({"type":"string","format":"uri"})", R"("https:///x")",
       "/v: must be an address that begins with https:, http:, mailto: or urn:\n"},
      {R"({"type":"string","format":"uri"})", R"("https://a b")",
       "/v: must be an address that begins with https:, http:, mailto: or urn:\n"},
      {R"({"type":"string","format":"email"})", R"("a.b@example.org")", ""},
      {R"({"type":"string","format":"email"})", R"("a@b@c")", "/v: must be an e-mail address\n"},
      {R"({"type":"string","format":"email"})", R"("@b")", "/v: must be an e-mail address\n"},
      {R"({"type":"string","format":"email"})", R"("a@b..c")", "/v: must be an e-mail address\n"},
      {R"({"type":"integer"})", R"(1.5)", "/v: must be a whole number\n"},
      {R"({"type":"integer","minimum":2,"maximum":3})", R"(1)", "/v: must be at least 2\n"},
      {R"({"type":"integer","minimum":2,"maximum":3})", R"(4)", "/v: must be at most 3\n"},
      {R"({"type":"integer","enum":[1,2]})", R"(3)", "/v: must be one of 1, 2\n"},
      {R"({"type":"number","maximum":2.5})", R"(2.6)", "/v: must be at most 2.5\n"},
      {R"({"type":"number"})", R"("1")", "/v: must be a number\n"},
      {R"({"type":"boolean"})", R"(0)", "/v: must be true or false\n"},
      {R"({"type":"boolean","const":true})", R"(false)", "/v: must be true\n"},
      {R"({"type":"array","maxItems":1,"items":{"type":"boolean"}})", R"({})", "/v: must be a list\n"},
      {R"({"type":"array","maxItems":1,"items":{"type":"boolean"}})", R"([1,2])", "/v: must have at most 1 elements\n"},
      {R"({"type":"array","minItems":1,"maxItems":1,"items":{"type":"boolean"}})", R"([])",
       "/v: must have at least 1 elements\n"},
      {R"({"type":"array","maxItems":3,"items":{"type":"boolean"}})", R"([1,true,"x"])",
       "/v/0: must be true or false\n/v/2: must be true or false\n"},
      {R"({"type":"array","maxItems":3,"uniqueItems":true,"items":{"type":"integer"}})", R"([1,2,1])",
       "/v/2: is given twice\n"},
      {R"({"type":"object","properties":{"a/b":{"type":"boolean"},"c":{"type":"boolean"}},"required":["c"],"additionalProperties":false})",
       R"({"a/b":1,"z":2})", "/v/c: is required\n/v/a~1b: must be true or false\n/v/z: is not known here\n"},
      {R"({"type":"object","properties":{},"additionalProperties":false})", R"([])", "/v: must be an object\n"},
  }));
  INFO(schema << " " << value);
  const Json parsed = Json::parse(schema);
  REQUIRE(lines(check_schema(parsed, "f", "")) == "");
  CHECK(lines(violations(parsed, Json::parse(value), "/v")) == expected);
}

/// Random schemas of the subset and random values, small enough to agree now and then.
class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  int below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(engine_); }

  Json schema(int level) {
    switch (below(level > 0 ? 6 : 4)) {
      case 0:
        return {{"type", "string"}, {"minLength", below(2)}, {"maxLength", 1 + below(3)}};
      case 1:
        return {{"type", "string"}, {"enum", {"a", "bb"}}};
      case 2:
        return {{"type", "integer"}, {"minimum", -1 - below(2)}, {"maximum", below(4)}};
      case 3:
        return {{"type", "boolean"}};
      case 4:
        return {{"type", "array"},
                {"items", schema(level - 1)},
                {"minItems", below(2)},
                {"maxItems", 1 + below(2)},
                {"uniqueItems", below(2) == 0}};
      default: {
        Json made{{"type", "object"},
                  {"additionalProperties", false},
                  {"properties", {{"p", schema(level - 1)}, {"q", schema(level - 1)}}}};
        if (below(2) == 0) made["required"] = {"p"};
        return made;
      }
    }
  }

  Json value(int level) {
    switch (below(level > 0 ? 7 : 4)) {
      case 0:
        return std::string(static_cast<std::size_t>(below(4)), 'a');
      case 1:
        return "bb";
      case 2:
        return below(6) - 3;
      case 3:
        return below(2) == 0;
      case 4:
        return nullptr;
      case 5: {
        Json made = Json::array();
        for (int i = below(4); i > 0; --i) made.push_back(value(level - 1));
        return made;
      }
      default: {
        Json made = Json::object();
        for (const char* name : {"p", "q", "r"}) {
          if (below(3) != 0) made[name] = value(level - 1);
        }
        return made;
      }
    }
  }

 private:
  std::mt19937 engine_;
};

TEST_CASE("on random schemas and values the verdict is that of an independent draft-07 validator", "[schema]") {
  Random random(20261123);
  int accepted = 0;
  for (int round = 0; round < 20000; ++round) {
    const Json schema = random.schema(2), value = random.value(2);
    valijson::Schema compiled;
    valijson::SchemaParser(valijson::SchemaParser::kDraft7)
        .populateSchema(valijson::adapters::NlohmannJsonAdapter(schema), compiled);
    valijson::Validator validator(valijson::Validator::kStrongTypes);
    const bool expected = validator.validate(compiled, valijson::adapters::NlohmannJsonAdapter(value), nullptr);
    INFO(schema.dump() << " " << value.dump());
    REQUIRE(violations(schema, value, "").empty() == expected);
    accepted += expected ? 1 : 0;
  }
  CHECK(accepted > 1000);
}

}  // namespace
}  // namespace assay::test::schema_test
