// Parts of which schemas of the API description are made.
#pragma once

#include <utility>

#include "domain/json.h"

namespace assay {

inline Json text_schema() { return {{"type", "string"}}; }
inline Json text_or_null() { return {{"type", Json::array({"string", "null"})}}; }

/// An object that has all of these members and may have others.
inline Json having_all(Json members) {
  Json names = Json::array();
  for (const auto& [name, schema] : members.items()) names.push_back(name);
  return {{"type", "object"}, {"properties", std::move(members)}, {"required", std::move(names)}};
}

}  // namespace assay
