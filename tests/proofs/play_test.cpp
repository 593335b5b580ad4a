// Plays of commands, and what new definitions change: told as golden text.
#include <catch2/catch_all.hpp>

#include "domain/difference.h"
#include "domain/simulate.h"
#include "proofs/lamp.h"
#include "workflows/company.h"

namespace assay::test::play_test {
namespace {

TEST_CASE("a play tells states, refusals and timers that fire") {
  Simulation simulation(shipped(), parse_date("2026-01-01").value());
  std::string told;
  for (const char* step :
       {R"({"person": "ina", "roles": ["isms_manager"]})", R"({"person": "tom", "roles": ["top_management"]})",
        R"({"who": "tom", "make": "audit-programme", "as": "p", "command": "draft"})",
        R"({"who": "ina", "make": "supplier", "as": "s"})", R"({"who": "ina", "on": "p2", "command": "start"})"}) {
    try {
      told += simulation.play(Json::parse(step));
    } catch (const std::invalid_argument& error) {
      told += fmt::format("{}\n", error.what());
    }
  }
  told += simulation.play({{"days", 400}});
  INFO(told);
  CHECK(told.starts_with("2026-01-01 tom: draft p: refused: your roles and seats do not permit: "));
  CHECK(told.find("there is no record called p2\n") != std::string::npos);
  CHECK(told.ends_with("2027-02-05\n"));
}

TEST_CASE("a lamp is played by the book") {
  const WorkflowSet set = load_or_throw(lamp_files());
  Simulation simulation(set, parse_date("2026-01-01").value());
  std::string told;
  for (const char* step :
       {R"({"person": "ann", "roles": ["owner"]})", R"({"person": "ben", "roles": ["guest"]})",
        R"({"who": "ben", "make": "lamp", "as": "l", "input": {"title": "x", "colour": "red"}})",
        R"({"who": "ann", "make": "lamp", "as": "l", "input": {"title": "x", "colour": "red"}})",
        R"({"who": "ann", "on": "l", "command": "quench"})", R"({"who": "ann", "on": "l", "command": "light"})",
        R"({"days": 4000})", R"({"who": "ann", "on": "l", "command": "drop"})",
        R"({"who": "ann", "on": "l", "command": "drop", "second": "ben"})"})
    told += simulation.play(Json::parse(step));
  INFO(told);
  CHECK(told.find("ben: hang l: refused:") != std::string::npos);
  CHECK(told.find("2026-01-01 ann: hang l: off\n") != std::string::npos);
  CHECK(told.find("ann: quench l: refused:") != std::string::npos);
  CHECK(told.find("ann: light l: on") != std::string::npos);
  CHECK(told.find("ann: drop l: waits for somebody else: guest\n") != std::string::npos);
  CHECK(told.find("ann: drop l: broken") != std::string::npos);
}

TEST_CASE("what new definitions change is told for whom") {
  const WorkflowSet before = load_or_throw(lamp_files());
  CHECK(difference(before, before).empty());
  const WorkflowSet after =
      load_or_throw(bent({{"home/lamp.json", "/commands/light/by", Ordered::parse(R"(["owner"])")},
                          {"home/lamp.json", "/commands/light/guards",
                           Ordered::parse(R"([{"guard": "is", "field": "colour", "one_of": ["red"]}])")},
                          {"home/lamp.json", "/commands/drop/second", nullptr}},
                         lamp_files()));
  const auto found = difference(before, after);
  CHECK(!needs_map(found));
  CHECK(to_text(found) ==
        "lamp\n  guest loses drop (confirms), light\n"
        "  command drop takes no second person any more\n"
        "  command light guard: is {\"field\":\"colour\",\"one_of\":[\"red\"]} is new\n");
  WorkflowSet fewer = before;
  fewer.types.at("lamp").states.erase("broken");
  const auto gone = difference(before, fewer);
  CHECK(needs_map(gone));
  CHECK(to_json(gone).at("lamp").at("map") == Json{{"broken", nullptr}});
}

}  // namespace
}  // namespace assay::test::play_test
