// Engagements: who is in a session of one record is in none of another at that time, whatever the types.
#include <catch2/catch_all.hpp>

#include "domain/small.h"

namespace assay::test::engagements_test {
namespace {

const std::string task = "small/task.json", project = "small/project.json";

/// Tasks engage people while they are live, projects while they run.
std::vector<Bend> engaging() {
  const Ordered text = {{"type", "string"}, {"format", "date-time"}};
  const Ordered sessions = {
      {"title", "Sessions"},
      {"type", "array"},
      {"maxItems", 20},
      {"items",
       {{"type", "object"},
        {"properties",
         {{"auditor", {{"type", "string"}, {"format", "uuid"}, {"x-person", true}}}, {"starts", text}, {"ends", text}}},
        {"required", {"auditor", "starts", "ends"}},
        {"additionalProperties", false}}}};
  const auto planning = [](Ordered from, Ordered seats) {
    return Ordered{{"label", "Plan"},
                   {"event", "planned"},
                   {"from", std::move(from)},
                   {"by", {"manager"}},
                   {"must", {"sessions"}},
                   {"guards", {{{"guard", "no_clash"}, {"field", "sessions"}, {"seats", std::move(seats)}}}},
                   {"why", "1"}};
  };
  return {{task, "/fields/sessions", sessions},
          {task, "/engages", {{"field", "sessions"}, {"while", {"#live"}}}},
          {task, "/commands/plan", planning({"draft", "#live"}, {"owner", "checker"})},
          {project, "/fields/sessions", sessions},
          {project, "/engages", {{"field", "sessions"}, {"while", {"running"}}}},
          {project, "/commands/plan", planning({"running"}, {"lead", "member"})}};
}

Json session(PersonId auditor, const char* starts, const char* ends) {
  return {{"auditor", uuid_of(auditor)},
          {"starts", std::string("2026-03-02T") + starts + ":00+01:00"},
          {"ends", std::string("2026-03-02T") + ends + ":00+01:00"}};
}

/// Two open tasks of the same people, in a project that the owner leads, too.
struct Engaged : SmallWorld {
  Engaged() : SmallWorld(engaging()) { facts.take_seats(project, "lead", {owner}); }
  RecordId self = task("open"), other = task("open");

  void engage(RecordId record, Json sessions) { facts.at(record).body.edit()["sessions"] = std::move(sessions); }
  std::string planned(RecordId record, Json sessions) {
    const auto decided = act(chief, record, "plan", {{"sessions", std::move(sessions)}});
    if (decided) return "";
    std::string told;
    for (const UnmetGuard& unmet : decided.error().unmet) told += unmet.code + ": " + unmet.detail + "\n";
    return told.empty() ? text_of(decided.error()) : told;
  }
};

struct Row {
  const char* name;
  void (*bend)(Engaged&);
  const char* expected;  // "" when the plan is granted
};

constexpr const char* refused =
    "engaged: The auditor of session 1 (2026-03-02T09:00:00+01:00) has a session elsewhere at that time "
    "(2026-03-02T08:30:00.000Z – 2026-03-02T10:00:00.000Z).\n";

void overlapping(Engaged& e) { e.engage(e.other, {session(e.owner, "09:30", "11:00")}); }

TEST_CASE("nobody is in a session here and in one elsewhere at a time", "[guards]") {
  const Row rows[] = {
      {"nothing elsewhere", [](Engaged&) {}, ""},
      {"overlapping", overlapping, refused},
      {"back to back",
       [](Engaged& e) { e.engage(e.other, {session(e.owner, "08:00", "09:00"), session(e.owner, "10:00", "11:00")}); },
       ""},
      {"of somebody else", [](Engaged& e) { e.engage(e.other, {session(e.checker, "09:30", "11:00")}); }, ""},
      {"of another type", [](Engaged& e) { e.engage(e.project, {session(e.owner, "09:30", "11:00")}); }, refused},
      {"of a record that has come to its end",
       [](Engaged& e) {
         overlapping(e);
         e.facts.at(e.other).state = "closed";
       },
       ""},
      {"of a record that does not engage any more or yet",
       [](Engaged& e) {
         overlapping(e);
         e.facts.at(e.other).state = "draft";
       },
       ""},
      {"of whoever has left the seat",
       [](Engaged& e) {
         overlapping(e);
         e.facts.take_seats(e.other, "owner", {e.checker});
       },
       ""},
      {"while this record would engage nobody",
       [](Engaged& e) {
         overlapping(e);
         e.facts.at(e.self).state = "draft";
       },
       ""},
      {"of this very plan, as it was", [](Engaged& e) { e.engage(e.self, {session(e.owner, "09:30", "11:00")}); }, ""},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Engaged scene;
    row.bend(scene);
    CHECK(scene.planned(scene.self, {session(scene.owner, "09:00", "10:00")}) == row.expected);
  }
}

TEST_CASE("the second of two plans is refused, and back to back is fine", "[guards]") {
  Engaged scene;
  CHECK(scene.planned(scene.self, {session(scene.owner, "09:00", "10:00")}) == "");
  CHECK(scene.planned(scene.project, {session(scene.owner, "09:59", "11:00")}) != "");
  CHECK(scene.planned(scene.project, {session(scene.owner, "10:00", "11:00")}) == "");
}

TEST_CASE("sessions elsewhere are told by examples", "[guards]") {
  Engaged scene;
  Json many = Json::array();
  for (int i = 10; i < 30; ++i) many.push_back(session(scene.owner, "09:30", fmt::format("11:{}", i).c_str()));
  scene.engage(scene.other, many);
  scene.engage(scene.project, many);
  const std::string told = scene.planned(scene.self, {session(scene.owner, "09:00", "10:00")});
  CHECK(std::count(told.begin(), told.end(), '\n') == 20);
}

TEST_CASE("what engages people says so of its own sessions, and comes to an end", "[check]") {
  struct Flawed {
    const char* pointer;
    Ordered value;
    const char* flaw;
  };
  const Flawed rows[] = {
      {"/engages/field", "plans", "/engages/field: there is no field `plans` that the body keeps"},
      {"/engages/field", "title", "/engages/field: its elements have no `auditor`"},
      {"/engages/while", {"closed"}, "/engages/while: `closed` is an end: it would engage people for ever"},
      {"/engages/while", {"lost"}, "/engages/while: `lost` is not a state or group of states"},
      {"/engages/while", Ordered::array(), "/engages: `while` names no state: it never engages anybody"},
      {"/engages/who", "owner", "/engages/who"},
  };
  for (const Flawed& row : rows) {
    auto bends = engaging();
    bends.push_back({task, row.pointer, row.value});
    std::string told;
    try {
      told = text_of(check(load_or_throw(bent(bends), false)));
    } catch (const std::exception& error) {
      told = error.what();
    }
    INFO(row.pointer << " " << row.value.dump());
    CHECK_THAT(told, Catch::Matchers::ContainsSubstring(row.flaw));
  }
  CHECK(text_of(check(load_or_throw(bent(engaging()), false))) == "");
}

}  // namespace
}  // namespace assay::test::engagements_test
