// What a newer version of a checklist catalogue changes.
#include "domain/catalogue_difference.h"

#include <map>
#include <utility>

namespace assay {
namespace {

/// By question: the question itself and its item without the other questions.
std::map<std::string, std::pair<Json, Json>> questions_of(const Json& catalogue) {
  std::map<std::string, std::pair<Json, Json>> all;
  for (const Json& item : catalogue.at("items")) {
    Json about = item;
    about.erase("questions");
    about.erase("group");
    for (const Json& question : item.at("questions")) all.emplace(question.at("id"), std::pair(question, about));
  }
  return all;
}

}  // namespace

CatalogueDifference compare_catalogues(const Json& from, const Json& to) {
  const auto before = questions_of(from), after = questions_of(to);
  // Another scale changes what every answer means.
  const bool same_scale = from.at("results") == to.at("results");
  CatalogueDifference difference;
  for (const auto& [id, question] : before) {
    const auto now = after.find(id);
    if (now == after.end()) {
      difference.removed.push_back(id);
    } else if (same_scale && now->second == question) {
      difference.kept.push_back(id);
    } else {
      difference.changed.push_back(id);
    }
  }
  for (const auto& [id, question] : after) {
    if (!before.contains(id)) difference.added.push_back(id);
  }
  return difference;
}

Json to_json(const CatalogueDifference& difference) {
  return {{"kept", difference.kept},
          {"changed", difference.changed},
          {"added", difference.added},
          {"removed", difference.removed}};
}

}  // namespace assay
