// Requests that two parties could read differently: each must be refused, by one answer, and the connection must end.
#include <algorithm>
#include <catch2/catch_all.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "http/fixture.h"
#include "http/request_head.h"

namespace assay::test::head_test {
namespace {

using namespace std::string_literals;

struct RawCase {
  const char* name;
  std::string bytes;
  int status;  // of the only answer; 0: closed without one
};

const std::string host = "Host: localhost\r\n";
const std::string json = "Content-Type: application/json\r\n";

std::string get_with(const std::string& fields) { return "GET /hello HTTP/1.1\r\n" + host + fields + "\r\n"; }
std::string target(const std::string& text) { return "GET " + text + " HTTP/1.1\r\n" + host + "\r\n"; }
std::string post(const std::string& fields, const std::string& body) {
  return "POST /echo HTTP/1.1\r\n" + host + json + fields + "\r\n" + body;
}
/// Behind each ambiguous message: a request that must never be answered.
const std::string smuggled = "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n";

std::vector<RawCase> framing_cases() {
  return {
      {"TE and CL", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + smuggled), 400},
      {"CL and TE", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n" + smuggled), 400},
      {"CL twice, other value", post("Content-Length: 2\r\nContent-Length: 3\r\n", "{} " + smuggled), 400},
      {"CL twice, same value", post("Content-Length: 2\r\nContent-Length: 2\r\n", "{}" + smuggled), 400},
      {"CL list", post("Content-Length: 2, 2\r\n", "{}" + smuggled), 400},
      {"CL with plus", post("Content-Length: +2\r\n", "{}" + smuggled), 400},
      {"CL negative", post("Content-Length: -2\r\n", "{}" + smuggled), 400},
      {"CL hexadecimal", post("Content-Length: 0x2\r\n", "{}" + smuggled), 400},
      {"CL with inner space", post("Content-Length: 1 2\r\n", "{}" + smuggled), 400},
      {"CL empty", post("Content-Length:\r\n", "{}" + smuggled), 400},
      {"CL fraction", post("Content-Length: 2.0\r\n", "{}" + smuggled), 400},
      {"CL beyond 64 bit", post("Content-Length: 18446744073709551618\r\n", "{}" + smuggled), 400},
      {"CL with letters", post("Content-Length: 2a\r\n", "{}" + smuggled), 400},
      {"TE identity", post("Transfer-Encoding: identity\r\n", smuggled), 400},
      {"TE gzip, chunked", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n" + smuggled), 400},
      {"TE chunked, gzip", post("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n" + smuggled), 400},
      {"TE chunked, chunked", post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n" + smuggled), 400},
      {"TE chunked twice", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
      {"TE quoted", post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n" + smuggled), 400},
      {"TE xchunked", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n" + smuggled), 400},
      {"TE with parameter", post("Transfer-Encoding: chunked;q=1\r\n", "0\r\n\r\n" + smuggled), 400},
      {"TE empty", post("Transfer-Encoding:\r\n", smuggled), 400},
      {"TE with vertical tab",
       post("Transfer-Encoding: \x0b"
            "chunked\r\n",
            "0\r\n\r\n" + smuggled),
       400},
      {"TE with space before colon", post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n" + smuggled), 400},
      {"TE folded", post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n" + smuggled), 400},
      {"TE in HTTP/1.0", "POST /echo HTTP/1.0\r\n" + host + json + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"chunk size with sign", post("Transfer-Encoding: chunked\r\n", "+2\r\n{}\r\n0\r\n\r\n"), 400},
      {"chunk size with 0x", post("Transfer-Encoding: chunked\r\n", "0x2\r\n{}\r\n0\r\n\r\n"), 400},
      {"chunk size empty", post("Transfer-Encoding: chunked\r\n", "\r\n{}\r\n0\r\n\r\n"), 400},
      {"chunk size beyond 64 bit", post("Transfer-Encoding: chunked\r\n", "10000000000000002\r\n{}\r\n0\r\n\r\n"), 400},
      {"chunk size of many digits", post("Transfer-Encoding: chunked\r\n", std::string(8000, '1')), 400},
      {"chunk line ends with LF", post("Transfer-Encoding: chunked\r\n", "2\n{}\r\n0\r\n\r\n"), 400},
      {"chunk line ends with CR", post("Transfer-Encoding: chunked\r\n", "2\r{}\r\n0\r\n\r\n"), 400},
      {"chunk data longer than said", post("Transfer-Encoding: chunked\r\n", "1\r\n{}\r\n0\r\n\r\n"), 400},
      {"chunk data ends with LF", post("Transfer-Encoding: chunked\r\n", "2\r\n{}\n0\r\n\r\n"), 400},
      {"chunk size beyond the limit", post("Transfer-Encoding: chunked\r\n", "7fffffffffffffff\r\n{}"), 413},
      {"long chunk extension",
       post("Transfer-Encoding: chunked\r\n", "2;a=" + std::string(5000, 'x') + "\r\n{}\r\n0\r\n\r\n"), 400},
      {"endless trailers", post("Transfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\nX: " + std::string(9000, 'x')), 400},
      {"trailer with Content-Length",
       post("Transfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\nContent-Length: 3\r\n\r\n"), 400},
      {"trailer without colon", post("Transfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\nnonsense\r\n\r\n"), 400},
      {"body on a route without", "GET /hello HTTP/1.1\r\n" + host + "Content-Length: 5\r\n\r\nhello" + smuggled, 400},
      {"chunked body on a route without",
       "GET /hello HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
  };
}

std::vector<RawCase> field_cases() {
  std::string many;
  for (int i = 0; i < 101; ++i) many += "X-" + std::to_string(i) + ": 1\r\n";
  return {
      {"bare LF line ends", "GET /hello HTTP/1.1\nHost: localhost\n\n", 400},
      {"bare LF after the request line", "GET /hello HTTP/1.1\nHost: localhost\r\n\r\n", 400},
      {"bare LF within fields", get_with("A: 1\nB: 2\r\n"), 400},
      {"bare LF as the empty line", "GET /hello HTTP/1.1\r\nHost: localhost\r\n\n", 400},
      {"bare CR line ends", "GET /hello HTTP/1.1\rHost: localhost\r\r", 400},
      {"bare CR in a value", get_with("A: 1\rB: 2\r\n"), 400},
      {"two CR", "GET /hello HTTP/1.1\r\r\nHost: localhost\r\n\r\n", 400},
      {"folded field", get_with("A: 1\r\n 2\r\n"), 400},
      {"folded with tab", get_with("A: 1\r\n\t2\r\n"), 400},
      {"space before the first field", "GET /hello HTTP/1.1\r\n Host: localhost\r\n\r\n", 400},
      {"space before colon", get_with("A : 1\r\n"), 400},
      {"tab before colon", get_with("A\t: 1\r\n"), 400},
      {"no colon", get_with("A\r\n"), 400},
      {"empty name", get_with(": 1\r\n"), 400},
      {"NUL in a name", get_with("A\0B: 1\r\n"s), 400},
      {"NUL in a value", get_with("A: 1\0002\r\n"s), 400},
      {"escape character in a value", get_with("A: \x1b[2J\r\n"), 400},
      {"DEL in a value", get_with("A: \x7f\r\n"), 400},
      {"bracket in a name", get_with("A[0]: 1\r\n"), 400},
      {"UTF-8 in a name", get_with("\xc3\xa4: 1\r\n"), 400},
      {"Host missing", "GET /hello HTTP/1.1\r\n\r\n", 400},
      {"Host twice", get_with("Host: localhost\r\n"), 400},
      {"Host twice, other", get_with("Host: elsewhere\r\n"), 400},
      {"Host empty", "GET /hello HTTP/1.1\r\nHost:\r\n\r\n", 400},
      {"Host with path", "GET /hello HTTP/1.1\r\nHost: localhost/x\r\n\r\n", 400},
      {"Host with user", "GET /hello HTTP/1.1\r\nHost: a@localhost\r\n\r\n", 400},
      {"Host list", "GET /hello HTTP/1.1\r\nHost: a, b\r\n\r\n", 400},
      {"Host with bad port", "GET /hello HTTP/1.1\r\nHost: localhost:http\r\n\r\n", 400},
      {"Host with broken IPv6", "GET /hello HTTP/1.1\r\nHost: [::1\r\n\r\n", 400},
      {"Content-Type twice", post("Content-Type: text/plain\r\nContent-Length: 2\r\n", "{}"), 400},
      {"Authorization twice", get_with("Authorization: Bearer a\r\nAuthorization: Bearer b\r\n"), 400},
      {"Connection is no list", get_with("Connection: a b\r\n"), 400},
      {"unknown expectation", get_with("Expect: something\r\n"), 417},
      {"two expectations", get_with("Expect: 100-continue\r\nExpect: 100-continue\r\n"), 417},
      {"too many fields", get_with(many), 431},
      {"a field that is too long", get_with("A: " + std::string(20000, 'a') + "\r\n"), 431},
      {"endless field", "GET /hello HTTP/1.1\r\nA: " + std::string(20000, 'a'), 431},
  };
}

std::vector<RawCase> line_cases() {
  return {
      {"NUL in the target", target("/hel\0lo"s), 400},
      {"space in the target", target("/hel lo"), 400},
      {"fragment", target("/hello#top"), 400},
      {"broken escape", target("/hello%2"), 400},
      {"escape of no digits", target("/hello%zz"), 400},
      {"escaped NUL", target("/people/%00"), 400},
      {"escaped line end", target("/people/%0d%0a"), 400},
      {"escape that is no UTF-8", target("/people/%ff"), 400},
      {"overlong UTF-8", target("/people/%c0%af"), 400},
      {"surrogate in UTF-8", target("/people/%ed%a0%80"), 400},
      {"raw UTF-8", target("/people/\xc3\xa4"), 400},
      {"query that is no UTF-8", target("/hello?a=%ff"), 400},
      {"query with escaped NUL", target("/hello?a=%00"), 400},
      {"query with broken escape", target("/hello?a=%"), 400},
      {"dot segments", target("/people/../hello"), 400},
      {"escaped dot segments", target("/people/%2e%2E/hello"), 400},
      {"backslash", target("/people\\..\\hello"), 400},
      {"relative target", target("hello"), 400},
      {"authority form", target("localhost:80"), 400},
      {"absolute form of another scheme", target("ftp://localhost/hello"), 400},
      {"absolute form with user", target("http://a@localhost/hello"), 400},
      {"absolute form of another host", target("http://elsewhere/hello"), 400},
      {"asterisk for GET", target("*"), 400},
      {"no target", "GET HTTP/1.1\r\n" + host + "\r\n", 400},
      {"two spaces", "GET  /hello HTTP/1.1\r\n" + host + "\r\n", 400},
      {"tab instead of space", "GET\t/hello HTTP/1.1\r\n" + host + "\r\n", 400},
      {"space after the version", "GET /hello HTTP/1.1 \r\n" + host + "\r\n", 400},
      {"HTTP/0.9", "GET /hello\r\n\r\n", 400},
      {"lower-case http", "GET /hello http/1.1\r\n" + host + "\r\n", 400},
      {"version of many digits", "GET /hello HTTP/1.10\r\n" + host + "\r\n", 400},
      {"HTTP/1.2", "GET /hello HTTP/1.2\r\n" + host + "\r\n", 505},
      {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"HTTP/3.0", "GET /hello HTTP/3.0\r\n" + host + "\r\n", 505},
      {"method is no token", "G(T /hello HTTP/1.1\r\n" + host + "\r\n", 400},
      {"unknown method", "BREW /hello HTTP/1.1\r\n" + host + "\r\n", 501},
      {"lower-case method", "get /hello HTTP/1.1\r\n" + host + "\r\n", 501},
      {"CONNECT", "CONNECT localhost:80 HTTP/1.1\r\n" + host + "\r\n", 501},
      {"TRACE", "TRACE /hello HTTP/1.1\r\n" + host + "\r\n", 501},
      {"target too long", target("/" + std::string(9000, 'a')), 414},
      {"endless target", "GET /" + std::string(12000, 'a'), 414},
      {"TLS to the plain port", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s, 400},
      {"two empty lines first", "\r\n\r\n" + smuggled, 400},
      {"space first", " " + smuggled, 400},
  };
}

TEST_CASE("an ambiguous or broken request gets one refusal and the end of the connection") {
  TestServer server;
  server.start();
  std::vector<RawCase> cases = framing_cases();
  for (const auto& more : {field_cases(), line_cases()}) cases.insert(cases.end(), more.begin(), more.end());
  REQUIRE(cases.size() >= 60);
  for (const RawCase& row : cases) {
    INFO(row.name);
    Client client(server.port());
    client.try_send(row.bytes);
    const Answer answer = client.read();
    CHECK(answer.status == row.status);
    CHECK(answer.header("Connection") == "close");
    CHECK(answer.header("Content-Type") == "application/problem+json");
    CHECK(client.read_all().empty());  // nothing behind it was answered
  }
  CHECK(get(server.port(), "/hello").status == 200);
}

TEST_CASE("unusual requests that RFC 9112 allows are served") {
  TestServer server;
  server.start();
  const std::vector<RawCase> cases = {
      {"one empty line first", "\r\n" + smuggled, 200},
      {"HTTP/1.0 without Host", "GET /hello HTTP/1.0\r\n\r\n", 200},
      {"absolute form", target("http://localhost/hello"), 200},
      {"absolute form without path", target("http://localhost"), 404},
      {"Host with port", "GET /hello HTTP/1.1\r\nHost: localhost:8080\r\n\r\n", 200},
      {"Host IPv6", "GET /hello HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", 200},
      {"field without space", get_with("A:1\r\n"), 200},
      {"empty value", get_with("A:\r\n"), 200},
      {"value in Latin-1", get_with("A: \xe4\r\n"), 200},
      {"chunked in capitals", post("Transfer-Encoding: CHUNKED\r\n", "2\r\n{}\r\n0\r\n\r\n"), 200},
      {"chunk extension", post("Transfer-Encoding: chunked\r\n", "2;a=b\r\n{}\r\n0\r\n\r\n"), 200},
      {"trailer", post("Transfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\nX-Sum: 1\r\n\r\n"), 200},
      {"POST without a body", "POST /echo HTTP/1.1\r\n" + host + "\r\n", 200},
      {"Content-Length 0 on GET", get_with("Content-Length: 0\r\n"), 200},
      {"brackets in a query", target("/hello?filter[state]=open"), 200},
      {"escaped slash in a segment", target("/people/a%2Fb"), 200},
  };
  for (const RawCase& row : cases) {
    INFO(row.name);
    CHECK(ask(server.port(), row.bytes).status == row.status);
  }
}

TEST_CASE("a head is found wherever the bytes are cut") {
  const std::string text = "\r\nPOST /a HTTP/1.1\r\nHost: b\r\nContent-Length: 1\r\n\r\n";
  for (std::size_t step = 1; step <= text.size(); ++step) {
    HeadScanner scanner;
    std::size_t given = 0;
    bool complete = false;
    while (!complete && given < text.size()) {
      given = std::min(text.size(), given + step);
      complete = scanner.scan(std::string_view(text).substr(0, given), {});
      REQUIRE_FALSE(scanner.fault().has_value());
    }
    CHECK(complete);
    CHECK(scanner.size() == text.size());
    CHECK(scanner.skipped() == 2);
  }
}

TEST_CASE("traceparent is taken only in its exact form") {
  const std::vector<std::pair<const char*, bool>> cases = {
      {"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", true},
      {"01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", false},
      {"00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", false},
      {"00-00000000000000000000000000000000-00f067aa0ba902b7-01", false},
      {"00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", false},
      {"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-extra", false},
      {"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0", false},
      {"", false},
  };
  for (const auto& [text, valid] : cases) {
    INFO(text);
    CHECK(is_traceparent(text) == valid);
  }
}

}  // namespace
}  // namespace assay::test::head_test
