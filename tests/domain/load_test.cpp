// The loader: every mistake is named with file, pointer and reason; what is right arrives as written.
#include <catch2/catch_all.hpp>

#include "domain/document.h"
#include "domain/place.h"
#include "domain/small.h"

namespace assay::test::load_test {
namespace {

std::string loading(const WorkflowFiles& files) {
  const auto loaded = load_workflows(files);
  const auto* flaws = std::get_if<std::vector<Flaw>>(&loaded);
  return flaws ? text_of(*flaws) : std::string{};
}

const std::string task = "small/task.json", project = "small/project.json";

struct Row {
  std::string file, pointer;
  Ordered value;
  std::string flaw;  // "#pointer: reason", the whole of what the loader says about the file
};

void expect_flaw(const Row& row) {
  INFO(row.file << row.pointer);
  const std::string said = loading(bent({{row.file, row.pointer, row.value}}));
  INFO(said);
  CHECK(said.find(row.file + row.flaw + "\n") != std::string::npos);
}

TEST_CASE("one mistake in a noun is one flaw with file, pointer and reason", "[load]") {
  const auto row = GENERATE(values<Row>({
      {task, "/flow", 1, "#/flow: `flow` is not a known key"},
      {task, "/workflow", "small/tasks", "#/workflow: must be `small/task`, as the file is named"},
      {task, "/version", 0, "#/version: must be a whole number of at least 1"},
      {task, "/version", nullptr, "#: `version` is missing"},
      {task, "/label", nullptr, "#: `label` is missing"},
      {task, "/label", 5, "#/label: must be a string that is not empty"},
      {task, "/plural", "Tasks", "#/plural: a URL segment holds lower-case letters, digits and -"},
      {task, "/root", "yes", "#/root: must be true or false"},
      {task, "/read", "manager", "#/read: must be a list"},
      {task, "/read", {"manager", "manager"}, "#/read/1: `manager` is given twice"},
      {task, "/holds", {"money"}, "#/holds: `money` is none of answers, evidence, reports"},
      {task, "/states", Ordered::array(), "#/states: must be an object"},
      {task, "/links/project/back", nullptr, "#/links/project: `back` is missing"},
      {task, "/links/project/many", true, "#/links/project/many: a parent is one record, never many"},
      {task, "/links/project/via", 1, "#/links/project/via: `via` is not a known key"},
      {task, "/people/owner/max", 0, "#/people/owner/max: must be a whole number of at least 1"},
      {task,
       "/people/Owner",
       {{"label", "x"}},
       "#/people/Owner: a name begins with a letter and holds lower-case letters, digits and _"},
      {task, "/fields/waived", {{"title", "x"}, {"type", "boolean"}}, "#/fields/waived: the name is reserved"},
      {task, "/fields/title/title", nullptr, "#/fields/title: `title` is missing"},
      {task, "/fields/title/maxlength", 3, "#/fields/title/maxlength: `maxlength` is not a keyword of the subset"},
      {task, "/fields/title/keep", "body", "#/fields/title/keep: must be `event` or absent"},
      {task, "/fields/title/audience", "all", "#/fields/title/audience: must be body, client or public"},
      {task, "/fields/title/form", {{"colour", "red"}}, "#/fields/title/form/colour: `colour` is not a known key"},
      {task, "/fields/plans/type", "array", "#/fields/plans/type: `type` is not a known key"},
      {task, "/states/open/is", {"Live"}, "#/states/open/is: `Live` is not a name"},
      {task, "/states/open/final", true, "#/states/open/final: `final` is not a known key"},
  }));
  expect_flaw(row);
}

TEST_CASE("one mistake in a verb, role or policy is one flaw with file, pointer and reason", "[load]") {
  const auto row = GENERATE(values<Row>({
      {task, "/commands/open/event", nullptr, "#/commands/open: `event` is missing"},
      {task, "/commands/open/by", nullptr, "#/commands/open: `by` is missing: somebody has to be able to do it"},
      {task, "/commands/open/from", nullptr,
       "#/commands/open: `from` is missing: the states that accept the command, [] when it makes a record"},
      {task, "/commands/open/from", {"#lively"}, "#/commands/open/from: `#lively` is not a state or group of states"},
      {task, "/commands/open/from", {"opened"}, "#/commands/open/from: `opened` is not a state or group of states"},
      {task, "/commands/create/to", nullptr,
       "#/commands/create: `to` is missing: a command that makes a record says its first state"},
      {task, "/commands/open/why", nullptr, "#/commands/open: `why` is missing"},
      {task, "/commands/open/second", Ordered::array(), "#/commands/open/second: must name at least one role"},
      {task, "/commands/open/endpoint", "files",
       "#/commands/open/endpoint: must be items, answers, evidence, reports or catalogue"},
      {task, "/commands/open/guards/0/guard", "fulfilled",
       "#/commands/open/guards/0/guard: `fulfilled` is not a guard"},
      {task, "/commands/open/guards/0/guard", nullptr, "#/commands/open/guards/0: `guard` is missing"},
      {task, "/commands/open/guards/0/fields", nullptr, "#/commands/open/guards/0: `fields` is missing"},
      {task, "/commands/open/guards/0/fields", "grade",
       "#/commands/open/guards/0/fields: must be a list of at least one name"},
      {task, "/commands/open/guards/0/field", "grade",
       "#/commands/open/guards/0/field: `field` is not a parameter of filled"},
      {project,
       "/commands/close/guards/0/where",
       {{"grade", "minor"}},
       "#/commands/close/guards/0/where/grade: must be a list of at least one value"},
      {task, "/commands/finish/effects/0/do", "add", "#/commands/finish/effects/0/do: `add` is not an effect"},
      {task, "/commands/finish/effects/0/do", nullptr, "#/commands/finish/effects/0: `do` is missing"},
      {task, "/commands/finish/effects/0/to", "x", "#/commands/finish/effects/0/to: `to` is not a parameter of append"},
      {task, "/commands/finish/effects/0/list", nullptr, "#/commands/finish/effects/0: `list` is missing"},
      {task, "/timers/finish_due/while", nullptr,
       "#/timers/finish_due: `while` is missing: the states in which the timer runs"},
      {task, "/timers/finish_due/overtaken", {{"by", "due"}}, "#/timers/finish_due/overtaken: `fires` is missing"},
      {task, "/timers/finish_due/misfire", "never", "#/timers/finish_due/misfire: must be all, latest or skip"},
      {task, "/timers/finish_due/when/grade", "major",
       "#/timers/finish_due/when/grade: must be a list of at least one value"},
      {task, "/states/open/next", Ordered::array({1}), "#/states/open/next/0: must be an object"},
      {task, "/states/open/next", Ordered::array({""}), "#/states/open/next/0: must be a string that is not empty"},
      {task, "/states/open/next", {"edit", "edit"}, "#/states/open/next/1: `edit` is given twice"},
      {task, "/states/open/next", Ordered::parse(R"([{"command":"edit"}])"),
       "#/states/open/next/0: `when` is missing: what fields say while the command is waited for"},
      {task, "/states/open/next", Ordered::parse(R"([{"command":"edit","when":{"grade":"major"}}])"),
       "#/states/open/next/0/when/grade: must be a list of at least one value"},
      {task, "/states/open/next", Ordered::parse(R"(["edit",{"command":"edit","when":{"grade":["major"]}}])"),
       "#/states/open/next/1: `edit` is given twice"},
      {"roles.json", "/roles/worker/side", "left",
       "#/roles/worker/side: must be body, client, organisation or outside"},
      {"roles.json", "/roles/timer", {{"side", "body"}, {"label", "T"}}, "#/roles/timer: the name is reserved"},
      {"policies/days.json", "/policies/five_days/unit", "weeks",
       "#/policies/five_days/unit: must be calendar_days, working_days, calendar_months, calendar_years, count, "
       "percent, auditor_days, share or choice"},
      {"policies/days.json", "/policies/five_days/value", "5",
       "#/policies/five_days/value: must be a whole number or a list of whole numbers"},
      {"policies/days.json", "/policies/five_days/source", nullptr, "#/policies/five_days: `source` is missing"},
      {"policies/days.json", "/policies/five_days/presets/slow", 1.5,
       "#/policies/five_days/presets/slow: must be a whole number or a list of whole numbers"},
      {"policies/days.json",
       "/policies/five_days/between",
       {6, 9},
       "#/policies/five_days/between: must be two whole numbers, the least and the most, with the value between them"},
      {"policies/days.json",
       "/policies/reminders/between",
       {-9, 9},
       "#/policies/reminders/between: must be two whole numbers, the least and the most, with the value between them"},
      {project, "/overrides", {{"list", "plans"}, {"policy", "title"}}, "#/overrides: `value` is missing"},
  }));
  expect_flaw(row);
}

TEST_CASE("files that are no part of a set, or no JSON, are named", "[load]") {
  const auto [file, text, flaw] = GENERATE(table<std::string, std::string, std::string>({
      {"small/task.json", R"({"a":1,"a":2})", "small/task.json#/a: the member is given twice\n"},
      {"small/task.json", R"({"states":{"open":{},"open":{}}})",
       "small/task.json#/states/open: the member is given twice\n"},
      {"small/task.json", "{", "small/task.json#: not JSON at line 1, column 2: "},
      {"notes.json", "{}", "notes.json#: is not a file of a workflow set\n"},
      {"a/b/c.json", "{}",
       "a/b/c.json#: is not named as a file of a workflow set: FOLDER/NAME.json or FOLDER/NAME.LANGUAGE.json\n"},
      {"small/task.german.json", "{}", "small/task.german.json#: is not named as a file"},
      {"small/other.de.json", "{}", "small/other.de.json#: stands beside no definition small/other.json\n"},
      {"small/task.de.json", R"({"states":{"opened":"Offen"}})",
       "small/task.de.json#/states/opened: the definition has no `opened` among its states\n"},
      {"small/task.de.json", R"({"enums":{"grade":{"huge":"Riesig"}}})",
       "small/task.de.json#/enums/grade/huge: is not a value of the enum\n"},
      {"small/task.de.json", R"({"members":{"items":{"colour":"Farbe"}}})",
       "small/task.de.json#/members/items/colour: the field `items` has no member `colour`\n"},
      {"small/task.de.json", R"({"members":{"title":{"x":"X"}}})",
       "small/task.de.json#/members/title: the definition has no field `title` with members\n"},
      {"small/task.de.json", R"({"enums":{"items":{"subject":{"x":"X"}}}})",
       "small/task.de.json#/enums/items/subject: the definition has no field `items.subject` with an enum\n"},
      {"small/task.de.json", R"({"enums":{"title":{"huge":"Riesig"}}})",
       "small/task.de.json#/enums/title: the definition has no field `title` with an enum\n"},
      {"small/task.de.json", R"({"label":1})", "small/task.de.json#/label: must be a string that is not empty\n"},
      {"roles.de.json", R"({"roles":{"boss":"Chefin"}})", "roles.de.json#/roles/boss: roles.json has no `boss`\n"},
      {"policies/days.de.json", R"({})", "policies/days.de.json#: `policies` is missing\n"},
      {"policies/days.de.json", R"({"policies":{"ten_days":{"label":"Zehn Tage"}}})",
       "policies/days.de.json#/policies/ten_days: policies/days.json has no policy `ten_days`\n"},
      {"policies/days.de.json", R"({"policies":{"share":{"label":"Ein Anteil"}}})",
       "policies/days.de.json#: lacks the policy `five_days`\n"},
      {"policies/days.de.json", R"({"policies":{"five_days":{"label":"Fünf Tage"}}})",
       "policies/days.de.json#/policies/five_days: `presets` lacks `slow`\n"},
      {"policies/days.de.json", R"({"policies":{"five_days":{"label":"Fünf Tage","presets":{"fast":"Schnell"}}}})",
       "policies/days.de.json#/policies/five_days/presets/fast: the policy has no `fast` among its presets\n"},
      {"policies/days.de.json", R"({"policies":{"share":{"source":"Test"}}})",
       "policies/days.de.json#/policies/share: `label` is missing\n"},
      {"policies/other.de.json", R"({"policies":{"share":{"label":"Ein Anteil"}}})",
       "policies/other.de.json#/policies/share: policies/other.json has no policy `share`\n"},
      {"guards.de.json", R"({"guards":{"fulfilled":{}}})",
       "guards.de.json#/guards/fulfilled: `fulfilled` is not a guard\n"},
      {"guards.de.json", R"({"guards":{"filled":{"full":"x"}}})",
       "guards.de.json#/guards/filled/full: filled has no reason `full`\n"},
      {"policies/more.json", R"({"policies":{"share":{"label":"S","value":1,"unit":"count","source":"s"}}})",
       "policies/more.json#/policies/share: another file has a policy of this name\n"},
      {"other/task.json", small_task, "other/task.json#/workflow: must be `other/task`, as the file is named\n"},
  }));
  WorkflowFiles files = small_files();
  files[file] = text;
  const std::string said = loading(files);
  INFO(said);
  CHECK(said.find(flaw) != std::string::npos);
}

TEST_CASE("two packs cannot have a type of the same name", "[load]") {
  WorkflowFiles files = small_files();
  Ordered copy = Ordered::parse(small_task);
  copy["workflow"] = "other/task";
  files["other/task.json"] = copy.dump();
  CHECK(loading(files) == "small/task.json#: another pack has a type `task`\n");
}

TEST_CASE("all mistakes of all files come at once", "[load]") {
  const std::string said = loading(bent({{task, "/label", nullptr},
                                         {task, "/flow", 1},
                                         {project, "/version", "1"},
                                         {"roles.json", "/roles/worker/side", "left"}}));
  CHECK(std::count(said.begin(), said.end(), '\n') == 4);
}

TEST_CASE("what is right arrives: groups expanded, order as written, labels merged", "[load]") {
  WorkflowFiles files = small_files();
  files["small/task.de.json"] = R"({"label":"Aufgabe","states":{"open":"Offen"},"enums":{"grade":{"major":"Schwer"}}})";
  files["roles.de.json"] = R"({"roles":{"worker":"Werkerin"}})";
  files["policies/days.de.json"] = R"({"policies":{
      "five_days":{"label":"Fünf Tage","source":"Prüfung","presets":{"slow":"Langsam"}},
      "three_working_days":{"label":"Drei Arbeitstage"},"reminders":{"label":"Erinnerungen"},
      "share":{"label":"Ein Anteil"}}})";
  files["schema/definition.schema.json"] = "not looked at";
  files["small/proof.json"] = "{}";
  const WorkflowSet set = load_or_throw(files);
  const Definition& type = set.types.at("task");
  CHECK(type.version == 2);
  CHECK(type.workflow == "small/task");
  CHECK(type.state_order == std::vector<std::string>{"draft", "open", "finished", "closed"});
  CHECK(type.command_order.front() == "create");
  CHECK(type.command_order.back() == "note_overdue");
  CHECK(type.commands.at("edit").from == std::set<std::string>{"draft", "open", "finished"});
  CHECK(type.commands.at("create").creates());
  CHECK(type.timers.at("finish_due").during == std::set<std::string>{"open"});
  CHECK(type.fields.at("grade").filter);
  CHECK(type.fields.at("grade").schema.contains("x-labels"));
  CHECK_FALSE(type.fields.at("grade").schema.contains("title"));
  CHECK(type.fields.at("approver").person);
  CHECK(type.fields.at("reason").keep == Keep::event);
  CHECK(type.fields.at("plans").list_of == std::vector<std::string>{"cause", "due", "reason"});
  CHECK(type.parent()->name == "project");
  CHECK(set.policies.at("five_days").presets.at("slow") == 10);
  const PolicyDefinition& policy = set.policies.at("five_days");
  CHECK(policy.label_in("de") == "Fünf Tage");
  CHECK(policy.source_in("de") == "Prüfung");
  CHECK(policy.preset_in("slow", "de") == "Langsam");
  CHECK(policy.label_in("en") == "Five days");
  CHECK(policy.preset_in("slow", "en") == "slow");
  CHECK(set.policies.at("share").source_in("de") == "test");
  CHECK(set.role_labels.at("de").at("worker") == "Werkerin");
  CHECK(set.find("task") == &type);
  CHECK(set.find_plural("tasks") == &type);
  CHECK(set.find("tasks") == nullptr);
  const Definition* from = nullptr;
  CHECK(set.back_link("project", "tasks", &from)->name == "project");
  CHECK(from == &type);
  CHECK(set.back_link("project", "jobs", nullptr) == nullptr);

  CHECK(label_of(type, "label", "de") == "Aufgabe");
  CHECK(label_of(type, "states.open", "de") == "Offen");
  CHECK(label_of(type, "states.open", "en") == "Open");
  CHECK(label_of(type, "states.draft", "de") == "Draft");
  CHECK(label_of(type, "enums.grade.major", "de") == "Schwer");
  CHECK(label_of(type, "enums.grade.minor", "de") == "Minor");
  CHECK(label_of(type, "commands.nothing", "de") == "nothing");
  const auto missing = missing_labels(type, "de");
  CHECK(std::find(missing.begin(), missing.end(), "states.draft") != missing.end());
  CHECK(std::find(missing.begin(), missing.end(), "states.open") == missing.end());
  CHECK(std::find(missing.begin(), missing.end(), "enums.grade.minor") != missing.end());
}

TEST_CASE("the canonical text gives the same set again, whatever the white space", "[load]") {
  const WorkflowSet set = load_or_throw(small_files());
  const WorkflowSet again = load_or_throw(files_of(set.text));
  CHECK(again.text == set.text);
  CHECK(again.types.at("task").command_order == set.types.at("task").command_order);
  WorkflowFiles spaced = small_files();
  for (auto& [path, text] : spaced) text = Ordered::parse(text).dump(4);
  CHECK(load_or_throw(spaced).text == set.text);
  CHECK(load_or_throw(bent({{task, "/version", 3}})).text != set.text);
}

TEST_CASE("the canonical text quotes what a file says as the library does", "[load]") {
  auto files = small_files();
  std::string& text = files.at(task);
  const auto at = text.find(R"("Task")");
  REQUIRE(at != std::string::npos);
  text.replace(at, 6, R"("T\u00e4sk \"\\\" \n/\/ \t\\")");
  const auto loaded = load_workflows(files);
  const auto& set = std::get<WorkflowSet>(loaded);
  CHECK(set.find("task")->label == "T\xC3\xA4sk \"\\\" \n// \t\\");
  CHECK(Json::parse(set.text).dump() == set.text);
  CHECK(std::get<WorkflowSet>(load_workflows(files_of(set.text))).text == set.text);
  const auto types = type_files(set.text);
  REQUIRE(types.size() == set.types.size());
  for (const TypeFile& one : types) CHECK(set.types.at(one.type).source == one.pack + "/" + one.type + ".json");
}

TEST_CASE("the place of a value is told however deep it is", "[load]") {
  Json deep = "here";
  std::string pointer;
  for (int level = 20; level > 0; --level) {
    const std::string name = "a/" + std::to_string(level);
    deep = level % 2 == 0 ? Json::array({nullptr, deep}) : Json{{name, deep}};
    pointer = (level % 2 == 0 ? "/1" : "/a~1" + std::to_string(level)) + pointer;
  }
  const std::string file = "deep.json";
  std::vector<Flaw> flaws;
  const auto read = Document::read(deep.dump());
  Place place(std::get<Document>(read).root(), file, flaws);
  for (int level = 1; level <= 20; ++level)
    place = level % 2 == 0 ? place.at(1) : place.at("a/" + std::to_string(level));
  CHECK(place.text() == "here");
  CHECK(place.pointer() == pointer);
  place.flaw("is deep");
  REQUIRE(flaws.size() == 1);
  CHECK(flaws.front().file == file);
  CHECK(flaws.front().pointer == pointer);
}

TEST_CASE("numbers are written as their pattern says", "[load]") {
  CHECK(number_of("NC-{year}-{seq:4}", 2026, 3) == "NC-2026-0003");
  CHECK(number_of("NC-{year}-{seq:4}", 2026, 123456) == "NC-2026-123456");
  CHECK(number_of("{seq}", 2026, 7) == "7");
}

}  // namespace
}  // namespace assay::test::load_test
