// JSON as the whole server uses it: one alias, and the canonical text that is hashed.
#pragma once

#include <cstddef>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

// Made once, in json.cpp: each file that makes a value of its own would spend a third of its time on them.
extern template class nlohmann::basic_json<>;
extern template class std::vector<nlohmann::json>;

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

/// A value that is kept as the text of canonical() until somebody looks at it, and shared by its copies until one of
/// them is changed. Not thread-safe, nor are its copies among themselves.
class StoredJson {
 public:
  explicit StoredJson(Json value) : shared_(std::make_shared<Shared>(Shared{{}, std::move(value)})) {}
  static StoredJson of_text(std::string text) {
    StoredJson stored{Json()};
    stored.shared_->text = std::move(text);
    return stored;
  }

  const Json& operator*() const { return read(); }
  const Json* operator->() const { return &read(); }

  /// The value, to be changed: from here on this copy has its own.
  Json& edit() {
    if (shared_.use_count() > 1) shared_ = std::make_shared<Shared>(Shared{{}, read()});
    return read();
  }

 private:
  struct Shared {
    std::optional<std::string> text;
    Json value;
  };

  Json& read() const {
    if (shared_->text) shared_->value = parse_stored(*std::exchange(shared_->text, std::nullopt));
    return shared_->value;
  }

  std::shared_ptr<Shared> shared_;
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
