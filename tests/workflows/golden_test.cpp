// The golden matrices: a change of who may do what, when and under which conditions shows as a change of text.
#include <cstdlib>

#include "domain/matrix.h"
#include "workflows/company.h"

namespace assay::test::golden_test {
namespace {

const std::filesystem::path folder = std::filesystem::path(ASSAY_SOURCE_DIR) / "tests/workflows/golden";

std::string text_in(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The first line that differs, for a message that can be read.
std::string difference(const std::string& golden, const std::string& now) {
  std::istringstream left(golden), right(now);
  std::string a, b;
  for (int line = 1;; ++line) {
    const bool more_left = !std::getline(left, a).fail(), more_right = !std::getline(right, b).fail();
    if (!more_left && !more_right) return "only the ends of lines differ";
    if (!more_left || !more_right || a != b) return fmt::format("line {}:\n- {}\n+ {}", line, a, b);
  }
}

TEST_CASE("the matrix of every shipped type is the golden one") {
  const bool update = std::getenv("ASSAY_UPDATE_GOLDEN") != nullptr;
  for (const auto& [type, definition] : shipped().types) {
    const std::string now = matrix(definition);
    const auto path = folder / (type + ".txt");
    if (update) std::ofstream(path, std::ios::binary) << now;
    const std::string golden = text_in(path);
    INFO(path.string() << ": review the change, then run with ASSAY_UPDATE_GOLDEN=1\n" << difference(golden, now));
    CHECK((golden == now));
  }
}

TEST_CASE("no golden matrix is left of a type that is gone") {
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    INFO(entry.path().string());
    CHECK(shipped().find(entry.path().stem().string()) != nullptr);
  }
}

}  // namespace
}  // namespace assay::test::golden_test
