// Signatures of webhooks against the published vectors of Standard Webhooks.
#include "integrations/webhook_signature.h"

#include <catch2/catch_all.hpp>

#include "ledger/digest.h"

namespace assay::test::webhook_signature_test {
namespace {

constexpr std::int64_t sent = 1614265330;
const std::string id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const std::string body = R"({"test": 2432232314})";
const std::string signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
const WebhookSecret secret = WebhookSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").value();
const WebhookSecret other = WebhookSecret::parse("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD").value();

TEST_CASE("a webhook is signed as the published vectors are") {
  CHECK(secret.sign(id, sent, body) == signature);
  CHECK(other.sign("msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", 1649367553,
                   R"({"email":"test@example.com","username":"test_user"})") ==
        "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=");
}

TEST_CASE("a secret is read from its text form only") {
  CHECK(secret.text() == "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  const auto text = [](std::size_t bytes) { return "whsec_" + to_base64(std::string(bytes, 'k')); };
  for (const std::size_t bytes : {24U, 25U, 32U, 64U}) CHECK(WebhookSecret::parse(text(bytes)));
  for (const auto& wrong : {text(0), text(23), text(65), text(24).substr(6), "WHSEC_" + text(24).substr(6),
                            text(25).substr(0, text(25).size() - 1), text(24) + " ", std::string()}) {
    INFO(wrong);
    CHECK_FALSE(WebhookSecret::parse(wrong));
  }
  CHECK(WebhookSecret::from_bytes(std::string(24, 'k')).text() == text(24));
  CHECK_THROWS_AS(WebhookSecret::from_bytes("short"), std::invalid_argument);
  CHECK_THROWS_AS(WebhookSecret::from_bytes(std::string(65, 'k')), std::invalid_argument);
}

TEST_CASE("while a secret is rotated both sign, and a holder of either verifies") {
  const auto both = webhook_signatures(std::vector{other, secret}, id, sent, body);
  CHECK(both == other.sign(id, sent, body) + " " + signature);
  for (const auto& holder : {secret, other}) {
    CHECK(verify_webhook(std::vector{holder}, id, std::to_string(sent), both, body, sent) == SignatureVerdict::valid);
  }
  CHECK(verify_webhook(std::vector{other, secret}, id, std::to_string(sent), signature, body, sent) ==
        SignatureVerdict::valid);
}

TEST_CASE("what was not signed like this does not verify") {
  using enum SignatureVerdict;
  struct Row {
    std::string id, timestamp, signatures, body;
    std::int64_t now;
    SignatureVerdict verdict;
  };
  const std::string at = std::to_string(sent);
  const auto row = GENERATE_COPY(values<Row>({
      {id, at, signature, body, sent, valid},
      {id, at, "v1a,AAAA v2,BBBB " + signature, body, sent, valid},
      {id, at, signature + " v1,AAAA", body, sent, valid},
      {id, at, signature, body + " ", sent, no_match},
      {id + "x", at, signature, body, sent, no_match},
      {id, std::to_string(sent + 1), signature, body, sent, no_match},
      {id, at, "v1," + signature.substr(4), body, sent, no_match},
      {id, at, "v2" + signature.substr(2), body, sent, no_match},
      {id, at, signature.substr(3), body, sent, no_match},
      {id, at, other.sign(id, sent, body), body, sent, no_match},
      {id, at, " ", body, sent, no_match},
      {id, at, "", body, sent, malformed},
      {"", at, signature, body, sent, malformed},
      {"msg.1", at, signature, body, sent, malformed},
      {id, "", signature, body, sent, malformed},
      {id, at + " ", signature, body, sent, malformed},
      {id, "-1", signature, body, sent, malformed},
      {id, "99999999999999999999", signature, body, sent, malformed},
      {id, at, signature, body, sent + 300, valid},
      {id, at, signature, body, sent + 301, too_old},
      {id, at, signature, body, sent - 300, valid},
      {id, at, signature, body, sent - 301, too_new},
  }));
  INFO(row.id << ' ' << row.timestamp << ' ' << row.signatures << ' ' << row.now - sent);
  CHECK(verify_webhook(std::vector{secret}, row.id, row.timestamp, row.signatures, row.body, row.now) == row.verdict);
  CHECK(verify_webhook({}, row.id, row.timestamp, row.signatures, row.body, row.now) != valid);
}

TEST_CASE("an id that would blur the signed content is the caller's mistake") {
  for (const char* wrong : {"", "a.b", "a b", "a\n", "\xc3\xa4"})
    CHECK_THROWS_AS(secret.sign(wrong, sent, body), std::invalid_argument);
}

}  // namespace
}  // namespace assay::test::webhook_signature_test
