// The body and the headers of a webhook.
#include "integrations/webhook_payload.h"

#include <algorithm>
#include <stdexcept>

#include "integrations/web_url.h"

namespace assay {
namespace {

bool is_event_type(std::string_view type) {
  constexpr std::string_view characters = "abcdefghijklmnopqrstuvwxyz0123456789_-.";
  return !type.empty() && type.size() <= 128 && type.front() != '.' && type.back() != '.' &&
         type.find("..") == std::string_view::npos && type.find_first_not_of(characters) == std::string_view::npos;
}

std::string envelope(const WebhookMessage& message, const Json& data) {
  return canonical(Json{{"type", message.type}, {"timestamp", to_text(message.at)}, {"data", data}});
}

bool has_header(const OutboundHeaders& headers, std::string_view name) {
  const auto wanted = lower(name);
  return std::any_of(headers.begin(), headers.end(), [&](const auto& header) { return lower(header.first) == wanted; });
}

}  // namespace

std::string webhook_body(const WebhookMessage& message, PayloadStyle style, std::size_t limit) {
  if (!is_event_type(message.type)) throw std::invalid_argument("not an event type: " + message.type);
  if (!message.data.is_object() || !message.detail.is_object()) {
    throw std::invalid_argument("the data of a webhook is an object");
  }
  Json data = message.data;
  if (style == PayloadStyle::full) {
    Json full = message.detail;
    full.update(message.data);  // ids and sequence are those of the thin form, whatever the detail holds
    std::string body = envelope(message, full);
    if (body.size() <= limit) return body;
    data["truncated"] = true;
  }
  std::string body = envelope(message, data);
  if (body.size() > limit) throw std::length_error("the thin payload of " + message.type + " is too large");
  return body;
}

std::string cloud_events_value(std::string_view text) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string value;
  for (const char c : text) {
    if (c > ' ' && c <= '~' && c != '"' && c != '%') {
      value += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    value += '%';
    value += hex[byte >> 4];
    value += hex[byte & 0x0F];
  }
  return value;
}

OutboundRequest webhook_request(const WebhookMessage& message, const WebhookEndpoint& endpoint, Instant now) {
  if (endpoint.secrets.empty()) throw std::invalid_argument("a webhook endpoint needs a secret");
  OutboundRequest request;
  request.url = endpoint.url;
  request.body = webhook_body(message, endpoint.style);
  const std::int64_t timestamp = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  auto& headers = request.headers;
  headers.emplace_back("Content-Type", "application/json");
  headers.emplace_back("webhook-id", message.id);
  headers.emplace_back("webhook-timestamp", std::to_string(timestamp));
  headers.emplace_back("webhook-signature", webhook_signatures(endpoint.secrets, message.id, timestamp, request.body));
  if (endpoint.cloud_events) {
    if (endpoint.source.empty()) throw std::invalid_argument("CloudEvents need a source");
    headers.emplace_back("ce-specversion", "1.0");
    headers.emplace_back("ce-id", cloud_events_value(message.id));
    headers.emplace_back("ce-source", cloud_events_value(endpoint.source));
    headers.emplace_back("ce-type", cloud_events_value(message.type));
    headers.emplace_back("ce-time", to_text(message.at));
  }
  for (const auto& header : endpoint.headers) {
    if (!has_header(headers, header.first)) headers.push_back(header);
  }
  return request;
}

}  // namespace assay
