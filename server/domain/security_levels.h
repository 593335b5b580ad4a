// Security levels: which requirements apply at a target vector, and which levels the answers to them achieve.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "domain/derivation.h"
#include "domain/requirements.h"

namespace assay {

/// How a requirement is answered. `not_applicable` and `compensated` (by another measure) count as met, and say why.
enum class AnswerResult { met, partly_met, not_met, not_applicable, compensated };

struct RequirementAnswer {
  std::string requirement;  // id: "SR 1.1", "SR 1.1 RE 2"
  AnswerResult result;
  std::string reason = {};
};

struct SecurityLevelsInput {
  std::vector<int> target = {};  // by group of the list, 0 to its highest level; empty: 0 everywhere
  std::vector<RequirementAnswer> answers = {};
};

struct AppliedRequirement {
  const LeveledRequirement* requirement;  // of the list, and lives as long
  std::optional<AnswerResult> result;     // nothing: not answered
  bool is_open;                           // neither met nor what counts as such
};

struct GroupLevels {
  int target = 0;
  int achieved = 0;
  int applicable = 0;
  int open = 0;  // of the applicable ones
};

struct SecurityLevels {
  const RequirementList* list;
  std::vector<AppliedRequirement> applicable;  // in the order of the list
  std::vector<GroupLevels> groups;             // of the list
  Derivation derivation;

  /// True when no group achieves less than its target.
  bool reached() const;
};

/// A group achieves the highest level up to which nothing of it is open, answered or not; a level that adds nothing is
/// achieved with the one before (IEC 62443-3-3, annex A; 62443-1-1). Refuses as invalid, with pointers as the API names
/// the members, a target that is no level, and an answer to what the list lacks, given twice or without its reason; as
/// not_found when the set has no list of this name. Pure, any thread.
Result<SecurityLevels> security_levels(const WorkflowSet& set, std::string_view requirements,
                                       const SecurityLevelsInput& input);

/// The input from JSON: {target?: {GROUP: level}, answers?: [{requirement, result, reason?}]}, members of answers
/// beyond these left aside. Refuses as invalid what is of another shape, as not_found an unknown list.
Result<SecurityLevelsInput> security_levels_input(const WorkflowSet& set, std::string_view requirements,
                                                  const Json& json);

/// "met", "partly_met", ...
std::string_view name_of(AnswerResult result);

/// {GROUP: achieved level}
Json achieved_json(const SecurityLevels& levels);
/// Ids of the applicable requirements that are open.
Json gaps_json(const SecurityLevels& levels);

}  // namespace assay
