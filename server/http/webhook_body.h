// The settings of a webhook endpoint as a request brings them.
#pragma once

#include "commands/webhook_wish.h"
#include "domain/json.h"

namespace assay {

/// What `body` wishes; refuses as invalid what is no object, members that are not known, and values of another type.
/// What they say is not looked at: see check_wish().
Result<WebhookWish> webhook_wish_of(const Json& body);

}  // namespace assay
