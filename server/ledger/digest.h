// SHA-256, HMAC-SHA256, comparison in constant time, and the text forms of bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace assay {

using Digest = std::array<std::uint8_t, 32>;

/// The bytes of a digest as a string view, for what takes raw bytes as text. Valid as long as `digest`.
std::string_view bytes_of(const Digest& digest);

/// SHA-256 (FIPS 180-4) over bytes that arrive in pieces. One thread at a time.
class Sha256 {
 public:
  Sha256();

  Sha256& update(std::string_view bytes);
  /// The digest of all that was given since construction or since the last finish(); starts anew.
  Digest finish();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

Digest sha256(std::string_view bytes);
/// The digest as 64 lower-case hex digits.
std::string sha256_hex(std::string_view bytes);

/// RFC 2104 with SHA-256; a key of any length, also an empty one.
Digest hmac_sha256(std::string_view key, std::string_view bytes);

/// Compares without telling by its duration where the two differ; their lengths are not secret.
bool constant_time_equal(std::string_view left, std::string_view right);

/// Lower-case hex digits.
std::string to_hex(std::string_view bytes);
/// RFC 4648, section 4, with padding.
std::string to_base64(std::string_view bytes);
/// RFC 4648, section 5, without padding.
std::string to_base64url(std::string_view bytes);

// Each decoder accepts exactly what its encoder writes (hex digits in either case): no white space, no missing or
// superfluous padding, no bits left over. Nothing is returned for any other text.
std::optional<std::string> from_hex(std::string_view text);
std::optional<std::string> from_base64(std::string_view text);
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace assay
