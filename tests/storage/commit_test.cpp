// A commit is all or nothing, and only as long as what its decision rests on still stands.
#include <thread>

#include "storage/evidence.h"
#include "storage/fixture.h"
#include "storage/webhooks.h"

namespace assay::test::commit_test {
namespace {

EventDraft item_event(House& house, const Made& audit, std::int64_t id, const std::string& uuid, std::int64_t version,
                      const std::string& result) {
  EventDraft event{Subject::item, id, uuid, audit.organisation};
  event.record = audit.id;
  event.type = "audit.item_answered";
  event.command = "answer";
  event.version = version;
  event.at = house.tick();
  event.facts = {{"audit", audit.uuid}, {"catalogue", "hash"}, {"catalogue_id", "small"}, {"question", "q1"},
                 {"item", "A.1"},       {"subject", "whole"},  {"status", "planned"},     {"result", result},
                 {"reason", ""},        {"notes", ""}};
  return event;
}

EventDraft evidence_event(House& house, const Made& record) {
  EventDraft event{Subject::evidence, house.store->new_id(Subject::evidence), house.uuid(), record.organisation};
  event.record = record.id;
  event.type = "audit.evidence_attached";
  event.command = "attach";
  event.version = 1;
  event.at = house.tick();
  event.facts = {{"record", record.uuid}, {"kind", "observation"}, {"title", "Seen"}};
  return event;
}

EventDraft person_event(House& house, const Person& person, std::int64_t version, const std::string& name) {
  EventDraft event{Subject::person, static_cast<std::int64_t>(person.id), person.uuid, person.organisation};
  event.type = "person.changed";
  event.command = "change";
  event.version = version;
  event.at = house.tick();
  event.facts = {{"name", name}, {"email", person.uuid + "@example.org"}, {"language", "en"}, {"state", "active"}};
  return event;
}

Reason reason_of(const Result<Committed>& result) {
  REQUIRE_FALSE(result.has_value());
  return result.error().reason;
}

/// An audit with two findings, and a person with a role.
struct Scene {
  explicit Scene(const std::string& engine) : database(engine), house(database) {
    organisation = house.found("Hallmark");
    person = house.invite(organisation, {"manager"});
    programme = house.create("programme", organisation);
    audit = house.create("audit", organisation, programme);
    finding = house.create("finding", organisation, audit);
    other = house.create("finding", organisation, audit);
    elsewhere = house.create("audit", organisation, programme);
    elsewhere_organisation = house.found("Anvil");
  }
  Database database;
  House house;
  Organisation organisation, elsewhere_organisation;
  Person person;
  Made programme, audit, finding, other, elsewhere;
};

using Read = std::function<void(const StoredFacts&)>;
using Act = std::function<void()>;
struct StaleRow {
  std::string name;
  Read read;
  Act meanwhile;
  bool stale;
};

/// What a decision read, what happened before its commit, and whether that makes it stale. The rows refer to `scene`.
std::vector<StaleRow> stale_rows(Scene& scene) {
  House& house = scene.house;
  const auto record = [&](const Made& made) { return [&](const StoredFacts& facts) { facts.record(made.id); }; };
  const Read findings = [&](const StoredFacts& facts) { facts.linked(scene.audit.id, "findings"); };
  const Read items = [&](const StoredFacts& facts) { facts.items(scene.audit.id); };
  const Read evidence = [&](const StoredFacts& facts) { (void)facts.evidence_at(scene.audit.id); };
  const Read roles = [&](const StoredFacts& facts) { facts.roles(scene.person.id, scene.organisation.id); };
  const Act change_finding = [&] { house.change(scene.finding, "answered"); };
  const Act add_finding = [&] { house.create("finding", scene.organisation, scene.audit); };
  const Act answer = [&] {
    house.commit_or_fail({item_event(house, scene.audit, house.store->new_id(Subject::item), house.uuid(), 1, "")});
  };
  const Act attach = [&] { house.commit_or_fail({evidence_event(house, scene.audit)}); };
  const Act rename = [&] { house.commit_or_fail({person_event(house, scene.person, 2, "Renamed")}); };
  const Act link_from_elsewhere = [&] {
    Content change;
    change.links["checked_in"] = {scene.audit};
    house.create("finding", scene.organisation, scene.elsewhere, change);
  };
  const Read registered = [&](const StoredFacts& facts) {
    CHECK(facts.registered("action", "kind", "welding", scene.organisation.id).empty());
  };
  const Act register_action = [&] {
    Content change;
    change.set = {{"kind", "welding"}};
    house.create("action", scene.organisation, scene.finding, change);
    Snapshot at = house.store->read();
    const StoredFacts facts(*house.store, at);
    CHECK(facts.registered("action", "kind", "welding", scene.organisation.id).size() == 1);
    CHECK(facts.registered("action", "kind", "welding", scene.elsewhere_organisation.id).empty());
  };
  const Act register_elsewhere = [&] { house.create("action", scene.elsewhere_organisation); };
  return {
      {"a register: an entry is added", registered, register_action, true},
      {"a register: another organisation's grows", registered, register_elsewhere, false},
      {"a register: other records change", registered, change_finding, false},
      {"the record itself", record(scene.finding), change_finding, true},
      {"another record of the tree", record(scene.other), change_finding, false},
      {"records that point here: one changes", findings, change_finding, true},
      {"records that point here: one is added", findings, add_finding, true},
      {"records that point here: a link comes from another tree",
       [&](const StoredFacts& facts) { facts.linked(scene.audit.id, "checks"); }, link_from_elsewhere, true},
      {"records that point here: another tree changes", findings, [&] { house.change(scene.elsewhere, "completed"); },
       false},
      {"who has left a seat", [&](const StoredFacts& facts) { facts.held(scene.finding.id, "owner"); }, change_finding,
       true},
      {"a seat", [&](const StoredFacts& facts) { facts.seat(scene.finding.id, "owner"); }, change_finding, true},
      {"who performed what", [&](const StoredFacts& facts) { facts.performed(scene.finding.id, {"answered"}); },
       change_finding, true},
      {"items: one is added", items, answer, true},
      {"items do not move the audit", record(scene.audit), answer, false},
      {"items do not move the tree", findings, answer, false},
      {"evidence: one is added", evidence, attach, true},
      {"evidence does not move the record", record(scene.audit), attach, false},
      {"a person's roles", roles, rename, true},
      {"a person is not a record", record(scene.finding), rename, false},
  };
}

TEST_CASE("what was read and has changed makes a commit stale; what was not read does not") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  House& house = scene.house;

  const std::vector<StaleRow> rows = stale_rows(scene);
  const auto& row = rows[GENERATE(range(std::size_t{0}, std::size_t{18}))];
  INFO(row.name);

  Commit commit;
  {
    Snapshot at = house.store->read();
    const StoredFacts facts(*house.store, at);
    row.read(facts);
    commit.read = facts.dependencies();
    commit.roots = facts.roots();
    commit.trees = facts.trees();
  }
  REQUIRE_FALSE(commit.read.empty());
  row.meanwhile();
  commit.events = {house.step(scene.programme, "closed")};
  const auto committed = house.store->commit(commit);
  if (row.stale) {
    CHECK(reason_of(committed) == Reason::stale);
  } else {
    if (!committed) FAIL(text_of(committed.error()));
    CHECK(committed->events.size() == 1);
  }
  check_replay(*house.store);
}

TEST_CASE("dependencies are few, each once, and cover a tree by its version") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  Snapshot at = scene.house.store->read();
  const StoredFacts facts(*scene.house.store, at);
  facts.record(scene.finding.id);
  facts.record(scene.finding.id);
  CHECK(facts.dependencies() ==
        std::vector<Dependency>{{Dependency::On::record, static_cast<std::int64_t>(scene.finding.id), 1}});
  for (const RecordId id : facts.linked(scene.audit.id, "findings")) facts.record(id);
  CHECK(facts.dependencies() ==
        std::vector<Dependency>{{Dependency::On::tree, static_cast<std::int64_t>(scene.audit.id), 5}});
  CHECK(facts.linked(scene.finding.id, "audit") == std::vector{scene.audit.id});
  CHECK(facts.linked(scene.audit.id, "findings") == std::vector{scene.finding.id, scene.other.id});
  CHECK(facts.linked(scene.audit.id, "nothing").empty());
  CHECK(facts.record(RecordId{999999}) == nullptr);
}

TEST_CASE("an event that does not follow its subject's version is stale, and nothing of its commit is kept") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  House& house = scene.house;
  constexpr std::int64_t before = 8;
  while (house.store->wait_for_events(before - 1, std::chrono::seconds(10)) < before) {
  }
  EventDraft late = house.step(scene.finding, "answered");
  late.version = 7;
  const IdempotentUse use{scene.person.id, "beside", "hash", 200, "{}"};
  const auto beside = [&](Connection& to) { put_idempotent(to, use, house.now); };
  CHECK(reason_of(house.store->commit({{}, {house.step(scene.other, "answered"), late}, {}, beside})) == Reason::stale);
  Snapshot at = house.store->read();
  CHECK(find_record(at, scene.other.id)->state == "issued");
  CHECK_FALSE(find_idempotent(at, use.principal, use.key, house.now));
  CHECK(house.store->last_position() == before);
}

TEST_CASE("a uuid or an e-mail address that somebody else took meanwhile makes a commit stale") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  House& house = scene.house;
  Made twin = house.draft("finding", scene.organisation);
  twin.uuid = scene.finding.uuid;
  CHECK(reason_of(house.commit({house.creation(twin, "issued", scene.audit, {})})) == Reason::stale);

  const Person other = house.invite(scene.organisation);
  EventDraft same = person_event(house, other, 2, "Other");
  same.facts["email"] = scene.person.uuid + "@EXAMPLE.ORG";
  CHECK(reason_of(house.commit({same})) == Reason::stale);
}

TEST_CASE("what stands beside the events is kept with them or not at all") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  House& house = scene.house;
  const auto put = [&](Connection& to) { put_password_hash(to, scene.person.id, "encoded", house.now); };
  REQUIRE(house.store->commit({{}, {house.step(scene.finding, "answered")}, {}, put}).has_value());
  {
    Snapshot at = house.store->read();
    CHECK(password_hash(at, scene.person.id) == "encoded");
  }
  const auto fails = [&](Connection& to) {
    put_password_hash(to, scene.person.id, "other", house.now);
    throw std::domain_error("no");
  };
  CHECK_THROWS_AS(house.store->commit({{}, {house.step(scene.other, "answered")}, {}, fails}), std::domain_error);
  CHECK_THROWS_AS(house.store->write(fails), std::domain_error);
  Snapshot at = house.store->read();
  CHECK(password_hash(at, scene.person.id) == "encoded");
  CHECK(find_record(at, scene.other.id)->state == "issued");
}

TEST_CASE("an Idempotency-Key is used once, by each principal for itself") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  House& house = scene.house;
  const Person other = house.invite(scene.organisation);
  const IdempotentUse use{scene.person.id, "key-1", "hash", 201, R"({"uuid":"x"})"};
  REQUIRE(house.store->commit({{}, {house.step(scene.finding, "answered")}, use, {}}).has_value());
  CHECK(reason_of(house.store->commit({{}, {house.step(scene.other, "answered")}, use, {}})) == Reason::stale);

  IdempotentUse others = use;
  others.principal = other.id;
  REQUIRE(house.store->commit({{}, {house.step(scene.other, "answered")}, others, {}}).has_value());
  Snapshot at = house.store->read();
  const auto found = find_idempotent(at, scene.person.id, "key-1", house.now);
  REQUIRE(found.has_value());
  CHECK(found->request_hash == "hash");
  CHECK(found->status == 201);
  CHECK(found->answer == use.answer);
  CHECK_FALSE(find_idempotent(at, scene.person.id, "key-2", house.now).has_value());
  CHECK_FALSE(find_idempotent(at, scene.person.id, "key-1", house.now + std::chrono::hours(25)).has_value());
}

TEST_CASE("a key may be used again after its day, and old ones are dropped") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  House& house = scene.house;
  IdempotentUse use{scene.person.id, "key-1", "hash", 0, "first"};
  const Instant then = house.now;
  REQUIRE(house.store->write([&](Connection& to) { put_idempotent(to, use, then); }).has_value());
  house.now += std::chrono::hours(25);
  use.answer = "second";
  REQUIRE(house.store->commit({{}, {house.step(scene.finding, "answered")}, use, {}}).has_value());
  {
    Snapshot at = house.store->read();
    CHECK(find_idempotent(at, scene.person.id, "key-1", house.now)->answer == "second");
  }
  const Instant later = house.now + std::chrono::hours(1);
  REQUIRE(house.store->write([&](Connection& to) { drop_old_idempotent(to, later); }).has_value());
  Snapshot at = house.store->read();
  CHECK_FALSE(find_idempotent(at, scene.person.id, "key-1", house.now).has_value());
}

TEST_CASE("numbers follow the pattern, the organisation, and the year where the organisation is") {
  ASSAY_EACH_ENGINE(engine);
  const Database database(engine);
  House house(database);
  const auto berlin = house.found("Berlin"), auckland = house.found("Auckland", "Pacific/Auckland");
  const Made programme = house.create("programme", berlin), other = house.create("programme", auckland);
  CHECK(programme.number == "P-01");
  CHECK(house.create("programme", berlin).number == "P-02");
  house.now = *parse_instant("2026-12-31T12:30:00Z");
  CHECK(house.create("audit", berlin, programme).number == "A-2026-001");
  CHECK(house.create("audit", auckland, other).number == "A-2027-001");
  CHECK(house.create("audit", berlin, programme).number == "A-2026-002");
  house.now = *parse_instant("2026-12-31T23:30:00Z");
  CHECK(house.create("audit", berlin, programme).number == "A-2027-001");
  const Made audit = house.create("audit", berlin, programme);
  CHECK(house.create("action", berlin, house.create("finding", berlin, audit)).number == "C-001");
  check_replay(*house.store);
}

TEST_CASE("numbers have no gaps and no twins when many write at once and some are refused") {
  ASSAY_EACH_ENGINE(engine);
  const Database database(engine);
  House house(database);
  const auto organisation = house.found("Hallmark");
  const Made programme = house.create("programme", organisation);
  std::vector<Made> audits;
  for (int i = 0; i < 4; ++i) audits.push_back(house.create("audit", organisation, programme));
  constexpr int threads = 8, each = 12;
  std::vector<std::vector<EventDraft>> work(threads);
  for (int t = 0; t < threads; ++t) {
    for (int i = 0; i < each; ++i) {
      Content change;
      change.set["title"] = "F";
      work[t].push_back(house.creation(house.draft("finding", organisation), "issued", audits[t % 4], change));
    }
  }
  std::vector<std::vector<std::string>> numbers(threads);
  std::vector<std::thread> running;
  for (int t = 0; t < threads; ++t) {
    running.emplace_back([&, t] {
      for (int i = 0; i < each; ++i) {
        Commit commit{{}, {work[t][i]}, {}, {}};
        if (i % 4 == 3) commit.read = {{Dependency::On::record, static_cast<std::int64_t>(programme.id), 99}};
        const auto done = house.store->commit(commit);
        if (done) numbers[t].push_back(done->events.front().number);
      }
    });
  }
  for (auto& thread : running) thread.join();
  std::set<std::string> all;
  for (const auto& part : numbers) all.insert(part.begin(), part.end());
  REQUIRE(all.size() == threads * each * 3 / 4);
  CHECK(*all.begin() == "F-2026-0001");
  CHECK(*all.rbegin() == "F-2026-0072");
  check_replay(*house.store);
}

}  // namespace
}  // namespace assay::test::commit_test
