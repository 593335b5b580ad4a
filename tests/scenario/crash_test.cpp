// The process is killed right after it has said yes: what it has said holds, and what it owes is done.
#include <chrono>
#include <thread>

#include "scenario/first.h"
#include "scenario/inbox.h"
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::crash_test {
namespace {

TEST_CASE("an answered write survives SIGKILL, and its webhook is delivered by the next start") {
  const std::string engine = GENERATE(as<std::string>(), "sqlite", "postgresql");
  INFO("engine: " << engine);
  if (engine == "postgresql" && std::getenv("ASSAY_TEST_POSTGRES") == nullptr)
    SKIP("ASSAY_TEST_POSTGRES is not set: PostgreSQL is NOT tested");
  Folder folder(engine);
  const std::string link = folder.found("Elbwerk", "Jonas Brandt", "jonas@elbwerk.example");
  const std::vector<std::string> arguments =
      folder.serving({"--webhook-allow", "127.0.0.1/32", "--webhook-allow-http"});
  std::uint16_t port = 0;
  {
    const Inbox nobody;  // gives a port that nobody listens on when it matters
    port = nobody.port();
  }
  auto server = std::make_unique<Program>(arguments, folder.log());
  const std::string token = token_of_first(server->port(), link);
  const std::string wish =
      Json{{"url", "http://127.0.0.1:" + std::to_string(port) + "/hook"}, {"types", {"management-review.*"}}}.dump();
  REQUIRE(send_to(server->port(), "POST", "/api/v1/webhooks", token, wish).status == 201);

  std::vector<std::string> promised;
  for (int i = 0; i < 3; ++i) {
    const Answer made =
        send_to(server->port(), "POST", "/api/v1/management-reviews", token, review_input("Promised").dump());
    REQUIRE(made.status == 201);
    promised.push_back(parsed(made).at("id"));
  }
  server->kill();
  const Inbox inbox([](const Message&) { return 200U; }, port);
  const auto all_are_there = [&] {
    server = std::make_unique<Program>(arguments, folder.log());
    for (const std::string& id : promised) {
      CHECK(send_to(server->port(), "GET", "/api/v1/management-reviews/" + id, token, "").status == 200);
    }
  };
  all_are_there();
  if (engine == "sqlite") {  // where servers may share a database, one that vanished keeps its endpoints for a while
    for (const std::string& id : promised) {
      const Message got = inbox.wait_for("management-review.scheduled", id);
      CHECK(got.data().at("sequence") == 1);
    }
  }
  server->kill();
  all_are_there();
  CHECK(server->stop() == 0);
}

TEST_CASE("a second server on the same folder is refused, and the first goes on") {
  Folder folder("sqlite");
  folder.found("Elbwerk", "Jonas Brandt", "jonas@elbwerk.example");
  Program first(folder.serving(), folder.log());
  CHECK_THROWS_WITH(Program(folder.serving(), folder.log()), Catch::Matchers::ContainsSubstring("in use"));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);  // its plugins may load still
  while (get(first.port(), "/readyz").status != 200 && std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  CHECK(get(first.port(), "/readyz").status == 200);
  CHECK(first.stop() == 0);
}

}  // namespace
}  // namespace assay::test::crash_test
