// URLs that people enter: what is read, and what is refused with which sentence.
#include "integrations/web_url.h"

#include <catch2/catch_all.hpp>

namespace assay::test::web_url_test {
namespace {

using Catch::Matchers::ContainsSubstring;

TEST_CASE("an acceptable URL is read into its parts") {
  struct Row {
    const char *text, *host;
    std::uint16_t port;
    const char *target, *authority;
    bool tls = true;
  };
  const auto row = GENERATE(values<Row>({
      {"https://example.com", "example.com", 443, "/", "example.com"},
      {"HTTPS://Example.COM/Hook", "example.com", 443, "/Hook", "example.com"},
      {"https://example.com:443/", "example.com", 443, "/", "example.com"},
      {"https://example.com:8443/a/b?c=d&e=%20", "example.com", 8443, "/a/b?c=d&e=%20", "example.com:8443"},
      {"https://example.com?x=1", "example.com", 443, "/?x=1", "example.com"},
      {"https://xn--bcher-kva.example/", "xn--bcher-kva.example", 443, "/", "xn--bcher-kva.example"},
      {"https://203.0.113.7/", "203.0.113.7", 443, "/", "203.0.113.7"},
      {"https://[2001:DB8:0:0::1]:8443/", "2001:db8::1", 8443, "/", "[2001:db8::1]:8443"},
      {"https://[::1]", "::1", 443, "/", "[::1]"},
      {"http://localhost:8080/hook", "localhost", 8080, "/hook", "localhost:8080", false},
      {"http://localhost:80/hook", "localhost", 80, "/hook", "localhost", false},
      {"https://a-b.c0.example:65535/", "a-b.c0.example", 65535, "/", "a-b.c0.example:65535"},
  }));
  INFO(row.text);
  const auto url = parse_web_url(row.text, {.allow_http = true});
  REQUIRE(url.has_value());
  CHECK(url->tls == row.tls);
  CHECK(url->host == row.host);
  CHECK(url->port == row.port);
  CHECK(url->target == row.target);
  CHECK(url->authority() == row.authority);
  const auto again = parse_web_url(url->text(), {.allow_http = true});
  REQUIRE(again.has_value());
  CHECK(again->text() == url->text());
}

TEST_CASE("any other URL is refused and the sentence says why") {
  const std::string long_label(64, 'a');
  const auto [text, why] = GENERATE_COPY(table<std::string, std::string>({
      {"", "must begin with https"},
      {"example.com", "must begin with https"},
      {"//example.com/", "must begin with https"},
      {"ftp://example.com/", "must begin with https"},
      {"file:///etc/passwd", "must begin with https"},
      {" https://example.com/", "must begin with https"},
      {"http://example.com/", "only https"},
      {"https://", "host is missing"},
      {"https:///path", "host is missing"},
      {"https://:443/", "host is missing"},
      {"https://user@example.com/", "user name"},
      {"https://user:secret@example.com/", "user name"},
      {"https://example.com@evil.example/", "user name"},
      {"https://b\xc3\xbc"
       "cher.example/",
       "ASCII form"},
      {"https://exa mple.com/", "not a valid name"},
      {"https://example_.com/", "not a valid name"},
      {"https://-a.example/", "not a valid name"},
      {"https://a-.example/", "not a valid name"},
      {"https://a..example/", "not a valid name"},
      {"https://.example/", "not a valid name"},
      {"https://" + long_label + ".example/", "not a valid name"},
      {"https://example.com./", "final dot"},
      {"https://ex%61mple.com/", "not a valid name"},
      {"https://example.com\\@evil.example/", "user name"},
      {"https://example.com\\.evil.example/", "not a valid name"},
      {"https://127.1/", "four decimal numbers"},
      {"https://2130706433/", "four decimal numbers"},
      {"https://0x7f000001/", "four decimal numbers"},
      {"https://0x7f.0.0.0x1/", "four decimal numbers"},
      {"https://0177.0.0.1/", "four decimal numbers"},
      {"https://127.0.0.1.2/", "four decimal numbers"},
      {"https://256.0.0.1/", "four decimal numbers"},
      {"https://[::1/", "not closed"},
      {"https://[::g]/", "not a valid IPv6"},
      {"https://[fe80::1%25eth0]/", "not a valid IPv6"},
      {"https://[127.0.0.1]/", "not a valid IPv6"},
      {"https://[::1]x/", "only a port"},
      {"https://::1/", "host is missing"},
      {"https://example.com:/", "port is not valid"},
      {"https://example.com:0/", "port is not valid"},
      {"https://example.com:65536/", "port is not valid"},
      {"https://example.com:+443/", "port is not valid"},
      {"https://example.com:443x/", "port is not valid"},
      {"https://example.com:22/", "port 22 is not allowed"},
      {"https://example.com:80/", "port 80 is not allowed"},
      {"https://example.com:1023/", "port 1023 is not allowed"},
      {"https://example.com/#part", "fragment"},
      {"https://example.com#part", "fragment"},
      {"https://example.com/a b", "percent-encoded"},
      {"https://example.com/\r\nHost: evil", "percent-encoded"},
      {"https://example.com/\"", "percent-encoded"},
      {"https://example.com/\xc3\xa4", "percent-encoded"},
      {"https://example.com/%", "a % stands alone"},
      {"https://example.com/%2", "a % stands alone"},
      {"https://example.com/%zz", "a % stands alone"},
      {"https://example.com/" + std::string(2048, 'a'), "longer than"},
  }));
  INFO(text);
  const auto url = parse_web_url(text, {}, "/endpoint/url");
  REQUIRE(url.has_error());
  CHECK(url.error().reason == Reason::invalid);
  REQUIRE(url.error().invalid.size() == 1);
  CHECK(url.error().invalid[0].pointer == "/endpoint/url");
  CHECK_THAT(url.error().invalid[0].detail, ContainsSubstring(why));
}

TEST_CASE("a list of ports admits exactly these") {
  const UrlRules rules{.allow_http = true, .ports = {443, 22}};
  CHECK(parse_web_url("https://example.com/", rules).has_value());
  CHECK(parse_web_url("https://example.com:22/", rules).has_value());
  CHECK(parse_web_url("https://example.com:8443/", rules).has_error());
  CHECK(parse_web_url("http://example.com/", rules).has_error());
}

}  // namespace
}  // namespace assay::test::web_url_test
