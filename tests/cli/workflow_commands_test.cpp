// What authors of workflow definitions call at the machine, and the clock that is set by hand, in processes as theirs.
#include <sys/wait.h>

#include <catch2/catch_all.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "cli/run.h"
#include "proofs/lamp.h"

namespace assay::test::workflow_commands_test {
namespace {

namespace fs = std::filesystem;
using Catch::Matchers::Matches;

/// As a shell does the command: its exit status and what it prints; `input` is what it reads.
Ran shell(const std::string& command, const std::string& input = "") {
  const Place folder;
  std::ofstream(folder / "in") << input;
  const int status =
      std::system(fmt::format("({}) < {} > {} 2> {}", command, folder / "in", folder / "out", folder / "err").c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read(folder / "out"), read(folder / "err")};
}

Ran program(const std::string& arguments, const std::string& input = "") {
  return shell(ASSAY_PROGRAM " " + arguments, input);
}

/// Makes a folder of the definitions; its path.
std::string written(const Place& place, const char* name, const WorkflowFiles& files) {
  for (const auto& [file, text] : files) {
    const fs::path path = place.path / name / file;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  return place / name;
}

/// Lamps that nobody quenches who has lit them, and the claim that it is so; `more` is said of the world.
WorkflowFiles proved_lamps(const std::string& more = "") {
  WorkflowFiles files = bent({{"home/lamp.json", "/commands/quench/guards",
                               Ordered::parse(R"([{"guard": "actor_not_did", "commands": ["light"]}])")}},
                             lamp_files());
  files["home/proof.json"] = R"({
    "worlds": {"w": {"asks": "?", "people": {"ann": {"roles": ["owner"]}, "ben": {"roles": ["guest"]}},
                     "records": {"lamp": 1})" +
                             more + R"(}},
    "invariants": [{"id": "another-quenches", "at": ["lamp.quench"],
                    "holds": [{"guard": "actor_not_did", "commands": ["light"]}]}]})";
  return files;
}

const std::string no_flaw = "1 record types, 2 roles, 1 policies: no flaw\\. Set [0-9a-f]{64}\n";
std::string explored(std::size_t states, std::size_t transitions) {
  return no_flaw +
         fmt::format("home/w: {} states, {} transitions, [0-9]+\\.[0-9] s; 2 people, 1 lamp\n", states, transitions);
}

TEST_CASE("a check says what it explored, and the shortest way to what does not hold") {
  struct Row {
    const char* what;
    WorkflowFiles files;
    std::string options;
    int status;
    std::string out;  // a pattern
    std::string err;
  };
  const WorkflowFiles sound = proved_lamps();
  const Row rows[] = {
      {"what is claimed holds", sound, "", 0, explored(11, 18), ""},
      {"nothing is explored", sound, "--static ", 0, no_flaw, ""},
      {"a guard is removed", bent({{"home/lamp.json", "/commands/quench/guards", nullptr}}, sound), "", 1,
       explored(12, 25),
       "home/proof.json: w: another-quenches does not hold: You have performed Light on Lamp.\n"
       "  1. ann: hang lamp 1 (colour: red) -> off\n"
       "  2. ann: light lamp 1 -> on\n"
       "  3. ann: quench lamp 1 -> off\n"},
      {"the bound is as many as there are", proved_lamps(R"(, "bound": 11)"), "", 0, explored(11, 18), ""},
      {"the bound is one too low", proved_lamps(R"(, "bound": 10)"), "", 1, explored(11, 17),
       "home/proof.json: w has more than 10 states: nothing is proved\n"},
      {"somebody of the world has a role that there is not",
       bent({{"home/proof.json", "/worlds/w/people/ann/roles/0", "king"}}, sound), "", 2, "",
       "home/proof.json/worlds/w/people/ann: there is no role `king`\n"},
  };
  for (const Row& row : rows) {
    const Place place;
    const Ran checked = program("workflow check " + row.options + written(place, "w", row.files));
    INFO(row.what);
    CHECK(checked.status == row.status);
    CHECK_THAT(checked.out, Matches(row.out));
    CHECK(checked.err == row.err);
  }
}

TEST_CASE("mutants that nothing notices are told with their place, and too many of them fail") {
  struct Row {
    const char* what;
    WorkflowFiles files;
    std::string options;
    bool noticed;  // that the guard is dropped
    int status;
    std::string err;
  };
  const WorkflowFiles claimed = proved_lamps();
  const WorkflowFiles unclaimed = bent({{"home/proof.json", "/invariants", nullptr}}, claimed);
  const Row rows[] = {
      {"claimed", claimed, "", true, 1, "home/proof.json: fewer than 95 % of the mutants are noticed\n"},
      {"claimed, and few are enough", claimed, " --least 10", true, 0, ""},
      {"not claimed", unclaimed, " --least 90", false, 1,
       "home/proof.json: fewer than 90 % of the mutants are noticed\n"},
      {"not claimed, and none has to be noticed", unclaimed, " --least 0", false, 0, ""},
  };
  for (const Row& row : rows) {
    const Place place;
    const Ran judged = program("workflow check " + written(place, "w", row.files) + " --mutate" + row.options);
    INFO(row.what << "\n" << judged.out);
    CHECK(judged.status == row.status);
    CHECK(judged.err == row.err);
    CHECK(has(judged.out, "home/lamp.json/commands/quench/guards/0: actor_not_did is dropped: nothing notices\n") !=
          row.noticed);
    CHECK(has_line(judged.out, {"home: ", " mutants are noticed, ", " in a world, "}));
  }
  const Place place;
  WorkflowFiles unproved = claimed;
  unproved.erase("home/proof.json");
  const std::string folder = written(place, "w", unproved);
  const Ran judged = program("workflow check " + folder + " --mutate --least 0");
  CHECK(judged.status == 1);
  CHECK(judged.err == "there is no proof.json: nothing notices a change\n");
  const Ran checked = program("workflow check " + folder);
  CHECK(checked.status == 0);
  CHECK(has(checked.out, "There is no proof.json: nothing was explored.\n"));
  const Ran nowhere = program("workflow check /no/such");
  CHECK(nowhere.status != 0);
  CHECK(has(nowhere.err, "there is no folder /no/such"));
  const Ran both = program("workflow check --mutate --static");
  CHECK(both.status == 2);
  CHECK(has(both.err, "--static excludes --mutate"));
  const Ran least = program("workflow check " + folder + " --least 90");
  CHECK(least.status == 2);
  CHECK(has(least.err, "--least requires --mutate"));
  CHECK(least.out.empty());
}

TEST_CASE("what is played is answered with states, refusals and timers") {
  const Place place;
  const std::string lamps = written(place, "w", proved_lamps());
  const std::string steps = R"({"person": "ann", "roles": ["owner"]}
{"person": "ben", "roles": ["guest"]}

{"who": "ben", "make": "lamp", "as": "l", "input": {"title": "x", "colour": "red"}}
{"who": "ann", "make": "lamp", "as": "l", "input": {"title": "x", "color": "red"}}
{"who": "ann", "make": "lamp", "as": "l", "input": {"title": "x", "colour": "red"}}
{"who": "ann", "on": "l", "command": "quench"}
{"who": "ann", "on": "l", "command": "light"}
{"who": "ann", "on": "l", "command": "quench"}
{"days": 2}
{"who": "ben", "on": "l", "command": "quench"}
{"who": "ann", "on": "l", "command": "drop"}
{"who": "ann", "on": "l", "command": "drop", "second": "ben"}
)";
  const std::string told =
      R"(2026-03-01 ben: hang l: refused: your roles and seats do not permit: Hang; it is for: Owner
2026-03-01 ann: hang l: refused: the input is not valid
  /colour: is required
  /color: is not part of this command
2026-03-01 ann: hang l: off
2026-03-01 ann: quench l: refused: Lamp L-001 is in the state Off, which does not accept: Quench; accepted in: On
2026-03-01 ann: light l: on
  timer late is due on 2026-03-02
2026-03-01 ann: quench l: refused: Quench is not possible now
  actor_not_did: You have performed Light on Lamp L-001.
2026-03-03 timer late of L-001: note: on
2026-03-03
2026-03-03 ben: quench l: off
  timer late stops
2026-03-03 ann: drop l: waits for somebody else: guest
2026-03-03 ann: drop l: broken
)";
  std::ofstream(place / "steps") << steps;
  const std::string options = "workflow simulate --begin 2026-03-01 --workflows " + lamps;
  for (const Ran& played : {program(options, steps), program(options + " " + place / "steps")}) {
    CHECK(played.status == 0);
    CHECK(played.out == told);
    CHECK(played.err.empty());
  }
}

TEST_CASE("a step that cannot be read is told with its line and what is wrong in it, and ends the play") {
  struct Row {
    std::string step;
    std::string says;
  };
  const Row rows[] = {
      {"{\"who\": \n", "line 4: /who not JSON at line 1, column 9: "},
      {R"({"who": "ann", "who": "ann"})", "line 4: /who the member is given twice"},
      {"[]", "line 4: a step must be an object"},
      {R"({"person": "ann"})", "line 4: the name ann is taken"},
      {R"({"person": "ben", "roles": ["king"]})", "line 4: there is no role king"},
      {R"({"person": "ben", "roles": "owner"})", "line 4: `roles` must be a list of texts"},
      {R"({"person": "ben", "role": ["owner"]})",
       "line 4: `role` is not known here; there are person, roles, answers_for"},
      {R"({"who": "ann", "on": "l", "command": "light", "as": "m"})", "line 4: `as` is not known here"},
      {R"({"days": "two"})", "line 4: `days` must be a whole number from 0 to 36525"},
      {R"({"who": "bob", "on": "l", "command": "light"})", "line 4: there is nobody called bob"},
      {R"({"who": "ann", "on": "m", "command": "light"})", "line 4: there is no record called m"},
      {R"({"who": "ann", "on": "l"})", "line 4: `command` must be a text"},
      {R"({"who": "ann", "make": "door", "as": "d"})", "line 4: there is no type door"},
  };
  const Place place;
  const std::string lamps = written(place, "w", lamp_files());
  const std::string before = R"({"person": "ann", "roles": ["owner"]}

{"who": "ann", "make": "lamp", "as": "l", "input": {"title": "x", "colour": "red"}}
)";
  for (const Row& row : rows) {
    INFO(row.step);
    const Ran played =
        program("workflow simulate --workflows " + lamps, before + row.step + "\n" + R"({"days": 9})" + "\n");
    CHECK(played.status == 2);
    CHECK(played.out == "2026-01-01 ann: hang l: off\n");
    CHECK(played.err.starts_with("assay: " + row.says));
  }
  CHECK(program("workflow simulate --workflows " + lamps + " /no/such").err == "assay: /no/such cannot be read\n");
  CHECK(program("workflow simulate --begin 2026-02-30 --workflows " + lamps).err ==
        "assay: --begin must be a date such as 2026-01-01\n");
}

TEST_CASE("two folders of definitions are compared for whom it matters, and a state that is gone asks for a map") {
  struct Row {
    const char* what;
    std::vector<Bend> bends;
    int status;
    std::string text;
    Json map;  // of lamp
  };
  const auto value = [](const char* text) { return Ordered::parse(text); };
  const Row rows[] = {
      {"nothing", {}, 0, "", nullptr},
      {"who may, and when",
       {{"home/lamp.json", "/commands/light/by", value(R"(["owner"])")},
        {"home/lamp.json", "/commands/hang/by", value(R"(["owner", "guest"])")},
        {"home/lamp.json", "/commands/light/guards", value(R"([{"guard": "filled", "fields": ["colour"]}])")},
        {"policies/days.json", "/policies/one_day/value", 2}},
       0,
       "lamp\n"
       "  guest gains hang\n"
       "  guest loses light\n"
       "  command light guard: filled {\"fields\":[\"colour\"]} is new\n"
       "  timer late ends after: one_day (1 calendar_days) becomes one_day (2 calendar_days)\n",
       Json::object()},
      {"a state is called otherwise",
       {{"home/lamp.json", "/states/broken", nullptr},
        {"home/lamp.json", "/states/gone", value(R"({"end": true, "label": "Gone"})")},
        {"home/lamp.json", "/commands/drop/to", "gone"}},
       3,
       "lamp\n"
       "  state broken is gone\n"
       "  state gone is new\n"
       "  command drop leads to: broken becomes gone\n"
       "  records in the state broken need another one\n",
       {{"broken", nullptr}}},
  };
  for (const Row& row : rows) {
    const Place place;
    const std::string folders =
        written(place, "old", lamp_files()) + " " + written(place, "new", bent(row.bends, lamp_files()));
    INFO(row.what);
    const Ran text = program("workflow diff " + folders);
    CHECK(text.status == row.status);
    CHECK(text.out == row.text);
    CHECK(text.err.empty());
    const Ran machine = program("workflow diff --json " + folders);
    CHECK(machine.status == row.status);
    const Json found = Json::parse(machine.out);
    CHECK(found.size() == (row.map.is_null() ? 0 : 1));
    if (!row.map.is_null()) CHECK(found.at("lamp").at("map") == row.map);
  }
}

TEST_CASE("a flawed definition on either side is not compared") {
  const Place place;
  const std::string sound = written(place, "sound", lamp_files());
  const std::string flawed =
      written(place, "flawed", bent({{"home/lamp.json", "/commands/drop/to", "nowhere"}}, lamp_files()));
  for (const std::string& folders : {sound + " " + flawed, flawed + " " + sound}) {
    const Ran refused = program("workflow diff " + folders);
    CHECK(refused.status == 2);
    CHECK(refused.out.empty());
    CHECK(has(refused.err, "home/lamp.json/commands/drop/to: "));
  }
}

/// A type that is exported: its definitions and what is in every format of it.
struct Exported {
  WorkflowFiles files;
  std::string file, type;

  Ordered definition() const { return Ordered::parse(files.at(file)); }
  std::set<std::string> states() const {
    std::set<std::string> names;
    const Ordered read = definition();  // named: items() refers to it
    for (const auto& [name, state] : read.at("states").items()) names.insert(name);
    return names;
  }
  /// command -> names of its guards, as written; of those that have any.
  std::map<std::string, std::vector<std::string>> guards() const {
    std::map<std::string, std::vector<std::string>> all;
    const Ordered read = definition();
    for (const auto& [name, command] : read.at("commands").items())
      for (const auto& guard : command.value("guards", Ordered::array())) all[name].push_back(guard.at("guard"));
    return all;
  }
};

Exported exported_task() { return {small_files(), "small/task.json", "task"}; }
Exported exported_lamp() { return {proved_lamps(), "home/lamp.json", "lamp"}; }

/// The type in the format, from a process of its own that says nothing else.
std::string exported(const Exported& one, const std::string& format) {
  const Place place;
  const Ran shown =
      program("workflow export " + one.type + " --format " + format + " --workflows " + written(place, "w", one.files));
  CHECK(shown.status == 0);
  CHECK(shown.err.empty());
  program("workflow export --folder " + place / "all" + " --format " + format + " --workflows " + place / "w");
  CHECK(read(place.path / "all" / (one.type + "." + format)) == shown.out);
  return shown.out;
}

TEST_CASE("diagrams begin as their tools want it, with every state, and guards by their names") {
  for (const Exported& one : {exported_task(), exported_lamp()}) {
    INFO(one.type);
    const std::string mermaid = exported(one, "mermaid"), dot = exported(one, "dot");
    CHECK(mermaid.starts_with("stateDiagram-v2\n"));
    CHECK(dot.starts_with("digraph \"" + one.type + "\" {\n"));
    CHECK(dot.ends_with("}\n"));
    for (const std::string& state : one.states()) {
      CHECK(has_line(mermaid, {"  state \"", "\" as " + state}));
      CHECK(has_line(dot, {"  \"" + state + "\" [label="}));
    }
    REQUIRE_FALSE(one.guards().empty());
    for (const auto& [command, guards] : one.guards()) {
      const std::string label = one.definition().at("commands").at(command).at("label");
      const std::string condition = fmt::format(" if {}", fmt::join(guards, ", "));
      CHECK(has_line(mermaid, {label + " [", condition}));
      CHECK(has_line(dot, {"\"" + label + " [", condition + "\"];"}));
    }
  }
}

TEST_CASE("a machine of XState has every state, and guards as conditions by the names of their commands") {
  for (const Exported& one : {exported_task(), exported_lamp()}) {
    INFO(one.type);
    const Json machine = Json::parse(exported(one, "xstate"));
    CHECK(machine.at("id") == one.type);
    CHECK(machine.at("states").contains(machine.at("initial").get<std::string>()));
    std::set<std::string> states;
    std::map<std::string, std::vector<std::string>> guards;
    for (const auto& [name, state] : machine.at("states").items()) {
      if (name != "unmade") states.insert(name);
      const Json on = state.value("on", Json::object());
      for (const auto& [event, transition] : on.items()) {
        CHECK(transition.at("guard").at("type") == event);
        if (transition.contains("target"))
          CHECK(machine.at("states").contains(transition.at("target").get<std::string>()));
        std::vector<std::string> named;
        const Json given = transition.at("guard").at("params").value("guards", Json::array());
        for (const Json& guard : given) named.push_back(guard.at("guard"));
        if (!named.empty()) guards[event] = named;
      }
    }
    CHECK(states == one.states());
    CHECK(guards == one.guards());
  }
}

TEST_CASE("SCXML has every state, and guards as conditions, as another reader of XML finds them") {
  const std::string reader = R"(import json, sys, xml.etree.ElementTree as tree
root = tree.parse(sys.stdin).getroot()
scxml, assay = "{http://www.w3.org/2005/07/scxml}", "{urn:assay:workflow}"
assert root.tag == scxml + "scxml", root.tag
states, guards = [], {}
for state in root:
    if state.tag not in (scxml + "state", scxml + "final"): continue
    states.append(state.get("id"))
    for transition in state.iter(scxml + "transition"):
        named = [one["guard"] for one in json.loads(transition.get(assay + "guards", "[]"))]
        assert transition.get("cond") == "!unmet." + transition.get("event"), transition.attrib
        if named: guards[transition.get("event")] = named
        assert transition.get("target") is None or root.find("*[@id='%s']" % transition.get("target")) is not None
assert root.get("initial") in states
print(json.dumps({"states": states, "guards": guards})))";
  const bool readable = shell("python3 -c 'import json, xml.etree.ElementTree'").status == 0;
  for (const Exported& one : {exported_task(), exported_lamp()}) {
    INFO(one.type);
    const std::string text = exported(one, "scxml");
    CHECK(text.starts_with(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<scxml xmlns=\"http://www.w3.org/2005/07/scxml\""));
    for (const std::string& state : one.states()) CHECK(has(text, " id=\"" + state + "\""));
    for (const auto& [command, guards] : one.guards())
      CHECK(has_line(text, {"<transition event=\"" + command + "\" cond=\"!unmet." + command + "\""}));
    if (!readable) continue;
    const Place place;
    std::ofstream(place / "reader.py") << reader;
    const Ran parsed = shell("python3 " + place / "reader.py", text);
    INFO(parsed.err);
    REQUIRE(parsed.status == 0);
    const Json found = Json::parse(parsed.out);
    auto states = found.at("states").get<std::set<std::string>>();
    CHECK(states.erase("unmade") == 1);
    CHECK(states == one.states());
    CHECK(found.at("guards").get<std::map<std::string, std::vector<std::string>>>() == one.guards());
  }
  if (!readable) SKIP("there is no python3 with a reader of XML");
}

TEST_CASE("Graphviz draws what is exported for it") {
  if (shell("dot -V").status != 0) SKIP("there is no dot of Graphviz");
  for (const Exported& one : {exported_task(), exported_lamp()}) {
    const Ran drawn = shell("dot -Tsvg", exported(one, "dot"));
    INFO(one.type << drawn.err);
    CHECK(drawn.status == 0);
    for (const std::string& state : one.states()) CHECK(has(drawn.out, "<title>" + state + "</title>"));
  }
}

TEST_CASE("a format, a type or definitions that there are not are refused, and nothing is exported") {
  const Place place;
  const std::string lamps = written(place, "w", lamp_files());
  struct Row {
    std::string arguments;
    std::string says;
  };
  for (const Row& row : {Row{"lamp --format png", "assay: --format must be mermaid, dot, xstate or scxml\n"},
                         Row{"lamp --format DOT", "assay: --format must be mermaid, dot, xstate or scxml\n"},
                         Row{"lamp --language fr", "assay: --language fr: lamp has no texts in it; there are en\n"},
                         Row{"--format dot", "assay: name a TYPE, or a --folder for all of them\n"},
                         Row{"door --format dot", "assay: there is no record type door; there are lamp\n"}}) {
    const Ran refused = program("workflow export " + row.arguments + " --workflows " + lamps);
    INFO(row.arguments);
    CHECK(refused.status == 2);
    CHECK(refused.out.empty());
    CHECK(refused.err == row.says);
  }
}

/// Every file of the folder with what is in it.
std::map<std::string, std::string> contents(const fs::path& folder) {
  std::map<std::string, std::string> all;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    all[entry.path().lexically_relative(folder).string()] = entry.is_regular_file() ? read(entry.path()) : "";
  return all;
}

/// Starts a server until it says that it serves, and tells it to stop; one that ends before has no more to say.
Ran served(const std::string& arguments) {
  const Place place;
  return shell(
      fmt::format("mkfifo {0}; timeout --foreground 120 {1} serve --listen 127.0.0.1:0 {2} > {0} & exec 3< {0}; "
                  "grep -m1 ' on http://' <&3 && kill -TERM $!; wait $!",
                  place / "told", ASSAY_PROGRAM, arguments));
}

TEST_CASE("the clock is set by hand only in a demo and in a folder that was begun so") {
  const Place place;
  const std::string real = place / "real", test = place / "test", unknown = place / "unknown";
  REQUIRE(program("init --organisation Elbwerk --name Jonas --email jonas@elbwerk.example --data " + real).status == 0);
  const auto before = contents(real);
  const Ran refused = served("--clock manual --data " + real);
  CHECK(refused.status == 2);
  CHECK(refused.out.empty());
  CHECK(refused.err == "assay: --clock manual is refused: " + real + " is no demo and was not begun with it\n");
  CHECK(contents(real) == before);
  CHECK(served("--data " + real).status == 0);
  CHECK(served("--clock manual --data " + real).status == 2);

  const Ran mistyped = served("--clock sundial --data " + unknown);
  CHECK(mistyped.status == 2);
  CHECK(mistyped.err == "assay: --clock must be system or manual, not sundial\n");
  CHECK_FALSE(fs::exists(unknown));

  const std::string by_hand = "--clock manual --data " + test;  // a second time, too
  for (const std::string& admitted : {by_hand, by_hand, "--demo --clock manual --data " + place / "demo"}) {
    INFO(admitted);
    const Ran begun = served(admitted);
    CHECK(begun.status == 0);
    CHECK(has(begun.out, " serves " + place.path.string()));
  }
}

}  // namespace
}  // namespace assay::test::workflow_commands_test
