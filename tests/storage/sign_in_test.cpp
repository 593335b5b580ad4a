// Credentials, invitations, sessions, tokens, webhooks and deliveries.
#include "storage/fixture.h"
#include "storage/webhooks.h"

namespace assay::test::sign_in_test {
namespace {

using std::chrono::hours;

struct Scene {
  explicit Scene(const std::string& engine) : database(engine), house(database) {
    organisation = house.found("Hallmark");
    person = house.invite(organisation, {"manager", "administrator"});
  }
  void write(const std::function<void(Connection&)>& work) { REQUIRE(house.store->write(work).has_value()); }
  Snapshot read() { return house.store->read(); }
  Database database;
  House house;
  Organisation organisation;
  Person person;
};

EventDraft webhook_event(House& house, std::int64_t id, const std::string& uuid, OrganisationId organisation,
                         std::int64_t version, const std::string& state) {
  EventDraft event{Subject::webhook, id, uuid, organisation};
  event.type = "webhook.changed";
  event.command = "change";
  event.version = version;
  event.at = house.tick();
  event.facts = {{"url", "https://example.org/hook"},
                 {"secret", "sealed"},
                 {"old_secret", ""},
                 {"old_until", nullptr},
                 {"types", {"finding.*"}},
                 {"payload", "thin"},
                 {"style", "standard"},
                 {"state", state},
                 {"reason", ""},
                 {"description", "d"}};
  return event;
}

TEST_CASE("people are found by id, uuid and address without case") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  Snapshot at = scene.read();
  const auto row = find_person(at, scene.person.id).value();
  CHECK(row.uuid == scene.person.uuid);
  CHECK(row.roles == std::vector<std::string>{"administrator", "manager"});
  CHECK(row.responsibilities == std::vector<std::string>{"process:backup"});
  CHECK(find_person_by_email(at, scene.person.uuid + "@EXAMPLE.org")->id == scene.person.id);
  CHECK_FALSE(find_person_by_email(at, "nobody@example.org").has_value());
  CHECK(find_organisation(at, scene.organisation.id)->zone == "Europe/Berlin");
  CHECK(find_organisation(at, scene.organisation.uuid)->name == "Hallmark");
  CHECK(list_organisations(at).size() == 1);
  CHECK(name_of_person(at, scene.person.id)->uuid == scene.person.uuid);
}

TEST_CASE("invitations and sessions end") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  const Instant now = scene.house.now;
  const PersonId person = scene.person.id;
  scene.write([&](Connection& to) {
    put_invitation(to, person, "i", now + hours(1));
    put_session(to, "s1", {person, "csrf", now, now, now + hours(2)});
    put_session(to, "s2", {person, "csrf", now, now, now + hours(5)});
    touch_session(to, "s1", now + hours(1));
    touch_session(to, "s2", now + hours(2));
    touch_session(to, "s2", now + hours(1));  // of a request that was slower: the last use does not go back
  });
  {
    Snapshot at = scene.read();
    CHECK(find_invitation(at, "i", now) == person);
    CHECK_FALSE(find_invitation(at, "i", now + hours(1)).has_value());
    CHECK(find_session(at, "s1", now)->seen == now + hours(1));
    CHECK(find_session(at, "s1", now)->csrf == "csrf");
    CHECK(find_session(at, "s2", now)->seen == now + hours(2));
    CHECK_FALSE(find_session(at, "s1", now + hours(2)).has_value());
    CHECK_FALSE(find_session(at, "s3", now).has_value());
  }
  scene.write([&](Connection& to) { drop_expired_sessions(to, now + hours(3)); });
  scene.write([&](Connection& to) { drop_invitations(to, person); });
  {
    Snapshot at = scene.read();
    CHECK_FALSE(find_session(at, "s1", now).has_value());
    CHECK(find_session(at, "s2", now).has_value());
    CHECK_FALSE(find_invitation(at, "i", now).has_value());
  }
  scene.write([&](Connection& to) { drop_sessions_of(to, person); });
  Snapshot at = scene.read();
  CHECK_FALSE(find_session(at, "s2", now).has_value());
}

TEST_CASE("tokens are made and revoked by events, their use is noted beside") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  House& house = scene.house;
  const std::int64_t id = house.store->new_id(Subject::token);
  EventDraft event{Subject::token, id, house.uuid(), scene.organisation.id};
  event.type = "token.made";
  event.version = 1;
  event.at = house.tick();
  event.facts = {
      {"person", scene.person.uuid},           {"name", "CI"},    {"hash", "h"}, {"scopes", {"read", "write"}},
      {"expires", "2027-01-01T00:00:00.000Z"}, {"revoked", false}};
  house.commit_or_fail({event});
  scene.write([&](Connection& to) { touch_token(to, id, house.now); });
  event.version = 2;
  event.facts["revoked"] = true;
  house.commit_or_fail({event});
  Snapshot at = scene.read();
  const auto row = find_token_by_hash(at, "h").value();
  CHECK(row.person == scene.person.id);
  CHECK(row.scopes == std::vector<std::string>{"read", "write"});
  CHECK(row.used == house.now);
  CHECK(row.revoked);
  CHECK(row.version == 2);
  CHECK(list_tokens(at, scene.person.id).size() == 1);
  CHECK(find_token(at, event.uuid, scene.person.id).has_value());
  CHECK_FALSE(find_token(at, event.uuid, PersonId{999}).has_value());
  check_replay(*house.store);
}

TEST_CASE("tokens and webhooks are listed page by page, each reader's own") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  House& house = scene.house;
  const Person other = house.invite(scene.organisation);
  std::vector<std::int64_t> tokens, hooks;
  for (const Person& owner : {scene.person, other, scene.person, scene.person}) {
    EventDraft event{Subject::token, house.store->new_id(Subject::token), house.uuid(), scene.organisation.id};
    event.type = "token.made";
    event.version = 1;
    event.at = house.tick();
    event.facts = {{"person", owner.uuid}, {"name", "CI"},     {"hash", event.uuid},
                   {"scopes", {"read"}},   {"revoked", false}, {"expires", "2027-01-01T00:00:00.000Z"}};
    if (owner.id == scene.person.id) tokens.push_back(event.id);
    house.commit_or_fail({event});
    hooks.push_back(house.store->new_id(Subject::webhook));
    house.commit_or_fail({webhook_event(house, hooks.back(), house.uuid(), scene.organisation.id, 1, "on")});
  }
  const auto pages = [](const auto& page_after) {
    std::vector<std::int64_t> seen;
    for (auto page = page_after(0); !page.empty(); page = page_after(seen.back())) {
      CHECK(page.size() <= 2);
      for (const auto& row : page) seen.push_back(row.id);
    }
    return seen;
  };
  Snapshot at = scene.read();
  const Reader administrator = house.reader(scene.person, {}, true);
  CHECK(pages([&](std::int64_t after) { return list_tokens(at, scene.person.id, after, 2); }) == tokens);
  CHECK(pages([&](std::int64_t after) { return list_webhooks(at, administrator, after, 2); }) == hooks);
}

TEST_CASE("a webhook begins at the end of the log and takes its cursor along when it goes") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  House& house = scene.house;
  while (house.store->wait_for_events(1, std::chrono::seconds(10)) < 2) {
  }
  const std::int64_t id = house.store->new_id(Subject::webhook);
  const std::string uuid = house.uuid();
  house.commit_or_fail({webhook_event(house, id, uuid, scene.organisation.id, 1, "on")});
  const Reader administrator = house.reader(scene.person, {}, true);
  {
    Snapshot at = scene.read();
    CHECK(cursor_of(at, id) >= 2);
    CHECK(active_webhooks(at).size() == 1);
    CHECK(find_webhook(at, uuid, administrator)->types == std::vector<std::string>{"finding.*"});
    CHECK_FALSE(find_webhook(at, uuid, house.reader(scene.person)).has_value());
    CHECK(list_webhooks(at, administrator, 0, 10).size() == 1);
    CHECK(list_webhooks(at, house.reader(scene.person), 0, 10).empty());
  }
  house.commit_or_fail({webhook_event(house, id, uuid, scene.organisation.id, 2, "off")});
  scene.write([&](Connection& to) {
    put_cursor(to, id, 77);
    put_failing_since(to, id, house.now);
  });
  {
    Snapshot at = scene.read();
    CHECK(active_webhooks(at).empty());
    CHECK(webhook_of(at, id)->state == "off");
    CHECK(cursor_of(at, id) == 77);
    CHECK(failing_since(at, id) == house.now);
  }
  EventDraft removal = webhook_event(house, id, uuid, scene.organisation.id, 3, "off");
  removal.facts["removed"] = true;
  house.commit_or_fail({removal});
  Snapshot at = scene.read();
  CHECK_FALSE(webhook_of(at, id).has_value());
  CHECK(cursor_of(at, id) == 0);
  check_replay(*house.store);
}

TEST_CASE("deliveries wait for the ones before them of the same record, and for their time") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  const Instant now = scene.house.now;
  struct Row {
    std::int64_t position, record;
    const char* state;
    hours next;
  };
  const std::vector<Row> rows = {{10, 1, "pending", hours(0)},   {11, 1, "pending", hours(0)},
                                 {12, 2, "pending", hours(1)},   {13, 2, "pending", hours(0)},
                                 {14, 3, "exhausted", hours(0)}, {15, 3, "pending", hours(0)},
                                 {16, 0, "pending", hours(0)},   {17, 0, "pending", hours(0)}};
  std::map<std::int64_t, DeliveryRow> made;
  scene.write([&](Connection& to) {
    for (const auto& row : rows) {
      DeliveryRow delivery{0, 5,   row.position,  "m" + std::to_string(row.position), row.record, row.state,
                           0, now, now + row.next};
      delivery.id = put_delivery(to, delivery);
      made[row.position] = delivery;
    }
  });
  const auto due = [&](Instant when) {
    Snapshot at = scene.read();
    std::string text;
    for (const auto& delivery : due_deliveries(at, 5, when, 10)) text += std::to_string(delivery.position) + " ";
    return text;
  };
  CHECK(due(now) == "10 15 16 17 ");
  CHECK(due(now + hours(1)) == "10 12 15 16 17 ");
  scene.write([&](Connection& to) {
    DeliveryRow& first = made[10];
    first.state = "delivered";
    first.attempts = 1;
    first.next = {};
    put_delivery(to, first);
    put_attempt(to, {0, first.id, 1, now, 204, "delivered", 12, "a", "b", "c", "d"});
  });
  CHECK(due(now) == "11 15 16 17 ");
  {
    Snapshot at = scene.read();
    CHECK(pending_before(at, 5, 2, 13));
    CHECK_FALSE(pending_before(at, 5, 1, 11));
    CHECK(next_delivery(at) == now);
    CHECK(list_deliveries(at, 5, "", 0, 3).front().position == 17);
    CHECK(list_deliveries(at, 5, "pending", made[12].id, 10).size() == 1);
    CHECK(find_delivery(at, 5, "m14")->state == "exhausted");
    REQUIRE(attempts_of(at, made[10].id).size() == 1);
    CHECK(attempts_of(at, made[10].id).front().response_body == "d");
  }
  scene.write([&](Connection& to) { drop_old_deliveries(to, now + hours(1)); });
  Snapshot at = scene.read();
  CHECK(list_deliveries(at, 5, "", 0, 10).size() == 6);
  CHECK(attempts_of(at, made[10].id).empty());
}

}  // namespace
}  // namespace assay::test::sign_in_test
