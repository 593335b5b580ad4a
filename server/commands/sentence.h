// What a command tells people who are not signed in, or not yet, in both languages.
#pragma once

#include <string>
#include <string_view>

namespace assay {

struct Sentence {
  const char* english;
  const char* german;
  /// German for "de", else English.
  std::string in(std::string_view language) const { return language == "de" ? german : english; }
};

inline constexpr Sentence a_field_is_not_valid{"a field is not valid", "eine Angabe ist nicht gültig"};

}  // namespace assay
