// That deliveries keep the order of each record, that nothing is lost and nothing stands in the way of others.
#include <future>
#include <map>

#include "jobs/delivery_turns.h"
#include "jobs/post.h"
#include "storage/connection.h"
#include "storage/delivery_claims.h"

namespace assay::test::delivery_order_test {
namespace {

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

  REQUIRE(post.send_again(hook, given_up[0].message));
  post.worker->settle();
  CHECK(receiver.count() == 4);
  CHECK(post.deliveries(hook, "exhausted").size() == 1);  // a single further attempt
  refuses = false;
  REQUIRE(post.send_again(hook, given_up[0].message));
  post.worker->settle();
  CHECK(post.deliveries(hook, "exhausted").empty());
  CHECK(receiver.received().back().id() == given_up[0].message);
  CHECK(post.attempts(given_up[0]).size() == 4);
  CHECK(post.send_again(hook, "msg_unknown").error().reason == Reason::not_found);
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

TEST_CASE("a replay sends the same events under the same ids") {
  Post post;
  Receiver receiver;
  const auto hook = post.hook(wish(receiver));
  const std::int64_t before = post.store->last_position();
  const std::string record = post.review("Spring");
  post.gather(record, "one");
  post.worker->settle();
  REQUIRE(receiver.count() == 2);
  REQUIRE(post.replay_from(hook, before));
  post.worker->settle();
  const auto all = receiver.received();
  REQUIRE(all.size() == 4);
  CHECK(all[0].id() == all[2].id());
  CHECK(all[1].id() == all[3].id());
  CHECK(post.deliveries(hook).size() == 2);
  CHECK(post.replay_from(hook, post.store->last_position() + 1).error().reason == Reason::invalid);
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
  CHECK(post.ping(hook).error().reason == Reason::wrong_state);
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

TEST_CASE("organisations take turns at the threads, and none has more than its share") {
  using Taken = std::vector<int>;  // organisations, in the order in which theirs began
  struct Row {
    const char* what;
    std::vector<int> waiting;  // organisations, in the order in which theirs came
    std::size_t threads, share;
    Taken begun;
    Taken after_one_of_the_first_has_ended;
  };
  for (const Row& row :
       {Row{"one alone", {1, 1, 1, 1}, 3, 3, {1, 1, 1}, {1}},
        Row{"two, the first with much", {1, 1, 1, 1, 2}, 4, 2, {1, 2, 1}, {1}},
        Row{"in turns", {1, 1, 2, 2, 3}, 4, 2, {1, 2, 3, 1}, {2}}, Row{"one thread", {1, 1, 2}, 1, 1, {1}, {2}},
        Row{"nobody else waits", {1, 1, 1}, 2, 1, {1}, {1}}}) {
    INFO(row.what);
    DeliveryTurns turns;
    for (std::size_t i = 0; i < row.waiting.size(); ++i) {
      DeliveryRow delivery{};
      delivery.id = static_cast<std::int64_t>(i);
      turns.add(OrganisationId{row.waiting[i]}, delivery);
    }
    std::size_t running = 0;
    const auto begin = [&] {
      Taken begun;
      while (running < row.threads) {
        const auto taken = turns.take(row.share);
        if (!taken) break;
        ++running;
        begun.push_back(static_cast<int>(taken->organisation));
      }
      return begun;
    };
    CHECK(begin() == row.begun);
    turns.ended(OrganisationId{row.begun.front()});
    --running;
    CHECK(begin() == row.after_one_of_the_first_has_ended);
    CHECK(turns.clear().size() == row.waiting.size() - row.begun.size() - row.after_one_of_the_first_has_ended.size());
    CHECK_FALSE(turns.take(100));
  }
}

TEST_CASE("an organisation whose receivers hang leaves threads to the others") {
  DeliverySettings settings = quick();
  settings.threads = 2;
  Post post(settings);
  std::promise<void> release;
  auto released = release.get_future().share();
  Receiver hanging([&](const Received&) {
    released.wait();
    return Answer{};
  });
  Receiver prompt;
  const auto founded = found_organisation(*post.context, {"Other", "UTC", "en", "Olga", "olga@other.example"});
  REQUIRE(founded);
  REQUIRE(accept_invitation(*post.context, founded->invitation, Office::password));
  const Principal olga = post.principal("olga@other.example");
  const UrlRule any = [](std::string_view) { return std::optional<std::string>(); };
  const auto others = make_webhook(*post.context, Call{olga}, wish(prompt, {"management-review.*"}), any);
  REQUIRE(others);
  std::vector<Office::Hook> hooks;
  for (int i = 0; i < 4; ++i) hooks.push_back(post.hook(wish(hanging, {"management-review.*"})));
  post.worker->settle();
  for (int i = 0; i < 2; ++i) post.review("Review " + std::to_string(i));
  hanging.wait_for(1);
  REQUIRE(test_webhook(*post.context, Call{olga}, others->performed.uuid));
  prompt.wait_for(1);
  for (const Office::Hook& hook : hooks) {
    for (const DeliveryRow& delivery : post.deliveries(hook)) CHECK(post.attempts(delivery).empty());  // none has ended
  }
  CHECK(hanging.count() == 1);
  release.set_value();
  post.worker->settle();
  CHECK(hanging.count() == 8);
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

}  // namespace
}  // namespace assay::test::delivery_order_test
