// Name lookup with a deadline, the checked connection, TLS, and one HTTP exchange over it.
#include "integrations/outbound.h"

#include <netdb.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <condition_variable>
#include <cstring>
#include <locale>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace assay {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Address = asio::ip::address;
using Clock = std::chrono::steady_clock;
using Tls = asio::ssl::stream<beast::tcp_stream>;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t piece_size = 4096;
constexpr int most_interim_responses = 8;

/// Ends an exchange; becomes the result's failure.
struct Failed {
  OutboundFailure failure;
  std::string detail;
};

/// What a lookup thread and the call that waits for it share; the thread may outlive the call.
struct Lookup {
  std::mutex mutex;
  std::condition_variable_any changed;
  bool done = false;
  std::vector<Address> addresses;
  std::string error;
};

void look_up(const Resolver& resolver, const std::string& host, Lookup& lookup) {
  std::vector<Address> addresses;
  std::string error;
  try {
    addresses = resolver(host);
    if (addresses.empty()) error = "no address";
  } catch (const std::exception& failure) {
    error = failure.what();
  }
  const std::lock_guard lock(lookup.mutex);
  lookup.addresses = std::move(addresses);
  lookup.error = std::move(error);
  lookup.done = true;
  lookup.changed.notify_all();
}

/// A place among the lookups that may run at once, given back in the destructor.
class LookupSlot {
 public:
  LookupSlot(std::shared_ptr<std::atomic<std::size_t>> running, std::size_t limit) : running_(std::move(running)) {
    if (running_->fetch_add(1) < limit) return;
    running_->fetch_sub(1);
    throw Failed{OutboundFailure::dns, "too many name lookups are still running"};
  }
  ~LookupSlot() { running_->fetch_sub(1); }
  LookupSlot(const LookupSlot&) = delete;
  LookupSlot& operator=(const LookupSlot&) = delete;

 private:
  std::shared_ptr<std::atomic<std::size_t>> running_;
};

bool is_token(std::string_view text) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           marks.find(c) != std::string_view::npos;
  });
}

bool is_field_value(std::string_view text) {
  return text.size() <= 4096 && std::all_of(text.begin(), text.end(), [](char c) {
           const auto byte = static_cast<unsigned char>(c);
           return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
         });
}

bool is_target(std::string_view text) {
  return text.starts_with('/') && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

void check_request(const OutboundRequest& request) {
  if (!is_token(request.method)) throw std::invalid_argument("not an HTTP method: " + request.method);
  if (!is_target(request.url.target)) throw std::invalid_argument("not a request target: " + request.url.target);
  for (const auto& [name, value] : request.headers) {
    if (!is_token(name) || !is_field_value(value)) throw std::invalid_argument("not an HTTP header: " + name);
  }
}

std::string text_of(const asio::ip::tcp::endpoint& endpoint) {
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text << endpoint;
  return text.str();
}

/// One send() from its name lookup to the last byte that is kept.
class Exchange {
 public:
  Exchange(const OutboundSettings& settings, asio::ssl::context& tls, const OutboundRequest& request,
           std::stop_token stop)
      : settings_(settings), tls_(tls), request_(request), stop_(std::move(stop)) {}

  OutboundResult run(const std::shared_ptr<std::atomic<std::size_t>>& running_lookups);

 private:
  std::vector<Address> addresses(const std::shared_ptr<std::atomic<std::size_t>>& running_lookups);
  std::vector<Address> admitted(std::vector<Address> addresses) const;
  void converse_until_stopped(const std::vector<Address>& addresses);

  asio::awaitable<void> converse(const std::vector<Address>& addresses);
  asio::awaitable<beast::tcp_stream> connect(const std::vector<Address>& addresses);
  void prepare_tls(Tls& stream) const;
  asio::awaitable<void> shake_hands(Tls& stream);
  template <class Stream>
  asio::awaitable<void> exchange(Stream& stream);
  template <class Stream>
  asio::awaitable<void> read_body(Stream& stream, beast::flat_buffer& buffer,
                                  http::response_parser<http::buffer_body>& parser);
  http::request<http::string_body> message() const;
  void keep_head(const http::response_parser<http::buffer_body>& parser);
  void keep_body(std::string_view piece);

  [[noreturn]] void fail(OutboundFailure failure, std::string detail) const {
    throw Failed{failure, std::move(detail)};
  }
  /// The failure of an operation on the connection: the time-out, or what the phase makes of it.
  [[noreturn]] void fail(OutboundFailure failure, std::string_view phase,
                         const boost::system::error_code& error) const {
    if (error == beast::error::timeout || Clock::now() >= deadline_) fail_for_time(phase);
    fail(failure, std::string(phase) + ": " + error.message());
  }
  [[noreturn]] void fail_for_time(std::string_view phase) const {
    fail(OutboundFailure::timeout,
         "no answer within " + std::to_string(settings_.timeout.count()) + " ms (" + std::string(phase) + ")");
  }

  const OutboundSettings& settings_;
  asio::ssl::context& tls_;
  const OutboundRequest& request_;
  std::stop_token stop_;
  Clock::time_point started_ = Clock::now();
  Clock::time_point deadline_ = started_ + settings_.timeout;
  OutboundResult result_;
  asio::io_context io_{1};  // last, so that what waits in it goes first
};

OutboundResult Exchange::run(const std::shared_ptr<std::atomic<std::size_t>>& running_lookups) {
  try {
    converse_until_stopped(admitted(addresses(running_lookups)));
  } catch (Failed& failed) {
    result_.failure = failed.failure;
    result_.detail = std::move(failed.detail);
  }
  result_.duration = std::chrono::ceil<std::chrono::milliseconds>(Clock::now() - started_);
  return std::move(result_);
}

std::vector<Address> Exchange::addresses(const std::shared_ptr<std::atomic<std::size_t>>& running_lookups) {
  const std::string& host = request_.url.host;
  boost::system::error_code no_literal;
  const auto literal = asio::ip::make_address(host, no_literal);
  if (!no_literal) return {literal};

  // getaddrinfo can neither be interrupted nor given a time-out, so it gets a thread that may be left behind.
  const auto lookup = std::make_shared<Lookup>();
  const auto slot = std::make_shared<LookupSlot>(running_lookups, settings_.max_lookups);
  try {
    std::thread([lookup, slot, host, resolver = settings_.resolver] { look_up(resolver, host, *lookup); }).detach();
  } catch (const std::system_error& error) {
    fail(OutboundFailure::dns, std::string("no thread for the name lookup: ") + error.what());
  }
  std::unique_lock lock(lookup->mutex);
  if (!lookup->changed.wait_until(lock, stop_, deadline_, [&] { return lookup->done; })) {
    if (stop_.stop_requested()) fail(OutboundFailure::cancelled, "the server is shutting down");
    fail_for_time("name lookup of " + host);
  }
  if (!lookup->error.empty()) fail(OutboundFailure::dns, "name lookup of " + host + ": " + lookup->error);
  return lookup->addresses;
}

std::vector<Address> Exchange::admitted(std::vector<Address> addresses) const {
  std::string refusals;
  std::erase_if(addresses, [&](const Address& address) {
    const auto kind = settings_.guard.refused(address);
    if (kind) refusals += (refusals.empty() ? "" : ", ") + address.to_string() + " (" + std::string(*kind) + ")";
    return kind.has_value();
  });
  if (addresses.empty()) {
    fail(OutboundFailure::blocked_address, request_.url.host + " leads to addresses that are not allowed: " + refusals);
  }
  if (addresses.size() > settings_.max_addresses) addresses.resize(settings_.max_addresses);
  return addresses;
}

void Exchange::converse_until_stopped(const std::vector<Address>& addresses) {
  bool finished = false;
  std::exception_ptr failure;
  asio::co_spawn(io_, converse(addresses), [&](std::exception_ptr thrown) {
    finished = true;
    failure = std::move(thrown);
  });
  const std::stop_callback on_stop(stop_, [this] { io_.stop(); });
  io_.run();
  if (!finished) fail(OutboundFailure::cancelled, "the server is shutting down");
  if (failure) std::rethrow_exception(failure);
}

asio::awaitable<void> Exchange::converse(const std::vector<Address>& addresses) {
  beast::tcp_stream connection = co_await connect(addresses);
  connection.expires_at(deadline_);
  if (!request_.url.tls) {
    co_await exchange(connection);
    co_return;
  }
  Tls stream(std::move(connection), tls_);
  prepare_tls(stream);
  co_await shake_hands(stream);
  co_await exchange(stream);
}

asio::awaitable<beast::tcp_stream> Exchange::connect(const std::vector<Address>& addresses) {
  boost::system::error_code last;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const asio::ip::tcp::endpoint endpoint(addresses[i], request_.url.port);
    result_.remote = text_of(endpoint);
    beast::tcp_stream stream(io_);
    // An address that swallows packets must leave time for the others.
    const auto share = (deadline_ - Clock::now()) / static_cast<Clock::rep>(addresses.size() - i);
    stream.expires_at(Clock::now() + share);
    const auto [error] = co_await stream.async_connect(endpoint, as_result);
    if (!error) co_return stream;
    last = error;
  }
  // Each address had its share of the time; that it was used up only at the last is no other failure.
  fail(OutboundFailure::connect, "connect to " + result_.remote, last);
}

void Exchange::prepare_tls(Tls& stream) const {
  SSL* const ssl = stream.native_handle();
  const std::string& host = request_.url.host;
  boost::system::error_code no_literal;
  asio::ip::make_address(host, no_literal);
  bool prepared = false;
  if (!no_literal) {
    // RFC 6066, 3: an address is no server name. Its certificate must name it all the same.
    prepared = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1;
  } else {
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    prepared = SSL_set1_host(ssl, host.c_str()) == 1 && SSL_set_tlsext_host_name(ssl, host.c_str()) == 1;
  }
  if (!prepared) fail(OutboundFailure::tls, "TLS cannot be prepared for " + host);
}

asio::awaitable<void> Exchange::shake_hands(Tls& stream) {
  const auto [error] = co_await stream.async_handshake(asio::ssl::stream_base::client, as_result);
  if (!error) co_return;
  const long verdict = SSL_get_verify_result(stream.native_handle());
  if (verdict != X509_V_OK) {
    fail(OutboundFailure::tls, std::string("certificate refused: ") + X509_verify_cert_error_string(verdict));
  }
  fail(OutboundFailure::tls, "TLS handshake", error);
}

http::request<http::string_body> Exchange::message() const {
  http::request<http::string_body> message;
  message.version(11);
  message.method_string(request_.method);
  message.target(request_.url.target);
  message.set(http::field::host, request_.url.authority());
  message.set(http::field::user_agent, settings_.user_agent);
  message.set(http::field::connection, "close");
  for (const auto& [name, value] : request_.headers) message.insert(name, value);
  message.body() = request_.body;
  message.prepare_payload();
  return message;
}

template <class Stream>
asio::awaitable<void> Exchange::exchange(Stream& stream) {
  const auto request = message();
  const auto [write_error, written] = co_await http::async_write(stream, request, as_result);
  if (write_error) fail(OutboundFailure::protocol, "sending the request", write_error);

  // Room for a head of the allowed size and a piece of the body behind it.
  beast::flat_buffer buffer(settings_.max_head + piece_size);
  for (int interim = 0; interim <= most_interim_responses; ++interim) {
    http::response_parser<http::buffer_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(settings_.max_head));
    parser.body_limit(boost::none);  // what is too long is cut, not refused
    parser.skip(request_.method == "HEAD");
    const auto [error, read] = co_await http::async_read_header(stream, buffer, parser, as_result);
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
      fail(OutboundFailure::too_large,
           "the head of the response is over " + std::to_string(settings_.max_head) + " bytes");
    }
    if (error) fail(OutboundFailure::protocol, "reading the response", error);
    const unsigned status = parser.get().result_int();
    if (status == 101) fail(OutboundFailure::protocol, "the receiver switches to another protocol unasked");
    if (status / 100 == 1) continue;  // RFC 9110, 15.2: the final response follows
    keep_head(parser);
    co_await read_body(stream, buffer, parser);
    co_return;
  }
  fail(OutboundFailure::protocol, "interim responses without end");
}

template <class Stream>
asio::awaitable<void> Exchange::read_body(Stream& stream, beast::flat_buffer& buffer,
                                          http::response_parser<http::buffer_body>& parser) {
  std::array<char, piece_size> piece{};
  while (!parser.is_done() && !result_.body_truncated) {
    auto& body = parser.get().body();
    body.data = piece.data();
    body.size = piece.size();
    const auto [error, read] = co_await http::async_read(stream, buffer, parser, as_result);
    keep_body({piece.data(), piece.size() - body.size});
    if (!error || error == http::error::need_buffer) continue;
    // A body without a length ends with the connection; that TLS was not closed in form matters to no log.
    if (error == asio::ssl::error::stream_truncated && parser.need_eof()) co_return;
    fail(OutboundFailure::protocol, "reading the body of the response", error);
  }
}

void Exchange::keep_head(const http::response_parser<http::buffer_body>& parser) {
  result_.status = parser.get().result_int();
  for (const auto& field : parser.get()) result_.headers.emplace_back(field.name_string(), field.value());
}

void Exchange::keep_body(std::string_view piece) {
  const std::size_t room = settings_.kept_body - result_.body.size();
  result_.body += piece.substr(0, room);
  result_.body_truncated = piece.size() > room;
}

}  // namespace

std::string_view to_text(OutboundFailure failure) {
  switch (failure) {
    case OutboundFailure::dns:
      return "dns";
    case OutboundFailure::blocked_address:
      return "blocked_address";
    case OutboundFailure::connect:
      return "connect";
    case OutboundFailure::tls:
      return "tls";
    case OutboundFailure::timeout:
      return "timeout";
    case OutboundFailure::protocol:
      return "protocol";
    case OutboundFailure::too_large:
      return "too_large";
    case OutboundFailure::cancelled:
      return "cancelled";
  }
  throw std::logic_error("unknown outbound failure");
}

std::optional<std::string_view> OutboundResult::header(std::string_view name) const {
  for (const auto& [candidate, value] : headers) {
    if (beast::iequals(candidate, name)) return value;
  }
  return {};
}

std::vector<Address> resolve_with_system(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* list = nullptr;
  if (const int code = ::getaddrinfo(host.c_str(), nullptr, &hints, &list); code != 0) {
    throw std::runtime_error(::gai_strerror(code));
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(list, ::freeaddrinfo);
  std::vector<Address> addresses;
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    asio::ip::tcp::endpoint endpoint;
    if (entry->ai_addrlen > endpoint.capacity()) continue;
    std::memcpy(endpoint.data(), entry->ai_addr, entry->ai_addrlen);
    endpoint.resize(entry->ai_addrlen);
    addresses.push_back(endpoint.address());
  }
  return addresses;
}

struct OutboundClient::State {
  explicit State(OutboundSettings given) : settings(std::move(given)) {
    tls.set_verify_mode(asio::ssl::verify_peer);
    if (!settings.ca_file.empty()) tls.load_verify_file(settings.ca_file);
    if (SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION) != 1) {
      throw std::runtime_error("TLS 1.2 is not available");
    }
  }

  /// The context with the authorities of the machine, read before the first use: parsing them is a good part of a
  /// start.
  asio::ssl::context& trusting() {
    std::call_once(authorities, [this] { tls.set_default_verify_paths(); });
    return tls;
  }

  OutboundSettings settings;
  asio::ssl::context tls{asio::ssl::context::tls_client};
  std::once_flag authorities;
  std::shared_ptr<std::atomic<std::size_t>> running_lookups = std::make_shared<std::atomic<std::size_t>>(0);
};

OutboundClient::OutboundClient(OutboundSettings settings) : state_(std::make_unique<State>(std::move(settings))) {}
OutboundClient::~OutboundClient() = default;

OutboundResult OutboundClient::send(const OutboundRequest& request, std::stop_token stop) const {
  check_request(request);
  return Exchange(state_->settings, state_->trusting(), request, std::move(stop)).run(state_->running_lookups);
}

std::optional<std::string> header_problem(std::string_view name, std::string_view value) {
  if (!is_token(name)) return "the name of a header consists of letters, digits and - only";
  if (!is_field_value(value)) return "the value of a header has no control characters and at most 4,096 bytes";
  for (const char* reserved : {"host", "connection", "content-length", "content-type", "transfer-encoding", "te",
                               "trailer", "upgrade", "expect", "keep-alive", "user-agent", "accept-encoding"}) {
    if (beast::iequals(name, reserved)) return "the header " + std::string(name) + " is set by the server";
  }
  for (const std::string_view reserved : {"webhook-", "ce-", "proxy-"}) {
    if (name.size() >= reserved.size() && beast::iequals(name.substr(0, reserved.size()), reserved)) {
      return "headers that begin with " + std::string(reserved) + " are set by the server";
    }
  }
  return {};
}

}  // namespace assay
