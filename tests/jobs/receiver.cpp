// A receiver of webhooks for the tests of the delivery worker.
#include "jobs/receiver.h"

#include <sys/socket.h>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

namespace assay::test {
namespace {

namespace http = boost::beast::http;
using tcp = boost::asio::ip::tcp;

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return result;
}

}  // namespace

Receiver::Receiver(Answers answers, std::uint16_t port)
    : answers_(std::move(answers)),
      acceptor_(io_, tcp::endpoint(boost::asio::ip::address_v4::loopback(), port)),
      port_(acceptor_.local_endpoint().port()),
      thread_([this] { serve(); }) {}

Receiver::~Receiver() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  ::shutdown(acceptor_.native_handle(), SHUT_RDWR);  // wakes the accept
  thread_.join();
  for (std::thread& one : conversations_) one.join();
}

void Receiver::serve() {
  for (;;) {
    boost::system::error_code error;
    tcp::socket socket = acceptor_.accept(error);
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    if (!error) conversations_.emplace_back([this, s = std::move(socket)]() mutable { converse(std::move(s)); });
  }
}

void Receiver::converse(tcp::socket socket) {
  boost::beast::flat_buffer buffer;
  http::request<http::string_body> request;
  boost::system::error_code error;
  http::read(socket, buffer, request, error);
  if (error) return;
  Received got;
  for (const auto& field : request) {
    got.headers[lower({field.name_string().data(), field.name_string().size()})] = std::string(field.value());
  }
  got.body = request.body();
  {
    const std::lock_guard lock(mutex_);
    received_.push_back(got);
  }
  arrived_.notify_all();
  Answer answer;
  {
    const std::lock_guard lock(answering_);
    answer = answers_(got);
  }
  http::response<http::string_body> response(static_cast<http::status>(answer.status), 11);
  for (const auto& [name, value] : answer.headers) response.set(name, value);
  response.body() = answer.body;
  response.keep_alive(false);
  response.prepare_payload();
  http::write(socket, response, error);  // the sender may be gone: that is what some tests are about
}

std::vector<Received> Receiver::received() const {
  const std::lock_guard lock(mutex_);
  return received_;
}

void Receiver::wait_for(std::size_t requests) const {
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, [&] { return received_.size() >= requests; });
}

}  // namespace assay::test
