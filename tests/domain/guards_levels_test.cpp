// Levels compared member by member, evidence of answers, and fields that effects calculate: met, each reason, and what
// the check says of wrong definitions.
#include <catch2/catch_all.hpp>

#include "domain/guards.h"
#include "domain/small.h"

namespace assay::test::guards_levels_test {
namespace {

const char* const levels_json = R"({"requirements": {"abc": {
  "label": "Abc", "source": "abc", "edition": "1", "levels": 2,
  "groups": [{"id": "a", "code": "A", "title": "A"}, {"id": "b", "code": "B", "title": "B"}],
  "requirements": [{"id": "A 1", "group": "a", "title": "First", "level": 1, "enhancements": [2]},
                   {"id": "B 1", "group": "b", "title": "Second", "level": 2}]}}})";

const char* const cell = R"({
  "workflow": "small/cell", "version": 1, "label": "Cell", "label_plural": "Cells", "plural": "cells",
  "title": "title", "number": "CE-{seq:3}", "read": ["manager"],
  "links": {"task": {"to": "task", "back": "cells", "label": "Task"}},
  "fields": {
    "title": {"title": "Title", "type": "string", "maxLength": 100},
    "code": {"title": "Code", "type": "string", "maxLength": 9},
    "rank": {"title": "Rank", "type": "integer", "minimum": 0},
    "least": {"title": "Least", "type": "integer", "minimum": 0},
    "target": {"title": "Target", "type": "object", "properties": {"a": {"title": "Gate", "type": "integer"},
               "b": {"title": "Door", "type": "integer"}}, "additionalProperties": false},
    "reached": {"title": "Reached", "type": "object", "properties": {"a": {"title": "Gate", "type": "integer"},
                "b": {"title": "Door", "type": "integer"}}, "additionalProperties": false},
    "open": {"title": "Open", "type": "array", "maxItems": 9, "items": {"type": "string", "maxLength": 9}},
    "answers": {"title": "Answers", "type": "array", "maxItems": 9, "items": {"type": "object", "properties": {
      "requirement": {"type": "string", "maxLength": 9}, "result": {"type": "string", "maxLength": 20},
      "shown_by": {"type": "string", "maxLength": 9}, "reason": {"type": "string", "maxLength": 9}},
      "required": ["requirement", "result"], "additionalProperties": false}}},
  "states": {"open": {"label": "Open"}, "closed": {"end": true, "label": "Closed"}},
  "commands": {
    "open": {"label": "Open", "event": "opened", "from": [], "to": "open", "by": ["manager"], "must": ["title", "task"],
             "may": ["code", "target"], "why": "1"},
    "reach": {"label": "Reach", "event": "reached", "from": ["open"], "by": ["manager"], "may": ["reached", "target"], "why": "1"},
    "answer": {"label": "Answer", "event": "answered", "from": ["open"], "by": ["manager"], "must": ["answers"], "why": "1",
               "effects": [{"do": "set", "values": {
                 "reached": {"calculate": "security_levels", "take": "achieved",
                             "from": {"requirements": "abc", "answers": "@record.answers"}},
                 "open": {"calculate": "security_levels", "take": "gaps",
                          "from": {"requirements": "abc", "target": "@record.target", "answers": "@input.answers"}}}}]},
    "close": {"label": "Close", "event": "closed", "from": ["open"], "to": "closed", "by": ["manager"], "why": "1",
              "guards": [{"guard": "each_at_least", "field": "reached", "than": "target"}]}}})";

const char* const waiver_json = R"({
  "workflow": "small/leave", "version": 1, "label": "Leave", "label_plural": "Leaves", "plural": "leaves", "register": true,
  "title": "title", "number": "L-{seq:3}", "read": ["manager"],
  "links": {"cell": {"to": "cell", "back": "leaves", "label": "Cell"}},
  "fields": {
    "title": {"title": "Title", "type": "string", "maxLength": 100},
    "low": {"title": "Low", "type": "object", "properties": {"a": {"title": "Gate", "type": "integer"},
            "b": {"title": "Door", "type": "integer"}}, "additionalProperties": false},
    "wants": {"title": "Wants", "type": "array", "maxItems": 9, "items": {"type": "string", "maxLength": 9}, "x-filter": true},
    "items": {"title": "Items", "type": "array", "maxItems": 9, "items": {"type": "string", "maxLength": 9}}},
  "states": {"given": {"label": "Given"}, "taken": {"end": true, "label": "Taken"}},
  "commands": {
    "give": {"label": "Give", "event": "given", "from": [], "to": "given", "by": ["manager"], "must": ["title"],
             "may": ["cell", "low", "wants", "items"], "why": "1"},
    "take": {"label": "Take", "event": "taken", "from": ["given"], "to": "taken", "by": ["manager"], "why": "1"}}})";

WorkflowFiles leveled_files() {
  WorkflowFiles all = small_files();
  all["requirements/abc.json"] = levels_json;
  all["small/cell.json"] = cell;
  all["small/leave.json"] = waiver_json;
  return all;
}

/// A cell of a task; bent by each row.
struct CellScene : World {
  CellScene() : World(leveled_files()) {}
  PersonId chief = facts.add_person({"manager"});
  RecordId project = facts.add("project", "running");
  RecordId task = facts.add("task", "open", Json::object(), {{"project", project}});
  RecordId self = facts.add(
      "cell", "open",
      {{"code", "c1"},
       {"rank", 2},
       {"least", 3},
       {"target", {{"a", 2}, {"b", 1}}},
       {"reached", {{"a", 1}, {"b", 1}}},
       {"answers", {{{"requirement", "A 1"}, {"result", "met"}}, {{"requirement", "B 1"}, {"result", "not_met"}}}}},
      {{"task", task}});
  Json& body() { return facts.at(self).body.edit(); }
  void leave(Json low, const char* state = "given") {
    facts.add("leave", state, {{"low", std::move(low)}, {"wants", {"A 1"}}, {"items", {"X.1", "X.2"}}},
              {{"cell", self}});
  }
};

struct CellRow {
  const char* guard;
  const char* parameters;
  void (*bend)(CellScene&);
  const char* expected;
};

constexpr const char* plain = R"({"field":"reached","than":"target"})";
constexpr const char* excepting =
    R"({"field":"reached","than":"target","except":"leaves","their":"low","in":["given"]})";
constexpr const char* shown =
    R"({"field":"answers","results":["met"],"of":"task","type":"leave","by":"wants","their":"items",
                                  "in":["given"],"subject":"code"})";
constexpr const char* gate_below = "below: Reached, Gate: 1 is below 2.\n";
constexpr const char* unshown =
    "no_evidence: 1 of 1 requirements, for example A 1, are shown by nothing: no evidence of their own, none of a "
    "control "
    "that Leaves pair with them.\n";

TEST_CASE("guards about levels and evidence of answers") {
  const auto row = GENERATE(values<CellRow>({
      {"each_at_least", plain, [](CellScene&) {}, gate_below},
      {"each_at_least", plain, [](CellScene& s) { s.body()["reached"] = {{"a", 2}, {"b", 2}}; }, ""},
      {"each_at_least", plain, [](CellScene& s) { s.body()["reached"] = {{"a", 2}}; },
       "below: Reached, Door: 0 is below 1.\n"},
      {"each_at_least", plain, [](CellScene& s) { s.body().erase("reached"); }, "empty: Reached is not filled in.\n"},
      {"each_at_least", plain, [](CellScene& s) { s.body()["target"] = nullptr; }, "empty: Target is not filled in.\n"},
      {"each_at_least", excepting, [](CellScene&) {}, gate_below},
      {"each_at_least", excepting, [](CellScene& s) { s.leave({{"a", 1}}); }, ""},
      {"each_at_least", excepting, [](CellScene& s) { s.leave({{"a", 0}}); }, ""},
      {"each_at_least", excepting, [](CellScene& s) { s.leave({{"a", 1}}, "taken"); }, gate_below},
      {"each_at_least", excepting, [](CellScene& s) { s.leave({{"b", 0}}); }, gate_below},
      {"each_at_least", excepting,
       [](CellScene& s) {
         s.body()["reached"] = {{"a", 0}, {"b", 1}};
         s.leave({{"a", 1}});
       },
       "below: Reached, Gate: 0 is below 2.\n"},
      {"each_at_least", R"({"field":"least","than":"rank"})", [](CellScene&) {}, ""},
      {"each_at_least", R"({"field":"rank","than":"least"})", [](CellScene&) {},
       "less: Rank is 2, which is below 3.\n"},
      {"requirements_evidenced", shown, [](CellScene&) {}, unshown},
      {"requirements_evidenced", shown, [](CellScene& s) { s.body()["answers"][0]["result"] = "not_met"; }, ""},
      {"requirements_evidenced", shown, [](CellScene& s) { s.body()["answers"][0]["shown_by"] = "Plan 7"; }, ""},
      {"requirements_evidenced", shown, [](CellScene& s) { s.body()["answers"][0]["shown_by"] = " "; }, unshown},
      {"requirements_evidenced", shown, [](CellScene& s) { s.facts.add_evidence_of(s.task, "A 1", "whole"); }, ""},
      {"requirements_evidenced", shown, [](CellScene& s) { s.facts.add_evidence_of(s.task, "A 1", "zone:c1"); }, ""},
      {"requirements_evidenced", shown, [](CellScene& s) { s.facts.add_evidence_of(s.task, "A1", "whole"); }, ""},
      {"requirements_evidenced", shown, [](CellScene& s) { s.facts.add_evidence_of(s.task, "B1", "whole"); }, unshown},
      {"requirements_evidenced", shown, [](CellScene& s) { s.facts.add_evidence_of(s.task, "A 1", "zone:c11"); },
       unshown},
      {"requirements_evidenced", shown, [](CellScene& s) { s.facts.add_evidence_of(s.task, "X.2", "whole"); }, unshown},
      {"requirements_evidenced", shown,
       [](CellScene& s) {
         s.facts.add_evidence_of(s.task, "X.2", "whole");
         s.leave({});
       },
       ""},
      {"requirements_evidenced", shown,
       [](CellScene& s) {
         s.facts.add_evidence_of(s.task, "X.2", "whole");
         s.leave({}, "taken");
       },
       unshown},
      {"requirements_evidenced", shown, [](CellScene& s) { s.leave({}); }, unshown},
      {"requirements_evidenced", shown, [](CellScene& s) { s.body().erase("answers"); }, ""},
  }));
  CellScene scene;
  row.bend(scene);
  const RecordView& record = scene.facts.at(scene.self);
  const Json parameters = Json::parse(row.parameters), input = Json::object();
  const Actor actor{scene.chief};
  const GuardContext context{scene.set, scene.facts, record, record.definition->commands.at("close"),
                             actor,     scene.now,   &input, parameters};
  std::string text;
  for (const UnmetGuard& unmet : find_guard(row.guard)->unmet(context)) text += unmet.code + ": " + unmet.detail + "\n";
  INFO(row.guard << " " << row.parameters);
  CHECK(text == row.expected);
}

TEST_CASE("an effect sets what a calculation gives, and its refusal is that of the command") {
  CellScene scene;
  const auto answer = [&](Json answers) {
    return scene.act(scene.chief, scene.self, "answer", {{"answers", std::move(answers)}});
  };
  REQUIRE(answer({{{"requirement", "A 1"}, {"result", "met"}}}).has_value());
  const Json& body = *scene.facts.at(scene.self).body;
  CHECK(body.at("reached") == Json{{"a", 1}, {"b", 1}});
  CHECK(body.at("open") == Json({"A 1 RE 1"}));
  const auto refused =
      answer({{{"requirement", "A 1"}, {"result", "met"}}, {{"requirement", "C 9"}, {"result", "met"}}});
  REQUIRE(refused.has_error());
  CHECK(refused.error().reason == Reason::invalid);
  CHECK(refused.error().invalid.at(0).pointer == "/answers/1/requirement");
  CHECK(answer({{{"requirement", "A 1"}, {"result", "not_applicable"}}}).error().invalid.at(0).pointer ==
        "/answers/0/reason");
}

TEST_CASE("what levels, evidence and calculations name must be there") {
  const std::string set = "/commands/answer/effects/0/values/", close = "/commands/close/guards/0";
  const auto evidence = [](const char* change) {
    Ordered guard = Ordered::parse(shown);
    guard["guard"] = "requirements_evidenced";
    guard.merge_patch(Ordered::parse(change));
    return guard;
  };
  const auto calculate = [](const char* text) { return Ordered::parse(text); };
  const std::vector<std::tuple<std::string, Ordered, std::string>> rows{
      {close, Ordered::parse(R"({"guard":"each_at_least","field":"title","than":"target"})"), close + "/field"},
      {close, Ordered::parse(R"({"guard":"each_at_least","field":"reached","than":"rank"})"), close + "/than"},
      {close, Ordered::parse(R"({"guard":"each_at_least","field":"reached","than":"target","except":"leaves"})"),
       close + "/except"},
      {close,
       Ordered::parse(
           R"({"guard":"each_at_least","field":"reached","than":"target","except":"leaves","their":"title"})"),
       close + "/their"},
      {close,
       Ordered::parse(R"({"guard":"each_at_least","field":"reached","than":"target","except":"holes","their":"low"})"),
       close + "/except"},
      {close, evidence(R"({"field":"open"})"), close + "/field"},
      {close, evidence(R"({"of":"holes"})"), close + "/of"},
      {close, evidence(R"({"type":"task"})"), close + "/type"},
      {close, evidence(R"({"by":"items"})"), close + "/by"},
      {close, evidence(R"({"their":"things"})"), close + "/their"},
      {close, evidence(R"({"subject":"thing"})"), close + "/subject"},
      {set + "reached", calculate(R"({"calculate":"luck","from":{},"take":"achieved"})"), set + "reached/calculate"},
      {set + "reached", calculate(R"({"calculate":"security_levels","from":{},"take":"achieved"})"),
       set + "reached/from"},
      {set + "reached", calculate(R"({"calculate":"security_levels","from":{"requirements":"abd"},"take":"achieved"})"),
       set + "reached/from"},
      {set + "reached", calculate(R"({"calculate":"security_levels","from":{"requirements":"abc"},"take":"all"})"),
       set + "reached/take"},
      {set + "reached",
       calculate(R"({"calculate":"security_levels","from":{"requirements":"abc","x":1},"take":"gaps"})"),
       set + "reached/from/x"},
      {set + "open", calculate(R"({"calculate":"security_levels","from":{"requirements":"abc"},"take":"achieved"})"),
       set + "open"},
      {set + "reached",
       calculate(
           R"({"calculate":"security_levels","from":{"requirements":"abc","answers":"@record.none"},"take":"achieved"})"),
       set + "reached/from/answers"},
      {set + "reached", calculate(R"({"calculate":"security_levels","from":{"requirements":"abc"}})"), set + "reached"},
  };
  for (const auto& [pointer, value, place] : rows) {
    INFO(pointer << " " << value.dump());
    WorkflowFiles files = leveled_files();
    Ordered changed = Ordered::parse(files.at("small/cell.json"));
    changed[Ordered::json_pointer(pointer)] = value;
    files["small/cell.json"] = changed.dump();
    const auto loaded = load_workflows(files);
    REQUIRE(std::holds_alternative<WorkflowSet>(loaded));
    std::string places;
    for (const Flaw& flaw : check(std::get<WorkflowSet>(loaded))) places += flaw.pointer + "\n";
    INFO(places);
    CHECK(places.find(place + "\n") != std::string::npos);
  }
}

}  // namespace
}  // namespace assay::test::guards_levels_test
