// A thread with epoll drives its share of the connections; nothing but what a client must do, so that it takes little
// of the machine from the server.
#include "bench/load.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <exception>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace bench {

int connect_to(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (socket < 0 || ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("cannot connect to port " + std::to_string(port));
  }
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return socket;
}

namespace {

using Clock = std::chrono::steady_clock;

enum class Phase : int { warming, measuring, ending };

struct Shared {
  std::atomic<Phase> phase = Phase::warming;
};

struct FreeTls {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

/// The answer's size once its head is complete; 0 before.
std::size_t answer_size(std::string_view received, std::size_t& head_size) {
  const auto end = received.find("\r\n\r\n");
  if (end == std::string_view::npos) return 0;
  head_size = end + 4;
  constexpr std::string_view name = "\r\nContent-Length: ";
  const auto at = received.substr(0, end).find(name);
  std::size_t length = 0;
  if (at != std::string_view::npos) {
    std::from_chars(received.data() + at + name.size(), received.data() + end, length);
  }
  return head_size + length;
}

class Connection {
 public:
  Connection(const LoadPlan& plan, SSL_CTX* tls, std::unique_ptr<Requests> requests)
      : socket_(connect_to(plan.port)), requests_(std::move(requests)) {
    if (tls != nullptr) {
      tls_.reset(SSL_new(tls));
      SSL_set_fd(tls_.get(), socket_);
      if (SSL_connect(tls_.get()) != 1) throw std::runtime_error("the TLS handshake failed");
    }
    ::fcntl(socket_, F_SETFL, O_NONBLOCK);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { ::close(socket_); }

  int socket() const { return socket_; }

  void send() {
    request_.clear();
    requests_->next(request_);
    received_.clear();
    sent_at_ = Clock::now();
    // A request of at most a few KB always fits into the empty send buffer of a loopback socket.
    const auto size = static_cast<int>(request_.size());
    const auto count = tls_ ? SSL_write(tls_.get(), request_.data(), size)
                            : static_cast<int>(::send(socket_, request_.data(), request_.size(), MSG_NOSIGNAL));
    if (count != size) throw std::runtime_error("a connection does not take a request");
  }

  /// True when the answer is complete.
  bool receive() {
    char piece[32768];
    for (;;) {
      const auto count = read(piece, sizeof piece);
      if (count < 0) return false;
      if (count == 0) throw std::runtime_error("the server closed a connection after: " + received_);
      received_.append(piece, static_cast<std::size_t>(count));
      const auto size = answer_size(received_, head_size_);
      if (size > 0 && received_.size() >= size) return true;
    }
  }

  std::uint64_t microseconds() const {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - sent_at_).count());
  }
  std::string_view head() const { return std::string_view(received_).substr(0, head_size_); }
  bool take() {
    int status = 0;
    if (received_.size() > 12) std::from_chars(received_.data() + 9, received_.data() + 12, status);
    return requests_->take(status, head());
  }
  const std::string& received() const { return received_; }

 private:
  /// Bytes; 0: closed; -1: nothing there yet.
  int read(char* to, std::size_t size) {
    if (tls_) {
      const int count = SSL_read(tls_.get(), to, static_cast<int>(size));
      if (count > 0) return count;
      return SSL_get_error(tls_.get(), count) == SSL_ERROR_WANT_READ ? -1 : 0;
    }
    const auto count = ::recv(socket_, to, size, 0);
    if (count < 0 && errno != EAGAIN) throw std::runtime_error("a connection broke");
    return static_cast<int>(count);
  }

  int socket_;
  std::unique_ptr<SSL, FreeTls> tls_ = {};
  std::unique_ptr<Requests> requests_;
  std::string request_ = {}, received_ = {};
  std::size_t head_size_ = 0;
  Clock::time_point sent_at_ = {};
};

/// A thread's share of the connections.
struct Driver {
  Driver() : events(::epoll_create1(EPOLL_CLOEXEC)) {}
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;
  ~Driver() { ::close(events); }

  int events;
  std::vector<std::unique_ptr<Connection>> connections = {};
  Histogram latencies = {};
  std::uint64_t wrong = 0;
  std::string first_wrong = {};
  std::exception_ptr failure = {};

  void add(std::unique_ptr<Connection> connection) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = connection.get();
    if (::epoll_ctl(events, EPOLL_CTL_ADD, connection->socket(), &event) != 0) {
      throw std::runtime_error("a connection cannot be watched");
    }
    connections.push_back(std::move(connection));
  }

  void run(const Shared& shared) {
    try {
      for (const auto& connection : connections) connection->send();
      std::size_t running = connections.size();
      epoll_event ready[64];
      while (running > 0) {
        const int count = ::epoll_wait(events, ready, 64, 30'000);
        if (count == 0) throw std::runtime_error("no answer within 30 seconds");
        for (int i = 0; i < count; ++i) running -= serve(*static_cast<Connection*>(ready[i].data.ptr), shared) ? 0 : 1;
      }
    } catch (...) {
      failure = std::current_exception();
    }
  }

  /// False when the connection has ended its last request.
  bool serve(Connection& connection, const Shared& shared) {
    if (!connection.receive()) return true;
    const Phase phase = shared.phase.load(std::memory_order_relaxed);
    const bool fine = connection.take();
    if (!fine && wrong++ == 0) first_wrong = connection.received();
    if (fine && phase == Phase::measuring) latencies.add(connection.microseconds());
    if (phase == Phase::ending) return false;
    connection.send();
    return true;
  }
};

std::unique_ptr<SSL_CTX, FreeTls> tls_context() {
  std::unique_ptr<SSL_CTX, FreeTls> context(SSL_CTX_new(TLS_client_method()));
  // The certificate was made for this run by ourselves.
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  return context;
}

}  // namespace

LoadReport run_load(const LoadPlan& plan, const MakeRequests& make, const std::function<void()>& measuring) {
  const auto tls = plan.tls ? tls_context() : nullptr;
  std::vector<std::unique_ptr<Driver>> drivers;
  for (unsigned i = 0; i < std::min(plan.threads, plan.connections); ++i) drivers.push_back(std::make_unique<Driver>());
  for (unsigned i = 0; i < plan.connections; ++i) {
    drivers[i % drivers.size()]->add(std::make_unique<Connection>(plan, tls.get(), make(i)));
  }
  Shared shared;
  std::vector<std::thread> threads;
  for (const auto& driver : drivers) threads.emplace_back([&shared, &driver = *driver] { driver.run(shared); });
  std::this_thread::sleep_for(plan.warm_up);
  if (measuring) measuring();
  const auto began = Clock::now();
  shared.phase = Phase::measuring;
  std::this_thread::sleep_for(plan.measure);
  shared.phase = Phase::ending;
  const std::chrono::duration<double> took = Clock::now() - began;
  if (measuring) measuring();
  for (auto& thread : threads) thread.join();

  LoadReport report;
  Histogram all;
  for (const auto& driver : drivers) {
    if (driver->failure) std::rethrow_exception(driver->failure);
    all.add(driver->latencies);
    report.wrong += driver->wrong;
    if (report.first_wrong.empty()) report.first_wrong = driver->first_wrong;
  }
  report.answers = all.total();
  report.per_second = static_cast<double>(all.total()) / took.count();
  report.p50_us = all.at(0.5);
  report.p99_us = all.at(0.99);
  return report;
}

}  // namespace bench
