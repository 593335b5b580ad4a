// The process is killed right after it has said yes: what it has said holds, and what it owes is done.
#include "scenario/inbox.h"
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test {
namespace {

Answer send(std::uint16_t port, const std::string& method, const std::string& path, const std::string& proof,
            const std::string& body) {
  std::string text = method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + proof;
  if (!body.empty())
    text += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  return ask(port, text + "\r\n" + body);
}

/// Sets the password of a one-time link and gets a token for everything.
std::string administrator(std::uint16_t port, const std::string& link) {
  const Answer in = send(port, "POST", "/api/v1/invitations/accept", "",
                         Json{{"token", link}, {"password", "a long enough password"}}.dump());
  REQUIRE(in.status == 201);
  const std::string cookie = in.header("Set-Cookie");
  const std::string proof = "Cookie: " + cookie.substr(0, cookie.find(';')) +
                            "\r\nX-CSRF-Token: " + parsed(in).at("csrf_token").get<std::string>() + "\r\n";
  const Answer made =
      send(port, "POST", "/api/v1/me/tokens", proof,
           Json{{"name", "x"}, {"scopes", {"read", "write", "admin"}}, {"expires", instant(3600)}}.dump());
  REQUIRE(made.status == 201);
  return "Authorization: Bearer " + parsed(made).at("token").get<std::string>() + "\r\n";
}

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
  const std::string token = administrator(server->port(), link);
  const std::string wish =
      Json{{"url", "http://127.0.0.1:" + std::to_string(port) + "/hook"}, {"types", {"management-review.*"}}}.dump();
  REQUIRE(send(server->port(), "POST", "/api/v1/webhooks", token, wish).status == 201);

  std::vector<std::string> promised;
  for (int i = 0; i < 3; ++i) {
    const Answer made =
        send(server->port(), "POST", "/api/v1/management-reviews", token, review_input("Promised").dump());
    REQUIRE(made.status == 201);
    promised.push_back(parsed(made).at("id"));
  }
  server->kill();
  const Inbox inbox([](const Message&) { return 200U; }, port);
  const auto all_are_there = [&] {
    server = std::make_unique<Program>(arguments, folder.log());
    for (const std::string& id : promised) {
      CHECK(send(server->port(), "GET", "/api/v1/management-reviews/" + id, token, "").status == 200);
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
  CHECK(get(first.port(), "/readyz").status == 200);
  CHECK(first.stop() == 0);
}

}  // namespace
}  // namespace assay::test
