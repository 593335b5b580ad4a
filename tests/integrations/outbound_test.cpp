// Requests over real sockets: what arrives, what is cut, and what is refused before a byte is sent.
#include "integrations/outbound.h"

#include <catch2/catch_all.hpp>
#include <future>
#include <mutex>
#include <thread>

#include "integrations/loopback_server.h"

namespace assay::test::outbound_test {
namespace {

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;

const std::string no_content = "HTTP/1.1 204 No Content\r\n\r\n";

OutboundSettings local_settings() {
  OutboundSettings settings;
  settings.timeout = 10s;
  settings.guard = AddressGuard({AddressRange::parse("127.0.0.0/8").value()});
  return settings;
}

OutboundRequest request_to(const LoopbackServer& server, const std::string& host = "127.0.0.1") {
  OutboundRequest request;
  request.url = {.tls = false, .host = host, .port = server.port(), .target = "/hook?a=b"};
  request.headers = {{"Content-Type", "application/json"}, {"X-Own", "value"}};
  request.body = R"({"type":"test"})";
  return request;
}

/// A server that reads a request and answers with `response`, then closes.
LoopbackServer::Script answer(std::string response) {
  return [response = std::move(response)](Connection& connection) {
    connection.read_request();
    connection.write(response);
  };
}

std::string failure_of(const OutboundResult& result) {
  return result.failure ? std::string(to_text(*result.failure)) : std::string("none");
}

TEST_CASE("a request arrives as it was given, and its answer comes back") {
  std::promise<Connection::Request> arrived;
  const LoopbackServer server([&](Connection& connection) {
    arrived.set_value(connection.read_request());
    connection.write("HTTP/1.1 202 Accepted\r\nContent-Length: 5\r\nX-Trace: abc\r\nRetry-After: 7\r\n\r\nhello");
  });
  const auto result = OutboundClient(local_settings()).send(request_to(server));
  INFO(result.detail);
  CHECK(failure_of(result) == "none");
  CHECK(result.status == 202);
  CHECK(result.body == "hello");
  CHECK_FALSE(result.body_truncated);
  CHECK(result.header("x-TRACE") == "abc");
  CHECK(result.header("retry-after") == "7");
  CHECK_FALSE(result.header("x-other"));
  CHECK(result.remote == "127.0.0.1:" + std::to_string(server.port()));
  CHECK(result.duration < 10s);

  const auto request = arrived.get_future().get();
  CHECK(request.method_string() == "POST");
  CHECK(request.target() == "/hook?a=b");
  CHECK(request.version() == 11);
  CHECK(request["Host"] == "127.0.0.1:" + std::to_string(server.port()));
  CHECK(request["User-Agent"] == "Assay");
  CHECK(request["Connection"] == "close");
  CHECK(request["Content-Length"] == "15");
  CHECK(request["Content-Type"] == "application/json");
  CHECK(request["X-Own"] == "value");
  CHECK(request.body() == R"({"type":"test"})");
}

TEST_CASE("a redirect is an answer like any other and is not followed") {
  LoopbackServer* target = nullptr;
  LoopbackServer server([&](Connection& connection) {
    connection.read_request();
    connection.write("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:" + std::to_string(target->port()) +
                     "/next\r\nContent-Length: 0\r\n\r\n");
  });
  target = &server;
  const auto result = OutboundClient(local_settings()).send(request_to(server));
  CHECK(failure_of(result) == "none");
  CHECK(result.status == 302);
  CHECK(server.accepted() == 1);
}

TEST_CASE("answers of all forms are read") {
  struct Row {
    const char *name, *response;
    std::string failure;
    std::optional<unsigned> status;
    const char* body;
  };
  const auto row = GENERATE(values<Row>({
      {"no content", "HTTP/1.1 204 No Content\r\n\r\n", "none", 204, ""},
      {"error status", "HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops", "none", 500, "oops"},
      {"chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n", "none",
       200, "abcde"},
      {"until the end", "HTTP/1.0 200 OK\r\n\r\nabc", "none", 200, "abc"},
      {"interim first",
       "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok", "none", 201,
       "ok"},
      {"switching", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "protocol", {}, ""},
      {"silence", "", "protocol", {}, ""},
      {"garbage", "SSH-2.0-OpenSSH_9.2\r\n", "protocol", {}, ""},
      {"cut head", "HTTP/1.1 200 OK\r\nContent-Le", "protocol", {}, ""},
      {"cut body", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "protocol", 200, "abc"},
      {"cut chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc", "protocol", 200, "abc"},
      {"bad length", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "protocol", {}, ""},
  }));
  INFO(row.name);
  const LoopbackServer server(answer(row.response));
  const auto result = OutboundClient(local_settings()).send(request_to(server));
  INFO(result.detail);
  CHECK(failure_of(result) == row.failure);
  CHECK(result.status == row.status);
  CHECK(result.body == row.body);
  CHECK(result.detail.empty() == (row.failure == "none"));
}

TEST_CASE("of a long body the first part is kept and the rest is not read") {
  const auto settings = local_settings();
  const auto [length, truncated] = GENERATE(table<std::string, bool>({
      {"Content-Length: 20000", false},
      {"Content-Length: 20001", true},
      {"Content-Length: 1000000", true},
      {"Content-Length: 9000000000000000000", true},  // nothing of that size is set aside for it
      {"Transfer-Encoding: chunked", true},
  }));
  INFO(length);
  const LoopbackServer server([&, head = length](Connection& connection) {
    connection.read_request();
    connection.write("HTTP/1.1 200 OK\r\n" + head + "\r\n\r\n");
    std::string piece(1000, 'x');
    if (head.starts_with("Transfer")) piece = "3e8\r\n" + piece + "\r\n";
    for (int i = 0; i < 20; ++i) connection.write(piece);
    if (head.ends_with(": 20000")) return;
    while (connection.write(piece)) {  // until the client has had enough
    }
  });
  const auto result = OutboundClient(settings).send(request_to(server));
  INFO(result.detail);
  CHECK(failure_of(result) == "none");
  CHECK(result.status == 200);
  CHECK(result.body == std::string(20'000, 'x'));
  CHECK(result.body_truncated == truncated);
}

TEST_CASE("a head over its limit ends the exchange") {
  const auto head = GENERATE(as<std::string>{}, "HTTP/1.1 200 OK\r\nX-Long: " + std::string(20'000, 'x') + "\r\n\r\n",
                             "HTTP/1.1 200 " + std::string(20'000, 'x') + "\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nX-Endless: " + std::string(200'000, 'x'));
  const LoopbackServer server(answer(head));
  const auto result = OutboundClient(local_settings()).send(request_to(server));
  CHECK(failure_of(result) == "too_large");
  CHECK_FALSE(result.status);
}

TEST_CASE("interim answers do not go on for ever") {
  const LoopbackServer server([](Connection& connection) {
    connection.read_request();
    while (connection.write("HTTP/1.1 102 Processing\r\n\r\n")) {
    }
  });
  CHECK(failure_of(OutboundClient(local_settings()).send(request_to(server))) == "protocol");
}

TEST_CASE("the time-out is for the whole exchange, in whatever phase the receiver stalls") {
  const auto first_bytes =
      GENERATE(as<std::string>{}, "", "HTTP/1.1 200 OK\r\nX-", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
  INFO(first_bytes);
  const LoopbackServer server([&](Connection& connection) {
    connection.read_request();
    connection.write(first_bytes);
    connection.wait_for_close();
  });
  auto settings = local_settings();
  settings.timeout = 200ms;
  const auto result = OutboundClient(settings).send(request_to(server));
  CHECK(failure_of(result) == "timeout");
  CHECK(result.duration >= 200ms);
  CHECK(result.duration < 5s);
  CHECK(result.status.has_value() == first_bytes.ends_with("abc"));
  CHECK_THAT(result.detail, ContainsSubstring("200 ms"));
}

TEST_CASE("a receiver that sends a byte now and then does not win time") {
  const LoopbackServer server([](Connection& connection) {
    connection.read_request();
    connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    std::promise<void> never;
    const auto tick = never.get_future();
    while (connection.write("1\r\nx\r\n")) tick.wait_for(20ms);
  });
  auto settings = local_settings();
  settings.timeout = 300ms;
  const auto result = OutboundClient(settings).send(request_to(server));
  CHECK(failure_of(result) == "timeout");
  CHECK(result.duration < 5s);
  CHECK(result.body.starts_with("xx"));
}

TEST_CASE("an address that is not allowed is refused before a connection is made") {
  const LoopbackServer server(answer(no_content));
  auto settings = local_settings();
  settings.guard = AddressGuard();
  const OutboundClient client(settings);
  const auto [host, kind] = GENERATE(table<std::string, std::string>({
      {"localhost", "127.0.0.1 (loopback)"},  // a name that resolves to a loopback address
      {"127.0.0.1", "127.0.0.1 (loopback)"},
      {"::1", "::1 (loopback)"},
      {"::ffff:127.0.0.1", "(IPv4-mapped)"},
      {"0.0.0.0", "0.0.0.0 (unspecified)"},
      {"169.254.169.254", "(link-local)"},
      {"10.0.0.1", "(private)"},
  }));
  INFO(host);
  const auto result = client.send(request_to(server, host));
  CHECK(failure_of(result) == "blocked_address");
  CHECK_THAT(result.detail, ContainsSubstring(kind));
  CHECK(result.remote.empty());
  CHECK(server.accepted() == 0);
}

TEST_CASE("the allow-list admits a receiver in the own network, by address and by name") {
  const LoopbackServer server(answer(no_content));
  const OutboundClient client(local_settings());
  for (const char* host : {"127.0.0.1", "localhost"}) {
    const auto result = client.send(request_to(server, host));
    INFO(result.detail);
    CHECK(result.status == 204);
  }
  CHECK(server.accepted() == 2);
}

TEST_CASE("of several addresses only the admitted ones are called, and the name is asked once") {
  const LoopbackServer server(answer(no_content));
  auto settings = local_settings();
  int asked = 0;
  settings.resolver = [&](const std::string& host) -> std::vector<boost::asio::ip::address> {
    CHECK(host == "receiver.test");
    // A name that changes between check and use: the second answer would be refused.
    if (++asked > 1) return {boost::asio::ip::make_address("10.0.0.1")};
    return {boost::asio::ip::make_address("10.0.0.1"), boost::asio::ip::make_address("::1"),
            boost::asio::ip::make_address("127.0.0.1")};
  };
  const OutboundClient client(settings);
  const auto result = client.send(request_to(server, "receiver.test"));
  INFO(result.detail);
  CHECK(result.status == 204);
  CHECK(result.remote == "127.0.0.1:" + std::to_string(server.port()));
  CHECK(asked == 1);
  CHECK(failure_of(client.send(request_to(server, "receiver.test"))) == "blocked_address");
  CHECK(asked == 2);
  CHECK(server.accepted() == 1);
}

TEST_CASE("an address that does not answer leaves the others their turn") {
  const LoopbackServer server(answer(no_content));
  auto settings = local_settings();
  settings.resolver = [](const std::string&) -> std::vector<boost::asio::ip::address> {
    return {boost::asio::ip::make_address("127.0.0.2"), boost::asio::ip::make_address("127.0.0.1")};
  };
  const auto result = OutboundClient(settings).send(request_to(server, "receiver.test"));
  INFO(result.detail);
  CHECK(result.status == 204);
}

TEST_CASE("a port where nobody listens is a failure to connect") {
  OutboundRequest request;
  {
    const LoopbackServer gone(answer(no_content));
    request = request_to(gone);
  }
  const auto result = OutboundClient(local_settings()).send(request);
  CHECK(failure_of(result) == "connect");
  CHECK_THAT(result.detail, ContainsSubstring("refused"));
}

TEST_CASE("a name without an address is a failure of its own") {
  const LoopbackServer server(answer(no_content));
  auto settings = local_settings();
  SECTION("the resolver knows none") {
    settings.resolver = [](const std::string&) { return std::vector<boost::asio::ip::address>(); };
  }
  SECTION("the resolver fails") {
    settings.resolver = [](const std::string&) -> std::vector<boost::asio::ip::address> {
      throw std::runtime_error("Name or service not known");
    };
  }
  const auto result = OutboundClient(settings).send(request_to(server, "nowhere.test"));
  CHECK(failure_of(result) == "dns");
  CHECK_THAT(result.detail, ContainsSubstring("nowhere.test"));
  CHECK(server.accepted() == 0);
}

TEST_CASE("a slow name server holds neither the call nor, beyond a limit, threads") {
  std::promise<void> release;
  const auto released = release.get_future().share();
  const LoopbackServer server(answer(no_content));
  auto settings = local_settings();
  settings.timeout = 100ms;
  settings.max_lookups = 1;
  settings.resolver = [released](const std::string&) -> std::vector<boost::asio::ip::address> {
    released.wait();
    return {boost::asio::ip::make_address("127.0.0.1")};
  };
  const OutboundClient client(settings);
  const auto request = request_to(server, "slow.test");
  CHECK(failure_of(client.send(request)) == "timeout");
  const auto second = client.send(request);
  CHECK(failure_of(second) == "dns");
  CHECK_THAT(second.detail, ContainsSubstring("too many name lookups"));
  CHECK(client.send(request_to(server)).status == 204);  // an address needs no lookup

  release.set_value();
  std::optional<unsigned> status;
  const auto end = std::chrono::steady_clock::now() + 10s;
  while (!status && std::chrono::steady_clock::now() < end) status = client.send(request).status;
  CHECK(status == 204);
}

TEST_CASE("a shutdown ends a call at once, wherever it waits") {
  std::promise<void> waiting;
  std::promise<void> release;
  const auto released = release.get_future().share();
  LoopbackServer server([&](Connection& connection) {
    connection.read_request();
    waiting.set_value();
    connection.wait_for_close();
  });
  auto settings = local_settings();
  settings.timeout = 60s;
  auto request = request_to(server);
  SECTION("for the answer") {}
  SECTION("for the name") {
    request = request_to(server, "slow.test");
    settings.resolver = [&waiting, released](const std::string&) -> std::vector<boost::asio::ip::address> {
      waiting.set_value();
      released.wait();
      return {};
    };
  }
  const OutboundClient client(settings);
  std::stop_source stop;
  auto call = std::async(std::launch::async, [&] { return client.send(request, stop.get_token()); });
  waiting.get_future().wait();
  stop.request_stop();
  const auto result = call.get();
  CHECK(failure_of(result) == "cancelled");
  CHECK(result.duration < 30s);
  CHECK(failure_of(client.send(request_to(server), stop.get_token())) == "cancelled");
  release.set_value();
}

TEST_CASE("several threads send through one client") {
  const LoopbackServer server([](Connection& connection) {
    const auto request = connection.read_request();
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(request.body().size()) + "\r\n\r\n" +
                     request.body());
  });
  const OutboundClient client(local_settings());
  std::vector<std::future<OutboundResult>> calls;
  for (int i = 0; i < 8; ++i) {
    calls.push_back(std::async(std::launch::async, [&, i] {
      auto request = request_to(server);
      request.body = "message " + std::to_string(i);
      return client.send(request);
    }));
  }
  for (std::size_t i = 0; i < calls.size(); ++i) CHECK(calls[i].get().body == "message " + std::to_string(i));
}

TEST_CASE("what would forge another request is the caller's mistake") {
  const LoopbackServer server(answer(no_content));
  const OutboundClient client(local_settings());
  auto request = request_to(server);
  SECTION("header value") { request.headers = {{"X-Own", "a\r\nX-Forged: b"}}; }
  SECTION("header name") { request.headers = {{"X-Own: a\r\nX-Forged", "b"}}; }
  SECTION("method") { request.method = "GET / HTTP/1.1\r\n"; }
  SECTION("target") { request.url.target = "/ HTTP/1.1\r\nX-Forged: b\r\n"; }
  CHECK_THROWS_AS(client.send(request), std::invalid_argument);
  CHECK(server.accepted() == 0);
}

TEST_CASE("headers of an endpoint are checked when they are entered") {
  const auto [name, value, accepted] = GENERATE(table<std::string, std::string, bool>({
      {"Authorization", "Bearer abc", true},
      {"X-Empty", "", true},
      {"X-Tab", "a\tb", true},
      {"webhooks", "x", true},
      {"", "x", false},
      {"X Own", "x", false},
      {"X-Own:", "x", false},
      {"X-Own", "a\nb", false},
      {"X-Own", std::string("a\0b", 3), false},
      {"X-Own", std::string(4097, 'a'), false},
      {"Host", "evil.example", false},
      {"CONTENT-LENGTH", "0", false},
      {"Transfer-Encoding", "chunked", false},
      {"Webhook-Signature", "v1,x", false},
      {"ce-id", "1", false},
      {"Proxy-Authorization", "x", false},
  }));
  INFO(name);
  CHECK(header_problem(name, value).has_value() != accepted);
}

}  // namespace
}  // namespace assay::test::outbound_test
