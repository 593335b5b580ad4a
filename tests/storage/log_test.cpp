// The log: gapless positions in commit order, waiting for them, reading them, and rebuilding everything from them.
#include <random>
#include <thread>

#include "storage/fixture.h"
#include "storage/record_questions.h"

namespace assay::test::log_test {
namespace {

using Catch::Matchers::ContainsSubstring;

std::vector<Event> whole_log(Store& store, OrganisationId organisation) {
  Snapshot at = store.read();
  return events_after(at, organisation, 0, 100000);
}

/// Steps that any record can take, chosen by a seed; many of them touch several records at once.
class RandomHistory {
 public:
  RandomHistory(House& house, unsigned seed) : house_(house), random_(seed) {
    organisation_ = house.found("Random");
    for (int i = 0; i < 4; ++i) people_.push_back(house.invite(organisation_, {"manager"}));
    records_.push_back(house.create("programme", organisation_));
  }

  void step() {
    switch (pick(6)) {
      case 0:
        return create();
      case 1:
        return seat();
      case 2:
        return timers();
      case 3:
        return change_two();
      default:
        return change();
    }
  }

 private:
  std::size_t pick(std::size_t below) { return std::uniform_int_distribution<std::size_t>(0, below - 1)(random_); }
  Made& any() { return records_[pick(records_.size())]; }

  Content content_for(const Made& record) {
    Content content;
    content.set["title"] = "T" + std::to_string(pick(5));
    if (record.type != "finding") return content;
    if (pick(2) == 0) content.set["grade"] = pick(2) == 0 ? Json("major") : Json(nullptr);
    if (pick(2) == 0) content.set["score"] = static_cast<int>(pick(100)) - 50;
    if (pick(3) == 0) content.more["append"] = {{"plans", {{"cause", "c" + std::to_string(pick(9))}}}};
    return content;
  }

  void create() {
    static const std::map<std::string, std::string> below = {
        {"programme", "audit"}, {"audit", "finding"}, {"finding", "action"}, {"action", ""}};
    const Made parent = any();
    const std::string& type = below.at(parent.type);
    if (type.empty()) return;
    Made draft = house_.draft(type, organisation_);
    Content content = content_for(draft);
    if (pick(2) == 0) content.seated[seat_of(type)] = {people_[pick(people_.size())]};
    if (type == "finding" && pick(2) == 0) {
      for (const auto& one : records_) {
        if (one.type == "audit") content.links["checked_in"] = {one};
      }
    }
    house_.commit_or_fail({house_.creation(draft,
                                           type == "finding"  ? "issued"
                                           : type == "action" ? "open"
                                                              : "running",
                                           parent, content)});
    draft.version = 1;
    records_.push_back(draft);
  }

  static std::string seat_of(const std::string& type) {
    return type == "finding" || type == "action" ? "owner" : "lead";
  }
  static std::string state_of(const std::string& type) {
    return type == "action" ? "open" : type == "finding" ? "answered" : "running";
  }

  void seat() {
    Made& record = any();
    Content content;
    auto& side = pick(2) == 0 ? content.seated : content.unseated;
    side[seat_of(record.type)] = {people_[pick(people_.size())]};
    house_.change(record, state_of(record.type), content);
  }

  void timers() {
    Made& record = any();
    Content content;
    const std::string name = "t" + std::to_string(pick(2));
    content.more["timers"][name] = pick(3) == 0 ? Json(nullptr)
                                                : Json{{"day", "2026-0" + std::to_string(1 + pick(9)) + "-01"},
                                                       {"at", "2026-09-01T00:00:00.000Z"}};
    if (pick(3) == 0) content.more["fired"] = "t0";
    house_.change(record, state_of(record.type), content);
  }

  void change() {
    Made& record = any();
    house_.change(record, state_of(record.type), content_for(record));
  }

  void change_two() {
    Made& first = any();
    Made& second = any();
    if (first.uuid == second.uuid) return;
    house_.commit_or_fail({house_.step(first, state_of(first.type), content_for(first)),
                           house_.step(second, state_of(second.type), content_for(second))});
    ++first.version;
    ++second.version;
  }

  House& house_;
  std::mt19937 random_;
  Organisation organisation_;
  std::vector<Person> people_;
  std::vector<Made> records_;
};

TEST_CASE("sixteen writers leave a log without gaps, in which every record's versions follow each other") {
  ASSAY_EACH_ENGINE(engine);
  Database database(engine);
  database.settings.writers = 16;
  House house(database);
  const auto organisation = house.found("Hallmark");
  const Made programme = house.create("programme", organisation);
  constexpr int threads = 16, each = 15;
  std::vector<std::vector<EventDraft>> work(threads);
  std::vector<std::int64_t> heard;
  for (auto& steps : work) {
    Made audit = house.create("audit", organisation, programme);
    for (int i = 0; i < each; ++i) {
      steps.push_back(house.step(audit, "running"));
      ++audit.version;
    }
  }
  std::mutex hearing;
  house.store->on_events([&](std::int64_t position) {
    const std::unique_lock lock(hearing);
    heard.push_back(position);
  });
  std::atomic<int> refused = 0;
  std::vector<std::thread> running;
  for (const auto& steps : work) {
    running.emplace_back([&] {
      for (const auto& step : steps) refused += house.commit({step}).has_value() ? 0 : 1;
    });
  }
  for (auto& thread : running) thread.join();
  CHECK(refused == 0);
  constexpr std::int64_t expected = 2 + threads + threads * each;
  while (house.store->wait_for_events(expected - 1, std::chrono::seconds(10)) < expected) {
  }
  const auto log = whole_log(*house.store, organisation.id);
  REQUIRE(log.size() == expected);
  std::map<std::string, std::int64_t> versions;
  for (std::size_t i = 0; i < log.size(); ++i) {
    REQUIRE(log[i].position == static_cast<std::int64_t>(i) + 1);
    REQUIRE(log[i].draft.version == ++versions[log[i].draft.uuid]);
  }
  const std::unique_lock lock(hearing);
  CHECK(std::is_sorted(heard.begin(), heard.end()));
  CHECK(heard.back() == expected);
  check_replay(*house.store);
}

TEST_CASE("an event comes back as it was written") {
  ASSAY_EACH_ENGINE(engine);
  const Database database(engine);
  House house(database);
  const auto organisation = house.found("Hallmark");
  const Person person = house.invite(organisation);
  Made programme = house.create("programme", organisation);
  Content content;
  content.more["said"] = {{"comment", "Grüße \"quoted\""}};
  EventDraft first = house.step(programme, "running", content);
  first.actor = person.id;
  programme.version = 2;
  const EventDraft second = house.step(programme, "closed");
  house.commit_or_fail({first, second});
  const auto log = whole_log(*house.store, organisation.id);
  while (house.store->wait_for_events(4, std::chrono::seconds(10)) < 5) {
  }
  Snapshot at = house.store->read();
  const Event event = event_at(at, 4).value();
  CHECK(event.draft.facts == first.facts);
  CHECK(event.draft.actor == person.id);
  CHECK(event.draft.type == "programme.running");
  CHECK(event.draft.at == first.at);
  CHECK(event.draft.record == programme.id);
  CHECK(event.draft.subject == Subject::record);
  CHECK(is_uuid(event.uuid));
  CHECK(event.commitment.size() == 64);
  CHECK(event.cause == event_at(at, 5)->cause);
  CHECK(event.uuid != event_at(at, 5)->uuid);
  CHECK(event_at(at, 3)->number == programme.number);
  CHECK(event_at(at, 3)->cause != event.cause);
  CHECK_FALSE(event_at(at, 6).has_value());
}

TEST_CASE("a feed is cut by position, record, type and limit") {
  ASSAY_EACH_ENGINE(engine);
  const Database database(engine);
  House house(database);
  const auto organisation = house.found("Hallmark"), other = house.found("Other");
  const Person person = house.invite(organisation);
  Made programme = house.create("programme", organisation);
  Made audit = house.create("audit", organisation, programme);
  house.create("programme", other);
  house.change(audit, "completed");
  house.change(programme, "closed");
  while (house.store->wait_for_events(7, std::chrono::seconds(10)) < 8) {
  }
  const Reader reader = house.reader(person, {"programme", "audit"}, true);
  const auto feed = [&](const EventQuery& query) {
    Snapshot at = house.store->read();
    std::string text;
    for (const auto& event : list_events(at, query, reader)) text += std::to_string(event.position) + " ";
    return text;
  };
  CHECK(feed({}) == "1 3 4 5 7 8 ");
  CHECK(feed({4, 50, {}, {}}) == "5 7 8 ");
  CHECK(feed({4, 2, {}, {}}) == "5 7 ");
  CHECK(feed({0, 50, audit.id, {}}) == "5 7 ");
  CHECK(feed({0, 50, {}, {"programme.*"}}) == "4 8 ");
  CHECK(feed({0, 50, {}, {"programme.closed", "audit.*"}}) == "5 7 8 ");
  CHECK(feed({0, 50, {}, {"prog"}}).empty());
  CHECK(feed({8, 50, {}, {}}).empty());
  Snapshot at = house.store->read();
  CHECK(events_after(at, other.id, 0, 10).size() == 2);
  CHECK(events_after(at, organisation.id, 5, 10).size() == 2);
}

TEST_CASE("waiting for events ends with the next one or with the time") {
  ASSAY_EACH_ENGINE(engine);
  const Database database(engine);
  House house(database);
  CHECK(house.store->wait_for_events(0, std::chrono::milliseconds(5)) == 0);
  std::thread writer([&] { house.found("Hallmark"); });
  CHECK(house.store->wait_for_events(0, std::chrono::seconds(30)) == 1);
  writer.join();
  CHECK(house.store->last_position() == 1);
}

TEST_CASE("a snapshot stands still while others write") {
  ASSAY_EACH_ENGINE(engine);
  const Database database(engine);
  House house(database);
  const auto organisation = house.found("Hallmark");
  Made programme = house.create("programme", organisation);
  Snapshot before = house.store->read();
  CHECK(find_record(before, programme.id)->version == 1);
  house.change(programme, "closed");
  CHECK(find_record(before, programme.id)->version == 1);
  Snapshot after = house.store->read();
  CHECK(find_record(after, programme.id)->version == 2);
}

TEST_CASE("the log rebuilds every row of a random history") {
  ASSAY_EACH_ENGINE(engine);
  const unsigned seed = GENERATE(take(3, random(1U, 1000000U)));
  CAPTURE(seed);
  const Database database(engine);
  House house(database);
  RandomHistory history(house, seed);
  for (int i = 0; i < 120; ++i) history.step();
  check_replay(*house.store);
}

TEST_CASE("a row or a payload that was changed behind the log's back is found and named") {
  ASSAY_EACH_ENGINE(engine);
  const auto [sql, message] = GENERATE(table<std::string, std::string>(
      {{"UPDATE record SET state = 'closed' WHERE type = 'finding'", "state is `closed`, the log says `issued`"},
       {"DELETE FROM access WHERE type = 'finding'", "is missing, though the log has it"},
       {"INSERT INTO access (scope, type, record) SELECT 1, type, id FROM record WHERE type = 'finding'",
        "is not what the log says"},
       {"UPDATE record_version SET tree = tree + 1", "is not what the log says"},
       {"UPDATE person SET name = 'Mallory'", "name is `Mallory`, the log says `Person 1`"},
       {"UPDATE event_payload SET facts = REPLACE(facts, 'finding 3', 'finding 9')",
        "not the one that was committed to"},
       {"UPDATE event SET version = 5 WHERE type = 'finding.issued'", "is not at version 4"}}));
  INFO(sql);
  const Database database(engine);
  House house(database);
  const auto organisation = house.found("Hallmark");
  house.invite(organisation);
  house.create("finding", organisation, house.create("audit", organisation, house.create("programme", organisation)));
  check_replay(*house.store);
  REQUIRE(house.store->write([&](Connection& to) { to.run(sql); }).has_value());
  const auto report = verify_log(*house.store);
  REQUIRE_FALSE(report.differences.empty());
  std::string all;
  for (const auto& difference : report.differences) all += difference + "\n";
  CHECK_THAT(all, ContainsSubstring(message));
}

TEST_CASE("every event that does not fit is told with its position, and the rest is replayed") {
  ASSAY_EACH_ENGINE(engine);
  const Database database(engine);
  House house(database);
  const auto organisation = house.found("Hallmark");  // 1
  const Made programme = house.create("programme", organisation);
  const Made audit = house.create("audit", organisation, programme);
  std::vector<Made> findings;
  for (int i = 0; i < 6; ++i) findings.push_back(house.create("finding", organisation, audit));  // 4 to 9
  house.change(findings[5], "closed");                                                           // 10
  while (house.store->wait_for_events(9, std::chrono::seconds(10)) < 10) {
  }
  check_replay(*house.store);
  const auto damage = [&](int position, const std::string& table, const std::string& change) {
    REQUIRE(house.store
                ->write([&](Connection& to) {
                  to.run("UPDATE " + table + " SET " + change +
                             " WHERE sequence = (SELECT sequence FROM sealed WHERE position = :position)",
                         with("position", position));
                })
                .has_value());
  };
  damage(4, "event_payload", "facts = REPLACE(facts, '" + audit.uuid + "', '0191aaaa-0000-7000-8000-000000000099')");
  damage(5, "event_payload", "facts = 'no JSON'");
  damage(6, "event", "workflow_set = 'unknown'");
  damage(7, "event", "subject = 'dream'");
  damage(8, "event", "version = 7");
  const auto report = verify_log(*house.store);
  CHECK(report.events == 10);
  CHECK(report.untold == 0);
  std::string all;
  for (const auto& difference : report.differences) all += difference + "\n";
  INFO(all);
  CHECK_THAT(all, ContainsSubstring("event 4: ") && ContainsSubstring("which does not exist"));
  CHECK_THAT(all, ContainsSubstring("event 5: it cannot be read"));
  CHECK_THAT(all, ContainsSubstring("event 6: ") && ContainsSubstring("unknown"));
  CHECK_THAT(all, ContainsSubstring("event 7: it cannot be read"));
  CHECK_THAT(all, ContainsSubstring("event 8: ") && ContainsSubstring("is not at version 6"));
  for (const int fine : {1, 2, 3}) CHECK_FALSE(all.find("event " + std::to_string(fine) + ": ") != std::string::npos);
  // What the faulty ones should have made is missed; what comes after them is there.
  for (std::size_t i = 0; i < 6; ++i) {
    const bool missed = all.find("record " + std::to_string(static_cast<std::int64_t>(findings[i].id)) +
                                 " is not what the log says") != std::string::npos;
    CHECK(missed == (i < 5));
  }
}

TEST_CASE("a replay takes no memory for what it has replayed") {
  const Database database("sqlite");
  House house(database);
  house.found("Hallmark");
  const auto scratch = house.store->scratch();
  const auto [name] = scratch->one<std::string>("SELECT file FROM pragma_database_list WHERE name = 'main'").value();
  CHECK(name.starts_with(std::filesystem::canonical(database.settings.data).string()));
  CHECK_FALSE(std::filesystem::exists(name));  // it goes with the connection, even when the program dies
  CHECK(scratch->value<std::int64_t>("SELECT COUNT(*) FROM event") == 0);
}

TEST_CASE("a workflow set outlives its program and is refused when it was damaged") {
  ASSAY_EACH_ENGINE(engine);
  const Database database(engine);
  {
    House house(database);
    CHECK(house.store->workflow_set(small_set()->hash) != nullptr);
    CHECK(house.store->workflow_set("unknown") == nullptr);
  }
  {
    const auto store = database.open();
    REQUIRE(store->workflow_set(small_set()->hash) != nullptr);
    CHECK(store->workflow_set(small_set()->hash)->types.size() == 5);
    REQUIRE(store->write([](Connection& to) { to.run("UPDATE workflow_set SET text = '{}'"); }).has_value());
  }
  CHECK_THROWS_WITH(database.open(), ContainsSubstring("damaged"));
}

TEST_CASE("a store is held until it is released") {
  ASSAY_EACH_ENGINE(engine);
  const Database database(engine);
  {
    const auto store = database.open();
    CHECK_FALSE(store->held());
    REQUIRE(store->write([](Connection& to) { to.run("INSERT INTO meta (name, value) VALUES ('held', 'yes')"); })
                .has_value());
  }
  const auto store = database.open();
  CHECK(store->held());
  REQUIRE(store->release().has_value());
  CHECK_FALSE(store->held());
}

TEST_CASE("SQLite: who did what on a record is read from its index, and not from rows all over the log") {
  const Database database("sqlite");
  const House house(database);
  Snapshot at = house.store->read();
  const auto plan = at.connection().all<std::int64_t, std::int64_t, std::int64_t, std::string>(
      "EXPLAIN QUERY PLAN " + std::string(performed_on_record), with("id", std::int64_t{1}));
  CHECK(std::get<3>(plan.at(0)) == "SEARCH event USING COVERING INDEX event_record (record=?)");
}

}  // namespace
}  // namespace assay::test::log_test
