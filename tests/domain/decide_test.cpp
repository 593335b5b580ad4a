// The one function that says what a command does: order of refusals, input, second persons, waivers, offers.
#include <catch2/catch_all.hpp>

#include "domain/small.h"
#include "domain/timers.h"

namespace assay::test::decide_test {
namespace {

const char* name_of(Reason reason) {
  switch (reason) {
    case Reason::not_found:
      return "not_found";
    case Reason::wrong_state:
      return "wrong_state";
    case Reason::not_permitted:
      return "not_permitted";
    case Reason::invalid:
      return "invalid";
    case Reason::unmet:
      return "unmet";
    default:
      return "other";
  }
}

std::string outcome(const Result<Decision>& decided) {
  if (decided) return decided->needs_second ? "needs_second" : "granted";
  return name_of(decided.error().reason);
}

/// One line for each invalid field or unmet guard.
std::string reasons(const Result<Decision>& decided) {
  REQUIRE(decided.has_error());
  std::string text;
  for (const auto& field : decided.error().invalid) text += field.pointer + " " + field.detail + "\n";
  for (const auto& unmet : decided.error().unmet) text += unmet.guard + "." + unmet.code + "\n";
  return text;
}

const std::string task_file = "small/task.json";

TEST_CASE("a refusal by state names the states that accept", "[decide]") {
  SmallWorld world;
  const auto refused = world.ask(world.board, world.task("open"), "open", {{"colour", 1}});
  REQUIRE(refused.has_error());
  CHECK(refused.error().detail.ends_with(" is in the state Open, which does not accept: Open; accepted in: Draft"));
}

TEST_CASE("refusals come in order: not_found, wrong_state, not_permitted, invalid, unmet", "[decide]") {
  SmallWorld world;
  const RecordId draft = world.task("draft"), open = world.task("open");
  CHECK(outcome(world.ask(world.worker, RecordId{99}, "open")) == "not_found");
  CHECK(outcome(world.ask(world.worker, draft, "paint")) == "not_found");
  CHECK(outcome(world.ask_new(Actor{world.worker}, "house", "build")) == "not_found");
  CHECK(outcome(world.ask(world.board, open, "open", {{"colour", 1}})) == "wrong_state");
  CHECK(outcome(world.ask(world.worker, draft, "create", {{"title", "x"}})) == "wrong_state");
  CHECK(outcome(world.ask_new(Actor{world.worker}, "task", "open")) == "wrong_state");
  CHECK(outcome(world.ask(world.board, draft, "open", {{"colour", 1}})) == "not_permitted");
  CHECK(outcome(world.ask(world.worker, draft, "open", {{"colour", 1}})) == "invalid");
  CHECK(outcome(world.ask(world.worker, draft, "open")) == "unmet");
  world.facts.at(draft).body.edit()["grade"] = "minor";
  CHECK(outcome(world.ask(world.worker, draft, "open")) == "granted");
}

TEST_CASE("who may: roles, seats here, seats above, anyone, timers; not those who left", "[decide]") {
  SmallWorld world({{task_file, "/commands/edit/by", {"worker", "owner", "lead"}},
                    {"small/project.json", "/commands/staff/by", {"anyone"}}});
  const RecordId open = world.task("open", {{"grade", "major"}});
  const PersonId stranger = world.facts.add_person({"worker", "manager"}, OrganisationId{2});
  CHECK(outcome(world.ask(world.worker, open, "edit")) == "granted");
  CHECK(outcome(world.ask(world.owner, open, "edit")) == "granted");
  CHECK(outcome(world.ask(world.lead, open, "edit")) == "granted");  // seat on the project
  CHECK(outcome(world.ask(world.checker, open, "edit")) == "not_permitted");
  CHECK(outcome(world.ask(stranger, open, "edit")) == "not_permitted");
  CHECK(outcome(world.ask(Actor{}, open, "edit")) == "not_permitted");
  CHECK(outcome(world.ask(Actor{{}, {}, true}, open, "edit")) == "not_permitted");
  CHECK(outcome(world.ask(Actor{{}, {}, true}, open, "note_overdue")) == "granted");
  CHECK(outcome(world.ask(world.chief, open, "note_overdue")) == "not_permitted");
  CHECK(outcome(world.ask(world.checker, world.project, "staff")) == "granted");  // anyone of the organisation
  CHECK(outcome(world.ask(stranger, world.project, "staff")) == "not_permitted");
  CHECK(outcome(world.ask(world.chief, world.project, "note")) == "not_permitted");  // only via:task
  world.facts.leave(world.owner);
  world.facts.leave(world.checker);
  CHECK(outcome(world.ask(world.owner, open, "edit")) == "not_permitted");
  CHECK(outcome(world.ask(world.checker, world.project, "staff")) == "not_permitted");
}

TEST_CASE("a record is made by a role in the organisation or a seat on the parent that the input names", "[decide]") {
  SmallWorld world;
  const Json below{{"title", "x"}, {"project", uuid_of(world.project)}};
  CHECK(outcome(world.ask_new(Actor{world.worker}, "task", "create", {{"title", "x"}})) == "granted");
  CHECK(outcome(world.ask_new(Actor{world.lead}, "task", "create", below)) == "granted");
  CHECK(outcome(world.ask_new(Actor{world.lead}, "task", "create", {{"title", "x"}})) == "not_permitted");
  CHECK(outcome(world.ask_new(Actor{world.lead}, "task", "create",
                              {{"title", "x"}, {"project", uuid_of(RecordId{77})}})) == "not_permitted");
  CHECK(outcome(world.ask_new(Actor{world.owner}, "task", "create", below)) == "not_permitted");
}

TEST_CASE("every wrong member of the input is named", "[decide]") {
  SmallWorld world;
  const PersonId stranger = world.facts.add_person({"worker"}, OrganisationId{2});
  const RecordId foreign = world.facts.add("project", "running", Json::object(), {}, {}, OrganisationId{2});
  const auto refused = world.ask_new(Actor{world.worker}, "task", "create",
                                     {{"title", "  "},
                                      {"grade", "huge"},
                                      {"due", "tomorrow"},
                                      {"owner", {uuid_of(world.owner), uuid_of(world.checker)}},
                                      {"checker", {uuid_of(stranger), 5}},
                                      {"project", uuid_of(foreign)},
                                      {"follows", {uuid_of(world.project)}},
                                      {"plans", Json::array()},
                                      {"comment", 7}});
  CHECK(outcome(refused) == "invalid");
  CHECK(reasons(refused) ==
        "/title must not be empty\n"
        "/checker/0 names no person of this organisation\n"
        "/checker/1 names no person of this organisation\n"
        "/comment must be a string\n"
        "/due must be a date such as 2026-11-23\n"
        "/follows/0 names no Task of this organisation\n"
        "/grade must be one of major, minor\n"
        "/owner seats at most 1\n"
        "/plans is not part of this command\n"
        "/project names no Project of this organisation\n");
  CHECK(reasons(world.ask_new(Actor{world.worker}, "task", "create", Json::array())) == " must be an object\n");
  const RecordId open = world.task("open");
  CHECK(reasons(world.ask(world.worker, open, "edit", {{"approver", uuid_of(stranger)}})) ==
        "/approver names no person of this organisation\n");
  CHECK(reasons(world.ask(world.worker, open, "edit",
                          {{"items", {{{"question", "q"}, {"subject", "s"}, {"auditor", uuid_of(stranger)}}}}})) ==
        "/items/0/auditor names no person of this organisation\n");
  CHECK(reasons(world.ask(world.worker, open, "edit", {{"owner", uuid_of(world.owner)}})) ==
        "/owner must be a list of UUIDs of people\n");
  CHECK(reasons(world.ask(world.worker, open, "edit", {{"comment", std::string(4001, 'x')}})) ==
        "/comment must have at most 4000 characters\n");
}

TEST_CASE("every unmet guard is told at once", "[decide]") {
  SmallWorld world;
  const RecordId done = world.task("finished", {{"grade", "major"}});
  world.facts.take_seats(done, "owner", {world.chief});
  CHECK(reasons(world.ask(world.chief, done, "close")) ==
        "actor_not.holds_seat\nis.other_value\nhas_evidence.no_evidence\n");
}

TEST_CASE("a change carries resulting facts only", "[decide]") {
  SmallWorld world;
  const RecordId earlier = world.task("open");
  const auto decided = world.make(world.worker, "task", "create",
                                  {{"title", "Weld"},
                                   {"project", uuid_of(world.project)},
                                   {"follows", {uuid_of(earlier)}},
                                   {"owner", {uuid_of(world.owner)}},
                                   {"grade", nullptr},
                                   {"comment", "why not"}});
  REQUIRE(decided.has_value());
  REQUIRE(decided->changes.size() == 1);
  const Change& change = decided->changes[0];
  CHECK(change.record == RecordId{-1});
  CHECK(change.created);
  CHECK(change.command == "create");
  CHECK(change.event == "created");
  CHECK(change.state == "draft");
  CHECK(change.set == Json{{"title", "Weld"}});
  CHECK(change.said == Json{{"comment", "why not"}});
  CHECK(change.links ==
        std::map<std::string, std::vector<RecordId>>{{"project", {world.project}}, {"follows", {earlier}}});
  CHECK(change.seated == std::map<std::string, std::vector<PersonId>>{{"owner", {world.owner}}});
  CHECK(world.facts.linked(world.project, "tasks").size() == 2);
  CHECK(world.facts.seat(world.last, "owner") == std::vector{world.owner});
  CHECK(world.state(world.last) == "draft");
}

TEST_CASE("an edit clears fields, replaces seats and adds links without moving any", "[decide]") {
  SmallWorld world;
  const RecordId open = world.task("open", {{"cause", "rust"}}), other = world.task("open");
  const auto decided = world.act(
      world.worker, open, "edit",
      {{"cause", nullptr}, {"checker", {uuid_of(world.board), uuid_of(world.board)}}, {"follows", {uuid_of(other)}}});
  REQUIRE(decided.has_value());
  const Change& change = decided->changes[0];
  CHECK(change.set == Json{{"cause", nullptr}});
  CHECK(change.seated.at("checker") == std::vector{world.board});
  CHECK(change.unseated.at("checker") == std::vector{world.checker});
  CHECK_FALSE(world.facts.at(open).body->contains("cause"));
  CHECK(change.state == "open");
  const auto again =
      world.ask(world.worker, open, "edit", {{"follows", {uuid_of(other)}}, {"checker", {uuid_of(world.board)}}});
  REQUIRE(again.has_value());
  CHECK(again->changes[0].links.empty());
  CHECK(again->changes[0].seated.empty());
  CHECK(again->changes[0].unseated.empty());
}

TEST_CASE("a command that takes two waits for another person with such a role", "[decide]") {
  SmallWorld world;
  const RecordId open = world.task("open");
  const Json input{{"reason", "nobody else is here"}};
  const auto waits = world.ask(world.chief, open, "allow", input);
  REQUIRE(waits.has_value());
  CHECK(waits->needs_second);
  CHECK(waits->second == std::vector<std::string>{"board"});
  CHECK(waits->changes.empty());
  CHECK(outcome(world.ask(world.chief, open, "allow")) == "invalid");
  CHECK(outcome(world.ask(Actor{world.chief, world.chief}, open, "allow", input)) == "not_permitted");
  CHECK(outcome(world.ask(Actor{world.chief, world.worker}, open, "allow", input)) == "not_permitted");
  CHECK(outcome(world.ask(Actor{world.board, world.board}, open, "allow", input)) == "not_permitted");
  world.facts.take_seats(open, "owner", {world.board});
  CHECK(reasons(world.ask(Actor{world.chief, world.board}, open, "allow", input)) == "actor_not.second_holds_seat\n");
  world.facts.take_seats(open, "owner", {world.owner});
  CHECK(outcome(world.ask(Actor{world.chief, world.board}, open, "allow", input)) == "granted");
}

TEST_CASE("a waiver lifts its guards only, and the event says when one was needed", "[decide]") {
  SmallWorld world;
  const RecordId open = world.task("open", {{"grade", "major"}});
  const auto allowed = world.act(Actor{world.chief, world.board}, open, "allow", {{"reason", "small firm"}});
  REQUIRE(allowed.has_value());
  CHECK(allowed->changes[0].waived == std::vector<std::string>{"own_check"});
  CHECK(allowed->changes[0].said == Json{{"reason", "small firm"}});
  CHECK(world.facts.at(open).body->at("waived") == Json{"own_check"});
  world.facts.at(open).state = "finished";
  CHECK(reasons(world.ask(world.chief, open, "close")) == "has_evidence.no_evidence\n");
  world.facts.add_evidence(open);
  const auto closed = world.ask(world.chief, open, "close");
  REQUIRE(closed.has_value());
  CHECK(closed->changes[0].said == Json{{"by_waiver", {"own_check"}}});
  world.facts.at(open).body.edit()["grade"] = "minor";
  CHECK(world.ask(world.chief, open, "close")->changes[0].said == Json::object());
}

TEST_CASE("the same arguments give the same answer, and deciding changes nothing", "[decide]") {
  SmallWorld world;
  const RecordId open = world.task("open", {{"grade", "major"}, {"due", "2026-03-10"}});
  const Json body = *world.facts.at(open).body;
  const Json input{{"cause", "rust"}, {"reason", "rain"}};
  const auto one = world.ask(world.owner, open, "finish", input), two = world.ask(world.owner, open, "finish", input);
  REQUIRE(one.has_value());
  REQUIRE(two.has_value());
  CHECK(one->changes[0].set == two->changes[0].set);
  CHECK(one->changes[0].append == two->changes[0].append);
  CHECK(one->changes[0].timers == two->changes[0].timers);
  CHECK(*world.facts.at(open).body == body);
  CHECK(world.state(open) == "open");
  const auto refused = world.ask(world.owner, open, "finish"), again = world.ask(world.owner, open, "finish");
  CHECK(text_of(refused.error()) == text_of(again.error()));
}

TEST_CASE("offers say of every command for people whether it stands, or every reason why not", "[decide]") {
  SmallWorld world;
  const RecordId done = world.task("finished", {{"grade", "major"}});
  const auto as = [&](PersonId person) {
    std::string text;
    for (const Offer& offer : offers(world.set, world.facts, done, Actor{person}, world.now, "en")) {
      text +=
          offer.command->name + (offer.allowed ? " yes\n" : " " + std::string(name_of(offer.refusal->reason)) + "\n");
      CHECK(Json::parse(offer.schema_text) == input_schema(*world.facts.at(done).definition, *offer.command, "en"));
    }
    return text;
  };
  CHECK(as(world.chief) == "edit not_permitted\nopen wrong_state\nfinish wrong_state\nclose unmet\nallow yes\n");
  CHECK(as(world.owner) ==
        "edit yes\nopen wrong_state\nfinish wrong_state\nclose not_permitted\nallow not_permitted\n");
  world.facts.at(done).body.edit()["grade"] = "minor";
  world.facts.add_evidence(done);
  CHECK(as(world.checker) ==
        "edit not_permitted\nopen wrong_state\nfinish wrong_state\nclose yes\nallow not_permitted\n");
}

TEST_CASE("the schema of an input carries labels, order and hints in the language asked for", "[decide]") {
  WorkflowFiles files = small_files();
  files["small/task.de.json"] =
      R"({"commands":{"create":"Anlegen"},"fields":{"grade":"Schwere"},"enums":{"grade":{"major":"Schwer"}},"people":{"owner":"Zuständig"}})";
  const WorkflowSet set = load_or_throw(files);
  const Definition& task = set.types.at("task");
  const CommandDefinition& create = task.commands.at("create");
  const Json schema = Json::parse(input_schema_text(task, create, "de"));
  CHECK(schema.at("title") == "Anlegen");
  CHECK(schema.at("required") == Json{"title"});
  CHECK(schema.at("additionalProperties") == false);
  CHECK(schema.at("x-order") == Json{"title", "project", "follows", "owner", "checker", "grade", "due"});
  const Json& properties = schema.at("properties");
  CHECK(properties.at("grade") ==
        Json::parse(R"({"type":"string","enum":["major","minor"],"title":"Schwere","x-form":{"widget":"radio"},
    "x-filter":true,"x-labels":{"major":"Schwer","minor":"Minor"}})")
            .patch(Json::parse(R"([{"op":"remove","path":"/x-filter"}])")));
  CHECK(properties.at("project") ==
        Json::parse(R"({"type":"string","format":"uuid","title":"Project","x-link":"project"})"));
  CHECK(properties.at("follows").at("type") == "array");
  CHECK(properties.at("owner").at("maxItems") == 1);
  CHECK(properties.at("owner").at("title") == "Zuständig");
  CHECK(properties.at("comment").at("maxLength") == 4000);
  CHECK(input_schema_text(task, create, "fr") == input_schema_text(task, create, "en"));
}

}  // namespace
}  // namespace assay::test::decide_test
