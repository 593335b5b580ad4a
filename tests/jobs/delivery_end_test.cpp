// Ends that nobody planned: an endpoint removed under a running attempt, a release on another server, a killed process.
#include <condition_variable>

#include "commands/erasures.h"
#include "jobs/post.h"
#include "scenario/program.h"
#include "storage/connection.h"
#include "storage/delivery_claims.h"
#include "storage/erased_list.h"

namespace assay::test::delivery_end_test {
namespace {

/// A door that answers wait behind.
class Door {
 public:
  void open() {
    {
      const std::lock_guard lock(mutex_);
      open_ = true;
    }
    changed_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

TEST_CASE("an attempt that ends after its endpoint was removed leaves nothing that waits") {
  ASSAY_EACH_ENGINE(engine);
  DeliverySettings patient = quick();
  patient.grace = 10s;
  Post post(patient, engine);
  Door door;
  Receiver receiver([&](const Received&) {
    door.pass();
    return Answer{500};
  });
  const auto hook = post.hook(wish(receiver));
  post.review("Spring");
  receiver.wait_for(1);
  const Principal who = post.administrator();
  REQUIRE(remove_webhook(*post.context, Call{who, post.row(hook).version}, hook.uuid));
  REQUIRE(post.deliveries(hook, "cancelled").size() == 1);
  door.open();
  post.worker->settle();
  const auto rows = post.deliveries(hook);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].state == "cancelled");
  CHECK_FALSE(rows[0].next);
  CHECK(post.attempts(rows[0]).size() == 1);
  Snapshot at = post.store->read();
  CHECK_FALSE(next_delivery(at));
}

TEST_CASE("an attempt that ends after the person whom it told of was erased keeps nothing of what was sent") {
  ASSAY_EACH_ENGINE(engine);
  DeliverySettings patient = quick();
  patient.grace = 10s;
  Post post(patient, engine);
  post.context->erased = post.folder.path() / "erased";
  Door door;
  Receiver receiver([&](const Received&) {
    door.pass();
    return Answer{};
  });
  WebhookWish wanted = wish(receiver, {"person.invited"});
  wanted.payload = "full";
  const auto hook = post.hook(wanted);
  const std::string uuid = post.join("zora@elbwerk.example").person.uuid;
  receiver.wait_for(1);
  CHECK(receiver.received()[0].body.find("zora@elbwerk.example") != std::string::npos);
  add_erased(post.context->erased, {uuid});
  REQUIRE(settle_erasures(*post.context) == 1);
  door.open();
  post.worker->settle();
  const auto rows = post.deliveries(hook, "delivered");
  REQUIRE(rows.size() == 1);
  const auto attempts = post.attempts(rows[0]);
  REQUIRE(attempts.size() == 1);
  CHECK(attempts[0].status == 200);
  CHECK(attempts[0].request_headers + attempts[0].request_body == "");
  CHECK(attempts[0].response_headers + attempts[0].response_body == "");
}

TEST_CASE("what is asked for while an attempt runs is sent after it") {
  ASSAY_EACH_ENGINE(engine);
  for (const bool replays : {false, true}) {
    INFO((replays ? "replay" : "redelivery"));
    DeliverySettings patient = quick();
    patient.grace = 10s;
    Post post(patient, engine);
    Door door;
    Receiver receiver([&](const Received&) {
      door.pass();
      return Answer{};
    });
    const auto hook = post.hook(wish(receiver));
    post.review("Spring");
    receiver.wait_for(1);
    const Received first = receiver.received()[0];
    post.clock.advance(1s);
    if (replays) {
      const auto position = first.data().at("event").at("position").get<std::int64_t>();
      REQUIRE(post.replay_from(hook, position - 1));
      while (post.due(hook) != post.clock.now()) post.store->wait_for_events(post.store->last_position(), 1ms);
    } else {
      REQUIRE(post.send_again(hook, first.id()));
    }
    door.open();
    post.worker->settle();
    REQUIRE(receiver.count() == 2);
    CHECK(receiver.received()[1].id() == first.id());
    CHECK(post.deliveries(hook, "delivered").size() == 1);
  }
}

TEST_CASE("a release of the database is noticed by every server on it") {
  ASSAY_EACH_ENGINE(engine);
  if (engine == "sqlite") SKIP("one server has a SQLite database for itself");
  Post post(quick(), engine);
  Receiver receiver;
  post.hook(wish(receiver));
  post.dismiss();
  REQUIRE(post.store->write([](Connection& to) {
    to.run("INSERT INTO meta (name, value) VALUES ('held', 'yes') ON CONFLICT (name) DO UPDATE SET value = 'yes'");
  }));
  post.reopen();
  post.employ();
  post.review("Spring");
  post.worker->settle();
  REQUIRE(post.store->held());
  CHECK(receiver.count() == 0);
  const TemporaryFolder elsewhere;
  StoreSettings other = post.database.settings;
  other.data = (elsewhere.path() / "data").string();
  REQUIRE(Store::open(other)->release());
  CHECK_FALSE(post.store->held());
  post.worker->settle();
  CHECK(receiver.count() == 1);
}

TEST_CASE("a server that is killed while it delivers loses no delivery") {
  Office office;
  Door door;
  std::atomic<bool> hangs = true;
  Receiver receiver([&](const Received&) {
    if (hangs.exchange(false)) door.pass();
    return Answer{};
  });
  // Of the timers that are due by the program's own clock nothing is to be sent.
  const auto hook = office.hook(wish(receiver, {"management-review.scheduled", "management-review.inputs_gathered"}));
  const std::string record = office.review("Spring");
  office.gather(record, "one");
  const std::string data = office.database.settings.data;
  fs::copy_file(office.folder.path() / "keys", fs::path(data) / "keys");
  fs::permissions(fs::path(data) / "keys", fs::perms::owner_read | fs::perms::owner_write);
  office.close();

  const std::vector<std::string> serving = {"serve",       "--data",          data,           "--listen",
                                            "127.0.0.1:0", "--webhook-allow", "127.0.0.1/32", "--webhook-allow-http"};
  const fs::path log = office.folder.path() / "log";
  {
    Program killed(serving, log);
    receiver.wait_for(1);
    killed.kill();
  }
  door.open();
  {
    Program again(serving, log);
    receiver.wait_for(3);
    CHECK(again.stop() == 0);
  }
  office.open();
  const auto got = receiver.received();
  REQUIRE(got.size() == 3);
  CHECK(got[0].id() == got[1].id());
  CHECK(got[0].body == got[1].body);
  CHECK(got[1].data().at("sequence") == 1);
  CHECK(got[2].data().at("sequence") == 2);
  CHECK(verdict(got[1], hook.secret) == SignatureVerdict::valid);
  CHECK(office.deliveries(hook, "delivered").size() == 2);
  CHECK(office.deliveries(hook, "pending").empty());
}

}  // namespace
}  // namespace assay::test::delivery_end_test
