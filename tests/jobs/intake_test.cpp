// Taking events in for an endpoint that somebody removes meanwhile.
#include "jobs/intake.h"

#include "commands/webhooks.h"
#include "jobs/office.h"

namespace assay::test::intake_test {
namespace {

TEST_CASE("an endpoint that was removed since it was looked up takes nothing in, and asks for no more") {
  Office office;
  WebhookWish wish;
  wish.url = "https://hooks.example/";
  const Office::Hook hook = office.hook(wish);
  const WebhookRow row = office.row(hook);
  office.review("Wanted");
  const Principal who = office.administrator();
  REQUIRE(remove_webhook(*office.context, Call{who, row.version}, row.uuid));
  const auto taken = take_in(*office.context, row, Intake{}, 10);
  REQUIRE(taken);
  CHECK(taken->taken == 0);
  CHECK_FALSE(taken->more);
}

}  // namespace
}  // namespace assay::test::intake_test
