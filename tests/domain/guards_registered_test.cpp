// Guards about registers, dossiers and reckoned dates: a world in which each is met, and one for each of its reasons.
#include <algorithm>
#include <catch2/catch_all.hpp>

#include "domain/guards.h"
#include "domain/small.h"

namespace assay::test::guards_registered_test {
namespace {

const char* const skill = R"({
  "workflow": "small/skill", "version": 1, "label": "Skill", "label_plural": "Skills", "plural": "skills", "register": true,
  "title": "title", "number": "S-{seq:3}", "read": ["manager"],
  "links": {"project": {"to": "project", "back": "skills", "label": "Project"}},
  "fields": {
    "title": {"title": "Title", "type": "string", "maxLength": 100},
    "person": {"title": "Person", "type": "string", "format": "uuid", "x-person": true, "x-filter": true},
    "grade": {"title": "Grade", "type": "string", "enum": ["major", "minor"], "x-filter": true},
    "areas": {"title": "Areas", "type": "array", "maxItems": 9, "items": {"type": "string", "maxLength": 9}},
    "until": {"title": "Until", "type": "string", "format": "date"}},
  "states": {"held": {"label": "Held"}, "lost": {"end": true, "label": "Lost"}},
  "commands": {
    "gain": {"label": "Gain", "event": "gained", "from": [], "to": "held", "by": ["manager"], "must": ["title", "person"],
             "may": ["project", "grade", "areas", "until"], "why": "1"},
    "lose": {"label": "Lose", "event": "lost", "from": ["held"], "to": "lost", "by": ["manager"], "why": "1"}}})";

const char* const verdict = R"({
  "workflow": "small/verdict", "version": 1, "label": "Verdict", "label_plural": "Verdicts", "plural": "verdicts",
  "title": "title", "number": "V-{seq:3}", "read": ["manager"],
  "links": {"task": {"to": "task", "back": "verdicts", "label": "Task"}},
  "people": {"judge": {"max": 1, "label": "Judge"}},
  "fields": {
    "title": {"title": "Title", "type": "string", "maxLength": 100},
    "grade": {"title": "Grade", "type": "string", "enum": ["major", "minor"]},
    "areas": {"title": "Areas", "type": "array", "maxItems": 9, "items": {"type": "string", "maxLength": 9}},
    "due": {"title": "Due", "type": "string", "format": "date"},
    "cause": {"title": "Cause", "type": "string", "maxLength": 1000},
    "basis": {"title": "Basis", "dossier": ["task", "task.follows"]}},
  "states": {"open": {"label": "Open"}, "given": {"end": true, "label": "Given"}},
  "commands": {
    "open": {"label": "Open", "event": "opened", "from": [], "to": "open", "by": ["manager"], "must": ["title", "task"],
             "may": ["judge", "grade", "areas"], "why": "1"},
    "weigh": {"label": "Weigh", "event": "weighed", "from": ["open"], "by": ["manager"], "may": ["grade"],
              "effects": [{"do": "freeze", "dossier": "basis"},
                          {"do": "set", "values": {"due": {"day": "@today", "plus": ["three_working_days", "five_days"]},
                                                   "cause": {"at": "task", "field": "cause"}}}], "why": "1"},
    "give": {"label": "Give", "event": "given", "from": ["open"], "to": "given", "by": ["manager"],
             "guards": [{"guard": "dossier_unchanged", "dossier": "basis"}], "why": "1"}}})";

WorkflowFiles files() {
  WorkflowFiles all = small_files();
  all["small/skill.json"] = skill;
  all["small/verdict.json"] = verdict;
  return all;
}

/// An open verdict on a task that follows another one; today is 2026-03-02. Bent by each row.
struct Scene : World {
  Scene() : World(files()) {}
  PersonId chief = facts.add_person({"manager"}), judge = facts.add_person({"worker"});
  RecordId project = facts.add("project", "running", {{"title", "P"}}, {}, {});
  RecordId earlier = facts.add("task", "closed", {{"title", "before"}});
  RecordId task = facts.add("task", "open", {{"title", "T"}, {"cause", "rust"}, {"due", "2026-02-27"}},
                            {{"project", project}, {"follows", earlier}});
  RecordId self = facts.add("verdict", "open", {{"title", "V"}, {"grade", "major"}, {"areas", {"a", "b"}}},
                            {{"task", task}}, {{"judge", {judge}}});
  Actor actor{chief};
  std::string uuid(PersonId person) const { return facts.person_uuid(person); }
  RecordId skill_of(PersonId person, Json body = Json::object(), const char* state = "held") {
    body["person"] = uuid(person);
    body["title"] = "S";
    return facts.add("skill", state, std::move(body));
  }
  void held_on(Json day) { facts.at(task).body.edit()["due"] = std::move(day); }
  RecordId called(const char* title) { return facts.add("task", "open", {{"title", title}}, {{"project", project}}); }
};

using Bender = void (*)(Scene&);

struct Row {
  const char* guard;
  const char* parameters;
  Bender bend;
  const char* expected;  // "code: sentence", a line each; "" when met
};

void nothing(Scene&) {}
void skilled(Scene& scene) {
  scene.skill_of(scene.judge, {{"grade", "major"}, {"areas", {"a", "b", "c"}}, {"until", "2026-03-02"}});
}
void narrow(Scene& scene) { scene.skill_of(scene.judge, {{"grade", "major"}, {"areas", {"a"}}}); }
void minor(Scene& scene) { scene.skill_of(scene.judge, {{"grade", "minor"}, {"areas", {"a", "b"}}}); }
void past(Scene& scene) {
  scene.skill_of(scene.judge, {{"grade", "major"}, {"areas", {"a", "b"}}, {"until", "2026-03-01"}});
}
void lost(Scene& scene) { scene.skill_of(scene.judge, {{"grade", "major"}, {"areas", {"a", "b"}}}, "lost"); }
void of_chief(Scene& scene) { scene.skill_of(scene.chief, {{"grade", "major"}, {"areas", {"a", "b"}}}); }
void confirmed(Scene& scene) { scene.actor.second = scene.judge; }
void without_grade(Scene& scene) { scene.facts.at(scene.self).body.edit().erase("grade"); }
void in_project(Scene& scene) { scene.facts.link(scene.skill_of(scene.judge), "project", scene.project); }

constexpr const char* titles_of_tasks = R"({"field": "areas", "of": "task.project.tasks", "their": "title"})";
constexpr const char* competent =
    R"({"type": "skill", "by": "person", "seats": ["judge"], "in": ["held"], "same": {"grade": "grade"},
        "covers": {"areas": "areas"}, "until": "until"})";
constexpr const char* in_our_areas =
    R"({"type": "skill", "by": "person", "seats": ["judge"], "among": {"grade": ["areas", "grade"]}})";
constexpr const char* together =
    R"({"type": "skill", "by": "person", "seats": ["judge"], "each": "areas", "as": "areas", "in": ["held"],
        "where": {"grade": ["major"]}, "until": "until"})";
constexpr const char* actor_competent = R"({"type": "skill", "by": "person", "who": "actor", "in": ["held"]})";
constexpr const char* uninvolved =
    R"({"type": "skill", "by": "person", "seats": ["judge"], "linked": {"project": "task.project"}, "until": "until",
        "plus": "five_days"})";
constexpr const char* on_record = R"({"type": "skill", "same": {"grade": "grade"}, "in": ["held"], "until": "until"})";
constexpr const char* recently =
    R"({"of": "task", "any": ["title"], "one_of": ["T"], "held": "due", "plus": "five_days"})";
constexpr const char* covering =
    R"({"of": "task.project.tasks", "any": ["cause"], "one_of": ["rust"], "covers": {"title": "areas"}})";
constexpr const char* unfit = "none: Somebody on the seat Judge has no Skills in force that fit this.\n";

const Row rows[] = {
    {"each_registered", competent, nothing, unfit},
    {"each_registered", competent, skilled, ""},
    {"each_registered", competent, narrow, unfit},
    {"each_registered", competent, minor, unfit},
    {"each_registered", competent, past, unfit},
    {"each_registered", competent, lost, unfit},
    {"each_registered", competent, of_chief, unfit},
    {"each_registered", competent, without_grade, "empty: Grade is not filled in.\n"},
    {"each_registered", actor_competent, skilled, "actor_none: You have no Skills in force that fit this.\n"},
    {"each_registered", actor_competent, of_chief, ""},
    {"each_registered", R"({"type": "skill", "by": "person", "who": "second", "in": ["held"]})",
     [](Scene& scene) { of_chief(scene), confirmed(scene); },
     "second_none: The second person has no Skills in force that fit this.\n"},
    {"each_registered", R"({"type": "skill", "by": "person", "who": "second", "in": ["held"]})", of_chief, ""},
    {"each_registered", in_our_areas, nothing, unfit},
    {"each_registered", in_our_areas, [](Scene& scene) { scene.skill_of(scene.judge, {{"title", "b"}}); }, unfit},
    {"each_registered", in_our_areas, [](Scene& scene) { scene.skill_of(scene.judge, {{"grade", "major"}}); }, ""},
    {"each_registered", in_our_areas, minor, unfit},
    {"each_registered", in_our_areas, [](Scene& scene) { minor(scene), without_grade(scene); }, unfit},
    {"some_registered", together, nothing,
     "nobody: Areas: nobody in the team has Skills in force that fit this: a.\n"
     "nobody: Areas: nobody in the team has Skills in force that fit this: b.\n"},
    {"some_registered", together, narrow, "nobody: Areas: nobody in the team has Skills in force that fit this: b.\n"},
    {"some_registered", together, [](Scene& scene) { narrow(scene), minor(scene); },
     "nobody: Areas: nobody in the team has Skills in force that fit this: b.\n"},
    {"some_registered", together, [](Scene& scene) { narrow(scene), skilled(scene); }, ""},
    {"some_registered", together, past,
     "nobody: Areas: nobody in the team has Skills in force that fit this: a.\n"
     "nobody: Areas: nobody in the team has Skills in force that fit this: b.\n"},
    {"some_registered", together, [](Scene& scene) { narrow(scene), of_chief(scene); },
     "nobody: Areas: nobody in the team has Skills in force that fit this: b.\n"},
    {"some_registered", together, [](Scene& scene) { scene.facts.at(scene.self).body.edit().erase("areas"); }, ""},
    {"some_registered", R"({"type": "skill", "each": "areas", "as": "grade"})", narrow,
     "none: Areas: there are no Skills in force that fit this: a.\n"
     "none: Areas: there are no Skills in force that fit this: b.\n"},
    {"some_registered", R"({"type": "skill", "each": "areas", "as": "grade"})",
     [](Scene& scene) {
       minor(scene);
       scene.facts.at(scene.self).body.edit()["areas"] = {"minor"};
     },
     ""},
    {"some_registered", R"({"type": "skill", "by": "person", "who": "actor", "each": "areas", "as": "areas"})", narrow,
     "actor_none: Areas: you have no Skills in force that fit this: a.\n"
     "actor_none: Areas: you have no Skills in force that fit this: b.\n"},
    {"some_registered", R"({"type": "skill", "by": "person", "who": "actor", "each": "areas", "as": "areas"})",
     of_chief, ""},
    {"covers_all", R"({"field": "areas", "of": "task.project.tasks", "their": "title"})", nothing,
     "missing: \"Areas\" does not have T, which Task T-2026-0002 has.\n"},
    {"covers_all", R"({"field": "areas", "of": "task.project.tasks", "their": "title"})",
     [](Scene& scene) {
       scene.called("c");
       scene.facts.at(scene.self).body.edit()["areas"] = {"T", "c", "d"};
     },
     ""},
    {"covers_all", R"({"field": "areas", "of": "task.project.tasks", "their": "title", "in": ["closed"]})", nothing,
     ""},
    {"covers_all", R"({"field": "areas", "of": "task.project.tasks", "their": "effort"})", nothing, ""},
    {"none_registered", uninvolved, nothing, ""},
    {"none_registered", uninvolved, skilled, ""},
    {"none_registered", uninvolved, in_project, "present: Skill S-001 names somebody on the seat Judge.\n"},
    {"none_registered", R"({"type": "skill", "by": "person", "who": "actor", "until": "until"})", of_chief,
     "actor_present: Skill S-001 names you.\n"},
    {"none_registered", R"({"type": "skill", "by": "person", "who": "second", "until": "until"})",
     [](Scene& scene) { skilled(scene), confirmed(scene); }, "second_present: Skill S-001 names the second person.\n"},
    {"none_registered", R"({"type": "skill", "by": "person", "who": "second", "until": "until"})", of_chief, ""},
    {"says", R"({"of": "task.project.tasks", "any": ["title", "cause"], "one_of": ["b", "rust"]})", nothing, ""},
    {"says", R"({"of": "task.project.tasks", "any": ["title"], "one_of": ["T"]})", nothing, ""},
    {"says", R"({"of": "task.project.tasks", "any": ["title"], "one_of": ["a", "rust"]})", nothing,
     "none: None of the Tasks has one of these as \"Title\": a, rust.\n"},
    {"says", R"({"of": "task.verdicts", "any": ["grade", "areas"], "one_of": ["b"]})", nothing, ""},
    {"says", R"({"of": "task.verdicts", "any": ["areas"], "one_of": ["c"]})", nothing,
     "none: None of the Verdicts has one of these as \"Areas\": c.\n"},
    {"says", recently, nothing, ""},
    {"says", recently, [](Scene& scene) { scene.held_on("2026-02-25"); }, ""},
    {"says", recently, [](Scene& scene) { scene.held_on("2026-02-24"); },
     "too_old: None of the Tasks with one of these as \"Title\" is recent enough: T.\n"},
    {"says", recently, [](Scene& scene) { scene.held_on(nullptr); },
     "too_old: None of the Tasks with one of these as \"Title\" is recent enough: T.\n"},
    {"says", covering, nothing,
     "not_covered: Areas: none of the Tasks that count here covers a.\n"
     "not_covered: Areas: none of the Tasks that count here covers b.\n"},
    {"says", covering,
     [](Scene& scene) {
       scene.facts.at(scene.called("a")).body.edit()["cause"] = "rust";
       scene.called("b");
     },
     "not_covered: Areas: none of the Tasks that count here covers b.\n"},
    {"says", covering, [](Scene& scene) { scene.facts.at(scene.self).body.edit().erase("areas"); }, ""},
    {"none_registered", R"({"type": "skill", "by": "person", "seats": ["judge"], "until": "until"})", past, ""},
    {"none_registered",
     R"({"type": "skill", "by": "person", "seats": ["judge"], "until": "until", "plus": "five_days"})", past,
     "present: Skill S-001 names somebody on the seat Judge.\n"},
    {"none_registered", R"({"type": "skill", "by": "person", "seats": ["judge"], "same": {"grade": "grade"}})", minor,
     ""},
    {"none_registered", R"({"type": "skill", "by": "person", "seats": ["judge"], "same": {"grade": "grade"}})",
     [](Scene& scene) { minor(scene), without_grade(scene); },
     "present: Skill S-001 names somebody on the seat Judge.\n"},
    {"registered", on_record, nothing, "none: There are no Skills in force that fit this.\n"},
    {"registered", on_record, of_chief, ""},
    {"registered", on_record, minor, "none: There are no Skills in force that fit this.\n"},
    {"registered", on_record, without_grade, "empty: Grade is not filled in.\n"},
    {"registered", R"({"type": "skill", "same": {"grade": "grade"}, "ours": "task"})",
     [](Scene& scene) { minor(scene), scene.facts.at(scene.task).body.edit()["grade"] = "minor"; }, ""},
    {"within", R"({"field": "areas", "of": "task.project.skills", "their": "areas"})",
     [](Scene& scene) { scene.facts.link(scene.skill_of(scene.judge, {{"areas", {"a"}}}), "project", scene.project); },
     "beyond: Areas: b lies outside of the Skills.\n"},
    {"within", R"({"field": "areas", "of": "task.project.skills", "their": "areas"})",
     [](Scene& scene) {
       scene.facts.link(scene.skill_of(scene.judge, {{"areas", {"a"}}}), "project", scene.project);
       scene.facts.link(scene.skill_of(scene.chief, {{"areas", {"b", "c"}}}), "project", scene.project);
     },
     ""},
    {"within", R"({"field": "areas", "of": "task.project.tasks", "their": "title"})",
     [](Scene& scene) { scene.facts.add("task", "open", {{"title", "a"}}, {{"project", scene.project}}); },
     "beyond: Areas: b lies outside of the Tasks.\n"},
    {"within", R"({"field": "areas", "of": "task.project.tasks", "their": "title"})",
     [](Scene& scene) {
       scene.facts.add("task", "open", {{"title", "a"}}, {{"project", scene.project}});
       scene.facts.add("task", "closed", {{"title", "b"}}, {{"project", scene.project}});
     },
     ""},
    {"within", R"({"field": "areas", "of": "task.project.tasks", "their": "title", "in": ["#live"]})",
     [](Scene& scene) {
       scene.facts.add("task", "finished", {{"title", "a"}}, {{"project", scene.project}});
       scene.facts.add("task", "closed", {{"title", "b"}}, {{"project", scene.project}});
     },
     "beyond: Areas: b lies outside of the Tasks.\n"},
    {"within", R"({"field": "areas", "of": "task.project.tasks", "their": "title", "where": {"grade": ["minor"]}})",
     [](Scene& scene) {
       scene.facts.add("task", "open", {{"title", "a"}, {"grade", "major"}}, {{"project", scene.project}});
       scene.facts.add("task", "open", {{"title", "b"}, {"grade", "minor"}}, {{"project", scene.project}});
       scene.facts.add("task", "open", {{"grade", "minor"}}, {{"project", scene.project}});
     },
     "beyond: Areas: a lies outside of the Tasks.\n"},
    {"within", R"({"field": "areas", "of": "task.project.tasks", "their": "title", "also": "cause"})",
     [](Scene& scene) { scene.facts.at(scene.called("a")).body.edit()["cause"] = "b"; }, ""},
    {"within", R"({"field": "areas", "of": "task.follows.follows", "their": "title"})", nothing,
     "beyond: Areas: a lies outside of the Tasks.\nbeyond: Areas: b lies outside of the Tasks.\n"},
    {"within", R"({"field": "areas", "of": "task.follows.follows", "their": "title", "or_empty": true})", nothing, ""},
    {"within", R"({"field": "areas", "of": "task", "their": "title", "or_empty": true})", nothing,
     "beyond: Areas: a lies outside of the Tasks.\nbeyond: Areas: b lies outside of the Tasks.\n"},
    {"none_within", titles_of_tasks, nothing, ""},
    {"none_within", titles_of_tasks, [](Scene& scene) { scene.called("b"); },
     "excluded: Task T-2026-0003 rules this out, under \"Title\": b.\n"},
    {"none_within", R"({"field": "areas", "of": "task.project.tasks", "their": "title", "in": ["#live"]})",
     [](Scene& scene) { scene.facts.at(scene.called("b")).state = "closed"; }, ""},
    {"none_within", R"({"field": "areas", "of": "task.project.tasks", "their": "title", "unless": "cause"})",
     [](Scene& scene) { scene.called("b"); },
     "needs: \"Cause\" is missing: Task T-2026-0003 asks for it, under \"Title\": b.\n"},
    {"none_within", R"({"field": "areas", "of": "task.project.tasks", "their": "title", "unless": "cause"})",
     [](Scene& scene) {
       scene.called("b");
       scene.facts.at(scene.self).body.edit()["cause"] = "asked before";
     },
     ""},
    {"none_within", R"({"field": "areas", "of": "task.project.tasks", "their": "title", "unless": "cause"})",
     [](Scene& scene) {
       scene.called("b");
       scene.facts.at(scene.self).body.edit()["cause"] = " ";
     },
     "needs: \"Cause\" is missing: Task T-2026-0003 asks for it, under \"Title\": b.\n"},
    {"none_within", R"({"field": "areas", "their": "areas"})", nothing,
     "excluded: Verdict V-001 rules this out, under \"Areas\": a, b.\n"},
    {"none_within", R"({"field": "areas", "their": "cause"})", nothing, ""},
    {"not_after", R"({"field": "today", "than": "due", "of": "task", "plus": "three_working_days"})", nothing, ""},
    {"not_after", R"({"field": "today", "than": "due", "of": "task"})", nothing,
     "too_late: Too late: Due led to 2026-02-27.\n"},
    {"not_before", R"({"field": "today", "than": "due", "of": "task", "plus": ["five_days", "five_days"]})", nothing,
     "too_early: Too early: Due leads to 2026-03-09.\n"},
    {"after", R"({"field": "today", "than": "due", "of": "task", "plus": "three_working_days"})", nothing,
     "too_early: Too early: Due leads to 2026-03-04.\n"},
    {"not_after", R"({"field": "today", "than": "done_on", "of": "task"})", nothing,
     "empty: Done on is not filled in.\n"},
    {"not_after", R"({"field": "today", "than": "done_on", "of": "task", "or_empty": true})", nothing, ""},
    {"not_after", R"({"field": "today", "than": "due", "of": "task", "or_empty": true})", nothing,
     "too_late: Too late: Due led to 2026-02-27.\n"},
    {"dossier_unchanged", R"({"dossier": "basis"})", nothing, "empty: Basis has not been frozen.\n"},
};

std::string unmet_in(Scene& scene, const Row& row, const Json* input) {
  const RecordView& record = scene.facts.at(scene.self);
  const Json parameters = Json::parse(row.parameters);
  const CommandDefinition& command = record.definition->commands.at("give");
  const GuardContext context{scene.set, scene.facts, record, command, scene.actor, scene.now, input, parameters};
  std::string text;
  for (const UnmetGuard& unmet : find_guard(row.guard)->unmet(context)) {
    CHECK(unmet.guard == row.guard);
    text += unmet.code + ": " + unmet.detail + "\n";
  }
  return text;
}

TEST_CASE("guards about registers, lists and reckoned dates") {
  for (const Row& row : rows) {
    Scene scene;
    row.bend(scene);
    INFO(row.guard << " " << row.parameters);
    const Json input = Json::object();
    CHECK(unmet_in(scene, row, &input) == row.expected);
  }
}

TEST_CASE("a dossier says what has changed, come or gone since it was frozen") {
  Scene scene;
  REQUIRE(scene.act(scene.chief, scene.self, "weigh").has_value());
  const Json& body = *scene.facts.at(scene.self).body;
  CHECK(body.at("due") == "2026-03-10");  // Monday, three working days and five days later
  CHECK(body.at("cause") == "rust");
  const Json basis = body.at("basis");
  REQUIRE(basis.at("records").size() == 2);
  CHECK(basis.at("records")[0].at("number") == "T-2026-0001");
  CHECK(basis.at("hash").get<std::string>().size() == 64);

  const auto told = [&](Bender bend) {
    Scene fresh;
    REQUIRE(fresh.act(fresh.chief, fresh.self, "weigh").has_value());
    bend(fresh);
    const auto given = fresh.act(fresh.chief, fresh.self, "give");
    return given ? std::string("given") : given.error().unmet.at(0).code + ": " + given.error().unmet.at(0).detail;
  };
  CHECK(told(nothing) == "given");
  CHECK(told([](Scene& one) { one.facts.at(one.task).body.edit()["cause"] = "other"; }) ==
        "changed: Task T-2026-0002 has changed since this was frozen: Basis.");
  CHECK(told([](Scene& one) { one.facts.at(one.earlier).state = "finished"; }) ==
        "changed: Task T-2026-0001 has changed since this was frozen: Basis.");
  CHECK(told([](Scene& one) { one.facts.link(one.task, "follows", one.facts.add("task", "open")); }) ==
        "added: Task T-2026-0003 came after this was frozen: Basis.");
}

TEST_CASE("what registers, dossiers and reckoned dates name must be there") {
  struct Flawed {
    const char* pointer;
    const char* value;
    const char* flaw;
  };
  const char* const guard = "/commands/give/guards/0";
  const char* const set = "/commands/weigh/effects/1/values";
  const auto [pointer, value, flaw] = GENERATE_COPY(Catch::Generators::values<Flawed>({
      {guard, R"({"guard":"registered","type":"task","same":{"grade":"grade"}})",
       "/guards/0/type: there is no register `task`"},
      {guard, R"({"guard":"registered","type":"skill","same":{"areas":"areas"}})",
       "/guards/0/same: skill has no x-filter field `areas`"},
      {guard, R"({"guard":"registered","type":"skill","same":{"grade":"colour"}})",
       "/guards/0/same: verdict has no field `colour`"},
      {guard, R"({"guard":"each_registered","type":"skill","by":"grade","seats":["judge"]})",
       "/guards/0/by: skill has no x-filter field of people `grade`"},
      {guard, R"({"guard":"each_registered","type":"skill","by":"person"})",
       "/guards/0: asks about people on `seats`, or about `who`"},
      {guard, R"({"guard":"each_registered","type":"skill","by":"person","seats":["owner"]})",
       "/guards/0/seats/0: verdict has no seat `owner`"},
      {guard, R"({"guard":"none_registered","type":"skill","by":"person","who":"actor","until":"grade"})",
       "/guards/0/until: is not a date field there"},
      {guard,
       R"({"guard":"none_registered","type":"skill","by":"person","who":"actor","until":"until","plus":"share"})",
       R"(/guards/0/plus: the policy "share" is no time that can be added to a date)"},
      {guard, R"({"guard":"none_registered","type":"skill","by":"person","who":"actor","linked":{"project":"house"}})",
       "/guards/0/linked: `house` leads nowhere from verdict"},
      {guard, R"({"guard":"within","field":"areas","of":"task","their":"areas"})",
       "/guards/0/their: task keeps no field `areas`"},
      {guard, R"({"guard":"within","field":"areas","of":"task","their":"effort"})",
       "/guards/0/their: holds values of another type than `field`"},
      {guard, R"({"guard":"within","field":"areas","of":"task","their":"title","in":["lost"]})",
       R"(/guards/0/in/0: "lost" is not a state or group of states of task)"},
      {guard, R"({"guard":"within","field":"areas","of":"task","their":"title","where":{"colour":["red"]}})",
       "/guards/0/where/colour: task keeps no field `colour`"},
      {guard, R"({"guard":"within","field":"areas","of":"task","their":"title","also":"effort"})",
       "/guards/0/also: task keeps no such values in `effort`"},
      {guard,
       R"({"guard":"each_registered","type":"skill","by":"person","seats":["judge"],"among":{"colour":["grade"]}})",
       "/guards/0/among: skill has no field `colour`"},
      {guard,
       R"({"guard":"each_registered","type":"skill","by":"person","seats":["judge"],"among":{"grade":["colour"]}})",
       "/guards/0/among: verdict has no field `colour`"},
      {guard,
       R"({"guard":"some_registered","type":"skill","by":"person","seats":["judge"],"each":"grade","as":"grade"})",
       "/guards/0/each: is no list"},
      {guard,
       R"({"guard":"some_registered","type":"skill","by":"person","seats":["judge"],"each":"areas","as":"colour"})",
       "/guards/0/as: skill has no field `colour`"},
      {guard, R"({"guard":"some_registered","type":"skill","seats":["judge"],"each":"areas","as":"grade"})",
       "/guards/0/by: is missing: the guard asks about people"},
      {guard, R"({"guard":"some_registered","type":"skill","each":"areas","as":"areas"})",
       "/guards/0/as: skill has no x-filter field `areas`"},
      {guard, R"({"guard":"covers_all","field":"areas","of":"task","their":"effort"})",
       "/guards/0/their: holds values of another type than `field`"},
      {guard, R"({"guard":"none_within","field":"areas","of":"task","their":"title","unless":"colour"})",
       "/guards/0/unless: there is no field `colour`"},
      {guard, R"({"guard":"none_within","field":"areas","of":"task","their":"effort"})",
       "/guards/0/their: holds values of another type than `field`"},
      {guard, R"({"guard":"dossier_unchanged","dossier":"areas"})", "/guards/0/dossier: there is no such dossier"},
      {guard, R"({"guard":"not_after","field":"today","than":"grade","of":"task"})",
       "/guards/0/than: is neither today nor a date field"},
      {"/fields/basis/dossier", R"(["house"])", "/fields/basis/dossier/0: `house` leads nowhere from verdict"},
      {"/commands/weigh/may", R"(["basis"])", "/commands/weigh/may/0: a dossier is frozen by the effect freeze only"},
      {"/commands/weigh/effects/0/dossier", R"("areas")", "/effects/0/dossier: there is no dossier `areas`"},
      {set, R"({"cause":{"at":"task","field":"colour"}})", R"(/cause/field: task keeps no field "colour")"},
      {set, R"({"due":{"at":"task","field":"cause"}})", "/due: the two fields differ in `format`"},
      {set, R"({"cause":{"day":"@today"}})", "/cause: a day needs a field of the format date"},
      {set, R"({"due":{"day":"@today","plus":"ever"}})", R"(/due/plus: there is no policy "ever")"},
      {set, R"({"due":{"day":"@today","months":3}})", "/due/months: must be @record.FIELD or @input.NAME"},
      {set, R"({"due":{"day":"@today","months":"@record.grade"}})",
       "/due/months: `@record.grade` must be an integer with a minimum and a maximum within a century"},
      {set, R"({"due":{"day":"@today","months":"@input.areas"}})",
       "/due/months: `@input.areas` is not part of the command's input"},
      {set, R"({"due":{"day":"@today","weeks":3}})", "/due: must be {day, plus?, months?, day_of_month?}"},
      {set, R"({"due":{"day":"@today","day_of_month":31}})", "/due: must be {day, plus?, months?, day_of_month?}"},
      {set, R"({"due":{"day":"@today","day_of_month":"@record.colour"}})",
       "/due/day_of_month: `@record.colour` names no field that the body keeps"},
      {set, R"({"task":"@self"})", "/task: a link is given as {at}"},
      {set, R"({"task":{"at":"task","field":"cause"}})", "/task: a link is given as {at}"},
      {set, R"({"task":{"at":"task.project"}})", "/task/at: `task.project` does not lead from verdict to task"},
  }));
  const auto bends = bent({{"small/verdict.json", pointer, Ordered::parse(value)}}, files());
  const std::string said = text_of(check(load_or_throw(bends, false)));
  INFO(said);
  CHECK(said.find(std::string(flaw) + "\n") != std::string::npos);
}

}  // namespace
}  // namespace assay::test::guards_registered_test
