// A plugin in a process of its own that is asked before a command is given: what it allows, warns of and denies, and
// what becomes of the command when it is of no use.
#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::plugin_guards_test {
namespace {

const std::string plugin = "org.example.whole", settings = "/api/v1/plugins/org.example.whole/settings";

std::string text_of(const fs::path& file) {
  std::ifstream input(file);
  return {std::istreambuf_iterator<char>(input), {}};
}

/// The shipped record types in a folder of their own; of a management review the plugin judges the amount that comes
/// with its inputs and with its cancellation, which takes two, and lets it be rescheduled when it does not answer.
fs::path guarded_workflows(const fs::path& to) {
  fs::create_directory(to);
  fs::copy(fs::path(ASSAY_SOURCE_DIR) / "workflows", to, fs::copy_options::recursive);
  const fs::path file = to / "internal/management-review.json";
  auto review = nlohmann::ordered_json::parse(text_of(file));
  const nlohmann::ordered_json guard = {{"guard", "plugin_allows"}, {"plugin", plugin}, {"rule", "limit"}};
  review["fields"]["amount"] = {{"title", "Amount"}, {"type", "integer"}, {"minimum", 0}, {"maximum", 99}};
  for (const char* name : {"gather_inputs", "cancel", "reschedule", "revise_minutes"}) {
    review["commands"][name]["may"].push_back("amount");
    review["commands"][name]["guards"].push_back(guard);
  }
  review["commands"]["cancel"]["guards"][0]["waiver"] = "gone";
  review["commands"]["reschedule"]["guards"][0]["on_failure"] = "allow";
  review["commands"]["revise_minutes"]["from"] = {"#open"};
  review["commands"]["revise_minutes"]["guards"][0]["rule"] = "budget";
  review["commands"]["excuse"] = nlohmann::ordered_json::parse(R"({"label": "Excuse", "event": "excused",
    "from": ["#open"], "by": ["isms_manager"], "second": ["top_management"], "must": ["reason"],
    "effects": [{"do": "waive", "waiver": "gone"}], "why": "x"})");
  std::ofstream(file) << review.dump();
  return to;
}

/// The stage with these record types, and as it was afterwards.
class Guarded {
 public:
  explicit Guarded(Stage& stage) : stage_(stage), folder_(guarded_workflows(stage.data().parent_path() / "guarded")) {
    serve({"hostile", "whole"});
  }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;
  ~Guarded() {
    stage_.serve_with({"hostile", "whole"});
    fs::remove_all(folder_);
  }
  void serve(const std::vector<std::string>& packages) {
    stage_.serve_with(packages, {"--workflows", folder_.string(), "--plugin-guard-timeout", "1"});
  }

 private:
  Stage& stage_;
  fs::path folder_;
};

struct Asking {
  explicit Asking(Stage& on)
      : stage(on),
        record("/api/v1/management-reviews/" +
               on.must("admin", "POST", "/api/v1/management-reviews", review_input("Guarded").dump())
                   .at("id")
                   .get<std::string>()) {}

  Answer give(const std::string& command, const std::string& input) {
    return stage.ask("admin", "POST", record + "/commands/" + command, input, {"If-Match: {etag}"});
  }
  void misbehave(const std::string& mode) {
    stage.must("admin", "PUT", settings, Json{{"settings", {{"mode", mode}}}}.dump(),
               {"If-Match: " + stage.ask("admin", "GET", settings).header("ETag")});
  }
  /// The event that made the record's present version; PostgreSQL gives events their places after their commit.
  Json last_event() {
    const Json version = stage.must("admin", "GET", record).at("version");
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (std::chrono::steady_clock::now() < deadline) {
      const Json last = stage.list("admin", record + "/events?full=true").back();
      if (last.at("data").at("sequence") == version) return last;
      std::this_thread::yield();
    }
    throw std::runtime_error("the event does not come up within 10 s");
  }

  Stage& stage;
  std::string record;
};

/// What a refusal says of the plugin.
std::string refusal(const Answer& answer) {
  if (answer.status != 409) return answer.head + answer.body;
  const Json unmet = parsed(answer).at("unmet").at(0);
  return unmet.at("code").get<std::string>() + ": " + unmet.at("detail").get<std::string>();
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// It allows, warns or denies, and the event says who was asked.
void judge(Stage& stage) {
  Asking asking(stage);
  const Json offered = stage.must("admin", "GET", asking.record + "/commands?command=gather_inputs");
  const Json& offer = offered.at("commands").at(0);
  CHECK(offer.at("allowed") == true);
  CHECK(offer.at("asks") == Json::parse(R"([{"plugin": "org.example.whole", "rule": "limit"}])"));
  CHECK_FALSE(
      stage.must("admin", "GET", asking.record + "/commands?command=hold").at("commands").at(0).contains("asks"));

  CHECK(asking.give("gather_inputs", R"({"amount": 9})").status == 200);
  Json event = asking.last_event();
  const Json packages = stage.must("admin", "GET", "/api/v1/plugins").at("items");
  const auto package =
      std::find_if(packages.begin(), packages.end(), [](const Json& one) { return one.at("id") == plugin; });
  REQUIRE(package != packages.end());
  CHECK(event.at("data").at("facts").at("judged") == Json::array({{{"plugin", plugin},
                                                                   {"rule", "limit"},
                                                                   {"verdict", "allow"},
                                                                   {"version", "1.2.3"},
                                                                   {"package", package->at("hash")}}}));
  CHECK(asking.give("gather_inputs", R"({"amount": 10})").status == 200);
  event = asking.last_event();
  CHECK(event.at("data").at("facts").at("judged").at(0).at("verdict") == "warn");
  CHECK(event.at("data").at("facts").at("judged").at(0).at("reason") == "just the limit");

  stage.events_since();
  CHECK(refusal(asking.give("gather_inputs", R"({"amount": 11})")) ==
        "denied: org.example.whole does not allow it: more than the limit.");
  const Answer german = stage.ask("admin", "POST", asking.record + "/commands/gather_inputs?lang=de",
                                  R"({"amount": 11})", {"If-Match: {etag}", "Accept-Language: de"});
  CHECK(contains(refusal(german), "more than the limit"));
  CHECK(refusal(asking.give("revise_minutes", R"({"amount": 1})")) == "unknown: org.example.whole has no rule budget.");
  CHECK(stage.events_since().empty());
  CHECK(stage.must("admin", "GET", asking.record).at("fields").at("amount") == 10);
}

/// A second person's confirmation asks it again.
void confirm_what_it_judges(Stage& stage) {
  Asking asking(stage);
  const Answer proposed = asking.give("cancel", R"({"amount": 5, "reason": "No quorum"})");
  REQUIRE(proposed.status == 202);
  CHECK(asking.last_event().at("data").at("facts").at("judged").at(0).at("verdict") == "allow");
  const std::string proposal =
      stage.must("admin", "GET", asking.record + "/proposals").at("proposals").at(0).at("id").get<std::string>() +
      "/confirm";
  const auto confirm = [&] {
    return stage.ask("top", "POST", asking.record + "/proposals/" + proposal, "", {"If-Match: {etag}"});
  };
  stage.must("admin", "PUT", settings, R"({"settings": {"limit": 4}})",
             {"If-Match: " + stage.ask("admin", "GET", settings).header("ETag")});
  stage.events_since();
  CHECK(contains(refusal(confirm()), "more than the limit"));
  CHECK(stage.events_since().empty());
  stage.must("admin", "PUT", settings, R"({"settings": {"limit": 5}})",
             {"If-Match: " + stage.ask("admin", "GET", settings).header("ETag")});
  CHECK(confirm().status == 200);
  CHECK(asking.last_event().at("data").at("facts").at("judged").at(0).at("verdict") == "warn");
  asking.misbehave("");
}

/// When it fails, hangs, crashes or is not there, nothing gets through, unless the record type says so.
void fail(Stage& stage, Guarded& guarded) {
  Asking asking(stage);
  struct Row {
    const char* mode;
    const char* reason;
  };
  // What says so goes on without the answer, which the event keeps.
  asking.misbehave("throw");
  CHECK(asking.give("reschedule", Json{{"planned_on", day(30)}, {"reason", "x"}}.dump()).status == 200);
  const Json judged = asking.last_event().at("data").at("facts").at("judged").at(0);
  CHECK(judged.at("verdict") == "failed");
  CHECK(judged.at("on_failure") == "allow");
  CHECK(judged.at("version") == "1.2.3");

  for (const Row& row : {Row{"throw", "it cannot judge"}, Row{"silent", "its verdict has no reason"},
                         Row{"hang", "deadline"}, Row{"crash", ""}}) {
    INFO(row.mode);
    asking.misbehave(row.mode);
    stage.events_since();
    const auto begun = std::chrono::steady_clock::now();
    const std::string said = refusal(asking.give("gather_inputs", R"({"amount": 1})"));
    INFO(said);
    CHECK(said.starts_with("failed: org.example.whole cannot be asked, and nothing is allowed without its answer: "));
    CHECK(contains(said, row.reason));
    CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(15));
    CHECK(stage.events_since().empty());
    CHECK_FALSE(stage.must("admin", "GET", asking.record).at("fields").contains("amount"));
  }
  CHECK(contains(text_of(stage.log()), "guard_not_answered"));
  CHECK(contains(text_of(stage.log()), "it cannot judge"));

  // It rests after a crash: nothing else stands in the way, and the answer says when to come back.
  Answer later;
  for (int crash = 0; crash < 4 && later.status != 503; ++crash)
    later = asking.give("gather_inputs", R"({"amount": 1})");
  CHECK(later.status == 503);
  CHECK_FALSE(later.header("Retry-After").empty());
  CHECK(parsed(later).at("unmet").at(0).at("code") == "not_asked");

  // At rest it was not asked, and nothing gets through for that, whatever the record type says of failures.
  CHECK(asking.give("reschedule", Json{{"planned_on", day(31)}, {"reason", "x"}}.dump()).status == 503);

  // Without the plugin the same, and the server says so when it starts.
  guarded.serve({});
  const std::string gone = refusal(asking.give("gather_inputs", R"({"amount": 1})"));
  CHECK(contains(gone, "failed: "));
  CHECK(contains(gone, "there is no plugin org.example.whole"));
  // Told beside the requests, when the plugins are loaded.
  const auto told = [&] {
    const std::string log = text_of(stage.log());
    return contains(log, "guard_missing") &&
           contains(log, "internal/management-review.json/commands/gather_inputs/guards/0");
  };
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!told() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  CHECK(told());
  guarded.serve({"whole"});
  asking.misbehave("");
  CHECK(asking.give("gather_inputs", R"({"amount": 1})").status == 200);
  stage.events_since();
}

TEST_CASE("a plugin is asked before a command is given, and nothing gets through while it cannot be") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  Guarded guarded(stage);
  judge(stage);
  confirm_what_it_judges(stage);
  fail(stage, guarded);
}

}  // namespace
}  // namespace assay::test::plugin_guards_test
