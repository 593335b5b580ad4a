// The one way in which anything changes: what is tried again, what is kept under a key, and what a refusal leaves.
#include "commands/perform.h"

#include <thread>

#include "jobs/office.h"

namespace assay::test::perform_test {
namespace {

constexpr const char* colleague = "maria@elbwerk.example";

/// An office and a colleague whose name the plans of these tests change.
struct Desk : Office {
  explicit Desk(std::string_view engine) : Office(engine), who(join(colleague, {"internal_auditor"})) {}

  Planned rename(Moment& moment, const std::string& name) {
    PersonRow row = find_person(moment.at, who.person.uuid, who.reader).value();
    row.name = name;
    ++row.version;
    Planned planned;
    planned.uuid = row.uuid;
    planned.events = {person_event(moment, row, "changed", who.person.id)};
    planned.beside = [id = row.id, now = moment.now](Connection& to) {
      drop_invitations(to, id);
      put_invitation(to, id, "beside", now + std::chrono::hours(1));
    };
    return planned;
  }
  /// Somebody else is faster.
  void move_the_world() {
    const Principal other = administrator();
    const PersonRow row = person(colleague);
    REQUIRE(change_person(*context, Call{other, row.version}, row.uuid, {.name = "Moved on " + row.name}));
  }
  Call call(const std::string& key, const std::string& request = "request") const {
    Call made{who};
    made.key = key;
    made.request_hash = request;
    return made;
  }

  struct Left {
    std::int64_t events = 0, keys = 0, beside = 0;
    std::string name = {};
    bool operator==(const Left&) const = default;
  };
  Left left() {
    Snapshot at = store->read();
    auto& rows = at.connection();
    return {rows.value<std::int64_t>("SELECT COUNT(*) FROM event"),
            rows.value<std::int64_t>("SELECT COUNT(*) FROM idempotency"),
            rows.value<std::int64_t>("SELECT COUNT(*) FROM invitation WHERE hash = 'beside'"),
            find_person(at, who.person.id)->name};
  }

  Principal who;
};

TEST_CASE("a plan runs again when the world moves, eight times at most") {
  ASSAY_EACH_ENGINE(engine);
  Desk desk(engine);
  struct Row {
    int moves, runs;
    bool done;
  };
  for (const Row& row : {Row{0, 1, true}, Row{1, 2, true}, Row{7, 8, true}, Row{8, 8, false}}) {
    INFO(row.moves << " moves");
    const std::string key = "moves-" + std::to_string(row.moves);
    int runs = 0;
    const Plan plan = [&](Moment& moment) -> Result<Planned> {
      Planned planned = desk.rename(moment, key);
      if (runs++ < row.moves) desk.move_the_world();
      return planned;
    };
    const auto performed = perform(*desk.context, desk.call(key), plan);
    CHECK(runs == row.runs);
    REQUIRE(performed.has_value() == row.done);
    if (row.done) {
      CHECK(desk.left().name == key);
      continue;
    }
    CHECK(performed.error().reason == Reason::stale);
    const auto again = perform(*desk.context, desk.call(key), plan);  // `stale` is not kept under the key
    REQUIRE(again);
    CHECK_FALSE(again->repeated);
    CHECK(desk.left().name == key);
  }
  check_replay(*desk.store);
}

TEST_CASE("what a plan has asked for is verified, and so is what it names itself") {
  ASSAY_EACH_ENGINE(engine);
  Desk desk(engine);
  const std::string record = desk.review("Spring");
  const RecordId id = desk.find(record).id;
  for (const bool by_facts : {true, false}) {
    int runs = 0;
    const auto performed = perform(*desk.context, Call{desk.who}, [&](Moment& moment) -> Result<Planned> {
      Planned planned = desk.rename(moment, "Rests on a record");
      if (by_facts) {
        CHECK(moment.facts.record(id) != nullptr);
      } else {
        planned.read = {{Dependency::On::record, static_cast<std::int64_t>(id), find_record(moment.at, id)->version}};
      }
      if (runs++ == 0) desk.gather(record, "feedback");
      return planned;
    });
    CHECK(performed.has_value());
    CHECK(runs == 2);
  }
}

TEST_CASE("refusals of the domain are kept under their key, others are decided anew") {
  ASSAY_EACH_ENGINE(engine);
  Desk desk(engine);
  struct Row {
    Reason reason;
    bool kept;
  };
  for (const Row& row : {
           Row{Reason::not_permitted, true},
           Row{Reason::wrong_state, true},
           Row{Reason::unmet, true},
           Row{Reason::invalid, true},
           Row{Reason::not_found, false},
           Row{Reason::precondition_failed, false},
           Row{Reason::stale, false},
           Row{Reason::precondition_required, false},
           Row{Reason::idempotency_conflict, false},
           Row{Reason::overloaded, false},
           Row{Reason::storage_full, false},
           Row{Reason::plugin_failed, false},
           Row{Reason::rate_limited, false},
       }) {
    const std::string key = "reason-" + std::to_string(static_cast<int>(row.reason));
    INFO(key);
    int runs = 0;
    const Refusal refusal{
        row.reason, "no", {{"linked_all", "open", "still open", {{"open", 2}}}}, {{"/title", "is missing"}}, {}};
    const Plan plan = [&](Moment&) -> Result<Planned> {
      ++runs;
      return refusal;
    };
    const auto before = desk.left();
    const auto first = perform(*desk.context, desk.call(key), plan);
    REQUIRE_FALSE(first);
    CHECK(first.error().reason == row.reason);
    const auto second = perform(*desk.context, desk.call(key), plan);
    REQUIRE_FALSE(second);
    CHECK(to_json(second.error()) == to_json(refusal));
    CHECK(runs == (row.kept ? 1 : 2));
    CHECK(desk.left().keys == before.keys + (row.kept ? 1 : 0));
    CHECK(desk.left().events == before.events);
  }
}

TEST_CASE("a key answers for one request of one person, for a day") {
  ASSAY_EACH_ENGINE(engine);
  Desk desk(engine);
  int runs = 0;
  const Plan plan = [&](Moment& moment) -> Result<Planned> {
    Planned planned = desk.rename(moment, "Run " + std::to_string(++runs));
    planned.status = 201;
    return planned;
  };
  const auto first = perform(*desk.context, desk.call("key"), plan);
  REQUIRE(first);
  CHECK_FALSE(first->repeated);
  const auto again = perform(*desk.context, desk.call("key"), plan);
  REQUIRE(again);
  CHECK(again->repeated);
  CHECK(again->status == 201);
  CHECK(again->uuid == first->uuid);
  CHECK(runs == 1);
  CHECK(perform(*desk.context, desk.call("key", "another request"), plan).error().reason ==
        Reason::idempotency_mismatch);
  CHECK(runs == 1);
  const Principal other = desk.administrator();
  Call others{other};
  others.key = "key";
  others.request_hash = "request";
  CHECK(perform(*desk.context, others, plan));
  CHECK(runs == 2);
  desk.clock.advance(std::chrono::hours(25));
  CHECK_FALSE(perform(*desk.context, desk.call("key"), plan)->repeated);
  CHECK(runs == 3);
}

TEST_CASE("a key in use by a running request is a conflict, and one that another server was faster with is answered") {
  ASSAY_EACH_ENGINE(engine);
  Desk desk(engine);
  int runs = 0;
  std::optional<Reason> beside;
  const auto here = perform(*desk.context, desk.call("here"), [&](Moment& moment) -> Result<Planned> {
    ++runs;
    std::thread second([&] {
      const auto refused = perform(*desk.context, desk.call("here"),
                                   [&](Moment& at) -> Result<Planned> { return desk.rename(at, "2"); });
      if (!refused) beside = refused.error().reason;
    });
    second.join();
    return desk.rename(moment, "first");
  });
  CHECK(here);
  CHECK(beside == Reason::idempotency_conflict);
  CHECK(runs == 1);

  const auto before = desk.left();
  const auto there = perform(*desk.context, desk.call("there"), [&](Moment& moment) -> Result<Planned> {
    const IdempotentUse use{desk.who.person.id, "there", "request", 200, R"({"uuid":"u"})"};
    REQUIRE(desk.store->write([&](Connection& to) { put_idempotent(to, use, moment.now); }));
    return desk.rename(moment, "second");
  });
  REQUIRE(there);
  CHECK(there->repeated);
  CHECK(there->uuid == "u");
  CHECK(desk.left().events == before.events);
  CHECK(desk.left().name == "first");
}

TEST_CASE("nothing is kept of a commit that is refused, nor of a plan that throws") {
  ASSAY_EACH_ENGINE(engine);
  Desk desk(engine);
  struct Row {
    const char* what;
    Plan plan;
    bool throws;
  };
  const std::vector<Row> rows = {
      {"an event that skips a version",
       [&](Moment& moment) -> Result<Planned> {
         Planned planned = desk.rename(moment, "never");
         planned.events.push_back(planned.events.front());
         planned.events.back().version += 5;
         return planned;
       },
       false},
      {"a dependency that never holds",
       [&](Moment& moment) -> Result<Planned> {
         Planned planned = desk.rename(moment, "never");
         planned.read = {{Dependency::On::person, static_cast<std::int64_t>(desk.who.person.id), 77}};
         return planned;
       },
       false},
      {"an address that is taken",
       [&](Moment& moment) -> Result<Planned> {
         Planned planned = desk.rename(moment, "never");
         planned.events.front().facts["email"] = "jonas@elbwerk.example";
         return planned;
       },
       false},
      {"rows beside that fail",
       [&](Moment& moment) -> Result<Planned> {
         Planned planned = desk.rename(moment, "never");
         planned.beside = [put = planned.beside](Connection& to) {
           put(to);
           throw std::runtime_error("beside");
         };
         return planned;
       },
       true},
      {"a plan that throws", [&](Moment&) -> Result<Planned> { throw std::runtime_error("plan"); }, true},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    const auto before = desk.left();
    if (row.throws) {
      CHECK_THROWS_AS(perform(*desk.context, desk.call("once"), row.plan), std::runtime_error);
    } else {
      CHECK(perform(*desk.context, desk.call("once"), row.plan).error().reason == Reason::stale);
    }
    CHECK(desk.left() == before);
  }
  CHECK(perform(*desk.context, desk.call("once"),
                [&](Moment& moment) -> Result<Planned> { return desk.rename(moment, "at last"); }));
  CHECK(desk.left().name == "at last");
  check_replay(*desk.store);
}

TEST_CASE("a plan without events changes nothing and keeps no key") {
  ASSAY_EACH_ENGINE(engine);
  Desk desk(engine);
  const auto before = desk.left();
  const auto performed =
      perform(*desk.context, desk.call("idle"), [](Moment&) -> Result<Planned> { return Planned{{}, "subject"}; });
  REQUIRE(performed);
  CHECK(performed->uuid == "subject");
  CHECK(desk.left() == before);
}

TEST_CASE("a token without the scope to write performs nothing") {
  ASSAY_EACH_ENGINE(engine);
  Desk desk(engine);
  desk.who.scopes = {Scope::read};
  int runs = 0;
  const auto refused = perform(*desk.context, desk.call("key"), [&](Moment& moment) -> Result<Planned> {
    ++runs;
    return desk.rename(moment, "never");
  });
  CHECK(refused.error().reason == Reason::not_permitted);
  CHECK(runs == 0);
  CHECK(desk.left().keys == 0);
}

}  // namespace
}  // namespace assay::test::perform_test
