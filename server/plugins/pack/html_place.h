// Where in an HTML document a place is, as far as it matters for what may be filled in there.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace assay {

/// The place behind the text that was read so far.
class HtmlPlace {
 public:
  void read(std::string_view text);
  /// Why an escaped text would not be harmless here, as the end of a sentence; empty where it is: in text, and in
  /// quoted attributes that are neither code nor an address.
  std::string unsafe() const;
  bool operator==(const HtmlPlace&) const = default;

 private:
  enum class State : std::uint8_t {
    text,
    open,        // behind <
    close,       // behind </
    name,        // of a tag
    tag,         // between attributes
    attribute,   // within its name
    named,       // behind it
    equals,      // behind the =
    quoted,      // value
    unquoted,    // value
    raw,         // content of an element in which no tags are
    comment,     // up to -->
    declaration  // up to >
  };
  void take(char c);
  void take_in_tag(char c);
  void take_in_value(char c);
  void take_raw(char c);
  void take_comment(char c);
  void end_tag();

  State state_ = State::text;
  bool closing_ = false;
  char quote_ = 0;
  std::size_t progress_ = 0;  // in what ends `raw` and `comment`
  std::string name_, attribute_;
};

}  // namespace assay
