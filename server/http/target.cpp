// Decoding of request targets (RFC 9112 3.2, RFC 3986).
#include <array>

#include "http/request_head.h"
#include "http/text.h"

namespace assay {
namespace {

constexpr HeadFault bad_target(std::string_view detail) { return {400, "malformed", detail}; }

constexpr bool is_target_character(char c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  // unreserved, sub-delims, ":", "@", "/", "?" and the percent sign of an escape.
  return std::string_view("-._~!$&'()*+,;=:@/?%").find(c) != std::string_view::npos;
}

constexpr auto target_characters = [] {
  std::array<bool, 256> table{};
  for (std::size_t i = 0; i < 256; ++i) table[i] = is_target_character(static_cast<char>(i));
  return table;
}();

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Appends the decoded `text`; false for a broken escape or an encoded NUL.
bool decode(std::string_view text, bool plus_is_space, std::string& out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      if (i + 2 >= text.size()) return false;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0 || (high == 0 && low == 0)) return false;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return true;
}

bool has_control(std::string_view text) {
  for (char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return true;
  return false;
}

}  // namespace

std::optional<HeadFault> RequestTarget::parse(std::string_view text) {
  asterisk = text == "*";
  origin = text;
  authority = {};
  path = {};
  segments.clear();
  query.clear();
  decoded_.clear();
  if (asterisk) return std::nullopt;
  if (text.empty()) return bad_target("the request target is empty");
  if (text.front() != '/')
    if (auto fault = split_absolute(text)) return fault;

  const auto question = origin.find('?');
  path = origin.substr(0, question);
  const std::string_view query_text =
      question == std::string_view::npos ? std::string_view() : origin.substr(question + 1);
  for (char c : path)
    if (!target_characters[static_cast<unsigned char>(c)])
      return bad_target("the path has a character that must be escaped");
  // Square brackets in a query are no RFC 3986 but every client sends them as they are: filter[state]=open.
  for (char c : query_text)
    if (!target_characters[static_cast<unsigned char>(c)] && c != '[' && c != ']')
      return bad_target("the query has a character that must be escaped");
  decoded_.reserve(origin.size());  // decoding never makes longer: views into it stay valid
  if (auto fault = parse_path()) return fault;
  return parse_query(query_text);
}

std::optional<HeadFault> RequestTarget::split_absolute(std::string_view text) {
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos)
    return bad_target("the request target is neither a path nor an absolute URI");
  const std::string_view scheme = text.substr(0, scheme_end);
  if (!same_ignoring_case(scheme, "http") && !same_ignoring_case(scheme, "https"))
    return bad_target("the request target's scheme is not http");
  const std::string_view rest = text.substr(scheme_end + 3);
  const auto end = rest.find_first_of("/?#");
  authority = rest.substr(0, end);
  if (!is_host(authority)) return bad_target("the request target's authority is not a host");
  origin = end == std::string_view::npos ? std::string_view("/") : rest.substr(end);
  if (origin.front() != '/') return bad_target("the request target has a query without a path");
  return std::nullopt;
}

std::optional<HeadFault> RequestTarget::parse_path() {
  std::string_view rest = path;
  const bool plain = rest.find('%') == std::string_view::npos;
  if (rest == "/") return std::nullopt;
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const auto end = rest.find('/');
    std::string_view segment = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end);
    if (!plain) {
      const std::size_t start = decoded_.size();
      if (!decode(segment, false, decoded_)) return bad_target("the path has a broken escape");
      segment = std::string_view(decoded_).substr(start);
      decoded_ += '/';
      if (!is_utf8(segment) || has_control(segment)) return bad_target("the path is not text in UTF-8");
    }
    if (segment == "." || segment == "..") return bad_target("the path has a dot segment");
    segments.push_back(segment);
  }
  return std::nullopt;
}

std::optional<HeadFault> RequestTarget::parse_query(std::string_view text) {
  while (!text.empty()) {
    const auto end = text.find('&');
    const std::string_view item = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (item.empty()) continue;
    const auto equals = item.find('=');
    std::array<std::string_view, 2> parts = {
        item.substr(0, equals), equals == std::string_view::npos ? std::string_view() : item.substr(equals + 1)};
    for (std::string_view& part : parts) {
      if (part.find_first_of("%+") == std::string_view::npos) continue;
      const std::size_t start = decoded_.size();
      if (!decode(part, true, decoded_)) return bad_target("the query has a broken escape");
      part = std::string_view(decoded_).substr(start);
      if (!is_utf8(part)) return bad_target("the query is not text in UTF-8");
    }
    query.push_back({parts[0], parts[1]});
  }
  return std::nullopt;
}

}  // namespace assay
