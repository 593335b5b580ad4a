// Members of a JSON request body, read one by one with a refusal that names the one that is wrong.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/json.h"
#include "domain/refusal.h"

namespace assay {

/// Members that `allowed` does not name, each as an invalid field; not an object at all is invalid too.
Result<void> only_members(const Json& body, std::initializer_list<std::string_view> allowed);

/// A member of the body: nothing when absent; `invalid` when it is of another type.
Result<std::optional<std::string>> text_member(const Json& body, const char* name);
Result<std::optional<std::vector<std::string>>> texts_member(const Json& body, const char* name);
/// Mandatory text.
Result<std::string> need_text(const Json& body, const char* name);

}  // namespace assay
