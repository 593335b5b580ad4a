// What a receiver of webhooks gets, and what becomes of an endpoint, on a clock that the tests set.
#include "jobs/intake.h"
#include "jobs/post.h"
#include "storage/connection.h"

namespace assay::test::delivery_test {
namespace {

TEST_CASE("a committed event is sent at once, signed and thin") {
  Post post;
  Receiver receiver;
  const auto hook = post.hook(wish(receiver));
  const std::string record = post.review("Spring");
  post.worker->settle();

  const auto all = receiver.received();
  REQUIRE(all.size() == 1);
  CHECK(verdict(all[0], hook.secret) == SignatureVerdict::valid);
  CHECK(all[0].type() == "management-review.scheduled");
  const Json data = all[0].data();
  CHECK(data.at("id") == record);
  CHECK(data.at("type") == "management-review");
  CHECK(data.at("state") == "scheduled");
  CHECK(data.at("number") == post.find(record).number);
  CHECK(data.at("href") == "/api/v1/management-reviews/" + record);
  CHECK(data.at("sequence") == 1);
  CHECK(data.at("actor") == post.person_uuid);
  CHECK(data.at("links").at("parent").is_null());
  CHECK(data.at("event").at("position") == post.store->last_position());
  CHECK_FALSE(data.contains("facts"));

  const auto rows = post.deliveries(hook, "delivered");
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].message == all[0].id());
  CHECK_FALSE(rows[0].next);
  const auto attempts = post.attempts(rows[0]);
  REQUIRE(attempts.size() == 1);
  CHECK(attempts[0].status == 200);
  CHECK(attempts[0].outcome == "delivered");
  CHECK(attempts[0].request_body == all[0].body);
  CHECK(attempts[0].response_body == "thanks");
  CHECK(attempts[0].request_headers.find("webhook-signature: (not kept)") != std::string::npos);
  CHECK(attempts[0].request_headers.find("v1,") == std::string::npos);
}

TEST_CASE("the form of the payload is the endpoint's choice") {
  Post post;
  Receiver thin, full, cloud;
  post.hook(wish(thin));
  WebhookWish wants_full = wish(full);
  wants_full.payload = "full";
  post.hook(wants_full);
  WebhookWish wants_cloud = wish(cloud);
  wants_cloud.style = "cloudevents";
  post.hook(wants_cloud);
  post.review("Spring");
  post.worker->settle();
  REQUIRE(thin.count() == 1);
  CHECK_FALSE(thin.received()[0].data().contains("facts"));
  REQUIRE(full.count() == 1);
  CHECK(full.received()[0].data().at("facts").at("set").at("title") == "Spring");
  REQUIRE(cloud.count() == 1);
  const auto got = cloud.received();
  const auto& headers = got[0].headers;
  CHECK(headers.at("ce-specversion") == "1.0");
  CHECK(headers.at("ce-source") == "https://assay.example");
  CHECK(headers.at("ce-type") == "management-review.scheduled");
  CHECK(headers.at("ce-id") == got[0].id());
}

TEST_CASE("a failing delivery follows the schedule") {
  Post post;
  std::atomic<int> fails = 3;
  Receiver receiver([&](const Received&) { return fails-- > 0 ? Answer{500, {}, "broken"} : Answer{}; });
  const auto hook = post.hook(wish(receiver));
  post.review("Spring");
  post.worker->settle();
  struct Row {
    std::chrono::milliseconds early, rest;
    std::size_t attempts;
  };
  CHECK(receiver.count() == 1);
  for (const Row& row : {Row{4999ms, 1ms, 2}, Row{299'999ms, 1ms, 3}, Row{1'799'999ms, 1ms, 4}}) {
    post.later(row.early);
    CHECK(receiver.count() == row.attempts - 1);
    post.later(row.rest);
    CHECK(receiver.count() == row.attempts);
  }
  const auto rows = post.deliveries(hook, "delivered");
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].attempts == 4);
  const auto attempts = post.attempts(rows[0]);
  REQUIRE(attempts.size() == 4);
  CHECK(attempts[0].outcome == "failed");
  CHECK(attempts[0].status == 500);
  CHECK(attempts[0].response_body == "broken");
  std::set<std::string> ids, stamps;
  for (const Received& got : receiver.received()) {
    ids.insert(got.id());
    stamps.insert(got.headers.at("webhook-timestamp"));
  }
  CHECK(ids.size() == 1);
  CHECK(stamps.size() == 4);
  Snapshot at = post.store->read();
  CHECK_FALSE(failing_since(at, hook.id));
}

TEST_CASE("Retry-After lets the whole endpoint rest") {
  Post post;
  std::atomic<bool> busy = true;
  Receiver receiver([&](const Received&) { return busy ? Answer{429, {{"Retry-After", "120"}}} : Answer{}; });
  post.hook(wish(receiver));
  post.review("Spring");
  post.worker->settle();
  REQUIRE(receiver.count() == 1);
  busy = false;
  post.review("Summer");
  post.later(119s);
  CHECK(receiver.count() == 1);
  post.later(1s);
  CHECK(receiver.count() == 3);
}

TEST_CASE("410 switches the endpoint off") {
  Post post;
  Receiver receiver([](const Received&) { return Answer{410}; });
  const auto hook = post.hook(wish(receiver));
  post.review("Spring");
  post.worker->settle();
  CHECK(post.row(hook).state == "disabled");
  CHECK(post.row(hook).reason == "the receiver answered 410 Gone");
  REQUIRE(post.deliveries(hook, "exhausted").size() == 1);
  post.review("Summer");
  post.later(24h);
  CHECK(receiver.count() == 1);
}

TEST_CASE("five days of nothing but failures switch the endpoint off") {
  Post post;
  Receiver receiver([](const Received&) { return Answer{503}; });
  const auto hook = post.hook(wish(receiver));
  post.review("First");
  post.worker->settle();
  CHECK(post.row(hook).state == "on");
  post.later(119h);
  CHECK(post.row(hook).state == "on");
  post.later(1h);
  post.review("Second");
  post.worker->settle();
  CHECK(post.row(hook).state == "disabled");
}

TEST_CASE("both secrets sign while they overlap") {
  Post post;
  Receiver receiver;
  const auto hook = post.hook(wish(receiver));
  const Principal who = post.administrator();
  auto rotated = rotate_webhook_secret(*post.context, Call{who, post.row(hook).version}, hook.uuid);
  REQUIRE(rotated);
  post.review("Spring");
  post.worker->settle();
  REQUIRE(receiver.count() == 1);
  CHECK(verdict(receiver.received()[0], hook.secret) == SignatureVerdict::valid);
  CHECK(verdict(receiver.received()[0], rotated->secret) == SignatureVerdict::valid);
  post.clock.advance(24h);
  post.review("Summer");
  post.worker->settle();
  REQUIRE(receiver.count() == 2);
  CHECK(verdict(receiver.received()[1], hook.secret) == SignatureVerdict::no_match);
  CHECK(verdict(receiver.received()[1], rotated->secret) == SignatureVerdict::valid);
}

TEST_CASE("an endpoint gets the types that it names, and administrative events only by name") {
  struct Row {
    std::vector<std::string> types;
    std::vector<std::string> expected;
  };
  const std::vector<Row> rows = {
      {{}, {"management-review.scheduled", "management-review.inputs_gathered"}},
      {{"management-review.*"}, {"management-review.scheduled", "management-review.inputs_gathered"}},
      {{"management-review.inputs_gathered"}, {"management-review.inputs_gathered"}},
      {{"audit.*", "management-review.held"}, {}},
      {{"person.invited"}, {"person.invited"}},
      {{"person.*", "management-review.scheduled"}, {"person.invited", "management-review.scheduled"}},
  };
  for (const Row& row : rows) {
    Post post;
    Receiver receiver;
    post.hook(wish(receiver, row.types));
    const Principal who = post.administrator();
    REQUIRE(invite_person(*post.context, Call{who}, {"Maria Keller", "maria@elbwerk.example"}));
    post.gather(post.review("Spring"), "feedback");
    post.worker->settle();
    std::vector<std::string> types;
    for (const Received& got : receiver.received()) types.push_back(got.type());
    std::sort(types.begin(), types.end());
    auto expected = row.expected;
    std::sort(expected.begin(), expected.end());
    INFO(Json(row.types).dump());
    CHECK(types == expected);
  }
}

TEST_CASE("no payload holds a secret or the hash of one") {
  Post post;
  Receiver receiver;
  WebhookWish full = wish(receiver, {"webhook.*"});
  full.payload = "full";
  post.hook(full);
  post.hook(wish(receiver, {"audit.*"}));
  post.worker->settle();
  REQUIRE(receiver.count() == 1);
  const Json facts = receiver.received()[0].data().at("facts");
  CHECK(facts.at("url") == receiver.url());
  CHECK_FALSE(facts.contains("secret"));
  CHECK_FALSE(facts.contains("old_secret"));
}

TEST_CASE("a test event is tried once and judges nobody") {
  Post post;
  std::atomic<unsigned> status = 500;
  Receiver receiver([&](const Received&) { return Answer{status}; });
  const auto hook = post.hook(wish(receiver));
  auto first = post.ping(hook);
  REQUIRE(first);
  post.worker->settle();
  REQUIRE(receiver.count() == 1);
  CHECK(receiver.received()[0].type() == "webhook.test");
  CHECK(receiver.received()[0].id() == first->uuid);
  CHECK(verdict(receiver.received()[0], hook.secret) == SignatureVerdict::valid);
  CHECK(post.deliveries(hook, "exhausted").size() == 1);
  {
    Snapshot at = post.store->read();
    CHECK_FALSE(failing_since(at, hook.id));
  }
  status = 200;
  REQUIRE(post.ping(hook));
  post.worker->settle();
  CHECK(post.deliveries(hook, "delivered").size() == 1);
  CHECK(post.ping({"no such webhook", "", 0}).error().reason == Reason::not_found);
}

TEST_CASE("a test event that finds nobody does not let the endpoint rest") {
  Post post;
  auto gone = std::make_unique<Receiver>();
  const std::uint16_t port = gone->port();
  const auto hook = post.hook(wish(*gone));
  gone.reset();
  REQUIRE(post.ping(hook));
  post.worker->settle();
  CHECK(post.deliveries(hook, "exhausted").size() == 1);
  const Receiver back([](const Received&) { return Answer{}; }, port);
  REQUIRE(post.ping(hook));
  post.worker->settle();
  CHECK(back.count() == 1);
}

TEST_CASE("nothing is sent while the store is held after a restore") {
  Post post;
  Receiver receiver;
  post.hook(wish(receiver));
  post.dismiss();
  REQUIRE(post.store->write([](Connection& to) {
    to.run("INSERT INTO meta (name, value) VALUES ('held', 'yes') ON CONFLICT (name) DO UPDATE SET value = 'yes'");
  }));
  post.reopen();
  REQUIRE(post.store->held());
  post.employ();
  post.review("Spring");
  post.worker->settle();
  CHECK(receiver.count() == 0);
  REQUIRE(post.store->release());
  post.worker->settle();
  CHECK(receiver.count() == 1);
}

TEST_CASE("an address that the guard refuses is never called") {
  Post post;
  OutboundSettings strict = loopback();
  strict.guard = AddressGuard();
  const OutboundClient guarded(strict);
  Receiver receiver;
  const auto hook = post.hook(wish(receiver));
  post.dismiss();
  DeliveryWorker worker(*post.context, guarded, quick(), Journal{});
  worker.start();
  post.review("Spring");
  worker.settle();
  CHECK(receiver.count() == 0);
  const auto rows = post.deliveries(hook, "pending");
  REQUIRE(rows.size() == 1);
  CHECK(post.attempts(rows[0]).at(0).outcome.starts_with("blocked_address"));
  worker.stop();
  post.employ();
}

TEST_CASE("a message id rests on endpoint and event alone") {
  const std::string id = message_id("hook", "event");
  CHECK(id == message_id("hook", "event"));
  CHECK(id != message_id("hook", "event2"));
  CHECK(id != message_id("hook2", "event"));
  CHECK(id.starts_with("msg_"));
  CHECK(id.find('.') == std::string::npos);
}

TEST_CASE("what is kept of a stranger's bytes is text that every database takes") {
  struct Row {
    std::string bytes;
    std::size_t limit;
    std::string expected;
  };
  for (const Row& row : {Row{"plain", 100, "plain"},
                         Row{std::string("a\0b", 3), 100,
                             "a\xEF\xBF\xBD"
                             "b"},
                         Row{"\xFF", 100, "\xEF\xBF\xBD"}, Row{"ab\xC3\xA4", 3, "ab"}, Row{"abcdef", 3, "abc"}}) {
    CHECK(storable(row.bytes, row.limit) == row.expected);
  }
}

}  // namespace
}  // namespace assay::test::delivery_test
