// Which addresses the server may be made to call: the guard against requests forged through it (SSRF).
#pragma once

#include <boost/asio/ip/address.hpp>
#include <optional>
#include <string_view>
#include <vector>

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

}  // namespace assay
