// Requirements in levels as data: which of them, and which of their enhancements, belong to which security level.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// What requirements of a kind are about, such as one of the seven foundational requirements of IEC 62443.
struct RequirementGroup {
  std::string id;    // "iac": the member of level vectors
  std::string code;  // "FR1"
  std::string title;
};

/// A requirement, or an enhancement of one, which counts as a requirement of its own.
struct LeveledRequirement {
  std::string id;           // "SR 1.1", "SR 1.1 RE 2"
  std::string base;         // "SR 1.1"
  std::string title;        // of the base
  std::size_t group;        // index into the groups
  int level;                // the lowest at which it applies
  std::size_t enhancement;  // 1, 2, ...; 0: the requirement itself
};

/// A list of `requirements/*.json`. Immutable once loaded; shared between threads.
struct RequirementList {
  std::string name;  // "iec62443_3_3"
  std::string label;
  std::string source;
  std::string edition;
  int levels = 0;  // the highest; the lowest, 0, asks for nothing
  std::vector<RequirementGroup> groups;
  std::vector<LeveledRequirement> all;  // by number, each followed by its enhancements
  std::map<std::string, std::size_t, std::less<>> by_id;
  std::map<std::string, std::map<std::string, std::string, std::less<>>, std::less<>>
      titles;  // language -> id -> title
};

/// "Human user identification and authentication, RE 2" in the language, else in English.
std::string title_of(const RequirementList& list, const LeveledRequirement& requirement, std::string_view language);

}  // namespace assay
