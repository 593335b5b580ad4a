// Which addresses and URLs the server may be made to call: the guard against requests forged through it (SSRF).
#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/refusal.h"

namespace assay {

/// Why an address is not one of the public internet ("loopback", "private", "6to4", ...), or nothing if it is. After
/// the IANA special-purpose registries (RFC 6890); addresses that carry an IPv4 address (mapped, 6to4, NAT64, Teredo)
/// are refused whatever they carry, and so is all of IPv6 outside the global unicast 2000::/3.
std::optional<std::string_view> special_purpose(const boost::asio::ip::address& address);

/// A range of addresses in CIDR notation.
class AddressRange {
 public:
  /// "10.1.0.0/16", "fd00::/8" or a single address. Nothing for any other text, also when bits below the prefix are
  /// set.
  static std::optional<AddressRange> parse(std::string_view text);

  /// An IPv4 range never holds an IPv6 address, not even the mapped form.
  bool contains(const boost::asio::ip::address& address) const;

 private:
  boost::asio::ip::address first_;
  unsigned prefix_ = 0;
};

/// Decides whether to connect; asked for each address after name resolution, right before the connect. Any thread.
class AddressGuard {
 public:
  /// Special-purpose addresses inside `allowed` are admitted: the setting for receivers in the own network.
  explicit AddressGuard(std::vector<AddressRange> allowed = {}) : allowed_(std::move(allowed)) {}

  /// The kind of special-purpose address for which `address` is refused, or nothing if it may be called.
  std::optional<std::string_view> refused(const boost::asio::ip::address& address) const;

 private:
  std::vector<AddressRange> allowed_;
};

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

}  // namespace assay
