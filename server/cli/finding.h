// What a check of `assay doctor` has found.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace assay {

/// One line of what was found.
struct Finding {
  bool well;
  std::string text;
  std::string advice = {};  // what to do; empty when all is well
};
using Findings = std::vector<Finding>;

inline Finding well(std::string text) { return {true, std::move(text)}; }
inline Finding wrong(std::string text, std::string advice) { return {false, std::move(text), std::move(advice)}; }

}  // namespace assay
