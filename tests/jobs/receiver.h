// A receiver of webhooks on 127.0.0.1 that serves connections side by side, keeps what it got, and answers as told.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "domain/json.h"

namespace assay::test {

/// A request, with header names in lower case.
struct Received {
  std::map<std::string, std::string> headers;
  std::string body;

  Json json() const { return Json::parse(body); }
  Json data() const { return json().at("data"); }
  std::string type() const { return json().at("type").get<std::string>(); }
  std::string id() const { return headers.at("webhook-id"); }
};

struct Answer {
  unsigned status = 200;
  std::map<std::string, std::string> headers = {};
  std::string body = "thanks";
};

class Receiver {
 public:
  using Answers = std::function<Answer(const Received&)>;  // called on several threads, one at a time

  explicit Receiver(Answers answers = [](const Received&) { return Answer{}; }, std::uint16_t port = 0);
  ~Receiver();
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/hook?for=assay"; }
  /// Requests in the order in which they were complete.
  std::vector<Received> received() const;
  std::size_t count() const { return received().size(); }
  /// Returns when that many have come. For answers that never end; otherwise the worker's settle() is enough.
  void wait_for(std::size_t requests) const;

 private:
  void serve();
  void converse(boost::asio::ip::tcp::socket socket);

  Answers answers_;
  boost::asio::io_context io_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::mutex answering_;
  mutable std::condition_variable arrived_;
  std::vector<Received> received_;
  std::vector<std::thread> conversations_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace assay::test
