// Evidence as requests tell it: the members of a JSON body, the query and headers of an upload.
#pragma once

#include "commands/evidence.h"
#include "domain/json.h"
#include "http/request.h"

namespace assay {

/// What a JSON body says. Refuses unknown members and those that cannot be read.
Result<EvidenceWish> evidence_in(const Json& body);
/// What is known of an upload before its body has come. Refuses what cannot be read.
Result<EvidenceWish> evidence_announced(const Request& request);

}  // namespace assay
