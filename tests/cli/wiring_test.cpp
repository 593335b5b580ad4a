// Which requests an event loop serves itself.
#include "cli/wiring.h"

#include "storage/fixture.h"

namespace assay::test::wiring_test {
namespace {

TEST_CASE("requests leave the event loop while no reader is free") {
  Database database("sqlite");
  database.settings.readers = 1;
  const auto store = database.open();
  bool by_route = false;
  const TakesLong rule = takes_long_without_reader(*store, [&](const Route&, const Request&) { return by_route; });
  const Route route{};
  const Request request{};
  CHECK_FALSE(rule(route, request));
  by_route = true;
  CHECK(rule(route, request));
  by_route = false;
  const Snapshot held = store->read();
  CHECK(rule(route, request));
}

}  // namespace
}  // namespace assay::test::wiring_test
