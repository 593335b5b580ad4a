// Tables for problems, routes, JSON bodies, entity tags, paging and cookies.
#include <catch2/catch_all.hpp>
#include <string>
#include <vector>

#include "http/cookies.h"
#include "http/etag.h"
#include "http/json_body.h"
#include "http/page.h"
#include "http/problem.h"
#include "http/router.h"

namespace assay::test::conventions_test {
namespace {

using namespace std::string_literals;

TEST_CASE("each reason has one status and type") {
  struct Row {
    Reason reason;
    int status;
    const char* type;
  };
  const std::vector<Row> rows = {
      {Reason::not_found, 404, "not-found"},
      {Reason::unauthenticated, 401, "unauthenticated"},
      {Reason::not_permitted, 403, "not-permitted"},
      {Reason::wrong_state, 409, "wrong-state"},
      {Reason::stale, 409, "stale"},
      {Reason::precondition_failed, 412, "precondition-failed"},
      {Reason::precondition_required, 428, "precondition-required"},
      {Reason::idempotency_conflict, 409, "idempotency-conflict"},
      {Reason::idempotency_mismatch, 422, "idempotency-mismatch"},
      {Reason::unmet, 409, "unmet"},
      {Reason::invalid, 422, "invalid"},
      {Reason::malformed, 400, "malformed"},
      {Reason::too_large, 413, "too-large"},
      {Reason::unsupported, 415, "unsupported"},
      {Reason::rate_limited, 429, "rate-limited"},
      {Reason::overloaded, 503, "overloaded"},
      {Reason::storage_full, 507, "storage-full"},
      {Reason::plugin_failed, 502, "plugin-failed"},
  };
  REQUIRE(rows.size() == static_cast<std::size_t>(Reason::plugin_failed) + 1);
  for (const Row& row : rows) {
    INFO(row.type);
    const Response response = problem(refuse(row.reason, "because"), "0");
    const Json body = Json::parse(std::get<std::string>(response.body));
    CHECK(response.status == row.status);
    CHECK(status_of(row.reason) == row.status);
    CHECK(response.content_type == "application/problem+json");
    CHECK(body["type"] == "urn:assay:problem:"s + row.type);
    CHECK(body["status"] == row.status);
    CHECK(body["detail"] == "because");
    CHECK(body["instance"] == "urn:uuid:0");
    CHECK_FALSE(body["title"].get<std::string>().empty());
    CHECK(body.size() == 5);
    CHECK(response.headers.find("WWW-Authenticate").has_value() == (row.status == 401));
    CHECK(reason_phrase(row.status) != "Unknown");
  }
}

TEST_CASE("a problem lists invalid fields, unmet guards and when to come back") {
  Refusal refusal = invalid_field("/title", "is missing");
  refusal.unmet.push_back({"no-open-items", "open", "3 items are open", {{"count", 3}}});
  refusal.retry_after = std::chrono::seconds(7);
  refusal.detail = "bad byte \xff";
  const Response response = problem(refusal, "1");
  const Json body = Json::parse(std::get<std::string>(response.body));
  CHECK(body["errors"] == Json::parse(R"([{"pointer":"/title","detail":"is missing"}])"));
  CHECK(body["unmet"] ==
        Json::parse(R"([{"guard":"no-open-items","code":"open","detail":"3 items are open","values":{"count":3}}])"));
  CHECK(response.headers.find("retry-after") == "7");
  CHECK(body["detail"] == "bad byte \xef\xbf\xbd");
}

TEST_CASE("a response takes no header that would make it ambiguous") {
  HeaderList headers;
  for (const char* name : {"content-length", "Transfer-Encoding", "Connection", "Date", "X-Request-Id", "a b", ""})
    CHECK_THROWS(headers.add(name, "1"));
  for (const std::string& value : {"a\r\nb"s, "a\nb"s, "\0"s}) CHECK_THROWS(headers.add("A", value));
  headers.add("A", "1").add("B", "").add("a", "2");
  CHECK(headers.text() == "A: 1\r\nB: \r\na: 2\r\n");
  CHECK(headers.find("b") == "");
  CHECK(headers.find("a") == "1");
  CHECK_FALSE(headers.find("C").has_value());
}

constexpr Route row(Method method, std::string_view pattern) {
  return {method, pattern, nullptr, Run::inline_, BodyKind::none, Access::open, ""};
}

TEST_CASE("the most specific pattern is found, with its parameters") {
  static constexpr Route routes[] = {
      row(Method::get, "/"),         row(Method::get, "/a/{id}"),           row(Method::get, "/a/me"),
      row(Method::post, "/a/{id}"),  row(Method::get, "/a/{id}/b/{other}"), row(Method::get, "/a/me/c"),
      row(Method::get, "/t/{x...}"), row(Method::get, "/{kind}/{id}"),
  };
  const Router router(routes);
  struct Row {
    Method method;
    std::vector<std::string_view> segments;
    int route;  // -1: none
    std::string parameters;
    std::string allow;
  };
  const std::vector<Row> rows = {
      {Method::get, {}, 0, "", ""},
      {Method::get, {"a", "7"}, 1, "id=7;", ""},
      {Method::head, {"a", "7"}, 1, "id=7;", ""},
      {Method::get, {"a", "me"}, 2, "", ""},
      {Method::post, {"a", "me"}, -1, "", "GET, HEAD, OPTIONS"},
      {Method::post, {"a", "7"}, 3, "id=7;", ""},
      {Method::put, {"a", "7"}, -1, "", "GET, HEAD, POST, OPTIONS"},
      {Method::get, {"a", "me", "b", "8"}, 4, "id=me;other=8;", ""},
      {Method::put, {"a", "me", "b", "8"}, -1, "", ""},
      {Method::get, {"a", "me", "c"}, 5, "", ""},
      {Method::get, {"z", "1"}, 7, "kind=z;id=1;", ""},
      {Method::get, {"a", ""}, -1, "", ""},
      {Method::get, {"a"}, -1, "", ""},
      {Method::get, {"a", "1", "2"}, -1, "", ""},
  };
  for (const Row& wanted : rows) {
    std::vector<Field> parameters;
    const Match match = router.find(wanted.method, wanted.segments, parameters);
    std::string text;
    for (const Field& field : parameters) text.append(field.name).append("=").append(field.value).append(";");
    INFO(to_text(wanted.method) << " " << (wanted.segments.empty() ? "" : wanted.segments.back()));
    CHECK((match.route ? static_cast<int>(router.index_of(*match.route)) : -1) == wanted.route);
    CHECK(text == wanted.parameters);
    CHECK(match.allow == wanted.allow);
  }
  std::vector<Field> parameters;
  const std::string_view path = "t/b/c.d";
  const std::vector<std::string_view> segments = {path.substr(0, 1), path.substr(2, 1), path.substr(4)};
  REQUIRE(router.find(Method::get, segments, parameters).route == &routes[6]);
  CHECK(parameters.at(0).value == "b/c.d");
}

TEST_CASE("a bad table is refused") {
  for (const char* pattern : {"", "a", "/a/", "//", "/a//b", "/{}", "/{a", "/{A}", "/{a}x", "/{a...}/b", "/{a}/{a}",
                              "/a b", "/a?b", "/..", "/{a...", "/%41"}) {
    INFO(pattern);
    CHECK_FALSE(is_pattern(pattern));
    const Route routes[] = {row(Method::get, pattern)};
    CHECK_THROWS_AS(Router(routes), std::invalid_argument);
  }
  const Route twice[] = {row(Method::get, "/a/{id}"), row(Method::get, "/a/{name}")};
  CHECK_THROWS_AS(Router(twice), std::invalid_argument);
}

TEST_CASE("JSON is read strictly") {
  const auto nested = [](int depth) {
    return std::string(static_cast<std::size_t>(depth), '[') + std::string(static_cast<std::size_t>(depth), ']');
  };
  struct Row {
    std::string text;
    const char* outcome;  // "" accepted, else the start of the detail, or the pointer of the first error
  };
  const std::vector<Row> rows = {
      {"{}", ""},
      {" [1, -2.5e3, \"\\u00e4\", null, true] ", ""},
      {R"({"a":{"b":[{"c":1},{"c":2}]}})", ""},
      {R"({"a":1,"A":2})", ""},
      {"7", ""},
      {nested(64), ""},
      {"18446744073709551615", ""},
      {nested(65), "nested deeper than 64"},
      {std::string(100'000, '['), "nested deeper than 64"},
      {"", "the body is empty"},
      {" ", "not valid JSON at byte"},
      {"{}x", "not valid JSON at byte 3"},
      {"{} {}", "not valid JSON at byte 4"},
      {"{\"a\":1,}", "not valid JSON at byte 8, line 1"},
      {"{\n\"a\": 1,\n}", "not valid JSON at byte 11, line 3"},
      {"[1,]", "not valid JSON at byte 4"},
      {"{'a':1}", "not valid JSON at byte"},
      {"[01]", "not valid JSON at byte"},
      {"[NaN]", "not valid JSON at byte"},
      {"[Infinity]", "not valid JSON at byte"},
      {"[1e999]", "a number at byte"},
      {"[-1e999]", "a number at byte"},
      {"// no\n{}", "not valid JSON at byte"},
      {"\xef\xbb\xbf{}", "a byte order mark"},
      {"\"\xff\"", "not valid JSON at byte"},
      {"\"\xc0\xaf\"", "not valid JSON at byte"},
      {"\"\xed\xa0\x80\"", "not valid JSON at byte"},
      {"\"\\ud800\"", "not valid JSON at byte"},
      {"\"a\nb\"", "not valid JSON at byte"},
      {"\"a", "not valid JSON at byte"},
      {"{\0}"s, "not valid JSON at byte"},
      {R"({"a":1,"a":1})", "/a"},
      {R"({"x":[0,{"a/b":{"~":1,"~":2}}]})", "/x/1/a~1b/~0"},
      {R"([[],{"k":[],"k":{}}])", "/1/k"},
      {R"({"a":1,"\u0061":2})", "/a"},
  };
  for (const Row& wanted : rows) {
    INFO(wanted.text.substr(0, 80));
    const auto value = parse_json(wanted.text);
    const std::string_view outcome = wanted.outcome;
    CHECK(value.has_value() == outcome.empty());
    if (value) {
      CHECK(*value == Json::parse(wanted.text));
    } else if (outcome.starts_with('/')) {
      CHECK(value.error().reason == Reason::invalid);
      REQUIRE(value.error().invalid.size() == 1);
      CHECK(value.error().invalid[0].pointer == outcome);
    } else {
      CHECK(value.error().reason == Reason::malformed);
      CHECK_THAT(value.error().detail, Catch::Matchers::StartsWith(std::string(outcome)));
    }
  }
}

TEST_CASE("If-Match and If-None-Match name versions") {
  const std::string etag = strong_etag("v7");
  CHECK(etag == "\"v7\"");
  CHECK_THROWS(strong_etag("a\"b"));
  struct Row {
    std::vector<Field> headers;
    std::optional<Reason> refused;  // by If-Match
    bool unchanged;                 // by If-None-Match of the same value
  };
  const std::vector<Row> rows = {
      {{{"If-Match", "\"v7\""}}, {}, true},
      {{{"If-Match", "*"}}, {}, true},
      {{{"if-match", "\"v6\", \"v7\""}}, {}, true},
      {{{"If-Match", "\"v6\""}, {"If-Match", "\"v7\""}}, {}, true},
      {{{"If-Match", ",\"v6\" ,, \"v7\","}}, {}, true},
      {{{"If-Match", "\"a,b\", \"v7\""}}, {}, true},
      {{{"If-Match", "\"v6\""}}, Reason::precondition_failed, false},
      {{{"If-Match", "W/\"v7\""}}, Reason::precondition_failed, true},
      {{{"If-Match", "v7"}}, Reason::malformed, false},
      {{{"If-Match", "\"v7"}}, Reason::malformed, false},
      {{{"If-Match", "\"v7\" \"v8\""}}, Reason::malformed, false},
      {{{"If-Match", "w/\"v7\""}}, Reason::malformed, false},
      {{{"If-Match", "*, \"v7\""}}, Reason::malformed, false},
      {{{"If-Match", ""}}, Reason::malformed, false},
      {{}, Reason::precondition_required, false},
  };
  for (const Row& wanted : rows) {
    INFO((wanted.headers.empty() ? "none" : wanted.headers.back().value));
    Request request;
    request.headers = wanted.headers;
    const auto outcome = check_if_match(request, etag);
    CHECK(outcome.has_value() == !wanted.refused.has_value());
    if (wanted.refused && outcome.has_error()) CHECK(outcome.error().reason == *wanted.refused);
    for (Field& field : request.headers) field.name = "If-None-Match";
    CHECK(none_match_holds(request, etag) == wanted.unchanged);
  }
}

TEST_CASE("pages have a limit and a cursor that is ours") {
  for (const std::string& position : {"a"s, "ab"s, "abc"s, "2026-01-01|\xff\0|"s, std::string(100, 'z')}) {
    const std::string text = encode_cursor(position);
    CHECK(text.find_first_of("+/=") == std::string::npos);
    CHECK(decode_cursor(text) == position);
  }
  CHECK(encode_cursor("\xfb\xff") == "-_8");
  for (const char* text : {"", "A", "-_9", "-_8=", "a b", "YQ==", "!"}) {
    INFO(text);
    CHECK_FALSE(decode_cursor(text).has_value());
  }
  struct Row {
    std::vector<Field> query;
    std::size_t limit;  // 0: refused
    const char* cursor;
  };
  const std::vector<Row> rows = {
      {{}, 50, ""},
      {{{"limit", "1"}}, 1, ""},
      {{{"limit", "200"}, {"cursor", "YWI"}}, 200, "ab"},
      {{{"limit", "0"}}, 0, ""},
      {{{"limit", "201"}}, 0, ""},
      {{{"limit", "-1"}}, 0, ""},
      {{{"limit", "1x"}}, 0, ""},
      {{{"limit", ""}}, 0, ""},
      {{{"limit", "99999999999999999999999"}}, 0, ""},
      {{{"limit", "1"}, {"limit", "2"}}, 0, ""},
      {{{"cursor", "%%"}}, 0, ""},
      {{{"cursor", "YWI"}, {"cursor", "YWI"}}, 0, ""},
  };
  for (const Row& wanted : rows) {
    Request request;
    request.query = wanted.query;
    const auto page = page_request(request);
    INFO((wanted.query.empty() ? "none" : wanted.query.back().value));
    CHECK(page.has_value() == (wanted.limit > 0));
    if (!page) {
      CHECK(page.error().reason == Reason::malformed);
      continue;
    }
    CHECK(page->limit == wanted.limit);
    CHECK(page->cursor.value_or("") == wanted.cursor);
  }
}

TEST_CASE("the next link keeps the query") {
  Request request;
  request.path = "/api/v1/audits";
  request.query = {{"state", "open & new"}, {"cursor", "old"}, {"limit", "2"}};
  Response response;
  add_next_link(response, request, "ab");
  CHECK(response.headers.find("Link") == "</api/v1/audits?state=open%20%26%20new&limit=2&cursor=YWI>; rel=\"next\"");
}

TEST_CASE("cookies are set closed and read once") {
  CHECK(set_cookie({.name = "s", .value = "v"}, false) == "s=v; Path=/; HttpOnly; SameSite=Lax");
  CHECK(set_cookie({.name = "s", .value = "v", .same_site = SameSite::strict, .max_age = std::chrono::seconds(60)},
                   true) == "__Host-s=v; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Strict");
  CHECK(set_cookie({.name = "s", .value = "v", .http_only = false}, false) == "s=v; Path=/; SameSite=Lax");
  CHECK(expire_cookie("s", true) == "__Host-s=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax");
  CHECK_THROWS(set_cookie({.name = "a b", .value = "v"}, false));
  CHECK_THROWS(set_cookie({.name = "s", .value = "a;b"}, false));
  struct Row {
    std::vector<Field> headers;
    bool is_tls;
    const char* value;  // null: absent
  };
  const std::vector<Row> rows = {
      {{{"Cookie", "s=1"}}, false, "1"},
      {{{"cookie", "a=2; s=1; b=3"}}, false, "1"},
      {{{"Cookie", "s="}}, false, ""},
      {{{"Cookie", "s=a=b"}}, false, "a=b"},
      {{{"Cookie", "xs=1"}}, false, nullptr},
      {{{"Cookie", "s"}}, false, nullptr},
      {{{"Cookie", "s=1; s=2"}}, false, nullptr},
      {{{"Cookie", "s=1"}, {"Cookie", "s=1"}}, false, nullptr},
      {{{"Cookie", "__Host-s=1"}}, true, "1"},
      {{{"Cookie", "s=1"}}, true, nullptr},
      {{{"Cookie", "s=2; __Host-s=1"}}, true, "1"},
      {{}, false, nullptr},
  };
  for (const Row& wanted : rows) {
    Request request;
    request.headers = wanted.headers;
    request.is_tls = wanted.is_tls;
    INFO((wanted.headers.empty() ? "none" : wanted.headers.back().value));
    const auto found = cookie(request, "s");
    CHECK(found.has_value() == (wanted.value != nullptr));
    if (found && wanted.value) CHECK(*found == wanted.value);
  }
}

}  // namespace
}  // namespace assay::test::conventions_test
