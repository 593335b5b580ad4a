// A receiver of webhooks on 127.0.0.1 that keeps what it gets and answers as it is told.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "domain/json.h"

namespace assay::test {

/// A request, with header names in lower case.
struct Message {
  std::map<std::string, std::string> headers;
  std::string body;

  std::string id() const { return headers.at("webhook-id"); }
  std::string type() const { return Json::parse(body).at("type"); }
  Json data() const { return Json::parse(body).at("data"); }
  /// True if one of the signatures is by this secret alone.
  bool signed_with(const std::string& secret) const;
};

/// What a message is answered with.
struct Reply {
  Reply(unsigned of, std::map<std::string, std::string> with = {}) : status(of), headers(std::move(with)) {}
  unsigned status;
  std::map<std::string, std::string> headers;
};

class Inbox {
 public:
  using Answers = std::function<Reply(const Message&)>;  // called on the inbox's thread

  explicit Inbox(Answers answers = [](const Message&) { return 200U; }, std::uint16_t port = 0);
  ~Inbox();
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/hook"; }
  std::vector<Message> messages() const;
  /// The first message that fits, as soon as it is there. Throws after 20 s.
  Message wait_for(const std::function<bool(const Message&)>& fits) const;
  Message wait_for(const std::string& type, const std::string& subject) const;
  /// Returns when that many have come. Throws after 20 s.
  void wait_for_count(std::size_t count) const;
  /// Returns when that many have come about this subject. Throws after 20 s.
  void wait_for_times(const std::string& subject, std::ptrdiff_t times) const;

 private:
  void serve();
  void take(boost::asio::ip::tcp::socket socket);

  Answers answers_;
  boost::asio::io_context io_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::uint16_t port_;
  std::atomic<bool> stopping_ = false;
  mutable std::mutex mutex_;
  mutable std::condition_variable arrived_;
  std::vector<Message> messages_;
  std::thread thread_;
};

}  // namespace assay::test
