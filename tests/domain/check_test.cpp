// The static checks: each kind of mistake is found at its place, and the sound set has none.
#include <catch2/catch_all.hpp>

#include "domain/small.h"

namespace assay::test::check_test {
namespace {

const std::string task = "small/task.json", project = "small/project.json", days = "policies/days.json";

std::string checking(const std::vector<Bend>& bends) { return text_of(check(load_or_throw(bent(bends), false))); }

struct Row {
  std::vector<Bend> bends;
  std::string flaw;
};

Ordered command(const char* name, Ordered members) {
  Ordered made{{"label", name}, {"event", std::string(name) + "_done"}, {"why", "0"}};
  made.update(members);
  return made;
}

Ordered waiting(const char* name, Ordered when) { return {{"command", name}, {"when", std::move(when)}}; }

Ordered effect(Ordered members) { return Ordered::array({std::move(members)}); }
const std::string finish_effects = "/commands/finish/effects";

TEST_CASE("the small set has no flaw", "[check]") { CHECK(checking({}) == ""); }

TEST_CASE("nouns: titles, numbers, links, fields, states", "[check]") {
  const auto row = GENERATE(values<Row>({
      {{{task, "/title", "name"}}, "small/task.json#/title: `name` is not a field that keeps a string"},
      {{{task, "/title", "reason"}}, "small/task.json#/title: `reason` is not a field that keeps a string"},
      {{{task, "/number", "T-{year}"}}, "small/task.json#/number: needs {seq} or {seq:WIDTH} exactly once"},
      {{{task, "/number", "T-{month}-{seq}"}},
       "small/task.json#/number: `{month}` is not known: {year}, {seq} or {seq:WIDTH} with one digit"},
      {{{task, "/number", "T {seq}"}},
       "small/task.json#/number: holds letters, digits, - _ . / and {year}, {seq} or {seq:WIDTH}"},
      {{{task, "/number", "P-{year}-{seq:3}"}}, "small/task.json#/number: is the number of project too"},
      {{{task, "/plural", "projects"}}, "small/task.json#/plural: is the plural of project too"},
      {{{task, "/plural", "people"}}, "small/task.json#/plural: is a path of the API that is taken"},
      {{{task, "/plural", "policies"}}, "small/task.json#/plural: is a path of the API that is taken"},
      {{{task, "/read", {"owner"}}}, "small/task.json#/read/0: there is no role `owner`"},
      {{{task, "/retention", "never"}}, "small/task.json#/retention: there is no policy \"never\""},
      {{{task, "/retention", "share"}},
       "small/task.json#/retention: the policy \"share\" is no time that can be added to a date"},
      {{{task, "/retention", "three_working_days"}}, "small/task.json#/retention: is not counted in working days"},
      {{{task, "/retention_from", {"project"}}},
       "small/task.json#/retention_from/0: counts from there, and no `retention` says for how long"},
      {{{task, "/retention", "five_days"}, {task, "/retention_from", {"project.house"}}},
       "small/task.json#/retention_from/0: `project.house` leads nowhere from task"},
      {{{task, "/links/project/to", "house"}}, "small/task.json#/links/project/to: there is no type `house`"},
      {{{task, "/links/second", {{"to", "project"}, {"parent", true}, {"back", "others"}, {"label", "x"}}}},
       "small/task.json#/links/second/parent: a type has one parent at most"},
      {{{task, "/links/second", {{"to", "project"}, {"back", "tasks"}, {"label", "x"}}}},
       "small/task.json#/links/second/back: task.project is seen from project by this name too"},
      {{{task, "/links/follows/back", "project"}},
       "small/task.json#/links/follows/back: task has a link of its own of this name"},
      {{{project, "/links", {{"above", {{"to", "task"}, {"parent", true}, {"back", "below"}, {"label", "x"}}}}}},
       "small/task.json#/links: the parents run in a circle"},
      {{{task, "/links/cause", {{"to", "task"}, {"back", "effects"}, {"label", "x"}}}},
       "small/task.json#/links/cause: a field has this name too"},
      {{{task, "/people/cause", {{"label", "x"}}}}, "small/task.json#/people/cause: a field has this name too"},
      {{{task, "/fields/plans/list", {"nothing"}}},
       "small/task.json#/fields/plans/list/0: there is no field `nothing`"},
      {{{task, "/fields/plans/list", {"exceptions"}}},
       "small/task.json#/fields/plans/list/0: a list of lists is not kept"},
      {{{task, "/fields/cause/audience", "body"}},
       "small/task.json#/fields/plans/list/0: shows clients the field `cause`, which is kept from them"},
      {{{task, "/fields/reason/x-filter", true}},
       "small/task.json#/fields/reason/x-filter: a field that the body does not keep cannot be filtered by"},
      {{{task, "/fields/cause/x-catalogue", "kind"}},
       "small/task.json#/fields/cause/x-catalogue: numbers of items stand in a list of strings"},
      {{{task, "/fields/exempt_items/x-catalogue", "kind"}},
       "small/task.json#/fields/exempt_items/x-catalogue: what the catalogue asks about is kept in the body"},
      {{{task, "/fields/cause/x-catalogue", "kind"}},
       "small/task.json#/fields/cause/x-catalogue: `edit` chooses no catalogue, and takes it"},
      {{{task, "/states/lost", {{"label", "Lost"}}}}, "small/task.json#/states/lost: no command leads here"},
      {{{task, "/states/lost", {{"label", "Lost"}}}, {task, "/commands/open/to", "lost"}},
       "small/task.json#/states/lost: no way leads from here to an end"},
      {{{task, "/commands/edit/from", {"closed"}}},
       "small/task.json#/commands/edit/from: `closed` is an end: nothing may happen there"},
      {{{task, "/states/closed/end", false}}, "small/task.json#/states: there is no end state"},
      {{{task, "/states/open/next", Ordered::array({"close"})}},
       "small/task.json#/states/open/next: `close` is no command that this state accepts"},
      {{{task, "/states/open/next", Ordered::array({waiting("finish", {{"colour", {"red"}}})})}},
       "small/task.json#/states/open/next/0/when/colour: there is no field `colour` that the body keeps"},
      {{{task, "/states/open/next", {"edit", waiting("finish", {{"grade", {"huge"}}})}}},
       "small/task.json#/states/open/next/1/when/grade: must be one of major, minor of grade"},
      {{{task, "/commands/open/to", "opened"}}, "small/task.json#/commands/open/to: `opened` is not a state"},
      {{{project, "/commands/start/from", {"running"}}},
       "small/project.json#/commands: no command makes a record: one with `from`: [] is missing"},
  }));
  const std::string said = checking(row.bends);
  INFO(said);
  CHECK(said.find(row.flaw + "\n") != std::string::npos);
}

TEST_CASE("commands: actors and input", "[check]") {
  const auto row = GENERATE(values<Row>({
      {{{task, "/commands/open/by/0", "boss"}}, "small/task.json#/commands/open/by/0: there is no role or seat `boss`"},
      {{{project, "/commands/close/by/1", "owner"}},
       "small/project.json#/commands/close/by/1: there is no role or seat `owner`"},
      {{{project, "/commands/note/by/0", "via:house"}},
       "small/project.json#/commands/note/by/0: there is no type `house`"},
      {{{task, "/commands/note_overdue/by", {"timer", "worker"}}},
       "small/task.json#/commands/note_overdue/by: mixes kinds of actors: people, timers and other records act by "
       "commands of their own"},
      {{{project, "/commands/note/by", {"via:task", "manager"}}},
       "small/project.json#/commands/note/by: mixes kinds of actors: people, timers and other records act by commands "
       "of their own"},
      {{{task, "/commands/open/by", {"worker", "customer"}}},
       "small/task.json#/commands/open/by: mixes roles of the sides client and organisation"},
      {{{task, "/commands/allow/second", {"boss"}}},
       "small/task.json#/commands/allow/second/0: there is no role or seat `boss`"},
      {{{task, "/commands/note_overdue/second", {"board"}}},
       "small/task.json#/commands/note_overdue/second: only what a person does takes a second person"},
      {{{task, "/commands/open/must", {"colour"}}},
       "small/task.json#/commands/open/must/0: there is no field, link or seat `colour`"},
      {{{task, "/commands/open/may", {"plans"}}},
       "small/task.json#/commands/open/may/0: a list of versions grows by the effect append only"},
      {{{task, "/commands/open/may", {"project"}}},
       "small/task.json#/commands/open/may/0: the parent is given once, when the record is made"},
      {{{task, "/commands/open/must", {"due"}}}, "small/task.json#/commands/open/may/0: is in `must` already"},
      {{{task, "/commands/edit/anew", {"owner"}}},
       "small/task.json#/commands/edit/anew/0: there is no field `owner` that the body keeps"},
      {{{task, "/commands/open/anew", {"cause"}}}, "small/task.json#/commands/open/anew/0: is not in `may`"},
      {{{task, "/timers/finish_due/fires", nullptr}}, "small/task.json#/commands/note_overdue: no timer fires it"},
      {{{task, "/commands/note_overdue/guards", {{{"guard", "has_report"}}}}},
       "small/task.json#/commands/note_overdue/guards: a timer's command has no guards"},
      {{{task, "/commands/note_overdue/may", {"cause"}}},
       "small/task.json#/commands/note_overdue: a timer's command takes no input"},
      {{{task, "/commands/note_overdue/from", Ordered::array()}, {task, "/commands/note_overdue/to", "open"}},
       "small/task.json#/commands/note_overdue/from: a timer makes no record without a record"},
      {{{task, "/commands/open/event", "closed"}}, "small/task.json#/commands/open/event: is the event of close too"},
      {{{task, "/commands/open/event", "reminded"}},
       "small/task.json#/commands/open/event: is an event of the engine's own"},
      {{{task, "/commands/edit/label", "Open"}},
       "small/task.json#/commands/open/label: is the label of edit too, and a state accepts both"},
  }));
  const std::string said = checking(row.bends);
  INFO(said);
  CHECK(said.find(row.flaw + "\n") != std::string::npos);
}

TEST_CASE("effects: what they name", "[check]") {
  const auto does = [](Ordered use) { return std::vector<Bend>{{task, finish_effects, effect(std::move(use))}}; };
  const auto sets = [&](const char* field, Ordered value) {
    return does({{"do", "set"}, {"values", {{field, std::move(value)}}}});
  };
  const auto row = GENERATE_COPY(values<Row>({
      {sets("colour", "red"), "/values/colour: there is no field `colour` that the body keeps"},
      {sets("reason", "x"), "/values/reason: there is no field `reason` that the body keeps"},
      {sets("grade", "huge"), "/values/grade: must be one of major, minor of grade"},
      {sets("grade", "@today"), "/values/grade: @today needs a field of the format date"},
      {sets("due", "@actor"), "/values/due: @actor needs a field of the format uuid"},
      {sets("due", "@now"), "/values/due: @now needs a field of the format date-time"},
      {sets("due", "@self"), "/values/due: @self needs a field of the format uuid"},
      {sets("due", "@tomorrow"),
       "/values/due: `@tomorrow` is not known: @actor, @today, @now, @self, @chance, @record.FIELD or @input.NAME"},
      {sets("due", "@record.colour"), "/values/due: `@record.colour` names no field that the body keeps"},
      {sets("due", "@input.due"), "/values/due: `@input.due` is not part of the command's input"},
      {sets("due", {{"some", "follows"}}), "/values/due: must be {some, in}"},
      {sets("due", {{"some", 3}, {"in", {"open"}}}), "/values/due: must be {some, in}"},
      {sets("due", {{"some", "follows"}, {"in", {3}}}), "/values/due: must be {some, in}"},
      {sets("due", {{"some", "follows"}, {"in", Ordered::array({})}}), "/values/due: must be {some, in}"},
      {sets("due", {{"some", "house"}, {"in", {"open"}}}), "/values/due/some: `house` leads nowhere from task"},
      {sets("due", {{"some", "follows"}, {"in", {"sunny"}}}),
       "/values/due/in/0: \"sunny\" is not a state or group of states of task"},
      {sets("due", {{"some", "follows"}, {"in", {"open"}}}), "/values/due: needs a field that is true or false"},
      {does({{"do", "append"}, {"list", "due"}}), "/list: there is no list `due`"},
      {does({{"do", "assign"}, {"seat", "lead"}, {"to", "@actor"}}), "/seat: there is no seat `lead`"},
      {does({{"do", "assign"}, {"seat", "owner"}, {"to", "somebody"}}),
       "/to: must be @actor, @record.FIELD, @input.NAME or {seat, of}"},
      {does({{"do", "assign"}, {"seat", "owner"}, {"to", "@record.cause"}}), "/to: names no person (x-person)"},
      {does({{"do", "assign"}, {"seat", "owner"}, {"to", {{"seat", "owner"}, {"of", "project"}}}}),
       "/to/seat: project has no seat `owner`"},
      {does({{"do", "assign"}, {"seat", "owner"}, {"to", "@input.cause"}}), "/to: names no person or seat"},
      {does({{"do", "assign"}, {"seat", "owner"}, {"to", {{"seat", "lead"}, {"of", "house"}}}}),
       "/to/of: leads nowhere"},
      {does({{"do", "clear"}, {"seat", "lead"}}), "/seat: there is no seat `lead`"},
      {does({{"do", "tell"}, {"roles", {"boss"}}}), "/roles/0: there is no role or seat `boss`"},
      {does({{"do", "waive"}, {"waiver", "own_check"}}), ": a waiver takes a second person: `second` is missing"},
      {does({{"do", "waive"}, {"waiver", "own_check"}}), ": a waiver takes a reason: `must` lacks `reason`"},
      {does({{"do", "waive"}, {"waiver", "grace"}}), "/waiver: no guard has the waiver `grace`"},
      {does({{"do", "restrict_person"}, {"seat", "lead"}}), "/seat: there is no seat `lead`"},
      {does({{"do", "lift_restriction"}, {"seat", "lead"}}), "/seat: there is no seat `lead`"},
      {does({{"do", "erase_person"}, {"seat", "lead"}}), "/seat: there is no seat `lead`"},
      {does({{"do", "erase_person"}, {"seat", "owner"}}), ": an erasure takes a second person: `second` is missing"},
      {does({{"do", "erase_person"}, {"seat", "owner"}}), ": an erasure takes the guard `have_left` about that seat"},
      {does({{"do", "erase_person"}, {"seat", "owner"}}),
       ": an erasure takes the guard `nothing_awaits` about that seat"},
      {does({{"do", "dispose"}, {"links", {"follows"}}}), ": a disposal takes a second person: `second` is missing"},
      {does({{"do", "dispose"}, {"links", {"follows"}}}),
       "/links/0: a disposal takes the guard `disposable` about that link"},
      {does({{"do", "dispose"}, {"links", {"project"}}}), "/links/0: what a record hangs below would go with it"},
      {{{task, "/commands/finish/may", {"follows"}},
        {task, finish_effects, effect({{"do", "dispose"}, {"links", {"follows"}}})}},
       "/links/0: is named by the same command: nobody would have looked at it before"},
      {does({{"do", "dispose"}, {"links", {"house"}}}), "/links/0: there is no link `house`"},
      {{{task, finish_effects,
         Ordered::array({{{"do", "erase_person"}, {"seat", "owner"}}, {{"do", "clear"}, {"seat", "owner"}}})}},
       ": an erasure is of who was seated before: the command gives that seat to others"},
      {{{task, finish_effects,
         Ordered::array(
             {{{"do", "erase_person"}, {"seat", "owner"}}, {{"do", "assign"}, {"seat", "owner"}, {"to", "@actor"}}})}},
       ": an erasure is of who was seated before: the command gives that seat to others"},
  }));
  const std::string said = checking(row.bends);
  INFO(said);
  CHECK(said.find("small/task.json#" + finish_effects + "/0" + row.flaw + "\n") != std::string::npos);
}

TEST_CASE("effects: what they make and send", "[check]") {
  const auto does = [](Ordered use) { return std::vector<Bend>{{task, finish_effects, effect(std::move(use))}}; };
  const auto row = GENERATE_COPY(values<Row>({
      {does({{"do", "create"}, {"type", "house"}, {"command", "build"}, {"link", "x"}}),
       "/type: there is no type `house`"},
      {does({{"do", "create"}, {"type", "task"}, {"command", "paint"}, {"link", "follows"}}),
       "/command: task has no command `paint`"},
      {does({{"do", "create"}, {"type", "task"}, {"command", "create"}, {"link", "project"}}),
       "/link: task has no link `project` to task"},
      {does({{"do", "create"}, {"type", "task"}, {"command", "create"}, {"link", "follows"}}),
       "/command: task.create is not by via:task"},
      {does({{"do", "create"}, {"type", "task"}, {"command", "create"}, {"link", "follows"}}),
       "/input: `title` is missing, which create must have"},
      {does({{"do", "create"}, {"type", "task"}, {"command", "open"}, {"link", "follows"}}),
       "/command: makes no record"},
      {does({{"do", "create"},
             {"type", "task"},
             {"command", "create"},
             {"link", "follows"},
             {"input", {{"cause", "x"}}}}),
       "/input/cause: is not part of the input of create"},
      {does({{"do", "create"},
             {"type", "task"},
             {"command", "create"},
             {"link", "follows"},
             {"input", {{"owner", "me"}}}}),
       "/input/owner: people and links are given as @actor, @record.FIELD or @input.NAME, links also as {at}"},
      {does({{"do", "send"}, {"to", "house"}, {"command", "note"}}), "/to: `house` leads nowhere from task"},
      {does({{"do", "send"}, {"to", "project"}, {"command", "close"}}), "/command: project.close is not by via:task"},
      {does({{"do", "send"}, {"to", "project"}, {"command", "note"}}),
       "/in: project.note is refused in the state closed"},
      {does({{"do", "send"}, {"to", "project"}, {"command", "note"}, {"in", {"#active", "closed"}}}),
       "/in: project.note is refused in the state closed"},
      {does({{"do", "send"}, {"to", "project"}, {"command", "note"}, {"in", {"#lively"}}}),
       "/in/0: \"#lively\" is not a state or group of states of project"},
      {does({{"do", "send"}, {"to", "project"}, {"command", "note"}, {"in", {"running"}}, {"input", {{"noted", 5}}}}),
       "/input/noted: must be a string of noted"},
      {does({{"do", "send"}, {"to", "follows"}, {"command", "create"}}),
       "/command: makes a record; the effect for that is create"},
  }));
  const std::string said = checking(row.bends);
  INFO(said);
  CHECK(said.find("small/task.json#" + finish_effects + "/0" + row.flaw + "\n") != std::string::npos);
}

TEST_CASE("effects that create a record without an id, or append twice, are found", "[check]") {
  CHECK(checking({{task, "/commands/create/effects", effect({{"do", "set"}, {"values", {{"itself", "@self"}}}})}})
            .find("a new record has no id yet") != std::string::npos);
  CHECK(checking(
            {{task, "/commands/note_overdue/effects", effect({{"do", "set"}, {"values", {{"approver", "@actor"}}}})}})
            .find("a timer is no actor") != std::string::npos);
  const Ordered append{{"do", "append"}, {"list", "plans"}};
  CHECK(checking({{task, finish_effects, {append, append}}})
            .find(finish_effects + "/0/list: one step appends one version") != std::string::npos);
}

TEST_CASE("effects that come back to their own command are found", "[check]") {
  const std::string said = checking({
      {project, "/commands/note/effects",
       effect({{"do", "send"}, {"to", "tasks"}, {"command", "ring"}, {"in", {"open"}}})},
      {task, "/commands/ring",
       command("ring",
               {{"from", {"open"}},
                {"by", {"via:project"}},
                {"effects", effect({{"do", "send"}, {"to", "project"}, {"command", "note"}, {"in", {"running"}}})}})},
  });
  CHECK(said ==
        "small/project.json#/commands/note/effects: the effects come back to this command\n"
        "small/task.json#/commands/ring/effects: the effects come back to this command\n");
}

TEST_CASE("timers: dates, policies, commands", "[check]") {
  const auto timer = [](const char* key, Ordered value) {
    return std::vector<Bend>{{task, std::string("/timers/finish_due/") + key, std::move(value)}};
  };
  const auto row = GENERATE_COPY(values<Row>({
      {timer("from", "cause"), "/from: `cause` is neither @entered nor a date that the body keeps"},
      {timer("extended", "colour"), "/extended: `colour` is not a date that the body keeps"},
      {timer("after", "soon"), "/after: there is no policy `soon`"},
      {timer("after", "share"), "/after: the policy share counts percent, not days"},
      {timer("after", "reminders"), "/after: the policy reminders is a list, not a number of days"},
      {{{days, "/policies/five_days/value", 200'001}},
       "/after: the policy five_days is longer than 200000 calendar_days"},
      {{{days, "/policies/five_days/value", -6001}, {days, "/policies/five_days/unit", "calendar_months"}},
       "/after: the policy five_days is longer than 6000 calendar_months"},
      {{{days, "/policies/reminders/value", {0, -3'000'000'000}}},
       "/remind: the policy reminders is longer than 200000 calendar_days"},
      {timer("remind", "soon"), "/remind: there is no policy `soon`"},
      {timer("tell", {"boss"}), "/tell/0: there is no role or seat `boss`"},
      {timer("when", {{"colour", {"red"}}}), "/when/colour: there is no field `colour` that the body keeps"},
      {timer("when", {{"grade", {"huge"}}}), "/when/grade: must be one of major, minor of grade"},
      {timer("fires", "ring"), "/fires: there is no command `ring`"},
      {timer("fires", "finish"), "/fires: the command is not by timer"},
      {timer("while", {"open", "finished"}), "/while: runs in finished, where note_overdue is not accepted"},
      {timer("overtaken", {{"by", "cause"}, {"fires", "note_overdue"}}),
       "/overtaken/by: `cause` is not a date that the body keeps"},
      {timer("overtaken", {{"by", "due"}, {"fires", "finish"}}), "/overtaken/fires: the command is not by timer"},
      {timer("overtaken", {{"by", "due"}, {"fires", "sleep"}}), "/overtaken/fires: there is no command `sleep`"},
      {{{task, "/timers/finish_due/fires", nullptr}, {task, "/timers/finish_due/remind", nullptr}},
       ": fires nothing and reminds nobody"},
  }));
  const std::string said = checking(row.bends);
  INFO(said);
  CHECK(said.find("small/task.json#/timers/finish_due" + row.flaw + "\n") != std::string::npos);
}

TEST_CASE("overrides: a list of policies that may be set, by a command that two people give", "[check]") {
  const std::vector<Bend> sound = {
      {days, "/policies/five_days/between", {1, 9}},
      {project, "/overrides", {{"list", "set"}, {"policy", "policy"}, {"value", "days"}}},
      {project,
       "/fields/policy",
       {{"title", "P"}, {"type", "string"}, {"enum", {"five_days"}}, {"x-labels", {{"five_days", "F"}}}}},
      {project, "/fields/days", {{"title", "D"}, {"type", "integer"}, {"minimum", 0}, {"maximum", 99}}},
      {project, "/fields/set", {{"title", "S"}, {"list", {"policy", "days"}}}},
      {project, "/commands/set",
       command("set", {{"from", {"running"}},
                       {"by", {"manager"}},
                       {"second", {"board"}},
                       {"must", {"policy", "days"}},
                       {"effects", effect({{"do", "append"}, {"list", "set"}})}})}};
  CHECK(checking(sound) == "");
  const auto row = GENERATE_COPY(values<Row>({
      {{{project, "/overrides/list", "title"}},
       "/overrides/list: there is no list `title` of the fields `policy` and `days`"},
      {{{project, "/overrides/value", "title"}},
       "/overrides/list: there is no list `set` of the fields `policy` and `title`"},
      {{{project, "/fields/days", {{"title", "D"}, {"type", "boolean"}}}},
       "/overrides/value: the field `days` is neither a whole number nor one of several options"},
      {{{project, "/fields/policy", {{"title", "P"}, {"type", "string"}, {"maxLength", 20}}}},
       "/overrides/policy: the field `policy` lists no policies as its enum"},
      {{{days, "/policies/five_days/between", nullptr}},
       "/fields/policy/enum: \"five_days\" is no policy with `between`"},
      {{{project, "/commands/set/must", {"policy"}}, {project, "/commands/set/may", {"days"}}},
       "/commands/set/must: must name the policy and the value that it sets"},
      {{{project, "/commands/set/second", nullptr}}, "/commands/set: sets a policy, and no second person confirms it"},
  }));
  std::vector<Bend> bends = sound;
  bends.insert(bends.end(), row.bends.begin(), row.bends.end());
  const std::string said = checking(bends);
  INFO(said);
  CHECK(said.find("small/project.json#" + row.flaw + "\n") != std::string::npos);
}

TEST_CASE("grants: a seat, links, states that are no end, and roles from outside", "[check]") {
  const Ordered kinds = {{"title", "Kind"},
                         {"type", "string"},
                         {"enum", {"guest"}},
                         {"x-labels", {{"guest", "Guest"}}},
                         {"maxLength", 20}};
  const Ordered grants = {
      {"to", "owner"}, {"over", {"project"}}, {"while", {"open"}}, {"role", "kind"}, {"work", {{"grade", {"major"}}}},
      {"until", "due"}};
  const std::vector<Bend> sound = {{"roles.json", "/roles/guest", {{"side", "outside"}, {"label", "Guest"}}},
                                   {task, "/fields/kind", kinds},
                                   {task, "/grants", grants},
                                   {project, "/commands/close/by", {"manager", "lead", "guest"}}};
  CHECK(checking(sound) == "");
  const auto making = [](Ordered input) {
    return Ordered{
        {"do", "create"}, {"type", "task"}, {"command", "create"}, {"link", "project"}, {"input", std::move(input)}};
  };
  struct Wrong {
    std::vector<Bend> bends;
    std::string flaw;
  };
  const auto row = GENERATE_COPY(values<Wrong>({
      {{{task, "/grants/to", "nobody"}}, "small/task.json#/grants/to: there is no seat `nobody`"},
      {{{task, "/grants/over", {"title"}}}, "small/task.json#/grants/over/0: there is no link `title`"},
      {{{task, "/grants/over", {"follows"}}}, "small/task.json#/grants/over/0: leads to what grants access itself"},
      {{{task, "/grants/over", Ordered::array()}},
       "small/task.json#/grants: `over` names no link: there is nothing to see"},
      {{{task, "/grants/while", {"sometimes"}}},
       "small/task.json#/grants/while: `sometimes` is not a state or group of states"},
      {{{task, "/grants/while", {"closed"}}},
       "small/task.json#/grants/while: `closed` is an end: what it gives would last for ever"},
      {{{task, "/grants/role", "grade"}},
       "small/task.json#/grants/role: `grade` is no field of the body whose values are roles from outside"},
      {{{task, "/grants/work", {{"title", {7}}}}},
       "small/task.json#/grants/work"
       "/title: "},
      {{{task, "/grants/work", {{"nothing", {1}}}}},
       "small/task.json#/grants/work"
       "/nothing: there is no field `nothing` that the body keeps"},
      {{{task, "/grants/work", nullptr}},
       "small/task.json#/grants: `role` and `work` say together who may act, and when"},
      {{{task, "/grants/until", "grade"}}, "small/task.json#/grants/until: `grade` is not a date that the body keeps"},
      {{{task, "/grants/also", true}}, "small/task.json#/grants/also"},
      {{{project, "/read", {"manager", "guest"}}},
       "small/project.json#/read/1: a role from outside sees what a grant covers, and no whole type"},
      {{{project, "/commands/staff/event", "used"}},
       "small/project.json#/commands/staff/event: is an event of the engine's own"},
      {{{project, "/commands/staff/by", {"manager", "guest"}}},
       "small/project.json#/commands/staff/may/0: is a seat, and a role from outside gives the command: the seat would "
       "outlast the grant"},
      {{{project, "/commands/close/must", {"member"}}},
       "small/project.json#/commands/close/must/0: is a seat, and a role from outside gives the command"},
      {{{project, "/commands/close/effects", effect({{"do", "assign"}, {"seat", "lead"}, {"to", "@actor"}})}},
       "small/project.json#/commands/close/effects: seat whom a role from outside names"},
      {{{project, "/commands/close/effects", effect(making({{"title", "@record.title"}, {"owner", "@actor"}}))}},
       "small/project.json#/commands/close/effects: seat whom a role from outside names"},
      {{{task, "/commands/create/effects", effect({{"do", "assign"}, {"seat", "owner"}, {"to", "@actor"}})},
        {project, "/commands/close/effects", effect(making({{"title", "@record.title"}}))}},
       "small/project.json#/commands/close/effects: seat whom a role from outside names"},
  }));
  std::vector<Bend> bends = sound;
  bends.insert(bends.end(), row.bends.begin(), row.bends.end());
  const auto loaded = load_workflows(bent(bends));
  const auto* flaws = std::get_if<std::vector<Flaw>>(&loaded);
  const std::string said = flaws != nullptr ? text_of(*flaws) : checking(bends);
  INFO(said);
  CHECK(said.find(row.flaw) != std::string::npos);
}

}  // namespace
}  // namespace assay::test::check_test
