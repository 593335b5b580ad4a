// Who sees what: organisations never see each other, seats reach downwards, roles see whole types.
#include "storage/fixture.h"

namespace assay::test::visibility_test {
namespace {

/// Two organisations with the same tree: programme, two audits, a finding below each, an action below the first.
struct Tree {
  Made programme, audit, audit2, finding, finding2, action;
};

Tree plant(House& house, const Organisation& in) {
  Tree tree;
  tree.programme = house.create("programme", in);
  tree.audit = house.create("audit", in, tree.programme);
  tree.audit2 = house.create("audit", in, tree.programme);
  tree.finding = house.create("finding", in, tree.audit);
  tree.finding2 = house.create("finding", in, tree.audit2);
  tree.action = house.create("action", in, tree.finding);
  return tree;
}

/// What the reader sees of the trees, by each way of reading, which must agree: "P A1 F1 C1".
std::string seen(House& house, const std::vector<std::pair<std::string, Made>>& records, const Reader& reader) {
  Snapshot at = house.store->read();
  std::set<std::string> found, listed, fed;
  for (const auto& [name, made] : records) {
    if (find_record(at, made.uuid, reader)) found.insert(name);
    ListQuery query;
    query.type = made.type;
    query.limit = 1000;
    for (const auto& row : list_records(at, query, reader)) {
      if (row.uuid == made.uuid) listed.insert(name);
    }
    EventQuery events;
    events.record = made.id;
    if (!list_events(at, events, reader).empty()) fed.insert(name);
  }
  CHECK(found == listed);
  CHECK(found == fed);
  std::string text;
  for (const auto& name : found) text += (text.empty() ? "" : " ") + name;
  return text;
}

void wait_sealed(House& house, std::int64_t events) {
  while (house.store->wait_for_events(events - 1, std::chrono::seconds(10)) < events) {
  }
}

struct Scene {
  explicit Scene(const std::string& engine) : database(engine), house(database) {
    organisation = house.found("One");
    other = house.found("Two");
    tree = plant(house, organisation);
    foreign = plant(house, other);
    person = house.invite(organisation);
    colleague = house.invite(organisation);
    stranger = house.invite(other);
    records = {{"P", tree.programme},   {"A1", tree.audit},       {"A2", tree.audit2},       {"F1", tree.finding},
               {"F2", tree.finding2},   {"C1", tree.action},      {"xP", foreign.programme}, {"xA1", foreign.audit},
               {"xA2", foreign.audit2}, {"xF1", foreign.finding}, {"xF2", foreign.finding2}, {"xC1", foreign.action}};
    events = 2 + 12 + 3;
  }
  void change(Made& record, const Content& change) {
    house.change(record, record.type == "finding" ? "issued" : "running", change);
    ++events;
  }
  void seat(Made& record, const std::string& name, const Person& who) {
    Content seated;
    seated.seated[name] = {who};
    change(record, seated);
  }
  void unseat(Made& record, const std::string& name, const Person& who) {
    Content left;
    left.unseated[name] = {who};
    change(record, left);
  }
  std::string sees(const Person& who, std::set<std::string> whole = {}) {
    wait_sealed(house, events);
    return seen(house, records, house.reader(who, std::move(whole)));
  }
  Database database;
  House house;
  Organisation organisation, other;
  Tree tree, foreign;
  Person person, colleague, stranger;
  std::vector<std::pair<std::string, Made>> records;
  std::int64_t events;
};

TEST_CASE("roles see whole types of their own organisation only") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  CHECK(scene.sees(scene.person).empty());
  CHECK(scene.sees(scene.person, {"finding"}) == "F1 F2");
  CHECK(scene.sees(scene.person, {"programme", "audit", "finding", "action"}) == "A1 A2 C1 F1 F2 P");
  CHECK(scene.sees(scene.stranger, {"programme", "audit", "finding", "action"}) == "xA1 xA2 xC1 xF1 xF2 xP");
  CHECK(scene.sees(scene.person, {"nonsense"}).empty());
}

TEST_CASE("a seat shows its record and all below it, now and later") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  scene.seat(scene.tree.finding, "owner", scene.person);
  CHECK(scene.sees(scene.person) == "C1 F1");
  CHECK(scene.sees(scene.colleague).empty());
  scene.seat(scene.tree.audit, "lead", scene.person);
  CHECK(scene.sees(scene.person) == "A1 C1 F1");
  scene.seat(scene.tree.programme, "lead", scene.colleague);
  CHECK(scene.sees(scene.colleague) == "A1 A2 C1 F1 F2 P");
  CHECK(scene.sees(scene.colleague, {"audit"}) == "A1 A2 C1 F1 F2 P");
  scene.records.emplace_back("F3", scene.house.create("finding", scene.organisation, scene.tree.audit));
  ++scene.events;
  CHECK(scene.sees(scene.person) == "A1 C1 F1 F3");
  CHECK(scene.sees(scene.colleague) == "A1 A2 C1 F1 F2 F3 P");
  check_replay(*scene.house.store);
}

TEST_CASE("seats that are taken with the creation count") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  Content change;
  change.seated["owner"] = {scene.person};
  scene.records.emplace_back("F3", scene.house.create("finding", scene.organisation, scene.tree.audit, change));
  ++scene.events;
  CHECK(scene.sees(scene.person) == "F3");
  check_replay(*scene.house.store);
}

TEST_CASE("leaving a seat takes away what no other seat shows") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  scene.seat(scene.tree.audit, "lead", scene.person);
  scene.seat(scene.tree.audit, "observer", scene.person);
  scene.seat(scene.tree.action, "owner", scene.person);
  CHECK(scene.sees(scene.person) == "A1 C1 F1");
  scene.unseat(scene.tree.audit, "lead", scene.person);
  CHECK(scene.sees(scene.person) == "A1 C1 F1");  // still the observer
  scene.unseat(scene.tree.audit, "observer", scene.person);
  CHECK(scene.sees(scene.person) == "C1");
  scene.seat(scene.tree.programme, "lead", scene.person);
  scene.unseat(scene.tree.action, "owner", scene.person);
  CHECK(scene.sees(scene.person) == "A1 A2 C1 F1 F2 P");  // from above
  scene.unseat(scene.tree.programme, "lead", scene.person);
  CHECK(scene.sees(scene.person).empty());
  check_replay(*scene.house.store);
}

TEST_CASE("a client's seat shows what stands in a state for clients, and only while it does") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  const auto answer = [&](Made& record, const char* state, const Content& change = {}) {
    scene.house.change(record, state, change);
    ++scene.events;
  };
  scene.seat(scene.tree.programme, "customer", scene.person);
  CHECK(scene.sees(scene.person) == "P");
  answer(scene.tree.finding, "answered");
  CHECK(scene.sees(scene.person) == "F1 P");
  scene.seat(scene.tree.programme, "customer", scene.colleague);
  CHECK(scene.sees(scene.colleague) == "F1 P");
  scene.seat(scene.tree.audit2, "observer", scene.colleague);  // a seat of our own shows all below it
  CHECK(scene.sees(scene.colleague) == "A2 F1 F2 P");
  answer(scene.tree.finding2, "answered");
  answer(scene.tree.finding, "closed");
  CHECK(scene.sees(scene.person) == "F2 P");
  CHECK(scene.sees(scene.colleague) == "A2 F2 P");
  answer(scene.tree.finding2, "closed");
  CHECK(scene.sees(scene.person) == "P");
  CHECK(scene.sees(scene.colleague) == "A2 F2 P");
  scene.unseat(scene.tree.audit2, "observer", scene.colleague);
  CHECK(scene.sees(scene.colleague) == "P");
  answer(scene.tree.finding, "answered");
  scene.unseat(scene.tree.programme, "customer", scene.person);
  CHECK(scene.sees(scene.person).empty());
  CHECK(scene.sees(scene.colleague) == "F1 P");
  check_replay(*scene.house.store);
}

TEST_CASE("a person of one organisation is invisible to another") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  Snapshot at = scene.house.store->read();
  const auto reader = scene.house.reader(scene.person, {}, true);
  CHECK(find_person(at, scene.colleague.uuid, reader).has_value());
  CHECK_FALSE(find_person(at, scene.stranger.uuid, reader).has_value());
  CHECK(list_people(at, reader, 0, 100).size() == 2);
  CHECK(list_people(at, reader, static_cast<std::int64_t>(scene.person.id), 100).size() == 1);
  const StoredFacts facts(*scene.house.store, at);
  CHECK(facts.person(scene.colleague.uuid, scene.organisation.id) == scene.colleague.id);
  CHECK_FALSE(facts.person(scene.stranger.uuid, scene.organisation.id).has_value());
  CHECK_FALSE(facts.record_named(scene.foreign.audit.uuid, scene.organisation.id).has_value());
  CHECK(facts.record_named(scene.tree.audit.uuid, scene.organisation.id) == scene.tree.audit.id);
  CHECK(facts.roles(scene.stranger.id, scene.organisation.id).empty());
}

TEST_CASE("events about the organisation are for administrators, links show only what may be seen") {
  ASSAY_EACH_ENGINE(engine);
  Scene scene(engine);
  scene.seat(scene.tree.finding, "owner", scene.person);
  wait_sealed(scene.house, scene.events);
  Snapshot at = scene.house.store->read();
  EventQuery people;
  people.types = {"person.*", "organisation.founded"};
  CHECK(list_events(at, people, scene.house.reader(scene.person)).empty());
  CHECK(list_events(at, people, scene.house.reader(scene.person, {}, true)).size() == 3);

  const auto links = [&](const Made& of, const Reader& reader) {
    std::string text;
    for (const auto& link : links_of(at, of.id, reader, *small_set())) text += link.name + ":" + link.type + " ";
    return text;
  };
  CHECK(links(scene.tree.finding, scene.house.reader(scene.person)) == "actions:action ");
  CHECK(links(scene.tree.finding, scene.house.reader(scene.person, {"audit"})) == "audit:audit actions:action ");
  CHECK(links(scene.tree.audit, scene.house.reader(scene.colleague, {"programme", "finding"})) ==
        "programme:programme findings:finding ");
}

}  // namespace
}  // namespace assay::test::visibility_test
