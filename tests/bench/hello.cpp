// The bare server: a coroutine for each connection, a parser and an answer of the library, nothing else.
#include "bench/hello.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <cstdio>
#include <memory>
#include <thread>
#include <vector>

namespace bench {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

constexpr auto awaiting = asio::as_tuple(asio::use_awaitable);

asio::awaitable<void> serve_connection(tcp::socket socket) {
  boost::system::error_code error;
  socket.set_option(tcp::no_delay(true), error);
  boost::beast::flat_buffer buffer;
  for (;;) {
    http::request<http::string_body> request;
    const auto [read_error, read] = co_await http::async_read(socket, buffer, request, awaiting);
    if (read_error) co_return;
    http::response<http::string_body> response(http::status::ok, request.version());
    response.set(http::field::content_type, "text/plain");
    response.keep_alive(request.keep_alive());
    response.body() = "Hello, world!";
    response.prepare_payload();
    const auto [write_error, written] = co_await http::async_write(socket, response, awaiting);
    if (write_error || !response.keep_alive()) co_return;
  }
}

asio::awaitable<void> accept_connections(tcp::acceptor& acceptor) {
  for (;;) {
    auto [error, socket] = co_await acceptor.async_accept(awaiting);
    if (error) co_return;
    asio::co_spawn(acceptor.get_executor(), serve_connection(std::move(socket)), asio::detached);
  }
}

struct Worker {
  explicit Worker(const tcp::endpoint& at) : acceptor(io) {
    acceptor.open(at.protocol());
    const int on = 1;
    ::setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    acceptor.bind(at);
    acceptor.listen();
    asio::co_spawn(io, accept_connections(acceptor), asio::detached);
  }
  asio::io_context io{1};
  tcp::acceptor acceptor;
};

}  // namespace

int serve_hello(unsigned threads) {
  std::vector<std::unique_ptr<Worker>> workers;
  tcp::endpoint at(asio::ip::address_v4::loopback(), 0);
  for (unsigned i = 0; i < threads; ++i) {
    workers.push_back(std::make_unique<Worker>(at));
    at = workers.front()->acceptor.local_endpoint();
  }
  asio::signal_set signals(workers.front()->io, SIGTERM, SIGINT);
  signals.async_wait([&workers](const boost::system::error_code&, int) {
    for (const auto& worker : workers) worker->io.stop();
  });
  fmt::print("hello serves on http://127.0.0.1:{}\n", at.port());
  std::fflush(stdout);
  std::vector<std::thread> running;
  for (const auto& worker : workers) running.emplace_back([&worker = *worker] { worker.io.run(); });
  for (auto& thread : running) thread.join();
  return 0;
}

}  // namespace bench
