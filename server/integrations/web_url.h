// The URLs that people enter for the server to call: strict reading, and the rules for scheme and port.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "domain/refusal.h"

namespace assay {

/// Settings about URLs that people enter.
struct UrlRules {
  bool allow_http = false;
  /// If not empty, exactly these ports. Else 443 (80 for http) and 1024 to 65535: no mail, shell or name servers.
  std::vector<std::uint16_t> ports = {};
};

/// The parts of an http or https URL that a request is made of.
struct WebUrl {
  bool tls = true;
  std::string host;  // lower case; an IPv6 literal without its brackets
  std::uint16_t port = 443;
  std::string target = "/";  // path and query

  /// Value of the Host header: the port only when it is not the default one.
  std::string authority() const;
  std::string text() const;
};

/// Reads an absolute URL strictly, for it decides whom we call: http or https as `rules` say, no user information, no
/// fragment, host an ASCII name (an internationalised one in its xn-- form), a dotted quad or a bracketed IPv6 address,
/// at most 2,048 characters. Refuses as Reason::invalid with a sentence about `pointer`, the field it came in.
/// That the host is acceptable says nothing about the addresses it resolves to: AddressGuard judges those.
Result<WebUrl> parse_web_url(std::string_view text, const UrlRules& rules, std::string pointer = "/url");

/// The text with the letters A to Z in lower case: scheme, host and header names compare so.
std::string lower(std::string_view text);

}  // namespace assay
