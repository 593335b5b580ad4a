// The first plugin of sdk/README.md: built as the page says, it loads and writes its report.
#include <fmt/format.h>

#include <cstdlib>

#include "plugins/fixture.h"
#include "plugins/readme.h"

namespace assay::test::first_plugin_test {
namespace {

TEST_CASE("the first plugin of the SDK's page works") {
  const std::string sdk = std::string(ASSAY_SOURCE_DIR) + "/sdk";
  const std::string page = read_file(sdk + "/README.md");
  const TempFolder folder;
  write_file(folder.path() / "manifest.json", code_block(page, "json"));
  write_file(folder.path() / "hello.cpp", code_block(page, "cpp"));
  std::string recipe = code_block(page, "cmake");
  for (auto at = recipe.find("../assay/sdk"); at != std::string::npos; at = recipe.find("../assay/sdk", at + 1)) {
    recipe.replace(at, std::string_view("../assay/sdk").size(), sdk);
  }
  write_file(folder.path() / "CMakeLists.txt", recipe);
  const std::string command = fmt::format(
      "cd '{}' && {{ cmake -G Ninja -B build . && cmake --build build; }} > log.txt 2>&1", folder.path().string());
  const int status = std::system(command.c_str());
  INFO(read_file(folder.path() / "log.txt"));
  REQUIRE(status == 0);
  const auto plugin = load(folder.path() / "build/plugins/hello");
  std::string text;
  REQUIRE(plugin->report(empty_input(), "text", into(text), patient()));
  CHECK(text.starts_with("An audit of "));
}

}  // namespace
}  // namespace assay::test::first_plugin_test
