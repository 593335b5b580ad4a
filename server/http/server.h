// The HTTP server: listens, reads requests strictly, runs the dispatch and writes its answers.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/refusal.h"
#include "http/request.h"
#include "http/response.h"
#include "http/router.h"
#include "http/upload.h"
#include "integrations/address_guard.h"

namespace prometheus {
class Registry;
}
namespace spdlog {
class logger;
}

namespace assay {

/// Certificate files in PEM. TLS 1.2 and 1.3, ALPN http/1.1.
struct TlsFiles {
  std::filesystem::path certificate_chain;  // the server's certificate first
  std::filesystem::path private_key;        // without a passphrase
};

/// Authenticates, checks access, throttles and calls `route.handler`. Runs on the I/O thread or on the pool, as the
/// route says, for many requests at a time. A refusal is answered as a problem, an exception as a 500.
using Dispatch = std::function<Result<Response>(const Route& route, Request& request)>;

/// Opens the sink of an upload after the header was read and before the body is: the place to authenticate, so that
/// nobody can fill the disk. Runs where the route runs.
using OpenUpload = std::function<Result<std::unique_ptr<UploadSink>>(const Route& route, Request& request)>;

/// Whether this request may keep its thread although its route is Run::quick. Known before the handler runs, from the
/// route and its parameters.
using TakesLong = std::function<bool(const Route& route, const Request& request)>;

/// Takes lines, each with its end: all that a turn of an event loop has answered. Called by every I/O thread.
using AccessLog = std::function<void(std::string_view lines)>;

/// Every limit of the transport. Sizes are bytes.
struct ServerSettings {
  std::string address = "127.0.0.1";  // numeric address to listen on; "::" and "0.0.0.0" are all of a family
  std::uint16_t port = 8080;          // 0: any free port, see Server::port()
  std::optional<TlsFiles> tls = {};   // default: none, plain HTTP

  std::vector<AddressRange> trusted_proxies = {};  // whose X-Forwarded-For and X-Forwarded-Proto count
  bool https_outside = false;  // clients come by HTTPS whatever the connection shows: the public URL says so

  unsigned io_threads = 0;          // threads that wait for sockets; 0: one for each processor
  unsigned pool_threads = 0;        // threads for Run::pool; 0: twice the processors, at least 64
  bool quick_inline = false;        // Run::quick on the I/O thread: the database is part of this process
  TakesLong takes_long = {};        // requests that go to the pool all the same; none if null
  std::size_t pool_queue = 1024;    // requests that may wait for the pool; beyond: 503 with Retry-After
  std::size_t connections = 10000;  // open connections; beyond: 503 at once with Retry-After (TLS: closed at once)

  std::size_t header_limit = 16 * 1024;               // request line and header fields together; beyond: 431
  std::size_t header_fields = 100;                    // number of header fields; beyond: 431
  std::size_t target_limit = 8 * 1024;                // request target; beyond: 414
  std::size_t json_limit = 1024 * 1024;               // body of a JSON route; beyond: 413
  std::uint64_t upload_limit = 256ULL * 1024 * 1024;  // body of an upload; beyond: 413
  std::size_t file_chunk = 64 * 1024;                 // piece in which files and uploads are moved

  std::chrono::milliseconds header_timeout{
      10'000};  // from the first byte to the end of the header (and for the TLS handshake); beyond: 408
  std::chrono::milliseconds idle_timeout{60'000};  // between requests of a connection; beyond: closed
  std::chrono::milliseconds body_timeout{30'000};  // without any byte of the body; beyond: 408
  std::uint64_t body_rate = 1024;  // bytes/s that a body must reach once body_timeout has passed; below: 408
  std::chrono::milliseconds write_timeout{
      30'000};                              // without any byte of the answer taken by the client; beyond: closed
  std::chrono::milliseconds linger{2'000};  // how long what a refused client still sends is thrown away before closing
  std::chrono::milliseconds heartbeat{15'000};    // of event streams
  std::chrono::milliseconds grace{20'000};        // stop() waits that long for running requests, then cuts connections
  std::size_t requests_per_connection = 100'000;  // then the connection is closed after the answer

  OpenUpload open_upload = {};                         // needed if the table has an upload route
  AccessLog access_log = {};                           // one line (a JSON object) per request; none if null
  std::shared_ptr<spdlog::logger> error_log = {};      // causes of 500s and broken connections; none if null
  std::shared_ptr<prometheus::Registry> metrics = {};  // where the figures of http/metrics.h are kept; none if null
};

/// Listens from start() to stop(). Not copyable; one per process and port.
class Server {
 public:
  /// Checks the settings and loads the certificate. Throws std::invalid_argument or std::runtime_error with a sentence
  /// for the operator. `router` must outlive the server.
  Server(ServerSettings settings, const Router& router, Dispatch dispatch);
  /// stop().
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Binds and starts the threads. Throws std::runtime_error if anything listens there already, also with SO_REUSEPORT.
  void start();
  /// The port bound by start().
  std::uint16_t port() const;
  /// Stops listening, closes idle connections and event streams, lets running requests finish (their answers close),
  /// and after `grace` cuts what is left. Returns when no thread of the server runs: a handler that never returns
  /// blocks it. Any thread but the server's own; idempotent.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace assay
