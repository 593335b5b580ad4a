// Our webhooks, over a real socket, verified by the library that other people use: the npm package standardwebhooks.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_all.hpp>
#include <cstdio>
#include <string>

#include "integrations/webhook_payload.h"

namespace assay::test::standardwebhooks_test {
namespace {

const std::string secret_text = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// The receiver as a child process; ends with this object, because its standard input does.
class Receiver {
 public:
  Receiver() {
    std::array<int, 2> input{}, output{};
    REQUIRE(::pipe2(input.data(), O_CLOEXEC) == 0);
    REQUIRE(::pipe2(output.data(), O_CLOEXEC) == 0);
    std::string script = ASSAY_SOURCE_DIR "/tests/integrations/standardwebhooks/run.sh";
    std::string folder = ASSAY_BINARY_DIR "/tests/standardwebhooks";
    std::string secret = secret_text;
    std::array<char*, 4> arguments{script.data(), folder.data(), secret.data(), nullptr};
    posix_spawn_file_actions_t actions;
    REQUIRE(::posix_spawn_file_actions_init(&actions) == 0);
    ::posix_spawn_file_actions_adddup2(&actions, input[0], 0);
    ::posix_spawn_file_actions_adddup2(&actions, output[1], 1);
    const int spawned = ::posix_spawn(&child_, script.c_str(), &actions, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(input[0]);
    ::close(output[1]);
    keep_alive_ = input[1];
    output_ = ::fdopen(output[0], "r");
    REQUIRE(spawned == 0);
  }
  ~Receiver() {
    ::close(keep_alive_);
    ::fclose(output_);
    int status = 0;
    ::waitpid(child_, &status, 0);
  }
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  /// The first line that the script prints, without its end.
  std::string first_line() {
    std::string line;
    for (int c = std::fgetc(output_); c != EOF && c != '\n'; c = std::fgetc(output_)) line += static_cast<char>(c);
    return line;
  }

 private:
  pid_t child_ = -1;
  int keep_alive_ = -1;
  std::FILE* output_ = nullptr;
};

OutboundClient client() {
  OutboundSettings settings;
  settings.guard = AddressGuard({AddressRange::parse("127.0.0.0/8").value()});
  return OutboundClient(std::move(settings));
}

TEST_CASE("the npm package standardwebhooks verifies what we sign") {
  Receiver receiver;
  const std::string line = receiver.first_line();
  if (line.starts_with("SKIP: ")) SKIP(line);
  INFO(line);
  REQUIRE(line.starts_with("PORT "));
  const auto port = static_cast<std::uint16_t>(std::stoi(line.substr(5)));

  const Instant now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const WebhookMessage message{.id = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W",
                               .type = "nonconformity.closed",
                               .at = now,
                               .data = Json{{"id", "n-1"}, {"sequence", 3}},
                               .detail = Json{{"title",
                                               "Zugriffsrechte nicht gepr\xc3\xbc"
                                               "ft"}}};
  WebhookEndpoint endpoint{.url = {.tls = false, .host = "127.0.0.1", .port = port, .target = "/"},
                           .secrets = {WebhookSecret::parse(secret_text).value()},
                           .style = PayloadStyle::full};
  const auto outbound = client();
  const auto sent = [&](const OutboundRequest& request) {
    const auto result = outbound.send(request);
    INFO(result.detail);
    REQUIRE_FALSE(result.failure);
    return result;
  };

  const auto accepted = sent(webhook_request(message, endpoint, now));
  CHECK(accepted.status == 204);
  CHECK(accepted.header("x-type") == "nonconformity.closed");

  auto tampered = webhook_request(message, endpoint, now);
  tampered.body.back() = ' ';
  const auto refused = sent(tampered);
  CHECK(refused.status == 400);
  CHECK_THAT(refused.body, Catch::Matchers::ContainsSubstring("No matching signature"));

  const auto old = sent(webhook_request(message, endpoint, now - std::chrono::minutes{6}));
  CHECK(old.status == 400);
  CHECK_THAT(old.body, Catch::Matchers::ContainsSubstring("too old"));

  const auto other = WebhookSecret::from_bytes(std::string(32, 'k'));
  endpoint.secrets = {other};
  CHECK(sent(webhook_request(message, endpoint, now)).status == 400);
  endpoint.secrets = {other, WebhookSecret::parse(secret_text).value()};  // while secrets overlap
  CHECK(sent(webhook_request(message, endpoint, now)).status == 204);
}

}  // namespace
}  // namespace assay::test::standardwebhooks_test
