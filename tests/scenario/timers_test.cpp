// The process is killed again and again while many timers fire: each has fired once in the end, each reminder is told
// once.
#include <algorithm>
#include <chrono>
#include <map>

#include "scenario/first.h"
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::timers_test {
namespace {

constexpr int many = 160;

/// The token of the one-time link that a first start prints.
std::string link_in(const std::string& said) {
  const std::string mark = "/invitation#";
  const auto at = said.find(mark);
  REQUIRE(at != std::string::npos);
  return said.substr(at + mark.size(), said.find_first_of(" \n", at) - at - mark.size());
}

/// A server that is begun with a clock set by hand, and killed at will.
struct Mortal {
  Mortal() { start(); }

  void start() {
    const std::vector<std::string> arguments = {
        "serve",
        "--data",
        folder.data().string(),
        "--clock",
        "manual",
        "--plugins",
        (folder.root / "plugins").string(),  // an empty folder, for a quick start
        "--listen",
        "127.0.0.1:0"};
    server = std::make_unique<Program>(arguments, folder.log());
  }
  Json must(const std::string& method, const std::string& path, const Json& body = Json()) {
    const Answer answer = send_to(server->port(), method, path, token, body.is_null() ? "" : body.dump());
    if (answer.status >= 300 || answer.status == 0) FAIL(method << " " << path << "\n" << answer.head << answer.body);
    return parsed(answer);
  }
  /// How often the log tells an event of each record.
  std::map<std::string, int> told(const std::string& type) {
    std::map<std::string, int> times;
    std::string after = "0";
    for (;;) {
      const Json page = must("GET", "/api/v1/events?limit=200&type=" + type + "&after=" + after);
      for (const Json& event : page.at("items")) ++times[event.at("data").at("id").get<std::string>()];
      if (page.at("next").is_null()) return times;
      after = page.at("last").dump();
    }
  }
  /// Sets the clock and waits for no answer: what is due begins to fire.
  void travel(const std::string& day) {
    const std::string body = Json{{"now", day + "T12:00:00Z"}}.dump();
    traveller = std::make_unique<Client>(server->port());
    traveller->send("PUT /api/v1/clock HTTP/1.1\r\nHost: x\r\n" + token +
                    "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
                    body);
  }

  Folder folder{"sqlite"};
  std::unique_ptr<Program> server;
  std::string token;
  std::unique_ptr<Client> traveller;
};

TEST_CASE("timers that fire while the process is killed again and again have fired once each, and told once") {
  const std::string overdue = "management-review.overdue", reminded = "management-review.reminded";
  Mortal mortal;
  constexpr int month = 30 * 24 * 3600;
  mortal.token = token_of_first(mortal.server->port(), link_in(mortal.server->said()), month);
  // On the way to day(20) half of them are reminded of on their day and late after it, and the others announced.
  std::map<std::string, std::map<std::string, int>> expected;
  for (int i = 0; i < many; ++i) {
    const bool passes = i % 2 == 0;
    Json input = review_input("Review " + std::to_string(i));
    input["planned_on"] = day(passes ? 2 : 34);
    const std::string id = mortal.must("POST", "/api/v1/management-reviews", input).at("id");
    expected[reminded][id] = 1;
    if (passes) expected[overdue][id] = 1;
  }
  const std::size_t all = expected.at(reminded).size() + expected.at(overdue).size();
  const auto fired = [&] { return mortal.told(overdue).size() + mortal.told(reminded).size(); };
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  int killed_on_the_way = 0;
  for (std::size_t done = 0; done < all; done = fired()) {
    mortal.travel(day(20));
    for (std::size_t now = done; now < std::min(all, done + all / 5); now = fired()) {
      INFO(now << " of " << all << " have fired");
      REQUIRE(std::chrono::steady_clock::now() < deadline);
    }
    mortal.server->kill();
    mortal.start();
    killed_on_the_way += fired() < all ? 1 : 0;
  }
  CHECK(killed_on_the_way > 0);
  CHECK(mortal.told(overdue) == expected.at(overdue));
  CHECK(mortal.told(reminded) == expected.at(reminded));
  // Another start finds nothing to do.
  mortal.server->kill();
  mortal.start();
  mortal.must("PUT", "/api/v1/clock", {{"now", day(20) + "T13:00:00Z"}});
  CHECK(mortal.told(overdue) == expected.at(overdue));
  CHECK(mortal.told(reminded) == expected.at(reminded));
  CHECK(mortal.server->stop() == 0);
}

}  // namespace
}  // namespace assay::test::timers_test
