// Event streams and files: bodies that are not in memory.
#include <prometheus/registry.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <catch2/catch_all.hpp>
#include <deque>
#include <fstream>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>

#include "http/fixture.h"
#include "http/metrics.h"

namespace assay::test::stream_test {
namespace {

/// Events that a test publishes, and the bells of those who listen.
class Feed {
 public:
  void publish(std::string event) {
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
    for (const auto& bell : bells_) bell->ring();
  }
  void end() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    for (const auto& bell : bells_) bell->ring();
  }
  void attach(std::shared_ptr<EventBell> bell) {
    const std::lock_guard lock(mutex_);
    bells_.push_back(std::move(bell));
  }
  std::optional<std::string> after(std::size_t& position) {
    const std::lock_guard lock(mutex_);
    std::string text;
    for (; position < events_.size(); ++position)
      text += sse_event(std::to_string(position + 1), "step", events_[position]);
    if (text.empty() && ended_) return std::nullopt;
    return text;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> events_;
  std::vector<std::shared_ptr<EventBell>> bells_;
  bool ended_ = false;
};

class FeedSource final : public EventSource {
 public:
  FeedSource(Feed& feed, std::size_t position) : feed_(feed), position_(position) {}
  void attach(std::shared_ptr<EventBell> bell) override { feed_.attach(std::move(bell)); }
  std::optional<std::string> next() override { return feed_.after(position_); }

 private:
  Feed& feed_;
  std::size_t position_;
};

TestHandler stream_of(Feed& feed) {
  return [&feed](Request& request) -> Result<Response> {
    const std::size_t seen = std::stoul(std::string(request.header("Last-Event-ID").value_or("0")));
    return event_stream(std::make_unique<FeedSource>(feed, seen));
  };
}

std::string open_stream(std::string_view target, std::string_view fields = "") {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(fields) + "\r\n";
}

TEST_CASE("an event has one line a field") {
  CHECK(sse_event("1", "step", "a") == "id: 1\nevent: step\ndata: a\n\n");
  CHECK(sse_event("", "", "a\nb\r\nc\rd") == "data: a\ndata: b\ndata: c\ndata: d\n\n");
  CHECK(sse_event("", "", "") == "data: \n\n");
  CHECK_THROWS(sse_event("1\n", "", ""));
  CHECK_THROWS(sse_event("", "a\rb", ""));
}

TEST_CASE("a stream delivers what is published, beats while nothing is, and resumes") {
  const std::string target = GENERATE("/events", "/pool-events");
  ServerSettings settings = test_settings();
  settings.heartbeat = std::chrono::milliseconds(20);
  TestServer server(settings);
  Feed feed;
  server.on(target, stream_of(feed));
  server.start();
  feed.publish("one");
  Client client(server.port());
  client.send(open_stream(target));
  const std::string head = client.read_until("\r\n\r\n");
  CHECK_THAT(head, Catch::Matchers::ContainsSubstring("Content-Type: text/event-stream"));
  CHECK_THAT(head, Catch::Matchers::ContainsSubstring("Transfer-Encoding: chunked"));
  client.read_until("id: 1\nevent: step\ndata: one\n\n");
  client.read_until(":\n\n");
  feed.publish("two");
  client.read_until("id: 2\nevent: step\ndata: two\n\n");
  client.read_until(":\n\n");
  client.read_until(":\n\n");

  Client resumed(server.port());
  resumed.send(open_stream(target, "Last-Event-ID: 1\r\n"));
  CHECK_THAT(resumed.read_until("data: two\n\n"), !Catch::Matchers::ContainsSubstring("data: one"));
  feed.end();
  resumed.read_until("0\r\n\r\n");
  resumed.send("GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(resumed.read().status == 200);
}

TEST_CASE("many publishers ring at once and nothing is lost") {
  TestServer server;
  Feed feed;
  server.on("/events", stream_of(feed));
  server.start();
  Client client(server.port());
  client.send(open_stream("/events"));
  client.read_until("\r\n\r\n");
  std::vector<std::thread> publishers;
  for (int i = 0; i < 4; ++i)
    publishers.emplace_back([&] {
      for (int k = 0; k < 500; ++k) feed.publish("x");
    });
  client.read_until("id: 2000\nevent: step\ndata: x\n\n");
  for (std::thread& thread : publishers) thread.join();
}

TEST_CASE("stopping ends streams in order, and ringing afterwards does nothing") {
  Feed feed;
  {
    TestServer server;
    server.on("/events", stream_of(feed));
    server.start();
    Client client(server.port());
    client.send(open_stream("/events"));
    client.read_until("\r\n\r\n");
    feed.publish("one");
    client.read_until("data: one\n\n");
    server.stop();
    CHECK_THAT(client.read_all(), Catch::Matchers::EndsWith("0\r\n\r\n"));
  }
  feed.publish("two");
}

TEST_CASE("a stream to HTTP/1.0 ends with the connection, HEAD has no body") {
  TestServer server;
  Feed feed;
  feed.publish("one");
  feed.end();
  server.on("/events", stream_of(feed));
  server.start();
  Client old(server.port());
  old.send("GET /events HTTP/1.0\r\n\r\n");
  const Answer answer = old.read();
  CHECK(answer.header("Transfer-Encoding").empty());
  CHECK(answer.body == "id: 1\nevent: step\ndata: one\n\n");
  Client head(server.port());
  head.send("HEAD /events HTTP/1.1\r\nHost: localhost\r\n\r\nGET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(head.read(true).header("Content-Type") == "text/event-stream");
  CHECK(head.read().status == 200);
}

/// A file that goes with the test.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& content) {
    char name[] = "/tmp/assay-http-XXXXXX";
    const int descriptor = ::mkstemp(name);
    ::close(descriptor);
    path_ = name;
    std::ofstream(path_, std::ios::binary) << content;
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

TEST_CASE("files are sent whole or in part") {
  std::string content;
  while (content.size() < 1'000'000) content += std::to_string(content.size());
  const TemporaryFile file(content);
  TestServer server;
  server.on("/files/{name}", [&](Request& request) -> Result<Response> {
    FileBody body{.path = file.path()};
    if (request.parameter("name") == "part") {
      body.offset = 10;
      body.length = 100'000;
    } else if (request.parameter("name") == "beyond") {
      body.offset = 10'000'000;
    } else if (request.parameter("name") == "missing") {
      body.path = "/nonexistent/secret";
    }
    Response response;
    response.content_type = media::binary;
    response.body = std::move(body);
    return response;
  });
  server.start();
  CHECK(get(server.port(), "/files/whole").body == content);
  CHECK(get(server.port(), "/files/part").body == content.substr(10, 100'000));
  CHECK(get(server.port(), "/files/beyond").header("Content-Length") == "0");
  const Answer missing = get(server.port(), "/files/missing");
  CHECK(missing.status == 500);
  CHECK(missing.body.find("secret") == std::string::npos);
  Client client(server.port());
  client.send("HEAD /files/whole HTTP/1.1\r\nHost: localhost\r\n\r\n" + open_stream("/files/part"));
  CHECK(client.read(true).header("Content-Length") == std::to_string(content.size()));
  CHECK(client.read().body.size() == 100'000);
}

TEST_CASE("a request leaves a line in the access log and figures in the metrics, its failure one in the error log") {
  std::ostringstream access;
  std::ostringstream errors;
  ServerSettings settings = test_settings();
  settings.io_threads = 1;
  settings.access_log = [&access](std::string_view lines) { access << lines; };
  settings.error_log =
      std::make_shared<spdlog::logger>("error", std::make_shared<spdlog::sinks::ostream_sink_mt>(errors));
  settings.error_log->set_pattern("%v");
  settings.metrics = std::make_shared<prometheus::Registry>();
  TestServer server(settings);
  server.on("/people/{id}", [](Request& request) -> Result<Response> {
    request.principal = "ann \"a\"";
    return json_text("12345");
  });
  server.on("/pool", [](Request&) -> Result<Response> { throw std::runtime_error("the cause"); });
  server.start();
  const Answer found = get(server.port(), "/people/secret-name");
  const Answer failed = get(server.port(), "/pool");
  CHECK(get(server.port(), "/nothing").status == 404);
  CHECK(ask(server.port(), "nonsense\r\n\r\n").status == 400);
  server.stop();

  std::istringstream lines(access.str());
  std::vector<Json> rows;
  for (std::string line; std::getline(lines, line);) rows.push_back(Json::parse(line));
  REQUIRE(rows.size() == 4);
  CHECK(rows[0]["request"] == found.header("X-Request-Id"));
  CHECK(rows[0]["route"] == "/people/{id}");
  CHECK(rows[0]["method"] == "GET");
  CHECK(rows[0]["status"] == 200);
  CHECK(rows[0]["principal"] == "ann \"a\"");
  CHECK(rows[0]["peer"] == "127.0.0.1");
  CHECK(rows[0]["duration_us"].is_number_unsigned());
  CHECK(rows[0]["bytes"].get<std::size_t>() > 5);
  CHECK(rows[1]["status"] == 500);
  CHECK(rows[2]["route"] == "-");
  CHECK(rows[3]["method"] == "-");
  CHECK(access.str().find("secret-name") == std::string::npos);
  CHECK(errors.str() == "request " + failed.header("X-Request-Id") + ": the cause\n");

  const std::string text = text_exposition(*settings.metrics);
  for (const char* line : {"assay_http_requests_total{method=\"GET\",route=\"/people/{id}\",status=\"2xx\"} 1",
                           "assay_http_requests_total{method=\"GET\",route=\"/pool\",status=\"5xx\"} 1",
                           "assay_http_requests_total{method=\"none\",route=\"none\",status=\"4xx\"} 2",
                           "assay_http_request_duration_seconds_count{method=\"GET\",route=\"/people/{id}\"} 1",
                           "assay_http_connections 0", "assay_http_pool_queue 0", "assay_http_event_streams 0"}) {
    INFO(line);
    CHECK(text.find(line) != std::string::npos);
  }
}

}  // namespace
}  // namespace assay::test::stream_test
