// Taking over what stood elsewhere: what the input must say, the mark that stays, and timers from the original days.
#include <limits>

#include <catch2/catch_all.hpp>

#include "domain/small.h"
#include "domain/timers.h"

namespace assay::test::adoption_test {
namespace {

const std::string task_file = "small/task.json";
const std::string wrong_number =
    "/number must begin with a letter from A to Z or a digit, and hold besides blanks and - _ . / : # ( ) + & ,\n";

/// Tasks are adopted as open or finished, under a project of which the mark keeps a field.
Ordered adopting() {
  return {{"label", "Adopt"},
          {"event", "adopted"},
          {"from", Ordered::array()},
          {"by", {"worker"}},
          {"adopts",
           {{"under", "project"},
            {"until", "closed_on"},
            {"keep", {"title", "noted"}},
            {"states", {{"open", {"grade", "due"}}, {"finished", {"cause"}}}}}},
          {"must", {"project", "title"}},
          {"may", {"grade", "due", "cause", "owner"}},
          {"guards", Ordered::array({{{"guard", "linked_some"}, {"link", "project"}, {"in", {"running"}}}})},
          {"why", "1"}};
}

struct AdoptingWorld : SmallWorld {
  explicit AdoptingWorld(std::vector<Bend> more = {}) : SmallWorld(with_adoption(std::move(more))) {}
  static std::vector<Bend> with_adoption(std::vector<Bend> more) {
    more.insert(more.begin(), {task_file, "/commands/adopt", adopting()});
    return more;
  }
  Json input() const {
    return {{"project", uuid_of(project)}, {"title", "Weld"},  {"state", "open"},    {"number", "OLD 7/2019"},
            {"entered_on", "2026-02-01"},  {"grade", "major"}, {"due", "2026-02-10"}};
  }
  std::string tried(const Json& change) const {
    Json asked = input();
    for (const auto& [name, value] : change.items()) {
      if (value.is_null()) {
        asked.erase(name);
      } else {
        asked[name] = value;
      }
    }
    const auto decided = ask_new(Actor{worker}, "task", "adopt", asked);
    if (decided) return "granted";
    std::string text;
    for (const auto& field : decided.error().invalid) text += field.pointer + " " + field.detail + "\n";
    for (const auto& unmet : decided.error().unmet) text += unmet.guard + "." + unmet.code + "\n";
    return text;
  }
};

TEST_CASE("what is wrong with an adopted record is named by its field", "[adoption]") {
  AdoptingWorld world;
  world.facts.at(world.task("open")).number = "T-2026-0001";
  struct Case {
    Json change;
    std::string said;
  };
  const auto [change, said] = GENERATE(values<Case>({
      {Json::object(), "granted"},
      {{{"state", "paused"}}, "/state is no state of Task; one of open, finished\n"},
      {{{"state", "draft"}}, "/state is no state in which it is adopted; one of open, finished\n"},
      {{{"state", "closed"}}, "/state is an end, and nothing is adopted there; one of open, finished\n"},
      {{{"state", 3}}, "/state is no state of Task; one of open, finished\n"},
      {{{"state", nullptr}, {"number", nullptr}, {"entered_on", nullptr}},
       "/state is required\n/number is required\n/entered_on is required\n"},
      {{{"number", 7}}, "/number must be a string\n"},
      {{{"number", " 7"}}, wrong_number},
      {{{"number", "7\n8"}}, wrong_number},
      {{{"number", "7 "}}, wrong_number},
      {{{"number", "=7"}}, wrong_number},
      {{{"number", "7\"8"}}, wrong_number},
      {{{"number", "Nr. 7"}}, "granted"},
      {{{"number", "Zürich 7"}}, wrong_number},
      {{{"number", std::string(101, '7')}}, "/number must have 1 to 100 characters\n"},
      {{{"number", "T-2026-0001"}}, "/number is the number of another Task already\n"},
      {{{"number", "T-2026-999999"}}, "granted"},
      {{{"number", "T-2026-1000000"}},
       "/number would move the numbers of this pattern on too far; they count up to 999999 here\n"},
      {{{"number", "T-2026-12345678901234567890"}},
       "/number would move the numbers of this pattern on too far; they count up to 999999 here\n"},
      {{{"entered_on", "2026-02-30"}}, "/entered_on must be a date such as 2026-11-23\n"},
      {{{"entered_on", "1776-07-04"}}, "/entered_on must be a day from 1900-01-01 to 9000-12-31\n"},
      {{{"entered_on", "2026-03-03"}}, "/entered_on lies ahead\n"},
      {{{"entered_on", "2026-03-02"}}, "granted"},
      {{{"grade", nullptr}}, "/grade is required in the state open\n"},
      {{{"state", "finished"}}, "/cause is required in the state finished\n"},
      {{{"state", "finished"}, {"cause", "Rust"}, {"grade", nullptr}, {"due", nullptr}}, "granted"},
      {{{"title", nullptr}}, "/title is required\n"},
      {{{"project", "00000000-0000-4000-8000-000000000099"}}, "/project names no Project of this organisation\n"},
      {{{"due", "2026-13-01"}, {"colour", "red"}},
       "/colour is not part of this command\n/due must be a date such as 2026-11-23\n"},
  }));
  INFO(change.dump());
  CHECK(world.tried(change) == said);
}

TEST_CASE("what came into its state after the day of the permission is not adopted", "[adoption]") {
  AdoptingWorld world;
  world.facts.at(world.project).body.edit()["closed_on"] = "2026-02-01";
  world.facts.at(world.project).number = "P-2026-001";
  CHECK(world.tried({{"entered_on", "2026-02-01"}}) == "granted");
  CHECK(world.tried({{"entered_on", "2026-02-02"}}) ==
        "/entered_on is after 2026-02-01, the day of Project P-2026-001: Closed on\n");
}

TEST_CASE("an adopted record keeps its number, its days and its mark, whatever happens to it", "[adoption]") {
  AdoptingWorld world;
  world.facts.at(world.project).body.edit()["noted"] = "by hand";
  const auto decided = world.make(world.worker, "task", "adopt", world.input());
  REQUIRE(decided.has_value());
  const Change& change = decided->changes.front();
  CHECK(change.number == "OLD 7/2019");
  CHECK(change.state == "open");
  CHECK(to_text(*change.since) == "2026-01-31T23:00:00.000Z");  // the beginning of the day in Berlin
  const Json mark{{"state", "open"},   {"number", "OLD 7/2019"}, {"entered_on", "2026-02-01"},
                  {"title", "Bridge"}, {"noted", "by hand"},     {"under", uuid_of(world.project)}};
  CHECK(change.set.at("adopted") == mark);
  REQUIRE(change.timers.contains("finish_due"));
  CHECK(to_text(change.timers.at("finish_due")->day) == "2026-02-15");  // five days after the original due day
  CHECK_FALSE(change.said.contains("by_waiver"));

  const RecordId adopted = world.last;
  REQUIRE(world.act(world.worker, adopted, "edit", {{"title", "Weld again"}}).has_value());
  CHECK(world.facts.at(adopted).body->at("adopted") == mark);
  CHECK(world.facts.at(adopted).number == "OLD 7/2019");
  const auto removing = world.ask(world.worker, adopted, "edit", {{"adopted", nullptr}});
  REQUIRE(removing.has_error());
  CHECK(removing.error().invalid.front().pointer == "/adopted");
}

TEST_CASE("a timer that counts from the beginning of a state counts from the day that an adopted record gives",
          "[adoption]") {
  AdoptingWorld world({{task_file, "/timers/finish_due/from", "@entered"}});
  const auto decided = world.ask_new(Actor{world.worker}, "task", "adopt", world.input());
  REQUIRE(decided.has_value());
  CHECK(to_text(decided->changes.front().timers.at("finish_due")->day) == "2026-02-06");
}

TEST_CASE("a row of a table does not take the number of a row above it", "[adoption]") {
  AdoptingWorld world;
  const Target target{{}, "task", OrganisationId{1}};
  const auto together =
      decide_together(world.set, world.facts, target, {{"adopt", world.input()}, {"adopt", world.input()}},
                      Actor{world.worker}, world.now);
  CHECK(together.made.size() == 1);
  REQUIRE(together.refused);
  CHECK(together.refused->invalid.front().pointer == "/number");
}

TEST_CASE("the input that adopts is described with its states and what each needs", "[adoption]") {
  const AdoptingWorld world;
  const Definition& task = world.set.types.at("task");
  const Json schema = input_schema(task, task.commands.at("adopt"), "en");
  CHECK(schema.at("required") == Json({"project", "title", "state", "number", "entered_on"}));
  CHECK(schema.at("properties").at("state").at("enum") == Json({"open", "finished"}));
  CHECK(schema.at("properties").at("state").at("x-needs").at("open") == Json({"grade", "due"}));
  CHECK(schema.at("x-order").at(0) == "state");
}

TEST_CASE("what adopts is checked", "[adoption][check]") {
  const std::string at = "/commands/adopt";
  struct Case {
    Bend bend;
    std::string flaw;
  };
  const auto [bend, flaw] = GENERATE_COPY(values<Case>({
      {{task_file, at + "/adopts/under", "follows"},
       "adopts/under: must be a link to one record that the command must name"},
      {{task_file, at + "/adopts/keep", {"nothing"}}, "adopts/keep/0: is no field that project keeps"},
      {{task_file, at + "/adopts/until", "title"}, "adopts/until: is no date field of project"},
      {{task_file, at + "/adopts/until", "due"}, "adopts/until: is no date field of project"},
      {{task_file, at + "/adopts/states/closed", Ordered::array()},
       "adopts/states/closed: is an end: nothing is adopted there"},
      {{task_file, at + "/adopts/states/lost", Ordered::array()}, "adopts/states/lost: is not a state"},
      {{task_file, at + "/adopts/states/open", {"effort"}}, "adopts/states/open: `effort` is not part of the command"},
      {{task_file, at + "/adopts/states", Ordered::object()},
       "`states` is missing: the states in which records are adopted"},
      {{task_file, at + "/adopts/colour", 1}, "is not a known key"},
      {{task_file, at + "/second", {"board"}}, "nothing is there yet that a second person could confirm"},
      {{task_file, at + "/to", "open"}, "only what makes a record adopts it"},
      {{task_file, at + "/by", {"via:project"}}, "only people adopt"},
      {{task_file, "/fields/adopted", {{"title", "x"}, {"type", "boolean"}}}, "adopted"},
  }));
  INFO(bend.pointer);
  const auto files = bent({{task_file, at, adopting()}, bend});
  std::string told;
  try {
    told = text_of(check(load_or_throw(files, false)));
  } catch (const std::exception& error) {
    told = error.what();
  }
  CHECK_THAT(told, Catch::Matchers::ContainsSubstring(flaw));
}

TEST_CASE("a number is taken apart by its pattern", "[adoption]") {
  struct Case {
    const char *pattern, *number;
    int year;
    std::int64_t sequence;  // -1: the pattern does not give it
  };
  const auto [pattern, number, year, sequence] = GENERATE(values<Case>({
      {"CT-{year}-{seq:4}", "CT-2019-0042", 2019, 42},
      {"CT-{year}-{seq:4}", "CT-2019-12345", 2019, 12345},
      {"{seq}/{year}", "7/2020", 2020, 7},
      {"N{seq:3}", "N999999999", 0, 999999999},
      {"N{seq:3}", "N1234567890", 0, 1234567890},
      {"N{seq:3}", "N12345678901234567890", 0, std::numeric_limits<std::int64_t>::max()},
      {"N{seq:3}", "M001", 0, -1},
      {"N{seq:3}", "N", 0, -1},
      {"CT-{year}-{seq:4}", "CT-19-0042", 0, -1},
      {"CT-{year}-{seq:4}", "CT-2019-0042b", 0, -1},
      {"CT-{year}-{seq:4}", "", 0, -1},
  }));
  INFO(number);
  const auto parts = parts_of_number(pattern, number);
  REQUIRE(parts.has_value() == (sequence >= 0));
  if (parts) CHECK((parts->year == year && parts->sequence == sequence));
}

}  // namespace
}  // namespace assay::test::adoption_test
