// JSON as the whole server uses it.
#include "domain/json.h"

#include <algorithm>
#include <bit>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/src.hpp>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <set>
#include <vector>

template class nlohmann::basic_json<>;
template class std::vector<nlohmann::json>;

namespace assay {
namespace {

/// Follows the parser and stops it at what nlohmann::json would silently accept.
class StrictReader : public nlohmann::json_sax<Json> {
 public:
  StrictReader(std::string_view text, std::size_t max_depth) : text_(text), max_depth_(max_depth) {}

  bool null() override { return value(); }
  bool boolean(bool) override { return value(); }
  bool number_integer(number_integer_t) override { return value(); }
  bool number_unsigned(number_unsigned_t) override { return value(); }
  bool number_float(number_float_t, const string_t&) override { return value(); }
  bool string(string_t&) override { return value(); }
  bool binary(binary_t&) override { return value(); }
  bool start_object(std::size_t) override { return open(false); }
  bool start_array(std::size_t) override { return open(true); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    Level& level = levels_.back();
    level.segment = name;
    if (level.seen.insert(name).second) return true;
    return stop("the member is given twice");
  }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& error) override {
    if (fault_.reason.empty()) stop("not JSON at " + place_of(position) + ": " + meaning(error.what()));
    return false;
  }

  JsonFault fault() const { return fault_; }

 private:
  struct Level {
    bool array;
    std::size_t index = 0;
    std::string segment = {};
    std::set<std::string> seen = {};
  };

  /// Where the last of so many bytes is, as editors count.
  std::string place_of(std::size_t position) const {
    const std::string_view before = text_.substr(0, position > 0 ? position - 1 : 0);
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const auto begin = before.rfind('\n');
    const auto column = before.size() - (begin == std::string_view::npos ? 0 : begin + 1) + 1;
    return "line " + std::to_string(line) + ", column " + std::to_string(column);
  }

  /// The library's text without its own prefix.
  static std::string meaning(std::string_view what) {
    const auto at = what.find("] ");
    std::string text(at == std::string_view::npos ? what : what.substr(at + 2));
    const auto colon = text.find(": ");
    return colon == std::string::npos ? text : text.substr(colon + 2);
  }

  bool value() {
    if (!levels_.empty() && levels_.back().array) ++levels_.back().index;
    return true;
  }

  bool open(bool array) {
    if (levels_.size() >= max_depth_) return stop("nested deeper than " + std::to_string(max_depth_) + " levels");
    levels_.push_back({array});
    return true;
  }

  bool close() {
    levels_.pop_back();
    return value();
  }

  bool stop(std::string reason) {
    fault_.reason = std::move(reason);
    fault_.pointer.clear();
    for (const Level& level : levels_) {
      if (!level.array && level.segment.empty() && level.seen.empty()) break;
      fault_.pointer = pointer_to(fault_.pointer, level.array ? std::to_string(level.index) : level.segment);
    }
    return false;
  }

  std::string_view text_;
  std::size_t max_depth_;
  std::vector<Level> levels_;
  JsonFault fault_;
};

/// Builds the value that Boost.JSON's parser tells of.
class StoredReader {
 public:
  static constexpr std::size_t max_object_size = SIZE_MAX, max_array_size = SIZE_MAX, max_key_size = SIZE_MAX,
                               max_string_size = SIZE_MAX;
  using Error = boost::json::error_code;
  using Text = boost::json::string_view;

  bool on_document_begin(Error&) { return true; }
  bool on_document_end(Error&) { return true; }
  bool on_object_begin(Error&) { return open(Json::object()); }
  bool on_object_end(std::size_t, Error&) { return close(); }
  bool on_array_begin(Error&) { return open(Json::array()); }
  bool on_array_end(std::size_t, Error&) { return close(); }
  bool on_key_part(Text part, std::size_t, Error&) { return more(part); }
  bool on_key(Text last, std::size_t, Error&) {
    more(last);
    name_.swap(text_);
    text_.clear();
    return true;
  }
  bool on_string_part(Text part, std::size_t, Error&) { return more(part); }
  bool on_string(Text last, std::size_t, Error&) {
    if (text_.empty()) return add(std::string(last.data(), last.size()));
    more(last);
    return add(std::exchange(text_, {}));
  }
  bool on_number_part(Text part, Error&) { return more(part); }
  bool on_int64(std::int64_t number, Text, Error&) {
    text_.clear();
    if (number < 0) return add(number);
    return add(static_cast<std::uint64_t>(number));
  }
  bool on_uint64(std::uint64_t number, Text, Error&) {
    text_.clear();
    return add(number);
  }
  /// From the digits: this version of the parser does not round its own number to the nearest.
  bool on_double(double, Text last, Error& error) {
    more(last);
    double number = 0;
    const auto read = std::from_chars(text_.data(), text_.data() + text_.size(), number);
    if (read.ec != std::errc()) error = boost::json::error::exponent_overflow;
    text_.clear();
    return !error && add(number);
  }
  bool on_bool(bool value, Error&) { return add(value); }
  bool on_null(Error&) { return add(nullptr); }
  bool on_comment_part(Text, Error&) { return true; }
  bool on_comment(Text, Error&) { return true; }

  /// Whether an object has had a member of the same name before.
  bool told_twice() const { return told_twice_; }
  Json take() { return std::move(root_); }

 private:
  bool more(Text part) {
    text_.append(part.data(), part.size());
    return true;
  }
  bool add(Json value) {
    place(std::move(value));
    return true;
  }
  bool open(Json container) {
    levels_.push_back(&place(std::move(container)));
    return true;
  }
  bool close() {
    levels_.pop_back();
    return true;
  }
  Json& place(Json value) {
    if (levels_.empty()) return root_ = std::move(value);
    Json& within = *levels_.back();
    if (within.is_array()) return within.emplace_back(std::move(value));
    auto& members = within.get_ref<Json::object_t&>();
    const std::size_t before = members.size();  // canonical text is sorted, so that each goes to the end
    Json& placed = members.insert_or_assign(members.end(), name_, std::move(value))->second;
    told_twice_ |= members.size() == before;
    return placed;
  }

  bool told_twice_ = false;
  Json root_;
  std::vector<Json*> levels_;
  std::string name_, text_;
};

/// What Boost.JSON reads; nothing when it finds a fault, which it cannot name well.
std::optional<StoredReader> read_quickly(std::string_view text, std::size_t max_depth) {
  boost::json::parse_options options;
  options.max_depth = max_depth;
  boost::json::basic_parser<StoredReader> parser(options);
  boost::json::error_code error;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), error);
  if (error || read != text.size()) return {};
  return std::move(parser.handler());
}

}  // namespace

Json parse_stored(std::string_view text) {
  auto read = read_quickly(text, SIZE_MAX);
  if (!read) return Json::parse(text);  // which says in its words what is wrong
  return read->take();
}

namespace {

/// How many bytes of `text` from `at` on can stand in a string as they are: no control character, quotation mark or
/// backslash.
std::size_t plain_bytes(std::string_view text, std::size_t at) {
  constexpr std::uint64_t ones = 0x0101010101010101, highs = 0x8080808080808080;
  // Exact for the lowest byte that is below: those above it may be marked by what it borrows.
  const auto below = [](std::uint64_t bytes, std::uint64_t limit) { return (bytes - ones * limit) & ~bytes & highs; };
  const std::size_t begin = at;
  std::uint64_t eight = 0;
  for (; std::endian::native == std::endian::little && at + sizeof eight <= text.size(); at += sizeof eight) {
    std::memcpy(&eight, text.data() + at, sizeof eight);
    const std::uint64_t marks = below(eight, 0x20) | below(eight ^ (ones * '"'), 1) | below(eight ^ (ones * '\\'), 1);
    if (marks != 0) return at + static_cast<std::size_t>(std::countr_zero(marks)) / 8 - begin;
  }
  for (; at < text.size(); ++at) {
    if (static_cast<unsigned char>(text[at]) < 0x20 || text[at] == '"' || text[at] == '\\') break;
  }
  return at - begin;
}

bool is_ascii(std::string_view text) {
  std::uint64_t seen = 0, eight = 0;
  for (; text.size() >= sizeof eight; text.remove_prefix(sizeof eight)) {
    std::memcpy(&eight, text.data(), sizeof eight);
    seen |= eight;
  }
  for (const char c : text) seen |= static_cast<unsigned char>(c);
  return (seen & 0x8080808080808080) == 0;
}

/// As the library writes it, which also says what is no UTF-8.
void append_text(std::string& to, std::string_view text) {
  if (is_ascii(text)) return append_quoted(to, text);
  to += Json(text).dump();
}

void append_canonical(std::string& to, const Json& value) {
  std::string_view before = "";
  switch (value.type()) {
    case Json::value_t::object:
      to += '{';
      for (const auto& [name, member] : value.get_ref<const Json::object_t&>()) {
        append_text(to += std::exchange(before, ","), name);
        append_canonical(to += ':', member);
      }
      to += '}';
      break;
    case Json::value_t::array:
      to += '[';
      for (const Json& element : value) append_canonical(to += std::exchange(before, ","), element);
      to += ']';
      break;
    case Json::value_t::string:
      append_text(to, value.get_ref<const std::string&>());
      break;
    default:
      to += value.dump();
  }
}

}  // namespace

void append_quoted(std::string& to, std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  constexpr std::string_view short_forms = "btn?fr";  // of 8 to 13
  to += '"';
  for (std::size_t at = 0;; ++at) {
    const std::size_t plain = plain_bytes(text, at);
    to += text.substr(at, plain);
    at += plain;
    if (at == text.size()) break;
    const auto byte = static_cast<unsigned char>(text[at]);
    to += '\\';
    if (byte >= 0x20) {
      to += text[at];
    } else if (byte >= 8 && byte <= 13 && byte != 11) {
      to += short_forms[byte - 8U];
    } else {
      to += "u00";
      to += digits[byte >> 4];
      to += digits[byte & 15];
    }
  }
  to += '"';
}

std::string canonical(const Json& value) {
  std::string text;
  append_canonical(text, value);
  return text;
}

std::variant<Json, JsonFault> parse_strict(std::string_view text, std::size_t max_depth) {
  if (auto read = read_quickly(text, max_depth); read && !read->told_twice()) return read->take();
  StrictReader reader(text, max_depth);
  if (!Json::sax_parse(text, &reader)) return reader.fault();
  return parse_stored(text);  // a byte order mark, which the quick reader does not take
}

std::string pointer_to(std::string_view pointer, std::string_view member) {
  std::string longer(pointer);
  longer += '/';
  for (const char c : member) {
    if (c == '~') {
      longer += "~0";
    } else if (c == '/') {
      longer += "~1";
    } else {
      longer += c;
    }
  }
  return longer;
}

}  // namespace assay
