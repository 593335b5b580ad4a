// Deadlines: which timers run, until when, and what a step does to them.
#include <catch2/catch_all.hpp>

#include "domain/small.h"
#include "domain/timers.h"

namespace assay::test::timers_test {
namespace {

Date day(const char* text) { return *parse_date(text); }

/// "2026-03-15 until 2026-03-15T23:00:00.000Z", "stopped", or "unchanged".
std::string change_of(const Decision& decision, const std::string& timer) {
  const auto& timers = decision.changes.at(0).timers;
  const auto found = timers.find(timer);
  if (found == timers.end()) return "unchanged";
  if (!found->second) return "stopped";
  return to_text(found->second->day) + " until " + to_text(found->second->at);
}

TEST_CASE("a step starts, moves, keeps or stops a timer", "[timers]") {
  SmallWorld world;
  const RecordId task = world.task("draft", {{"grade", "major"}, {"due", "2026-03-10"}});
  const auto opened = world.act(world.worker, task, "open");
  REQUIRE(opened.has_value());
  CHECK(change_of(*opened, "finish_due") == "2026-03-15 until 2026-03-15T23:00:00.000Z");
  CHECK(world.facts.timers(task).size() == 1);

  const auto [input, expected] = GENERATE(table<Json, std::string>({
      {Json::object(), "unchanged"},
      {{{"cause", "rust"}}, "unchanged"},
      {{{"due", "2026-03-10"}}, "unchanged"},
      {{{"due", "2026-03-25"}}, "2026-03-30 until 2026-03-30T22:00:00.000Z"},  // daylight saving time has begun
      {{{"due", nullptr}}, "stopped"},
      {{{"extended_to", "2026-04-01"}}, "2026-04-01 until 2026-04-01T22:00:00.000Z"},
      {{{"extended_to", "2026-03-15"}}, "unchanged"},
      {{{"due", nullptr}, {"extended_to", "2026-04-01"}}, "2026-04-01 until 2026-04-01T22:00:00.000Z"},
      {{{"grade", "minor"}}, "stopped"},
  }));
  INFO(input.dump());
  const auto edited = world.ask(world.worker, task, "edit", input);
  REQUIRE(edited.has_value());
  CHECK(change_of(*edited, "finish_due") == expected);
}

TEST_CASE("a date at the end of the calendar, which an older release let in, has no deadline", "[timers]") {
  SmallWorld world;
  const RecordId task = world.task("draft", {{"grade", "major"}, {"due", "9999-12-31"}});
  const auto opened = world.act(world.worker, task, "open");
  REQUIRE(opened.has_value());
  CHECK(change_of(*opened, "finish_due") == "unchanged");
}

TEST_CASE("leaving the states stops the timer, firing it does not", "[timers]") {
  SmallWorld world;
  const RecordId task = world.task("draft", {{"grade", "major"}, {"due", "2026-03-10"}});
  REQUIRE(world.act(world.worker, task, "open").has_value());
  const auto fired = world.act(Actor{{}, {}, true}, task, "note_overdue");
  REQUIRE(fired.has_value());
  CHECK(change_of(*fired, "finish_due") == "unchanged");
  CHECK(fired->changes[0].told == std::vector<std::string>{"owner", "manager"});
  const auto finished = world.act(world.owner, task, "finish", {{"cause", "rust"}});
  REQUIRE(finished.has_value());
  CHECK(change_of(*finished, "finish_due") == "stopped");
  CHECK(world.facts.timers(task).empty());
}

TEST_CASE("a timer may count from the day on which it began to run, in the organisation's zone", "[timers]") {
  SmallWorld world({{"small/task.json", "/timers/finish_due/from", "@entered"},
                    {"small/task.json", "/timers/finish_due/after", "three_working_days"}});
  world.now = {*parse_instant("2026-03-05T23:30:00Z"), "Europe/Berlin"};  // Friday there
  const RecordId task = world.task("draft", {{"grade", "major"}});
  const auto opened = world.act(world.worker, task, "open");
  REQUIRE(opened.has_value());
  CHECK(change_of(*opened, "finish_due") == "2026-03-11 until 2026-03-11T23:00:00.000Z");
  world.now.at += std::chrono::hours{48};
  CHECK(change_of(*world.ask(world.worker, task, "edit", {{"cause", "rust"}}), "finish_due") == "unchanged");
  CHECK(change_of(*world.ask(world.worker, task, "edit", {{"extended_to", "2026-04-01"}}), "finish_due") ==
        "2026-04-01 until 2026-04-01T22:00:00.000Z");
}

TEST_CASE("reminders lie around the due day, in order", "[timers]") {
  SmallWorld world;
  const TimerDefinition& timer = world.set.types.at("task").timers.at("finish_due");
  CHECK(reminder_days(world.set, timer, day("2026-03-01")) == std::vector{day("2026-02-27"), day("2026-03-01")});
  TimerDefinition silent = timer;
  silent.remind.clear();
  CHECK(reminder_days(world.set, silent, day("2026-03-01")).empty());
}

TEST_CASE("what a timer does at a moment: reminders first, missed ones as `misfire` says, then its command",
          "[timers]") {
  SmallWorld world;
  struct Row {
    const char* misfire;
    const char* remind;  // the reminder that is next; "" for none
    const char* now;
    const char* expected;
  };
  // Due on the 10th; reminders on the 8th and on the day.
  const auto row = GENERATE(values<Row>({
      {"latest", "2026-03-08T00:00:00Z", "2026-03-07T23:59:59Z", "nothing"},
      {"latest", "2026-03-08T00:00:00Z", "2026-03-08T00:00:00Z", "remind 2026-03-10"},
      {"latest", "2026-03-08T00:00:00Z", "2026-03-09T12:00:00Z", "remind 2026-03-10"},
      {"latest", "2026-03-08T00:00:00Z", "2026-03-10T12:00:00Z", "remind"},
      {"latest", "2026-03-08T00:00:00Z", "2026-03-11T00:00:00Z", "fire"},
      {"skip", "2026-03-08T00:00:00Z", "2026-03-08T12:00:00Z", "remind 2026-03-10"},
      {"skip", "2026-03-08T00:00:00Z", "2026-03-09T12:00:00Z", "pass_over 2026-03-10"},
      {"skip", "2026-03-08T00:00:00Z", "2026-03-11T00:00:00Z", "fire"},
      {"all", "2026-03-08T00:00:00Z", "2026-03-11T00:00:00Z", "remind 2026-03-10"},
      {"all", "2026-03-10T00:00:00Z", "2026-03-11T00:00:00Z", "remind"},
      {"all", "", "2026-03-11T00:00:00Z", "fire"},
      {"all", "", "2026-03-10T12:00:00Z", "nothing"},
  }));
  TimerDefinition timer = world.set.types.at("task").timers.at("finish_due");
  timer.misfire = row.misfire;
  Due due{day("2026-03-10"), *parse_instant("2026-03-11T00:00:00Z")};
  if (*row.remind) due.remind = parse_instant(row.remind);
  const Move move = due_move(world.set, timer, due, {*parse_instant(row.now), "UTC"});
  const char* const names[] = {"nothing", "remind", "pass_over", "fire"};
  std::string text = names[static_cast<int>(move.what)];
  if (move.next) text += " " + to_text(local_date(*move.next, "UTC"));
  INFO(row.misfire << " at " << row.now);
  CHECK(text == row.expected);
}

TEST_CASE("a timer that starts late reminds of what is still ahead", "[timers]") {
  SmallWorld world;
  const TimerDefinition& timer = world.set.types.at("task").timers.at("finish_due");
  const auto next = [&](const char* after) {
    const auto found = next_reminder(world.set, timer, day("2026-03-10"), *parse_instant(after), "Europe/Berlin");
    return found ? to_text(*found) : std::string("none");
  };
  CHECK(next("2026-03-01T12:00:00Z") == "2026-03-07T23:00:00.000Z");
  CHECK(next("2026-03-07T23:00:00Z") == "2026-03-09T23:00:00.000Z");
  CHECK(next("2026-03-10T12:00:00Z") == "none");
}

}  // namespace
}  // namespace assay::test::timers_test
