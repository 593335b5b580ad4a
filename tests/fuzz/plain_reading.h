// A second reading of requests, by the letter and nothing else: what the server's own reading is held against.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace assay::fuzz {

struct PlainHead {
  std::string_view method, target, version;
  std::vector<std::pair<std::string_view, std::string_view>> fields;  // values without outer blanks
  bool lines_end_well = true;
  bool has_nul = false;
  bool names_are_tokens = true;

  /// Values of the fields of that lower-case name.
  std::vector<std::string_view> values(std::string_view name) const;
  static std::string_view without_zeros(std::string_view number);
};

PlainHead plain_head(std::string_view text);

struct PlainBody {
  std::string text;
  std::size_t left;  // bytes behind it
};

/// Nothing when `rest` is too short.
std::optional<PlainBody> plain_length(std::string_view rest, std::uint64_t length);
/// RFC 9112, 7.1, lines with CR LF alone; nothing when it is not that, or not complete.
std::optional<PlainBody> plain_chunks(std::string_view rest);

}  // namespace assay::fuzz
