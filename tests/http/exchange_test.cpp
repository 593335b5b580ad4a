// Ordinary exchanges: keep-alive, pipelining, methods, bodies, uploads.
#include <fmt/format.h>

#include <catch2/catch_all.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "http/fixture.h"

namespace assay::test::exchange_test {
namespace {

const std::string host = "Host: localhost\r\n";
const std::string json = "Content-Type: application/json\r\n";

std::string request(std::string_view line, std::string_view fields = "", std::string_view body = "") {
  std::string text(line);
  return text.append(" HTTP/1.1\r\n").append(host).append(fields).append("\r\n").append(body);
}

std::string chunked(std::string_view body, std::size_t size) {
  std::string text;
  for (std::size_t at = 0; at < body.size(); at += size) {
    const auto piece = body.substr(at, size);
    text += fmt::format("{:x}\r\n{}\r\n", piece.size(), piece);
  }
  return text + "0\r\n\r\n";
}

TEST_CASE("a connection serves request after request") {
  TestServer server;
  server.start();
  Client client(server.port());
  for (int i = 0; i < 50; ++i) {
    client.send(request("GET /people/" + std::to_string(i)));
    const Answer answer = client.read();
    REQUIRE(answer.status == 200);
    REQUIRE(answer.body == std::to_string(i));
    REQUIRE(answer.header("Connection").empty());
  }
}

TEST_CASE("pipelined requests are answered in order, whichever thread runs them") {
  TestServer server;
  server.on("/pool",
            [](Request& request) { return Result<Response>(json_text(std::string(*request.query_value("n")))); });
  server.start();
  std::string all;
  for (int i = 0; i < 40; ++i) all += request((i % 2 ? "GET /pool?n=" : "GET /people/") + std::to_string(i));
  all += request("POST /echo", json + "Content-Length: 4\r\n", "\"40\"") +
         request("GET /people/41", "Connection: close\r\n");
  Client client(server.port());
  client.send(all);
  for (int i = 0; i < 40; ++i) REQUIRE(client.read().body == std::to_string(i));
  CHECK(client.read().body == "\"40\"");
  CHECK(client.read().body == "41");
  CHECK(client.is_closed_by_server());
}

TEST_CASE("keep-alive follows version and Connection") {
  TestServer server;
  server.start();
  struct Row {
    const char* bytes;
    const char* connection;
    bool stays;
  };
  const std::vector<Row> rows = {
      {"GET /hello HTTP/1.1\r\nHost: a\r\n\r\n", "", true},
      {"GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "close", false},
      {"GET /hello HTTP/1.1\r\nHost: a\r\nConnection: foo, Close\r\n\r\n", "close", false},
      {"GET /hello HTTP/1.0\r\nHost: a\r\n\r\n", "close", false},
      {"GET /hello HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n", "keep-alive", true},
  };
  for (const Row& row : rows) {
    INFO(row.bytes);
    Client client(server.port());
    client.send(row.bytes);
    CHECK(client.read().header("Connection") == row.connection);
    if (row.stays) {
      client.send(row.bytes);
      CHECK(client.read().status == 200);
    } else {
      CHECK(client.is_closed_by_server());
    }
  }
}

TEST_CASE("a connection ends after its number of requests") {
  ServerSettings settings = test_settings();
  settings.requests_per_connection = 2;
  TestServer server(settings);
  server.start();
  Client client(server.port());
  client.send(request("GET /hello") + request("GET /hello"));
  CHECK(client.read().header("Connection").empty());
  CHECK(client.read().header("Connection") == "close");
  CHECK(client.is_closed_by_server());
}

TEST_CASE("paths and methods have the right answers") {
  TestServer server;
  server.start();
  struct Row {
    const char* line;
    int status;
    const char* allow;
  };
  const std::vector<Row> rows = {
      {"GET /hello", 200, ""},
      {"HEAD /hello", 200, ""},
      {"OPTIONS /hello", 204, "GET, HEAD, OPTIONS"},
      {"OPTIONS /people/7", 204, "GET, HEAD, DELETE, OPTIONS"},
      {"OPTIONS *", 204, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"},
      {"DELETE /hello", 405, "GET, HEAD, OPTIONS"},
      {"HEAD /echo", 405, "POST, OPTIONS"},
      {"GET /nothing", 404, ""},
      {"OPTIONS /nothing", 404, ""},
      {"GET /hello/", 404, ""},
      {"GET //hello", 404, ""},
      {"GET /", 404, ""},
      {"GET /people/me", 200, ""},
      {"GET /assets/a/b.css", 200, ""},
      {"GET /assets", 404, ""},
  };
  Client client(server.port());
  for (const Row& row : rows) {
    INFO(row.line);
    client.send(request(row.line));
    const Answer answer = client.read(std::string_view(row.line).starts_with("HEAD"));
    CHECK(answer.status == row.status);
    CHECK(answer.header("Allow") == row.allow);
  }
}

TEST_CASE("HEAD has the header of GET and no body") {
  TestServer server;
  server.start();
  Client client(server.port());
  client.send(request("GET /hello") + request("HEAD /hello") + request("GET /people/x"));
  const Answer full = client.read();
  const Answer head = client.read(true);
  CHECK(full.body == "{\"hello\":true}");
  CHECK(head.header("Content-Length") == full.header("Content-Length"));
  CHECK(head.header("Content-Type") == full.header("Content-Type"));
  CHECK(client.read().body == "x");
}

TEST_CASE("a handler sees the request decoded") {
  TestServer server;
  server.on("/files/{name}", [](Request& request) {
    Json seen = {{"name", request.parameter("name")},
                 {"path", request.path},
                 {"peer", request.peer},
                 {"tls", request.is_tls},
                 {"trace", request.trace},
                 {"id", request.id}};
    for (const Field& item : request.query) seen["query"].push_back({item.name, item.value});
    seen["header"] = request.joined_header("x-many").value_or("");
    return Result<Response>(json_response(seen));
  });
  server.start();
  const std::string trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const Answer answer = ask(server.port(), request("GET /files/%C3%A4%2Fb%20c?a=1+2&a=%26&flag&=x",
                                                   "X-Many: 1\r\nx-many: 2\r\ntraceparent: " + trace + "\r\n"));
  const Json seen = Json::parse(answer.body);
  CHECK(seen["name"] == "\xc3\xa4/b c");
  CHECK(seen["path"] == "/files/%C3%A4%2Fb%20c");
  CHECK(seen["query"] == Json::parse(R"([["a","1 2"],["a","&"],["flag",""],["","x"]])"));
  CHECK(seen["peer"] == "127.0.0.1");
  CHECK(seen["tls"] == false);
  CHECK(seen["trace"] == trace);
  CHECK(seen["header"] == "1, 2");
  CHECK(seen["id"] == answer.header("X-Request-Id"));
  CHECK(seen["id"].get<std::string>().size() == 36);
}

TEST_CASE("every answer has the security headers") {
  TestServer server;
  server.on("/pool", [](Request&) -> Result<Response> {
    Response page;
    page.content_type = media::html;
    page.content_security_policy = "default-src 'self'";
    page.headers.add("Cache-Control", "max-age=60");
    return page;
  });
  server.start();
  for (const char* target : {"/hello", "/nothing", "/pool"}) {
    INFO(target);
    const Answer answer = get(server.port(), target);
    const bool page = std::string_view(target) == "/pool";
    CHECK(answer.header("X-Content-Type-Options") == "nosniff");
    CHECK(answer.header("Referrer-Policy") == "no-referrer");
    CHECK(answer.header("Content-Security-Policy") ==
          (page ? "default-src 'self'" : "default-src 'none'; frame-ancestors 'none'"));
    CHECK(answer.header("Cache-Control") == (page ? "max-age=60" : "no-store"));
    CHECK(answer.header("Date").ends_with(" GMT"));
    CHECK(answer.header("Server").empty());
    CHECK(answer.header("Strict-Transport-Security").empty());
  }
}

TEST_CASE("bodies are welcome only where, as and as large as the route says") {
  ServerSettings settings = test_settings();
  settings.json_limit = 100;
  TestServer server(settings);
  server.start();
  const std::string over(101, ' ');
  struct Row {
    const char* name;
    std::string bytes;
    int status;
  };
  const std::vector<Row> rows = {
      {"JSON", request("POST /echo", json + "Content-Length: 2\r\n", "{}"), 200},
      {"JSON with charset",
       request("POST /echo", "Content-Type: Application/JSON; charset=\"UTF-8\"\r\nContent-Length: 2\r\n", "{}"), 200},
      {"no body, no type", request("POST /echo", "Content-Length: 0\r\n"), 200},
      {"no type", request("POST /echo", "Content-Length: 2\r\n", "{}"), 415},
      {"other type", request("POST /echo", "Content-Type: text/plain\r\nContent-Length: 2\r\n", "{}"), 415},
      {"other charset",
       request("POST /echo", "Content-Type: application/json; charset=latin1\r\nContent-Length: 2\r\n", "{}"), 415},
      {"type with suffix", request("POST /echo", "Content-Type: application/jsonx\r\nContent-Length: 2\r\n", "{}"),
       415},
      {"compressed", request("POST /echo", json + "Content-Encoding: gzip\r\nContent-Length: 2\r\n", "{}"), 415},
      {"own type", request("PATCH /merge", "Content-Type: application/merge-patch+json\r\nContent-Length: 2\r\n", "{}"),
       200},
      {"JSON where another type is wanted", request("PATCH /merge", json + "Content-Length: 2\r\n", "{}"), 415},
      {"at the limit", request("POST /echo", json + "Content-Length: 100\r\n", std::string(100, ' ')), 200},
      {"over the limit", request("POST /echo", json + "Content-Length: 101\r\n", over), 413},
      {"announced only", request("POST /echo", json + "Content-Length: 999999999999\r\n"), 413},
      {"chunked at the limit",
       request("POST /echo", json + "Transfer-Encoding: chunked\r\n", chunked(std::string(100, ' '), 7)), 200},
      {"chunked over the limit", request("POST /echo", json + "Transfer-Encoding: chunked\r\n", chunked(over, 7)), 413},
      {"over the route's limit", request("POST /small", json + "Content-Length: 17\r\n", std::string(17, ' ')), 413},
      {"DELETE with JSON", request("DELETE /people/1", json + "Content-Length: 2\r\n", "{}"), 200},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Client client(server.port());
    client.try_send(row.bytes);
    const Answer answer = client.read();
    CHECK(answer.status == row.status);
    CHECK(answer.header("Connection") == (row.status < 400 ? "" : "close"));
  }
}

TEST_CASE("a JSON body arrives whole, however it is cut") {
  TestServer server;
  server.start();
  std::string body = "\"";
  while (body.size() < 200'000) body += std::to_string(body.size());
  body += "\"";
  SECTION("by length") {
    Client client(server.port());
    client.send(request("POST /echo", json + "Content-Length: " + std::to_string(body.size()) + "\r\n", body) +
                request("GET /hello"));
    CHECK(client.read().body == body);
    CHECK(client.read().status == 200);
  }
  SECTION("in chunks") {
    for (const std::size_t size : {11UL, 1000UL, 60'000UL}) {
      Client client(server.port());
      client.send(request("POST /echo", json + "Transfer-Encoding: chunked\r\n", chunked(body, size)) +
                  request("GET /hello"));
      CHECK(client.read().body == body);
      CHECK(client.read().status == 200);
    }
  }
  SECTION("byte by byte") {
    Client client(server.port());
    const std::string text = request("POST /echo", json + "Transfer-Encoding: chunked\r\n", chunked("{\"a\":1}", 3));
    for (char c : text) client.send({&c, 1});
    CHECK(client.read().body == "{\"a\":1}");
  }
}

TEST_CASE("Expect: 100-continue is answered before the body, or by the refusal") {
  TestServer server;
  server.start();
  const std::string expect = "Expect: 100-continue\r\n";
  SECTION("accepted") {
    Client client(server.port());
    client.send(request("POST /echo", json + expect + "Content-Length: 2\r\n"));
    CHECK(client.read().status == 100);
    client.send("{}");
    CHECK(client.read().body == "{}");
  }
  SECTION("the body is there already") {
    CHECK(ask(server.port(), request("POST /echo", json + expect + "Content-Length: 2\r\n", "{}")).status == 200);
  }
  SECTION("refused") {
    CHECK(ask(server.port(), request("POST /echo", expect + "Content-Length: 2\r\n")).status == 415);
  }
  SECTION("no body") { CHECK(ask(server.port(), request("GET /hello", expect)).status == 200); }
  SECTION("upload refused by the application") {
    const std::string fields = "Authorization: Bearer wrong\r\n" + expect + "Content-Length: 2\r\n";
    const Answer answer = ask(server.port(), request("PUT /files/a", fields));
    CHECK(answer.status == 401);
    CHECK(answer.header("WWW-Authenticate") == "Bearer realm=\"assay\"");
  }
}

TEST_CASE("uploads are streamed in pieces") {
  ServerSettings settings = test_settings();
  settings.file_chunk = 8192;
  TestServer server(settings);
  server.on("/files/{name}", [](Request& request) {
    return Result<Response>(json_text(request.upload ? std::to_string(request.upload->receipt.size) : "none", 201));
  });
  server.start();
  std::string content;
  while (content.size() < 3'000'000) content += std::to_string(content.size());
  const std::string length = "Content-Length: " + std::to_string(content.size()) + "\r\n";
  Client client(server.port());
  SECTION("by length") { client.send(request("PUT /files/a", length, content)); }
  SECTION("in chunks") {
    client.send(request("PUT /files/a", "Transfer-Encoding: chunked\r\n", chunked(content, 50'000)));
  }
  const Answer answer = client.read();
  CHECK(answer.status == 201);
  CHECK(answer.body == std::to_string(content.size()));
  CHECK(server.upload().content == content);
  CHECK(server.upload().largest_write <= 8192);
  CHECK(server.upload().finished == 1);
  CHECK(server.upload().aborted == 0);
  client.send(request("GET /hello"));
  CHECK(client.read().status == 200);
}

TEST_CASE("an upload that fails is discarded") {
  ServerSettings settings = test_settings();
  settings.upload_limit = 10'000;
  settings.body_timeout = std::chrono::milliseconds(60);
  TestServer server(settings);
  server.start();
  Client client(server.port());
  SECTION("the storage is full") {
    server.upload().limit = 10;
    client.send(request("PUT /files/a", "Content-Length: 100\r\n", std::string(100, 'x')));
    CHECK(client.read().status == 507);
  }
  SECTION("it grows too large") {
    client.try_send(request("PUT /files/a", "Transfer-Encoding: chunked\r\n", chunked(std::string(10'001, 'x'), 5000)));
    CHECK(client.read().status == 413);
  }
  SECTION("the client goes") {
    client.send(request("PUT /files/a", "Content-Length: 100\r\n", "xxx"));
    client.finish_sending();
    CHECK(client.read().status == 0);
  }
  SECTION("the client stops sending") {
    client.send(request("PUT /files/a", "Content-Length: 100\r\n", "xxx"));
    CHECK(client.read().status == 408);
  }
  SECTION("the framing breaks") {
    client.send(request("PUT /files/a", "Transfer-Encoding: chunked\r\n", "3\r\nxxx\r\nnonsense\r\n"));
    CHECK(client.read().status == 400);
  }
  server.upload().wait_for_abort();
  CHECK(server.upload().aborted == 1);
  CHECK(server.upload().finished == 0);
}

TEST_CASE("an exception is a 500 that tells nothing") {
  TestServer server;
  server.on("/hello", [](Request&) -> Result<Response> { throw std::runtime_error("SELECT secret FROM table"); });
  server.on("/pool", [](Request&) -> Result<Response> { throw 7; });
  server.start();
  for (const char* target : {"/hello", "/pool"}) {
    const Answer answer = get(server.port(), target);
    CHECK(answer.status == 500);
    CHECK(answer.body.find("secret") == std::string::npos);
    CHECK(Json::parse(answer.body)["instance"] == "urn:uuid:" + answer.header("X-Request-Id"));
  }
}

}  // namespace
}  // namespace assay::test::exchange_test
