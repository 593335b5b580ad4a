// What a form begins with, and labels of one and of several people: read, labelled and checked.
#include <catch2/catch_all.hpp>

#include "domain/small.h"

namespace assay::test::prefill_test {
namespace {

const std::string task = "small/task.json", project = "small/project.json";
const std::string at_noted = "/fields/noted/prefill";

/// A project whose notes begin with figures about its tasks.
Ordered lines() {
  return Ordered::parse(R"([
    {"name": "open", "label": "Open tasks", "type": "task", "in": ["#live"], "where": {"grade": ["major"]}, "by": "grade"},
    {"name": "period", "label": "Closed in the period", "type": "project", "list": true,
     "during": {"field": "created", "from": "closed_on", "to": "closed_on"}, "linked": {"above": "above"},
     "with": [{"name": "tasks", "label": "tasks", "type": "task", "link": "project", "by": "state"}]}])");
}

std::vector<Bend> sound() {
  return {{project, "/links", Ordered::parse(R"({"above": {"to": "project", "back": "below", "label": "Above"}})")},
          {project, "/commands/annotate",
           Ordered::parse(R"({"label": "Annotate", "event": "annotated", "from": ["running"], "by": ["manager"],
                             "may": ["noted"], "why": "1"})")},
          {project, at_noted, lines()}};
}

std::string checking(const Bend& bend) {
  auto bends = sound();
  bends.push_back(bend);
  return text_of(check(load_or_throw(bent(bends), false)));
}

std::string loading(const std::vector<Bend>& bends, const std::string& german = "{}") {
  WorkflowFiles files = bent(bends);
  files["small/project.de.json"] = german;
  const auto loaded = load_workflows(files);
  const auto* flaws = std::get_if<std::vector<Flaw>>(&loaded);
  return flaws ? text_of(*flaws) : "";
}

TEST_CASE("a prefill is read with all it says", "[prefill]") {
  const WorkflowSet set = load_or_throw(bent(sound()));
  const FieldDefinition& noted = set.types.at("project").fields.at("noted");
  CHECK_FALSE(noted.schema.contains("prefill"));
  REQUIRE(noted.prefill.size() == 2);
  CHECK(noted.prefill[0].type == "task");
  CHECK(noted.prefill[0].in == std::vector<std::string>{"#live"});
  CHECK(noted.prefill[0].where == Json{{"grade", {"major"}}});
  CHECK(noted.prefill[0].by == "grade");
  CHECK_FALSE(noted.prefill[0].list);
  const PrefillLine& period = noted.prefill[1];
  CHECK(period.list);
  CHECK(period.during == "created");
  CHECK(period.from == "closed_on");
  CHECK(period.linked.at("above") == "above");
  REQUIRE(period.with.size() == 1);
  CHECK(period.with[0].link == "project");
  CHECK(find_line(noted, "tasks") == &period.with[0]);
  CHECK(find_line(noted, "others") == nullptr);
}

TEST_CASE("a prefill that cannot be read is refused at its place", "[prefill]") {
  const auto [pointer, value, flaw] = GENERATE(table<std::string, Ordered, std::string>({
      {"/0/label", nullptr, "/0: `label` is missing"},
      {"/0/name", "Open", "/0/name: a name begins with a letter and holds lower-case letters, digits and _"},
      {"/0/colour", "red", "/0/colour: `colour` is not a known key"},
      {"/0/where/grade", "major", "/0/where/grade: must be a list of at least one value"},
      {"/0/with", Ordered::array({Ordered::object()}), "/0/with/0: goes with the records of a list"},
      {"/1/by", "state", "/1/by: a list is not counted: the counts of its records go `with` it"},
      {"/1/during/to", nullptr, "/1/during: `to` is missing"},
      {"/1/linked/above", 3, "/1/linked/above: must be a string that is not empty"},
      {"/1/with/0/link", nullptr, "/1/with/0: `link` is missing"},
      {"/1/with/0/list", true, "/1/with/0/list: `list` is not a known key"},
  }));
  auto bends = sound();
  bends.push_back({project, at_noted + pointer, value});
  const std::string said = loading(bends);
  INFO(said);
  CHECK(said.find(project + "#" + at_noted + flaw + "\n") != std::string::npos);
}

TEST_CASE("a prefill names what is there", "[prefill]") {
  CHECK(text_of(check(load_or_throw(bent(sound()), false))) == "");
  const auto [bend, flaw] = GENERATE(table<Bend, std::string>({
      {{project, at_noted + "/0/type", "house"}, "/0/type: there is no type `house`"},
      {{project, at_noted + "/0/in", {"#lively"}}, "/0/in/0: \"#lively\" is not a state or group of states of task"},
      {{project, at_noted + "/0/where", {{"grade", {"huge"}}}},
       "/0/where/grade: \"huge\": must be one of major, minor of grade"},
      {{project, at_noted + "/0/where", {{"overdue", {true}}}},
       "/0/where/overdue: task cannot be filtered by `overdue`"},
      {{project, at_noted + "/0/by", "cause"}, "/0/by: `cause` is neither state nor an enum that task is filtered by"},
      {{project, at_noted + "/1/during/field", "closed_on"},
       "/1/during/field: `closed_on` is neither created nor a date that project is filtered by"},
      {{project, at_noted + "/1/during/from", "title"}, "/1/during/from: `title` is not a date that the body keeps"},
      {{project, at_noted + "/1/linked", {{"tasks", "above"}}}, "/1/linked/tasks: project has no link `tasks`"},
      {{project, at_noted + "/1/linked", {{"above", "tasks"}}}, "/1/linked/above: there is no link `tasks`"},
      {{project, at_noted + "/0/linked", {{"follows", "above"}}},
       "/0/linked/follows: one leads to task, the other to project"},
      {{project, at_noted + "/1/with/0/link", "follows"},
       "/1/with/0/link: `follows` does not lead from task to project"},
      {{project, at_noted + "/1/with/0/by", "due"},
       "/1/with/0/by: `due` is neither state nor an enum that task is filtered by"},
      {{project, at_noted + "/1/with/0/name", "open"}, "/1/with/0/name: another line has this name"},
      {{project, "/commands/annotate/may", {"lead"}}, ": no command on a record asks for the field"},
      {{project, "/fields/noted/keep", "event"}, ": only a free text that the body keeps begins with one"},
      {{project, "/fields/noted/pattern", "^x$"}, ": only a free text that the body keeps begins with one"},
  }));
  // The small set's command `note` takes the field too: it is not a person's, but it is on a record.
  std::string said = checking(bend);
  if (bend.pointer == "/commands/annotate/may") {
    auto bends = sound();
    bends.push_back(bend);
    bends.push_back({project, "/commands/note/may", {"title"}});
    said = text_of(check(load_or_throw(bent(bends), false)));
  }
  INFO(said);
  CHECK(said.find(project + "#" + at_noted + flaw + "\n") != std::string::npos);
}

TEST_CASE("a line asks a list for one of the values in it", "[prefill]") {
  const auto said = [](const char* value) {
    auto bends = sound();
    bends.push_back({"small/task.json",
                     "/fields/tags",
                     {{"title", "Tags"},
                      {"type", "array"},
                      {"items", {{"type", "string"}, {"enum", {"red"}}, {"x-labels", {{"red", "Red"}}}}},
                      {"maxItems", 2},
                      {"x-filter", true}}});
    bends.push_back({project, at_noted + "/0/where", {{"tags", {value}}}});
    return text_of(check(load_or_throw(bent(bends), false)));
  };
  CHECK(said("red").find("/0/where/tags") == std::string::npos);
  CHECK(said("blue").find("/0/where/tags: \"blue\": must be one of red of tags") != std::string::npos);
}

TEST_CASE("lines and seats of several people have labels in other languages", "[prefill]") {
  auto bends = sound();
  bends.push_back({project, "/people/member", {{"label", "Member"}, {"label_plural", "Members"}}});
  WorkflowFiles files = bent(bends);
  files["small/project.de.json"] =
      R"({"people":{"member":"Mitglied"},"people_plural":{"member":"Mitglieder"},
          "prefill":{"noted":{"open":"Offene Aufgaben","tasks":"Aufgaben"}}})";
  const WorkflowSet set = load_or_throw(files);
  const Definition& type = set.types.at("project");
  CHECK(label_of(type, "prefill.noted.open", "de") == "Offene Aufgaben");
  CHECK(label_of(type, "prefill.noted.tasks", "de") == "Aufgaben");
  CHECK(label_of(type, "prefill.noted.period", "de") == "Closed in the period");
  CHECK(label_of(type, "people.member", "de") == "Mitglied");
  CHECK(label_of(type, "people_plural.member", "de") == "Mitglieder");
  CHECK(label_of(type, "people_plural.member", "en") == "Members");
  const auto missing = missing_labels(type, "de");
  CHECK(std::count(missing.begin(), missing.end(), "prefill.noted.period") == 1);
  CHECK(std::count(missing.begin(), missing.end(), "prefill.noted.open") == 0);
  CHECK(std::count(missing.begin(), missing.end(), "people_plural.member") == 0);
  const auto unlabelled = missing_labels(type, "fr");
  CHECK(std::count(unlabelled.begin(), unlabelled.end(), "people_plural.member") == 1);

  const Json schema = input_schema(type, type.commands.at("staff"), "de");
  CHECK(schema.at("properties").at("member").at("title") == "Mitglieder");
  CHECK(schema.at("properties").at("lead").at("title") == "Lead");

  CHECK(loading(sound(), R"({"prefill":{"title":{"open":"x"}}})") ==
        "small/project.de.json#/prefill/title: the definition has no field `title` with a prefill\n");
  CHECK(loading(sound(), R"({"prefill":{"noted":{"shut":"x"}}})") ==
        "small/project.de.json#/prefill/noted/shut: the field `noted` has no line `shut`\n");
  CHECK(loading(sound(), R"({"people_plural":{"lead":"x"}})") ==
        "small/project.de.json#/people_plural/lead: the definition has no seat `lead` with a label_plural\n");
  CHECK(loading({{project, "/people/lead/label_plural", "Leads"}}) ==
        "small/project.json#/people/lead/label_plural: one person at most holds the seat\n");
}

TEST_CASE("the same reason is told once, however many guards give it", "[decide]") {
  SmallWorld world(
      {{task, "/commands/open/guards", Ordered::parse(R"([{"guard": "has_evidence"}, {"guard": "has_evidence"},
                                        {"guard": "has_evidence", "of": "project"}])")}});
  const RecordId id = world.task("draft");
  const auto decided = world.ask(Actor{world.worker}, id, "open", Json::object());
  REQUIRE((!decided && decided.error().reason == Reason::unmet));
  CHECK(decided.error().unmet.size() == 2);
}

}  // namespace
}  // namespace assay::test::prefill_test
