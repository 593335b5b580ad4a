// Answers: heads, bodies from memory, files and event streams, and what is written down about each.
#include <fcntl.h>
#include <fmt/compile.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "domain/json.h"
#include "domain/time.h"
#include "http/problem.h"
#include "http/session.h"
#include "http/stream_bell.h"

namespace assay {

namespace asio = boost::asio;

namespace {

constexpr auto awaiting = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t joined_body = 4 * 1024;  // a body up to this is copied behind its head: one buffer, one packet

constexpr std::string_view default_policy = "default-src 'none'; frame-ancestors 'none'";
constexpr std::string_view security_headers =
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n";
constexpr std::string_view tls_header = "Strict-Transport-Security: max-age=31536000\r\n";

std::string_view text_of(const Body& body) {
  if (const auto* text = std::get_if<std::string>(&body)) return *text;
  if (const auto* shared = std::get_if<std::shared_ptr<const std::string>>(&body))
    return *shared ? std::string_view(**shared) : std::string_view();
  return {};
}

bool has_no_body(int status) { return status == 204 || status == 304; }

/// Opens the file unless it is open, and finds out how much of it there is to send.
void open_file(FileBody& body) {
  if (body.file.get() < 0) body.file = OwnedFile(::open(body.path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status{};
  if (body.file.get() < 0 || ::fstat(body.file.get(), &status) != 0)
    throw std::system_error(errno, std::generic_category(), "cannot open " + body.path.string());
  const auto size = static_cast<std::uint64_t>(status.st_size);
  const std::uint64_t rest = size - std::min(size, body.offset);
  body.length = std::min(rest, body.length.value_or(rest));
}

}  // namespace

/// The status line and all fields. Without `length` and `chunked` the body ends with the connection.
void Session::compose_head(const Response& response, std::optional<std::uint64_t> length, bool chunked) {
  const fmt::format_int status(response.status);
  output_.append("HTTP/1.1 ").append(status.data(), status.size()).append(" ");
  output_.append(reason_phrase(response.status)).append("\r\n").append(worker_.date_line());
  output_.append("X-Request-Id: ").append(request_.id).append("\r\n");
  if (!response.content_type.empty()) output_.append("Content-Type: ").append(response.content_type).append("\r\n");
  if (length) {
    const fmt::format_int digits(*length);
    output_.append("Content-Length: ").append(digits.data(), digits.size()).append("\r\n");
  }
  if (chunked) output_.append("Transfer-Encoding: chunked\r\n");
  output_.append(response.headers.text());
  if (response.headers.text().empty() || !response.headers.find("Cache-Control"))
    output_.append("Cache-Control: no-store\r\n");
  output_.append("Content-Security-Policy: ");
  output_.append(response.content_security_policy.empty() ? default_policy : response.content_security_policy);
  output_.append("\r\n").append(security_headers);
  if (tls_ || request_.is_tls) output_.append(tls_header);
  if (close_)
    output_.append("Connection: close\r\n");
  else if (head_.minor_version == 0)
    output_.append("Connection: keep-alive\r\n");
  output_.append("\r\n");
}

/// Writes both; what the socket takes at once needs no wait. False if the client is gone or too slow.
asio::awaitable<bool> Session::write(std::string_view first, std::string_view second) {
  bool at_once = !tls_;
  while (!first.empty() || !second.empty()) {
    const std::array buffers = {asio::const_buffer(first.data(), first.size()),
                                asio::const_buffer(second.data(), second.size())};
    boost::system::error_code error;
    std::size_t count = 0;
    if (at_once) {
      count = socket_.write_some(buffers, error);
      if (error == asio::error::would_block) error = {};
    } else if (tls_) {
      std::tie(error, count) = co_await tls_->async_write_some(buffers, awaiting);
    } else {
      std::tie(error, count) = co_await socket_.async_write_some(buffers, awaiting);
    }
    if (error || expired_ || cut_) co_return false;
    at_once = false;
    sent_ += count;
    const std::size_t of_first = std::min(count, first.size());
    first.remove_prefix(of_first);
    second.remove_prefix(count - of_first);
    if (count > 0) deadline_ = Clock::now() + shared_.settings.write_timeout;
  }
  co_return true;
}

/// Sends the answer. True if the connection goes on.
asio::awaitable<bool> Session::send(Response& response) {
  close_ = close_ || !head_.keep_alive || shared_.draining || served_ + 1 >= shared_.settings.requests_per_connection;
  enter(Phase::writing, shared_.settings.write_timeout);
  bool sent = false;
  if (auto* file = std::get_if<FileBody>(&response.body)) {
    sent = co_await send_file(response, *file);
  } else if (auto* stream = std::get_if<EventStream>(&response.body)) {
    sent = co_await send_events(response, *stream);
  } else {
    sent = co_await send_text(response);
  }
  account(response.status);
  if (!sent) broken_ = true;
  co_return sent && !close_;
}

asio::awaitable<bool> Session::send_text(const Response& response) {
  std::string_view body;
  std::optional<std::uint64_t> length;
  if (!has_no_body(response.status)) {
    body = text_of(response.body);
    length = body.size();
  }
  compose_head(response, length, false);
  if (method_ == Method::head) body = {};
  if (body.size() <= joined_body) {
    output_.append(body);
    body = {};
  }
  return write(output_, body);
}

asio::awaitable<bool> Session::send_file(Response& response, FileBody& file) {
  bool opened = false;
  auto open = [&] {
    try {
      open_file(file);
      opened = true;
    } catch (const std::exception& failure) {
      shared_.log_error(request_.id, failure.what());
    }
  };
  phase_ = Phase::running;
  co_await run_on_pool(open);
  enter(Phase::writing, shared_.settings.write_timeout);
  if (!opened) {
    response = internal_error(request_.id);
    co_return co_await send_text(response);
  }
  compose_head(response, file.length, false);
  const bool head_sent = co_await write(output_);
  if (!head_sent) co_return false;
  if (method_ == Method::head) co_return true;

  std::uint64_t left = *file.length;
  const std::size_t size = std::min<std::uint64_t>(shared_.settings.file_chunk, left);
  const std::unique_ptr<char[]> piece(new char[size]);
  while (left > 0) {
    ssize_t count = 0;
    auto read = [&] {
      count =
          ::pread(file.file.get(), piece.get(), std::min<std::uint64_t>(size, left), static_cast<off_t>(file.offset));
    };
    phase_ = Phase::running;
    co_await run_on_pool(read);
    if (count <= 0) {
      shared_.log_error(request_.id, "a file ended before its announced length");
      co_return false;
    }
    enter(Phase::writing, shared_.settings.write_timeout);
    const std::string_view bytes(piece.get(), static_cast<std::size_t>(count));
    const bool sent = co_await write(bytes);
    if (!sent) co_return false;
    file.offset += static_cast<std::uint64_t>(count);
    left -= static_cast<std::uint64_t>(count);
  }
  co_return true;
}

/// Sends `text` as a chunk, or as it is to a client that knows no chunks. An empty one ends the body.
asio::awaitable<bool> Session::send_chunk(const std::string& text) {
  enter(Phase::writing, shared_.settings.write_timeout);
  output_.clear();
  if (head_.minor_version == 0) co_return co_await write(text);
  fmt::format_to(std::back_inserter(output_), "{:x}\r\n", text.size());
  output_.append(text).append("\r\n");
  co_return co_await write(output_);
}

/// True if the source is to be asked, false if nothing happened until `until`.
asio::awaitable<bool> Session::wait_for_bell(StreamBell& bell, Clock::time_point until) {
  while (!bell.is_rung() && !shared_.draining && !cut_) {
    if (Clock::now() >= until) co_return false;
    bell.timer().expires_at(until);
    co_await bell.timer().async_wait(awaiting);
  }
  co_return true;
}

asio::awaitable<bool> Session::send_events(Response& response, EventStream& stream) {
  close_ = close_ || head_.minor_version == 0;
  compose_head(response, std::nullopt, head_.minor_version == 1);
  const bool head_sent = co_await write(output_);
  if (!head_sent) co_return false;
  if (method_ == Method::head) co_return true;

  bell_ = std::make_shared<StreamBell>(worker_.io());
  shared_.count_stream(+1);
  const std::shared_ptr<void> counted(nullptr, [this](void*) {
    bell_->silence();
    bell_.reset();
    shared_.count_stream(-1);
  });
  std::optional<std::string> text;
  bool failed = false;
  const auto guarded = [&](auto&& action) {
    try {
      action();
    } catch (const std::exception& failure) {
      failed = true;
      shared_.log_error(request_.id, failure.what());
    }
  };
  auto attach = [&] { guarded([&] { stream.source->attach(bell_); }); };
  auto ask = [&] { guarded([&] { text = stream.source->next(); }); };
  phase_ = Phase::streaming;
  co_await run_job(attach);
  const auto pause = stream.heartbeat.value_or(shared_.settings.heartbeat);
  auto next_beat = Clock::now() + pause;
  while (!shared_.draining && !cut_ && !failed) {
    bell_->take();
    co_await run_job(ask);
    if (failed || !text) break;
    if (text->empty()) {
      const bool rung = co_await wait_for_bell(*bell_, next_beat);
      if (rung) continue;
      text = ":\n\n";
    }
    const bool sent = co_await send_chunk(*text);
    if (!sent) co_return false;
    phase_ = Phase::streaming;
    next_beat = Clock::now() + pause;
  }
  if (cut_ || failed) co_return false;
  close_ = close_ || shared_.draining;
  if (head_.minor_version == 0) co_return true;
  const std::string end;
  co_return co_await send_chunk(end);
}

/// Writes down what was answered.
void Session::account(int status) {
  const auto took = Clock::now() - request_.received;
  if (shared_.metrics) shared_.metrics->answered(request_.route, status, took);
  if (shared_.settings.access_log) log_access(status, took);
}

void Session::log_access(int status, Clock::duration took) {
  const std::string_view method = method_ ? to_text(*method_) : "-";
  const std::string_view route = request_.route ? request_.route->pattern : "-";
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
  const Instant now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  std::string& lines = worker_.access_lines();
  fmt::format_to(std::back_inserter(lines),
                 FMT_COMPILE(R"({{"time":"{}","level":"info","log":"access","request":"{}","method":"{}","route":"{}",)"
                             R"("status":{},"duration_us":{},"bytes":{},"peer":"{}")"),
                 to_text(now), request_.id, method, route, status, microseconds, sent_,
                 request_.peer.empty() ? std::string_view(peer_) : request_.peer);
  if (!request_.principal.empty()) {
    lines += R"(,"principal":)";
    append_quoted(lines, request_.principal);
  }
  if (!request_.trace.empty()) fmt::format_to(std::back_inserter(lines), R"(,"trace":"{}")", request_.trace);
  lines += "}\n";
}

}  // namespace assay
