// Numbers of records: found by their index alone, not moved on by a slip of the pen, and given past those that are
// taken.
#include "storage/fixture.h"

namespace assay::test::numbers_test {
namespace {

/// Moved in with a number of its own; that number, as it stands.
std::string adopted(House& house, const Organisation& in, const Made& audit, const std::string& number) {
  Content content;
  content.more["number"] = number;
  return house.create("finding", in, audit, content).number;
}

TEST_CASE("a number is looked up by its index") {
  ASSAY_EACH_ENGINE(engine);
  const Database database(engine);
  const House house(database);
  Snapshot at = house.store->read();
  auto& connection = at.connection();
  const std::string sql =
      "SELECT COUNT(*) FROM record WHERE organisation = 1 AND type = 'finding' AND number = 'F-2026-0001' AND number "
      "<> ''";
  std::string plan;
  if (engine == "sqlite") {
    for (auto& [id, parent, unused, detail] :
         connection.all<std::int64_t, std::int64_t, std::int64_t, std::string>("EXPLAIN QUERY PLAN " + sql))
      plan += detail + "\n";
  } else {
    connection.run("SET enable_seqscan = off");  // the tables of the test are tiny
    for (auto& [line] : connection.all<std::string>("EXPLAIN " + sql)) plan += line + "\n";
    connection.run("SET enable_seqscan = on");
  }
  INFO(plan);
  CHECK(plan.find("record_number") != std::string::npos);
  if (engine == "sqlite") CHECK(plan.find("number=?") != std::string::npos);
}

TEST_CASE("a number beyond what a pattern may be moved on to leaves the sequence alone") {
  ASSAY_EACH_ENGINE(engine);
  const Database database(engine);
  House house(database);
  const Organisation in = house.found("Hallmark");
  const Made audit = house.create("audit", in, house.create("programme", in));
  CHECK(house.create("finding", in, audit).number == "F-2026-0001");
  CHECK(adopted(house, in, audit, "F-2026-1000000") == "F-2026-1000000");
  CHECK(adopted(house, in, audit, "F-2026-99999999999999999999") == "F-2026-99999999999999999999");
  CHECK(house.create("finding", in, audit).number == "F-2026-0002");
  CHECK(adopted(house, in, audit, "F-2026-0040") == "F-2026-0040");
  CHECK(house.create("finding", in, audit).number == "F-2026-0041");
  check_replay(*house.store);
}

TEST_CASE("a number that is taken is passed over") {
  ASSAY_EACH_ENGINE(engine);
  const Database database(engine);
  House house(database);
  const Organisation in = house.found("Hallmark");
  const Made audit = house.create("audit", in, house.create("programme", in));
  for (int i = 0; i < 3; ++i) house.create("finding", in, audit);
  Commit behind;
  behind.beside = [](Connection& to) { to.run("UPDATE number_sequence SET last = 1 WHERE type = 'finding'"); };
  REQUIRE(house.store->commit(std::move(behind)).has_value());
  CHECK(house.create("finding", in, audit).number == "F-2026-0004");
}

}  // namespace
}  // namespace assay::test::numbers_test
