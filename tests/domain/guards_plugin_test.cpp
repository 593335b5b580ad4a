// The guard that asks a plugin: what it is asked, what each answer means, and when it is not asked at all.
#include "domain/guard_scene.h"
#include "domain/hand_over.h"
#include "domain/plugin_guard.h"

namespace assay::test::guards_plugin_test {
namespace {

using Verdict = PluginAnswer::Verdict;

Ordered plugin_guard(Ordered more = Ordered::object()) {
  Ordered guard{{"guard", "plugin_allows"}, {"plugin", "com.example.calendar"}, {"rule", "blackout"}};
  if (!more.is_null()) guard.update(more);
  return guard;
}

Bend guarding(const char* command, Ordered more = Ordered::object()) {
  return {"small/task.json", std::string("/commands/") + command + "/guards/-", plugin_guard(std::move(more))};
}

/// With a way to the end that no plugin can bar.
std::vector<Bend> with_way_out(std::vector<Bend> bends) {
  bends.push_back({"small/task.json", "/commands/drop",
                   Ordered::parse(R"({"label": "Drop", "event": "dropped", "from": ["draft", "open"], "to": "closed",
    "by": ["manager"], "why": "1"})")});
  return bends;
}

/// A set in which a plugin is asked, whose answers are set and whose questions are kept.
struct AskingWorld : SmallWorld {
  explicit AskingWorld(std::vector<Bend> bends) : SmallWorld(with_way_out(std::move(bends))) {
    facts.plugins_answer([this](const PluginQuestion& question) {
      questions.push_back(question);
      return answer;
    });
  }
  PluginAnswer answer{Verdict::allow, {}, "1.2.0", "abc"};
  std::vector<PluginQuestion> questions;
};

/// "granted", or the codes of what is unmet, or the reason.
std::string outcome_of(const Result<Decision>& decided) {
  if (decided) return decided->needs_second ? "waits" : "granted";
  std::string text;
  for (const UnmetGuard& one : decided.error().unmet) text += one.guard + "." + one.code + " ";
  return text.empty() ? decided.error().detail : text;
}

TEST_CASE("what a plugin says, and what its failure means", "[guards]") {
  struct Row {
    PluginAnswer answer;
    Ordered more;
    std::string sentence;  // "" when it is granted
    Json note;             // beside plugin and rule, of what is granted
  };
  const Ordered lenient{{"on_failure", "allow"}}, strict{{"on_failure", "deny"}};
  const auto row = GENERATE_COPY(values<Row>({
      {{Verdict::allow, "", "1.2.0", "abc"}, {}, "", {{"verdict", "allow"}, {"version", "1.2.0"}, {"package", "abc"}}},
      {{Verdict::warn, "Nearly too late", "1.2.0", "abc"},
       {},
       "",
       {{"verdict", "warn"}, {"version", "1.2.0"}, {"package", "abc"}, {"reason", "Nearly too late"}}},
      {{Verdict::deny, "Nothing is opened in December.", "1.2.0", "abc"},
       {},
       "denied: com.example.calendar does not allow it: Nothing is opened in December.",
       {}},
      {{Verdict::deny, "No", "1.2.0", "abc"}, lenient, "denied: com.example.calendar does not allow it: No.", {}},
      {{Verdict::failed, "it crashed", "1.2.0", "abc"},
       {},
       "failed: com.example.calendar cannot be asked, and nothing is allowed without its answer: it crashed.",
       {}},
      {{Verdict::failed, "there is no such plugin"},
       strict,
       "failed: com.example.calendar cannot be asked, and nothing is allowed without its answer: there is no such "
       "plugin.",
       {}},
      {{Verdict::failed, "it crashed", "1.2.0", "abc"},
       lenient,
       "",
       {{"verdict", "failed"},
        {"version", "1.2.0"},
        {"package", "abc"},
        {"reason", "it crashed"},
        {"on_failure", "allow"}}},
      {{Verdict::unasked, "it is busy with another call", "1.2.0", "abc"},
       lenient,
       "not_asked: com.example.calendar was not asked, and nothing makes up for that: it is busy with another call.",
       {}},
      {{Verdict::unknown, "it has no such rule", "1.2.0", "abc"},
       lenient,
       "unknown: com.example.calendar has no rule blackout.",
       {}},
  }));
  AskingWorld world({guarding("open", row.more)});
  world.answer = row.answer;
  const auto decided = world.ask(world.worker, world.task("draft", {{"grade", "minor"}}), "open");
  CHECK(world.questions.size() == 1);
  if (!row.sentence.empty()) {
    REQUIRE_FALSE(decided.has_value());
    const Refusal refusal = decided.error();
    REQUIRE(refusal.unmet.size() == 1);
    CHECK(refusal.unmet[0].code + ": " + refusal.unmet[0].detail == row.sentence);
    CHECK_FALSE(awaits_plugins(refusal));
    return;
  }
  REQUIRE(decided.has_value());
  Json note = {{"plugin", "com.example.calendar"}, {"rule", "blackout"}};
  note.update(row.note);
  CHECK(decided->changes[0].judged == Json::array({note}));
}

TEST_CASE("without the answer of a plugin nothing is decided", "[guards]") {
  SmallWorld world(with_way_out({guarding("open"), guarding("allow")}));
  const RecordId draft = world.task("draft", {{"grade", "minor"}}), open = world.task("open");
  const auto decided = world.ask(world.worker, draft, "open");
  CHECK(outcome_of(decided) == "plugin_allows.unanswered ");
  CHECK(awaits_plugins(decided.error()));
  CHECK(outcome_of(world.ask(world.chief, open, "allow", {{"reason", "x"}})) == "plugin_allows.unanswered ");
  CHECK_FALSE(awaits_plugins(world.ask(world.worker, open, "open").error()));
}

TEST_CASE("a plugin is asked last, and only when nothing else stands in the way", "[guards]") {
  AskingWorld world({guarding("open")});
  const RecordId ungraded = world.task("draft"), graded = world.task("draft", {{"grade", "minor"}});
  CHECK(outcome_of(world.ask(world.worker, ungraded, "open")) == "filled.empty ");
  CHECK(outcome_of(world.ask(world.board, graded, "open")) ==
        "your roles and seats do not permit: Open; it is for: Worker, Lead");
  for (const Offer& offer : offers(world.set, world.facts, graded, Actor{world.worker}, world.now, "en")) {
    INFO(offer.command->name);
    const bool asks = offer.command->name == "open";
    CHECK(offer.asks.size() == (asks ? 1 : 0));
    if (asks) CHECK(offer.allowed);
  }
  for (const Offer& offer : offers(world.set, world.facts, ungraded, Actor{world.worker}, world.now, "en"))
    CHECK(offer.asks.empty());
  CHECK(world.questions.empty());
}

TEST_CASE("what a plugin is asked", "[guards]") {
  AskingWorld world({guarding("open", {{"with", {{"days", 3}}}, {"sees", {"project", "followed_by"}}})});
  world.now.at = *parse_instant("2026-03-02T23:30:00Z");  // a day later in Berlin
  const RecordId draft = world.task("draft", {{"grade", "minor"}, {"waived", {"own_check"}}});
  world.facts.take_seats(draft, "checker", {});
  REQUIRE(world.ask(world.worker, draft, "open", {{"due", "2026-04-01"}, {"comment", "at last"}}).has_value());
  REQUIRE(world.questions.size() == 1);
  CHECK(world.questions[0].plugin == "com.example.calendar");
  CHECK(world.questions[0].organisation == MemoryFacts::home);
  const Json project = {{"id", uuid_of(world.project)},    {"type", "project"},
                        {"number", "P-2026-001"},          {"state", "running"},
                        {"fields", {{"title", "Bridge"}}}, {"seats", {{"lead", {uuid_of(world.lead)}}}}};
  CHECK(world.questions[0].input ==
        Json{{"guard_input", 1},
             {"guard", "blackout"},
             {"command", "open"},
             {"today", "2026-03-03"},
             {"with", {{"days", 3}}},
             {"record",
              {{"id", uuid_of(draft)},
               {"type", "task"},
               {"number", world.facts.at(draft).number},
               {"state", "draft"},
               {"fields", {{"title", "Paint"}, {"grade", "minor"}, {"due", "2026-04-01"}}},
               {"seats", {{"owner", {uuid_of(world.owner)}}}}}},
             {"linked", {{"project", Json::array({project})}, {"followed_by", Json::array()}}},
             {"person", {{"id", uuid_of(world.worker)}, {"roles", {"worker"}}}},
             {"given", {{"due", "2026-04-01"}, {"comment", "at last"}}}});
}

TEST_CASE("a plugin that would be shown too much is not asked, which no leniency lets pass", "[guards]") {
  const auto on_failure = GENERATE("allow", "deny");
  AskingWorld world({guarding("open", {{"sees", {"project.tasks"}}, {"on_failure", on_failure}})});
  const RecordId draft = world.task("draft", {{"grade", "minor"}});
  for (int i = 0; i < 499; ++i) world.task("open");
  CHECK(outcome_of(world.ask(world.worker, draft, "open")) == "granted");
  CHECK(world.questions.size() == 1);
  world.task("open");
  CHECK(outcome_of(world.ask(world.worker, draft, "open")) == "plugin_allows.not_asked ");
  CHECK(world.questions.size() == 1);
}

TEST_CASE("what only waits for plugins may pass later, and nothing else may", "[guards]") {
  const auto unmet = [](const char* guard, std::optional<std::chrono::seconds> later) {
    return UnmetGuard{guard, "failed", {}, Json::object(), later};
  };
  const auto refused = [](std::vector<UnmetGuard> all) { return Refusal{Reason::unmet, "x", std::move(all)}; };
  const std::chrono::seconds soon{3};
  CHECK(may_pass_later(refused({unmet("plugin_allows", soon)})));
  CHECK_FALSE(may_pass_later(refused({unmet("plugin_allows", soon), unmet("plugin_allows", {})})));
  CHECK_FALSE(may_pass_later(refused({unmet("plugin_allows", soon), unmet("filled", {})})));
  CHECK_FALSE(may_pass_later(refused({})));
  CHECK_FALSE(may_pass_later(refuse(Reason::invalid, "x")));

  AskingWorld world({guarding("open")});
  world.answer = {Verdict::failed, "it rests"};
  world.answer.retry_after = soon;
  const auto decided = world.ask(world.worker, world.task("draft", {{"grade", "minor"}}), "open");
  REQUIRE_FALSE(decided.has_value());
  CHECK(decided.error().unmet.at(0).retry_after == soon);
}

TEST_CASE("a command that takes two asks when it is proposed and when it is confirmed", "[guards]") {
  AskingWorld world({guarding("allow")});
  const RecordId open = world.task("open");
  const Json input = {{"reason", "nobody else"}};
  world.answer = {Verdict::warn, "Think again", "1.2.0", "abc"};
  const auto proposed = world.ask(world.chief, open, "allow", input);
  REQUIRE(proposed.has_value());
  CHECK(proposed->needs_second);
  CHECK(proposed->judged.at(0).at("reason") == "Think again");
  CHECK_FALSE(world.questions.at(0).input.contains("second"));
  const auto confirmed = world.ask(Actor{world.chief, world.board}, open, "allow", input);
  REQUIRE(confirmed.has_value());
  CHECK(confirmed->changes[0].judged.at(0).at("verdict") == "warn");
  CHECK(world.questions.at(1).input.at("second") == Json{{"id", uuid_of(world.board)}, {"roles", {"board"}}});
  world.answer = {Verdict::deny, "No"};
  CHECK(outcome_of(world.ask(world.chief, open, "allow", input)) == "plugin_allows.denied ");
  CHECK(outcome_of(world.ask(Actor{world.chief, world.board}, open, "allow", input)) == "plugin_allows.denied ");
}

TEST_CASE("what an effect sends asks as well, and refuses the whole", "[guards]") {
  const Ordered send = {
      {"do", "send"}, {"to", "project"}, {"command", "note"}, {"in", {"#active"}}, {"input", {{"noted", "late"}}}};
  AskingWorld world({{"small/project.json", "/commands/note/guards", Ordered::array({plugin_guard()})},
                     {"small/task.json", "/commands/edit/effects", Ordered::array({send})}});
  const RecordId open = world.task("open");
  const auto edited = world.ask(world.worker, open, "edit", {{"cause", "rust"}});
  REQUIRE(edited.has_value());
  REQUIRE(edited->changes.size() == 2);
  CHECK(edited->changes[0].judged.empty());
  CHECK(edited->changes[1].judged.at(0).at("verdict") == "allow");
  CHECK(world.questions.at(0).input.at("command") == "note");
  CHECK(world.questions.at(0).input.at("given") == Json{{"noted", "late"}});
  world.answer = {Verdict::deny, "No"};
  CHECK(outcome_of(world.ask(world.worker, open, "edit", {{"cause", "rust"}})) == "plugin_allows.denied ");
}

TEST_CASE("a seat that a guarded command gives is not handed over, unless two people waived the guard", "[guards]") {
  struct Row {
    const char* what;
    Bend bend;
    std::string seat;
    std::string expected;
    bool waived = false;
  };
  const auto take = [](Ordered guards) {
    Ordered command = Ordered::parse(R"({"label": "Take", "event": "taken", "from": ["open"], "by": ["worker"],
      "effects": [{"do": "assign", "seat": "owner", "to": "@actor"}], "why": "1"})");
    command["guards"] = std::move(guards);
    return Bend{"small/task.json", "/commands/take", std::move(command)};
  };
  const Bend editing = {"small/task.json", "/commands/edit/guards", Ordered::array({plugin_guard()})};
  const Bend waivable = {"small/task.json", "/commands/edit/guards",
                         Ordered::array({plugin_guard({{"waiver", "own_check"}})})};
  const std::vector<Row> rows = {
      {"its input names it", editing, "owner", "plugin_allows.handed_over "},
      {"its effect assigns it", take(Ordered::array({plugin_guard()})), "owner", "plugin_allows.handed_over "},
      {"it gives another seat", take(Ordered::array({plugin_guard()})), "checker", "granted"},
      {"no plugin is asked about it", take(Ordered::array()), "owner", "granted"},
      {"its guard could be waived", waivable, "owner", "plugin_allows.handed_over "},
      {"its guard is waived", waivable, "owner", "granted", true},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    AskingWorld world({row.bend});
    const RecordId open = world.task("open", {{"grade", "minor"}});
    if (row.waived) world.facts.at(open).body.edit()["waived"] = {"own_check"};
    world.facts.take_seats(open, row.seat, {world.lead});
    Succession succession{open, {{row.seat, world.worker}}};
    const auto decided = hand_over(world.facts, world.lead, {succession}, world.now,
                                   [&](const RecordView&) -> const WorkflowSet& { return world.set; });
    CHECK(outcome_of(decided) == row.expected);
    CHECK(world.questions.empty());
    if (decided.has_value()) continue;
    const UnmetGuard one = decided.error().unmet.at(0);
    CHECK(one.values.at("handed") == uuid_of(open));
    CHECK(one.detail.find("Owner: the command ") == 0);
    CHECK(one.detail.find("about which com.example.calendar is asked: it cannot be handed over.") != std::string::npos);
  }
}

TEST_CASE("two people may waive what a plugin refuses, and the event keeps both", "[guards]") {
  AskingWorld world({guarding("close", {{"waiver", "own_check"}})});
  const RecordId done = world.task("finished", {{"grade", "minor"}});
  world.facts.add_evidence(done);
  world.answer = {Verdict::failed, "it crashed"};
  CHECK(outcome_of(world.ask(world.chief, done, "close")) == "plugin_allows.failed ");
  REQUIRE(world.act(Actor{world.chief, world.board}, done, "allow", {{"reason", "it is gone"}}).has_value());
  const auto closed = world.ask(world.chief, done, "close");
  REQUIRE(closed.has_value());
  CHECK(closed->changes[0].said == Json{{"by_waiver", {"own_check"}}});
  CHECK(closed->changes[0].judged.at(0).at("verdict") == "failed");
}

TEST_CASE("guards of plugins are checked as far as anybody knows", "[check]") {
  const auto checking = [](const std::vector<Bend>& bends) {
    return text_of(check(load_or_throw(bent(bends), false)));
  };
  struct Row {
    Bend bend;
    std::string flaw;
  };
  const std::string open = "small/task.json#/commands/open/guards/1";
  const auto row = GENERATE_COPY(values<Row>({
      {guarding("open", {{"plugin", "calendar"}}),
       open + "/plugin: is no id of a plugin, such as com.example.calendar"},
      {guarding("open", {{"plugin", "com.Example.calendar"}}), open + "/plugin: is no id of a plugin"},
      {guarding("open", {{"plugin", "com..calendar"}}), open + "/plugin: is no id of a plugin"},
      {guarding("open", {{"plugin", "a-b.calendar"}}), open + "/plugin: is no id of a plugin"},
      {guarding("open", {{"on_failure", "ask"}}), open + "/on_failure: must be deny or allow"},
      {guarding("open", {{"sees", {"project", "house"}}}), open + "/sees/1: `house` leads nowhere from task"},
      {guarding("open", {{"waiver", "none"}}), open + "/waiver: no command can grant the waiver `none`"},
      {{"small/task.json", "/commands/create/guards", Ordered::array({plugin_guard()})},
       "small/task.json#/commands/create/guards/0: a plugin is asked about a record that is there, and this command "
       "makes one"},
      {{"small/task.json", "/commands/note_overdue/guards", Ordered::array({plugin_guard()})},
       "small/task.json#/commands/note_overdue/guards: a timer's command has no guards"},
      {guarding("close"),
       "small/task.json#/states/open: a plugin can bar every way from here to an end: let there be another, or a "
       "waiver"},
  }));
  const std::string said = checking({row.bend});
  INFO(said);
  CHECK(said.find(row.flaw) != std::string::npos);
  CHECK(checking({guarding("close", {{"waiver", "own_check"}})}) == "");

  // What an effect sends or creates counts as its own guard does.
  const auto noting = [](const char* command, Ordered more) {
    return std::vector<Bend>{{"small/project.json", "/commands/note/guards", Ordered::array({plugin_guard(more)})},
                             {"small/task.json",
                              std::string("/commands/") + command + "/effects/-",
                              {{"do", "send"}, {"to", "project"}, {"command", "note"}, {"in", {"#active"}}}}};
  };
  const std::string by_timer =
      "small/task.json#/commands/note_overdue/effects: a timer fires when it is due, and a plugin could keep it from "
      "that";
  CHECK(checking(noting("note_overdue", {})).find(by_timer) != std::string::npos);
  CHECK(checking(noting("close", {})).find("small/task.json#/states/open: a plugin can bar every way") !=
        std::string::npos);
  CHECK(checking(noting("allow", {})) == "");
  CHECK(checking({guarding("close", {{"on_failure", "allow"}})}).find("can bar every way") != std::string::npos);
  CHECK(checking({guarding("edit", {{"with", {{"days", 3}}}, {"sees", {"project"}}})}) == "");
  const Bend through_evidence = {"small/task.json", "/commands/edit/endpoint", "evidence"};
  CHECK(
      checking({guarding("edit"), through_evidence}).find("a plugin is not asked about what goes through /evidence") !=
      std::string::npos);
}

}  // namespace
}  // namespace assay::test::guards_plugin_test
