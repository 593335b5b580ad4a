// A server with a handful of routes whose handlers a test gives, on a free port.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "http/client.h"
#include "http/problem.h"
#include "http/router.h"
#include "http/server.h"

namespace assay::test {

using TestHandler = std::function<Result<Response>(Request&)>;

/// A door that a handler waits behind and a test opens.
class Gate {
 public:
  void open();
  void pass();              // waits until it is open
  void wait_for_arrival();  // waits until somebody stands before it

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  bool arrived_ = false;
};

/// What became of an upload.
struct UploadRecord {
  std::mutex mutex;
  std::condition_variable changed;
  std::string content;
  std::size_t largest_write = 0;
  int finished = 0;
  int aborted = 0;
  std::size_t limit = 100 * 1024 * 1024;  // bytes, then storage_full
  void wait_for_abort();
};

std::span<const Route> test_routes();

/// Short time-outs that a healthy exchange never meets, and short ones where a test asks for them.
ServerSettings test_settings();

/// Routes: see fixture.cpp. `on(pattern, handler)` gives a handler for a pattern before start().
class TestServer {
 public:
  explicit TestServer(ServerSettings settings = test_settings());
  TestServer& on(std::string_view pattern, TestHandler handler);
  TestServer& start();
  std::uint16_t port() const { return server_.port(); }
  void stop() { server_.stop(); }
  UploadRecord& upload() { return *upload_; }

 private:
  std::shared_ptr<UploadRecord> upload_ = std::make_shared<UploadRecord>();
  std::map<std::string_view, TestHandler> handlers_;
  Router router_;
  Server server_;
};

}  // namespace assay::test
