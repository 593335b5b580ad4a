// Random definitions and random steps: deciding never breaks, a refused step changes nothing, and changes replay.
#include <catch2/catch_all.hpp>

#include "domain/chance.h"
#include "domain/small.h"

namespace assay::test::property_test {
namespace {

Ordered random_guard(Chance& chance) {
  const std::vector<Ordered> all{
      {{"guard", "filled"}, {"fields", {"cause"}}},
      {{"guard", "is"}, {"field", "grade"}, {"one_of", {"major"}}},
      {{"guard", "linked_all"}, {"link", "project.tasks"}, {"in", {"#live", "draft"}}},
      {{"guard", "linked_none"}, {"link", "follows"}, {"where", {{"grade", {"minor"}}}}},
      {{"guard", "actor_not"}, {"seats", {"owner"}}},
      {{"guard", "people_differ"}, {"seats", {"owner"}}, {"from", {"checker"}}},
      {{"guard", "not_before"}, {"field", "due"}, {"than", "today"}},
  };
  return chance.one_of(all);
}

Ordered random_effect(Chance& chance) {
  const std::vector<Ordered> all{
      {{"do", "set"}, {"values", {{"cause", "@record.title"}, {"grade", "minor"}}}},
      {{"do", "set"}, {"values", {{"due", "@today"}, {"cause", nullptr}}}},
      {{"do", "append"}, {"list", "plans"}},
      {{"do", "assign"}, {"seat", "checker"}, {"to", "@actor"}},
      {{"do", "assign"}, {"seat", "checker"}, {"to", {{"seat", "owner"}, {"of", "follows"}}}},
      {{"do", "clear"}, {"seat", "owner"}},
      {{"do", "send"}, {"to", "project"}, {"command", "note"}, {"in", {"running"}}, {"input", {{"noted", "x"}}}},
  };
  return chance.one_of(all);
}

/// The small set with random commands between random states.
WorkflowFiles random_files(Chance& chance) {
  std::vector<Bend> bends;
  const std::vector<std::string> states{"draft", "open", "finished"}, targets{"draft", "open", "finished", "closed"};
  for (std::size_t i = 0; i < 4; ++i) {
    const std::string name = "step" + std::to_string(i);
    Ordered command{{"label", name},
                    {"event", name + "_done"},
                    {"from", {chance.one_of(states)}},
                    {"by", {"worker", "owner", "lead"}},
                    {"why", "0"}};
    if (!chance.in(3)) command["to"] = chance.one_of(targets);
    if (!chance.in(3)) command["may"] = {"cause", "grade", "due", "owner", "follows"};
    if (chance.in(4)) command["second"] = {"board"};
    command["guards"] = Ordered::array();
    command["effects"] = Ordered::array();
    for (std::size_t n = chance.below(3); n > 0; --n) command["guards"].push_back(random_guard(chance));
    for (std::size_t n = chance.below(3); n > 0; --n) {
      const Ordered effect = random_effect(chance);
      const auto& known = command["effects"];
      if (std::find(known.begin(), known.end(), effect) == known.end()) command["effects"].push_back(effect);
    }
    bends.push_back({"small/task.json", "/commands/" + name, std::move(command)});
  }
  return bent(bends);
}

/// A value that the member accepts.
Json fitting_value(Chance& chance, const std::string& member, const std::vector<RecordId>& records) {
  if (member == "grade") return chance.in(2) ? "major" : "minor";
  if (member == "due") return "2026-03-0" + std::to_string(1 + chance.below(9));
  if (member == "owner") return Json::array({uuid_of(PersonId{static_cast<std::int64_t>(1 + chance.below(6))})});
  if (member == "follows") return Json::array({uuid_of(chance.one_of(records))});
  return "some text";
}

Json random_value(Chance& chance, const std::vector<RecordId>& records) {
  switch (chance.below(8)) {
    case 0:
      return nullptr;
    case 1:
      return "major";
    case 2:
      return "2026-03-0" + std::to_string(1 + chance.below(9));
    case 3:
      return Json::array({uuid_of(PersonId{static_cast<std::int64_t>(1 + chance.below(8))})});
    case 4:
      return Json::array({uuid_of(chance.one_of(records))});
    case 5:
      return uuid_of(chance.one_of(records));
    case 6:
      return static_cast<int>(chance.below(100));
    default:
      return Json{{"x", Json::array({1, "two"})}};
  }
}

/// Everything that a step could change, as text.
std::string picture(SmallWorld& world, const std::vector<RecordId>& records) {
  std::string text;
  for (const RecordId id : records) {
    const RecordView& view = world.facts.at(id);
    text += fmt::format("{} {} {}\n", view.state, view.version, view.body->dump());
    for (const auto& [seat, known] : view.definition->people)
      text += fmt::format("{}:{} ", seat, world.facts.seat(id, seat).size());
    for (const auto& [link, known] : view.definition->links)
      text += fmt::format("{}:{} ", link, world.facts.linked(id, link).size());
  }
  return text;
}

/// The first command that the person is offered; `otherwise` when there is none.
std::string offered(SmallWorld& world, RecordId id, const Actor& actor, const std::string& otherwise) {
  for (const Offer& offer : offers(world.set, world.facts, id, actor, world.now, "en")) {
    if (offer.allowed) return offer.command->name;
  }
  return otherwise;
}

struct RandomWorld : SmallWorld {
  explicit RandomWorld(const WorkflowFiles& files) : SmallWorld(files, false) {}
};

TEST_CASE("random definitions and steps never break, refusals change nothing, changes replay", "[property]") {
  Chance chance(42);
  int granted = 0, refused = 0, waiting = 0;
  const std::vector<std::string> names{"step0", "step1", "step2", "step3", "edit", "open", "finish", "close", "allow"};
  const std::vector<std::string> members{"cause",  "grade",   "due",   "owner",  "follows",
                                         "reason", "comment", "title", "nothing"};
  for (int round = 0; round < 100; ++round) {
    RandomWorld world(random_files(chance));
    std::vector<RecordId> records{world.task("draft"), world.task("open", {{"grade", "major"}}),
                                  world.task("finished")};
    std::map<RecordId, Json> replayed;
    for (const RecordId id : records) replayed[id] = *world.facts.at(id).body;
    for (int step = 0; step < 40; ++step) {
      Json input = Json::object();
      for (std::size_t n = chance.below(3); n > 0; --n) {
        const std::string member = chance.one_of(members);
        input[member] = chance.in(4) ? random_value(chance, records) : fitting_value(chance, member, records);
      }
      const Actor actor{PersonId{static_cast<std::int64_t>(chance.in(5) ? 7 : 1 + chance.below(6))},
                        chance.in(3) ? std::optional(world.board) : std::nullopt, chance.in(25)};
      const RecordId id = chance.one_of(records);
      const std::string before = picture(world, records);
      const std::string name = chance.in(3) ? chance.one_of(names) : offered(world, id, actor, chance.one_of(names));
      const auto decided = world.act(actor, id, name, input);
      for (const Offer& offer : offers(world.set, world.facts, id, actor, world.now, "en")) {
        REQUIRE(offer.allowed == !offer.refusal.has_value());
      }
      if (decided.has_error() || decided->needs_second) {
        (decided.has_error() ? refused : waiting) += 1;
        REQUIRE(picture(world, records) == before);
        continue;
      }
      ++granted;
      for (const Change& change : decided->changes) {
        if (!replayed.contains(change.record)) continue;
        replayed[change.record] = body_after(replayed[change.record], change.set, change.append, change.waived);
        REQUIRE(replayed[change.record] == *world.facts.at(change.record).body);
        REQUIRE(world.facts.at(change.record).definition->states.contains(change.state));
      }
    }
  }
  INFO(granted << " granted, " << refused << " refused, " << waiting << " waiting");
  CHECK(granted > 300);
  CHECK(refused > 1000);
  CHECK(waiting > 0);
}

TEST_CASE("what is granted with an empty input was offered", "[property]") {
  Chance chance(7);
  int granted = 0;
  for (int round = 0; round < 60; ++round) {
    RandomWorld world(random_files(chance));
    const std::vector<RecordId> records{world.task("draft", {{"grade", "minor"}}),
                                        world.task("open", {{"cause", "rust"}}), world.task("finished")};
    for (const RecordId id : records) {
      for (std::int64_t person = 1; person <= 6; ++person) {
        const Actor actor{PersonId{person}};
        for (const Offer& offer : offers(world.set, world.facts, id, actor, world.now, "en")) {
          const auto decided = world.ask(actor, id, offer.command->name);
          if (decided.has_error()) continue;
          ++granted;
          INFO(offer.command->name);
          REQUIRE(offer.allowed);
        }
      }
    }
  }
  CHECK(granted > 100);
}

}  // namespace
}  // namespace assay::test::property_test
