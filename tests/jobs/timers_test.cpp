// Timers of records, on a clock that the tests set.
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>
#include <sys/wait.h>
#include <unistd.h>

#include <barrier>
#include <csignal>
#include <sstream>

#include "jobs/office.h"
#include "jobs/timers.h"
#include "storage/connection.h"

namespace assay::test::timers_test {
namespace {

using namespace std::chrono_literals;

/// An office whose timers fire.
struct Reception : Office {
  Reception() { begin(); }
  ~Reception() {
    store->on_events([](std::int64_t) {});
  }
  void begin() {
    auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(lines);
    auto log = std::make_shared<spdlog::logger>("jobs", sink);
    log->set_pattern("%v");
    timers = std::make_unique<TimerWorker>(*context, Journal{log});
    store->on_events([this](std::int64_t) { timers->wake(); });
    timers->start();
  }
  void later(std::chrono::milliseconds by) {
    clock.advance(by);
    timers->settle();
  }
  std::vector<Event> events(const std::string& record, const std::string& type) {
    const Principal who = administrator();
    Snapshot at = store->read();
    EventQuery query;
    query.limit = 200;
    query.types = {type};
    auto found = list_events(at, query, who.reader);
    std::erase_if(found, [&](const Event& event) { return event.draft.uuid != record; });
    return found;
  }
  int fired(const std::string& record) { return static_cast<int>(events(record, "management-review.overdue").size()); }
  /// The days on which the record was reminded of.
  std::string reminded(const std::string& record) {
    std::string days;
    for (const Event& event : events(record, "management-review.reminded")) {
      days += to_text(local_date(event.draft.at, "UTC")) + " ";
    }
    return days;
  }
  /// Until the local day begins.
  void until(const char* day) { later(start_of(parse_date(day).value(), "UTC") - clock.now()); }
  /// The server is stopped until the day begins, its definition says what becomes of what was missed.
  void sleep_until(const char* day) {
    store->on_events([](std::int64_t) {});
    timers.reset();
    clock.advance(start_of(parse_date(day).value(), "UTC") - clock.now());
    reopen();
    begin();
    timers->settle();
  }

  std::ostringstream lines;
  std::unique_ptr<TimerWorker> timers;
};

TEST_CASE("a timer fires once, after its day has ended") {
  Reception reception;
  const std::string record = reception.review("Spring", "2026-05-30");
  reception.timers->settle();
  CHECK(reception.fired(record) == 0);
  const auto until = end_of(parse_date("2026-05-30").value(), "UTC") - reception.clock.now();
  reception.later(until - 1ms);
  CHECK(reception.fired(record) == 0);
  reception.later(1ms);
  CHECK(reception.fired(record) == 1);
  CHECK(Json::parse(reception.find(record).body).at("overdue") == true);
  reception.later(240h);
  CHECK(reception.fired(record) == 1);
}

TEST_CASE("people are reminded of a deadline on its reminder days, once a day, and webhooks tell it") {
  Reception reception;
  WebhookWish wish;
  wish.url = "https://tickets.example/in";
  wish.types = {{"management-review.reminded"}};
  (void)reception.hook(wish);
  const std::string record = reception.review("Summer", "2026-07-01");
  reception.until("2026-06-16");
  CHECK(reception.reminded(record) == "");
  reception.until("2026-06-17");
  CHECK(reception.reminded(record) == "2026-06-17 ");
  reception.later(12h);
  reception.later(12h);
  CHECK(reception.reminded(record) == "2026-06-17 ");
  reception.until("2026-06-24");
  reception.until("2026-07-01");
  CHECK(reception.reminded(record) == "2026-06-17 2026-06-24 2026-07-01 ");
  CHECK(reception.fired(record) == 0);
  reception.until("2026-07-02");
  reception.later(240h);
  CHECK(reception.reminded(record) == "2026-06-17 2026-06-24 2026-07-01 ");
  CHECK(reception.fired(record) == 1);
  const Json facts = reception.events(record, "management-review.reminded").front().draft.facts;
  CHECK(facts.at("told") == shipped_workflows()->types.at("management-review").timers.at("review_due").tell);
  CHECK(facts.at("reminded").at("day") == "2026-07-01");
  check_replay(*reception.store);
}

TEST_CASE("a moved deadline reminds anew") {
  Reception reception;
  const std::string record = reception.review("Summer", "2026-07-01");
  reception.until("2026-06-17");
  const Principal who = reception.administrator();
  REQUIRE(command_record(*reception.context, Call{who, reception.version(record)},
                         {"management-review", record, "reschedule", {{"planned_on", "2026-08-01"}, {"reason", "x"}}}));
  reception.until("2026-07-18");
  CHECK(reception.reminded(record) == "2026-06-17 2026-07-18 ");
}

TEST_CASE("after a long stop the latest missed reminder is made up for, and none when the deadline has passed too") {
  Reception reception;
  const std::string near = reception.review("Near", "2026-07-01"), past = reception.review("Past", "2026-06-20");
  reception.sleep_until("2026-06-26");
  CHECK(reception.reminded(near) == "2026-06-26 ");
  CHECK(reception.reminded(past) == "");
  CHECK(reception.fired(past) == 1);
  reception.until("2026-07-01");
  CHECK(reception.reminded(near) == "2026-06-26 2026-07-01 ");
  check_replay(*reception.store);
}

TEST_CASE("timers that fell due while the server was stopped fire at the start") {
  Reception reception;
  const std::string record = reception.review("Spring", "2026-05-30");
  reception.store->on_events([](std::int64_t) {});
  reception.timers.reset();
  reception.clock.advance(240h);
  reception.reopen();
  reception.begin();
  reception.timers->settle();
  CHECK(reception.fired(record) == 1);
}

TEST_CASE("a recurring audit is planned once for each interval, also after a stop, and the log tells it") {
  Reception reception;
  const Principal isms = reception.administrator();
  const Principal boss = reception.join("boss@elbwerk.example", {"top_management"});
  const auto made = [&](const char* type, const char* command, Json input) {
    auto done = create_record(*reception.context, Call{isms}, {type, {}, command, std::move(input)});
    if (!done) FAIL(done.error().detail << to_json(done.error()).dump());
    return done->uuid;
  };
  const std::string programme = made("audit-programme", "draft",
                                     {{"title", "2026-2028"},
                                      {"objectives", "Conformity"},
                                      {"scope", "All sites"},
                                      {"criteria", {"ISO/IEC 27001:2022"}},
                                      {"cycle_from", "2026-01-01"},
                                      {"cycle_to", "2028-12-31"},
                                      {"edition", "ISO 19011:2026"},
                                      {"risks_and_opportunities", "Few auditors"},
                                      {"frequency", "Yearly"},
                                      {"methods", "On site"},
                                      {"responsibilities", "ISMS manager"},
                                      {"programme_manager", {isms.person.uuid}}});
  REQUIRE(command_record(*reception.context, Call{boss, reception.version(programme)},
                         {"audit-programme", programme, "approve", {{"next_review_on", "2030-01-15"}}}));
  const std::string series = made("recurring-audit", "establish",
                                  {{"programme", programme},
                                   {"title", "Backup"},
                                   {"purposes", {"internal"}},
                                   {"objectives", "Recovery works"},
                                   {"scope", "Data centre"},
                                   {"criteria", {"ISO/IEC 27001:2022"}},
                                   {"interval_months", 6},
                                   {"next_from", "2026-09-01"},
                                   {"next_to", "2026-09-02"}});
  const auto planned = [&] {
    std::string days;
    for (const Event& event : reception.events(series, "recurring-audit.next_planned"))
      days += to_text(local_date(event.draft.at, "UTC")) + " ";
    return days;
  };
  const auto audits = [&] {
    Snapshot at = reception.store->read();
    std::set<std::string> from;
    for (const LinkRow& link : links_of(at, reception.find(series).id, isms.reader, *shipped_workflows())) {
      if (link.name == "audits")
        from.insert(Json::parse(find_record(at, link.uuid, isms.reader)->body).at("planned_from").get<std::string>());
    }
    return from;
  };
  reception.until("2026-07-03");
  CHECK(planned() == "");
  reception.until("2026-07-04");
  CHECK(planned() == "2026-07-04 ");
  CHECK(audits() == std::set<std::string>{"2026-09-01"});
  reception.sleep_until("2026-07-05");
  CHECK(planned() == "2026-07-04 ");
  reception.sleep_until("2027-01-15");
  CHECK(planned() == "2026-07-04 2027-01-15 ");
  CHECK(audits() == std::set<std::string>{"2026-09-01", "2027-03-01"});
  reception.sleep_until("2028-01-15");
  CHECK(audits() == std::set<std::string>{"2026-09-01", "2027-03-01", "2027-09-01", "2028-03-01"});
  // Three years without the server: the last date is caught up, what it overtook is noted, what is to come is planned.
  reception.sleep_until("2031-01-15");
  CHECK(audits() ==
        std::set<std::string>{"2026-09-01", "2027-03-01", "2027-09-01", "2028-03-01", "2030-09-01", "2031-03-01"});
  CHECK(reception.events(series, "recurring-audit.not_held").size() == 4);
  const Json after = Json::parse(reception.find(series).body);
  REQUIRE(after.at("not_held").size() == 4);
  CHECK(after.at("not_held").front().at("next_from") == "2028-09-01");
  CHECK(after.at("not_held").back().at("next_from") == "2030-03-01");
  CHECK(after.at("next_from") == "2031-09-01");
  check_replay(*reception.store);
}

TEST_CASE("a timer that cannot be fired is told, tried again later, and stops no other") {
  Reception reception;
  const std::string broken = reception.review("Broken", "2026-05-29");
  const std::string sound = reception.review("Sound", "2026-05-30");
  const auto broken_id = reception.find(broken).id;
  REQUIRE(reception.store->write(
      [&](Connection& to) { to.run("UPDATE timer SET name = 'nonsense' WHERE record = :id", with("id", broken_id)); }));
  const auto failures = [&] {
    const std::string text = reception.lines.str();
    int count = 0;
    for (auto at = text.find("timer_failed"); at != std::string::npos; at = text.find("timer_failed", at + 1)) ++count;
    return count;
  };
  reception.later(96h);
  CHECK(reception.fired(sound) == 1);
  CHECK(failures() == 1);
  CHECK(reception.lines.str().find("\"timer\":\"nonsense\"") != std::string::npos);
  reception.later(59s);
  CHECK(failures() == 1);
  reception.later(1s);
  CHECK(failures() == 2);
  reception.later(119s);
  CHECK(failures() == 2);
  reception.later(1s);
  CHECK(failures() == 3);
}

TEST_CASE("no timer fires while the store is held after a restore") {
  Reception reception;
  const std::string record = reception.review("Spring", "2026-05-30");
  reception.store->on_events([](std::int64_t) {});
  reception.timers.reset();
  REQUIRE(reception.store->write([](Connection& to) {
    to.run("INSERT INTO meta (name, value) VALUES ('held', 'yes') ON CONFLICT (name) DO UPDATE SET value = 'yes'");
  }));
  reception.reopen();
  reception.begin();
  reception.later(240h);
  CHECK(reception.fired(record) == 0);
  REQUIRE(reception.store->release());
  reception.timers->settle();
  CHECK(reception.fired(record) == 1);
}

/// Many reviews whose deadline has passed and many of which somebody is to be reminded, at the same moment; on
/// PostgreSQL a second server on the same database.
struct Rush : Office {
  static constexpr int many = 40;
  static constexpr const char *overdue = "management-review.overdue", *reminded = "management-review.reminded";

  explicit Rush(std::string_view engine) : Office(engine) {
    for (int i = 0; i < many; ++i) {
      records[overdue].insert(review("Passed", "2026-05-30"));
      records[reminded].insert(review("Ahead", "2026-07-01"));
    }
    clock.advance(start_of(parse_date("2026-06-17").value(), "UTC") - clock.now());
    if (engine == "postgresql") open_second();
  }
  void open_second() {
    StoreSettings settings = database.settings;
    settings.data = (elsewhere.path() / "data").string();
    second = Store::open(settings);
    if (!second->workflow_set(shipped_workflows()->hash)) second->add_workflow_set(shipped_workflows());
    beside = std::make_unique<Context>(*second, *files, keys, shipped_workflows(), [this] { return clock.now(); });
  }
  /// That of the second server; on SQLite there is one server.
  Context& other() { return beside ? *beside : *context; }
  Journal journal() {
    auto log = std::make_shared<spdlog::logger>("jobs", std::make_shared<spdlog::sinks::ostream_sink_mt>(lines));
    log->set_pattern("%v");
    return Journal{log};
  }
  std::vector<DueTimer> due() {
    Snapshot at = store->read();
    return due_timers(at, clock.now(), 10 * many);
  }
  /// How often the log tells it of each record, once all that is committed has its position.
  std::map<std::string, int> told(const std::string& type) {
    const auto unsealed = [this] {
      Snapshot at = store->read();
      return at.connection().value<std::int64_t>("SELECT COUNT(*) FROM unsealed");
    };
    while (unsealed() > 0) store->wait_for_events(store->last_position(), 50ms);
    const Principal who = administrator();
    std::map<std::string, int> times;
    Snapshot at = store->read();
    EventQuery query;
    query.types = {type};
    for (auto page = list_events(at, query, who.reader); !page.empty(); page = list_events(at, query, who.reader)) {
      for (const Event& event : page) ++times[event.draft.uuid];
      query.after = page.back().position;
    }
    return times;
  }
  void check_each_once() {
    for (const auto& [type, expected] : records) {
      INFO(type);
      const auto times = told(type);
      std::set<std::string> of;
      for (const auto& [record, count] : times) {
        of.insert(record);
        CHECK(count == 1);
      }
      CHECK(of == expected);
    }
    CHECK(due().empty());
    check_replay(*store);
  }

  TemporaryFolder elsewhere;
  std::map<std::string, std::set<std::string>> records;  // by what their timers do
  std::ostringstream lines;
  std::unique_ptr<Store> second;
  std::unique_ptr<Context> beside;
};

TEST_CASE("two workers fire each of many due timers once, on one server and on two") {
  ASSAY_EACH_ENGINE(engine);
  Rush rush(engine);
  REQUIRE(rush.due().size() == 2 * Rush::many);
  {
    TimerWorker one(*rush.context, rush.journal()), two(rush.other(), rush.journal());
    one.start();
    two.start();
    one.settle();
    two.settle();
  }
  rush.check_each_once();
  CHECK(rush.lines.str() == "");
}

TEST_CASE("a timer that several fire at the same moment fires once, and nobody is refused") {
  ASSAY_EACH_ENGINE(engine);
  Rush rush(engine);
  constexpr int racers = 4;
  const auto due = rush.due();
  REQUIRE(due.size() == 2 * Rush::many);
  std::barrier<> gun(racers);
  std::atomic<int> fine = 0;
  {
    std::vector<std::jthread> threads;
    for (int racer = 0; racer < racers; ++racer) {
      threads.emplace_back([&, &context = racer % 2 == 0 ? *rush.context : rush.other()] {
        for (const DueTimer& timer : due) {
          gun.arrive_and_wait();
          try {
            if (fire_timer(context, timer)) ++fine;
          } catch (const std::exception&) {  // is one less that is fine
          }
        }
      });
    }
  }
  CHECK(fine == racers * static_cast<int>(due.size()));
  rush.check_each_once();
}

TEST_CASE("a firing that the database breaks off leaves nothing behind, and is done once after the next start") {
  ASSAY_EACH_ENGINE(engine);
  Rush rush(engine);
  const std::string half = std::to_string(static_cast<std::int64_t>(rush.due().at(Rush::many).record));
  // Breaks what fires or reminds after its event has been written.
  const std::string raise = "BEFORE UPDATE ON timer FOR EACH ROW WHEN (NEW.record >= " + half + ") ";
  REQUIRE(rush.store->write([&](Connection& to) {
    to.script(engine == "sqlite" ? "CREATE TRIGGER broken " + raise + "BEGIN SELECT RAISE(ABORT, 'broken'); END"
                                 : "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS "
                                   "$$ BEGIN RAISE EXCEPTION 'broken'; END $$; CREATE TRIGGER broken " +
                                       raise + "EXECUTE FUNCTION broken()");
  }));
  {
    TimerWorker worker(*rush.context, rush.journal());
    worker.start();
    worker.settle();
  }
  const std::size_t left = rush.due().size();
  CHECK(left > 0);
  CHECK(left < 2 * Rush::many);
  CHECK(rush.told(Rush::overdue).size() + rush.told(Rush::reminded).size() + left == 2 * Rush::many);
  check_replay(*rush.store);
  REQUIRE(rush.store->write(
      [&](Connection& to) { to.script(engine == "sqlite" ? "DROP TRIGGER broken" : "DROP FUNCTION broken CASCADE"); }));
  rush.reopen();
  TimerWorker worker(*rush.context, rush.journal());
  worker.start();
  worker.settle();
  rush.check_each_once();
}

/// In a process of its own: fires what is due, says so on `pipe` when it is in the middle, and goes no further.
[[noreturn]] void fire_until_killed(Rush& rush, int pipe) {
  try {
    rush.open();
    std::atomic<int> looks = 0;
    rush.context->clock = [&] {
      if (++looks > Rush::many) {
        if (write(pipe, "x", 1) != 1) _exit(1);
        for (;;) pause();
      }
      return rush.clock.now();
    };
    TimerWorker worker(*rush.context, rush.journal());
    worker.start();
    worker.settle();
  } catch (const std::exception&) {  // the other process reads nothing
  }
  _exit(1);
}

TEST_CASE("a process that is killed while its timers fire leaves the others to the next one, and none to fire again") {
  ASSAY_EACH_ENGINE(engine);
  Rush rush(engine);
  rush.beside.reset();
  rush.second.reset();
  rush.close();
  int pipes[2];
  REQUIRE(pipe(pipes) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) fire_until_killed(rush, pipes[1]);
  close(pipes[1]);
  char word = 0;
  CHECK(read(pipes[0], &word, 1) == 1);
  close(pipes[0]);
  kill(child, SIGKILL);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));

  rush.open();
  const std::size_t left = rush.due().size();
  CHECK(left > 0);
  CHECK(left < 2 * Rush::many);
  TimerWorker worker(*rush.context, rush.journal());
  worker.start();
  worker.settle();
  rush.check_each_once();
}

}  // namespace
}  // namespace assay::test::timers_test
