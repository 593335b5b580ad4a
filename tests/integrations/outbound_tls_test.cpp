// Certificates: who is trusted, for which name, until when.
#include <stdlib.h>
#include <unistd.h>

#include <catch2/catch_all.hpp>
#include <filesystem>
#include <fstream>

#include "integrations/loopback_server.h"
#include "integrations/outbound.h"

namespace assay::test::outbound_tls_test {
namespace {

using Catch::Matchers::ContainsSubstring;

/// A file with `text` that goes with its scope.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text) {
    std::string name = (std::filesystem::temp_directory_path() / "assay-ca-XXXXXX").string();
    const int descriptor = ::mkstemp(name.data());
    REQUIRE(descriptor >= 0);
    ::close(descriptor);
    path_ = name;
    std::ofstream(path_) << text;
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

OutboundSettings local_settings(const std::string& ca_file = "") {
  OutboundSettings settings;
  settings.timeout = std::chrono::seconds{10};
  settings.guard = AddressGuard({AddressRange::parse("127.0.0.0/8").value()});
  settings.ca_file = ca_file;
  settings.resolver = [](const std::string&) -> std::vector<boost::asio::ip::address> {
    return {boost::asio::ip::make_address("127.0.0.1")};
  };
  return settings;
}

OutboundRequest request_to(const LoopbackServer& server, const std::string& host) {
  OutboundRequest request;
  request.url = {.tls = true, .host = host, .port = server.port(), .target = "/"};
  request.body = "{}";
  return request;
}

TEST_CASE("a certificate must be trusted, for the host's name, and in its time") {
  struct Row {
    const char *names, *host;
    bool trusted;
    long seconds_left;
    const char* problem;  // empty: accepted
  };
  const auto row = GENERATE(values<Row>({
      {"DNS:receiver.test", "receiver.test", true, 3600, ""},
      {"DNS:*.example.test", "receiver.example.test", true, 3600, ""},
      {"IP:127.0.0.1", "127.0.0.1", true, 3600, ""},
      {"DNS:receiver.test", "receiver.test", false, 3600, "self-signed"},
      {"DNS:other.test", "receiver.test", true, 3600, "hostname mismatch"},
      {"DNS:receiv*.example.test", "receiver.example.test", true, 3600, "hostname mismatch"},
      {"DNS:receiver.test", "127.0.0.1", true, 3600, "IP address mismatch"},
      {"DNS:127.0.0.1", "127.0.0.1", true, 3600, "IP address mismatch"},
      {"DNS:receiver.test", "receiver.test", true, -60, "expired"},
  }));
  INFO(row.names << ' ' << row.host << ' ' << row.problem);
  std::atomic<int> requests = 0;
  const auto certificate = test::make_certificate(row.names, row.seconds_left);
  const LoopbackServer server(
      [&](Connection& connection) {
        connection.read_request();
        ++requests;
        connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      },
      certificate);
  const TemporaryFile ca(certificate.certificate);
  const auto result = OutboundClient(local_settings(row.trusted ? ca.path() : "")).send(request_to(server, row.host));
  INFO(result.detail);
  if (*row.problem == '\0') {
    CHECK_FALSE(result.failure);
    CHECK(result.status == 200);
    CHECK(result.body == "ok");
  } else {
    CHECK(result.failure == OutboundFailure::tls);
    CHECK_THAT(result.detail, ContainsSubstring(row.problem));
    CHECK_FALSE(result.status);
    CHECK(requests == 0);  // nothing was told to a stranger
  }
}

TEST_CASE("a body without a length ends with the connection, also when TLS is not closed in form") {
  const auto certificate = test::make_certificate("DNS:receiver.test");
  const LoopbackServer server(
      [](Connection& connection) {
        connection.read_request();
        connection.write("HTTP/1.0 200 OK\r\n\r\nabc");
      },
      certificate);
  const TemporaryFile ca(certificate.certificate);
  const auto result = OutboundClient(local_settings(ca.path())).send(request_to(server, "receiver.test"));
  INFO(result.detail);
  CHECK_FALSE(result.failure);
  CHECK(result.body == "abc");
}

TEST_CASE("a receiver that does not speak TLS is a failure of TLS") {
  const LoopbackServer server([](Connection& connection) {
    connection.write("HTTP/1.1 400 Bad Request\r\n\r\n");
    connection.wait_for_close();
  });
  const auto result = OutboundClient(local_settings()).send(request_to(server, "receiver.test"));
  CHECK(result.failure == OutboundFailure::tls);
}

TEST_CASE("a receiver that never shakes hands is a time-out") {
  const LoopbackServer server([](Connection& connection) { connection.wait_for_close(); });
  auto settings = local_settings();
  settings.timeout = std::chrono::milliseconds{200};
  const auto result = OutboundClient(settings).send(request_to(server, "receiver.test"));
  CHECK(result.failure == OutboundFailure::timeout);
}

TEST_CASE("certificates that cannot be read stop the client from being made") {
  CHECK_THROWS_AS(OutboundClient(local_settings("/nowhere/ca.pem")), std::runtime_error);
}

}  // namespace
}  // namespace assay::test::outbound_tls_test
