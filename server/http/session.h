// One connection: reads requests, has them answered, writes the answers. Internal to the transport.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/intrusive/list_hook.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "http/input_buffer.h"
#include "http/message_parser.h"
#include "http/request_head.h"
#include "http/worker.h"

namespace assay {

class StreamBell;

/// Lives in its coroutine, on the thread of its worker. Only jobs of the route run elsewhere, while the coroutine
/// waits.
class Session : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  Session(Worker& worker, boost::asio::ip::tcp::socket socket);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Serves the connection until it ends.
  static boost::asio::awaitable<void> run(std::unique_ptr<Session> session);

  using Clock = std::chrono::steady_clock;
  /// Ends the wait for the client if its time is over.
  void check_deadline(Clock::time_point now);
  /// Ends the connection if it is idle or streams events; a running request is left to finish.
  void drain();
  /// Ends the connection whatever it does.
  void cut();

 private:
  enum class Phase { idle, head, body, running, writing, streaming, closing };
  using Reply = std::tuple<boost::system::error_code, std::size_t>;
  template <class T>
  // NOLINTNEXTLINE(readability-identifier-naming): as the library calls it
  using awaitable = boost::asio::awaitable<T>;

  // session.cpp: the course of a connection
  awaitable<bool> shake_hands();
  awaitable<bool> serve_one();
  awaitable<void> finish();
  awaitable<bool> refuse_head(const HeadFault& fault);
  void prepare();
  std::optional<HeadFault> take_head();
  std::optional<Response> route_request();
  std::optional<Response> check_body(const Route& route) const;
  Response handle();
  /// For the exception that is being handled.
  Response answer_exception() const;
  awaitable<Response> handle_on_pool();
  void enter(Phase phase, std::chrono::milliseconds limit);
  awaitable<Reply> read_some(boost::asio::mutable_buffer space);
  awaitable<bool> fill();

  // session_body.cpp: request bodies
  awaitable<std::optional<Response>> read_body();
  awaitable<std::optional<Response>> read_json();
  awaitable<std::optional<Response>> read_upload();
  awaitable<std::optional<Response>> fill_sink(const std::shared_ptr<UploadSink>& sink);
  awaitable<std::optional<HeadFault>> read_piece(char* space, std::size_t size, std::size_t& produced);
  std::optional<Response> fault_response(const HeadFault& fault);
  void extend_body_deadline();
  awaitable<void> welcome_body();

  // session_send.cpp: answers
  awaitable<bool> send(Response& response);
  awaitable<bool> send_text(const Response& response);
  awaitable<bool> send_file(Response& response, FileBody& file);
  awaitable<bool> send_events(Response& response, EventStream& stream);
  awaitable<bool> send_chunk(const std::string& text);
  awaitable<bool> wait_for_bell(StreamBell& bell, Clock::time_point until);
  awaitable<bool> write(std::string_view first, std::string_view second);
  awaitable<bool> write(std::string_view bytes) { return write(bytes, std::string_view()); }
  void compose_head(const Response& response, std::optional<std::uint64_t> length, bool chunked);
  void account(int status);
  void log_access(int status, Clock::duration took);

  /// Runs `job` where the route runs. Exceptions of the job come out here.
  template <class Job>
  awaitable<void> run_job(Job& job);
  template <class Job>
  awaitable<void> run_on_pool(Job& job);

  Worker& worker_;
  SharedState& shared_;
  boost::asio::ip::tcp::socket socket_;
  std::unique_ptr<boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>> tls_;
  std::string peer_;
  std::string client_;  // behind a trusted proxy, of the present request
  std::uint16_t peer_port_ = 0;

  Phase phase_ = Phase::idle;
  Clock::time_point deadline_;
  bool expired_ = false;  // the deadline of the phase has passed
  bool cut_ = false;      // closed by the server
  bool broken_ = false;   // closed or garbled by the client: nothing can be answered
  bool close_ = false;    // after this answer
  bool linger_ = false;   // the client may still be sending

  InputBuffer input_;
  HeadScanner scanner_;
  RequestHead head_;
  RequestTarget target_;
  MessageParser parser_;
  Request request_;
  std::optional<Method> method_;  // as sent
  std::size_t served_ = 0;
  Clock::time_point body_started_;
  std::uint64_t body_received_ = 0;
  std::uint64_t sent_ = 0;  // bytes of this answer
  std::string output_;
  std::shared_ptr<StreamBell> bell_;
};

template <class Job>
boost::asio::awaitable<void> Session::run_on_pool(Job& job) {
  std::exception_ptr failure;
  shared_.count_waiting(+1);
  auto start = [this, &job, &failure](auto resume) {
    boost::asio::post(*shared_.pool, [this, &job, &failure, resume = std::move(resume)]() mutable {
      shared_.count_waiting(-1);
      try {
        job();
      } catch (...) {
        failure = std::current_exception();
      }
      boost::asio::post(std::move(resume));
    });
  };
  co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>&, void()>(start,
                                                                                      boost::asio::use_awaitable);
  if (failure) std::rethrow_exception(failure);
}

template <class Job>
boost::asio::awaitable<void> Session::run_job(Job& job) {
  if (!shared_.runs_inline(request_)) co_return co_await run_on_pool(job);
  job();
}

}  // namespace assay
