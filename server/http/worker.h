// What the connections of one server share, and what the connections of one of its threads share. Internal to the
// transport.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <ctime>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "http/metrics.h"
#include "http/request_head.h"
#include "http/router.h"
#include "http/server.h"

namespace assay {

class Session;

/// One per server. Immutable after start() but for the atomics.
struct SharedState {
  SharedState(ServerSettings settings_, const Router& router_, Dispatch dispatch_);

  const ServerSettings settings;
  const HeadLimits head_limits;
  const Router& router;
  const Dispatch dispatch;
  std::unique_ptr<HttpMetrics> metrics;
  std::optional<boost::asio::ssl::context> tls;
  std::optional<boost::asio::thread_pool> pool;

  std::atomic<std::size_t> connections = 0;
  std::atomic<std::size_t> waiting = 0;  // jobs posted to the pool and not begun
  std::atomic<std::size_t> streams = 0;
  std::atomic<bool> draining = false;  // no new requests; set once
  std::atomic<bool> cutting = false;   // the grace is over; set once

  std::mutex mutex;                      // for the condition only
  std::condition_variable disconnected;  // notified at the end of each session while draining

  bool runs_inline(const Request& request) const {
    const Route& route = *request.route;
    if (route.run != Run::quick) return route.run == Run::inline_;
    return settings.quick_inline && !(settings.takes_long && settings.takes_long(route, request));
  }
  void count_waiting(int change);
  void count_stream(int change);
  void log_error(std::string_view request_id, std::string_view cause) const;
};

/// A thread with its own event loop and listening socket. But for start, drain, cut and join all is used on that thread
/// only.
class Worker {
 public:
  Worker(SharedState& shared, boost::asio::ip::tcp::acceptor::native_handle_type listener, bool is_v6);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void run();    // the thread's body: returns once drained and without sessions
  void drain();  // any thread: stop accepting, end what is idle
  void cut();    // any thread: close every connection

  boost::asio::io_context& io() { return io_; }
  SharedState& shared() { return shared_; }
  /// A fresh UUIDv7.
  std::string make_request_id();
  /// "Date: ...\r\n", made once a second.
  std::string_view date_line();
  /// Where lines of the access log are added. They are handed over once this turn of the loop is over, so that a busy
  /// server writes many at once and an idle one each at once.
  std::string& access_lines();

 private:
  boost::asio::awaitable<void> accept_connections();
  boost::asio::awaitable<void> sweep();
  void open(boost::asio::ip::tcp::socket socket);
  void turn_away(boost::asio::ip::tcp::socket& socket);
  void hand_over_access_lines();

  SharedState& shared_;
  boost::asio::io_context io_{1};
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer sweep_timer_;
  boost::asio::steady_timer accept_pause_;
  struct Sessions;
  std::unique_ptr<Sessions> sessions_;
  std::mt19937_64 random_;
  std::time_t date_second_ = 0;
  std::string date_line_;
  std::string access_lines_;
};

/// The context of a TLS server. Throws std::runtime_error with a sentence for the operator.
boost::asio::ssl::context make_tls_context(const TlsFiles& files);

}  // namespace assay
