// Cookies as this server sets and reads them (RFC 6265).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "http/request.h"

namespace assay {

enum class SameSite { lax, strict };

struct Cookie {
  std::string_view name;   // a token, without prefix
  std::string_view value;  // cookie-octets
  SameSite same_site = SameSite::lax;
  std::optional<std::chrono::seconds> max_age = {};  // absent: until the browser ends
  bool http_only = true;
};

/// The value of a Set-Cookie header: Path=/, HttpOnly, SameSite, and over TLS Secure and the name prefix __Host-.
/// Throws std::invalid_argument for a name or value that a cookie cannot hold.
std::string set_cookie(const Cookie& cookie, bool is_tls);
/// The value of a Set-Cookie header that deletes the cookie.
std::string expire_cookie(std::string_view name, bool is_tls);
/// The value of the cookie `name` in `request`; over TLS only the one with prefix __Host- counts. Absent also if it
/// comes twice: one of the two was planted.
std::optional<std::string_view> cookie(const Request& request, std::string_view name);

}  // namespace assay
