// What the targets have found, as ordinary rows.
#include <algorithm>
#include <catch2/catch_all.hpp>
#include <string>

#include "http/body_members.h"
#include "http/message_parser.h"
#include "plugins/manifest.h"

namespace assay::fuzz::found_test {
namespace {

TEST_CASE("a member that is not known is named by a JSON pointer, whatever its name is") {
  struct Row {
    const char* name;
    const char* pointer;
  };
  const auto row =
      GENERATE(values<Row>({{"urls", "/urls"}, {"x/y", "/x~1y"}, {"~", "/~0"}, {"", "/"}, {"~1", "/~01"}}));
  Json body = Json::object();
  body[row.name] = 1;
  const auto known = only_members(body, {"url"});
  REQUIRE(known.has_error());
  REQUIRE(known.error().invalid.size() == 1);
  CHECK(known.error().invalid.front().pointer == row.pointer);
}

TEST_CASE("a chunked body that arrives byte by byte ends where it ends") {
  const std::string head = "POST /a HTTP/1.1\r\nHost: b\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string body = GENERATE("0\r\n\r\n", "2\r\n{}\r\n0\r\n\r\n", "1\r\n{\r\n1\r\n}\r\n00\r\nA: b\r\n\r\n");
  RequestHead read;
  REQUIRE_FALSE(read_head(head, {}, read));
  MessageParser parser;
  REQUIRE_FALSE(parser.start(head, read, {}));
  InputBuffer input;
  std::string decoded;
  std::size_t given = 0;
  for (; !parser.is_done() && given < body.size(); ++given) {
    *input.space(100).start = body[given];
    input.add(1);
    char piece[8];
    const auto step = parser.decode_body(input, piece, sizeof piece, 100);
    REQUIRE_FALSE(step.fault);
    decoded.append(piece, step.produced);
  }
  CHECK(parser.is_done());
  CHECK(given == body.size());
  CHECK(decoded == (body.starts_with('0') ? "" : "{}"));
}

TEST_CASE("a chunk's line has no controls, not even where a value is quoted") {
  struct Row {
    const char* extension;
    bool well;
  };
  const auto row = GENERATE(values<Row>({{"", true},
                                         {";x=y", true},
                                         {" ;x=\"y z\"", true},
                                         {";x=\"y\t\\\"\"", true},
                                         {" ;x=\"y\n\"", false},
                                         {";x=\"\\\n\"", false},
                                         {";x=\"y\r\"", false},
                                         {";x=\"y\r\n2\r\n{}\r\n\"", false},
                                         {";x=\"\x01\"", false},
                                         {";x=\"\x7f\"", false}}));
  const bool last = GENERATE(false, true);
  const std::string extension = row.extension, line_end = "\r\n";
  const std::string head = "POST /a HTTP/1.1\r\nHost: b\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string body =
      "2" + (last ? "" : extension) + "\r\n{}\r\n0" + (last ? extension : "") + line_end + line_end;
  INFO(body);
  RequestHead read;
  REQUIRE_FALSE(read_head(head, {}, read));
  MessageParser parser;
  REQUIRE_FALSE(parser.start(head, read, {}));
  InputBuffer input;
  std::copy(body.begin(), body.end(), input.space(200).start);
  input.add(body.size());
  char piece[8];
  bool fault = false;
  for (bool more = true; more && !fault && !parser.is_done();) {
    const auto step = parser.decode_body(input, piece, sizeof piece, 100);
    fault = step.fault.has_value();
    more = !step.needs_input;
  }
  CHECK(fault == !row.well);
  CHECK(parser.is_done() == row.well);
}

TEST_CASE("what is wrong with a manifest is told in one line, whatever its members are called") {
  const std::string text = GENERATE(R"({"a\nb\u001b[1m":2})", R"({"a\nb":1,"a\nb":2})", "{\"a\\nb\": x");
  const auto refused = parse_manifest(text, "p/manifest.json");
  REQUIRE(refused.has_error());
  INFO(refused.error().detail);
  CHECK(refused.error().detail.starts_with("p/manifest.json: "));
  for (const char c : refused.error().detail) CHECK(static_cast<unsigned char>(c) >= ' ');
}

}  // namespace
}  // namespace assay::fuzz::found_test
