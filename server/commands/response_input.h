// What a report of a response is made of: a nonconformity with all that was answered to it, as one JSON document
// (sdk/schema/response-input.json).
#pragma once

#include <string>
#include <string_view>

#include "commands/context.h"
#include "storage/records.h"

namespace assay {

/// What reports of records of this type are made of, in the words of a plugin's manifest (`of` of a format):
/// "response" where the type keeps a list `responses`, else "audit".
std::string_view reported_of(const Definition& type);

/// The response input for such a record in a language, from one snapshot and as `who` may see it; without input_hash.
Json response_input(Context& context, Snapshot& at, const Principal& who, const RecordRow& record,
                    const std::string& language);

}  // namespace assay
