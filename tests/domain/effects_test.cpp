// Effects: what each does, that later steps see earlier ones, and that a refusal inside refuses the whole.
#include <catch2/catch_all.hpp>

#include "domain/small.h"

namespace assay::test::effects_test {
namespace {

const std::string task_file = "small/task.json", project_file = "small/project.json";
const std::string edit_effects = "/commands/edit/effects";

/// The small world with these effects of the task's command `edit`.
std::vector<Bend> editing(Ordered effects) { return {{task_file, edit_effects, std::move(effects)}}; }

Ordered command(const char* name, Ordered members) {
  Ordered made{{"label", name}, {"event", std::string(name) + "_done"}, {"why", "0"}};
  made.update(members);
  return made;
}

std::string reasons(const Result<Decision>& decided) {
  REQUIRE(decided.has_error());
  return text_of(decided.error());
}

TEST_CASE("set puts literals, people, moments and other values", "[effects]") {
  const auto [value, field, expected] = GENERATE(table<Ordered, std::string, Json>({
      {"major", "grade", "major"},
      {nullptr, "cause", nullptr},
      {"@today", "done_on", "2026-03-02"},
      {"@now", "seen_at", "2026-03-02T09:00:00.000Z"},
      {"@actor", "approver", uuid_of(PersonId{2})},
      {"@self", "itself", uuid_of(RecordId{2})},
      {"@record.due", "done_on", "2026-03-10"},
      {"@record.done_on", "extended_to", nullptr},
      {"@input.due", "done_on", "2026-04-01"},
      {7, "effort", 7},
      {true, "overdue", true},
  }));
  const bool from_input = value == Ordered("@input.due");
  SmallWorld world(editing({{{"do", "set"}, {"values", {{field, value}}}}}));
  const RecordId open = world.task("open", {{"cause", "rust"}, {"due", "2026-03-10"}});
  const auto decided = world.act(world.worker, open, "edit", from_input ? Json{{"due", "2026-04-01"}} : Json::object());
  REQUIRE(decided.has_value());
  CHECK(decided->changes[0].set.at(field) == expected);
  CHECK(world.facts.at(open).body->value(field, Json()) == expected);
}

TEST_CASE("effects run in order and see what came before", "[effects]") {
  SmallWorld world(editing({{{"do", "set"}, {"values", {{"cause", "first"}}}},
                            {{"do", "append"}, {"list", "plans"}},
                            {{"do", "set"}, {"values", {{"cause", "second"}}}}}));
  const RecordId open = world.task("open");
  REQUIRE(world.act(world.worker, open, "edit", {{"cause", "input"}}).has_value());
  CHECK(world.facts.at(open).body->at("plans").at(0).at("cause") == "first");
  CHECK(world.facts.at(open).body->at("cause") == "second");
}

TEST_CASE("append keeps a version of the fields with who and when; the body keeps them all", "[effects]") {
  SmallWorld world;
  const RecordId open = world.task("open", {{"due", "2026-03-10"}});
  const auto decided = world.act(world.owner, open, "finish", {{"cause", "rust"}, {"reason", "rain"}});
  REQUIRE(decided.has_value());
  const Json version{{"cause", "rust"},
                     {"due", "2026-03-10"},
                     {"reason", "rain"},
                     {"by", uuid_of(world.owner)},
                     {"at", "2026-03-02T09:00:00.000Z"}};
  CHECK(decided->changes[0].append == Json{{"plans", version}});
  CHECK(decided->changes[0].said == Json{{"reason", "rain"}});
  CHECK_FALSE(world.facts.at(open).body->contains("reason"));
  world.facts.at(open).state = "open";
  REQUIRE(world.act(world.owner, open, "finish", {{"cause", "more rust"}}).has_value());
  const Json& plans = world.facts.at(open).body->at("plans");
  REQUIRE(plans.size() == 2);
  CHECK(plans[0] == version);
  CHECK(plans[1].at("cause") == "more rust");
}

TEST_CASE("seats are taken from the actor, a field, the input or other seats, and cleared", "[effects]") {
  const auto [effect, came] = GENERATE(table<Ordered, std::vector<std::int64_t>>({
      {{{"do", "assign"}, {"seat", "checker"}, {"to", "@actor"}}, {2}},
      {{{"do", "assign"}, {"seat", "checker"}, {"to", "@record.approver"}}, {3}},
      {{{"do", "assign"}, {"seat", "checker"}, {"to", "@input.owner"}}, {1}},
      {{{"do", "assign"}, {"seat", "checker"}, {"to", {{"seat", "lead"}, {"of", "project"}}}}, {4}},
      {{{"do", "clear"}, {"seat", "checker"}}, {}},
  }));
  SmallWorld world(editing({effect}));
  const RecordId open = world.task("open", {{"approver", uuid_of(world.board)}});
  const auto decided = world.act(world.worker, open, "edit", {{"owner", {uuid_of(world.chief)}}});
  REQUIRE(decided.has_value());
  std::vector<PersonId> expected;
  for (const auto id : came) expected.push_back(PersonId{id});
  CHECK(world.facts.seat(open, "checker") == expected);
  CHECK(decided->changes[0].unseated.at("checker") == std::vector{world.checker});
}

TEST_CASE("an assignment to nobody leaves the seat; to too many, or to somebody gone, it refuses", "[effects]") {
  SmallWorld world(editing({{{"do", "assign"}, {"seat", "owner"}, {"to", "@record.approver"}}}));
  const RecordId open = world.task("open");
  REQUIRE(world.act(world.worker, open, "edit").has_value());
  CHECK(world.facts.seat(open, "owner") == std::vector{world.owner});
  world.facts.at(open).body.edit()["approver"] = uuid_of(world.board);
  world.facts.leave(world.board);
  CHECK(reasons(world.act(world.worker, open, "edit")) ==
        "a field is not valid\n/owner names no person of this organisation");

  SmallWorld many(editing({{{"do", "assign"}, {"seat", "owner"}, {"to", {{"seat", "member"}, {"of", "project"}}}}}));
  many.facts.take_seats(many.project, "member", {many.worker, many.board});
  CHECK(reasons(many.act(many.worker, many.task("open"), "edit")) == "a field is not valid\n/owner seats at most 1");
}

TEST_CASE("tell names each role once", "[effects]") {
  SmallWorld world(
      editing({{{"do", "tell"}, {"roles", {"owner", "manager"}}}, {{"do", "tell"}, {"roles", {"manager", "board"}}}}));
  const auto decided = world.ask(world.worker, world.task("open"), "edit");
  REQUIRE(decided.has_value());
  CHECK(decided->changes[0].told == std::vector<std::string>{"owner", "manager", "board"});
}

/// Tasks make follow-ups by themselves when they finish, and note it on the project.
std::vector<Bend> chained(Ordered extra_guards = Ordered::array()) {
  return {{task_file, "/commands/spawn",
           command("spawn", {{"from", Ordered::array()},
                             {"to", "draft"},
                             {"by", {"via:task"}},
                             {"must", {"follows", "title"}},
                             {"may", {"project", "owner", "approver", "due"}},
                             {"guards", std::move(extra_guards)}})},
          {task_file,
           "/commands/finish/effects",
           {{{"do", "create"},
             {"type", "task"},
             {"command", "spawn"},
             {"link", "follows"},
             {"input", {{"title", "@record.title"}, {"owner", "@actor"}, {"due", "@record.done_on"}}}},
            {{"do", "send"},
             {"to", "project"},
             {"command", "note"},
             {"in", {"running"}},
             {"input", {{"noted", "@input.cause"}}}}}}};
}

TEST_CASE("create makes a linked record through its own command, send changes linked ones, in order", "[effects]") {
  SmallWorld world(chained());
  const RecordId open = world.task("open");
  const auto decided = world.act(world.owner, open, "finish", {{"cause", "rust"}});
  REQUIRE(decided.has_value());
  REQUIRE(decided->changes.size() == 3);
  CHECK(decided->changes[0].record == open);
  const Change& made = decided->changes[1];
  CHECK(made.record == RecordId{-1});
  CHECK(made.created);
  CHECK(made.event == "spawn_done");
  CHECK(made.set == Json{{"title", "Paint"}});
  CHECK(made.links.at("follows") == std::vector{open});
  CHECK(made.seated.at("owner") == std::vector{world.owner});
  CHECK(decided->changes[2].record == world.project);
  CHECK(decided->changes[2].set == Json{{"noted", "rust"}});
  CHECK(world.facts.linked(open, "followed_by") == std::vector{world.touched[1]});
  CHECK(world.facts.at(world.project).body->at("noted") == "rust");
}

TEST_CASE("a link is set to the records at a path, and given to a record that is made", "[effects]") {
  SmallWorld world(editing({{{"do", "set"}, {"values", {{"follows", {{"at", "project.tasks"}}}}}}}));
  const RecordId one = world.task("open"), two = world.task("draft");
  world.facts.link(one, "follows", two);
  const auto decided = world.act(world.worker, one, "edit");
  REQUIRE(decided.has_value());
  CHECK(decided->changes[0].links.at("follows") == std::vector{one});
  CHECK(decided->changes[0].set == Json::object());
  const auto again = world.act(world.worker, one, "edit");
  REQUIRE(again.has_value());
  CHECK(again->changes[0].links.empty());

  auto bends = chained();
  bends[1].value[0]["input"]["project"] = {{"at", "project"}};
  SmallWorld made(bends);
  const RecordId open = made.task("open");
  const auto finished = made.act(made.owner, open, "finish", {{"cause", "rust"}});
  REQUIRE(finished.has_value());
  CHECK(finished->changes[1].links.at("project") == std::vector{made.project});
}

TEST_CASE("a day is moved by months that a field says", "[effects]") {
  const auto [due, months, expected] = GENERATE(table<Json, Json, Json>({
      {"2026-01-31", 1, "2026-02-28"},
      {"2026-03-10", 0, "2026-03-10"},
      {"2026-03-10", 99, "2034-06-10"},
      {"2026-03-10", nullptr, nullptr},
      {nullptr, 3, nullptr},
  }));
  SmallWorld world(editing(
      {{{"do", "set"}, {"values", {{"extended_to", {{"day", "@record.due"}, {"months", "@record.effort"}}}}}}}));
  Json body{{"extended_to", "2026-12-31"}};
  if (!due.is_null()) body["due"] = due;
  if (!months.is_null()) body["effort"] = months;
  const RecordId open = world.task("open", body);
  const auto decided = world.act(world.worker, open, "edit");
  REQUIRE(decided.has_value());
  CHECK(decided->changes[0].set.at("extended_to") == expected);
}

TEST_CASE("a day that is moved by months keeps the day of the month of another", "[effects]") {
  const auto [due, months, like, expected] = GENERATE(table<const char*, int, Json, const char*>({
      {"2026-08-31", 6, "2026-08-31", "2027-02-28"},
      {"2027-02-28", 6, "2026-08-31", "2027-08-31"},
      {"2028-02-29", 12, "2028-02-29", "2029-02-28"},
      {"2031-02-28", 12, "2028-02-29", "2032-02-29"},
      {"2026-01-31", 1, "2026-01-31", "2026-02-28"},
      {"2026-02-28", 1, "2026-01-31", "2026-03-31"},
      {"2026-03-31", 1, "2026-01-31", "2026-04-30"},
      {"2026-03-10", 1, "2026-01-10", "2026-04-10"},
      {"2026-02-28", 1, nullptr, "2026-03-28"},
  }));
  SmallWorld world(
      editing({{{"do", "set"},
                {"values",
                 {{"extended_to",
                   {{"day", "@record.due"}, {"months", "@record.effort"}, {"day_of_month", "@record.done_on"}}}}}}}));
  Json body{{"due", due}, {"effort", months}};
  if (!like.is_null()) body["done_on"] = like;
  const auto decided = world.act(world.worker, world.task("open", body), "edit");
  REQUIRE(decided.has_value());
  CHECK(decided->changes[0].set.at("extended_to") == expected);
}

TEST_CASE("guards of what is sent see the sender in its new state", "[effects]") {
  const Ordered sees{{{"guard", "linked_all"}, {"link", "follows"}, {"in", {"finished"}}, {"have", {"cause"}}}};
  SmallWorld world(chained(sees));
  CHECK(world.ask(world.owner, world.task("open"), "finish", {{"cause", "rust"}}).has_value());
}

TEST_CASE("a refusal inside refuses the whole and says where", "[effects]") {
  const Ordered never{{{"guard", "linked_none"}, {"link", "follows"}}};
  SmallWorld unmet(chained(never));
  CHECK(reasons(unmet.act(unmet.owner, unmet.task("open"), "finish", {{"cause", "rust"}})) ==
        "spawn is not possible now\nlinked_none.present Task T-2026-0001 is finished.");

  SmallWorld invalid(chained());
  const RecordId open = invalid.task("open");
  CHECK(reasons(invalid.act(invalid.owner, open, "finish", {{"cause", std::string(200, 'x')}})) ==
        "the input is not valid\n Note of Project P-2026-001: /noted must have at most 100 characters");
  CHECK(invalid.state(open) == "open");
  CHECK_FALSE(invalid.facts.at(invalid.project).body->contains("noted"));
}

TEST_CASE("send passes over records that are in other states", "[effects]") {
  SmallWorld world(chained());
  const RecordId open = world.task("open");
  world.facts.at(world.project).state = "closed";
  const auto decided = world.ask(world.owner, open, "finish", {{"cause", "rust"}});
  REQUIRE(decided.has_value());
  CHECK(decided->changes.size() == 2);
}

TEST_CASE("one decision changes a record once", "[effects]") {
  SmallWorld world({{task_file,
                     "/commands/finish/effects",
                     {{{"do", "send"}, {"to", "project"}, {"command", "note"}, {"in", {"running"}}},
                      {{"do", "send"}, {"to", "project"}, {"command", "note"}, {"in", {"running"}}}}}});
  CHECK(reasons(world.act(world.owner, world.task("open"), "finish", {{"cause", "rust"}})) ==
        "Project P-2026-001 would change twice in one step");
}

TEST_CASE("send reaches every record on the path, by id", "[effects]") {
  SmallWorld world({{project_file, "/commands/halt",
                     command("halt", {{"from", {"running"}},
                                      {"by", {"manager"}},
                                      {"effects",
                                       {{{"do", "send"},
                                         {"to", "tasks"},
                                         {"command", "stop"},
                                         {"in", {"open"}},
                                         {"where", {{"grade", {"major"}}}}}}}})},
                    {task_file, "/commands/stop",
                     command("stop", {{"from", {"open"}}, {"to", "closed"}, {"by", {"via:project"}}})}});
  const RecordId one = world.task("open", {{"grade", "major"}}), two = world.task("open", {{"grade", "minor"}}),
                 three = world.task("finished", {{"grade", "major"}}), four = world.task("open", {{"grade", "major"}});
  REQUIRE(world.act(world.chief, world.project, "halt").has_value());
  CHECK(world.touched == std::vector{world.project, one, four});
  CHECK(world.state(one) == "closed");
  CHECK(world.state(two) == "open");
  CHECK(world.state(three) == "finished");
}

TEST_CASE("a body is what its changes say, in whatever order members came", "[effects]") {
  const Json body{{"a", 1}, {"b", 2}, {"list", {{{"x", 1}}}}};
  const Json after =
      body_after(body, {{"a", nullptr}, {"c", 3}}, {{"list", {{"x", 2}}}, {"fresh", {{"y", 1}}}}, {"w", "v"});
  CHECK(after == Json::parse(R"({"b":2,"c":3,"list":[{"x":1},{"x":2}],"fresh":[{"y":1}],"waived":["w","v"]})"));
  CHECK(body_after(after, Json::object(), Json::object(), {"w"}).at("waived").size() == 2);
  CHECK(body_after(body, Json::object(), Json::object(), {}) == body);
}

}  // namespace
}  // namespace assay::test::effects_test
