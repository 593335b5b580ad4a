// What a change does to a stored body.
#include <algorithm>

#include "domain/decide.h"

namespace assay {

Json body_after(const Json& body, const Json& set, const Json& append, const std::vector<std::string>& waived) {
  Json after = body;
  for (const auto& [name, value] : set.items()) {
    if (value.is_null()) {
      after.erase(name);
    } else {
      after[name] = value;
    }
  }
  for (const auto& [name, element] : append.items()) after[name].push_back(element);
  for (const std::string& name : waived) {
    Json& granted = after["waived"];
    if (std::find(granted.begin(), granted.end(), Json(name)) == granted.end()) granted.push_back(name);
  }
  return after;
}

}  // namespace assay
