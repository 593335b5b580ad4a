// What the catalogues of a shipped checklist have in common in all languages.
#pragma once

#include <set>
#include <string_view>

#include "plugins/plugin.h"

namespace assay::test {

/// The same tree with every text of a person replaced by its kind: what must not depend on the language.
inline Json skeleton(const Json& value, std::string_view name = {}) {
  static const std::set<std::string_view> translated = {"title",    "question", "look_at",
                                                        "evidence", "sampling", "language"};
  if (translated.contains(name)) return value.is_array() ? Json(value.size()) : Json(value.type_name());
  if (value.is_string() || !value.is_structured()) return value;
  Json result = value.is_array() ? Json::array() : Json::object();
  for (const auto& [key, member] : value.items()) {
    if (value.is_array()) {
      result.push_back(skeleton(member));
    } else {
      result[key] = skeleton(member, key);
    }
  }
  return result;
}

}  // namespace assay::test
