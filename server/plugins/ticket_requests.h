// Requests of a ticket adapter, and the secrets that the host puts into them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "domain/json.h"
#include "plugins/manifest.h"

namespace assay {

/// What is wrong with requests that are as sdk/schema/ticket-requests.json says: a name of a header that is none, a
/// value with control characters, or {secret:NAME} with a name that is no secret of the manifest.
std::optional<std::string> bad_ticket_requests(const Manifest& manifest, const Json& input, const Json& output);

/// A value of a header in which each {secret:NAME} is what `secret` gives for the name. Nothing when one is empty.
std::optional<std::string> with_secrets(std::string_view value,
                                        const std::function<std::string(const std::string&)>& secret);

}  // namespace assay
