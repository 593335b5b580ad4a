// The library's parser of requests, held to the framing that our own strict look has found.
#include "http/message_parser.h"

#include <boost/asio/buffer.hpp>

namespace assay {

namespace asio = boost::asio;
namespace beast_http = boost::beast::http;

namespace {

// What follows at least while a chunked body has not ended: "0", CR LF, CR LF. With less than that of a last chunk
// whose line it has seen, the library's parser fails an assertion.
constexpr std::size_t shortest_end = 5;

}  // namespace

std::optional<HeadFault> MessageParser::start(std::string_view text, const RequestHead& head,
                                              const HeadLimits& limits) {
  chunk_extensions_ = {};
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(limits.header + 1));
  parser_->body_limit(boost::none);
  parser_->on_chunk_header(chunk_extensions_);
  boost::system::error_code error;
  parser_->put(asio::buffer(text.data(), text.size()), error);
  const auto length = parser_->is_header_done() ? parser_->content_length() : boost::none;
  if (error || !parser_->is_header_done() || parser_->chunked() != head.chunked ||
      length.has_value() != head.content_length.has_value() || length.value_or(0) != head.content_length.value_or(0))
    return HeadFault{400, "malformed", "the header cannot be read"};
  return std::nullopt;
}

std::string_view MessageParser::target() const {
  const auto text = parser_->get().target();
  return {text.data(), text.size()};
}

MessageParser::BodyStep MessageParser::decode_body(InputBuffer& input, char* space, std::size_t size,
                                                   std::size_t framing_limit) {
  BodyStep step;
  auto& body = parser_->get().body();
  body.data = space;
  body.size = size;
  body.more = true;
  boost::system::error_code error;
  while (!parser_->is_done() && body.size > 0 && !step.needs_input) {
    const std::string_view pending = input.view();
    if (pending.empty() || (parser_->chunked() && pending.size() < shortest_end)) {
      step.needs_input = true;
      break;
    }
    const std::size_t used = parser_->put(asio::buffer(pending.data(), pending.size()), error);
    input.consume(used);
    if (error == beast_http::error::need_more || (!error && used == 0)) {
      step.needs_input = true;
      if (input.view().size() > framing_limit)
        step.fault = HeadFault{400, "malformed", "a chunk's line or the trailers are too long"};
    } else if (error == beast_http::error::body_limit) {
      step.fault = HeadFault{413, "too-large", "the body is too large"};
    } else if (error && error != beast_http::error::need_buffer) {
      step.fault = HeadFault{400, "malformed", "the body's framing is broken"};
    }
    if (step.fault) break;
  }
  step.produced = size - body.size;
  return step;
}

std::optional<HeadFault> check_target(const RequestTarget& target, const RequestHead& head, Method method) {
  if (!target.authority.empty() && !head.host.empty() && !same_ignoring_case(target.authority, head.host))
    return HeadFault{400, "malformed", "Host and the request target name different hosts"};
  if (target.asterisk && method != Method::options)
    return HeadFault{400, "malformed", "the target * is for OPTIONS only"};
  return std::nullopt;
}

}  // namespace assay
