// Cookies as this server sets and reads them (RFC 6265).
#include "http/cookies.h"

#include <algorithm>
#include <stdexcept>

#include "http/text.h"

namespace assay {
namespace {

constexpr std::string_view host_prefix = "__Host-";

bool is_cookie_value(std::string_view value) {
  return std::all_of(value.begin(), value.end(),
                     [](char c) { return c > 0x20 && c < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\'; });
}

}  // namespace

std::string set_cookie(const Cookie& cookie, bool is_tls) {
  if (!is_token(cookie.name) || !is_cookie_value(cookie.value))
    throw std::invalid_argument("a cookie cannot hold this name or value");
  std::string text;
  if (is_tls) text.append(host_prefix);
  text.append(cookie.name).append("=").append(cookie.value).append("; Path=/");
  if (cookie.max_age) text.append("; Max-Age=").append(std::to_string(cookie.max_age->count()));
  if (is_tls) text.append("; Secure");
  if (cookie.http_only) text.append("; HttpOnly");
  return text.append(cookie.same_site == SameSite::strict ? "; SameSite=Strict" : "; SameSite=Lax");
}

std::string expire_cookie(std::string_view name, bool is_tls) {
  return set_cookie({.name = name, .value = "", .max_age = std::chrono::seconds(0)}, is_tls);
}

std::optional<std::string_view> cookie(const Request& request, std::string_view name) {
  std::optional<std::string_view> found;
  for (const Field& field : request.headers) {
    if (!same_ignoring_case(field.name, "Cookie")) continue;
    std::string_view rest = field.value;
    while (!rest.empty()) {
      std::string_view value = next_element(rest, ';');
      const auto equals = value.find('=');
      if (equals == std::string_view::npos) continue;
      std::string_view cookie_name = value.substr(0, equals);
      if (request.is_tls) {
        if (!cookie_name.starts_with(host_prefix)) continue;
        cookie_name.remove_prefix(host_prefix.size());
      }
      if (cookie_name != name) continue;
      if (found) return std::nullopt;
      found = value.substr(equals + 1);
    }
  }
  return found;
}

}  // namespace assay
