// JSON as the whole server uses it.
#include "domain/json.h"

#include <set>
#include <vector>

namespace assay {
namespace {

/// Follows the parser and stops it at what nlohmann::json would silently accept.
class StrictReader : public nlohmann::json_sax<Json> {
 public:
  explicit StrictReader(std::size_t max_depth) : max_depth_(max_depth) {}

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
    if (fault_.reason.empty()) stop("not JSON at byte " + std::to_string(position) + ": " + meaning(error.what()));
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

  std::size_t max_depth_;
  std::vector<Level> levels_;
  JsonFault fault_;
};

}  // namespace

std::string canonical(const Json& value) { return value.dump(); }

void append_quoted(std::string& to, std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  constexpr std::string_view short_forms = "btn?fr";  // of 8 to 13
  to += '"';
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
    to += text.substr(begin, i - begin);
    begin = i + 1;
    to += '\\';
    if (byte >= 0x20) {
      to += text[i];
    } else if (byte >= 8 && byte <= 13 && byte != 11) {
      to += short_forms[byte - 8U];
    } else {
      to += "u00";
      to += digits[byte >> 4];
      to += digits[byte & 15];
    }
  }
  to += text.substr(begin);
  to += '"';
}

std::variant<Json, JsonFault> parse_strict(std::string_view text, std::size_t max_depth) {
  StrictReader reader(max_depth);
  if (!Json::sax_parse(text, &reader)) return reader.fault();
  return Json::parse(text);
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
