// Request bodies: into memory for JSON, into a sink for uploads.
#include <algorithm>
#include <span>

#include "http/problem.h"
#include "http/session.h"

namespace assay {

namespace asio = boost::asio;

namespace {

constexpr std::size_t first_piece = 16 * 1024;  // bytes of memory that a body gets before it has sent any
constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr std::size_t framing_limit = 4 * 1024;  // bytes of a chunk's line, or of all trailers

}  // namespace

/// Announced is not sent: the deadline moves with the bytes that come, and not beyond what the slowest allowed rate
/// gives.
void Session::extend_body_deadline() {
  const auto& settings = shared_.settings;
  const auto now = Clock::now();
  const auto earned = std::chrono::milliseconds(body_received_ * 1000 / std::max<std::uint64_t>(settings.body_rate, 1));
  deadline_ = std::min(now + settings.body_timeout, body_started_ + settings.body_timeout + earned);
}

/// The answer to a fault in the body; nothing if the client has gone.
std::optional<Response> Session::fault_response(const HeadFault& fault) {
  close_ = linger_ = true;
  if (fault.status == 413) return problem(refuse(Reason::too_large, std::string(fault.detail)), request_.id);
  return protocol_problem(fault.status, fault.slug, fault.detail, request_.id);
}

/// The response if the body is refused, nothing once it is read. Sets broken_ if the client has gone.
asio::awaitable<std::optional<Response>> Session::read_body() {
  const Route& route = *request_.route;
  const std::uint64_t setting =
      route.body == BodyKind::json ? shared_.settings.json_limit : shared_.settings.upload_limit;
  parser_.limit_body(route.body_limit > 0 ? route.body_limit : setting);
  body_received_ = 0;
  if (route.body == BodyKind::upload) co_return co_await read_upload();
  co_return co_await read_json();
}

/// Lets a client that waits for it send the body.
asio::awaitable<void> Session::welcome_body() {
  enter(Phase::writing, shared_.settings.write_timeout);
  const bool sent = co_await write(go_on);
  broken_ = !sent;
}

/// Fills `space` until it is full or the body ends. A fault if the client sends wrongly or too slowly; sets broken_ if
/// it has gone.
asio::awaitable<std::optional<HeadFault>> Session::read_piece(char* space, std::size_t size, std::size_t& produced) {
  produced = 0;
  for (;;) {
    const std::size_t framing = std::min(framing_limit, shared_.settings.header_limit);
    const auto step = parser_.decode_body(input_, space + produced, size - produced, framing);
    produced += step.produced;
    if (step.fault) co_return step.fault;
    if (parser_.is_done() || produced == size) co_return std::nullopt;
    phase_ = Phase::body;
    extend_body_deadline();
    const std::size_t before = input_.view().size();
    const bool filled = co_await fill();
    if (!filled) {
      if (expired_ && !cut_) co_return HeadFault{408, "request-timeout", "the body took too long"};
      broken_ = true;
      co_return std::nullopt;
    }
    body_received_ += input_.view().size() - before;
  }
}

asio::awaitable<std::optional<Response>> Session::read_json() {
  std::string& text = request_.body;
  body_started_ = Clock::now();
  if (head_.expects_continue && input_.empty()) co_await welcome_body();
  std::size_t filled = 0;
  while (!parser_.is_done()) {
    // Memory follows the bytes that have come, so that many slow clients cannot claim it by their Content-Length.
    std::size_t room = std::max(first_piece, filled * 2);
    if (head_.content_length) room = std::min<std::size_t>(room, *head_.content_length);
    text.resize(room);
    std::size_t produced = 0;
    const auto fault = co_await read_piece(text.data() + filled, text.size() - filled, produced);
    filled += produced;
    if (broken_) co_return std::nullopt;
    if (fault) co_return fault_response(*fault);
  }
  text.resize(filled);
  co_return std::nullopt;
}

asio::awaitable<std::optional<Response>> Session::read_upload() {
  std::optional<Response> refused;
  std::shared_ptr<UploadSink> sink;
  auto open = [&] {
    try {
      auto opened = shared_.settings.open_upload(*request_.route, request_);
      if (opened)
        sink = std::move(*opened);
      else
        refused = problem(opened.error(), request_.id);
    } catch (...) {
      refused = answer_exception();
    }
  };
  phase_ = Phase::running;
  co_await run_job(open);
  if (!refused) refused = co_await fill_sink(sink);
  if (refused || broken_) {
    close_ = linger_ = true;
    auto abort = [&] {
      if (sink) sink->abort();
    };
    co_await run_job(abort);
  }
  co_return refused;
}

/// Moves the body into `sink`, one piece of memory for all of it.
asio::awaitable<std::optional<Response>> Session::fill_sink(const std::shared_ptr<UploadSink>& sink) {
  const std::size_t size = shared_.settings.file_chunk;
  const std::unique_ptr<char[]> piece(new char[size]);
  std::size_t produced = 0;
  std::optional<Response> refused;
  const auto step = [&](auto&& action) {
    try {
      action();
    } catch (const std::exception& failure) {
      shared_.log_error(request_.id, failure.what());
      refused = internal_error(request_.id);
    }
  };
  auto write = [&] {
    step([&] {
      const auto written = sink->write(std::as_bytes(std::span(piece.get(), produced)));
      if (!written) refused = problem(written.error(), request_.id);
    });
  };
  auto finish = [&] {
    step([&] {
      auto receipt = sink->finish();
      if (receipt)
        request_.upload = FinishedUpload{std::move(*receipt), sink};
      else
        refused = problem(receipt.error(), request_.id);
    });
  };
  body_started_ = Clock::now();
  if (head_.expects_continue && input_.empty()) co_await welcome_body();
  while (!refused && !parser_.is_done()) {
    const auto fault = co_await read_piece(piece.get(), size, produced);
    if (broken_) co_return std::nullopt;
    if (fault) co_return fault_response(*fault);
    phase_ = Phase::running;
    if (produced > 0) co_await run_job(write);
  }
  if (!refused) co_await run_job(finish);
  co_return refused;
}

}  // namespace assay
