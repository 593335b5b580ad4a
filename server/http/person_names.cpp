// The names behind the ids of people.
#include "http/person_names.h"

namespace assay {

const std::optional<std::string>& PersonNames::find(const std::string& uuid) {
  const auto [known, fresh] = known_.try_emplace(uuid);
  if (fresh && !reader_.client) {
    if (const auto found = find_person(at_, uuid, reader_)) known->second = name_for(reader_, *found);
  }
  return known->second;
}

Json PersonNames::in(const Json& schema, Json value,
                     const std::function<std::string(const std::string& uuid)>& told) const {
  if (schema.contains("x-person")) return value.is_string() ? Json(told(value.get<std::string>())) : value;
  if (const auto elements = schema.find("items"); elements != schema.end() && value.is_array()) {
    for (Json& element : value) element = in(*elements, std::move(element), told);
  }
  if (const auto members = schema.find("properties"); members != schema.end() && value.is_object()) {
    for (auto& [name, member] : value.items()) {
      if (members->contains(name)) member = in(members->at(name), std::move(member), told);
    }
  }
  return value;
}

}  // namespace assay
