// Guards across records hold when both sides are changed at once: the commit sees what the decision did not.
#include <atomic>
#include <barrier>
#include <thread>

#include "storage/fixture.h"

namespace assay::test::race_test {
namespace {

/// An audit may complete only while all its findings are closed; a finding may be reopened only while its audit is
/// running.
struct Race {
  House& house;
  Made audit;
  std::vector<Made> findings;
  std::mutex clock;
  std::atomic<int> performed = 0;

  EventDraft step(const RecordView& view, const std::string& state) {
    const std::unique_lock lock(clock);
    return house.step({view.id, view.uuid, view.definition->type, view.organisation, view.version, {}}, state);
  }

  /// Decides on a snapshot and commits, as a command does; nothing when the guard refuses.
  std::optional<Reason> complete() {
    return perform([this](const StoredFacts& facts) -> std::optional<EventDraft> {
      const auto* view = facts.record(audit.id);
      if (view->state != "running") return {};
      for (const RecordId id : facts.linked(audit.id, "findings")) {
        if (facts.record(id)->state != "closed") return {};
      }
      return step(*view, "completed");
    });
  }

  std::optional<Reason> reopen(const Made& finding) {
    return perform([this, &finding](const StoredFacts& facts) -> std::optional<EventDraft> {
      const auto* view = facts.record(finding.id);
      if (view->state != "closed" || facts.record(audit.id)->state != "running") return {};
      return step(*view, "issued");
    });
  }

  std::optional<Reason> close(const Made& finding) {
    return perform([this, &finding](const StoredFacts& facts) -> std::optional<EventDraft> {
      const auto* view = facts.record(finding.id);
      if (view->state == "closed") return {};
      return step(*view, "closed");
    });
  }

 private:
  std::optional<Reason> perform(const std::function<std::optional<EventDraft>(const StoredFacts&)>& decide) {
    Commit commit;
    {
      Snapshot at = house.store->read();
      const StoredFacts facts(*house.store, at);
      auto event = decide(facts);
      if (!event) return {};
      commit.read = facts.dependencies();
      const int nth = ++performed;  // else they are asked for
      if (nth % 4 != 0) commit.roots = facts.roots();
      if (nth % 3 != 0) commit.trees = facts.trees();
      commit.events = {std::move(*event)};
    }
    const auto done = house.store->commit(commit);
    if (!done) return done.error().reason;
    return {};
  }
};

TEST_CASE("an audit never completes over a finding that is being reopened") {
  ASSAY_EACH_ENGINE(engine);
  Database database(engine);
  database.settings.readers = 8;
  House house(database);
  const auto organisation = house.found("Hallmark");
  const Made programme = house.create("programme", organisation);
  std::atomic<int> stale = 0, refused_otherwise = 0, completed = 0;
  for (int round = 0; round < 30; ++round) {
    Race race{house, house.create("audit", organisation, programme), {}, {}};
    for (int i = 0; i < 3; ++i) {
      race.findings.push_back(house.create("finding", organisation, race.audit));
      house.change(race.findings.back(), "closed");
    }
    constexpr int threads = 6;
    std::barrier start(threads);
    std::vector<std::thread> running;
    for (int t = 0; t < threads; ++t) {
      running.emplace_back([&, t] {
        start.arrive_and_wait();
        for (int i = 0; i < 3; ++i) {
          const Made& finding = race.findings[static_cast<std::size_t>((t + i) % 3)];
          const auto refused = t % 3 == 0 ? race.complete() : t % 3 == 1 ? race.reopen(finding) : race.close(finding);
          if (refused) ++(*refused == Reason::stale ? stale : refused_otherwise);
        }
      });
    }
    for (auto& thread : running) thread.join();
    Snapshot at = house.store->read();
    const bool over = find_record(at, race.audit.id)->state == "completed";
    if (over) ++completed;
    for (const Made& finding : race.findings) {
      if (over) CHECK(find_record(at, finding.id)->state == "closed");
    }
  }
  CHECK(refused_otherwise == 0);
  CHECK(completed > 0);
  CHECK(stale > 0);  // else nothing raced, and this test proves nothing
  check_replay(*house.store);
}

TEST_CASE("two administrators cannot both step down") {
  ASSAY_EACH_ENGINE(engine);
  const Database database(engine);
  House house(database);
  const auto organisation = house.found("Hallmark");
  for (int round = 0; round < 20; ++round) {
    const std::array<Person, 2> people = {house.invite(organisation, {"manager"}),
                                          house.invite(organisation, {"manager"})};
    std::array<Commit, 2> commits;
    for (std::size_t i = 0; i < 2; ++i) {
      EventDraft event{Subject::person, static_cast<std::int64_t>(people[i].id), people[i].uuid,
                       people[i].organisation};
      event.type = "person.changed";
      event.command = "change";
      event.version = 2;
      event.at = house.tick();
      event.facts = {{"name", "N"}, {"email", people[i].uuid}, {"language", "en"}, {"state", "active"}};
      commits[i].events = {event};
      commits[i].read = {{Dependency::On::person, static_cast<std::int64_t>(people[0].id), 1},
                         {Dependency::On::person, static_cast<std::int64_t>(people[1].id), 1}};
    }
    std::barrier start(2);
    std::array<bool, 2> done{};
    std::thread other([&] {
      start.arrive_and_wait();
      done[1] = house.store->commit(commits[1]).has_value();
    });
    start.arrive_and_wait();
    done[0] = house.store->commit(commits[0]).has_value();
    other.join();
    CHECK(done[0] != done[1]);
  }
}

TEST_CASE("who is seated above while a record is made sees it") {
  ASSAY_EACH_ENGINE(engine);
  const Database database(engine);
  House house(database);
  const auto organisation = house.found("Hallmark");
  for (int round = 0; round < 20; ++round) {
    Made programme = house.create("programme", organisation);
    const Made audit = house.create("audit", organisation, programme);
    const Person person = house.invite(organisation);
    Content seat;
    seat.seated["lead"] = {person};
    const EventDraft seated = house.step(programme, "running", seat);
    Content title;
    title.set["title"] = "F";
    const Made finding = house.draft("finding", organisation);
    const EventDraft created = house.creation(finding, "issued", audit, title);
    std::barrier start(2);
    bool made = false;
    std::thread other([&] {
      start.arrive_and_wait();
      made = house.commit({created}).has_value();
    });
    start.arrive_and_wait();
    const bool took = house.commit({seated}).has_value();
    other.join();
    REQUIRE((took && made));
    Snapshot at = house.store->read();
    CHECK(find_record(at, finding.uuid, house.reader(person)).has_value());
  }
  check_replay(*house.store);
}

}  // namespace
}  // namespace assay::test::race_test
