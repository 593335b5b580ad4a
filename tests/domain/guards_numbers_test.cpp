// Guards about numbers of more than one record, and about a value that numbers lead to: met, each reason, and what the
// check says of wrong definitions.
#include <catch2/catch_all.hpp>

#include "domain/guards.h"
#include "domain/small.h"

namespace assay::test::guards_numbers_test {
namespace {

const char* const print = R"({
  "workflow": "small/print", "version": 1, "label": "Print", "label_plural": "Prints", "plural": "prints", "register": true,
  "title": "title", "number": "PR-{seq:3}", "read": ["manager"],
  "links": {"project": {"to": "project", "back": "prints", "label": "Project"}},
  "fields": {
    "title": {"title": "Title", "type": "string", "maxLength": 100},
    "code": {"title": "Code", "type": "string", "maxLength": 9, "x-filter": true},
    "edition": {"title": "Edition", "type": "integer", "minimum": 1, "maximum": 99},
    "copies": {"title": "Copies", "type": "integer", "minimum": 1, "maximum": 9},
    "weight": {"title": "Weight", "type": "string", "enum": ["light", "middle", "heavy"],
               "x-labels": {"light": "Light", "middle": "Middle", "heavy": "Heavy"}}},
  "states": {"draft": {"label": "Draft"}, "given": {"end": true, "label": "Given"}},
  "commands": {
    "draft": {"label": "Draft", "event": "drafted", "from": [], "to": "draft", "by": ["manager"], "must": ["title"],
              "may": ["project", "code", "edition", "copies", "weight"], "why": "1"},
    "give": {"label": "Give", "event": "given", "from": ["draft"], "to": "given", "by": ["manager"], "may": ["code"],
             "guards": [{"guard": "filled", "fields": ["title"]}], "why": "1"}}})";

const char* const weights = R"({"policies": {
  "weights": {"label": "Weights", "value": [4, 9], "unit": "count", "source": "test"},
  "one_weight": {"label": "One weight", "value": [4], "unit": "count", "source": "test"}}})";

WorkflowFiles files() {
  WorkflowFiles all = small_files();
  all["small/print.json"] = print;
  all["policies/weights.json"] = weights;
  return all;
}

/// A draft of a project's print, beside another project. Bent by each row.
struct Press : World {
  Press() : World(files()) {}
  PersonId chief = facts.add_person({"manager"});
  RecordId project = facts.add("project", "running", {{"title", "P"}}), elsewhere = facts.add("project", "running");
  RecordId self =
      facts.add("print", "draft", {{"title", "S"}, {"code", "A"}, {"edition", 2}, {"copies", 3}, {"weight", "middle"}},
                {{"project", project}});
  void printed(RecordId of, const char* code, int edition, const char* state = "given") {
    facts.add("print", state, {{"title", "T"}, {"code", code}, {"edition", edition}}, {{"project", of}});
  }
  Json& body() { return facts.at(self).body.edit(); }
};

struct Row {
  const char* guard;
  const char* parameters;
  void (*bend)(Press&);
  const char* expected;
};

void nothing(Press&) {}
constexpr const char* above_all = R"({"field":"edition","of":"project.prints","their":"edition","in":["given"]})";
constexpr const char* above_alike =
    R"({"field":"edition","of":"project.prints","their":"edition","same":{"code":"code"}})";
constexpr const char* unused = R"({"type":"print","same":{"code":"code"},"in":["given"],"apart":"project.prints"})";
constexpr const char* unlike = R"({"type":"print","same":{"code":"code"}})";
constexpr const char* weighed = R"({"field":"weight","factors":["edition","copies"],"policy":"weights"})";
constexpr const char* too_light = "below: Weight is Middle; what it is rated by makes 9, which asks for: Heavy.\n";
constexpr const char* taken = "present: There are Prints with this already: Code.\n";

const Row rows[] = {
    {"above", above_all, nothing, ""},
    {"above", above_all, [](Press& s) { s.printed(s.project, "B", 1); }, ""},
    {"above", above_all, [](Press& s) { s.printed(s.project, "B", 2); },
     "not_above: Edition must be above 2; it is 2.\n"},
    {"above", above_all, [](Press& s) { s.printed(s.project, "B", 2), s.printed(s.project, "B", 7); },
     "not_above: Edition must be above 7; it is 2.\n"},
    {"above", above_all, [](Press& s) { s.printed(s.project, "B", 7, "draft"); }, ""},
    {"above", above_all, [](Press& s) { s.printed(s.elsewhere, "B", 7); }, ""},
    {"above", above_all, [](Press& s) { s.body().erase("edition"); }, "empty: Edition is not filled in.\n"},
    {"above", above_alike, [](Press& s) { s.printed(s.project, "B", 7); }, ""},
    {"above", above_alike, [](Press& s) { s.printed(s.project, "A", 7); },
     "not_above: Edition must be above 7; it is 2.\n"},
    {"not_registered", unused, nothing, ""},
    {"not_registered", unused, [](Press& s) { s.printed(s.project, "A", 1); }, ""},
    {"not_registered", unused, [](Press& s) { s.printed(s.elsewhere, "A", 1); }, taken},
    {"not_registered", unused, [](Press& s) { s.printed(s.elsewhere, "B", 1); }, ""},
    {"not_registered", unused, [](Press& s) { s.printed(s.elsewhere, "A", 1, "draft"); }, ""},
    {"not_registered", unused, [](Press& s) { s.body().erase("code"); }, "empty: Code is not filled in.\n"},
    {"not_registered", unlike, nothing, ""},
    {"not_registered", unlike, [](Press& s) { s.printed(s.project, "A", 1); }, taken},
    {"rated", weighed, nothing, ""},
    {"rated", weighed, [](Press& s) { s.body()["edition"] = 1; }, ""},
    {"rated", weighed, [](Press& s) { s.body()["edition"] = 3; }, too_light},
    {"rated", weighed, [](Press& s) { s.body()["edition"] = 3, s.body()["weight"] = "heavy"; }, ""},
    {"rated", weighed, [](Press& s) { s.body()["edition"] = 1, s.body()["weight"] = "light"; }, ""},
    {"rated", weighed, [](Press& s) { s.body()["weight"] = "light"; },
     "below: Weight is Light; what it is rated by makes 6, which asks for: Middle, Heavy.\n"},
    {"rated", weighed, [](Press& s) { s.body().erase("copies"); }, "empty: Copies is not filled in.\n"},
    {"rated", weighed, [](Press& s) { s.body().erase("weight"); }, "empty: Weight is not filled in.\n"},
};

TEST_CASE("guards about numbers of several records and about what numbers lead to", "[guards]") {
  for (const Row& row : rows) {
    Press scene;
    row.bend(scene);
    const RecordView& record = scene.facts.at(scene.self);
    const Json parameters = Json::parse(row.parameters), input = Json::object();
    const Actor actor{scene.chief};
    const CommandDefinition& command = record.definition->commands.at("give");
    const auto said = [&](const Json* given) {
      const GuardContext context{scene.set, scene.facts, record, command, actor, scene.now, given, parameters};
      std::string text;
      for (const UnmetGuard& unmet : find_guard(row.guard)->unmet(context))
        text += unmet.code + ": " + unmet.detail + "\n";
      return text;
    };
    INFO(row.guard << " " << row.parameters);
    CHECK(said(&input) == row.expected);
    if (row.parameters == unused) CHECK(said(nullptr) == "");  // the input may still bring another code
  }
}

TEST_CASE("what guards about numbers name must be there", "[guards]") {
  const std::vector<std::pair<std::string, std::string>> wrong{
      {R"({"guard":"above","field":"code","of":"project.prints","their":"edition"})", "/field: is no number"},
      {R"({"guard":"above","field":"edition","of":"project.prints","their":"code"})", "/their: is no number"},
      {R"({"guard":"above","field":"edition","of":"project.prints","their":"colour"})",
       "/their: print keeps no field `colour`"},
      {R"({"guard":"above","field":"edition","of":"project.prints","their":"edition","same":{"colour":"code"}})",
       "/same: print has no field `colour`"},
      {R"({"guard":"above","field":"edition","of":"project.prints","their":"edition","same":{"code":"colour"}})",
       "/same: print has no field `colour`"},
      {R"({"guard":"above","field":"edition","of":"project.prints","their":"edition","in":["lost"]})",
       R"(/in/0: "lost" is not a state or group of states of print)"},
      {R"({"guard":"not_registered","type":"task","same":{"grade":"code"}})", "/type: there is no register `task`"},
      {R"({"guard":"not_registered","type":"print","same":{"edition":"edition"}})",
       "/same: print has no x-filter field `edition`"},
      {R"({"guard":"not_registered","type":"print","same":{"code":"code"},"apart":"project"})",
       "/apart: leads to project, not to print"},
      {R"({"guard":"rated","field":"code","factors":["copies"],"policy":"weights"})",
       "/field: has no values in an order (`enum`)"},
      {R"({"guard":"rated","field":"weight","factors":["copies","code"],"policy":"weights"})",
       "/factors/1: is no whole number"},
      {R"({"guard":"rated","field":"weight","factors":["copies"],"policy":"one_weight"})",
       "/policy: is no policy that lists 2 whole numbers"},
      {R"({"guard":"rated","field":"weight","factors":["copies"],"policy":"five_days"})",
       "/policy: is no policy that lists 2 whole numbers"},
  };
  for (const auto& [guard, flaw] : wrong) {
    const auto bends = bent({{"small/print.json", "/commands/give/guards/0", Ordered::parse(guard)}}, files());
    const std::string said = text_of(check(load_or_throw(bends, false)));
    INFO(guard << "\n" << said);
    CHECK(said.find("/commands/give/guards/0" + flaw + "\n") != std::string::npos);
  }
}

}  // namespace
}  // namespace assay::test::guards_numbers_test
