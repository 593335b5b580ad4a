// After all scenarios: there is no route that none of them has seen succeed.
#include <regex>

#include "http/routes.h"
#include "scenario/stage.h"

namespace assay::test::witness_test {
namespace {

TEST_CASE("every route has been answered with success, as its description says") {
  const auto* config = Catch::getCurrentContext().getConfig();
  if (config->hasTestFilters() || config->runOrder() != Catch::TestRunOrder::Declared) {
    SKIP("only a run of all scenarios in their order has seen all routes");
  }
  const std::set<std::string> seen = Stage::fulfilled();
  for (const Route& route : routes()) {
    // Demonstrations set their clock: examples/certification-cycle does so for years.
    if (route.method == Method::put && route.pattern == "/api/v1/clock") continue;
    std::string pattern = std::regex_replace(std::string(route.pattern), std::regex(R"(\.)"), R"(\.)");
    pattern =
        std::string(to_text(route.method)) + " " + std::regex_replace(pattern, std::regex(R"(\{[a-z]+\})"), "[^/]+");
    const std::regex wanted(pattern);
    const bool found =
        std::any_of(seen.begin(), seen.end(), [&](const std::string& one) { return std::regex_match(one, wanted); });
    INFO(to_text(route.method) << " " << route.pattern);
    CHECK(found);
  }
}

}  // namespace
}  // namespace assay::test::witness_test
