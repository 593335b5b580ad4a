// Signatures of Standard Webhooks 1.0.0, symmetric scheme: HMAC-SHA256 over "id.timestamp.body".
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace assay {

/// A shared secret of 24 to 64 bytes, written "whsec_" and base64.
class WebhookSecret {
 public:
  /// Nothing if `text` is not of that form.
  static std::optional<WebhookSecret> parse(std::string_view text);
  /// From random bytes. Throws std::invalid_argument unless there are 24 to 64 of them.
  static WebhookSecret from_bytes(std::string_view bytes);

  /// The form that the receiver enters: "whsec_...". Shown once, never logged.
  std::string text() const;
  /// "v1," and the signature in base64. `timestamp` in unix seconds of this attempt. Throws std::invalid_argument
  /// if `id` is empty or has a dot or anything that is not printable ASCII.
  std::string sign(std::string_view id, std::int64_t timestamp, std::string_view body) const;

 private:
  explicit WebhookSecret(std::string bytes) : bytes_(std::move(bytes)) {}
  std::string bytes_;
};

/// The value of `webhook-signature`: one signature for each secret (the old and the new one while they overlap),
/// divided by spaces. Throws like WebhookSecret::sign().
std::string webhook_signatures(std::span<const WebhookSecret> secrets, std::string_view id, std::int64_t timestamp,
                               std::string_view body);

enum class SignatureVerdict { valid, no_match, malformed, too_old, too_new };

/// Checks the headers of a message that arrived: `timestamp` as the text of the header, `now` in unix seconds. Any
/// secret may match any v1 signature; signatures of other versions are passed over, as the specification demands.
SignatureVerdict verify_webhook(std::span<const WebhookSecret> secrets, std::string_view id, std::string_view timestamp,
                                std::string_view signatures, std::string_view body, std::int64_t now,
                                std::chrono::seconds tolerance = std::chrono::minutes{5});

}  // namespace assay
