// Deliveries of webhooks from the log to a receiver on the loopback, on a clock that the tests set.
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <future>
#include <map>

#include "integrations/webhook_signature.h"
#include "jobs/delivery_worker.h"
#include "jobs/intake.h"
#include "jobs/office.h"
#include "jobs/receiver.h"
#include "storage/connection.h"
#include "storage/delivery_claims.h"

namespace assay::test {
namespace {

using namespace std::chrono_literals;

OutboundSettings loopback() {
  OutboundSettings settings;
  settings.timeout = 5s;
  settings.guard = AddressGuard({AddressRange::parse("127.0.0.0/8").value()});
  return settings;
}

DeliverySettings quick() {
  DeliverySettings settings;
  settings.attempt.urls.allow_http = true;
  settings.attempt.source = "https://assay.example";
  settings.attempt.random = [] { return 0.0; };
  settings.grace = 0ms;
  return settings;
}

/// An office with one worker, woken by commits as in the server.
struct Post : Office {
  explicit Post(DeliverySettings wanted = quick()) : settings(std::move(wanted)), client(loopback()) { employ(); }
  ~Post() {
    store->on_events([](std::int64_t) {});
  }

  void employ() {
    worker = std::make_unique<DeliveryWorker>(*context, client, settings, Journal{});
    store->on_events([this](std::int64_t) { worker->wake(); });
    worker->start();
  }
  void dismiss() {
    store->on_events([](std::int64_t) {});
    worker.reset();
  }
  void later(std::chrono::milliseconds by) {
    clock.advance(by);
    worker->settle();
  }

  DeliverySettings settings;
  OutboundClient client;
  std::unique_ptr<DeliveryWorker> worker;
};

WebhookWish wish(const Receiver& receiver, std::vector<std::string> types = {}) {
  WebhookWish made;
  made.url = receiver.url();
  made.types = std::move(types);
  return made;
}

SignatureVerdict verdict(const Received& got, const std::string& secret) {
  const std::vector<WebhookSecret> secrets{WebhookSecret::parse(secret).value()};
  const std::string& timestamp = got.headers.at("webhook-timestamp");
  return verify_webhook(secrets, got.id(), timestamp, got.headers.at("webhook-signature"), got.body,
                        std::stoll(timestamp));
}

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
  const auto& headers = cloud.received()[0].headers;
  CHECK(headers.at("ce-specversion") == "1.0");
  CHECK(headers.at("ce-source") == "https://assay.example");
  CHECK(headers.at("ce-type") == "management-review.scheduled");
  CHECK(headers.at("ce-id") == cloud.received()[0].id());
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

TEST_CASE("the order of a record is kept while another record proceeds") {
  Post post;
  std::string stuck;
  std::atomic<bool> refuses = true;
  Receiver receiver(
      [&](const Received& got) { return refuses && got.data().at("id") == stuck ? Answer{500} : Answer{}; });
  post.hook(wish(receiver));
  stuck = post.review("Spring");
  post.worker->settle();
  post.gather(stuck, "one");
  post.gather(stuck, "two");
  const std::string other = post.review("Summer");
  post.gather(other, "one");
  post.worker->settle();

  std::map<std::string, std::vector<int>> sequences;
  for (const Received& got : receiver.received()) sequences[got.data().at("id")].push_back(got.data().at("sequence"));
  CHECK(sequences[stuck] == std::vector{1});
  CHECK(sequences[other] == std::vector{1, 2});

  refuses = false;
  post.later(5s);
  sequences.clear();
  for (const Received& got : receiver.received()) sequences[got.data().at("id")].push_back(got.data().at("sequence"));
  CHECK(sequences[stuck] == std::vector{1, 1, 2, 3});
}

TEST_CASE("nothing is lost while the receiver is down") {
  Post post;
  std::uint16_t port = 0;
  Office::Hook hook;
  {
    Receiver first;
    port = first.port();
    hook = post.hook(wish(first));
  }
  std::vector<std::string> records;
  for (const char* title : {"One", "Two", "Three", "Four", "Five"}) records.push_back(post.review(title));
  for (const std::string& record : records) post.gather(record, "feedback");
  post.later(0s);
  post.later(10min);
  CHECK(post.deliveries(hook, "delivered").empty());
  CHECK(post.deliveries(hook, "pending").size() == 10);

  Receiver again([](const Received&) { return Answer{}; }, port);
  for (int i = 0; i < 20; ++i) post.later(5min);
  std::map<std::string, std::vector<int>> sequences;
  for (const Received& got : again.received()) sequences[got.data().at("id")].push_back(got.data().at("sequence"));
  CHECK(sequences.size() == 5);
  for (const std::string& record : records) CHECK(sequences[record] == std::vector{1, 2});
  CHECK(post.deliveries(hook, "delivered").size() == 10);
}

TEST_CASE("after the schedule later events proceed, and what was given up can be delivered again") {
  DeliverySettings settings = quick();
  settings.attempt.retry.waits = {0s, 5s};
  Post post(settings);
  std::atomic<bool> refuses = true;
  Receiver receiver(
      [&](const Received& got) { return refuses && got.data().at("sequence") == 1 ? Answer{500} : Answer{}; });
  const auto hook = post.hook(wish(receiver));
  const std::string record = post.review("Spring");
  post.gather(record, "one");
  post.worker->settle();
  CHECK(receiver.count() == 1);
  post.later(5s);
  const auto given_up = post.deliveries(hook, "exhausted");
  REQUIRE(given_up.size() == 1);
  CHECK(given_up[0].attempts == 2);
  REQUIRE(receiver.count() == 3);
  CHECK(receiver.received()[2].data().at("sequence") == 2);

  REQUIRE(post.worker->redeliver(hook.id, given_up[0].message));
  post.worker->settle();
  CHECK(receiver.count() == 4);
  CHECK(post.deliveries(hook, "exhausted").size() == 1);  // a single further attempt
  refuses = false;
  REQUIRE(post.worker->redeliver(hook.id, given_up[0].message));
  post.worker->settle();
  CHECK(post.deliveries(hook, "exhausted").empty());
  CHECK(receiver.received().back().id() == given_up[0].message);
  CHECK(post.attempts(given_up[0]).size() == 4);
  CHECK(post.worker->redeliver(hook.id, "msg_unknown").error().reason == Reason::not_found);
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

TEST_CASE("an attempt that a stop cuts off is made again after the restart") {
  Post post;
  std::promise<void> release;
  auto released = release.get_future().share();
  std::atomic<bool> hangs = true;
  Receiver receiver([&](const Received&) {
    if (hangs.exchange(false)) released.wait();
    return Answer{};
  });
  const auto hook = post.hook(wish(receiver));
  const std::string record = post.review("Spring");
  receiver.wait_for(1);
  post.dismiss();  // cuts the request off
  post.gather(record, "while nobody delivers");
  post.reopen();
  release.set_value();
  const auto waiting = post.deliveries(hook);
  REQUIRE(waiting.size() == 1);
  CHECK(waiting[0].state == "pending");
  CHECK(waiting[0].attempts == 0);

  post.employ();
  post.worker->settle();
  const auto all = receiver.received();
  REQUIRE(all.size() == 3);
  CHECK(all[0].id() == all[1].id());
  CHECK(all[2].data().at("sequence") == 2);
  CHECK(post.deliveries(hook, "delivered").size() == 2);
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
      {{"audit.*", "management-review"}, {}},
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

TEST_CASE("a replay sends the same events under the same ids") {
  Post post;
  Receiver receiver;
  const auto hook = post.hook(wish(receiver));
  const std::int64_t before = post.store->last_position();
  const std::string record = post.review("Spring");
  post.gather(record, "one");
  post.worker->settle();
  REQUIRE(receiver.count() == 2);
  REQUIRE(post.worker->replay(hook.id, before));
  post.worker->settle();
  const auto all = receiver.received();
  REQUIRE(all.size() == 4);
  CHECK(all[0].id() == all[2].id());
  CHECK(all[1].id() == all[3].id());
  CHECK(post.deliveries(hook).size() == 2);
  CHECK(post.worker->replay(hook.id, post.store->last_position() + 1).error().reason == Reason::invalid);
}

TEST_CASE("a test event is tried once and judges nobody") {
  Post post;
  std::atomic<unsigned> status = 500;
  Receiver receiver([&](const Received&) { return Answer{status}; });
  const auto hook = post.hook(wish(receiver));
  auto first = post.worker->ping(hook.id);
  REQUIRE(first);
  post.worker->settle();
  REQUIRE(receiver.count() == 1);
  CHECK(receiver.received()[0].type() == "webhook.test");
  CHECK(receiver.received()[0].id() == *first);
  CHECK(verdict(receiver.received()[0], hook.secret) == SignatureVerdict::valid);
  CHECK(post.deliveries(hook, "exhausted").size() == 1);
  {
    Snapshot at = post.store->read();
    CHECK_FALSE(failing_since(at, hook.id));
  }
  status = 200;
  REQUIRE(post.worker->ping(hook.id));
  post.worker->settle();
  CHECK(post.deliveries(hook, "delivered").size() == 1);
  CHECK(post.worker->ping(hook.id + 1).error().reason == Reason::not_found);
}

TEST_CASE("an endpoint that is off keeps its place in the log") {
  Post post;
  Receiver receiver;
  const auto hook = post.hook(wish(receiver));
  const auto switch_to = [&](const char* state) {
    const Principal who = post.administrator();
    WebhookWish change;
    change.state = state;
    REQUIRE(change_webhook(*post.context, Call{who, post.row(hook).version}, hook.uuid, change,
                           [](std::string_view) { return std::optional<std::string>(); }));
  };
  switch_to("off");
  post.review("Spring");
  post.worker->settle();
  CHECK(receiver.count() == 0);
  CHECK(post.worker->ping(hook.id).error().reason == Reason::wrong_state);
  switch_to("on");
  post.worker->settle();
  CHECK(receiver.count() == 1);
}

TEST_CASE("a queue holds no more than its backlog, the rest stays in the log") {
  DeliverySettings settings = quick();
  settings.backlog = 3;
  Post post(settings);
  std::atomic<bool> refuses = true;
  Receiver receiver([&](const Received&) { return refuses ? Answer{500} : Answer{}; });
  const auto hook = post.hook(wish(receiver));
  for (int i = 0; i < 8; ++i) post.review("Review " + std::to_string(i));
  post.worker->settle();
  CHECK(post.deliveries(hook).size() == 3);
  refuses = false;
  post.later(5s);
  CHECK(post.deliveries(hook, "delivered").size() == 8);
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

TEST_CASE("one server at a time holds an endpoint") {
  Office office;
  const Instant now = office.clock.now();
  const auto claim = [&](const char* node, Instant at, Instant until) {
    bool ours = false;
    REQUIRE(office.store->write([&](Connection& to) { ours = claim_webhook(to, 7, node, at, until); }));
    return ours;
  };
  const auto end_seen_by = [&](const char* node, Instant at) {
    Snapshot snapshot = office.store->read();
    return claimed_until(snapshot, 7, node, at);
  };
  CHECK(claim("a", now, now + 60s));
  CHECK_FALSE(claim("b", now + 59s, now + 120s));
  CHECK(end_seen_by("b", now) == now + 60s);
  CHECK_FALSE(end_seen_by("a", now));
  CHECK(claim("a", now + 30s, now + 90s));
  CHECK_FALSE(claim("b", now + 60s, now + 120s));
  CHECK(claim("b", now + 90s, now + 150s));
  CHECK_FALSE(claim("a", now + 91s, now + 151s));
  REQUIRE(office.store->write([](Connection& to) { drop_claims(to, "b"); }));
  CHECK(claim("a", now + 91s, now + 151s));
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
}  // namespace assay::test
