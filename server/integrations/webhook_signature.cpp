// Signing and verifying Standard Webhooks.
#include "integrations/webhook_signature.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "ledger/digest.h"

namespace assay {
namespace {

constexpr std::string_view secret_prefix = "whsec_";
constexpr std::string_view signature_prefix = "v1,";
constexpr std::size_t least_secret = 24, most_secret = 64;

bool acceptable_size(std::string_view bytes) { return bytes.size() >= least_secret && bytes.size() <= most_secret; }

/// The id is what divides the signed content, so a dot in it would let two messages have one signature.
bool acceptable_id(std::string_view id) {
  return !id.empty() && std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c <= '~' && c != '.'; });
}

std::optional<std::int64_t> seconds_of(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0) return {};
  return value;
}

}  // namespace

std::optional<WebhookSecret> WebhookSecret::parse(std::string_view text) {
  if (!text.starts_with(secret_prefix)) return {};
  auto bytes = from_base64(text.substr(secret_prefix.size()));
  if (!bytes || !acceptable_size(*bytes)) return {};
  return WebhookSecret(std::move(*bytes));
}

WebhookSecret WebhookSecret::from_bytes(std::string_view bytes) {
  if (!acceptable_size(bytes)) throw std::invalid_argument("a webhook secret has 24 to 64 bytes");
  return WebhookSecret(std::string(bytes));
}

std::string WebhookSecret::text() const { return std::string(secret_prefix) + to_base64(bytes_); }

std::string WebhookSecret::sign(std::string_view id, std::int64_t timestamp, std::string_view body) const {
  if (!acceptable_id(id)) throw std::invalid_argument("a webhook id is printable ASCII without a dot");
  std::string content(id);
  content.append(".").append(std::to_string(timestamp)).append(".").append(body);
  return std::string(signature_prefix) + to_base64(bytes_of(hmac_sha256(bytes_, content)));
}

std::string webhook_signatures(std::span<const WebhookSecret> secrets, std::string_view id, std::int64_t timestamp,
                               std::string_view body) {
  std::string list;
  for (const auto& secret : secrets) {
    if (!list.empty()) list += ' ';
    list += secret.sign(id, timestamp, body);
  }
  return list;
}

SignatureVerdict verify_webhook(std::span<const WebhookSecret> secrets, std::string_view id, std::string_view timestamp,
                                std::string_view signatures, std::string_view body, std::int64_t now,
                                std::chrono::seconds tolerance) {
  const auto at = seconds_of(timestamp);
  if (!at || !acceptable_id(id) || signatures.empty()) return SignatureVerdict::malformed;
  if (*at < now - tolerance.count()) return SignatureVerdict::too_old;
  if (*at > now + tolerance.count()) return SignatureVerdict::too_new;
  for (const auto& secret : secrets) {
    const auto expected = secret.sign(id, *at, body);
    for (auto rest = signatures; !rest.empty();) {
      const auto end = std::min(rest.find(' '), rest.size());
      if (constant_time_equal(rest.substr(0, end), expected)) return SignatureVerdict::valid;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return SignatureVerdict::no_match;
}

}  // namespace assay
