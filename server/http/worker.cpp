// The event loop of a thread: accepting, deadlines, dates and request ids.
#include "http/worker.h"

#include <limits.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/intrusive/list.hpp>
#include <cstring>

#include "domain/ids.h"
#include "http/session.h"

namespace assay {

namespace asio = boost::asio;

namespace {

constexpr auto awaiting = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds accept_rest{50};  // after a failed accept, mostly for want of descriptors
constexpr std::size_t longest_access_line = 1024;     // what is handed over is written to a pipe whole
constexpr std::string_view busy_answer =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 5\r\nCache-Control: no-store\r\n"
    "Connection: close\r\n\r\n";

/// Fine enough that a time-out is late by a quarter at most, coarse enough that looking costs nothing.
std::chrono::milliseconds sweep_interval(const ServerSettings& settings) {
  const auto shortest = std::min(
      {settings.header_timeout, settings.idle_timeout, settings.body_timeout, settings.write_timeout, settings.linger});
  return std::clamp(shortest / 4, std::chrono::milliseconds(5), std::chrono::milliseconds(500));
}

}  // namespace

SharedState::SharedState(ServerSettings settings_, const Router& router_, Dispatch dispatch_)
    : settings(std::move(settings_)),
      head_limits{settings.header_limit, settings.header_fields, settings.target_limit},
      router(router_),
      dispatch(std::move(dispatch_)) {
  if (settings.metrics) metrics = std::make_unique<HttpMetrics>(settings.metrics, router);
}

void SharedState::count_waiting(int change) {
  const std::size_t now = waiting += static_cast<std::size_t>(change);
  if (metrics) metrics->pool_queue(static_cast<double>(now));
}

void SharedState::count_stream(int change) {
  const std::size_t now = streams += static_cast<std::size_t>(change);
  if (metrics) metrics->event_streams(static_cast<double>(now));
}

void SharedState::log_error(std::string_view request_id, std::string_view cause) const {
  if (settings.error_log) settings.error_log->error("request {}: {}", request_id, cause);
}

struct Worker::Sessions {
  boost::intrusive::list<Session, boost::intrusive::constant_time_size<false>> list;
};

Worker::Worker(SharedState& shared, asio::ip::tcp::acceptor::native_handle_type listener, bool is_v6)
    : shared_(shared),
      acceptor_(io_, is_v6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4(), listener),
      sweep_timer_(io_),
      accept_pause_(io_),
      sessions_(std::make_unique<Sessions>()),
      random_(std::random_device()()) {
  const auto failed = [this](const std::exception_ptr& failure) {
    if (!failure) return;
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& cause) {
      shared_.log_error("-", cause.what());
    }
  };
  asio::co_spawn(io_, accept_connections(), failed);
  asio::co_spawn(io_, sweep(), failed);
}

Worker::~Worker() = default;

void Worker::run() { io_.run(); }

void Worker::drain() {
  asio::post(io_, [this] {
    boost::system::error_code ignored;  // closed already is as good
    acceptor_.close(ignored);
    accept_pause_.cancel();
    for (Session& session : sessions_->list) session.drain();
    sweep_timer_.cancel();
  });
}

void Worker::cut() {
  asio::post(io_, [this] {
    for (Session& session : sessions_->list) session.cut();
  });
}

asio::awaitable<void> Worker::accept_connections() {
  while (acceptor_.is_open()) {
    auto [error, socket] = co_await acceptor_.async_accept(awaiting);
    if (!error) {
      open(std::move(socket));
    } else if (acceptor_.is_open()) {
      shared_.log_error("-", "accept: " + error.message());
      accept_pause_.expires_after(accept_rest);
      co_await accept_pause_.async_wait(awaiting);
    }
  }
}

void Worker::open(asio::ip::tcp::socket socket) {
  if (shared_.connections >= shared_.settings.connections) return turn_away(socket);
  auto session = std::make_unique<Session>(*this, std::move(socket));
  sessions_->list.push_back(*session);
  asio::co_spawn(io_, Session::run(std::move(session)), [this](const std::exception_ptr& failure) {
    if (!failure) return;
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& cause) {
      shared_.log_error("-", std::string("connection ended by: ") + cause.what());
    }
  });
}

/// Tells at once that there are too many, and closes. A TLS client cannot be told without a handshake.
void Worker::turn_away(asio::ip::tcp::socket& socket) {
  if (shared_.metrics) shared_.metrics->connection_refused();
  boost::system::error_code ignored;  // a client that does not take it loses nothing else
  socket.non_blocking(true, ignored);
  if (!shared_.tls) socket.write_some(asio::buffer(busy_answer), ignored);
  socket.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}

/// One timer for all connections of the thread: a timer each would cost more than a small request.
asio::awaitable<void> Worker::sweep() {
  const auto interval = sweep_interval(shared_.settings);
  while (!shared_.draining || !sessions_->list.empty()) {
    sweep_timer_.expires_after(interval);
    co_await sweep_timer_.async_wait(awaiting);
    const auto now = std::chrono::steady_clock::now();
    for (Session& session : sessions_->list) session.check_deadline(now);
  }
}

std::string Worker::make_request_id() {
  const std::uint64_t numbers[2] = {random_(), random_()};
  char bytes[10];
  std::memcpy(bytes, numbers, sizeof bytes);
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return uuid_v7(std::chrono::duration_cast<std::chrono::milliseconds>(now).count(), {bytes, sizeof bytes});
}

std::string& Worker::access_lines() {
  if (access_lines_.empty()) {
    asio::post(io_, [this] { hand_over_access_lines(); });
  } else if (access_lines_.size() + longest_access_line > PIPE_BUF) {
    hand_over_access_lines();
  }
  return access_lines_;
}

void Worker::hand_over_access_lines() {
  if (access_lines_.empty()) return;
  shared_.settings.access_log(access_lines_);
  access_lines_.clear();
}

std::string_view Worker::date_line() {
  const std::time_t now = std::time(nullptr);
  if (now != date_second_) {
    std::tm parts{};
    gmtime_r(&now, &parts);
    char text[64];  // the C locale is never changed, so the names are the English ones that RFC 9110 wants
    const std::size_t size = std::strftime(text, sizeof text, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
    date_line_.assign(text, size);
    date_second_ = now;
  }
  return date_line_;
}

}  // namespace assay
