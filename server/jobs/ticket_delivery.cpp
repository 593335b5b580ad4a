// A delivery by a ticket adapter.
#include "jobs/ticket_delivery.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "plugins/call_services.h"
#include "plugins/ticket_requests.h"

namespace assay {
namespace {

constexpr std::chrono::seconds adapter_patience{10};

/// What is sent, and what of it is kept.
struct TicketPair {
  OutboundRequest sent, kept;
};

bool is_header(std::string_view name, std::string_view wanted) { return lower(name) == wanted; }

bool has(const OutboundHeaders& headers, std::string_view wanted) {
  return std::any_of(headers.begin(), headers.end(), [&](const auto& one) { return is_header(one.first, wanted); });
}

/// What the adapter says, or why it says nothing.
Result<Json> asked(const Context& context, const TicketDelivery& delivery, const WebhookMessage& message,
                   const std::stop_token& stop) {
  Plugin* const plugin = delivery.plugins == nullptr ? nullptr : delivery.plugins->find(delivery.plugin);
  if (plugin == nullptr || !plugin->manifest().implements("ticket/1"))
    return refuse(Reason::unsupported, "there is no ticket adapter " + delivery.plugin + " that works");
  auto services = services_for(delivery.organisation, *plugin, context.clock());
  if (!services) return services.error();
  services->now_ms.reset();  // the same event gives the same requests
  const Json input = {{"ticket_input", 1},
                      {"event", Json::parse(webhook_body(message, delivery.style))},
                      {"endpoint", {{"url", delivery.endpoint.text()}}}};
  return plugin->answer(sandbox::Method::requests, input, delivery.organisation.language,
                        {std::chrono::steady_clock::now() + adapter_patience, stop}, *services);
}

/// A request of the adapter with its secrets, or what is wrong with it.
Result<TicketPair> prepared(const Context& context, const TicketDelivery& delivery, const Json& json,
                            const std::string& key) {
  OutboundRequest kept{delivery.endpoint, json.at("method"), {}, json.value("body", "")};
  kept.url.target = json.at("path");
  const Json headers = json.value("headers", Json::object());
  for (const auto& [name, value] : headers.items()) kept.headers.emplace_back(name, value.get<std::string>());
  if (!has(kept.headers, "content-type") && !kept.body.empty())
    kept.headers.emplace_back("Content-Type", "application/json");
  if (!has(kept.headers, "idempotency-key")) kept.headers.emplace_back("Idempotency-Key", key);
  OutboundRequest sent = kept;
  for (auto& [name, value] : sent.headers) {
    auto whole = with_secrets(value, [&](const std::string& secret) {
      return plugin_secret(context, delivery.organisation, delivery.plugin, secret, delivery.origin);
    });
    if (!whole)
      return refuse(Reason::invalid, "the header " + name + " names a secret that is not set for " + delivery.origin +
                                         ": an administrator enters it in the settings of the plugin, again after the "
                                         "URL of the endpoint was changed");
    const std::string_view judged = is_header(name, "content-type") ? std::string_view("Accept") : name;
    if (const auto problem = header_problem(judged, *whole)) return refuse(Reason::invalid, *problem);
    value = std::move(*whole);
  }
  return TicketPair{std::move(sent), std::move(kept)};
}

TicketsSent failed_adapter(const Refusal& refusal) {
  TicketsSent none;
  none.result.failure = OutboundFailure::protocol;
  none.result.detail = refusal.detail;
  return none;
}

}  // namespace

TicketsSent send_tickets(const Context& context, const OutboundClient& client, const TicketDelivery& delivery,
                         const WebhookMessage& message, const std::stop_token& stop) {
  auto answer = asked(context, delivery, message, stop);
  if (!answer) return failed_adapter(answer.error());
  const Json& requests = answer->at("requests");
  TicketsSent last;
  last.nothing_to_send = requests.empty();
  if (last.nothing_to_send) return last;
  // The schema has one at most: of several, a delivery that is tried again would send those again that succeeded.
  auto one = prepared(context, delivery, requests.front(), message.id + "-1");
  if (!one) return failed_adapter(one.error());
  last.request = std::move(one->kept);
  last.result = client.send(one->sent, stop);
  return last;
}

}  // namespace assay
