// Field schemas: a documented subset of JSON Schema draft-07, refused when the validator would ignore a part of it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "domain/check.h"
#include "domain/json.h"
#include "domain/refusal.h"

namespace assay {

/// Keywords, types and formats outside of the subset (workflows/schema/README.md), each as a flaw at its pointer.
std::vector<Flaw> check_schema(const Json& schema, const std::string& file, const std::string& pointer);

/// Every violation of `value` against a schema that check_schema accepts, with pointers that begin with `pointer`.
std::vector<InvalidField> violations(const Json& schema, const Json& value, const std::string& pointer);

}  // namespace assay
