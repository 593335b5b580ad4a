// A server on 127.0.0.1 that does to each connection what a test tells it, over plain TCP or TLS.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace assay::test {

/// One accepted connection, as a script sees it. A script that returns closes it.
class Connection {
 public:
  using Request = boost::beast::http::request<boost::beast::http::string_body>;

  virtual ~Connection() = default;
  virtual Request read_request() = 0;
  /// False once the client has closed.
  virtual bool write(std::string_view bytes) = 0;
  /// Returns when the client has closed the connection.
  virtual void wait_for_close() = 0;
};

/// A key and a certificate of its own, both in PEM.
struct Certificate {
  std::string key, certificate;
};

/// Self-signed, for `alternative_names` ("DNS:localhost", "IP:127.0.0.1"), valid from an hour before now until
/// `seconds_left` after now.
Certificate make_certificate(const std::string& alternative_names, long seconds_left = 3600);

/// Serves one connection after the other until it is destroyed, each with `script`.
class LoopbackServer {
 public:
  using Script = std::function<void(Connection&)>;

  explicit LoopbackServer(Script script, std::optional<Certificate> certificate = {});
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  std::uint16_t port() const { return port_; }
  /// Connections that were accepted so far.
  int accepted() const { return accepted_; }

 private:
  void serve();
  void converse(boost::asio::ip::tcp::socket socket);

  Script script_;
  std::optional<boost::asio::ssl::context> tls_;
  boost::asio::io_context io_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::uint16_t port_ = 0;
  std::atomic<int> accepted_ = 0;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace assay::test
