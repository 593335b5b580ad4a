// What a change does to a stored body.
#include <algorithm>

#include "domain/decide.h"

namespace assay {

Json body_after(Json body, const Json& set, const Json& append, const std::vector<std::string>& waived) {
  for (const auto& [name, value] : set.items()) {
    if (value.is_null()) {
      body.erase(name);
    } else {
      body[name] = value;
    }
  }
  for (const auto& [name, element] : append.items()) body[name].push_back(element);
  for (const std::string& name : waived) {
    Json& granted = body["waived"];
    if (std::find(granted.begin(), granted.end(), Json(name)) == granted.end()) granted.push_back(name);
  }
  return body;
}

}  // namespace assay
