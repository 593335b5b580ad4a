// Members of a JSON request body.
#include "http/body_members.h"

#include <algorithm>

namespace assay {

Result<void> only_members(const Json& body, std::initializer_list<std::string_view> allowed) {
  if (!body.is_object()) return invalid_field("", "must be an object");
  std::vector<InvalidField> wrong;
  for (const auto& [name, value] : body.items()) {
    if (std::find(allowed.begin(), allowed.end(), name) == allowed.end())
      wrong.push_back({pointer_to("", name), "is not known here"});
  }
  if (wrong.empty()) return {};
  return Refusal{Reason::invalid, "some fields are not known", {}, std::move(wrong), {}};
}

Result<std::optional<std::string>> text_member(const Json& body, const char* name) {
  const auto found = body.find(name);
  if (found == body.end()) return std::optional<std::string>();
  if (!found->is_string()) return invalid_field(pointer_to("", name), "must be a string");
  return std::optional(found->get<std::string>());
}

Result<std::optional<std::vector<std::string>>> texts_member(const Json& body, const char* name) {
  const auto found = body.find(name);
  if (found == body.end()) return std::optional<std::vector<std::string>>();
  const bool texts =
      found->is_array() && std::all_of(found->begin(), found->end(), [](const Json& one) { return one.is_string(); });
  if (!texts) return invalid_field(pointer_to("", name), "must be a list of strings");
  return std::optional(found->get<std::vector<std::string>>());
}

Result<std::string> need_text(const Json& body, const char* name) {
  auto text = text_member(body, name);
  if (!text) return text.error();
  if (!*text) return invalid_field(pointer_to("", name), "is missing");
  return **text;
}

}  // namespace assay
