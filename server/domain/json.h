// JSON as the whole server uses it: one alias, and the canonical text that is hashed.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace assay {

using Json = nlohmann::json;  // object members are kept sorted by name

/// The text of `value` with sorted members and no white space: what hashes, ETags and stored bodies rest on.
/// Integers and strings only give the same text as RFC 8785; invalid UTF-8 throws nlohmann::json::type_error.
std::string canonical(const Json& value);

/// Appends `text` as a JSON string, quoted and escaped as the library does; it must be valid UTF-8.
void append_quoted(std::string& to, std::string_view text);

/// The value of a text that canonical() wrote; several times as fast as the library's own reader. Throws
/// nlohmann::json::exception at what is no JSON.
Json parse_stored(std::string_view text);

/// A value that is kept as the text of canonical() until somebody looks at it. Not thread-safe.
class StoredJson {
 public:
  explicit StoredJson(Json value) : value_(std::move(value)) {}
  static StoredJson of_text(std::string text) {
    StoredJson stored{Json()};
    stored.text_ = std::move(text);
    return stored;
  }

  const Json& operator*() const { return read(); }
  Json& operator*() { return read(); }
  const Json* operator->() const { return &read(); }
  Json* operator->() { return &read(); }

 private:
  Json& read() const {
    if (text_) value_ = parse_stored(*std::exchange(text_, std::nullopt));
    return value_;
  }

  mutable std::optional<std::string> text_;
  mutable Json value_;
};

/// Where and why a text is not acceptable JSON.
struct JsonFault {
  std::string pointer;  // RFC 6901; of the member or element that was being read
  std::string reason;
};

/// The value of `text`. Refused: broken JSON or UTF-8, a member given twice, more than `max_depth` levels.
std::variant<Json, JsonFault> parse_strict(std::string_view text, std::size_t max_depth = 64);

/// `pointer` with one more segment, escaped as RFC 6901 says.
std::string pointer_to(std::string_view pointer, std::string_view member);

}  // namespace assay
