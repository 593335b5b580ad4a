// The course of a connection: handshake, heads, routing, handlers, end.
#include "http/session.h"

#include <boost/asio/ssl/stream_base.hpp>

#include "http/json_body.h"
#include "http/problem.h"
#include "http/proxy.h"
#include "http/route_check.h"
#include "http/stream_bell.h"
#include "http/text.h"
#include "http/web_pages.h"
#include "storage/store.h"

namespace assay {

namespace asio = boost::asio;
namespace {

constexpr auto awaiting = asio::as_tuple(asio::use_awaitable);
constexpr std::string_view all_methods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
constexpr std::size_t lingering_bytes = 4 * 1024 * 1024;

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

Response options(std::string_view allow) {
  Response response = no_content();
  response.headers.add("Allow", allow);
  return response;
}

}  // namespace

Session::Session(Worker& worker, asio::ip::tcp::socket socket)
    : worker_(worker), shared_(worker.shared()), socket_(std::move(socket)) {
  const std::size_t open = ++shared_.connections;
  if (shared_.metrics) shared_.metrics->connections(static_cast<double>(open));
  boost::system::error_code ignored;  // a connection that is gone already shows at the first read
  socket_.non_blocking(true, ignored);
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  if (const auto end = socket_.remote_endpoint(ignored); !ignored) {
    auto address = end.address();
    if (address.is_v6() && address.to_v6().is_v4_mapped())
      address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    peer_ = address.to_string();
    peer_port_ = end.port();
  }
  if (shared_.tls) tls_ = std::make_unique<asio::ssl::stream<asio::ip::tcp::socket&>>(socket_, *shared_.tls);
}

Session::~Session() {
  const std::size_t open = --shared_.connections;
  if (shared_.metrics) shared_.metrics->connections(static_cast<double>(open));
  if (!shared_.draining) return;
  const std::lock_guard lock(shared_.mutex);
  shared_.disconnected.notify_all();
}

asio::awaitable<void> Session::run(std::unique_ptr<Session> session) {
  bool goes_on = co_await session->shake_hands();
  while (goes_on) {
    goes_on = co_await session->serve_one();
    ++session->served_;
  }
  co_await session->finish();
}

void Session::enter(Phase phase, std::chrono::milliseconds limit) {
  phase_ = phase;
  deadline_ = Clock::now() + limit;
  expired_ = false;
}

void Session::check_deadline(Clock::time_point now) {
  if (phase_ == Phase::running || phase_ == Phase::streaming || now < deadline_ || expired_) return;
  expired_ = true;
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

asio::awaitable<bool> Session::shake_hands() {
  enter(Phase::idle, shared_.settings.header_timeout);
  if (!tls_) co_return true;
  phase_ = Phase::head;
  const auto [error] = co_await tls_->async_handshake(asio::ssl::stream_base::server, awaiting);
  if (error || expired_) {
    broken_ = true;
    co_return false;
  }
  enter(Phase::idle, shared_.settings.header_timeout);
  co_return true;
}

asio::awaitable<Session::Reply> Session::read_some(asio::mutable_buffer space) {
  if (tls_) return tls_->async_read_some(space, awaiting);
  return socket_.async_read_some(space, awaiting);
}

/// Reads once into the input buffer. False if the time is over, the client has gone or the server cuts.
asio::awaitable<bool> Session::fill() {
  const auto space = input_.space(shared_.settings.header_limit + 1);
  const auto [error, count] = co_await read_some(asio::buffer(space.start, space.size));
  input_.add(count);
  co_return !error && !expired_ && !cut_;
}

/// Forgets the last request and gives back what it took beyond the usual.
void Session::prepare() {
  parser_.reset();
  scanner_.reset();
  head_ = {};
  method_.reset();
  request_.headers.clear();
  request_.parameters.clear();
  request_.body.clear();
  if (request_.body.capacity() > InputBuffer::smallest) request_.body.shrink_to_fit();
  request_.upload.reset();
  request_.principal.clear();
  request_.waits = false;
  request_.id.clear();
  request_.trace = {};
  request_.route = nullptr;
  output_.clear();
  if (output_.capacity() > 2 * InputBuffer::smallest) output_.shrink_to_fit();
  input_.release();
  broken_ = close_ = linger_ = false;
  sent_ = 0;
  request_.received = {};
  if (served_ == 0) return;
  if (input_.empty())
    enter(Phase::idle, shared_.settings.idle_timeout);
  else
    enter(Phase::head, shared_.settings.header_timeout);  // the next request has begun behind the last one
}

asio::awaitable<bool> Session::serve_one() {
  prepare();
  while (!scanner_.scan(input_.view(), shared_.head_limits)) {
    if (scanner_.fault()) co_return co_await refuse_head(*scanner_.fault());
    if (shared_.draining && input_.empty()) co_return false;
    const bool filled = co_await fill();
    if (!filled) {
      if (!expired_ || cut_ || input_.empty()) co_return false;
      const HeadFault late{408, "request-timeout", "the header took too long"};
      co_return co_await refuse_head(late);
    }
    if (phase_ == Phase::idle) {
      if (served_ > 0) enter(Phase::head, shared_.settings.header_timeout);
      phase_ = Phase::head;
    }
  }
  enter(Phase::running, {});
  const auto fault = take_head();
  if (fault) co_return co_await refuse_head(*fault);

  std::optional<Response> response = route_request();
  if (response) {
    close_ = linger_ = head_.has_body();  // nobody reads the body of a request that is refused already
  } else if (head_.has_body()) {
    response = co_await read_body();
    if (broken_) co_return false;
    enter(Phase::running, {});
  }
  if (!response) {
    request_.may_wait = !shared_.runs_inline(request_);
    if (!request_.may_wait) response = handle();
    if (request_.may_wait || request_.waits) {
      request_.may_wait = true;
      response = co_await handle_on_pool();
    }
  }
  show_to_browser(request_, *response);
  co_return co_await send(*response);
}

/// Reads the complete head: our own strict look first, then the library's parser, whose framing must be the same.
std::optional<HeadFault> Session::take_head() {
  request_.received = Clock::now();
  request_.id = worker_.make_request_id();
  const std::string_view text = input_.view().substr(scanner_.skipped(), scanner_.size() - scanner_.skipped());
  if (auto fault = read_head(text, shared_.head_limits, head_)) return fault;
  method_ = parse_method(head_.method);
  if (!method_) return HeadFault{501, "method-not-implemented", "this method is not known here"};

  if (auto fault = parser_.start(text, head_, shared_.head_limits)) return fault;
  if (auto fault = target_.parse(parser_.target())) return fault;
  if (auto fault = check_target(target_, head_, *method_)) return fault;
  input_.consume(scanner_.size());

  request_.method = *method_ == Method::head ? Method::get : *method_;
  for (const auto& field : parser_.fields())
    request_.headers.push_back({view(field.name_string()), view(field.value())});
  request_.target = target_.origin;
  request_.path = target_.path;
  request_.segments.swap(target_.segments);
  request_.query.swap(target_.query);
  request_.peer = peer_;
  request_.peer_port = peer_port_;
  request_.is_tls = tls_ != nullptr || shared_.settings.https_outside;
  if (!shared_.settings.trusted_proxies.empty()) {
    FarEnd client = far_end(request_, shared_.settings.trusted_proxies);
    client_.swap(client.address);
    request_.peer = client_;
    request_.is_tls = client.is_tls;
  }
  if (const auto trace = request_.header("traceparent"); trace && is_traceparent(*trace)) request_.trace = *trace;
  return std::nullopt;
}

/// Finds the route, or the answer if there is none or it cannot serve the request as it is.
std::optional<Response> Session::route_request() {
  if (target_.asterisk) return options(all_methods);
  const Match match = shared_.router.find(*method_, request_.segments, request_.parameters);
  if (!match.route) {
    if (match.allow.empty()) return problem(refuse(Reason::not_found, "nothing is here"), request_.id);
    if (*method_ == Method::options) return options(match.allow);
    Response response =
        protocol_problem(405, "method-not-allowed", "this resource does not have this method, see Allow", request_.id);
    response.headers.add("Allow", match.allow);
    return response;
  }
  request_.route = match.route;
  if (auto refused = refused_by(*match.route, request_)) return refused;
  return head_.has_body() ? check_body(*match.route) : std::nullopt;
}

/// Decides from the head whether the body is welcome.
std::optional<Response> Session::check_body(const Route& route) const {
  if (route.body == BodyKind::none)
    return problem(refuse(Reason::malformed, "this request must not have a body"), request_.id);
  const std::string_view type = request_.header("Content-Type").value_or("");
  if (route.body == BodyKind::json && route.media.empty() && !is_json_media_type(type))
    return problem(refuse(Reason::unsupported, "the body must be application/json in UTF-8"), request_.id);
  if (std::string_view rest = type; !route.media.empty() && !same_ignoring_case(next_element(rest, ';'), route.media))
    return problem(refuse(Reason::unsupported, "the body must be " + std::string(route.media)), request_.id);
  if (request_.header("Content-Encoding"))
    return problem(refuse(Reason::unsupported, "a body with Content-Encoding is not accepted"), request_.id);
  const std::uint64_t setting =
      route.body == BodyKind::json ? shared_.settings.json_limit : shared_.settings.upload_limit;
  const std::uint64_t limit = route.body_limit > 0 ? route.body_limit : setting;
  if (head_.content_length.value_or(0) > limit)
    return problem(refuse(Reason::too_large, "the body may have " + std::to_string(limit) + " bytes"), request_.id);
  return std::nullopt;
}

asio::awaitable<bool> Session::refuse_head(const HeadFault& fault) {
  if (request_.id.empty()) request_.id = worker_.make_request_id();
  if (request_.received == Clock::time_point{}) request_.received = Clock::now();
  close_ = linger_ = true;
  Response response = protocol_problem(fault.status, fault.slug, fault.detail, request_.id);
  co_return co_await send(response);
}

/// Runs the dispatch on this thread.
Response Session::handle() {
  if (shared_.cutting) return problem(refuse(Reason::overloaded, "the server is stopping"), request_.id);
  try {
    Result<Response> result = shared_.dispatch(*request_.route, request_);
    if (result) return std::move(*result);
    return problem(result.error(), request_.id);
  } catch (...) {
    return answer_exception();
  }
}

Response Session::answer_exception() const {
  try {
    throw;
  } catch (const StoreBusy& busy) {
    Refusal refusal = refuse(Reason::overloaded, busy.what());
    refusal.retry_after = std::chrono::seconds(1);
    return problem(refusal, request_.id);
  } catch (const std::exception& failure) {
    shared_.log_error(request_.id, failure.what());
  } catch (...) {
    shared_.log_error(request_.id, "an exception of an unknown type");
  }
  return internal_error(request_.id);
}

asio::awaitable<Response> Session::handle_on_pool() {
  if (shared_.waiting >= shared_.settings.pool_queue) {
    Refusal refusal = refuse(Reason::overloaded, "too many requests are waiting");
    refusal.retry_after = std::chrono::seconds(1);
    co_return problem(refusal, request_.id);
  }
  Response response;
  auto job = [&] { response = handle(); };
  co_await run_on_pool(job);
  co_return response;
}

void Session::drain() {
  if (phase_ == Phase::streaming && bell_) bell_->ring();
  if (phase_ != Phase::idle) return;
  cut_ = true;
  boost::system::error_code ignored;  // no operation to cancel is as good
  socket_.cancel(ignored);
}

void Session::cut() {
  cut_ = true;
  if (bell_) bell_->ring();
  boost::system::error_code ignored;  // closing is all that is left to do
  socket_.close(ignored);
}

/// Lets the client read the last answer: what it still sends is thrown away for a while, because closing a socket with
/// unread bytes resets it and the answer is lost.
asio::awaitable<void> Session::finish() {
  enter(Phase::closing, shared_.settings.linger);
  boost::system::error_code ignored;  // the connection ends either way
  if (!cut_ && !broken_ && linger_) {
    if (!tls_) socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    std::size_t thrown_away = 0;
    while (thrown_away < lingering_bytes) {
      input_.consume(input_.view().size());
      const auto space = input_.space(shared_.settings.header_limit);
      const auto [error, count] = co_await read_some(asio::buffer(space.start, space.size));
      if (error || expired_ || cut_) break;
      thrown_away += count;
    }
  }
  if (tls_ && !cut_ && !broken_ && !expired_) co_await tls_->async_shutdown(awaiting);
  socket_.close(ignored);
}

}  // namespace assay
