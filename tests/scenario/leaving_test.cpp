// Leaving over HTTP: what awaits a person, who may ask, and handing it over before or while they go.
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::leaving_test {
namespace {

const std::vector<std::string> if_match = {"If-Match: {etag}"};

TEST_CASE("what awaits somebody is handed over before they go") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  stage.join("departing", "Nora Leaver", {"isms_manager"});
  stage.join("heir", "Maria Heir", {});
  Json input = review_input("Handed over");
  input["chair"] = seat(stage, "departing");
  made(stage, "first", "manager", "management-reviews", input);
  made(stage, "second", "manager", "management-reviews", input);
  const std::string audit = "audits/" + stage.names.at("audit");
  const std::string finding = "/api/v1/" + issued_nonconformity(stage, "left_behind", audit);
  stage.must("departing", "POST", finding + "/commands/lower_grade",
             R"({"reason":"One system only.","regrade_evidence":"Logs."})", if_match);
  stage.events_since();
  const std::string person = "/api/v1/people/{departing}";
  stage.run(
      {{"told to administrators",
        "admin",
        "GET",
        person + "/matters",
        {},
        "",
        200,
        {"\"seats\":[\"chair\"]", "{first}", "{second}", "\"command\":\"lower_grade\""},
        {"Handed over"}},
       {"in pages", "admin", "GET", person + "/matters?limit=1", {}, "", 200, {"{first}"}, {"{second}"}},
       {"not to others", "manager", "GET", person + "/matters", {}, "", 403},
       {"nor of other tenants", "other", "GET", person + "/matters", {}, "", 404},
       {"nobody goes silently", "admin", "DELETE", person, if_match, "", 409, {"3 records await", "left_open=true"}},
       {"an odd flag", "admin", "DELETE", person + "?left_open=perhaps", if_match, "", 400, {"left_open"}},
       {"no reason", "admin", "POST", person + "/hand-over", if_match, R"({"to":"{heir}"})", 422, {"/reason"}},
       {"a member that is not known",
        "admin",
        "POST",
        person + "/hand-over",
        if_match,
        R"({"reason":"x","matters":[{"record":"{first}","to":"{heir}","why":"y"}]})",
        422,
        {"/matters/0/why"}},
       {"no flag", "admin", "POST", person + "/hand-over", if_match, R"({"reason":"x","leave":1})", 422, {"/leave"}},
       {"to another tenant",
        "admin",
        "POST",
        person + "/hand-over",
        if_match,
        R"({"to":"{other}","reason":"x"})",
        422,
        {"/to"}},
       {"by a manager", "manager", "POST", person + "/hand-over", if_match, R"({"to":"{heir}","reason":"x"})", 403},
       {"no version", "admin", "POST", person + "/hand-over", {}, R"({"to":"{heir}","reason":"x"})", 428},
       {"the proposal needs who may make it", "admin", "POST", person + "/hand-over", if_match,
        R"({"to":"{heir}","reason":"x"})", 403},
       {"in one act, with which she leaves",
        "admin",
        "POST",
        person + "/hand-over",
        {if_match[0], "Idempotency-Key: hand-over-" + engine},
        R"({"to":"{heir}","matters":[{"record":"{left_behind}","to":"{manager}"}],"reason":"Leaves","leave":true})",
        200,
        {"\"state\":\"left\""},
        {},
        {"person.left", "management-review.handed_over", "management-review.handed_over", "nonconformity.handed_over"}},
       {"nothing is left", "admin", "GET", person + "/matters", {}, "", 200, {"\"items\":[]"}},
       {"her token has ended", "departing", "GET", "/api/v1/me", {}, "", 401},
       {"her successor sees it", "heir", "GET", "/api/v1/management-reviews/{first}", {}, "", 200, {"Handed over"}},
       {"the reason is not told there",
        "heir",
        "GET",
        "/api/v1/management-reviews/{first}/events?full=true",
        {},
        "",
        200,
        {"handed_over"},
        {"\"Leaves\""}}});
}

}  // namespace
}  // namespace assay::test::leaving_test
