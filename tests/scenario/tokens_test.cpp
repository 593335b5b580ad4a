// Personal access tokens: their form, their scopes, their end.
#include <boost/crc.hpp>
#include <regex>
#include <thread>

#include "scenario/stage.h"

namespace assay::test::tokens_test {
namespace {

/// CRC-32 of the random part in base 62, most significant digit first, six digits.
std::string checksum(const std::string& random) {
  constexpr std::string_view digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  boost::crc_32_type crc;
  crc.process_bytes(random.data(), random.size());
  std::uint32_t left = crc.checksum();
  std::string text(6, '0');
  for (int i = 5; i >= 0; --i, left /= 62) text[static_cast<std::size_t>(i)] = digits[left % 62];
  return text;
}

std::string wish(const std::vector<std::string>& scopes, const std::string& expires,
                 const std::string& name = "script") {
  return Json{{"name", name}, {"scopes", scopes}, {"expires", expires}}.dump();
}

std::string bearer(const std::string& token) { return "Authorization: Bearer " + token; }

TEST_CASE("a token is shown once, and its form can be checked without asking") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const Answer made = stage.run({"make",
                                 "lead",
                                 "POST",
                                 "/api/v1/me/tokens",
                                 {},
                                 wish({"read"}, instant(3600)),
                                 201,
                                 {"Location: /api/v1/me/tokens/"},
                                 {},
                                 {"token.made"},
                                 "token"});
  const std::string token = parsed(made).at("token");
  CHECK(std::regex_match(token, std::regex("assay_[0-9A-Za-z]{36}")));
  CHECK(checksum(token.substr(token.size() - 36, 30)) == token.substr(token.size() - 6));
  std::string damaged = token;
  damaged.back() = damaged.back() == 'a' ? 'b' : 'a';
  const std::string id = stage.names.at("token");
  stage.run(
      {{"it works", "", "GET", "/api/v1/me", {bearer(token)}, "", 200, {"\"scopes\":[\"read\"]"}},
       {"in small letters too", "", "GET", "/api/v1/me", {"Authorization: bearer " + token}},
       {"never again", "lead", "GET", "/api/v1/me/tokens", {}, "", 200, {id, "\"last_used\":\"20"}, {token, "hash"}},
       {"not in the feed",
        "admin",
        "GET",
        "/api/v1/events?type=token.made&full=true&limit=200",
        {},
        "",
        200,
        {"token.made"},
        {token, "\"hash\""}},
       {"damaged", "", "GET", "/api/v1/me", {bearer(damaged)}, "", 401},
       {"of somebody else", "manager", "DELETE", "/api/v1/me/tokens/" + id, {"If-Match: \"v1\""}, "", 404},
       {"not seen by somebody else", "manager", "GET", "/api/v1/me/tokens", {}, "", 200, {}, {id}}});
}

TEST_CASE("a token can do what its scopes say") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string read = bearer(stage.token_of("admin", {"read"})),
                    write = bearer(stage.token_of("admin", {"read", "write"})),
                    only_write = bearer(stage.token_of("admin", {"write"}));
  const std::string body =
      R"({"title":"x","planned_on":"2027-03-01","period_from":"2026-01-01","period_to":"2026-01-02"})";
  stage.run(
      {{"read reads", "", "GET", "/api/v1/audits", {read}},
       {"read does not write", "", "POST", "/api/v1/management-reviews", {read}, body, 403, {"scope \\\"write\\\""}},
       {"read does not upload",
        "",
        "POST",
        "/api/v1/audits/{audit}/evidence/files?name=x",
        {read, "Content-Type: text/plain"},
        "x",
        403},
       {"read does not command",
        "",
        "POST",
        "/api/v1/management-reviews/{review}/commands/gather_inputs",
        {read, "If-Match: {etag}"},
        "{}",
        403},
       {"write writes",
        "",
        "POST",
        "/api/v1/management-reviews",
        {write},
        body,
        201,
        {},
        {},
        {"management-review.scheduled"}},
       {"write alone does not read", "", "GET", "/api/v1/audits", {only_write}, "", 403},
       {"write does not administer",
        "",
        "POST",
        "/api/v1/people",
        {write},
        R"({"name":"x","email":"s@y.example"})",
        403},
       {"write does not see webhooks", "", "GET", "/api/v1/webhooks", {write}, "", 403},
       {"nor administrative events",
        "",
        "GET",
        "/api/v1/events?type=person.invited",
        {write},
        "",
        200,
        {"\"items\":[]"}},
       {"a token cannot make one that can do more",
        "",
        "POST",
        "/api/v1/me/tokens",
        {write},
        wish({"read", "admin"}, instant(60)),
        422,
        {"/scopes/1"}},
       {"who is no administrator gets no such scope",
        "lead",
        "POST",
        "/api/v1/me/tokens",
        {},
        wish({"admin"}, instant(60)),
        422,
        {"/scopes/0"}},
       {"no scope", "lead", "POST", "/api/v1/me/tokens", {}, wish({}, instant(60)), 422, {"/scopes"}},
       {"an unknown scope", "lead", "POST", "/api/v1/me/tokens", {}, wish({"root"}, instant(60)), 422, {"/scopes/0"}},
       {"without a name", "lead", "POST", "/api/v1/me/tokens", {}, wish({"read"}, instant(60), ""), 422, {"/name"}},
       {"for ever", "lead", "POST", "/api/v1/me/tokens", {}, wish({"read"}, instant(367 * 86400)), 422, {"/expires"}},
       {"for the past", "lead", "POST", "/api/v1/me/tokens", {}, wish({"read"}, instant(-1)), 422, {"/expires"}},
       {"without an end",
        "lead",
        "POST",
        "/api/v1/me/tokens",
        {},
        R"({"name":"x","scopes":["read"]})",
        422,
        {"/expires"}}});
}

TEST_CASE("a token that is revoked or has expired is nothing at once") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const Json made = stage.must("lead", "POST", "/api/v1/me/tokens", wish({"read"}, instant(3600)));
  const std::string path = "/api/v1/me/tokens/" + made.at("id").get<std::string>(), token = bearer(made.at("token"));
  stage.run({{"works", "", "GET", "/api/v1/me", {token}},
             {"revoked", "lead", "DELETE", path, {"If-Match: {etag}"}, "", 204, {}, {}, {"token.revoked"}},
             {"is nothing", "", "GET", "/api/v1/me", {token}, "", 401},
             {"once is enough", "lead", "DELETE", path, {"If-Match: {etag}"}, "", 409}});
  const std::string brief =
      bearer(stage.must("lead", "POST", "/api/v1/me/tokens", wish({"read"}, instant(2))).at("token"));
  CHECK(stage.ask("", "GET", "/api/v1/me", {}, {brief}).status == 200);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  int status = 200;
  while (status == 200 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
    status = stage.ask("", "GET", "/api/v1/me", {}, {brief}).status;
  }
  CHECK(status == 401);
}

}  // namespace
}  // namespace assay::test::tokens_test
