// Starting and stopping: settings, listening sockets, threads.
#include "http/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>

#include "domain/thread_name.h"
#include "http/worker.h"

namespace assay {

namespace asio = boost::asio;

namespace {

// A change waits on its thread for the commit: only so many changes as there are threads can share one.
constexpr unsigned pool_at_least = 64;

void check_settings(const ServerSettings& settings, const Router& router, const Dispatch& dispatch) {
  const auto require = [](bool holds, const char* sentence) {
    if (!holds) throw std::invalid_argument(sentence);
  };
  require(dispatch != nullptr, "the HTTP server has no dispatch");
  require(settings.header_limit >= 1024, "the header limit is at least 1024 bytes");
  require(settings.header_limit <= 1024 * 1024, "the header limit is at most 1 MiB");
  require(settings.target_limit < settings.header_limit, "the target limit is below the header limit");
  require(settings.file_chunk >= 1024, "the file chunk is at least 1024 bytes");
  require(settings.connections > 0, "the connection limit is at least 1");
  for (const auto time : {settings.header_timeout, settings.idle_timeout, settings.body_timeout, settings.write_timeout,
                          settings.linger, settings.heartbeat})
    require(time.count() > 0, "every time-out of the HTTP server is above zero");
  for (const Route& route : router.routes())
    require(route.body != BodyKind::upload || settings.open_upload, "an upload route needs open_upload");
}

/// A listening socket. `shared` lets it join others of this process on the port.
class Listener {
 public:
  Listener(const asio::ip::tcp::endpoint& endpoint, bool shared)
      : descriptor_(::socket(endpoint.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    if (descriptor_ < 0) fail("cannot open a socket for", endpoint);
    set(SOL_SOCKET, SO_REUSEADDR, 1);
    if (shared) share();
    if (endpoint.address().is_v6()) set(IPPROTO_IPV6, IPV6_V6ONLY, 0);
    if (::bind(descriptor_, endpoint.data(), static_cast<socklen_t>(endpoint.size())) != 0 ||
        ::listen(descriptor_, SOMAXCONN) != 0)
      fail("cannot listen on", endpoint);
  }
  Listener(Listener&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  ~Listener() { close(); }

  void share() { set(SOL_SOCKET, SO_REUSEPORT, 1); }
  int release() { return std::exchange(descriptor_, -1); }
  std::uint16_t port() const {
    asio::ip::tcp::endpoint bound;
    auto size = static_cast<socklen_t>(bound.capacity());
    if (::getsockname(descriptor_, bound.data(), &size) != 0)
      throw std::system_error(errno, std::generic_category(), "getsockname");
    bound.resize(size);
    return bound.port();
  }

 private:
  void set(int level, int option, int value) const { ::setsockopt(descriptor_, level, option, &value, sizeof value); }
  void close() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }
  [[noreturn]] void fail(const std::string& what, const asio::ip::tcp::endpoint& endpoint) {
    const int error = errno;
    close();
    const std::string place = endpoint.address().to_string() + " port " + std::to_string(endpoint.port());
    if (error == EADDRINUSE) throw std::runtime_error("something listens on " + place + " already");
    throw std::runtime_error(what + " " + place + ": " + std::generic_category().message(error));
  }

  int descriptor_;
};

}  // namespace

struct Server::State {
  State(ServerSettings settings, const Router& router, Dispatch dispatch)
      : shared(std::move(settings), router, std::move(dispatch)) {}

  SharedState shared;
  std::uint16_t port = 0;
  std::vector<std::unique_ptr<Worker>> workers;
  std::vector<std::thread> threads;
  std::mutex stopping;
};

Server::Server(ServerSettings settings, const Router& router, Dispatch dispatch) {
  check_settings(settings, router, dispatch);
  state_ = std::make_unique<State>(std::move(settings), router, std::move(dispatch));
  if (state_->shared.settings.tls) state_->shared.tls.emplace(make_tls_context(*state_->shared.settings.tls));
}

Server::~Server() { stop(); }

std::uint16_t Server::port() const { return state_->port; }

void Server::start() {
  const ServerSettings& settings = state_->shared.settings;
  boost::system::error_code error;
  const auto address = asio::ip::make_address(settings.address, error);
  if (error) throw std::runtime_error("not a numeric address to listen on: " + settings.address);
  const unsigned processors = std::max(1U, std::thread::hardware_concurrency());
  const unsigned io_threads = settings.io_threads > 0 ? settings.io_threads : processors;

  // The first socket is bound and listens alone, so another server on this port is noticed although it shares its port
  // too; only then it is opened for the sockets of our other threads.
  std::vector<Listener> listeners;
  listeners.emplace_back(asio::ip::tcp::endpoint(address, settings.port), false);
  listeners.front().share();
  state_->port = listeners.front().port();
  while (listeners.size() < io_threads) listeners.emplace_back(asio::ip::tcp::endpoint(address, state_->port), true);

  state_->shared.pool.emplace(settings.pool_threads > 0 ? settings.pool_threads
                                                        : std::max(pool_at_least, 2 * processors));
  for (Listener& listener : listeners)
    state_->workers.push_back(std::make_unique<Worker>(state_->shared, listener.release(), address.is_v6()));
  for (const auto& worker : state_->workers)
    state_->threads.emplace_back([&worker = *worker] {
      name_thread("http");
      worker.run();
    });
}

void Server::stop() {
  const std::lock_guard stopping(state_->stopping);
  SharedState& shared = state_->shared;
  shared.draining = true;
  for (const auto& worker : state_->workers) worker->drain();
  if (!state_->threads.empty()) {
    std::unique_lock lock(shared.mutex);
    const auto all_gone = [&] { return shared.connections == 0; };
    if (!shared.disconnected.wait_for(lock, shared.settings.grace, all_gone)) {
      shared.cutting = true;
      for (const auto& worker : state_->workers) worker->cut();
    }
  }
  for (std::thread& thread : state_->threads) thread.join();
  state_->threads.clear();
  if (shared.pool) shared.pool->join();
  state_->workers.clear();
}

}  // namespace assay
