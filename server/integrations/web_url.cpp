// Strict reading of the URLs that people enter for the server to call.
#include "integrations/web_url.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>

namespace assay {
namespace {

constexpr std::size_t longest_url = 2048, longest_host = 253, longest_label = 63;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/// The first label of `rest`, which loses it and its dot.
std::string_view take_label(std::string_view& rest) {
  const auto dot = std::min(rest.find('.'), rest.size());
  const auto label = rest.substr(0, dot);
  rest.remove_prefix(std::min(dot + 1, rest.size()));
  return label;
}

bool is_label(std::string_view label) {
  if (label.empty() || label.size() > longest_label || label.front() == '-' || label.back() == '-') return false;
  return std::all_of(label.begin(), label.end(), [](char c) { return is_letter(c) || is_digit(c) || c == '-'; });
}

/// Resolvers read 127.1, 0x7f.1 and 2130706433 as addresses, so a name that ends in a number must be a dotted quad.
bool ends_in_number(std::string_view host) {
  const auto last = host.substr(host.rfind('.') + 1);  // npos + 1 is 0
  return last.starts_with("0x") || std::all_of(last.begin(), last.end(), is_digit);
}

bool is_dotted_quad(std::string_view host) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address_v4(std::string(host), error);
  return !error && address.to_string() == host;  // the same text: no leading zeros, which some read as octal
}

/// A sentence about what is wrong with the host, or nothing.
std::optional<std::string> name_problem(std::string_view host) {
  if (host.empty()) return "the host is missing";
  if (std::any_of(host.begin(), host.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; })) {
    return "write an internationalised host name in its ASCII form (xn--...)";
  }
  if (host.size() > longest_host) return "the host name is too long";
  for (auto rest = host; !rest.empty();) {
    if (!is_label(take_label(rest))) return "the host is not a valid name or address";
  }
  if (host.back() == '.') return "write the host name without a final dot";
  if (ends_in_number(host) && !is_dotted_quad(host)) {
    return "an IPv4 address is written as four decimal numbers";
  }
  return {};
}

std::optional<std::string> target_problem(std::string_view target) {
  constexpr std::string_view marks = "-._~!$&'()*+,;=:@/?";
  for (std::size_t i = 0; i < target.size(); ++i) {
    const char c = target[i];
    if (c == '#') return "a fragment is not sent to the receiver: leave out what follows the #";
    if (c == '%') {
      if (i + 2 >= target.size() || !is_hex(target[i + 1]) || !is_hex(target[i + 2])) return "a % stands alone";
      continue;
    }
    if (is_digit(c) || is_letter(c) || (c >= 'A' && c <= 'Z') || marks.find(c) != std::string_view::npos) continue;
    return "the path or query holds a character that must be percent-encoded";
  }
  return {};
}

/// Reads "host", "host:port" or "[IPv6]:port" into `url`; a sentence about what is wrong, or nothing.
std::optional<std::string> read_authority(std::string_view authority, WebUrl& url) {
  std::string_view port;
  bool has_port = false;
  if (authority.starts_with('[')) {
    const auto close = authority.find(']');
    if (close == std::string_view::npos) return "the bracket of the IPv6 address is not closed";
    boost::system::error_code error;
    const auto literal = authority.substr(1, close - 1);
    const auto address = boost::asio::ip::make_address_v6(std::string(literal), error);
    if (error || literal.find('%') != std::string_view::npos) return "the host is not a valid IPv6 address";
    url.host = address.to_string();
    port = authority.substr(close + 1);
    has_port = !port.empty();
    if (has_port && port.front() != ':') return "only a port may follow the IPv6 address";
  } else {
    const auto colon = std::min(authority.find(':'), authority.size());
    url.host = lower(authority.substr(0, colon));
    if (auto problem = name_problem(url.host)) return problem;
    port = authority.substr(colon);
    has_port = !port.empty();
  }
  if (!has_port) return {};
  port.remove_prefix(1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
  if (error != std::errc{} || end != port.data() + port.size() || url.port == 0) return "the port is not valid";
  return {};
}

std::uint16_t default_port(bool tls) { return tls ? 443 : 80; }

bool port_admitted(const WebUrl& url, const UrlRules& rules) {
  if (rules.ports.empty()) return url.port == default_port(url.tls) || url.port >= 1024;
  return std::find(rules.ports.begin(), rules.ports.end(), url.port) != rules.ports.end();
}

}  // namespace

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

std::string WebUrl::authority() const {
  std::string text = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != default_port(tls)) text += ":" + std::to_string(port);
  return text;
}

std::string WebUrl::text() const { return (tls ? "https://" : "http://") + authority() + target; }

Result<WebUrl> parse_web_url(std::string_view text, const UrlRules& rules, std::string pointer) {
  const auto invalid = [&](std::string why) { return invalid_field(std::move(pointer), std::move(why)); };
  if (text.size() > longest_url) return invalid("the URL is longer than 2,048 characters");
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return invalid("the URL must begin with https://");
  WebUrl url;
  const auto scheme = lower(text.substr(0, scheme_end));
  if (scheme == "http") {
    if (!rules.allow_http) return invalid("only https:// is allowed here");
  } else if (scheme != "https") {
    return invalid("the URL must begin with https://");
  }
  url.tls = scheme == "https";
  url.port = default_port(url.tls);
  auto rest = text.substr(scheme_end + 3);
  const auto authority_end = std::min(rest.find_first_of("/?#"), rest.size());
  const auto authority = rest.substr(0, authority_end);
  rest.remove_prefix(authority_end);
  if (authority.find('@') != std::string_view::npos) return invalid("the URL must not hold a user name or password");
  if (auto problem = read_authority(authority, url)) return invalid(std::move(*problem));
  if (auto problem = target_problem(rest)) return invalid(std::move(*problem));
  if (!port_admitted(url, rules)) return invalid("the port " + std::to_string(url.port) + " is not allowed");
  url.target = rest.starts_with('/') ? std::string(rest) : "/" + std::string(rest);
  return url;
}

}  // namespace assay
