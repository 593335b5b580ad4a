// One HTTP/1.1 request to somebody else's server: guarded, limited in time and size, redirects not followed.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "integrations/address_guard.h"
#include "integrations/web_url.h"

namespace assay {

using OutboundHeaders = std::vector<std::pair<std::string, std::string>>;

struct OutboundRequest {
  WebUrl url;
  std::string method = "POST";
  OutboundHeaders headers = {};  // Host, User-Agent, Content-Length and Connection are added
  std::string body = {};
};

enum class OutboundFailure {
  dns,              // the name has no address, or too many lookups are still running
  blocked_address,  // every address of the host is refused by the guard
  connect,          // no address accepts a connection
  tls,              // handshake failed, the certificate is not trusted or is for another name
  timeout,          // the total time is over, in whatever phase
  protocol,         // the connection broke, or what came is not HTTP
  too_large,        // the head of the response is over its limit
  cancelled,        // the server shuts down: not an attempt of the receiver's making
};
std::string_view to_text(OutboundFailure failure);

/// What came of a request. Without `failure` the response arrived, whatever its status. A status can stand beside a
/// failure when the body broke off.
struct OutboundResult {
  std::optional<OutboundFailure> failure = {};
  std::string detail = {};  // a sentence about the failure, for the delivery log
  std::optional<unsigned> status = {};
  OutboundHeaders headers = {};  // as received, in their order; bytes of a stranger, not checked for UTF-8
  std::string body = {};         // its first bytes, see OutboundSettings::kept_body; not checked for UTF-8
  bool body_truncated = false;   // the body went on; the connection was closed instead of reading it
  std::string remote = {};       // address and port of the connection that was tried last
  std::chrono::milliseconds duration{0};

  /// The first header of that name in any case, or nothing.
  std::optional<std::string_view> header(std::string_view name) const;
};

/// Gives the addresses of a host name; throws std::exception when there are none. Called on a thread of its own.
using Resolver = std::function<std::vector<boost::asio::ip::address>(const std::string& host)>;

/// getaddrinfo with the system's configuration.
std::vector<boost::asio::ip::address> resolve_with_system(const std::string& host);

struct OutboundSettings {
  std::chrono::milliseconds timeout{15'000};  // for the whole request: name, connect, TLS, request and response
  std::size_t kept_body = 20'000;             // bytes
  std::size_t max_head = 16 * 1024;           // bytes of the response's status line and headers
  std::size_t max_addresses = 8;              // tried of one host, in the resolver's order
  std::size_t max_lookups = 64;               // name lookups that may run at once; abandoned ones count until they end
  std::string user_agent = "Assay";
  std::string ca_file = {};  // PEM file of further trusted certificates, besides the system's
  AddressGuard guard = AddressGuard{};
  Resolver resolver = resolve_with_system;
};

/// Sends requests. send() may be called from several threads at once; each call keeps its thread busy to its end.
class OutboundClient {
 public:
  /// Throws std::runtime_error if the certificates cannot be read.
  explicit OutboundClient(OutboundSettings settings);
  ~OutboundClient();
  OutboundClient(const OutboundClient&) = delete;
  OutboundClient& operator=(const OutboundClient&) = delete;

  /// Never throws for what the network or the other side does: that is in the result. Returns within the time-out, and
  /// at once as `cancelled` when `stop` is requested. The guard is asked about each address after resolution, and the
  /// connection goes to exactly the address that it admitted. Throws std::invalid_argument for a header that
  /// header_problem() refuses as text, or a method that is not a token: the caller's mistake.
  OutboundResult send(const OutboundRequest& request, std::stop_token stop = {}) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Why a header that a person enters for an endpoint is refused: not a token, a value with control characters or
/// more than 4,096 bytes, or a name that belongs to the connection or the message. Nothing if it is in order.
std::optional<std::string> header_problem(std::string_view name, std::string_view value);

}  // namespace assay
