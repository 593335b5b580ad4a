// The names of numbered parameters.
#include "storage/sql_text.h"

namespace assay {

const std::vector<std::string>& SqlText::parameter_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> made;
    for (int i = 0; i < 1000; ++i) made.push_back("p" + std::to_string(i));
    return made;
  }();
  return names;
}

}  // namespace assay
