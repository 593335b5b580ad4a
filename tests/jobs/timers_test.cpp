// Timers of records, on a clock that the tests set.
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <sstream>

#include "jobs/office.h"
#include "jobs/timers.h"
#include "storage/connection.h"

namespace assay::test {
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
  int fired(const std::string& record) {
    const Principal who = administrator();
    Snapshot at = store->read();
    EventQuery query;
    query.limit = 200;
    query.types = {"management-review.overdue"};
    int count = 0;
    for (const Event& event : list_events(at, query, who.reader)) count += event.draft.uuid == record ? 1 : 0;
    return count;
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

}  // namespace
}  // namespace assay::test
