// What the targets have found, as ordinary rows.
#include <catch2/catch_all.hpp>
#include <string>

#include "http/body_members.h"
#include "http/message_parser.h"
#include "plugins/manifest.h"

namespace assay::fuzz {
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

TEST_CASE("what is wrong with a manifest is told in one line, whatever its members are called") {
  const std::string text = GENERATE(R"({"a\nb\u001b[1m":2})", R"({"a\nb":1,"a\nb":2})", "{\"a\\nb\": x");
  const auto refused = parse_manifest(text, "p/manifest.json");
  REQUIRE(refused.has_error());
  INFO(refused.error().detail);
  CHECK(refused.error().detail.starts_with("p/manifest.json: "));
  for (const char c : refused.error().detail) CHECK(static_cast<unsigned char>(c) >= ' ');
}

}  // namespace
}  // namespace assay::fuzz
