// Settings of a webhook: what is accepted reaches nobody but public addresses, and reads the same everywhere.
#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <cstring>

#include "fuzz/targets.h"
#include "http/json_body.h"
#include "http/webhook_body.h"
#include "integrations/address_guard.h"
#include "integrations/web_url.h"

namespace assay::fuzz {
namespace {

namespace ip = boost::asio::ip;

const UrlRules all_rules[] = {{false, {}}, {true, {}}, {false, {443, 8443}}, {true, {80}}};

bool is_visible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

/// What the C library takes for an address although it is written otherwise: 127.1, 0x7f000001, 010.0.0.1.
void require_no_disguise(const std::string& host) {
  in_addr address{};
  if (::inet_aton(host.c_str(), &address) == 0) return;
  char plain[INET_ADDRSTRLEN] = {};
  ::inet_ntop(AF_INET, &address, plain, sizeof plain);
  require(host == plain, "an IPv4 address is written as four decimal numbers", host);
}

void run_url(std::string_view text, const UrlRules& rules) {
  const auto url = parse_web_url(text, rules);
  if (!url) {
    const auto& fields = url.error().invalid;
    require(fields.size() == 1 && fields.front().pointer == "/url" && !fields.front().detail.empty(),
            "a refused URL has one reason");
    return;
  }
  require(url->tls || rules.allow_http, "http is accepted only where it is allowed");
  require(url->port != 0, "a URL has a port");
  require(rules.ports.empty() || std::find(rules.ports.begin(), rules.ports.end(), url->port) != rules.ports.end(),
          "a URL has one of the ports that are allowed");
  require(!url->host.empty() && lower(url->host) == url->host, "a host is in lower case", url->host);
  require(url->host.find_first_of("/@?#[]% \\") == std::string::npos && is_visible(url->host), "a host is a host",
          url->host);
  require(url->target.starts_with('/') && is_visible(url->target), "a target is what may be sent", url->target);
  require(url->target.find_first_of("#\\") == std::string::npos, "a target has no fragment", url->target);
  require_no_disguise(url->host);
  const auto again = parse_web_url(url->text(), rules);
  require(again && again->text() == url->text() && again->host == url->host && again->port == url->port &&
              again->target == url->target && again->tls == url->tls,
          "a URL that is written again reads the same", url->text());
}

/// The rules once more, as numbers.
bool must_be_refused(const ip::address& address) {
  if (address.is_v6()) {
    const auto bytes = address.to_v6().to_bytes();
    return (bytes[0] & 0xE0) != 0x20 || (bytes[0] == 0x20 && bytes[1] == 0x02) ||
           (bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] < 2);
  }
  const std::uint32_t number = address.to_v4().to_uint();
  const auto within = [number](std::uint32_t first, unsigned prefix) {
    return number >> (32 - prefix) == first >> (32 - prefix);
  };
  return within(0, 8) || within(0x0A000000, 8) || within(0x64400000, 10) || within(0x7F000000, 8) ||
         within(0xA9FE0000, 16) || within(0xAC100000, 12) || within(0xC0A80000, 16) || number >= 0xE0000000;
}

void run_address(const ip::address& address, const std::vector<AddressRange>& allowed) {
  const auto kind = special_purpose(address);
  require(kind || !must_be_refused(address), "an address that is not public is refused", address.to_string());
  require(AddressGuard().refused(address) == kind, "without exceptions every special address is refused");
  const bool excepted =
      std::any_of(allowed.begin(), allowed.end(), [&](const AddressRange& range) { return range.contains(address); });
  const bool refused = AddressGuard(allowed).refused(address).has_value();
  require(refused == (kind.has_value() && !excepted), "an exception admits what it names", address.to_string());
}

/// The input as a list of networks, as text of an address, and as its bytes.
void run_addresses(std::string_view text) {
  std::vector<AddressRange> allowed;
  std::string_view rest = text.substr(0, 400);
  while (!rest.empty()) {
    const auto end = std::min(rest.find_first_of(",\n"), rest.size());
    const auto word = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (const auto range = AddressRange::parse(word)) allowed.push_back(*range);
    boost::system::error_code error;
    const auto address = ip::make_address(std::string(word.substr(0, word.find('/'))), error);
    if (!error) run_address(address, allowed);
  }
  ip::address_v4::bytes_type four{};
  ip::address_v6::bytes_type sixteen{};
  std::memcpy(four.data(), text.data(), std::min(text.size(), four.size()));
  std::memcpy(sixteen.data(), text.data(), std::min(text.size(), sixteen.size()));
  run_address(ip::address_v4(four), allowed);
  run_address(ip::address_v6(sixteen), allowed);
  const auto mapped = ip::make_address_v6(ip::v4_mapped, ip::address_v4(four));
  require(special_purpose(mapped).has_value(), "an address in an address is refused", mapped.to_string());
}

void run_settings(std::string_view text) {
  const auto body = parse_json(text);
  if (!body) return;
  const auto wish = webhook_wish_of(*body);
  if (!wish) return require_places(wish.error().invalid, *body);
  const UrlRule rule = [](std::string_view url) -> std::optional<std::string> {
    const auto parsed = parse_web_url(url, {});
    if (parsed) return {};
    return parsed.error().invalid.front().detail;
  };
  const auto fine = check_wish(*wish, rule);
  if (!fine) return require_places(fine.error().invalid, *body);
  require(!wish->url || parse_web_url(*wish->url, {}).has_value(), "an accepted endpoint has an accepted URL");
  require(!wish->state || *wish->state == "on" || *wish->state == "off", "an endpoint is on or off");
  for (const auto& type : wish->types.value_or(std::vector<std::string>{}))
    require(type.find('.') != std::string::npos && is_visible(type), "a type of events is a name", type);
}

}  // namespace

void run_webhooks(std::string_view input) {
  for (const UrlRules& rules : all_rules) run_url(input, rules);
  run_addresses(input);
  run_settings(input);
}

}  // namespace assay::fuzz
