// The table of addresses that may and may not be called, and the allow-list.
#include "integrations/address_guard.h"

#include <catch2/catch_all.hpp>

namespace assay::test::address_guard_test {
namespace {

boost::asio::ip::address address(const std::string& text) { return boost::asio::ip::make_address(text); }

struct Row {
  const char* address;
  std::string_view kind;  // empty: public
};

constexpr Row rows[] = {
    {"0.0.0.0", "unspecified"},
    {"0.255.255.255", "unspecified"},
    {"1.0.0.0", ""},
    {"9.255.255.255", ""},
    {"10.0.0.0", "private"},
    {"10.255.255.255", "private"},
    {"11.0.0.0", ""},
    {"100.63.255.255", ""},
    {"100.64.0.0", "carrier-grade NAT"},
    {"100.127.255.255", "carrier-grade NAT"},
    {"100.128.0.0", ""},
    {"126.255.255.255", ""},
    {"127.0.0.1", "loopback"},
    {"127.255.255.255", "loopback"},
    {"128.0.0.0", ""},
    {"169.253.255.255", ""},
    {"169.254.169.254", "link-local"},
    {"169.255.0.0", ""},
    {"172.15.255.255", ""},
    {"172.16.0.0", "private"},
    {"172.31.255.255", "private"},
    {"172.32.0.0", ""},
    {"191.255.255.255", ""},
    {"192.0.0.0", "protocol assignment"},
    {"192.0.0.255", "protocol assignment"},
    {"192.0.1.0", ""},
    {"192.0.2.1", "documentation"},
    {"192.0.3.0", ""},
    {"192.88.98.255", ""},
    {"192.88.99.1", "6to4 relay"},
    {"192.88.100.0", ""},
    {"192.167.255.255", ""},
    {"192.168.0.1", "private"},
    {"192.168.255.255", "private"},
    {"192.169.0.0", ""},
    {"198.17.255.255", ""},
    {"198.18.0.0", "benchmark"},
    {"198.19.255.255", "benchmark"},
    {"198.20.0.0", ""},
    {"198.51.99.255", ""},
    {"198.51.100.7", "documentation"},
    {"198.51.101.0", ""},
    {"203.0.112.255", ""},
    {"203.0.113.255", "documentation"},
    {"203.0.114.0", ""},
    {"223.255.255.255", ""},
    {"224.0.0.1", "multicast"},
    {"239.255.255.255", "multicast"},
    {"240.0.0.1", "reserved"},
    {"255.255.255.254", "reserved"},
    {"255.255.255.255", "broadcast"},
    {"8.8.8.8", ""},
    {"::", "unspecified"},
    {"::1", "loopback"},
    {"::2", "IPv4-compatible"},
    {"::127.0.0.1", "IPv4-compatible"},
    {"::ffff:127.0.0.1", "IPv4-mapped"},
    {"::ffff:8.8.8.8", "IPv4-mapped"},
    {"::ffff:0:8.8.8.8", "not global unicast"},
    {"64:ff9b::7f00:1", "NAT64"},
    {"64:ff9b::8.8.8.8", "NAT64"},
    {"64:ff9b:1:ffff::1", "NAT64"},
    {"64:ff9b:2::1", "not global unicast"},
    {"100::1", "discard"},
    {"100:0:0:1::1", "not global unicast"},
    {"1fff::1", "not global unicast"},
    {"2001::1", "Teredo"},
    {"2001:0:4136:e378:8000:63bf:3fff:fdd2", "Teredo"},
    {"2001:2::1", "benchmark"},
    {"2001:10::1", "protocol assignment"},
    {"2001:1ff:ffff::1", "protocol assignment"},
    {"2001:200::1", ""},
    {"2001:db7:ffff::1", ""},
    {"2001:db8::1", "documentation"},
    {"2001:db8:ffff::1", "documentation"},
    {"2001:db9::1", ""},
    {"2001:4860:4860::8888", ""},
    {"2002:7f00:1::1", "6to4"},
    {"2002:808:808::1", "6to4"},
    {"2003::1", ""},
    {"2606:4700::1111", ""},
    {"3ffe:ffff::1", ""},
    {"3fff::1", "documentation"},
    {"3fff:fff::1", "documentation"},
    {"3fff:1000::1", ""},
    {"4000::1", "not global unicast"},
    {"5f00::1", "not global unicast"},
    {"fbff::1", "not global unicast"},
    {"fc00::1", "unique local"},
    {"fd12:3456::1", "unique local"},
    {"fe00::1", "not global unicast"},
    {"fe80::1", "link-local"},
    {"fe80::1%1", "link-local"},
    {"febf::1", "link-local"},
    {"fec0::1", "site-local"},
    {"feff::1", "site-local"},
    {"ff02::1", "multicast"},
    {"ff0e::1", "multicast"},
};

TEST_CASE("every special-purpose address is known, its neighbours are public") {
  for (const auto& row : rows) {
    INFO(row.address);
    const auto kind = special_purpose(address(row.address));
    CHECK(kind.value_or("") == row.kind);
    CHECK(AddressGuard().refused(address(row.address)) == kind);
  }
}

TEST_CASE("a range is read strictly") {
  for (const char* text :
       {"0.0.0.0/0", "10.0.0.0/8", "10.1.2.3", "10.1.2.3/32", "::/0", "fd00::/8", "::1", "::1/128", "10.0.0.128/25"}) {
    INFO(text);
    CHECK(AddressRange::parse(text));
  }
  for (const char* text : {"",
                           "/",
                           "/8",
                           "10/8",
                           "10.0.0.0/",
                           "10.0.0.0/33",
                           "10.0.0.0/-1",
                           "10.0.0.0/+8",
                           "10.0.0.0/08",
                           "10.0.0.0/8 ",
                           " 10.0.0.0/8",
                           "10.0.0.1/8",
                           "10.0.0.128/24",
                           "::1/64",
                           "::/129",
                           "fe80::1%1",
                           "localhost",
                           "10.0.0.0/8/8",
                           "10.0.0.0/8x",
                           "010.0.0.0/8"}) {
    INFO(text);
    CHECK_FALSE(AddressRange::parse(text));
  }
}

TEST_CASE("a range holds its addresses and no others") {
  const auto [range, inside, holds] = GENERATE(table<std::string, std::string, bool>({
      {"10.0.0.0/8", "10.255.0.1", true},
      {"10.0.0.0/8", "11.0.0.0", false},
      {"10.1.2.3", "10.1.2.3", true},
      {"10.1.2.3", "10.1.2.2", false},
      {"10.0.0.128/25", "10.0.0.128", true},
      {"10.0.0.128/25", "10.0.0.127", false},
      {"0.0.0.0/0", "255.1.2.3", true},
      {"0.0.0.0/0", "::1", false},
      {"::/0", "127.0.0.1", false},
      {"::/0", "fd00::1", true},
      {"127.0.0.0/8", "::ffff:127.0.0.1", false},
      {"fd00::/9", "fd7f::1", true},
      {"fd00::/9", "fd80::1", false},
  }));
  INFO(range << ' ' << inside);
  CHECK(AddressRange::parse(range).value().contains(address(inside)) == holds);
}

TEST_CASE("the allow-list admits what it names and nothing beside") {
  const AddressGuard guard({AddressRange::parse("127.0.0.0/8").value(), AddressRange::parse("fd00:1::/32").value()});
  const auto [text, kind] = GENERATE(table<std::string, std::string>({
      {"127.0.0.1", ""},
      {"127.9.9.9", ""},
      {"fd00:1::1", ""},
      {"fd00:2::1", "unique local"},
      {"::1", "loopback"},
      {"::ffff:127.0.0.1", "IPv4-mapped"},
      {"10.0.0.1", "private"},
      {"8.8.8.8", ""},
  }));
  INFO(text);
  CHECK(guard.refused(address(text)).value_or("") == kind);
}

}  // namespace
}  // namespace assay::test::address_guard_test
