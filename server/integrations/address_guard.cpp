// The table of special-purpose addresses, ranges in CIDR notation, and the guard that reads both.
#include "integrations/address_guard.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace assay {
namespace {

namespace ip = boost::asio::ip;

/// The bits of an address from the left: 32 of IPv4 or 128 of IPv6.
struct Bits {
  std::array<unsigned char, 16> bytes{};
  unsigned count = 0;
};

Bits bits_of(const ip::address& address) {
  Bits bits;
  if (address.is_v4()) {
    const auto bytes = address.to_v4().to_bytes();
    std::copy(bytes.begin(), bytes.end(), bits.bytes.begin());
    bits.count = 32;
  } else {
    bits.bytes = address.to_v6().to_bytes();
    bits.count = 128;
  }
  return bits;
}

bool same_prefix(const Bits& left, const Bits& right, unsigned prefix) {
  if (left.count != right.count) return false;
  for (unsigned bit = 0; bit < prefix; bit += 8) {
    const unsigned kept = std::min(8U, prefix - bit);
    const unsigned mask = 0xFFU << (8 - kept) & 0xFFU;
    if (((left.bytes[bit / 8] ^ right.bytes[bit / 8]) & mask) != 0) return false;
  }
  return true;
}

struct SpecialRange {
  const char* range;
  std::string_view kind;
};

// The IANA special-purpose registries for IPv4 and IPv6; of two ranges that hold an address, the first names it.
constexpr SpecialRange special_ranges[] = {
    {"0.0.0.0/8", "unspecified"},             // RFC 791
    {"10.0.0.0/8", "private"},                // RFC 1918
    {"100.64.0.0/10", "carrier-grade NAT"},   // RFC 6598
    {"127.0.0.0/8", "loopback"},              // RFC 1122
    {"169.254.0.0/16", "link-local"},         // RFC 3927; cloud metadata services live here
    {"172.16.0.0/12", "private"},             // RFC 1918
    {"192.0.0.0/24", "protocol assignment"},  // RFC 6890
    {"192.0.2.0/24", "documentation"},        // RFC 5737
    {"192.88.99.0/24", "6to4 relay"},         // RFC 7526
    {"192.168.0.0/16", "private"},            // RFC 1918
    {"198.18.0.0/15", "benchmark"},           // RFC 2544
    {"198.51.100.0/24", "documentation"},     // RFC 5737
    {"203.0.113.0/24", "documentation"},      // RFC 5737
    {"224.0.0.0/4", "multicast"},             // RFC 5771
    {"255.255.255.255", "broadcast"},         // RFC 919
    {"240.0.0.0/4", "reserved"},              // RFC 1112
    {"::", "unspecified"},                    // RFC 4291
    {"::1", "loopback"},                      // RFC 4291
    {"::ffff:0:0/96", "IPv4-mapped"},         // RFC 4291
    {"::/96", "IPv4-compatible"},             // RFC 4291
    {"64:ff9b::/96", "NAT64"},                // RFC 6052
    {"64:ff9b:1::/48", "NAT64"},              // RFC 8215
    {"100::/64", "discard"},                  // RFC 6666
    {"2001::/32", "Teredo"},                  // RFC 4380
    {"2001:2::/48", "benchmark"},             // RFC 5180
    {"2001::/23", "protocol assignment"},     // RFC 2928
    {"2001:db8::/32", "documentation"},       // RFC 3849
    {"2002::/16", "6to4"},                    // RFC 3056
    {"3fff::/20", "documentation"},           // RFC 9637
    {"fc00::/7", "unique local"},             // RFC 4193
    {"fe80::/10", "link-local"},              // RFC 4291
    {"fec0::/10", "site-local"},              // RFC 3879
    {"ff00::/8", "multicast"},                // RFC 4291
};

struct ParsedRange {
  AddressRange range;
  std::string_view kind;
};

const std::vector<ParsedRange>& parsed_ranges() {
  static const std::vector<ParsedRange> ranges = [] {
    std::vector<ParsedRange> all;
    for (const auto& row : special_ranges) all.push_back({AddressRange::parse(row.range).value(), row.kind});
    return all;
  }();
  return ranges;
}

}  // namespace

std::optional<std::string_view> special_purpose(const ip::address& address) {
  for (const auto& row : parsed_ranges()) {
    if (row.range.contains(address)) return row.kind;
  }
  if (address.is_v6() && (address.to_v6().to_bytes()[0] & 0xE0) != 0x20) return "not global unicast";
  return {};
}

std::optional<AddressRange> AddressRange::parse(std::string_view text) {
  const auto slash = text.find('/');
  boost::system::error_code error;
  if (text.find('%') != std::string_view::npos) return {};  // a zone is not part of a range
  const auto address = ip::make_address(std::string(text.substr(0, slash)), error);
  if (error) return {};
  AddressRange range;
  range.first_ = address;
  const auto bits = bits_of(address);
  range.prefix_ = bits.count;
  if (slash != std::string_view::npos) {
    const auto digits = text.substr(slash + 1);
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), range.prefix_);
    if (failure != std::errc{} || end != digits.data() + digits.size()) return {};
    if (range.prefix_ > bits.count || (digits.size() > 1 && digits[0] == '0')) return {};
  }
  // Bits below the prefix are most likely a slip: 10.1.0.0/8 would open more than was meant.
  Bits first = bits;
  for (unsigned bit = range.prefix_; bit < bits.count; ++bit) {
    if ((first.bytes[bit / 8] >> (7 - bit % 8) & 1) != 0) return {};
  }
  return range;
}

bool AddressRange::contains(const ip::address& address) const {
  return same_prefix(bits_of(first_), bits_of(address), prefix_);
}

std::optional<std::string_view> AddressGuard::refused(const ip::address& address) const {
  const auto kind = special_purpose(address);
  if (!kind) return {};
  const bool admitted =
      std::any_of(allowed_.begin(), allowed_.end(), [&](const AddressRange& range) { return range.contains(address); });
  if (admitted) return {};
  return kind;
}

}  // namespace assay
