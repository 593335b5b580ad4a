// Explorations of tiny worlds: how many states there are, that equal people and records are one, and what is reported.
#include <catch2/catch_all.hpp>

#include "proofs/lamp.h"

namespace assay::test::explore_test {
namespace {

std::string world_of(const std::string& lamps, const std::string& people, const std::string& more = "") {
  return R"({"worlds": {"w": {"asks": "?", "people": {)" + people + R"(}, "records": {"lamp": )" + lamps + "}" + more +
         "}}}";
}

constexpr const char* one_each = R"("ann": {"roles": ["owner"]}, "ben": {"roles": ["guest"]})";

TEST_CASE("a world has as many states as are counted by hand") {
  struct Counted {
    const char* what;
    std::string lamps, people;
    std::vector<Bend> bends;
    std::size_t states, transitions;
  };
  const Ordered colour_is_read = Ordered::parse(R"([{"guard": "is", "field": "colour", "one_of": ["red"]}])");
  const Ordered not_who_lit = Ordered::parse(R"([{"guard": "actor_not_did", "commands": ["light"]}])");
  const std::vector<Counted> table{
      // Nothing; off, on, broken. Hang; light twice, drop; quench twice, drop, note.
      {"one lamp", "1", one_each, {}, 4, 8},
      // Of two lamps it does not matter which is which: 1 + 3 + 6.
      {"two lamps", "2", one_each, {}, 10, 39},
      // What no guard reads is no part of a state; what one reads is: nothing, and three states in two colours.
      {"a colour that is read", "1", one_each, {{"home/lamp.json", "/commands/light/guards", colour_is_read}}, 6, 10},
      // Who lit it is remembered: off, on, broken after each set of those who have: nobody, ann, ben, both.
      {"who did it", "1", one_each, {{"home/lamp.json", "/commands/quench/guards", not_who_lit}}, 11, 18},
      // Of two equal people only how many did is remembered: off after nobody or one, on after one or both.
      {"equal people",
       "1",
       R"("ann": {"roles": ["owner"]}, "amy": {"roles": ["owner"]})",
       {{"home/lamp.json", "/commands/quench/guards", not_who_lit}},
       5,
       9}};
  for (const Counted& row : table) {
    INFO(row.what);
    const Explored found(bent(row.bends, lamp_files()), world_of(row.lamps, row.people));
    CHECK(found.worlds[0].states == row.states);
    CHECK(found.worlds[0].transitions == row.transitions);
    CHECK(!found.worlds[0].cut_off);
  }
}

TEST_CASE("an exploration is the same each time") {
  const auto text = world_of("2", one_each);
  const Explored once(lamp_files(), text), again(lamp_files(), text);
  CHECK(once.worlds[0].states == again.worlds[0].states);
  CHECK(once.worlds[0].transitions == again.worlds[0].transitions);
  CHECK(once.worlds[0].happened == again.worlds[0].happened);
}

TEST_CASE("a bound that is too low is said") {
  const Explored found(lamp_files(), world_of("2", one_each, R"(, "bound": 5)"));
  CHECK(found.worlds[0].cut_off);
}

TEST_CASE("a violation is told as the shortest sequence of commands") {
  const Explored found(lamp_files(), R"({
    "worlds": {"w": {"asks": "?", "people": {"ann": {"roles": ["owner"]}, "amy": {"roles": ["owner"]}, "ben": {"roles": ["guest"]}},
                     "records": {"lamp": 2}}},
    "invariants": [{"id": "guests-do-not-quench", "only": ["lamp.quench"], "by": ["owner"]}]})");
  REQUIRE(found.worlds[0].violations.size() == 1);
  const Violation& violation = found.worlds[0].violations[0];
  CHECK(violation.claim == "guests-do-not-quench");
  CHECK(violation.reason == "ben holds none of owner");
  CHECK(violation.steps == std::vector<std::string>{"amy: hang lamp 1 (colour: red) -> off", "amy: light lamp 1 -> on",
                                                    "ben: quench lamp 1 -> off"});
}

TEST_CASE("each kind of claim is held against what happens") {
  struct Claimed {
    const char* what;
    std::string claim;  // a member of the proof
    std::string broken;
  };
  const std::vector<Claimed> table{
      {"holds at a command",
       R"("invariants": [{"id": "a", "at": ["lamp.light"], "holds": [{"guard": "filled", "fields": ["colour"]}]}])",
       ""},
      {"does not hold at a command",
       R"("invariants": [{"id": "a", "at": ["lamp.light"], "holds": [{"guard": "is", "field": "colour", "one_of": ["red"]}]}])",
       "a"},
      {"sees the input",
       R"("invariants": [{"id": "a", "at": ["lamp.hang"], "holds": [{"guard": "filled", "fields": ["title"]}]}])", ""},
      {"leaves it behind",
       R"("invariants": [{"id": "a", "after": ["lamp.note"], "holds": [{"guard": "is", "field": "late", "one_of": [true]}]}])",
       ""},
      {"leaves something else behind",
       R"("invariants": [{"id": "a", "after": ["lamp.hang"], "holds": [{"guard": "is", "field": "colour", "one_of": ["red"]}]}])",
       "a"},
      {"knows the actor",
       R"("invariants": [{"id": "a", "at": ["lamp.quench"], "holds": [{"guard": "actor_not_did", "commands": ["light"]}]}])",
       "a"},
      {"always holds",
       R"("invariants": [{"id": "a", "always": "lamp", "in": ["on"], "holds": [{"guard": "filled", "fields": ["colour"]}]}])",
       ""},
      {"does not always hold",
       R"("invariants": [{"id": "a", "always": "lamp", "in": ["on"], "holds": [{"guard": "is", "field": "colour", "one_of": ["blue"]}]}])",
       "a"},
      {"takes two", R"("invariants": [{"id": "a", "two": ["lamp.drop"], "by": ["guest"]}])", ""},
      {"takes one", R"("invariants": [{"id": "a", "two": ["lamp.light"]}])", "a"},
      {"is confirmed by others", R"("invariants": [{"id": "a", "two": ["lamp.drop"], "by": ["owner"]}])", "a"},
      {"is given by those alone", R"("invariants": [{"id": "a", "only": ["lamp.hang"], "by": ["owner"]}])", ""},
      {"can be given by each",
       R"("witnesses": [{"id": "a", "can": ["lamp.light", "lamp.quench"], "by": ["owner", "guest"]}])", ""},
      {"cannot be given by one", R"("witnesses": [{"id": "a", "can": ["lamp.hang"], "by": ["owner", "guest"]}])", "a"},
      {"can be given then",
       R"("witnesses": [{"id": "a", "can": ["lamp.drop"], "holds": [{"guard": "is", "field": "colour", "one_of": ["blue"]}]}])",
       ""},
      {"cannot be given then",
       R"("witnesses": [{"id": "a", "can": ["lamp.quench"], "holds": [{"guard": "is", "field": "late", "one_of": [false]}]}])",
       "a"}};
  for (const Claimed& row : table) {
    INFO(row.what);
    std::string text = world_of("1", one_each);
    text.back() = ',';
    CHECK(Explored(lamp_files(), text + row.claim + "}").broken() == row.broken);
  }
}

TEST_CASE("claims say what a command asks, in both directions and where nothing leads") {
  struct Asked {
    const char* what;
    const char* guards;  // of quench
    const char* holds;
    std::string broken;
  };
  const char* const not_who_lit = R"([{"guard": "actor_not_did", "commands": ["light"]}])";
  const char* const not_late = R"([{"guard": "is_not", "field": "late", "one_of": [true]}])";
  const char* const both =
      R"([{"guard": "actor_not_did", "commands": ["light"]}, {"guard": "is_not", "field": "late", "one_of": [true]}])";
  const std::string more = "nothing-else-is-asked-of-lamp.quench";
  const std::vector<Asked> table{{"that", not_who_lit, not_who_lit, ""},
                                 {"all of it", both, both, ""},
                                 {"less", not_who_lit, both, "a"},
                                 {"something else", not_late, not_who_lit, "a " + more},
                                 {"more", both, not_who_lit, more}};
  for (const Asked& row : table) {
    INFO(row.what);
    // Nothing makes a lamp late here: that it asks is seen beside what can happen.
    std::string text = world_of("1", one_each, R"(, "commands": {"lamp": ["hang", "light", "quench"]})");
    text.back() = ',';
    text += std::string(R"("invariants": [{"id": "a", "asks": ["lamp.quench"], "holds": )") + row.holds + "}]}";
    const Explored found(
        bent({{"home/lamp.json", "/commands/quench/guards", Ordered::parse(row.guards)}}, lamp_files()), text);
    std::set<std::string> broken;
    for (const Violation& violation : found.worlds[0].violations) broken.insert(violation.claim);
    CHECK(fmt::format("{}", fmt::join(broken, " ")) == row.broken);
  }
}

TEST_CASE("a claim about what worlds leave free holds where the command asks for it") {
  const auto lamp_with = [](const char* guards) {
    Ordered fields = Ordered::parse(lamp)["fields"];
    fields["bought"] = {{"title", "Bought"}, {"type", "string"}, {"format", "date"}};
    return bent({{"home/lamp.json", "/fields", fields},
                 {"home/lamp.json", "/commands/hang/must", Ordered::parse(R"(["title", "colour", "bought"])")},
                 {"home/lamp.json", "/commands/light/guards", Ordered::parse(guards)}},
                lamp_files());
  };
  std::string text = world_of("1", one_each);
  text.back() = ',';
  text += R"("invariants": [{"id": "a", "at": ["lamp.light"],
             "holds": [{"guard": "not_after", "field": "bought", "than": "today"}]}]})";
  CHECK(Explored(lamp_with(R"([{"guard": "not_after", "field": "bought", "than": "today"}])"), text).broken().empty());
  CHECK(Explored(lamp_with(R"([{"guard": "not_before", "field": "bought", "than": "today"}])"), text).broken() == "a");
  CHECK(Explored(lamp_with(R"([{"guard": "filled", "fields": ["bought"]}])"), text).broken() == "a");
}

TEST_CASE("what is always proved needs no claim") {
  struct Broken {
    const char* what;
    std::vector<Bend> bends;
    std::string broken;
  };
  const auto guards = [](const char* text) { return Ordered::parse(text); };
  const std::vector<Broken> table{
      {"nothing", {}, ""},
      {"a guard that closes the way to the end",
       {{"home/lamp.json", "/commands/drop/guards",
         guards(R"([{"guard": "is", "field": "colour", "one_of": ["red"]}])")}},
       "every-state-can-reach-an-end"},
      {"a second person whom nobody is",
       {{"home/lamp.json", "/commands/drop/guards", guards(R"([{"guard": "actor_not", "seats": ["keeper"]}])")},
        {"home/lamp.json", "/commands/drop/by", Ordered::parse(R"(["keeper"])")}},
       "every-command-can-happen every-state-can-reach-an-end"},
      {"a timer that never runs",
       {{"home/lamp.json", "/timers/late/when", Ordered::parse(R"({"late": [true]})")}},
       "every-command-can-happen every-timer-can-run"},
      {"a timer that does nothing", {{"home/lamp.json", "/commands/note/effects", nullptr}}, "no-timer-does-nothing"}};
  for (const Broken& row : table) {
    INFO(row.what);
    CHECK(Explored(bent(row.bends, lamp_files()), world_of("1", one_each)).broken() == row.broken);
  }
}

TEST_CASE("a proof that cannot be read names file, pointer and reason") {
  struct Flawed {
    std::string text, pointer, reason;
  };
  const std::string world =
      R"("worlds": {"w": {"asks": "?", "people": {"ann": {"roles": ["owner"]}}, "records": {"lamp": 1}}})";
  const std::vector<Flawed> table{
      {"{}", "", "`worlds` is missing"},
      {"{" + world + R"(, "invariant": []})", "/invariant", "not"},
      {R"({"worlds": {"w": {"asks": "?", "people": {"ann": {"roles": ["king"]}}, "records": {"lamp": 1}}}})",
       "/worlds/w/people/ann", "there is no role `king`"},
      {R"({"worlds": {"w": {"asks": "?", "people": {"ann": {}}, "records": {"door": 1}}}})", "/worlds/w/records/door",
       "there is no type `door`"},
      {R"({"worlds": {"w": {"asks": "?", "people": {"ann": {}}, "records": {"lamp": 9}}}})", "/worlds/w/records/lamp",
       "at most 8"},
      {"{" + world + R"(, "invariants": [{"id": "a"}]})", "/invariants/0", "one of at, asks, after, always"},
      {"{" + world +
           R"(, "invariants": [{"id": "a", "at": ["lamp.fly"], "holds": [{"guard": "filled", "fields": ["title"]}]}]})",
       "/invariants/0/at", "lamp has no command `fly`"},
      {"{" + world +
           R"(, "invariants": [{"id": "a", "at": ["lamp.light"], "holds": [{"guard": "filled", "fields": ["weight"]}]}]})",
       "/invariants/0/holds/0/fields/0", "there is no field `weight`"},
      {"{" + world +
           R"(, "invariants": [{"id": "a", "at": ["shade.light", "lamp.light"], "holds": [{"guard": "filled", "fields": ["title"]}]}]})",
       "/invariants/0/at", "of one type only"},
      {"{" + world + R"(, "invariants": [{"id": "a", "only": ["lamp.light"]}]})", "/invariants/0", "`by` is missing"},
      {"{" + world +
           R"(, "invariants": [{"id": "a", "always": "lamp", "in": ["on"], "holds": [{"guard": "within", "field": "title", "of": "", "their": "title"}]}]})",
       "/invariants/0/holds/0", "is free in worlds"},
      {"{" + world +
           R"(, "invariants": [{"id": "a", "always": "lamp", "in": ["on"], "holds": [{"guard": "have_left", "seats": ["keeper"]}]}]})",
       "/invariants/0/holds/0", "is free in worlds"},
      {R"({"worlds": {"w": {"asks": "?", "people": {"ann": {}}, "records": {"lamp": 1}, "values": {"lamp": {"colour": ["green"]}}}}})",
       "/worlds/w/values/lamp/colour/0", "colour"},
      {"{" + world + R"(, "witnesses": [{"id": "a", "at": ["lamp.light"]}]})", "/witnesses/0", "a witness has can"}};
  WorkflowFiles files = lamp_files();
  std::string shade = lamp;
  for (const auto& [from, to] : {std::pair{"lamp", "shade"}, {"Lamp", "Shade"}, {"L-", "S-"}}) {
    for (auto at = shade.find(from); at != std::string::npos; at = shade.find(from, at + 1))
      shade.replace(at, std::string_view(from).size(), to);
  }
  files["home/shade.json"] = shade;
  const WorkflowSet set = load_or_throw(files);
  for (const Flawed& row : table) {
    INFO(row.text);
    const auto loaded = load_proofs({{"home/proof.json", row.text}}, set);
    REQUIRE(std::holds_alternative<std::vector<Flaw>>(loaded));
    const auto& flaws = std::get<std::vector<Flaw>>(loaded);
    INFO(text_of(flaws));
    CHECK(std::any_of(flaws.begin(), flaws.end(), [&](const Flaw& flaw) {
      return flaw.file == "home/proof.json" && flaw.pointer == row.pointer &&
             flaw.reason.find(row.reason) != std::string::npos;
    }));
  }
}

TEST_CASE("a proof is no part of the set") {
  WorkflowFiles files = lamp_files();
  const std::string without = load_or_throw(files).text;
  files["home/proof.json"] = world_of("1", one_each);
  CHECK(load_or_throw(files).text == without);
}

TEST_CASE("what plugins say is free in a world, and never needed to come to an end") {
  const auto guarding = [](const std::string& command, Ordered more = Ordered::object()) {
    Ordered guard = {{"guard", "plugin_allows"}, {"plugin", "com.example.fuse"}, {"rule", "dark"}};
    guard.update(more);
    return Bend{"home/lamp.json", "/commands/" + command + "/guards", Ordered::array({guard})};
  };
  const Bend excuse = {"home/lamp.json", "/commands/excuse",
                       Ordered::parse(R"({"label": "Excuse", "event": "excused", "from": ["off", "on"], "by": ["owner"],
    "second": ["guest"], "effects": [{"do": "waive", "waiver": "dark"}], "why": "1"})")};
  struct Row {
    const char* what;
    std::vector<Bend> bends;
    std::string claim;
    std::string broken;
  };
  const std::string claim = R"("holds": [{"guard": "plugin_allows", "plugin": "com.example.fuse", "rule": "dark"}]}])";
  const std::string asks = R"("invariants": [{"id": "a", "at": ["lamp.light"], )" + claim;
  const std::vector<Row> table{
      {"it may allow", {guarding("light")}, "", ""},
      {"it may deny the only way out", {guarding("drop")}, "", "every-state-can-reach-an-end"},
      {"a failure that lets through is no yes",
       {guarding("drop", {{"on_failure", "allow"}})},
       "",
       "every-state-can-reach-an-end"},
      {"two may waive it", {guarding("drop", {{"waiver", "dark"}}), excuse}, "", ""},
      {"a claim that it is asked", {guarding("light")}, asks, ""},
      {"a claim where something else is asked", {guarding("light", {{"rule", "light"}})}, asks, "a"},
      {"a claim where nobody is asked", {}, asks, "a"}};
  const auto proof = [](const std::string& more) {
    std::string text = world_of("1", one_each);
    if (more.empty()) return text;
    text.back() = ',';
    return text + more + "}";
  };
  for (const Row& row : table) {
    INFO(row.what);
    const Explored found(load_or_throw(bent(row.bends, lamp_files()), false), proof(row.claim));
    CHECK(found.broken() == row.broken);
    if (row.bends.size() == 1) CHECK(found.worlds[0].states == 4);
  }
  CHECK_THROWS(Explored(lamp_files(), proof(R"("invariants": [{"id": "a", "always": "lamp", "in": ["on"], )" + claim)));
}

}  // namespace
}  // namespace assay::test::explore_test
