// The event feed: pages to poll and a stream that goes on where it was left.
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::feed_test {
namespace {

/// The stream of one person, from after an event on; `from` is a header.
std::unique_ptr<Client> open_stream(Stage& stage, const std::string& who, const std::string& query,
                                    const std::string& from = {}) {
  auto client = std::make_unique<Client>(stage.port());
  client->send("GET /api/v1/events" + query +
               " HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nAuthorization: Bearer " + stage.person(who).token +
               "\r\n" + (from.empty() ? "" : "Last-Event-ID: " + from + "\r\n") + "\r\n");
  const std::string head = client->read_until("\r\n\r\n");
  CHECK(head.starts_with("HTTP/1.1 200"));
  CHECK(head.find("Content-Type: text/event-stream") != std::string::npos);
  CHECK(head.find("Cache-Control: no-store") != std::string::npos);
  return client;
}

struct Told {
  std::string id, type;
  Json data;
};

/// The next event of the stream.
Told next_of(Client& stream) {
  for (;;) {
    const std::string id = stream.read_until("\n");
    if (!id.starts_with("id: ")) continue;  // a chunk's frame, or a comment that keeps the line open
    const std::string type = stream.read_until("\n"), data = stream.read_until("\n");
    REQUIRE(type.starts_with("event: "));
    REQUIRE(data.starts_with("data: "));
    return {id.substr(4, id.size() - 5), type.substr(7, type.size() - 8), Json::parse(data.substr(6))};
  }
}

std::string position(Stage& stage) {
  stage.events_since();
  std::string last = "0";
  for (bool more = true; more;) {
    const Json page = stage.must("admin", "GET", "/api/v1/events?limit=200&after=" + last);
    last = page.at("last").dump();
    more = !page.at("next").is_null();
  }
  return last;
}

std::string repeated(const std::string& item, int count) {
  std::string query = item;
  for (int i = 1; i < count; ++i) query += "&" + item;
  return query;
}

TEST_CASE("who polls goes on behind what they do not see") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string before = position(stage);
  scheduled_review(stage, "unseen");
  stage.events_since();
  const Json page = stage.must("owner", "GET", "/api/v1/events?after=" + before);
  CHECK(page.at("items").empty());
  CHECK(page.at("last").get<std::int64_t>() > std::stoll(before));
  issued_nonconformity(stage, "seen_after", "audits/" + stage.names.at("audit"));
  stage.events_since();
  const Json next = stage.must("owner", "GET", "/api/v1/events?limit=1&after=" + page.at("last").dump());
  REQUIRE(next.at("items").size() == 1);
  CHECK(next.at("items").at(0).at("data").at("id") == stage.names.at("seen_after"));
  CHECK(next.at("last") == next.at("items").at(0).at("position"));  // as there are more
}

TEST_CASE("the feed has every event once, in order, thin or full") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string before = position(stage);
  const std::string review = scheduled_review(stage, "fed");
  stage.act("admin", review, "gather_inputs", {{"feedback", "All fine."}});
  stage.events_since();
  const Json page = stage.must("admin", "GET", "/api/v1/events?type=management-review.*&after=" + before);
  std::vector<Json> ours;
  for (const Json& event : page.at("items")) {
    if (event.at("data").at("id") == stage.names.at("fed")) ours.push_back(event);
  }
  REQUIRE(ours.size() == 2);
  CHECK(ours[0].at("position") < ours[1].at("position"));
  const Json& data = ours[1].at("data");
  CHECK(ours[1].at("type") == "management-review.inputs_gathered");
  CHECK(data.at("sequence") == 2);
  CHECK(data.at("actor") == stage.names.at("admin"));
  CHECK(data.at("href") == "/api/v1/" + review);
  CHECK(data.at("state") == "scheduled");
  CHECK_FALSE(data.contains("facts"));
  const std::string own = "/api/v1/" + review + "/events";
  stage.run(
      {{"full", "admin", "GET", own + "?full=true", {}, "", 200, {"\"facts\":", "All fine."}},
       {"of one type",
        "admin",
        "GET",
        own + "?type=management-review.scheduled",
        {},
        "",
        200,
        {"management-review.scheduled"},
        {"inputs_gathered"}},
       {"of several",
        "admin",
        "GET",
        own + "?type=management-review.scheduled&type=management-review.inputs_gathered",
        {},
        "",
        200,
        {"scheduled", "inputs_gathered"}},
       {"of another", "admin", "GET", own + "?type=audit.*", {}, "", 200, {"\"items\":[]"}},
       {"neither full nor not", "admin", "GET", own + "?full=yes", {}, "", 400, {"?full"}},
       {"of too many types", "admin", "GET", "/api/v1/events?" + repeated("type=x", 1001), {}, "", 400, {"?type"}},
       {"of too many types of a record", "admin", "GET", own + "?" + repeated("type=x", 101), {}, "", 400, {"?type"}},
       {"from a strange place", "admin", "GET", "/api/v1/events?after=-1", {}, "", 400, {"?after"}},
       {"from the future", "admin", "GET", "/api/v1/events?after=99999999", {}, "", 200, {"\"items\":[]"}}});
}

TEST_CASE("the stream tells what happens, and goes on from the last event that was seen") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string before = position(stage);
  auto stream = open_stream(stage, "admin", "?type=management-review.*", before);
  const std::string review = scheduled_review(stage, "streamed");
  const Told first = next_of(*stream);
  CHECK(first.type == "management-review.scheduled");
  CHECK(first.data.at("data").at("id") == stage.names.at("streamed"));
  stage.act("admin", review, "gather_inputs", {{"feedback", "One."}});
  const Told second = next_of(*stream);
  CHECK(second.type == "management-review.inputs_gathered");
  CHECK(std::stoll(second.id) > std::stoll(first.id));
  stream.reset();
  stage.act("admin", review, "gather_inputs", {{"feedback", "While nobody listened."}});
  stream = open_stream(stage, "admin", "?type=management-review.*", second.id);
  const Told third = next_of(*stream);
  CHECK(third.data.at("data").at("sequence") == 3);
  const auto from_query = open_stream(stage, "admin", "?type=management-review.*&after=" + first.id);
  CHECK(next_of(*from_query).id == second.id);
  CHECK(next_of(*from_query).id == third.id);
  stage.run({"a strange id",
             "admin",
             "GET",
             "/api/v1/events",
             {"Accept: text/event-stream", "Last-Event-ID: x"},
             "",
             400,
             {"Last-Event-ID"}});
  for (const char* of_pages : {"limit=1", "cursor=NQ", "full=true"}) {
    stage.run({"what a stream does not have",
               "admin",
               "GET",
               std::string("/api/v1/events?") + of_pages,
               {"Accept: text/event-stream"},
               "",
               400,
               {"is for pages"}});
  }
}

TEST_CASE("a stream shows what its reader sees, and ends with their rights") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  stage.join("listener", "Lisa Listener", {"isms_manager"});
  const std::string before = position(stage);
  auto all = open_stream(stage, "listener", "", before), little = open_stream(stage, "owner", "", before);
  scheduled_review(stage, "overheard");
  CHECK(next_of(*all).data.at("data").at("id") == stage.names.at("overheard"));
  issued_nonconformity(stage, "heard", "audits/" + stage.names.at("audit"));
  CHECK(next_of(*little).data.at("data").at("id") == stage.names.at("heard"));
  stage.must("admin", "DELETE", "/api/v1/people/{listener}", {}, {"If-Match: {etag}"});
  scheduled_review(stage, "unheard");
  const std::string rest = all->read_until("\r\n0\r\n\r\n");
  CHECK(rest.find(stage.names.at("unheard")) == std::string::npos);
}

}  // namespace
}  // namespace assay::test::feed_test
