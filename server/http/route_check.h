// Holds a request against its route before its body is read: the query that it may have, the answers that it must take.
#pragma once

#include <optional>

#include "http/request.h"
#include "http/response.h"
#include "http/router.h"

namespace assay {

/// The answer to a request that `route` cannot serve as it is: 400 that names an item of the query which it does not
/// take, or which is there twice; 406 when Accept excludes all that the route answers with. Nothing if it can.
std::optional<Response> refused_by(const Route& route, const Request& request);

/// The answer for a client that does not take `media_types`.
Response not_acceptable(const Request& request, std::string_view media_types);

}  // namespace assay
