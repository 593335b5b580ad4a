// The bell of an event stream: rung on any thread, heard on the thread of the connection. Internal to the transport.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <mutex>

#include "http/event_stream.h"

namespace assay {

class StreamBell final : public EventBell, public std::enable_shared_from_this<StreamBell> {
 public:
  explicit StreamBell(boost::asio::io_context& io) : io_(io), timer_(std::make_unique<boost::asio::steady_timer>(io)) {}

  void ring() override {
    const std::lock_guard lock(mutex_);
    if (rung_ || !timer_) return;
    rung_ = true;
    boost::asio::post(io_, [self = shared_from_this()] { self->wake(); });
  }

  /// Whether it was rung since the last call. The connection's thread.
  bool take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(rung_, false);
  }
  bool is_rung() {
    const std::lock_guard lock(mutex_);
    return rung_;
  }
  boost::asio::steady_timer& timer() { return *timer_; }
  /// The stream is over: ringing does nothing from now on, and the event loop may go. The connection's thread.
  void silence() {
    const std::lock_guard lock(mutex_);
    timer_.reset();
  }

 private:
  void wake() {
    const std::lock_guard lock(mutex_);
    if (timer_) timer_->cancel();
  }

  std::mutex mutex_;
  boost::asio::io_context& io_;
  std::unique_ptr<boost::asio::steady_timer> timer_;
  bool rung_ = false;
};

}  // namespace assay
