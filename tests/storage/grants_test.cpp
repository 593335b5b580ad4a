// What grants open: sight comes and goes with the state of the grant, beside seats, and only for who notes what is
// read.
#include "storage/grants.h"

#include <random>

#include "storage/fixture.h"

namespace assay::test::grants_test {
namespace {

/// Somebody who notes what is shown.
Reader noting(const House& house, const Person& person, std::set<std::string> whole = {}) {
  Reader reader = house.reader(person, std::move(whole));
  reader.granted = true;
  reader.shown = std::make_shared<std::map<RecordId, int>>();
  return reader;
}

/// Names of what the reader sees, by each way of reading, which must agree.
std::string seen(House& house, const std::vector<std::pair<std::string, Made>>& records, const Reader& reader) {
  Snapshot at = house.store->read();
  std::set<std::string> found, listed;
  for (const auto& [name, made] : records) {
    if (find_record(at, made.uuid, reader)) found.insert(name);
    ListQuery query;
    query.type = made.type;
    query.limit = 1000;
    int times = 0;
    for (const auto& row : list_records(at, query, reader)) times += row.uuid == made.uuid ? 1 : 0;
    if (times > 0) listed.insert(name);
    CHECK(times <= 1);
  }
  CHECK(found == listed);
  std::string text;
  for (const auto& name : found) text += (text.empty() ? "" : " ") + name;
  return text;
}

/// A programme with two audits, a finding below each, and people.
struct Site {
  explicit Site(const std::string& engine) : database(engine), house(database) {
    organisation = house.found("One");
    programme = house.create("programme", organisation);
    audit = house.create("audit", organisation, programme);
    audit2 = house.create("audit", organisation, programme);
    finding = house.create("finding", organisation, audit);
    finding2 = house.create("finding", organisation, audit2);
    guest = house.invite(organisation);
    records = {{"P", programme}, {"A1", audit}, {"A2", audit2}, {"F1", finding}, {"F2", finding2}};
  }

  /// A pass for the guest over records, in the state "given" or "asked".
  Made pass(const std::string& state, const std::map<std::string, std::vector<Made>>& links, const Person& to) {
    Made made = house.draft("pass", organisation);
    Content content;
    content.set = {{"title", "Pass"}};
    content.links = links;
    content.seated = {{"guest", {to}}};
    auto event = house.creation(made, state, {}, content);
    (void)house.commit_or_fail({event});
    made.version = 1;
    return made;
  }

  std::string sees(const Person& person) { return seen(house, records, noting(house, person)); }

  Database database;
  House house;
  Organisation organisation;
  Made programme, audit, audit2, finding, finding2;
  Person guest{};
  std::vector<std::pair<std::string, Made>> records;
};

TEST_CASE("a grant opens a record and what hangs below while it is in its states") {
  ASSAY_EACH_ENGINE(engine);
  Site site(engine);
  CHECK(site.sees(site.guest).empty());
  Made pass = site.pass("asked", {{"audits", {site.audit}}}, site.guest);
  CHECK(site.sees(site.guest).empty());
  {
    Snapshot at = site.house.store->read();
    CHECK_FALSE(is_granted(at, site.guest.id));
  }
  site.house.change(pass, "given");
  CHECK(site.sees(site.guest) == "A1 F1");
  {
    Snapshot at = site.house.store->read();
    CHECK(is_granted(at, site.guest.id));
  }
  CHECK(seen(site.house, site.records, site.house.reader(site.guest)).empty());  // who notes nothing sees nothing of it
  const Made later = site.house.create("finding", site.organisation, site.audit);
  const Made elsewhere = site.house.create("finding", site.organisation, site.audit2);
  site.records.insert(site.records.end(), {{"F3", later}, {"F4", elsewhere}});
  CHECK(site.sees(site.guest) == "A1 F1 F3");
  site.house.change(site.finding, "answered");  // as clients see it: the grant shows it in every state
  CHECK(site.sees(site.guest) == "A1 F1 F3");
  site.house.change(pass, "over");
  CHECK(site.sees(site.guest).empty());
  check_replay(*site.house.store);
}

TEST_CASE("what is seen by a grant alone is told with the grants, and what a seat or a role shows is not") {
  ASSAY_EACH_ENGINE(engine);
  Site site(engine);
  Made pass = site.pass("given", {{"audits", {site.audit}}}, site.guest);
  const Made wide = site.pass("given", {{"programmes", {site.programme}}}, site.guest);
  site.house.change(site.finding2, "issued", {{}, {}, {{"owner", {site.guest}}}, {}, Json::object()});
  CHECK(site.sees(site.guest) == "A1 A2 F1 F2 P");

  const auto told = [&](const Reader& reader) {
    std::map<std::string, std::vector<RecordId>> all;
    Snapshot at = site.house.store->read();
    for (const auto& [name, made] : site.records) (void)find_record(at, made.uuid, reader);
    for (const SeenByGrant& one : seen_by_grant(at, reader)) {
      for (const auto& [name, made] : site.records)
        if (made.id == one.record) all[name] = one.grants;
    }
    return all;
  };
  using Told = std::map<std::string, std::vector<RecordId>>;
  CHECK(told(noting(site.house, site.guest)) ==
        Told{{"P", {wide.id}}, {"A1", {pass.id, wide.id}}, {"F1", {pass.id, wide.id}}, {"A2", {wide.id}}});
  CHECK(told(noting(site.house, site.guest, {"audit"})) == Told{{"P", {wide.id}}, {"F1", {pass.id, wide.id}}});

  const Reader before = noting(site.house, site.guest);
  {
    Snapshot at = site.house.store->read();
    (void)find_record(at, site.finding.uuid, before);
  }
  site.house.change(pass, "over");
  Made over = wide;
  site.house.change(over, "over");
  Snapshot at = site.house.store->read();
  const auto lost = seen_by_grant(at, before);
  REQUIRE(lost.size() == 1);
  CHECK(lost.front().grants.empty());  // what is seen in no way any more names no grant
  check_replay(*site.house.store);
}

TEST_CASE("seats and grants over the same records come and go in any order") {
  ASSAY_EACH_ENGINE(engine);
  Site site(engine);
  const Person guest = site.guest, other = site.house.invite(site.organisation);
  std::vector<Made> passes = {site.pass("asked", {{"audits", {site.audit}}}, guest),
                              site.pass("asked", {{"programmes", {site.programme}}}, guest),
                              site.pass("asked", {{"findings", {site.finding, site.finding2}}}, guest),
                              site.pass("asked", {{"audits", {site.audit2}}}, other)};
  const std::vector<std::set<std::string>> covers = {{"A1", "F1"}, {"P", "A1", "A2", "F1", "F2"}, {"F1", "F2"}, {}};
  std::vector<std::string> states(passes.size(), "asked");
  struct Seat {
    Made* on;
    const char* name;
    bool client;
    std::set<std::string> below;
    bool taken = false;
  };
  std::vector<Seat> seats = {{&site.programme, "customer", true, {"P", "A1", "A2", "F1", "F2"}},
                             {&site.audit, "observer", false, {"A1", "F1"}},
                             {&site.finding2, "owner", false, {"F2"}}};
  std::map<std::string, std::string> shown = {{"F1", "issued"}, {"F2", "issued"}};
  std::mt19937 chance(4711);  // the same every time
  for (int step = 0; step < 120; ++step) {
    const auto pick = [&](std::size_t count) { return static_cast<std::size_t>(chance()) % count; };
    switch (pick(3)) {
      case 0: {
        const std::size_t i = pick(passes.size());
        states[i] = states[i] == "given" ? "asked" : "given";
        site.house.change(passes[i], states[i]);
        break;
      }
      case 1: {
        Seat& seat = seats[pick(seats.size())];
        Content content;
        (seat.taken ? content.unseated : content.seated)[seat.name] = {guest};
        seat.taken = !seat.taken;
        const std::string state = seat.on == &site.finding2 ? shown["F2"] : "running";
        site.house.change(*seat.on, state, content);
        break;
      }
      default: {
        const bool first = pick(2) == 0;
        std::string& state = shown[first ? "F1" : "F2"];
        state = state == "answered" ? "issued" : "answered";
        site.house.change(first ? site.finding : site.finding2, state);
      }
    }
    std::set<std::string> by_seat, by_grant;
    for (const Seat& seat : seats) {
      for (const std::string& name : seat.below) {
        const bool is_shown = name == "P" || (shown.contains(name) && shown.at(name) == "answered");
        if (seat.taken && (!seat.client || is_shown)) by_seat.insert(name);
      }
    }
    for (std::size_t i = 0; i < passes.size(); ++i)
      if (states[i] == "given") by_grant.insert(covers[i].begin(), covers[i].end());
    std::set<std::string> both = by_seat;
    both.insert(by_grant.begin(), by_grant.end());
    const auto text = [](const std::set<std::string>& names) {
      std::string all;
      for (const auto& name : names) all += (all.empty() ? "" : " ") + name;
      return all;
    };
    INFO("step " << step);
    CHECK(site.sees(guest) == text(both));
    CHECK(seen(site.house, site.records, site.house.reader(guest)) == text(by_seat));
  }
  check_replay(*site.house.store);
}

}  // namespace
}  // namespace assay::test::grants_test
