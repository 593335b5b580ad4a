// The library's parser of requests, held to the framing that our own strict look has found. No I/O.
#pragma once

#include <algorithm>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <cstdint>
#include <optional>
#include <string_view>

#include "http/input_buffer.h"
#include "http/request_head.h"

namespace assay {

/// Called by the library's parser for each chunk: many bytes of extensions around few of data are an attack, and so is
/// a line's end within a quoted value, which the library takes: whoever stands in front may read two lines there.
struct ChunkExtensionLimit {
  static constexpr std::size_t most = 4 * 1024;  // bytes in all chunks of a body
  std::size_t seen = 0;
  void operator()(std::uint64_t, boost::beast::string_view extensions, boost::system::error_code& error) {
    seen += extensions.size();
    const bool plain = std::all_of(extensions.begin(), extensions.end(), [](char c) {
      const auto byte = static_cast<unsigned char>(c);
      return (byte >= ' ' && byte != 0x7F) || c == '\t';
    });
    if (seen > most || !plain) error = boost::beast::http::error::bad_chunk_extension;
  }
};

/// Parses one request after the other; start() before anything else, for each of them.
class MessageParser {
 public:
  /// Reads a complete head that read_head() has accepted as `head`. A fault if the library cannot read it, or would
  /// frame the body otherwise. Views into the parser are valid until the next start() or reset().
  std::optional<HeadFault> start(std::string_view text, const RequestHead& head, const HeadLimits& limits);
  void reset() { parser_.reset(); }

  std::string_view target() const;
  const boost::beast::http::fields& fields() const { return parser_->get(); }

  /// Bytes that the body may have.
  void limit_body(std::uint64_t bytes) { parser_->body_limit(bytes); }
  /// The body has been read to its end.
  bool is_done() const { return parser_->is_done(); }

  struct BodyStep {
    std::size_t produced = 0;
    bool needs_input = false;
    std::optional<HeadFault> fault = {};
  };
  /// Moves what is in `input` into `space`, decoding chunks. A chunk's line, or the trailers, may have `framing_limit`
  /// bytes.
  BodyStep decode_body(InputBuffer& input, char* space, std::size_t size, std::size_t framing_limit);

 private:
  std::optional<boost::beast::http::request_parser<boost::beast::http::buffer_body>> parser_;
  ChunkExtensionLimit chunk_extensions_;
};

/// What is wrong with a target that RequestTarget::parse() has read, seen together with the head and the method.
std::optional<HeadFault> check_target(const RequestTarget& target, const RequestHead& head, Method method);

}  // namespace assay
