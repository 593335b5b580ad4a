// Time-outs, limits on connections and waiting requests, starting and stopping.
#include <prometheus/registry.h>

#include <catch2/catch_all.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "http/fixture.h"
#include "http/metrics.h"

namespace assay::test::lifetime_test {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

const std::string hello = "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n";
const std::string pool = "GET /pool HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// True once no thread of the server listens any more; each closes its own socket.
bool refuses_connections(std::uint16_t port) {
  const auto end = Clock::now() + std::chrono::seconds(10);
  while (Clock::now() < end) {
    try {
      const Client client(port);
    } catch (const std::exception&) {
      return true;
    }
  }
  return false;
}

TEST_CASE("a slow header is cut, also when it trickles") {
  ServerSettings settings = test_settings();
  settings.header_timeout = milliseconds(80);
  TestServer server(settings);
  server.start();
  SECTION("it stops") {
    Client client(server.port());
    client.send("GET /hello HTTP/1.1\r\nHost: lo");
    CHECK(client.read().status == 408);
    CHECK(client.is_closed_by_server());
  }
  SECTION("it trickles, each byte soon after the last") {
    Client client(server.port());
    const auto begin = Clock::now();
    client.send("GET /hello HTTP/1.1\r\nA: ");
    std::thread trickle([&] {
      while (client.try_send("a") && Clock::now() - begin < std::chrono::seconds(5)) std::this_thread::yield();
    });
    const Answer answer = client.read();
    CHECK((answer.status == 408 || answer.status == 431));
    CHECK(Clock::now() - begin < std::chrono::seconds(5));
    client.finish_sending();
    trickle.join();
  }
  SECTION("nothing comes at all") {
    Client client(server.port());
    CHECK(client.is_closed_by_server());
  }
  SECTION("the second request of a connection") {
    Client client(server.port());
    client.send(hello + "GET /hel");
    CHECK(client.read().status == 200);
    CHECK(client.read().status == 408);
  }
}

TEST_CASE("an idle connection is closed without a word") {
  ServerSettings settings = test_settings();
  settings.idle_timeout = milliseconds(50);
  TestServer server(settings);
  server.start();
  Client client(server.port());
  client.send(hello);
  CHECK(client.read().status == 200);
  CHECK(client.is_closed_by_server());
}

TEST_CASE("a body that is too slow is cut") {
  const std::string head = "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
  ServerSettings settings = test_settings();
  settings.body_timeout = milliseconds(80);
  settings.body_rate = 1'000'000;
  TestServer server(settings);
  server.start();
  SECTION("it stops") {
    Client client(server.port());
    client.send(head + "Content-Length: 100\r\n\r\n{");
    CHECK(client.read().status == 408);
    CHECK(client.is_closed_by_server());
  }
  SECTION("it is below the rate") {
    Client client(server.port());
    client.send(head + "Content-Length: 1000000\r\n\r\n");
    const auto begin = Clock::now();
    std::thread trickle([&] {
      while (client.try_send(" ") && Clock::now() - begin < std::chrono::seconds(5))
        std::this_thread::sleep_for(milliseconds(1));
    });
    CHECK(client.read().status == 408);
    CHECK(Clock::now() - begin < std::chrono::seconds(5));
    client.finish_sending();
    trickle.join();
  }
}

TEST_CASE("a client that does not read is cut") {
  ServerSettings settings = test_settings();
  settings.write_timeout = milliseconds(80);
  TestServer server(settings);
  const auto large = std::make_shared<const std::string>(64 * 1024 * 1024, 'x');
  server.on("/hello", [&](Request&) -> Result<Response> {
    Response response;
    response.body = large;
    return response;
  });
  server.start();
  Client client(server.port());
  client.send(hello);
  server.stop();  // waits for the connection: it ends because nobody reads
  CHECK(client.read_all().size() < large->size());
}

TEST_CASE("connections beyond the limit are told at once") {
  ServerSettings settings = test_settings();
  settings.connections = 2;
  TestServer server(settings);
  server.start();
  Client first(server.port());
  auto second = std::make_unique<Client>(server.port());
  for (Client* client : {&first, second.get()}) {
    client->send(hello);
    CHECK(client->read().status == 200);
  }
  Client third(server.port());
  const Answer refused = third.read();
  CHECK(refused.status == 503);
  CHECK(refused.header("Retry-After") == "5");
  CHECK(third.is_closed_by_server());
  second.reset();
  int status = 503;
  for (const auto begin = Clock::now(); status == 503 && Clock::now() - begin < std::chrono::seconds(5);) {
    Client again(server.port());
    again.try_send(hello);
    status = again.read().status;
  }
  CHECK(status == 200);
}

TEST_CASE("requests beyond the queue of the pool are refused") {
  ServerSettings settings = test_settings();
  settings.pool_threads = 1;
  settings.pool_queue = 1;
  settings.metrics = std::make_shared<prometheus::Registry>();
  TestServer server(settings);
  Gate gate;
  server.on("/pool", [&](Request&) -> Result<Response> {
    gate.pass();
    return json_text("1");
  });
  server.start();
  Client running(server.port());
  running.send(pool);
  gate.wait_for_arrival();
  Client waiting(server.port());
  waiting.send(pool);
  while (text_exposition(*settings.metrics).find("assay_http_pool_queue 1\n") == std::string::npos)
    std::this_thread::yield();
  const Answer refused = ask(server.port(), pool);
  CHECK(refused.status == 503);
  CHECK(refused.header("Retry-After") == "1");
  CHECK(get(server.port(), "/hello").status == 200);  // inline routes do not need the pool
  gate.open();
  CHECK(running.read().status == 200);
  CHECK(waiting.read().status == 200);
}

TEST_CASE("stopping lets a running request finish and closes the rest") {
  TestServer server;
  Gate gate;
  server.on("/pool", [&](Request&) -> Result<Response> {
    gate.pass();
    return json_text("\"done\"");
  });
  server.start();
  Client idle(server.port());
  idle.send(hello);
  CHECK(idle.read().status == 200);
  Client running(server.port());
  running.send(pool + hello);
  gate.wait_for_arrival();

  std::thread stopping([&] { server.stop(); });
  CHECK(idle.is_closed_by_server());  // draining has begun
  CHECK(refuses_connections(server.port()));
  gate.open();
  const Answer answer = running.read();
  stopping.join();
  CHECK(answer.body == "\"done\"");
  CHECK(answer.header("Connection") == "close");
}

TEST_CASE("stopping cuts what outlasts the grace") {
  ServerSettings settings = test_settings();
  settings.grace = milliseconds(30);
  TestServer server(settings);
  Gate gate;
  server.on("/pool", [&](Request&) -> Result<Response> {
    gate.pass();
    return json_text("1");
  });
  server.start();
  Client running(server.port());
  running.send(pool);
  gate.wait_for_arrival();
  Client partial(server.port());
  partial.send("GET /hello HTTP/1.1\r\n");
  std::thread stopping([&] { server.stop(); });
  CHECK(partial.is_closed_by_server());
  CHECK(running.is_closed_by_server());
  gate.open();
  stopping.join();
}

TEST_CASE("a second server on the port is refused, and the port is free after the first") {
  TestServer first;
  first.start();
  ServerSettings same = test_settings();
  same.port = first.port();
  {
    TestServer second(same);
    CHECK_THROWS_WITH(second.start(), Catch::Matchers::ContainsSubstring("listens on"));
  }
  CHECK(get(first.port(), "/hello").status == 200);
  first.stop();
  TestServer third(same);
  third.start();
  CHECK(get(third.port(), "/hello").status == 200);
}

TEST_CASE("bad settings are named") {
  const auto message = [](auto&& change) -> std::string {
    ServerSettings settings = test_settings();
    change(settings);
    try {
      TestServer server(settings);
      server.start();
    } catch (const std::exception& failure) {
      return failure.what();
    }
    return "none";
  };
  CHECK(message([](auto&) {}) == "none");
  CHECK(message([](auto& s) { s.header_limit = 10; }) == "the header limit is at least 1024 bytes");
  CHECK(message([](auto& s) { s.target_limit = s.header_limit; }) == "the target limit is below the header limit");
  CHECK(message([](auto& s) { s.file_chunk = 0; }) == "the file chunk is at least 1024 bytes");
  CHECK(message([](auto& s) { s.connections = 0; }) == "the connection limit is at least 1");
  CHECK(message([](auto& s) { s.linger = {}; }) == "every time-out of the HTTP server is above zero");
  CHECK(message([](auto& s) { s.address = "localhost"; }) == "not a numeric address to listen on: localhost");
  CHECK_THAT(message([](auto& s) { s.tls = TlsFiles{"/nonexistent", "/nonexistent"}; }),
             Catch::Matchers::StartsWith("cannot use the TLS certificate /nonexistent"));
}

}  // namespace
}  // namespace assay::test::lifetime_test
