// Bodies and headers of webhooks: thin, full, too large, CloudEvents, rotation.
#include "integrations/webhook_payload.h"

#include <catch2/catch_all.hpp>

namespace assay::test::webhook_payload_test {
namespace {

const WebhookSecret secret = WebhookSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").value();
const WebhookSecret old_secret = WebhookSecret::parse("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD").value();
const Instant now = parse_instant("2026-11-23T08:00:00.999Z").value();

WebhookMessage message() {
  return {"msg_1", "nonconformity.closed", parse_instant("2026-11-23T07:59:00.125Z").value(),
          Json{{"id", "n-1"}, {"sequence", 4}, {"state", "closed"}},
          Json{{"title", "Access rights not reviewed"}, {"sequence", 99}}};
}

WebhookEndpoint endpoint() {
  return {.url = parse_web_url("https://example.com/hook", {}).value(), .secrets = {secret}};
}

std::string header(const OutboundRequest& request, std::string_view name) {
  std::string found;
  for (const auto& [candidate, value] : request.headers) {
    if (candidate == name) found += (found.empty() ? "" : "|") + value;
  }
  return found;
}

TEST_CASE("a thin body holds type, timestamp and the thin data") {
  CHECK(
      webhook_body(message(), PayloadStyle::thin) ==
      R"({"data":{"id":"n-1","sequence":4,"state":"closed"},"timestamp":"2026-11-23T07:59:00.125Z","type":"nonconformity.closed"})");
}

TEST_CASE("a full body adds the detail, which never replaces ids and sequence") {
  const auto body = Json::parse(webhook_body(message(), PayloadStyle::full));
  CHECK(body["data"] ==
        Json{{"id", "n-1"}, {"sequence", 4}, {"state", "closed"}, {"title", "Access rights not reviewed"}});
}

TEST_CASE("a full body over the limit becomes a thin one that says so") {
  auto large = message();
  large.detail["text"] = "";
  const auto overhead = webhook_body(large, PayloadStyle::full).size();
  large.detail["text"] = std::string(max_webhook_body - overhead, 'x');
  CHECK(webhook_body(large, PayloadStyle::full).size() == max_webhook_body);
  large.detail["text"] = std::string(max_webhook_body - overhead + 1, 'x');
  const auto body = Json::parse(webhook_body(large, PayloadStyle::full));
  CHECK(body["data"] == Json{{"id", "n-1"}, {"sequence", 4}, {"state", "closed"}, {"truncated", true}});
  CHECK_FALSE(Json::parse(webhook_body(large, PayloadStyle::thin))["data"].contains("truncated"));
  large.data["text"] = std::string(max_webhook_body, 'x');
  CHECK_THROWS_AS(webhook_body(large, PayloadStyle::full), std::length_error);
  CHECK_THROWS_AS(webhook_body(large, PayloadStyle::thin), std::length_error);
}

TEST_CASE("a type that is not divided by dots or data that is no object is the caller's mistake") {
  for (const char* type : {"", ".a", "a.", "a..b", "A.b", "a b", "a\n"}) {
    auto wrong = message();
    wrong.type = type;
    CHECK_THROWS_AS(webhook_body(wrong, PayloadStyle::thin), std::invalid_argument);
  }
  auto wrong = message();
  wrong.data = Json::array();
  CHECK_THROWS_AS(webhook_body(wrong, PayloadStyle::thin), std::invalid_argument);
}

TEST_CASE("a request carries the three headers of Standard Webhooks, signed for this attempt") {
  const auto request = webhook_request(message(), endpoint(), now);
  CHECK(request.method == "POST");
  CHECK(request.url.text() == "https://example.com/hook");
  CHECK(request.body == webhook_body(message(), PayloadStyle::thin));
  CHECK(header(request, "Content-Type") == "application/json");
  CHECK(header(request, "webhook-id") == "msg_1");
  CHECK(header(request, "webhook-timestamp") == "1795420800");
  CHECK(header(request, "webhook-signature") == secret.sign("msg_1", 1795420800, request.body));
  CHECK(header(request, "ce-id").empty());

  const auto later = webhook_request(message(), endpoint(), now + std::chrono::seconds{5});
  CHECK(header(later, "webhook-id") == "msg_1");
  CHECK(header(later, "webhook-timestamp") == "1795420805");
  CHECK(later.body == request.body);
}

TEST_CASE("while secrets overlap, both sign") {
  auto rotated = endpoint();
  rotated.secrets = {secret, old_secret};
  const auto request = webhook_request(message(), rotated, now);
  CHECK(header(request, "webhook-signature") ==
        secret.sign("msg_1", 1795420800, request.body) + " " + old_secret.sign("msg_1", 1795420800, request.body));
  rotated.secrets.clear();
  CHECK_THROWS_AS(webhook_request(message(), rotated, now), std::invalid_argument);
}

TEST_CASE("CloudEvents headers stand beside the others") {
  auto cloud = endpoint();
  cloud.cloud_events = true;
  cloud.source =
      "https://audit.example/b\xc3\xbc"
      "ro 1";
  const auto request = webhook_request(message(), cloud, now);
  CHECK(header(request, "ce-specversion") == "1.0");
  CHECK(header(request, "ce-id") == "msg_1");
  CHECK(header(request, "ce-source") == "https://audit.example/b%C3%BCro%201");
  CHECK(header(request, "ce-type") == "nonconformity.closed");
  CHECK(header(request, "ce-time") == "2026-11-23T07:59:00.125Z");
  CHECK(header(request, "webhook-id") == "msg_1");
  cloud.source.clear();
  CHECK_THROWS_AS(webhook_request(message(), cloud, now), std::invalid_argument);
}

TEST_CASE("values of CloudEvents attributes are percent-encoded where the binding asks for it") {
  const auto [text, value] = GENERATE(table<std::string, std::string>({{"plain/~!", "plain/~!"},
                                                                       {"a b", "a%20b"},
                                                                       {"\"%\"", "%22%25%22"},
                                                                       {"\xe2\x82\xac", "%E2%82%AC"},
                                                                       {"a\r\nb", "a%0D%0Ab"},
                                                                       {"", ""}}));
  CHECK(cloud_events_value(text) == value);
}

TEST_CASE("the endpoint's own headers are sent and never replace those of the message") {
  auto own = endpoint();
  own.headers = {{"Authorization", "Bearer x"}, {"Webhook-Id", "forged"}, {"content-type", "text/plain"}};
  const auto request = webhook_request(message(), own, now);
  CHECK(header(request, "Authorization") == "Bearer x");
  CHECK(header(request, "Webhook-Id").empty());
  CHECK(header(request, "content-type").empty());
  CHECK(request.headers.size() == 5);
}

}  // namespace
}  // namespace assay::test::webhook_payload_test
