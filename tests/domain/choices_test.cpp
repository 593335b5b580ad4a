// Policies that are a choice: what may be said of them, who sets them, and what is reckoned by the option that holds.
#include <catch2/catch_all.hpp>

#include "domain/policies.h"
#include "domain/small.h"
#include "domain/timers.h"

namespace assay::test::choices_test {
namespace {

const std::string days = "policies/days.json", project = "small/project.json", task = "small/task.json";

/// Of the small set, tasks whose deadline counts from the day that a project chooses, in the days that it chooses.
const std::vector<Bend> chosen = {
    {days, "/policies/begins",
     Ordered::parse(R"({"label": "Begin", "value": "opened", "unit": "choice", "source": "test",
                        "options": {"opened": "When opened", "closed": "When the project closes", "never": "Never"}})")},
    {days, "/policies/counted",
     Ordered::parse(R"({"label": "Counted in", "value": "calendar_days", "unit": "choice", "source": "test",
                        "options": {"calendar_days": "Calendar days", "working_days": "Working days"}})")},
    {days, "/policies/five_days/unit_by", "counted"},
    {project, "/overrides", Ordered::parse(R"([{"list": "choices", "policy": "choice", "value": "option"}])")},
    {project, "/fields/choice",
     Ordered::parse(R"({"title": "C", "type": "string", "enum": ["begins", "counted"], "keep": "event",
                        "x-labels": {"begins": "B", "counted": "C"}})")},
    {project, "/fields/option", Ordered::parse(R"({"title": "O", "type": "string", "keep": "event",
                        "enum": ["opened", "closed", "never", "calendar_days", "working_days"],
                        "x-labels": {"opened": "O", "closed": "C", "never": "N", "calendar_days": "CD", "working_days": "WD"}})")},
    {project, "/fields/choices", Ordered::parse(R"({"title": "Choices", "list": ["choice", "option"]})")},
    {project, "/commands/choose",
     Ordered::parse(
         R"({"label": "Choose", "event": "chosen", "from": ["running"], "by": ["manager"], "second": ["board"],
                        "must": ["choice", "option"], "effects": [{"do": "append", "list": "choices"}], "why": "1"})")},
    {task, "/commands/open/effects", Ordered::parse(R"([{"do": "set", "values": {"due": {"choose": "begins", "of": {
                        "opened": {"day": "@today"}, "closed": {"at": "project", "field": "closed_on"}, "never": null}}}}])")},
};

std::string checking_with(const std::vector<Bend>& more) {
  std::vector<Bend> bends = chosen;
  bends.insert(bends.end(), more.begin(), more.end());
  return text_of(check(load_or_throw(bent(bends), false)));
}

std::string choose(SmallWorld& world, const char* choice, const char* option) {
  const auto decided =
      world.act(Actor{world.chief, world.board}, world.project, "choose", {{"choice", choice}, {"option", option}});
  return decided ? "" : text_of(decided.error());
}

Json due_of_opened(SmallWorld& world) {
  const RecordId id = world.task("draft", {{"grade", "major"}});
  REQUIRE(world.act(world.worker, id, "open").has_value());
  return world.facts.at(id).body->value("due", Json());
}

TEST_CASE("what is reckoned goes by the option that the nearest record has chosen", "[choices]") {
  SmallWorld world(chosen);
  CHECK(due_of_opened(world) == "2026-03-02");
  CHECK(choose(world, "begins", "closed").empty());
  world.facts.at(world.project).body.edit()["closed_on"] = "2026-02-11";
  CHECK(due_of_opened(world) == "2026-02-11");
  CHECK(choose(world, "begins", "never").empty());
  CHECK(due_of_opened(world).is_null());
  CHECK(choose(world, "begins", "opened").empty());
  CHECK(due_of_opened(world) == "2026-03-02");
}

TEST_CASE("of several values the first one counts that says something", "[choices]") {
  std::vector<Bend> bends = chosen;
  bends.push_back(
      {task, "/commands/open/effects/0/values/due",
       Ordered::parse(R"({"first": ["@record.extended_to", {"at": "project", "field": "closed_on"}, "@today"]})")});
  SmallWorld world(bends);
  CHECK(due_of_opened(world) == "2026-03-02");
  world.facts.at(world.project).body.edit()["closed_on"] = "2026-02-11";
  CHECK(due_of_opened(world) == "2026-02-11");
  const RecordId id = world.task("draft", {{"grade", "major"}, {"extended_to", "2026-04-01"}});
  REQUIRE(world.act(world.worker, id, "open").has_value());
  CHECK(world.facts.at(id).body->at("due") == "2026-04-01");
}

TEST_CASE("whether there is a record in a state is a value", "[choices]") {
  const auto asking = [](Ordered value) {
    return std::vector<Bend>{{task, "/fields/awaited", {{"title", "Awaited"}, {"type", "boolean"}}},
                             {task, "/commands/open/effects",
                              Ordered::array({{{"do", "set"}, {"values", {{"awaited", std::move(value)}}}}})}};
  };
  SmallWorld world(asking({{"some", "follows"}, {"in", {"#live"}}}));
  const auto awaited = [&](const char* followed) {
    const RecordId id = world.task("draft", {{"grade", "major"}});
    if (followed) world.facts.link(id, "follows", world.task(followed));
    REQUIRE(world.act(world.worker, id, "open").has_value());
    return world.facts.at(id).body->at("awaited");
  };
  CHECK(awaited(nullptr) == false);
  CHECK(awaited("closed") == false);
  CHECK(awaited("open") == true);
}

TEST_CASE("a choice gives the unit in which days are counted", "[choices]") {
  SmallWorld world(chosen);
  const auto due = [&] {
    const RecordId id = world.task("draft", {{"grade", "major"}});
    REQUIRE(world.act(world.worker, id, "open").has_value());
    return to_text(world.facts.timers(id).at("finish_due").day);
  };
  CHECK(due() == "2026-03-07");
  CHECK(choose(world, "counted", "working_days").empty());
  CHECK(due() == "2026-03-09");
  CHECK(PolicyValues(world.set).choice("counted") == "calendar_days");
}

TEST_CASE("an option of another policy, or none, is refused", "[choices]") {
  SmallWorld world(chosen);
  CHECK(choose(world, "begins", "working_days").find("Begin may be: ") != std::string::npos);
  CHECK(choose(world, "begins", "soon").find("option") != std::string::npos);
  CHECK(choose(world, "five_days", "opened").find("choice") != std::string::npos);
  CHECK(told(*override_fault(world.set, "five_days", 3), "en") == "names no policy that a record may set");
  CHECK(told(*override_fault(world.set, "counted", 3), "en") ==
        "Counted in may be: Calendar days (calendar_days), Working days (working_days)");
  CHECK_FALSE(override_fault(world.set, "counted", "working_days"));
  const Actor alone{world.chief};
  const auto proposed = world.ask(alone, world.project, "choose", {{"choice", "begins"}, {"option", "working_days"}});
  REQUIRE_FALSE(proposed.has_value());
  CHECK(text_of(proposed.error()).find("/option") != std::string::npos);
}

TEST_CASE("an option that is there no more is as if nobody had chosen", "[choices]") {
  SmallWorld world(chosen);
  world.facts.at(world.project).body.edit()["choices"] = Json::array(
      {{{"choice", "begins"}, {"option", "never"}}, {{"choice", "begins"}, {"option", "formerly"}}, Json::object()});
  CHECK(PolicyValues(world.set, world.facts, world.project).choice("begins") == "never");
}

TEST_CASE("null in `where` stands for an empty field", "[choices]") {
  const auto guarded = [](Ordered values) {
    return std::vector<Bend>{
        {task, "/commands/close/guards",
         Ordered::array({{{"guard", "linked_none"}, {"link", "follows"}, {"where", {{"cause", std::move(values)}}}}})},
        {task, "/commands/allow/effects", Ordered::array({})}};
  };
  const auto asked = [&](Ordered values, Json body) {
    SmallWorld world(bent(guarded(std::move(values))), false);
    const RecordId before = world.task("open", std::move(body)), id = world.task("finished");
    world.facts.link(id, "follows", before);
    return world.ask(world.checker, id, "close").has_value();
  };
  CHECK_FALSE(asked({nullptr}, Json::object()));
  CHECK(asked({nullptr}, {{"cause", "x"}}));
  CHECK_FALSE(asked({nullptr, "x"}, {{"cause", "x"}}));
  CHECK(asked({"x"}, Json::object()));
}

TEST_CASE("one mistake about a choice is one flaw", "[choices]") {
  CHECK(checking_with({}).empty());
  struct Flawed {
    std::vector<Bend> bends;
    std::string flaw;
  };
  const std::string effect = "/commands/open/effects/0/values/due";
  const auto row = GENERATE_COPY(values<Flawed>({
      {{{task, effect + "/choose", "share"}},
       task + "#" + effect + "/choose: there is no choice \"share\" among the policies"},
      {{{task, effect + "/choose", 1}}, task + "#" + effect + ": must be {choose, of}"},
      {{{task, effect + "/else", 1}}, task + "#" + effect + ": must be {choose, of}"},
      {{{task, effect + "/of/never", Ordered()}}, task + "#" + effect + "/of: the option `never` is missing"},
      {{{task, effect + "/of/soon", "@today"}}, task + "#" + effect + "/of/soon: `soon` is no option of begins"},
      {{{task, effect + "/of/closed", "@now"}},
       task + "#" + effect + "/of/closed: @now needs a field of the format date-time"},
      {{{task, effect + "/of/closed", "@input.title"}},
       task + "#" + effect + "/of/closed: `@input.title` is not part of the command's input"},
      {{{task, effect, {{"first", {"@today"}}}}},
       task + "#" + effect + ": must be {first}: a list of two values at least"},
      {{{task, effect, {{"first", {"@today", "@now"}}}}},
       task + "#" + effect + "/first/1: @now needs a field of the format date-time"},
      {{{days, "/policies/five_days/unit_by", "begins"}},
       days + "#/policies/five_days/unit_by: `begins` is no choice between calendar_days and working_days with "
              "calendar_days as its value"},
      {{{days, "/policies/counted/value", "working_days"}},
       days + "#/policies/five_days/unit_by: `counted` is no choice between calendar_days and working_days with "
              "calendar_days as its value"},
      {{{days, "/policies/five_days/unit_by", "nothing"}},
       days + "#/policies/five_days/unit_by: `nothing` is no choice between calendar_days and working_days with "
              "calendar_days as its value"},
      {{{project, "/fields/choice/enum/0", "five_days"},
        {project, "/fields/choice/x-labels", {{"five_days", "F"}, {"counted", "C"}}}},
       project + "#/fields/choice/enum: \"five_days\" is no policy with `options`"},
      {{{project, "/fields/option/enum/0", "sometime"},
        {project,
         "/fields/option/x-labels",
         {{"sometime", "S"}, {"closed", "C"}, {"never", "N"}, {"calendar_days", "D"}, {"working_days", "W"}}}},
       project + "#/fields/option/enum: the option `opened` is missing"},
      {{{project, "/fields/option/enum/0", "sometime"},
        {project,
         "/fields/option/x-labels",
         {{"sometime", "S"}, {"closed", "C"}, {"never", "N"}, {"calendar_days", "D"}, {"working_days", "W"}}}},
       project + "#/fields/option/enum: \"sometime\" is no option of these policies"},
      {{{project, "/commands/choose/second", Ordered()}},
       project + "#/commands/choose: sets a policy, and no second person confirms it"},
  }));
  const std::string said = checking_with(row.bends);
  INFO(said);
  CHECK(said.find(row.flaw + "\n") != std::string::npos);
}

TEST_CASE("a choice that cannot be read is named by its place", "[choices]") {
  const auto [pointer, value, flaw] = GENERATE(table<std::string, Ordered, std::string>({
      {"/policies/begins/options", Ordered(), "#/policies/begins: `options` is missing: two at least to choose from"},
      {"/policies/begins/options", Ordered::object({{"opened", "O"}}),
       "#/policies/begins: `options` is missing: two at least to choose from"},
      {"/policies/begins/value", "soon", "#/policies/begins/value: must be one of the options"},
      {"/policies/begins/value", 3, "#/policies/begins/value: must be one of the options"},
      {"/policies/begins/presets", Ordered::object({{"slow", "soon"}}),
       "#/policies/begins/presets/slow: must be one of the options"},
      {"/policies/five_days/options", Ordered::object({{"a", "A"}, {"b", "B"}}),
       "#/policies/five_days/options: goes with the unit choice"},
      {"/policies/begins/between", Ordered::array({1, 2}), "#/policies/begins/between: must be two whole numbers"},
  }));
  std::vector<Bend> bends = chosen;
  bends.push_back({days, pointer, value});
  INFO(pointer);
  try {
    load_or_throw(bent(bends), false);
    FAIL("was read");
  } catch (const std::exception& fault) {
    INFO(fault.what());
    CHECK(std::string(fault.what()).find(days + flaw) != std::string::npos);
  }
}

}  // namespace
}  // namespace assay::test::choices_test
