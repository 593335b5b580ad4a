// One attempt at one delivery.
#include "jobs/attempt.h"

#include <fmt/format.h>

#include "commands/event_document.h"
#include "commands/plugin_settings.h"
#include "commands/webhooks.h"
#include "integrations/webhook_payload.h"
#include "jobs/ticket_delivery.h"
#include "storage/erasure.h"
#include "storage/events.h"

namespace assay {
namespace {

constexpr std::size_t kept_bytes = 20'000;
constexpr std::string_view signature_header = "webhook-signature";

/// What one attempt needs, from one snapshot.
struct Prepared {
  WebhookRow webhook;
  WebhookMessage message;
  std::optional<Instant> failing_since;
  OrganisationRow organisation;
};

std::optional<WebhookMessage> message_of(Context& context, Snapshot& at, const WebhookRow& webhook,
                                         const DeliveryRow& delivery) {
  if (delivery.position == 0) {
    return WebhookMessage{
        delivery.message, "webhook.test", delivery.created, {{"webhook", webhook.uuid}, {"test", true}}};
  }
  const auto event = event_at(at, delivery.position);
  if (!event) return {};
  EventDocument document = EventTeller(context.store, at).tell(*event);
  return WebhookMessage{delivery.message, document.type, document.at, std::move(document.data),
                        std::move(document.detail)};
}

WebhookEndpoint endpoint_of(const Context& context, const AttemptSettings& settings, const WebhookRow& webhook,
                            const WebUrl& url, Instant now) {
  WebhookEndpoint endpoint{url};
  for (const std::string& text : signing_secrets(context, webhook, now)) {
    const auto secret = WebhookSecret::parse(text);
    if (!secret) throw std::runtime_error("the secret of webhook " + webhook.uuid + " is not of its form");
    endpoint.secrets.push_back(*secret);
  }
  endpoint.style = webhook.payload == "full" ? PayloadStyle::full : PayloadStyle::thin;
  endpoint.cloud_events = webhook.style == "cloudevents";
  endpoint.source = settings.source;
  return endpoint;
}

std::string text_of(const OutboundHeaders& headers) {
  std::string text;
  for (const auto& [name, value] : headers) {
    text += name + ": " + (name == signature_header ? std::string("(not kept)") : value) + "\n";
  }
  return storable(text, kept_bytes);
}

std::string outcome_text(const OutboundResult& result, DeliveryOutcome outcome) {
  if (outcome == DeliveryOutcome::success) return "delivered";
  if (!result.failure) return std::string(to_text(outcome));
  const std::string failure(to_text(*result.failure));
  return result.detail.empty() ? failure : storable(failure + ": " + result.detail, kept_bytes);
}

AttemptRow attempt_row(const DeliveryRow& delivery, const OutboundRequest& request, const OutboundResult& result,
                       DeliveryOutcome outcome, Instant at) {
  AttemptRow row{};
  row.delivery = delivery.id;
  row.number = delivery.attempts + 1;
  row.at = at;
  row.status = result.status ? static_cast<int>(*result.status) : 0;
  row.outcome = outcome_text(result, outcome);
  row.duration_ms = static_cast<int>(result.duration.count());
  row.request_headers = text_of(request.headers);
  row.request_body = storable(request.body, kept_bytes);
  row.response_headers = text_of(result.headers);
  row.response_body = storable(result.body, kept_bytes);
  return row;
}

void forget_content(AttemptRow& attempt) {
  attempt.request_headers.clear();
  attempt.request_body.clear();
  attempt.response_headers.clear();
  attempt.response_body.clear();
}

DeliveryRow after(const DeliveryRow& before, const DeliveryStep& step) {
  using Action = DeliveryStep::Action;
  DeliveryRow row = before;
  ++row.attempts;
  row.next.reset();
  const bool test = row.position == 0;
  if (step.action == Action::done) {
    row.state = "delivered";
  } else if (step.action == Action::retry && !test) {
    row.next = step.retry_at;
  } else {
    row.state = "exhausted";
  }
  return row;
}

std::string reason_of(DeliveryOutcome outcome, const RetrySettings& retry) {
  if (outcome == DeliveryOutcome::gone) return "the receiver answered 410 Gone";
  return fmt::format("nothing could be delivered for {} hours",
                     std::chrono::duration_cast<std::chrono::hours>(retry.disable_after).count());
}

TicketsSent send(const Context& context, const OutboundClient& client, const AttemptSettings& settings,
                 const Prepared& prepared, const WebUrl& url, Instant now, const std::stop_token& stop) {
  const WebhookEndpoint endpoint = endpoint_of(context, settings, prepared.webhook, url, now);
  if (const auto adapter = ticket_adapter_of(prepared.webhook.style); !adapter.empty()) {
    const TicketDelivery delivery{
        settings.plugins, prepared.organisation, std::string(adapter), url, origin_of(prepared.webhook.url),
        endpoint.style};
    return send_tickets(context, client, delivery, prepared.message, stop);
  }
  TicketsSent sent{webhook_request(prepared.message, endpoint, now), {}};
  sent.result = client.send(sent.request, stop);
  return sent;
}

/// The delivery has nothing to send: its event is not in the log.
Result<AttemptEnd> cancel(Context& context, DeliveryRow delivery) {
  const auto was_due = delivery.next;
  delivery.state = "cancelled";
  delivery.next.reset();
  auto written = context.store.write([&](Connection& to) { end_attempt(to, delivery, was_due); });
  if (!written) return written.error();
  return AttemptEnd{{}, {}, "the event is not in the log"};
}

}  // namespace

std::string storable(std::string_view bytes, std::size_t limit) {
  constexpr std::string_view replacement = "\xEF\xBF\xBD";
  std::string clean;
  for (const char c : bytes.substr(0, limit)) {
    if (c == '\0') {
      clean += replacement;
    } else {
      clean += c;
    }
  }
  // The library's writer knows what is no UTF-8; what it has replaced is read back.
  std::string text = Json::parse(Json(clean).dump(-1, ' ', false, Json::error_handler_t::replace)).get<std::string>();
  if (text.size() <= limit) return text;
  std::size_t end = limit;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  text.resize(end);
  return text;
}

Result<AttemptEnd> attempt_delivery(Context& context, const OutboundClient& client, const AttemptSettings& settings,
                                    const DeliveryRow& delivery, std::stop_token stop) {
  std::optional<Prepared> prepared;
  {
    Snapshot at = context.store.read();
    auto webhook = webhook_of(at, delivery.webhook);
    if (!webhook || webhook->state != "on") return AttemptEnd{{}, {}, "the endpoint is not on any more"};
    auto message = message_of(context, at, *webhook, delivery);
    if (message)
      prepared = Prepared{*webhook, std::move(*message), failing_since(at, webhook->id),
                          find_organisation(at, webhook->organisation).value()};
  }
  if (!prepared) return cancel(context, delivery);

  const Instant begun = context.clock();
  TicketsSent sent;
  OutboundRequest& request = sent.request;
  OutboundResult& result = sent.result;
  if (const auto url = parse_web_url(prepared->webhook.url, settings.urls)) {
    sent = send(context, client, settings, *prepared, *url, begun, stop);
  } else {
    result.failure = OutboundFailure::blocked_address;
    result.detail = "the settings of this server do not allow the URL";
  }
  const DeliveryOutcome outcome = sent.nothing_to_send ? DeliveryOutcome::success : outcome_of(result);
  if (outcome == DeliveryOutcome::cancelled) return AttemptEnd{outcome};

  const Instant ended = context.clock();
  const auto retry_header = result.header("retry-after");
  const auto retry_after = retry_header ? parse_retry_after(*retry_header, ended) : std::nullopt;
  const DeliveryStep step = after_attempt(settings.retry, outcome, delivery.attempts + 1, prepared->failing_since,
                                          retry_after, ended, settings.random());
  const DeliveryRow row = after(delivery, step);
  AttemptRow attempt = attempt_row(delivery, request, result, outcome, begun);
  const bool test = delivery.position == 0;
  const bool moved = step.failing_since != prepared->failing_since && !(test && step.failing_since);
  auto written = context.store.write([&](Connection& to) {
    end_attempt(to, row, delivery.next);
    // Whoever the event is about may have been erased since it was read to be sent.
    if (!test && is_redacted(to, delivery.position)) forget_content(attempt);
    put_attempt(to, attempt);
    if (moved) put_failing_since(to, delivery.webhook, step.failing_since);
  });
  if (!written) return written.error();
  AttemptEnd end{outcome, step.paused_until, attempt.outcome};
  if (step.disable && (!test || outcome == DeliveryOutcome::gone)) {
    const std::string reason = reason_of(outcome, settings.retry);
    if (auto off = disable_webhook(context, delivery.webhook, reason); !off) return off.error();
    end.disabled = true;
  }
  return end;
}

}  // namespace assay
