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

}  // namespace assay
