// Whom outsiders are told of: themselves, and whoever holds a seat on a record that they see.
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test {
namespace {

TEST_CASE("outsiders know of people by the records that they see alone") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const std::string people = "/api/v1/people?limit=200";
  for (const auto& [who, role] : {std::pair{"known_customer", "client_representative"},
                                  {"known_rival", "client_representative"},
                                  {"known_adviser", "consultant"},
                                  {"known_assessor", "accreditation_assessor"}}) {
    stage.join(who, std::string("Somebody ") + who, {role});
  }
  for (const char* who : {"known_customer", "known_rival", "known_adviser", "known_assessor"}) {
    INFO(who);
    const Json known = stage.must(who, "GET", people);
    REQUIRE(known.at("items").size() == 1);
    CHECK(known.at("items").at(0).at("id") == stage.names.at(who));
    stage.run({{"one's own entry", who, "GET", std::string("/api/v1/people/{") + who + "}", {}, "", 200},
               {"somebody else", who, "GET", "/api/v1/people/{lead}", {}, "", 404},
               {"colleagues know all", "lead", "GET", people, {}, "", 200, {std::string("Somebody ") + who}}});
  }
}

}  // namespace
}  // namespace assay::test
