// The examples of a page, so that what it says is what is tested.
#pragma once

#include <catch2/catch_all.hpp>
#include <string>

namespace assay::test {

/// The code block of that language in the page that has `before` of them before it.
inline std::string code_block(const std::string& page, const std::string& language, int before = 0) {
  const std::string fence = "```" + language + "\n";
  auto begin = page.find(fence);
  for (; before > 0 && begin != std::string::npos; --before) begin = page.find(fence, begin + 1);
  REQUIRE(begin != std::string::npos);
  const auto end = page.find("\n```", begin);
  REQUIRE(end != std::string::npos);
  return page.substr(begin + fence.size(), end + 1 - begin - fence.size());
}

}  // namespace assay::test
