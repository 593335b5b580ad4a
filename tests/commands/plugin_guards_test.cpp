// Guards of plugins: they are asked while nothing is read, and an answer holds for what the plugin was shown alone.
#include <thread>

#include "commands/hand_over.h"
#include "commands/organisation.h"
#include "jobs/office.h"

namespace assay::test::plugin_guards_test {
namespace {

using Verdict = PluginAnswer::Verdict;

constexpr const char* gatherer = "maria@elbwerk.example";
constexpr const char* second = "ines@elbwerk.example";

/// The shipped record types; a plugin is asked before the inputs of a management review are gathered, by one person,
/// and before it is cancelled, by two.
WorkflowSetPtr guarded_workflows() {
  static const WorkflowSetPtr set = [] {
    WorkflowFiles files;
    const fs::path folder = fs::path(ASSAY_SOURCE_DIR) / "workflows";
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      const auto name = entry.path().lexically_relative(folder).generic_string();
      if (entry.path().extension() != ".json" || name.starts_with("schema/")) continue;
      std::ifstream input(entry.path());
      files[name] = std::string{std::istreambuf_iterator<char>(input), {}};
    }
    auto& file = files.at("internal/management-review.json");
    auto review = nlohmann::ordered_json::parse(file);
    for (const char* command : {"gather_inputs", "reopen_inputs"}) {
      review["commands"][command]["guards"].push_back(
          {{"guard", "plugin_allows"}, {"plugin", "com.example.calendar"}, {"rule", "blackout"}});
    }
    review["commands"]["reopen_inputs"]["from"] = {"scheduled"};
    review["commands"]["reopen_inputs"]["second"] = {"top_management"};
    file = review.dump();
    auto loaded = load_workflows(files);
    if (const auto* flaws = std::get_if<std::vector<Flaw>>(&loaded)) throw std::runtime_error(flaws->front().reason);
    auto made = std::make_shared<WorkflowSet>(std::get<WorkflowSet>(std::move(loaded)));
    made->hash = sha256_hex(made->text);
    return made;
  }();
  return set;
}

/// An office that asks a plugin, which is a function of the test.
struct GuardedOffice : Office {
  explicit GuardedOffice(std::string_view engine) : Office(engine) {
    store->add_workflow_set(guarded_workflows());
    context->workflows = guarded_workflows();
    context->guards.ask = [this](const PluginQuestion& question, const OrganisationRow& organisation,
                                 std::string_view language, std::chrono::steady_clock::time_point deadline) {
      CHECK(deadline > std::chrono::steady_clock::now());
      CHECK(organisation.id == question.organisation);
      languages.emplace_back(language);
      deadlines.push_back(deadline);
      questions.push_back(question);
      if (const auto act = meanwhile) act();
      return answer(question);
    };
    join(gatherer, {"isms_manager"});
    join(second, {"top_management"});
    record = review("Spring");
  }

  Result<Performed> gather_as(const char* email, std::optional<std::string> key = {}) {
    const Principal who = principal(email);
    Call call{who, version(record)};
    call.key = std::move(key);
    call.request_hash = "gather";
    return command_record(*context, call, {"management-review", record, "gather_inputs", {{"feedback", "Good"}}});
  }
  /// A question of a plan that is none of a command.
  PluginQuestion numbered(int number) {
    return {"com.example.calendar", administrator().organisation.id, {{"number", number}}};
  }
  /// A plan that rests on the plugin's yes and notes something about a person; `then` happens once it has said so.
  Result<Performed> note_after(const std::function<void()>& then) {
    const Principal boss = administrator();
    const PersonRow about = person(gatherer);
    const Call call{boss, about.version};
    return perform(*context, call, [&](Moment& moment) -> Result<Planned> {
      if (!moment.facts.judged(numbered(1))) return refuse(Reason::unmet, "nobody has been asked");
      then();
      return plan_noting(moment, call, about, "handed_over", {{"reason", "x"}, {"records", 0}});
    });
  }
  /// What comes of a plan that asks so many questions and changes nothing; `heard` gets the answers.
  Result<Performed> ask_all(int count, std::vector<PluginAnswer>& heard) {
    return perform_unattended(*context, [&](Moment& moment) -> Result<Planned> {
      heard.clear();
      for (int i = 0; i < count; ++i) {
        if (auto said = moment.facts.judged(numbered(i))) heard.push_back(std::move(*said));
      }
      return Planned{{}, "x"};
    });
  }
  Result<Performed> propose() {
    const Principal who = principal(gatherer);
    return command_record(*context, Call{who, version(record)},
                          {"management-review", record, "reopen_inputs", {{"reason", "New figures"}}});
  }
  std::string proposal() {
    const RecordId id = find(record).id;
    Snapshot at = store->read();
    return open_proposals(at, id).at(0).uuid;
  }
  Result<Performed> confirm() {
    const Principal who = principal(second);
    return confirm_proposal(*context, Call{who, version(record)}, "management-review", record, proposal());
  }
  void give_roles(const char* email, std::vector<std::string> roles) {
    const Principal boss = administrator();
    const PersonRow row = person(email);
    PersonChange change;
    change.roles = std::move(roles);
    REQUIRE(change_person(*context, Call{boss, row.version}, row.uuid, change));
  }
  void set_holiday(int day) {
    const Principal boss = administrator();
    using namespace std::chrono;
    REQUIRE(set_holidays(*context, Call{boss, boss.organisation.version}, {2026y / June / day}));
  }
  /// Facts of the record's events, oldest first; PostgreSQL gives events their places after their commit.
  std::vector<Json> told() {
    const Principal who = administrator();
    const RecordRow row = find(record);
    EventQuery query;
    query.record = row.id;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    std::vector<Json> facts;
    do {
      facts.clear();
      Snapshot at = store->read();
      for (const Event& event : list_events(at, query, who.reader)) facts.push_back(event.draft.facts);
    } while (std::ssize(facts) < row.version && std::chrono::steady_clock::now() < deadline);
    return facts;
  }

  std::function<PluginAnswer(const PluginQuestion&)> answer = [](const PluginQuestion&) {
    return PluginAnswer{Verdict::allow, {}, "1.0.0", "abc"};
  };
  std::function<void()> meanwhile;
  std::vector<PluginQuestion> questions;
  std::vector<std::string> languages;
  std::vector<std::chrono::steady_clock::time_point> deadlines;
  std::string record;
};

std::string outcome_of(const Result<Performed>& done) {
  if (done) return "granted";
  std::string text;
  for (const UnmetGuard& one : done.error().unmet) text += one.guard + "." + one.code;
  return text.empty() ? done.error().detail : text;
}

TEST_CASE("a plugin is asked once, in the person's language, and the event keeps what it said") {
  ASSAY_EACH_ENGINE(engine);
  GuardedOffice office(engine);
  office.answer = [](const PluginQuestion&) { return PluginAnswer{Verdict::warn, "Soon", "1.0.0", "abc"}; };
  CHECK(outcome_of(office.gather_as(gatherer)) == "granted");
  CHECK(office.languages == std::vector<std::string>{"en"});
  REQUIRE(office.questions.size() == 1);
  CHECK(office.questions[0].input.at("record").at("fields").at("feedback") == "Good");
  REQUIRE(office.told().size() == 2);
  CHECK(office.told()[1].at("judged") == Json::parse(R"([{"plugin": "com.example.calendar", "rule": "blackout",
    "verdict": "warn", "reason": "Soon", "version": "1.0.0", "package": "abc"}])"));
  check_replay(*office.store);
}

TEST_CASE("what a plugin refuses is stored nowhere, and neither is what nobody could ask it") {
  ASSAY_EACH_ENGINE(engine);
  GuardedOffice office(engine);
  office.answer = [](const PluginQuestion&) { return PluginAnswer{Verdict::deny, "Never"}; };
  CHECK(outcome_of(office.gather_as(gatherer)) == "plugin_allows.denied");
  office.context->guards.ask = {};
  CHECK(outcome_of(office.gather_as(gatherer)) == "plugin_allows.failed");
  CHECK(office.told().size() == 1);
  CHECK(office.version(office.record) == 1);
}

TEST_CASE("under a key a refusal is kept, but not a failure") {
  ASSAY_EACH_ENGINE(engine);
  GuardedOffice office(engine);
  Verdict verdict = Verdict::failed;
  office.answer = [&](const PluginQuestion&) { return PluginAnswer{verdict, "No"}; };
  CHECK(outcome_of(office.gather_as(gatherer, "first")) == "plugin_allows.failed");
  verdict = Verdict::deny;
  CHECK(outcome_of(office.gather_as(gatherer, "first")) == "plugin_allows.denied");
  verdict = Verdict::allow;
  CHECK(outcome_of(office.gather_as(gatherer, "first")) == "plugin_allows.denied");
  CHECK(outcome_of(office.gather_as(gatherer, "second")) == "granted");
}

TEST_CASE("guard race: an answer holds for what the plugin was shown, and it is asked again when that has changed") {
  ASSAY_EACH_ENGINE(engine);
  GuardedOffice office(engine);
  // It would not have allowed it to somebody with the roles that the person is given meanwhile.
  office.answer = [](const PluginQuestion& question) {
    const Json& roles = question.input.at("person").at("roles");
    const bool more = roles.size() > 1;
    return PluginAnswer{more ? Verdict::deny : Verdict::allow, more ? "Too powerful" : ""};
  };
  office.meanwhile = [&] {
    office.meanwhile = {};
    office.give_roles(gatherer, {"isms_manager", "risk_owner"});
  };
  CHECK(outcome_of(office.gather_as(gatherer)) == "plugin_allows.denied");
  CHECK(office.questions.size() == 2);
  CHECK(office.told().size() == 1);

  // What the organisation has set for the plugin is no part of the question, and counts as well.
  office.give_roles(gatherer, {"isms_manager"});
  office.questions.clear();
  office.meanwhile = [&] {
    office.meanwhile = {};
    office.set_holiday(1);
  };
  CHECK(outcome_of(office.gather_as(gatherer)) == "granted");
  CHECK(office.questions.size() == 2);
  check_replay(*office.store);
}

TEST_CASE("guard race: an answer holds for the settings at the commit, and each try has the whole patience") {
  ASSAY_EACH_ENGINE(engine);
  GuardedOffice office(engine);
  int day = 0;
  const auto noted = office.note_after([&] {
    if (day == 0) office.set_holiday(++day);  // after the plan has read all that it reads
  });
  CHECK(outcome_of(noted) == "granted");
  REQUIRE(office.questions.size() == 2);
  CHECK(office.deadlines.at(1) > office.deadlines.at(0));
  check_replay(*office.store);
}

TEST_CASE("a command that would ask plugins too much is refused as such, before it asks") {
  ASSAY_EACH_ENGINE(engine);
  GuardedOffice office(engine);
  std::vector<PluginAnswer> heard;
  CHECK(office.ask_all(50, heard));
  CHECK(heard.size() == 50);
  office.questions.clear();
  const auto refused = office.ask_all(51, heard);
  CHECK(outcome_of(refused) == "plugin_allows.too_many");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().unmet.at(0).detail == "Plugins would be asked 51 questions, and a command asks 50 at most.");
  CHECK(office.questions.empty());
}

TEST_CASE("what the questions before it left no time for was not asked, and has not failed") {
  ASSAY_EACH_ENGINE(engine);
  GuardedOffice office(engine);
  office.context->guards.patience = std::chrono::milliseconds(50);
  bool first = true;
  office.context->guards.ask = [&](const PluginQuestion&, const OrganisationRow&, std::string_view,
                                   std::chrono::steady_clock::time_point deadline) {
    std::this_thread::sleep_until(deadline);
    const PluginAnswer answer{first ? Verdict::allow : Verdict::failed, "its deadline has passed"};
    first = false;
    return answer;
  };
  std::vector<PluginAnswer> heard;
  CHECK(office.ask_all(2, heard));
  REQUIRE(heard.size() == 2);
  CHECK(heard.at(0).verdict == Verdict::allow);
  CHECK(heard.at(1).verdict == Verdict::unasked);
  CHECK(office.ask_all(1, heard));
  CHECK(heard.at(0).verdict == Verdict::failed);  // it had all the time
}

TEST_CASE("what only waits for a plugin is refused for now, and not kept under a key") {
  ASSAY_EACH_ENGINE(engine);
  GuardedOffice office(engine);
  PluginAnswer said{Verdict::failed, "it crashed and is tried again in 7 seconds"};
  said.retry_after = std::chrono::seconds(7);
  office.answer = [&](const PluginQuestion&) { return said; };
  const auto later = office.gather_as(gatherer, "key");
  REQUIRE_FALSE(later);
  CHECK(later.error().reason == Reason::overloaded);
  CHECK(later.error().retry_after == std::chrono::seconds(7));
  CHECK(outcome_of(later) == "plugin_allows.failed");
  said = {Verdict::unasked, "it is busy with another call"};
  const auto never = office.gather_as(gatherer, "key");
  REQUIRE_FALSE(never);
  CHECK(never.error().reason == Reason::unmet);
  CHECK(outcome_of(never) == "plugin_allows.not_asked");
  said = {Verdict::allow};
  CHECK(outcome_of(office.gather_as(gatherer, "key")) == "granted");
}

TEST_CASE("guard race: a record that has changed meanwhile is another one than the command is for") {
  ASSAY_EACH_ENGINE(engine);
  GuardedOffice office(engine);
  office.meanwhile = [&] {
    office.meanwhile = {};
    office.gather(office.record, "Faster");
  };
  const auto late = office.gather_as(gatherer);
  REQUIRE_FALSE(late);
  CHECK(late.error().reason == Reason::precondition_failed);
  CHECK(office.told().size() == 2);
  CHECK(office.told()[1].at("set").at("feedback") == "Faster");
}

TEST_CASE("guard race: a command has one moment, however long a plugin takes") {
  ASSAY_EACH_ENGINE(engine);
  GuardedOffice office(engine);
  office.meanwhile = [&] { office.clock.advance(std::chrono::hours(24)); };
  CHECK(outcome_of(office.gather_as(gatherer)) == "granted");
  CHECK(office.questions.size() == 1);
}

TEST_CASE("guard race: what changes with every answer is given up") {
  ASSAY_EACH_ENGINE(engine);
  GuardedOffice office(engine);
  int day = 0;
  office.meanwhile = [&] { office.set_holiday(++day); };
  const auto never = office.gather_as(gatherer);
  REQUIRE_FALSE(never);
  CHECK(never.error().reason == Reason::stale);
  CHECK(office.questions.size() == 9);
  CHECK(office.told().size() == 1);
}

TEST_CASE("a command that takes two is asked about twice, and both events keep the answer") {
  ASSAY_EACH_ENGINE(engine);
  GuardedOffice office(engine);
  REQUIRE(outcome_of(office.propose()) == "granted");
  CHECK(office.told().at(1).at("judged").at(0).at("verdict") == "allow");
  office.answer = [](const PluginQuestion&) { return PluginAnswer{Verdict::deny, "Not now"}; };
  CHECK(outcome_of(office.confirm()) == "plugin_allows.denied");
  CHECK(office.told().size() == 2);
  CHECK(office.questions.back().input.at("second").at("id") == office.person(second).uuid);
  office.answer = [](const PluginQuestion&) { return PluginAnswer{Verdict::warn, "Last time"}; };
  CHECK(outcome_of(office.confirm()) == "granted");
  CHECK(office.told().at(2).at("judged").at(0).at("reason") == "Last time");
  check_replay(*office.store);
}

TEST_CASE("who takes over a proposal is somebody whom the plugin would let make it") {
  ASSAY_EACH_ENGINE(engine);
  GuardedOffice office(engine);
  const std::string boss = office.administrator().person.uuid;
  REQUIRE(outcome_of(office.propose()) == "granted");
  office.answer = [&](const PluginQuestion& question) {
    const bool is_boss = question.input.at("person").at("id") == boss;
    return PluginAnswer{is_boss ? Verdict::deny : Verdict::allow, is_boss ? "Not the boss" : ""};
  };
  const auto give = [&] {
    const Principal who = office.administrator();
    const PersonRow from = office.person(gatherer);
    return hand_over(*office.context, Call{who, from.version}, from.uuid, {boss, {}, "Leaves", false});
  };
  CHECK(outcome_of(give()) == "plugin_allows.denied");
  office.answer = [](const PluginQuestion&) { return PluginAnswer{Verdict::warn, "Soon"}; };
  CHECK(outcome_of(give()) == "granted");
  const Json handed = office.told().back();
  CHECK(handed.contains("proposes"));
  CHECK(handed.at("judged").at(0).at("reason") == "Soon");
  check_replay(*office.store);
}

}  // namespace
}  // namespace assay::test::plugin_guards_test
