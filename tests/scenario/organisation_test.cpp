// What holds for a whole organisation: its holidays, and the clock that only demonstrations set.
#include <catch2/catch_all.hpp>

#include "scenario/stage.h"

namespace assay::test::organisation_test {
namespace {

TEST_CASE("administrators set the holidays of their organisation, and nobody sets a clock that runs") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string path = "/api/v1/organisation/holidays";
  const auto version = [&] { return "If-Match: " + stage.ask("lead", "GET", "/api/v1/organisation").header("ETag"); };
  stage.run({{"everybody reads", "lead", "GET", "/api/v1/organisation", {}, "", 200, {"Elbwerk", "\"holidays\":[]"}},
             {"only administrators write", "lead", "PUT", path, {version()}, R"({"days":["2027-12-24"]})", 403},
             {"no version", "admin", "PUT", path, {}, R"({"days":["2027-12-24"]})", 428},
             {"an old version", "admin", "PUT", path, {"If-Match: \"v0\""}, R"({"days":["2027-12-24"]})", 412},
             {"no day", "admin", "PUT", path, {version()}, R"({"days":["2027-02-30"]})", 422, {"/days/0"}},
             {"no days", "admin", "PUT", path, {version()}, "{}", 422, {"/days"}},
             {"unknown", "admin", "PUT", path, {version()}, R"({"days":[],"month":1})", 422, {"/month"}}});
  const Json set = stage.must("admin", "PUT", path, R"({"days":["2027-12-27","2027-12-24"]})", {version()});
  CHECK(set.at("holidays") == Json({"2027-12-24", "2027-12-27"}));
  CHECK(stage.must("lead", "GET", "/api/v1/organisation") == set);
  CHECK(stage.must("other", "GET", "/api/v1/organisation").at("holidays").empty());
  stage.must("admin", "PUT", path, R"({"days":[]})", {version()});

  stage.run({{"the clock", "lead", "GET", "/api/v1/clock", {}, "", 200},
             {"not set by hand", "admin", "PUT", "/api/v1/clock", {}, R"({"now":"2030-01-01T00:00:00Z"})", 409},
             {"not by others", "lead", "PUT", "/api/v1/clock", {}, R"({"now":"2030-01-01T00:00:00Z"})", 403}});
  stage.events_since();
}

}  // namespace
}  // namespace assay::test::organisation_test
