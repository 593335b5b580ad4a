// The workflow sets that ship load, pass their checks and speak German.
#include <catch2/catch_all.hpp>

#include "domain/guards.h"
#include "domain/world.h"

namespace assay::test::shipped_test {
namespace {

TEST_CASE("the shipped workflows load and have no flaw", "[shipped]") {
  auto loaded = load_workflows(read_workflow_files(std::string(ASSAY_SOURCE_DIR) + "/workflows"));
  if (const auto* flaws = std::get_if<std::vector<Flaw>>(&loaded)) FAIL(text_of(*flaws));
  const WorkflowSet& set = std::get<WorkflowSet>(loaded);
  const auto flaws = check(set);
  INFO(text_of(flaws));
  CHECK(flaws.empty());
  CHECK(set.types.size() >= 5);
  const auto again = load_workflows(files_of(set.text));
  REQUIRE(std::holds_alternative<WorkflowSet>(again));
  CHECK(std::get<WorkflowSet>(again).text == set.text);
  CHECK(std::get<WorkflowSet>(again).types.at("audit").command_order == set.types.at("audit").command_order);
}

}  // namespace
}  // namespace assay::test::shipped_test
