// What sends again is a command like any other: an event, a key, a version if one is stated; rows that make the worker
// act.
#include "commands/webhooks.h"

#include "jobs/office.h"

namespace assay::test::webhooks_test {
namespace {

struct Desk : Office {
  explicit Desk(std::string_view engine) : Office(engine), who(administrator()), hook(Office::hook(target())) {}

  static WebhookWish target() {
    WebhookWish wish;
    wish.url = "https://receiver.example/hook";
    wish.types = std::vector<std::string>{"audit.*"};
    return wish;
  }
  Call call(const std::string& key = {}) const {
    Call made{who};
    if (key.empty()) return made;
    made.key = key;
    made.request_hash = "request";
    return made;
  }
  std::int64_t version() { return row(hook).version; }
  std::int64_t cursor() {
    Snapshot at = store->read();
    return cursor_of(at, hook.id);
  }
  /// Types of the events about the webhook, in their order, and the facts of the last one.
  std::vector<std::string> told(Json* last = nullptr) {
    Snapshot at = store->read();
    std::vector<std::string> types;
    for (auto& [type, facts] : at.connection().all<std::string, std::string>(
             "SELECT e.type, p.facts FROM event e JOIN event_payload p ON p.sequence = e.sequence"
             " WHERE e.subject = 'webhook' ORDER BY e.sequence")) {
      types.push_back(type);
      if (last != nullptr) *last = Json::parse(facts);
    }
    return types;
  }

  Principal who;
  Hook hook;
};

TEST_CASE("an organisation has as many endpoints as the server lets it, on or off") {
  ASSAY_EACH_ENGINE(engine);
  Desk desk(engine);  // has made one
  const UrlRule any = [](std::string_view) { return std::optional<std::string>(); };
  const auto make = [&](const Principal& who, const std::string& key = {}) {
    WebhookWish wish = Desk::target();
    wish.state = "off";
    Call call = desk.call(key);
    return make_webhook(*desk.context, Call{who, {}, call.key, call.request_hash}, wish, any, 3);
  };
  REQUIRE(make(desk.who));
  const auto last = make(desk.who, "last");
  REQUIRE(last);
  const auto refused = make(desk.who);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().reason == Reason::wrong_state);
  CHECK(refused.error().detail.find("3 webhook endpoints") != std::string::npos);
  CHECK(make(desk.who, "last")->performed.repeated);
  const auto founded = found_organisation(*desk.context, {"Other", "UTC", "en", "Olga", "olga@other.example"});
  REQUIRE(founded);
  REQUIRE(accept_invitation(*desk.context, founded->invitation, Office::password));
  CHECK(make(desk.principal("olga@other.example")));
  REQUIRE(remove_webhook(*desk.context, Call{desk.who, 1}, last->performed.uuid));
  CHECK(make(desk.who));
  CHECK(usual_webhook_limit == 50);
}

TEST_CASE("a test, a replay and a redelivery are events, and performed once under their key") {
  ASSAY_EACH_ENGINE(engine);
  Desk desk(engine);
  Context& context = *desk.context;
  Json facts;

  const auto tested = test_webhook(context, desk.call("test"), desk.hook.uuid);
  REQUIRE(tested);
  CHECK(tested->status == 202);
  CHECK(desk.told(&facts) == std::vector<std::string>{"webhook.made", "webhook.tested"});
  CHECK(facts.at("delivery") == tested->uuid);
  const auto again = test_webhook(context, desk.call("test"), desk.hook.uuid);
  REQUIRE(again);
  CHECK((again->repeated && again->uuid == tested->uuid));
  REQUIRE(desk.deliveries(desk.hook, "pending").size() == 1);
  CHECK(desk.deliveries(desk.hook)[0].message == tested->uuid);

  REQUIRE(desk.store->write([&](Connection& to) {
    DeliveryRow given_up = [&] {
      Snapshot at = desk.store->read();
      return find_delivery(at, desk.hook.id, tested->uuid).value();
    }();
    given_up.state = "exhausted";
    given_up.attempts = 3;
    given_up.next.reset();
    put_delivery(to, given_up);
    put_cursor(to, desk.hook.id, 1);
  }));
  const auto redelivered = redeliver(context, desk.call("redeliver"), desk.hook.uuid, tested->uuid);
  REQUIRE(redelivered);
  CHECK(redelivered->uuid == tested->uuid);
  CHECK(desk.told(&facts).back() == "webhook.redelivered");
  const auto due = desk.deliveries(desk.hook, "pending");
  REQUIRE(due.size() == 1);
  CHECK(due[0].attempts == 3);
  CHECK(due[0].next == desk.clock.now());
  CHECK(redeliver(context, desk.call("redeliver"), desk.hook.uuid, tested->uuid)->repeated);

  const auto replayed = replay_webhook(context, desk.call("replay"), desk.hook.uuid, 0);
  REQUIRE(replayed);
  CHECK(desk.cursor() == 0);
  CHECK(desk.told(&facts).back() == "webhook.replayed");
  CHECK(facts.at("after") == 0);
  REQUIRE(desk.store->write([&](Connection& to) { put_cursor(to, desk.hook.id, 1); }));
  CHECK(replay_webhook(context, desk.call("replay"), desk.hook.uuid, 0)->repeated);
  CHECK(desk.cursor() == 1);
  CHECK(desk.version() == 4);
  check_replay(*desk.store);
}

TEST_CASE("what cannot be sent is refused and leaves nothing") {
  ASSAY_EACH_ENGINE(engine);
  Desk desk(engine);
  Context& context = *desk.context;
  using Command = std::function<Result<Performed>(const Call&, std::string_view)>;
  const std::vector<std::pair<const char*, Command>> commands = {
      {"test", [&](const Call& call, std::string_view uuid) { return test_webhook(context, call, uuid); }},
      {"replay", [&](const Call& call, std::string_view uuid) { return replay_webhook(context, call, uuid, 0); }},
      {"redeliver",
       [&](const Call& call, std::string_view uuid) { return redeliver(context, call, uuid, "msg_unknown"); }}};
  const Principal stranger = desk.join("maria@elbwerk.example");
  const std::int64_t before = desk.version();
  for (const auto& [name, command] : commands) {
    INFO(name);
    Call stale = desk.call();
    stale.expected = 99;
    CHECK(command(stale, desk.hook.uuid).error().reason == Reason::precondition_failed);
    CHECK(command(desk.call(), "unknown").error().reason == Reason::not_found);
    CHECK(command(Call{stranger}, desk.hook.uuid).error().reason == Reason::not_permitted);
  }
  CHECK(redeliver(context, desk.call(), desk.hook.uuid, "msg_unknown").error().reason == Reason::not_found);
  CHECK(replay_webhook(context, desk.call(), desk.hook.uuid, 1'000'000).error().reason == Reason::invalid);
  CHECK(desk.version() == before);
  REQUIRE(change_webhook(context, Call{desk.who, before}, desk.hook.uuid, {.state = "off"},
                         [](std::string_view) { return std::optional<std::string>(); }));
  for (const auto& [name, command] : commands) {
    INFO(name);
    CHECK(command(desk.call(), desk.hook.uuid).error().reason == Reason::wrong_state);
  }
  CHECK(desk.deliveries(desk.hook).empty());
}

}  // namespace
}  // namespace assay::test::webhooks_test
