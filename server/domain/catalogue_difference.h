// What a newer version of a checklist catalogue changes, question by question. Ids are stable and never used again for
// another question, so that they tell what is the same.
#pragma once

#include <string>
#include <vector>

#include "domain/json.h"

namespace assay {

/// Ids of questions, each list sorted.
struct CatalogueDifference {
  std::vector<std::string> kept;     // nothing of the question or its item has changed
  std::vector<std::string> changed;  // its text, its item's text, or something else that an answer rests on
  std::vector<std::string> added;
  std::vector<std::string> removed;
};

/// Both are valid (sdk/schema/checklist.json). Which group an item is in changes no question.
CatalogueDifference compare_catalogues(const Json& from, const Json& to);

Json to_json(const CatalogueDifference& difference);

}  // namespace assay
