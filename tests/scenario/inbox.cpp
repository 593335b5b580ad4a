// A receiver of webhooks for the scenarios: one connection after the other.
#include "scenario/inbox.h"

#include <sys/socket.h>

#include <algorithm>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <stdexcept>

#include "integrations/webhook_signature.h"

namespace assay::test {
namespace {

namespace http = boost::beast::http;
using tcp = boost::asio::ip::tcp;
constexpr std::chrono::seconds patience{20};

std::string lower_case(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
  return result;
}

}  // namespace

bool Message::signed_with(const std::string& secret) const {
  const std::vector<WebhookSecret> one{WebhookSecret::parse(secret).value()};
  const std::string& timestamp = headers.at("webhook-timestamp");
  return verify_webhook(one, id(), timestamp, headers.at("webhook-signature"), body, std::stoll(timestamp)) ==
         SignatureVerdict::valid;
}

Inbox::Inbox(Answers answers, std::uint16_t port)
    : answers_(std::move(answers)),
      acceptor_(io_, tcp::endpoint(boost::asio::ip::address_v4::loopback(), port)),
      port_(acceptor_.local_endpoint().port()),
      thread_([this] { serve(); }) {}

Inbox::~Inbox() {
  stopping_ = true;
  ::shutdown(acceptor_.native_handle(), SHUT_RDWR);  // wakes the accept
  thread_.join();
}

void Inbox::serve() {
  while (!stopping_) {
    boost::system::error_code error;
    tcp::socket socket = acceptor_.accept(error);
    if (!error && !stopping_) take(std::move(socket));
  }
}

void Inbox::take(tcp::socket socket) {
  boost::beast::flat_buffer buffer;
  http::request<http::string_body> request;
  boost::system::error_code error;
  http::read(socket, buffer, request, error);
  if (error) return;
  Message message;
  for (const auto& field : request) {
    message.headers[lower_case({field.name_string().data(), field.name_string().size()})] = std::string(field.value());
  }
  message.body = request.body();
  const Reply reply = answers_(message);
  http::response<http::string_body> response(static_cast<http::status>(reply.status), 11);
  for (const auto& [name, value] : reply.headers) response.set(name, value);
  {
    const std::lock_guard lock(mutex_);
    messages_.push_back(std::move(message));
  }
  arrived_.notify_all();
  response.body() = "thanks";
  response.keep_alive(false);
  response.prepare_payload();
  http::write(socket, response, error);  // the sender may be gone: that is what some tests are about
}

std::vector<Message> Inbox::messages() const {
  const std::lock_guard lock(mutex_);
  return messages_;
}

Message Inbox::wait_for(const std::function<bool(const Message&)>& fits) const {
  std::unique_lock lock(mutex_);
  auto found = messages_.cend();
  const auto look = [&] {
    return (found = std::find_if(messages_.cbegin(), messages_.cend(), fits)) != messages_.cend();
  };
  if (!arrived_.wait_for(lock, patience, look)) throw std::runtime_error("the webhook has not come within 20 s");
  return *found;
}

Message Inbox::wait_for(const std::string& type, const std::string& subject) const {
  return wait_for(
      [&](const Message& message) { return message.type() == type && message.data().value("id", "") == subject; });
}

void Inbox::wait_for_count(std::size_t count) const {
  std::unique_lock lock(mutex_);
  if (!arrived_.wait_for(lock, patience, [&] { return messages_.size() >= count; }))
    throw std::runtime_error("fewer webhooks than expected within 20 s");
}

void Inbox::wait_for_times(const std::string& subject, std::ptrdiff_t times) const {
  std::unique_lock lock(mutex_);
  const auto enough = [&] {
    return std::count_if(messages_.begin(), messages_.end(),
                         [&](const Message& message) { return message.data().value("id", "") == subject; }) >= times;
  };
  if (!arrived_.wait_for(lock, patience, enough)) throw std::runtime_error("the webhooks have not come within 20 s");
}

}  // namespace assay::test
