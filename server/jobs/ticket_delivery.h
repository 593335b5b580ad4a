// A delivery by a ticket adapter: the plugin says what is to be asked of the tracker, and the server asks.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include "commands/context.h"
#include "integrations/outbound.h"
#include "integrations/webhook_payload.h"
#include "plugins/registry.h"
#include "storage/people.h"

namespace assay {

struct TicketDelivery {
  const PluginRegistry* plugins;  // null: none are there
  OrganisationRow organisation;
  std::string plugin;  // id
  WebUrl endpoint;
  std::string origin;  // of the endpoint, as secrets are bound to it (commands/plugin_settings.h)
  PayloadStyle style;
};

struct TicketsSent {
  OutboundRequest request;       // as it may be kept: without secrets
  OutboundResult result;         // of that
  bool nothing_to_send = false;  // the adapter has no request for this event
};

/// Asks the adapter and sends its request, of which there is one at most, to the origin of the endpoint. It has an
/// Idempotency-Key that is the same in every attempt. An adapter that fails is a result that failed. Returns within the
/// time-out of the call (10 s) and that of the client together.
TicketsSent send_tickets(const Context& context, const OutboundClient& client, const TicketDelivery& delivery,
                         const WebhookMessage& message, const std::stop_token& stop);

}  // namespace assay
