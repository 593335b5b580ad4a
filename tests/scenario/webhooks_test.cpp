// Webhooks, from the endpoint that an administrator makes to the message that a receiver verifies.
#include <date/date.h>

#include <regex>
#include <thread>

#include "domain/time.h"
#include "scenario/inbox.h"
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::webhooks_test {
namespace {

const std::vector<std::string> version = {"If-Match: {etag}"};

struct Hook {
  std::string path, secret;
};

Hook hook(Stage& stage, const std::string& url, const Json& more = Json::object()) {
  Json wish = {{"url", url}};
  wish.update(more);
  const Json made = stage.must("admin", "POST", "/api/v1/webhooks", wish.dump());
  return {"/api/v1/webhooks/" + made.at("id").get<std::string>(), made.at("secret")};
}

void remove(Stage& stage, const Hook& of) { stage.must("admin", "DELETE", of.path, {}, {"If-Match: {etag}"}); }

/// The endpoint's newest delivery in that state, as soon as there is one.
Json delivery_in(Stage& stage, const Hook& of, const std::string& state) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(15);
  while (std::chrono::steady_clock::now() < deadline) {
    const Json all = stage.list("admin", of.path + "/deliveries?state=" + state);
    if (!all.empty())
      return stage.must("admin", "GET", of.path + "/deliveries/" + all.at(0).at("id").get<std::string>());
    std::this_thread::yield();
  }
  throw std::runtime_error("no delivery is " + state);
}

/// The endpoint's newest delivery, as soon as it has been tried.
Json attempted(Stage& stage, const Hook& of) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(15);
  while (std::chrono::steady_clock::now() < deadline) {
    const Json all = stage.list("admin", of.path + "/deliveries");
    if (!all.empty() && all.at(0).at("attempts") > 0)
      return stage.must("admin", "GET", of.path + "/deliveries/" + all.at(0).at("id").get<std::string>());
    std::this_thread::yield();
  }
  throw std::runtime_error("nothing has been tried");
}

Instant time_of(const Json& text) { return parse_instant(text.get<std::string>()).value(); }

TEST_CASE("a webhook is signed, thin, and told once for each event of its types") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const Inbox inbox;
  const Answer made =
      stage.run({"made",
                 "admin",
                 "POST",
                 "/api/v1/webhooks",
                 {},
                 Json{{"url", inbox.url()}, {"types", {"management-review.*"}}, {"description", "Tickets"}}.dump(),
                 201,
                 {"\"secret\":\"whsec_", "\"state\":\"on\"", "\"payload\":\"thin\"", "Location: /api/v1/webhooks/"},
                 {},
                 {"webhook.made"},
                 "signed_hook"});
  const Hook of{stage.fill("/api/v1/webhooks/{signed_hook}"), parsed(made).at("secret")};
  CHECK(std::regex_match(of.secret, std::regex("whsec_[A-Za-z0-9+/]{32,86}={0,2}")));
  stage.run(
      {{"deliveries of an unknown state", "admin", "GET", of.path + "/deliveries?state=lost", {}, "", 400, {"?state"}},
       {"the secret is never shown again", "admin", "GET", of.path, {}, "", 200, {}, {of.secret, "whsec_"}},
       {"nor in the list", "admin", "GET", "/api/v1/webhooks", {}, "", 200, {"{signed_hook}"}, {"whsec_"}},
       {"nor in the feed",
        "admin",
        "GET",
        "/api/v1/events?type=webhook.made&full=true&limit=200",
        {},
        "",
        200,
        {"webhook.made"},
        {"whsec_", "\"secret\""}}});
  audit_in(stage, "not_told", "planned");
  scheduled_review(stage, "told");
  const Message got = inbox.wait_for("management-review.scheduled", stage.names.at("told"));
  CHECK(got.signed_with(of.secret));
  CHECK(got.headers.at("content-type") == "application/json");
  CHECK(got.id().find('.') == std::string::npos);
  CHECK(got.body.size() < 20'000);
  CHECK_FALSE(got.data().contains("facts"));
  CHECK(got.data().at("sequence") == 1);
  const Json delivery = delivery_in(stage, of, "delivered");
  CHECK(delivery.at("id") == got.id());
  const Json& attempt = delivery.at("log").at(0);
  CHECK(attempt.at("status") == 200);
  CHECK(attempt.at("outcome") == "delivered");
  CHECK(attempt.at("response").at("body") == "thanks");
  CHECK(attempt.at("request").at("body") == got.body);
  CHECK(attempt.dump().find(of.secret) == std::string::npos);
  for (const Message& message : inbox.messages()) CHECK(message.type().starts_with("management-review."));
  stage.run({"delivered again",
             "admin",
             "POST",
             of.path + "/deliveries/" + got.id() + "/redeliver",
             {},
             "",
             202,
             {got.id()},
             {},
             {"webhook.redelivered"}});
  inbox.wait_for_count(2);
  CHECK(inbox.messages().back().id() == got.id());
  CHECK(inbox.messages().back().body == got.body);
  remove(stage, of);
}

TEST_CASE("full payloads, CloudEvents, the test event, and off and on") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const Inbox inbox;
  const Hook of = hook(stage, inbox.url(),
                       {{"types", {"management-review.scheduled"}}, {"payload", "full"}, {"style", "cloudevents"}});
  scheduled_review(stage, "full_told");
  const Message full = inbox.wait_for("management-review.scheduled", stage.names.at("full_told"));
  CHECK(full.data().at("facts").at("set").at("title") == "Review full_told");
  CHECK(full.headers.at("ce-specversion") == "1.0");
  CHECK(full.headers.at("ce-type") == "management-review.scheduled");
  CHECK(full.signed_with(of.secret));
  stage.run({"a test event",
             "admin",
             "POST",
             of.path + "/test",
             {},
             "",
             202,
             {"Location: " + of.path + "/deliveries/"},
             {},
             {"webhook.tested"}});
  inbox.wait_for_count(2);
  CHECK(inbox.messages().back().signed_with(of.secret));
  stage.run({"off",
             "admin",
             "PATCH",
             of.path,
             version,
             R"({"state":"off"})",
             200,
             {"\"state\":\"off\""},
             {},
             {"webhook.changed"}});
  scheduled_review(stage, "while_off");
  stage.run({"on",
             "admin",
             "PATCH",
             of.path,
             version,
             R"({"state":"on"})",
             200,
             {"\"state\":\"on\""},
             {},
             {"webhook.changed"}});
  scheduled_review(stage, "after_on");
  inbox.wait_for("management-review.scheduled", stage.names.at("after_on"));
  remove(stage, of);
  stage.run({{"removed", "admin", "GET", of.path, {}, "", 404},
             {"no test either", "admin", "POST", of.path + "/test", {}, "", 404}});
}

TEST_CASE("while a secret is replaced both sign") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const Inbox inbox;
  const Hook of = hook(stage, inbox.url(), {{"types", {"management-review.scheduled"}}});
  const Answer rotated = stage.run({"rotated",
                                    "admin",
                                    "POST",
                                    of.path + "/secret",
                                    version,
                                    "",
                                    200,
                                    {"\"secret\":\"whsec_", "\"old_secret_until\":\"20"},
                                    {},
                                    {"webhook.secret_rotated"}});
  const std::string fresh = parsed(rotated).at("secret");
  CHECK(fresh != of.secret);
  scheduled_review(stage, "both_sign");
  const Message got = inbox.wait_for("management-review.scheduled", stage.names.at("both_sign"));
  CHECK(got.signed_with(of.secret));
  CHECK(got.signed_with(fresh));
  const std::string stranger = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  CHECK_FALSE(got.signed_with(stranger));
  remove(stage, of);
}

TEST_CASE("a receiver that is gone switches its endpoint off, one that fails is tried again") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const Inbox gone([](const Message&) { return 410U; });
  const Hook off = hook(stage, gone.url(), {{"types", {"management-review.scheduled"}}});
  std::atomic<int> seen = 0;
  const Inbox failing([&](const Message&) { return seen++ == 0 ? 500U : 200U; });
  const Hook retried = hook(stage, failing.url(), {{"types", {"management-review.scheduled"}}});
  scheduled_review(stage, "gone");
  gone.wait_for("management-review.scheduled", stage.names.at("gone"));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(15);
  Json shown;
  do {
    shown = stage.must("admin", "GET", off.path);
  } while (shown.at("state") == "on" && std::chrono::steady_clock::now() < deadline);
  CHECK(shown.at("state") == "disabled");
  CHECK_FALSE(shown.at("reason").is_null());
  stage.run(
      {{"told in the feed", "admin", "GET", "/api/v1/events?type=webhook.disabled&limit=200", {}, "", 200, {off.path}},
       {"on again",
        "admin",
        "PATCH",
        off.path,
        version,
        R"({"state":"on"})",
        200,
        {"\"state\":\"on\"", "\"reason\":null"},
        {},
        {"webhook.changed"}}});
  failing.wait_for_count(2);
  const std::vector<Message> both = failing.messages();
  CHECK(both[0].id() == both[1].id());
  CHECK(both[0].body == both[1].body);
  const Json delivery = delivery_in(stage, retried, "delivered");
  CHECK(delivery.at("log").size() == 2);
  CHECK(delivery.at("log").at(0).at("status") == 500);
  remove(stage, off);
  remove(stage, retried);
}

/// RFC 9110, 5.6.7, in whole seconds.
std::string http_date(std::chrono::seconds from_now) {
  return date::format("%a, %d %b %Y %H:%M:%S GMT",
                      std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()) + from_now);
}

TEST_CASE("a receiver that asks for time by Retry-After is given it, up to a day") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  using namespace std::chrono_literals;
  struct Asked {
    const char* what;
    unsigned status;
    std::function<std::string()> retry_after;  // as the answer is made; nothing: without the header
    std::chrono::seconds least, most;          // between the attempt and the next try
  };
  const auto text = [](const char* value) { return [value] { return std::string(value); }; };
  const auto date = [](std::chrono::seconds after) { return [after] { return http_date(after); }; };
  // Every next try is later by what the attempt itself takes, and by up to a tenth when the schedule says when.
  for (const Asked& row : std::vector<Asked>{{"busy, in seconds", 429, text("120"), 120s, 135s},
                                             {"down, in seconds", 503, text("120"), 120s, 135s},
                                             {"busy, as a date", 429, date(300s), 298s, 315s},
                                             {"down, as a date", 503, date(300s), 298s, 315s},
                                             {"busy beyond the maximum", 429, text("999999999"), 24h, 24h + 15s},
                                             {"down beyond the maximum", 503, date(240h), 24h, 24h + 15s},
                                             {"sooner than the schedule", 503, text("1"), 5s, 20s},
                                             {"a date in the past", 503, date(-300s), 5s, 20s},
                                             {"no time at all", 503, text("soon"), 5s, 20s},
                                             {"busy, without saying for how long", 429, {}, 60s, 75s}}) {
    INFO(row.what);
    const Inbox busy([&](const Message&) {
      return row.retry_after ? Reply(row.status, {{"Retry-After", row.retry_after()}}) : Reply(row.status);
    });
    const Hook of = hook(stage, busy.url(), {{"types", {"management-review.scheduled"}}});
    scheduled_review(stage, "asks_for_time");
    const Json delivery = attempted(stage, of);
    CHECK(delivery.at("state") == "pending");
    const Json& attempt = delivery.at("log").at(0);
    CHECK(attempt.at("status") == row.status);
    const bool shown = attempt.at("response").dump().find("Retry-After") != std::string::npos;
    CHECK(shown == static_cast<bool>(row.retry_after));
    const auto wait = time_of(delivery.at("next")) - time_of(attempt.at("at"));
    INFO("waits " << wait.count() << " ms");
    CHECK(wait >= row.least);
    CHECK(wait <= row.most);
    remove(stage, of);
  }
}

TEST_CASE("after the time that it asked for a receiver is tried again") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  std::atomic<int> seen = 0;
  const Inbox resting([&](const Message&) { return seen++ == 0 ? Reply(503, {{"Retry-After", "7"}}) : Reply(200); });
  const Hook of = hook(stage, resting.url(), {{"types", {"management-review.scheduled"}}});
  scheduled_review(stage, "rested");
  resting.wait_for_count(2);
  const Json log = delivery_in(stage, of, "delivered").at("log");
  REQUIRE(log.size() == 2);
  CHECK(time_of(log.at(1).at("at")) - time_of(log.at(0).at("at")) >= std::chrono::seconds(7));
  remove(stage, of);
}

TEST_CASE("addresses that are nobody's to reach are refused when it comes to connecting") {
  Stage& stage = Stage::on("sqlite");
  for (const char* url : {"http://127.0.0.2:60010/", "http://10.0.0.1:60010/", "http://169.254.169.254:60010/latest",
                          "http://[::1]:60010/", "http://[::ffff:10.0.0.1]:60010/", "http://0.0.0.0:60010/",
                          "http://192.168.1.1:60010/", "http://100.64.0.1:60010/"}) {
    INFO(url);
    const Hook of = hook(stage, url, {{"types", {"webhook.none"}}});
    const std::string id = stage.must("admin", "POST", of.path + "/test").at("delivery");
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    Json log = Json::array();
    while (log.empty() && std::chrono::steady_clock::now() < deadline)
      log = stage.must("admin", "GET", of.path + "/deliveries/" + id).at("log");
    REQUIRE_FALSE(log.empty());
    CHECK(log.at(0).at("outcome").get<std::string>().starts_with("blocked_address"));
    CHECK(log.at(0).at("status").is_null());
    remove(stage, of);
  }
  stage.run(
      {{"no URL", "admin", "POST", "/api/v1/webhooks", {}, "{}", 422, {"/url"}},
       {"another scheme", "admin", "POST", "/api/v1/webhooks", {}, R"({"url":"file:///etc/passwd"})", 422, {"/url"}},
       {"with a password",
        "admin",
        "POST",
        "/api/v1/webhooks",
        {},
        R"({"url":"http://a:b@example.com/"})",
        422,
        {"/url"}},
       {"a port of mail",
        "admin",
        "POST",
        "/api/v1/webhooks",
        {},
        R"({"url":"http://example.com:25/"})",
        422,
        {"/url"}},
       {"no such type",
        "admin",
        "POST",
        "/api/v1/webhooks",
        {},
        R"({"url":"http://127.0.0.1:60010/","types":["*"]})",
        422,
        {"/types/0"}},
       {"no such payload",
        "admin",
        "POST",
        "/api/v1/webhooks",
        {},
        R"({"url":"http://127.0.0.1:60010/","payload":"fat","style":"art","state":"disabled"})",
        422,
        {"/payload", "/style", "/state"}},
       {"not for managers", "manager", "POST", "/api/v1/webhooks", {}, R"({"url":"http://127.0.0.1:60010/"})", 403}});
}

TEST_CASE("a receiver of one organisation hears nothing of the other, and everything again from a position") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const Inbox inbox;
  const Json made = stage.must("other", "POST", "/api/v1/webhooks", Json{{"url", inbox.url()}}.dump());
  const std::string path = "/api/v1/webhooks/" + made.at("id").get<std::string>();
  scheduled_review(stage, "ours_only");
  const std::string theirs =
      stage.must("other", "POST", "/api/v1/management-reviews", review_input("Theirs").dump()).at("id");
  const Message first = inbox.wait_for("management-review.scheduled", theirs);
  const std::int64_t before = first.data().at("event").at("position").get<std::int64_t>() - 1;
  for (const Message& message : inbox.messages())
    CHECK(message.body.find(stage.names.at("ours_only")) == std::string::npos);
  stage.run({{"from a strange place", "other", "POST", path + "/replay", {}, R"({"after":-1})", 422, {"/after"}},
             {"from the future", "other", "POST", path + "/replay", {}, R"({"after":99999999})", 422, {"/after"}},
             {"again from before it",
              "other",
              "POST",
              path + "/replay",
              {},
              R"({"after":)" + std::to_string(before) + "}",
              202,
              {},
              {},
              {"webhook.replayed"}}});
  inbox.wait_for_times(theirs, 2);
  for (const Message& message : inbox.messages()) CHECK(message.signed_with(made.at("secret")));
  stage.must("other", "DELETE", path, {}, {"If-Match: {etag}"});
}

}  // namespace
}  // namespace assay::test::webhooks_test
