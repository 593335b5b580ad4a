// JSON as the whole server uses it: one alias, and the canonical text that is hashed.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace assay {

using Json = nlohmann::json;  // object members are kept sorted by name

/// The text of `value` with sorted members and no white space: what hashes, ETags and stored bodies rest on.
/// Integers and strings only give the same text as RFC 8785; invalid UTF-8 throws nlohmann::json::type_error.
std::string canonical(const Json& value);

}  // namespace assay
