// Security levels.
#include "domain/security_levels.h"

#include <algorithm>
#include <array>

namespace assay {
namespace {

constexpr std::array<std::string_view, 5> result_names{"met", "partly_met", "not_met", "not_applicable", "compensated"};

Result<const RequirementList*> list_of(const WorkflowSet& set, std::string_view name) {
  const auto found = set.requirements.find(name);
  if (found == set.requirements.end())
    return refuse(Reason::not_found, fmt::format("there is no list of requirements `{}`", name));
  return &found->second;
}

bool counts_as_met(AnswerResult result) {
  return result != AnswerResult::partly_met && result != AnswerResult::not_met;
}

bool is_blank(const std::string& text) { return text.find_first_not_of(" \t\r\n") == std::string::npos; }

/// The answer to each requirement of the list, by its index.
using Answers = std::vector<std::optional<AnswerResult>>;

Result<Answers> answers_to(const RequirementList& list, const std::vector<RequirementAnswer>& given) {
  Answers answers(list.all.size());
  std::vector<InvalidField> wrong;
  for (std::size_t i = 0; i < given.size(); ++i) {
    const auto& [requirement, result, reason] = given[i];
    const auto found = list.by_id.find(requirement);
    if (found == list.by_id.end()) {
      wrong.push_back({fmt::format("/answers/{}/requirement", i), fmt::format("is none of {}", list.source)});
      continue;
    }
    auto& answer = answers[found->second];
    if (answer) wrong.push_back({fmt::format("/answers/{}/requirement", i), "is answered before"});
    const bool explained = result == AnswerResult::not_applicable || result == AnswerResult::compensated;
    if (explained && is_blank(reason))
      wrong.push_back({fmt::format("/answers/{}/reason", i), "is missing: this result needs one"});
    answer = result;
  }
  if (!wrong.empty()) return Refusal{Reason::invalid, "some fields are not valid", {}, std::move(wrong), {}};
  return answers;
}

/// "open at level 2: SR 1.1, SR 1.2 RE 1 and 3 more": what is open of a group at the level after the achieved one.
Wording open_ones(const RequirementList& list, const Answers& answers, std::size_t group, int achieved) {
  constexpr std::size_t shown = 5;
  Json open = Json::array();
  std::size_t count = 0;
  for (std::size_t i = 0; i < list.all.size(); ++i) {
    const LeveledRequirement& one = list.all[i];
    if (one.group != group || one.level > achieved + 1 || (answers[i] && counts_as_met(*answers[i]))) continue;
    if (++count <= shown) open.push_back(one.id);
  }
  if (count == 0) return {"nothing_open"};
  Wording wording{"open_at_level", {{"level", achieved + 1}, {"open", std::move(open)}}};
  if (count > shown) {
    wording.code = "open_and_more";
    wording.values["more"] = count - shown;
  }
  return wording;
}

void derive(const RequirementList& list, const Answers& answers, std::size_t index, SecurityLevels& result) {
  const GroupLevels& levels = result.groups[index];
  const auto step = [&](const char* rule, Wording value, Wording came) {
    result.derivation.push_back({{rule, {{"group", list.groups[index].code}}},
                                 list.name,
                                 list.source,
                                 list.edition,
                                 std::move(value),
                                 std::move(came)});
  };
  step("requirements_apply", {"target_level", {{"level", levels.target}}},
       {"apply_and_open", {{"applicable", levels.applicable}, {"open", levels.open}}});
  step("level_achieved",
       levels.achieved == list.levels ? Wording{"nothing_open"} : open_ones(list, answers, index, levels.achieved),
       {"level", {{"level", levels.achieved}}});
}

Refusal no_level(const std::string& group, const RequirementList& list) {
  return invalid_field(pointer_to("/target", group), fmt::format("must be from 0 to {}", list.levels));
}

std::optional<AnswerResult> result_named(const Json& name) {
  for (std::size_t i = 0; i < result_names.size(); ++i) {
    if (name == result_names[i]) return static_cast<AnswerResult>(i);
  }
  return {};
}

/// A text member, or "" when it is absent or something else.
std::string text_in(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

}  // namespace

bool SecurityLevels::reached() const {
  return std::all_of(groups.begin(), groups.end(), [](const auto& one) { return one.achieved >= one.target; });
}

std::string_view name_of(AnswerResult result) { return result_names.at(static_cast<std::size_t>(result)); }

Result<SecurityLevels> security_levels(const WorkflowSet& set, std::string_view requirements,
                                       const SecurityLevelsInput& input) {
  const auto found = list_of(set, requirements);
  if (!found) return found.error();
  const RequirementList& list = **found;
  SecurityLevels result{&list, {}, std::vector<GroupLevels>(list.groups.size()), {}};
  for (std::size_t i = 0; i < result.groups.size(); ++i) {
    GroupLevels& group = result.groups[i];
    group.target = i < input.target.size() ? input.target[i] : 0;
    group.achieved = list.levels;
    if (group.target < 0 || group.target > list.levels) return no_level(list.groups[i].id, list);
  }
  const auto answers = answers_to(list, input.answers);
  if (!answers) return answers.error();
  result.applicable.reserve(list.all.size());
  for (std::size_t i = 0; i < list.all.size(); ++i) {
    const LeveledRequirement& one = list.all[i];
    GroupLevels& group = result.groups[one.group];
    const auto& answer = (*answers)[i];
    const bool open = !answer || !counts_as_met(*answer);
    if (open) group.achieved = std::min(group.achieved, one.level - 1);
    if (one.level > group.target) continue;
    ++group.applicable;
    group.open += open ? 1 : 0;
    result.applicable.push_back({&one, answer, open});
  }
  result.derivation.reserve(2 * result.groups.size());
  for (std::size_t i = 0; i < result.groups.size(); ++i) derive(list, *answers, i, result);
  return result;
}

Result<SecurityLevelsInput> security_levels_input(const WorkflowSet& set, std::string_view requirements,
                                                  const Json& json) {
  const auto found = list_of(set, requirements);
  if (!found) return found.error();
  const auto& groups = (*found)->groups;
  SecurityLevelsInput input;
  input.target.resize(groups.size());
  const Json target = json.value("target", Json::object()), answers = json.value("answers", Json::array());
  if (!target.is_object()) return invalid_field("/target", "must name a level for each group");
  for (const auto& [name, level] : target.items()) {
    const auto group =
        std::find_if(groups.begin(), groups.end(), [&, &id = name](const auto& one) { return one.id == id; });
    if (group == groups.end()) return invalid_field(pointer_to("/target", name), "is no group of the list");
    if (!level.is_number_integer()) return invalid_field(pointer_to("/target", name), "must be a level");
    if (level < 0 || level > (*found)->levels) return no_level(name, **found);  // nor does it fit an int then
    input.target[static_cast<std::size_t>(group - groups.begin())] = level.get<int>();
  }
  if (!answers.is_array()) return invalid_field("/answers", "must be a list");
  for (const Json& answer : answers) {
    const std::string pointer = fmt::format("/answers/{}", input.answers.size());
    if (!answer.is_object()) return invalid_field(pointer, "must be an object");
    const auto result = result_named(answer.value("result", Json()));
    if (!result) return invalid_field(pointer + "/result", "is no result that an answer may have");
    input.answers.push_back({text_in(answer, "requirement"), *result, text_in(answer, "reason")});
  }
  return input;
}

Json achieved_json(const SecurityLevels& levels) {
  Json vector = Json::object();
  for (std::size_t i = 0; i < levels.groups.size(); ++i) vector[levels.list->groups[i].id] = levels.groups[i].achieved;
  return vector;
}

Json gaps_json(const SecurityLevels& levels) {
  Json gaps = Json::array();
  for (const AppliedRequirement& one : levels.applicable) {
    if (one.is_open) gaps.push_back(one.requirement->id);
  }
  return gaps;
}

}  // namespace assay
