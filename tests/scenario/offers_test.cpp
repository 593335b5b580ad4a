// What a person is offered and what they get: /commands tells the same as performing the command does.
#include <functional>

#include "plugins/json_schema.h"
#include "scenario/sample.h"
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::offers_test {
namespace {

struct Situation {
  const char* name;
  std::function<std::string(Stage&)> make;  // a fresh record in it
  std::vector<std::string> people;
};

std::string finding(Stage& stage, const std::vector<std::string>& steps = {}) {
  const std::string record = issued_nonconformity(stage, "offered", "audits/" + stage.names.at("audit"));
  const Json owner = Json::array({stage.names.at("owner")});
  for (const std::string& step : steps) {
    if (step == "respond") {
      stage.act("owner", record, step,
                {{"correction", "Done."},
                 {"extent", "None."},
                 {"root_cause", "Lost."},
                 {"action", "Calendar."},
                 {"action_due", day(30)},
                 {"action_owner", owner}});
    }
    if (step == "dispute") stage.act("auditee", record, step, {{"dispute", "Not so."}});
  }
  return record;
}

const Situation situations[] = {
    {"a scheduled review",
     [](Stage& stage) { return scheduled_review(stage, "offered"); },
     {"admin", "manager", "top"}},
    {"a planned audit", [](Stage& stage) { return audit_in(stage, "offered", "planned"); }, {"manager", "lead", "top"}},
    {"a proposed team",
     [](Stage& stage) { return audit_in(stage, "offered", "team_proposed"); },
     {"manager", "lead", "auditor", "auditee"}},
    {"an audit in fieldwork",
     [](Stage& stage) { return audit_in(stage, "offered", "fieldwork"); },
     {"manager", "lead", "auditor", "auditee", "top"}},
    {"an audit with conclusions",
     [](Stage& stage) { return audit_in(stage, "offered", "conclusions"); },
     {"manager", "lead"}},
    {"a report in draft", [](Stage& stage) { return audit_in(stage, "offered", "report_draft"); }, {"lead", "manager"}},
    {"an issued nonconformity",
     [](Stage& stage) { return finding(stage); },
     {"owner", "auditee", "lead", "manager", "top", "auditor"}},
    {"a disputed one", [](Stage& stage) { return finding(stage, {"dispute"}); }, {"owner", "lead", "manager", "top"}},
    {"a response", [](Stage& stage) { return finding(stage, {"respond"}); }, {"owner", "lead", "manager", "auditor"}},
};

/// The problem of POST says what the offer said.
void hold_against(const Json& offer, const Answer& answer) {
  const Json& refusal = offer.at("refusal");
  const Json problem = parsed(answer);
  const std::string reason = refusal.at("reason");
  CHECK(answer.status == (reason == "not_permitted" ? 403 : 409));
  CHECK(problem.value("detail", "") == refusal.at("detail"));
  CHECK(problem.at("type") == "urn:assay:problem:" + std::string(reason == "not_permitted" ? "not-permitted"
                                                                 : reason == "wrong_state" ? "wrong-state"
                                                                                           : "unmet"));
  if (reason != "unmet") return;
  REQUIRE(problem.contains("unmet"));
  for (const Json& unmet : refusal.at("unmet")) {
    bool same = false;
    for (const Json& told : problem.at("unmet")) same = same || told == unmet;
    if (!same) FAIL_CHECK("the offer says " << unmet << ", the problem " << problem.at("unmet"));
  }
}

/// What the guards say about a sample's dates and people is about the sample.
bool depends_on_input(const Answer& answer) {
  static const std::set<std::string> about_input = {
      "not_before", "not_after", "after", "people_differ", "linked_some", "linked_all", "is", "role_present", "filled"};
  const Json problem = parsed(answer);
  if (answer.status == 422) return true;
  if (!problem.contains("unmet")) return false;
  for (const Json& unmet : problem.at("unmet")) {
    if (!about_input.contains(unmet.at("guard").get<std::string>())) return false;
  }
  return true;
}

struct Tally {
  int granted = 0, refused = 0, about_the_sample = 0;
};

Json offer_of(const Json& offers, const std::string& command) {
  for (const Json& offer : offers.at("commands")) {
    if (offer.at("command") == command) return offer;
  }
  throw std::runtime_error(command + " is not told of");
}

/// Performs every command that is told of; a record that was changed by one is followed by a fresh one.
void try_each(Stage& stage, const Situation& situation, const std::string& who, Tally& tally) {
  std::string record;
  Json offers;
  const auto renew = [&] {
    record = situation.make(stage);
    offers = stage.must(who, "GET", "/api/v1/" + record + "/commands");
  };
  renew();
  const Json all = offers.at("commands");
  for (const Json& one : all) {
    const std::string command = one.at("command");
    INFO(situation.name << ": " << who << " " << command);
    if (one.contains("endpoint")) continue;  // performed through its own resource, see the tests of those
    if (record.empty()) renew();
    const Json offer = offer_of(offers, command);
    const Json input = sample_of(offer.at("input"), stage.names.at("colleague"));
    CHECK(JsonSchema(offer.at("input").dump()).violations(input).empty());
    const Answer answer =
        stage.ask(who, "POST", "/api/v1/" + record + "/commands/" + command, input.dump(), {"If-Match: {etag}"});
    INFO(answer.body);
    if (answer.status < 300) record.clear();
    if (!offer.at("allowed").get<bool>()) {
      hold_against(offer, answer);
      ++tally.refused;
    } else if (answer.status >= 300) {
      CHECK(depends_on_input(answer));
      ++tally.about_the_sample;
    } else {
      CHECK((answer.status == 202) == offer.at("needs_second").get<bool>());
      ++tally.granted;
    }
  }
}

TEST_CASE("what is offered is granted, and what is refused is refused for the reasons that were told") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  Tally tally;
  for (const Situation& situation : situations) {
    for (const std::string& who : situation.people) {
      if (engine == "postgresql" && &who != &situation.people.front()) continue;
      try_each(stage, situation, who, tally);
    }
  }
  CAPTURE(tally.granted, tally.refused, tally.about_the_sample);
  CHECK(tally.granted > (engine == "sqlite" ? 50 : 15));
  CHECK(tally.refused > tally.granted);
  CHECK(tally.about_the_sample * 2 < tally.granted);
}

TEST_CASE("reasons are told in the language that is asked for, in the offer and in the problem") {
  Stage& stage = Stage::on("sqlite");
  const std::string audit = audit_in(stage, "spoken", "fieldwork");
  const auto unmet_of = [](const Json& from) {
    Json details = Json::array();
    for (const Json& one : from.at("unmet")) details.push_back(one.at("detail"));
    return details;
  };
  const auto offered = [&](const std::string& query, const std::vector<std::string>& headers) {
    const Answer answer = stage.ask("lead", "GET", "/api/v1/" + audit + "/commands" + query, {}, headers);
    const Json all = parsed(answer);
    for (const Json& offer : all.at("commands")) {
      if (offer.at("command") == "conclude")
        return std::pair(answer.header("Content-Language"), unmet_of(offer.at("refusal")));
    }
    throw std::runtime_error("conclude is not told of");
  };
  const auto refused = [&](const std::string& query, std::vector<std::string> headers) {
    headers.emplace_back("If-Match: {etag}");
    return unmet_of(parsed(stage.ask("lead", "POST", "/api/v1/" + audit + "/commands/conclude" + query,
                                     R"({"conclusions":"x"})", headers)));
  };
  const auto english = offered("", {}), german = offered("?lang=de", {});
  CHECK(english.first == "en");
  CHECK(german.first == "de");
  CHECK(english.second != german.second);
  CHECK(english.second.size() == german.second.size());
  CHECK(offered("", {"Accept-Language: de-DE,de;q=0.9"}) == german);
  CHECK(refused("", {}) == english.second);
  CHECK(refused("?lang=de", {}) == german.second);
  CHECK(refused("", {"Accept-Language: de"}) == german.second);
  CHECK(refused("?lang=fr", {}) == english.second);
}

TEST_CASE("the form of a management review begins with figures, which the command takes as they are or changed") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  finding(stage);
  const std::string review = scheduled_review(stage, "figures");
  const auto form = [&](const std::string& command) {
    return offer_of(stage.must("manager", "GET", "/api/v1/" + review + "/commands"), command).at("input");
  };
  const Json properties = form("gather_inputs").at("properties");
  const std::string text = properties.at("nonconformity_trend").at("default");
  CHECK(text.starts_with("As of " + day()));
  CHECK(text.find("\nMajor nonconformities open now: 0") == std::string::npos);
  CHECK(properties.at("nonconformity_trend").at("x-prefill") == text);
  CHECK_FALSE(properties.at("context_changes").contains("default"));
  stage.act("manager", review, "gather_inputs", {{"nonconformity_trend", text + "\nFewer than last year."}});
  const Json later = form("confirm_inputs").at("properties").at("nonconformity_trend");
  CHECK_FALSE(later.contains("default"));
  CHECK(later.at("x-prefill") == text);
  const Json kept = stage.must("manager", "GET", "/api/v1/" + review).at("fields");
  CHECK(kept.at("nonconformity_trend") == text + "\nFewer than last year.");
}

TEST_CASE("a command with a resource of its own is not performed by the general one") {
  Stage& stage = Stage::on("sqlite");
  stage.run({{"items",
              "lead",
              "POST",
              "/api/v1/audits/{audit}/commands/plan_items",
              {"If-Match: {etag}"},
              "{}",
              403,
              {"/items"}},
             {"evidence",
              "auditor",
              "POST",
              "/api/v1/audits/{audit}/commands/attach_evidence",
              {"If-Match: {etag}"},
              "{}",
              403,
              {"/evidence"}},
             {"a timer's command",
              "manager",
              "POST",
              "/api/v1/management-reviews/{review}/commands/note_overdue",
              {"If-Match: {etag}"},
              "{}",
              403},
             {"a creating command",
              "manager",
              "POST",
              "/api/v1/management-reviews/{review}/commands/schedule",
              {"If-Match: {etag}"},
              "{}",
              409,
              {"wrong-state"}}});
}

}  // namespace
}  // namespace assay::test::offers_test
