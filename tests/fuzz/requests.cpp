// Requests as bytes of a connection: what is accepted can be read in one way only.
#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "fuzz/plain_reading.h"
#include "fuzz/targets.h"
#include "http/message_parser.h"
#include "http/request_head.h"
#include "http/text.h"

namespace assay::fuzz {
namespace {

constexpr HeadLimits head_limits;
constexpr std::size_t body_limit = 1024 * 1024, framing_limit = 4 * 1024;

/// The size of the pieces in which the input arrives: another one for another input, the same for the same.
std::size_t piece_size(std::string_view input) {
  std::size_t number = 7;
  for (const char c : input.substr(0, 64)) number = number * 31 + static_cast<unsigned char>(c);
  return 1 + number % 97;
}

/// The scanner finds the same end however the bytes arrive. It may notice earlier that they become no request.
HeadScanner scan(std::string_view input) {
  HeadScanner whole, pieces;
  const bool found = whole.scan(input, head_limits);
  bool again = false;
  for (std::size_t given = 0; !again && !pieces.fault() && given < input.size();) {
    given = std::min(input.size(), given + piece_size(input));
    again = pieces.scan(input.substr(0, given), head_limits);
  }
  if (!found) {
    require(!again, "a head ends at the same byte however it arrives");
    return whole;
  }
  require(whole.size() <= input.size() && whole.skipped() < whole.size(), "a head is part of what came");
  if (again) {
    require(whole.size() == pieces.size() && whole.skipped() == pieces.skipped(), "a head has one size");
  } else {
    RequestHead head;
    const auto refused = read_head(input.substr(whole.skipped(), whole.size() - whole.skipped()), head_limits, head);
    require(pieces.fault() && refused, "what is refused while it arrives is refused as a whole");
  }
  return whole;
}

/// What read_head() accepted, against a reading that knows nothing of HTTP's liberties.
void require_unambiguous(const PlainHead& plain, const RequestHead& head) {
  require(plain.lines_end_well, "every line ends with CR LF, and there is no other CR or LF");
  require(plain.method == head.method && plain.target == head.target, "a request line has three words");
  require(plain.names_are_tokens, "every field has a name that is a token, and none is folded");
  require(plain.fields.size() <= head_limits.fields, "there are not too many fields");
  const auto lengths = plain.values("content-length"), codings = plain.values("transfer-encoding");
  require(lengths.size() <= 1 && codings.size() <= 1, "there is one length or none");
  require(lengths.empty() || codings.empty(), "a body is framed in one way");
  require(head.content_length.has_value() == (lengths.size() == 1), "a length is seen");
  if (!lengths.empty()) {
    require(std::to_string(*head.content_length) == plain.without_zeros(lengths.front()), "a length is a number");
  }
  require(head.chunked == !codings.empty(), "a coding is seen");
  const auto hosts = plain.values("host");
  require(hosts.size() == 1 || (hosts.empty() && head.minor_version == 0), "there is one Host");
}

/// The library keeps fields of one name together; within a name the order is that of the request.
void require_same_fields(const PlainHead& plain, const MessageParser& parser) {
  const auto lower = [](std::string_view name) {
    std::string text(name);
    for (char& c : text)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
  };
  std::multimap<std::string, std::string_view> ours, theirs;
  for (const auto& [name, value] : plain.fields) ours.emplace(lower(name), value);
  for (const auto& field : parser.fields()) theirs.emplace(lower(field.name_string()), field.value());
  require(ours == theirs, "the library reads the fields as we do");
}

void require_plain_target(const RequestTarget& target) {
  for (const std::string_view segment : target.segments) {
    require(segment != "." && segment != "..", "a path has no dot segments");
    require(is_utf8(segment), "a segment is text");
    for (const char c : segment)
      require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F, "a segment has no controls");
  }
  for (const Field& item : target.query) require(is_utf8(item.name) && is_utf8(item.value), "a query is text");
  if (target.asterisk) return;
  require(target.origin.starts_with('/'), "the origin form begins with a slash");
  RequestTarget again;
  require(!again.parse(target.origin), "the origin form is a target");
  require(again.segments == target.segments && again.path == target.path, "the origin form reads the same");
}

struct ReadBody {
  bool complete = false;
  std::string text = {};
  std::size_t left = 0;  // bytes of the input behind it
};

/// As the session does: `step` bytes arrive at a time.
ReadBody read_body(MessageParser& parser, std::string_view rest, std::size_t step, std::size_t space) {
  ReadBody body;
  parser.limit_body(body_limit);
  InputBuffer input;
  std::string piece(space, '\0');
  while (!parser.is_done()) {
    const auto made = parser.decode_body(input, piece.data(), piece.size(), framing_limit);
    body.text.append(piece, 0, made.produced);
    if (made.fault || body.text.size() > body_limit) return body;
    if (parser.is_done()) break;
    if (!made.needs_input) continue;
    const auto room = input.space(head_limits.header + 1);
    const auto count = std::min({step, room.size, rest.size()});
    if (count == 0) return body;
    std::copy_n(rest.data(), count, room.start);
    input.add(count);
    rest.remove_prefix(count);
  }
  body.complete = true;
  body.left = rest.size() + input.view().size();
  return body;
}

void run_body(std::string_view text, const RequestHead& head, std::string_view rest) {
  ReadBody bodies[2];
  const std::pair<std::size_t, std::size_t> ways[] = {{rest.size() + 1, 16384},
                                                      {piece_size(rest), 1 + piece_size(text)}};
  for (std::size_t way = 0; way < 2; ++way) {
    MessageParser parser;
    require(!parser.start(text, head, head_limits), "a head is accepted each time");
    bodies[way] = read_body(parser, rest, ways[way].first, ways[way].second);
  }
  require(bodies[0].complete == bodies[1].complete, "a body ends or not, however it arrives");
  if (!bodies[0].complete) return;
  require(bodies[0].text == bodies[1].text && bodies[0].left == bodies[1].left,
          "a body is the same however it arrives");
  const auto plain = head.chunked ? plain_chunks(rest) : plain_length(rest, head.content_length.value_or(0));
  require(plain.has_value(), "a body that is accepted is framed as the standard says");
  require(plain->text == bodies[0].text, "a body is what the standard says it is");
  require(plain->left == bodies[0].left, "the next request begins where the body ends");
}

}  // namespace

void run_requests(std::string_view input) {
  const HeadScanner scanner = scan(input);
  if (scanner.size() == 0) return;
  const std::string_view text = input.substr(scanner.skipped(), scanner.size() - scanner.skipped());
  RequestHead head;
  if (const auto fault = read_head(text, head_limits, head)) {
    require(fault->status >= 400 && fault->status < 600 && !fault->detail.empty(), "a refusal says why");
    return;
  }
  const PlainHead plain = plain_head(text);
  require_unambiguous(plain, head);
  const auto method = parse_method(head.method);
  if (!method) return;
  MessageParser parser;
  if (parser.start(text, head, head_limits)) return;
  require_same_fields(plain, parser);
  require(parser.target() == head.target, "the library reads the target as we do");
  RequestTarget target;
  if (target.parse(parser.target()) || check_target(target, head, *method)) return;
  require(!plain.has_nul, "there is no NUL in a head");
  require_plain_target(target);
  run_body(text, head, input.substr(scanner.size()));
}

}  // namespace assay::fuzz
