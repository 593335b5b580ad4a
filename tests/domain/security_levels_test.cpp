// Security levels: what IEC 62443-3-3 asks for at each level, what answers achieve, and how lists are read.
#include <catch2/catch_all.hpp>

#include <fmt/ranges.h>

#include <cstdio>
#include <utility>

#include "domain/calculated.h"
#include "domain/chance.h"
#include "domain/security_levels.h"
#include "domain/small.h"

namespace assay::test::security_levels_test {
namespace {

const std::string iec = "iec62443_3_3";

const WorkflowSet& shipped_levels() {
  static const WorkflowSet set =
      load_or_throw(read_workflow_files(std::filesystem::path(ASSAY_SOURCE_DIR) / "workflows"));
  return set;
}
const RequirementList& list() { return shipped_levels().requirements.at(iec); }

std::vector<int> everywhere(int level) { return std::vector<int>(list().groups.size(), level); }

/// Every requirement up to the level, met.
std::vector<RequirementAnswer> met_up_to(int level) {
  std::vector<RequirementAnswer> answers;
  for (const LeveledRequirement& one : list().all) {
    if (one.level <= level) answers.push_back({one.id, AnswerResult::met});
  }
  return answers;
}

std::string first_fault(const Result<SecurityLevels>& result) {
  if (result) return "granted";
  const Refusal& refusal = result.error();
  return refusal.invalid.empty() ? refusal.detail : refusal.invalid[0].pointer + ": " + refusal.invalid[0].detail;
}

std::string achieved_by(const SecurityLevels& levels) {
  std::string text;
  for (const GroupLevels& group : levels.groups) text += std::to_string(group.achieved);
  return text;
}

SecurityLevels levels_of(std::vector<int> target, std::vector<RequirementAnswer> answers) {
  auto levels = security_levels(shipped_levels(), iec, {std::move(target), std::move(answers)});
  REQUIRE(first_fault(levels) == "granted");
  return std::move(*levels);
}

TEST_CASE("IEC 62443-3-3 asks for 37, 60, 90 and 100 requirements and enhancements", "[security_levels]") {
  // Of each foundational requirement, counted by hand; the totals are as published.
  const std::vector<std::vector<int>> counted{{0, 0, 0, 0, 0, 0, 0},
                                              {10, 8, 5, 2, 4, 1, 7},
                                              {16, 12, 10, 4, 6, 2, 10},
                                              {22, 21, 16, 5, 10, 3, 13},
                                              {24, 24, 19, 6, 11, 3, 13}};
  constexpr int totals[] = {0, 37, 60, 90, 100};
  for (int level = 0; level <= 4; ++level) {
    INFO(level);
    const SecurityLevels levels = levels_of(everywhere(level), {});
    CHECK(levels.applicable.size() == static_cast<std::size_t>(totals[level]));
    std::vector<int> counts;
    for (const GroupLevels& group : levels.groups) counts.push_back(group.applicable);
    CHECK(counts == counted[static_cast<std::size_t>(level)]);
  }
}

TEST_CASE("enhancements apply from their own level on", "[security_levels]") {
  const auto [id, level] = GENERATE(table<const char*, int>({
      {"SR 1.1", 1},
      {"SR 1.1 RE 1", 2},
      {"SR 1.1 RE 2", 3},
      {"SR 1.1 RE 3", 4},
      {"SR 1.7 RE 1", 3},
      {"SR 1.13 RE 1", 2},
      {"SR 2.1 RE 2", 2},
      {"SR 2.1 RE 4", 4},
      {"SR 2.7", 3},
      {"SR 2.12 RE 1", 4},
      {"SR 3.2 RE 1", 2},
      {"SR 3.8 RE 2", 3},
      {"SR 4.1 RE 2", 4},
      {"SR 5.2 RE 3", 3},
      {"SR 6.1 RE 1", 3},
      {"SR 6.2", 2},
      {"SR 7.1 RE 1", 2},
      {"SR 7.8", 2},
  }));
  INFO(id);
  REQUIRE(list().by_id.contains(id));
  CHECK(list().all[list().by_id.find(id)->second].level == level);
}

TEST_CASE("the level that answers achieve", "[security_levels]") {
  struct Row {
    const char* what;
    int met;                                 // up to this level
    std::vector<RequirementAnswer> instead;  // of being met
    const char* achieved;                    // of FR 1 to 7
  };
  using enum AnswerResult;
  const auto row = GENERATE(values<Row>({
      {"nothing answered", 0, {}, "0000000"},
      {"all of level 1", 1, {}, "1111111"},
      {"all of level 2", 2, {}, "2222222"},
      {"all of level 3: FR 6 and 7 ask for nothing more at 4", 3, {}, "3333344"},
      {"everything", 4, {}, "4444444"},
      {"one of level 1 is open", 4, {{"SR 1.1", not_met}}, "0444444"},
      {"one of level 1 is met in part", 4, {{"SR 5.1", partly_met}}, "4444044"},
      {"an enhancement of level 3 is open", 4, {{"SR 6.1 RE 1", not_met}}, "4444424"},
      {"one of level 2 is compensated", 2, {{"SR 1.8", compensated, "A signed list of keys"}}, "2222222"},
      {"one of level 1 is not applicable", 2, {{"SR 1.6", not_applicable, "No radio"}}, "2222222"},
  }));
  INFO(row.what);
  auto answers = met_up_to(row.met);
  for (const RequirementAnswer& other : row.instead) {
    for (RequirementAnswer& answer : answers) {
      if (answer.requirement == other.requirement) answer = other;
    }
  }
  const SecurityLevels levels = levels_of(everywhere(2), answers);
  CHECK(achieved_by(levels) == row.achieved);
  CHECK(levels.reached() == (gaps_json(levels).empty()));
}

TEST_CASE("gaps are what applies at the target and is open, and every step says where it stands", "[security_levels]") {
  auto answers = met_up_to(1);
  std::erase_if(answers, [](const auto& one) { return one.requirement == "SR 5.1"; });
  const SecurityLevels levels = levels_of({1, 0, 0, 2, 1, 0, 0}, answers);
  CHECK(gaps_json(levels) == Json({"SR 4.1 RE 1", "SR 4.2", "SR 5.1"}));
  CHECK(achieved_json(levels).at("rdf") == 0);
  CHECK_FALSE(levels.reached());
  REQUIRE(levels.derivation.size() == 14);
  for (const DerivationStep& step : levels.derivation) {
    CHECK(step.source == "IEC 62443-3-3");
    CHECK(step.policy == iec);
    CHECK_FALSE(step.edition.empty());
    for (const Wording* part : {&step.rule, &step.value, &step.result}) CHECK_FALSE(told(*part, "de").empty());
  }
  const auto value = [&](std::size_t step) { return told(levels.derivation[step].value, "en"); };
  const auto result = [&](std::size_t step) { return told(levels.derivation[step].result, "en"); };
  CHECK(value(6) == "target 2");
  CHECK(result(6) == "4 apply, 2 open");
  CHECK(value(7) == "open at level 2: SR 4.1 RE 1, SR 4.2");
  CHECK(result(7) == "level 1");
  CHECK(value(9) == "open at level 1: SR 5.1");
}

TEST_CASE("what security levels refuse names the member", "[security_levels]") {
  using enum AnswerResult;
  const auto said = [](std::vector<int> target, std::vector<RequirementAnswer> answers) {
    return first_fault(security_levels(shipped_levels(), iec, {std::move(target), std::move(answers)}));
  };
  CHECK(said({5}, {}) == "/target/iac: must be from 0 to 4");
  CHECK(said({0, -1}, {}) == "/target/uc: must be from 0 to 4");
  CHECK(said({}, {{"SR 9.1", met}}) == "/answers/0/requirement: is none of IEC 62443-3-3");
  CHECK(said({}, {{"SR 1.1", met}, {"SR 1.1", not_met}}) == "/answers/1/requirement: is answered before");
  CHECK(said({}, {{"SR 1.1", compensated, " "}}).starts_with("/answers/0/reason: "));
  CHECK(said({}, {{"SR 1.6", not_applicable}}).starts_with("/answers/0/reason: "));
  CHECK(first_fault(security_levels(shipped_levels(), "iec", {})) == "there is no list of requirements `iec`");
}

TEST_CASE("hostile input of a named calculation is refused, never thrown at", "[security_levels]") {
  const auto [given, pointer] = GENERATE(table<const char*, const char*>({
      {R"({})", ""},
      {R"({"requirements": 7})", ""},
      {R"({"requirements": "iec62443_3_3", "target": []})", "/target"},
      {R"({"requirements": "iec62443_3_3", "target": {"iac": "2"}})", "/target/iac"},
      {R"({"requirements": "iec62443_3_3", "target": {"iac": 1.5}})", "/target/iac"},
      {R"({"requirements": "iec62443_3_3", "target": {"uc": 4294967297}})", "/target/uc"},
      {R"({"requirements": "iec62443_3_3", "target": {"uc": 18446744073709551615}})", "/target/uc"},
      {R"({"requirements": "iec62443_3_3", "target": {"uc": -1}})", "/target/uc"},
      {R"({"requirements": "iec62443_3_3", "target": {"x/y": 1}})", "/target/x~1y"},
      {R"({"requirements": "iec62443_3_3", "answers": {}})", "/answers"},
      {R"({"requirements": "iec62443_3_3", "answers": [1]})", "/answers/0"},
      {R"({"requirements": "iec62443_3_3", "answers": [{"requirement": "SR 1.1"}]})", "/answers/0/result"},
      {R"({"requirements": "iec62443_3_3", "answers": [{"requirement": 1, "result": "met"}]})",
       "/answers/0/requirement"},
  }));
  INFO(given);
  const auto result =
      find_calculation("security_levels")->run(PolicyValues(shipped_levels()), Json::parse(given), "en");
  REQUIRE(result.has_error());
  CHECK((result.error().invalid.empty() ? "" : result.error().invalid[0].pointer) == pointer);
  CHECK(find_calculation("luck") == nullptr);
}

TEST_CASE("levels grow with answers, and a target is reached exactly without gaps", "[security_levels][property]") {
  const unsigned seed = chosen_seed();
  INFO("ASSAY_SEED=" << seed);
  Chance chance(seed);
  const std::vector<AnswerResult> results{AnswerResult::met,         AnswerResult::met,
                                          AnswerResult::met,         AnswerResult::not_met,
                                          AnswerResult::compensated, AnswerResult::not_applicable,
                                          AnswerResult::partly_met};
  SecurityLevelsInput input{everywhere(0), met_up_to(4)};
  for (RequirementAnswer& answer : input.answers) answer.reason = "why";
  std::vector<int> before;  // achieved with the answer as it was
  for (int i = 0; i < property_cases; ++i) {
    if (i % 200 == 0) {  // all met again, so that higher levels are seen too
      for (RequirementAnswer& answer : input.answers) answer.result = AnswerResult::met;
      before.assign(7, 4);
    }
    input.target[chance.below(7)] = static_cast<int>(chance.between(0, 4));
    RequirementAnswer& changed = input.answers[chance.below(input.answers.size())];
    const AnswerResult was = changed.result;
    changed.result = chance.one_of(results);
    const bool was_open = was == AnswerResult::not_met || was == AnswerResult::partly_met;
    const bool is_open = changed.result == AnswerResult::not_met || changed.result == AnswerResult::partly_met;
    const auto levels = security_levels(shipped_levels(), iec, input);
    const LeveledRequirement& one = list().all[list().by_id.find(changed.requirement)->second];
    const char* wrong = nullptr;
    for (std::size_t g = 0; g < 7; ++g) {
      const GroupLevels& now = levels->groups[g];
      const int then = std::exchange(before[g], now.achieved);
      if (g != one.group && now.achieved != then) wrong = "an answer moves another group";
      if (is_open && now.achieved > then) wrong = "an open answer raises a level";
      if (!is_open && was_open && now.achieved < then) wrong = "a met answer lowers a level";
      if (g == one.group && is_open && now.achieved >= one.level) wrong = "a level above what is open";
      if ((now.achieved >= now.target) != (now.open == 0)) wrong = "reached and gaps disagree";
      if (now.open > now.applicable) wrong = "more open than apply";
    }
    if (levels->reached() != std::none_of(levels->applicable.begin(), levels->applicable.end(),
                                          [](const AppliedRequirement& applied) { return applied.is_open; }))
      wrong = "reached";
    if (wrong) FAIL(changed.requirement << " in case " << i << ": " << wrong);
  }
}

TEST_CASE("titles are told in the language, and each requirement has a German one", "[security_levels]") {
  const auto& german = list().titles.at("de");
  for (const RequirementGroup& group : list().groups) CHECK(german.contains(group.id));
  for (const LeveledRequirement& one : list().all) CHECK(german.contains(one.base));
  const LeveledRequirement& enhancement = list().all[list().by_id.find("SR 5.1 RE 1")->second];
  CHECK(title_of(list(), enhancement, "de") == "Segmentierung des Netzes, RE 1");
  CHECK(title_of(list(), enhancement, "fr") == "Network segmentation, RE 1");
}

TEST_CASE("a list of requirements that is wrong is refused with its place", "[load]") {
  const auto [text, pointer] = GENERATE(table<const char*, const char*>({
      {R"([])", ""},
      {R"({})", ""},
      {R"({"requirements": {"L": {}}})", "/requirements/L"},
      {R"({"requirements": {"l": {"label":"L","source":"s","edition":"e","levels":12,"groups":[{"id":"a","code":"A","title":"A"}],
           "requirements":[{"id":"R1","group":"a","title":"t","level":1}]}}})",
       "/requirements/l"},
      {R"({"requirements": {"l": {"label":"L","source":"s","edition":"e","levels":2,"groups":[{"id":"a","code":"A","title":"A"}],
           "requirements":[{"id":"R1","group":"b","title":"t","level":1}]}}})",
       "/requirements/l/requirements/0"},
      {R"({"requirements": {"l": {"label":"L","source":"s","edition":"e","levels":2,"groups":[{"id":"a","code":"A","title":"A"}],
           "requirements":[{"id":"R1","group":"a","title":"t","level":3}]}}})",
       "/requirements/l/requirements/0"},
      {R"({"requirements": {"l": {"label":"L","source":"s","edition":"e","levels":2,"groups":[{"id":"a","code":"A","title":"A"}],
           "requirements":[{"id":"R1","group":"a","title":"t","level":2,"enhancements":[1]}]}}})",
       "/requirements/l/requirements/0/enhancements/0"},
      {R"({"requirements": {"l": {"label":"L","source":"s","edition":"e","levels":2,
           "groups":[{"id":"a","code":"A","title":"A"},{"id":"a","code":"B","title":"B"}],
           "requirements":[{"id":"R1","group":"a","title":"t","level":2}]}}})",
       "/requirements/l/groups/1/id"},
      {R"({"requirements": {"l": {"label":"L","source":"s","edition":"e","levels":2,"groups":[{"id":"a","code":"A","title":"A"}],
           "requirements":[{"id":"R1","group":"a","title":"t","level":2},{"id":"R1","group":"a","title":"u","level":2}]}}})",
       "/requirements/l/requirements/1"},
  }));
  INFO(text);
  WorkflowFiles files = small_files();
  files["requirements/list.json"] = text;
  const auto loaded = load_workflows(files);
  REQUIRE(std::holds_alternative<std::vector<Flaw>>(loaded));
  std::vector<std::string> places;
  for (const Flaw& flaw : std::get<std::vector<Flaw>>(loaded)) places.push_back(flaw.pointer);
  INFO(fmt::format("{}", fmt::join(places, " ")));
  CHECK(std::find(places.begin(), places.end(), pointer) != places.end());
}

}  // namespace
}  // namespace assay::test::security_levels_test
