// Privacy requests over HTTP: from the request to the erasure, what refuses it, and what others see afterwards.
#include <fstream>

#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::privacy_test {
namespace {

const std::vector<std::string> if_match = {"If-Match: {etag}"};

std::string requested(Stage& stage, const std::string& name, const std::string& kind) {
  const Json input = {
      {"subject", "Everything"}, {"kind", kind}, {"received_on", day()}, {"concerns", stage.names.at("departed")}};
  stage.names[name] = stage.must("officer", "POST", "/api/v1/privacy-requests?command=receive", input.dump()).at("id");
  return "/api/v1/privacy-requests/" + stage.names.at(name);
}

std::string hold_over_departed(Stage& stage, const std::string& name, const std::string& matter) {
  return "/api/v1/" + made(stage, name, "officer", "legal-holds",
                           {{"matter", matter},
                            {"ordered_by", "Court"},
                            {"grounds", "Witness"},
                            {"since", day()},
                            {"covers", "Reviews of 2026"},
                            {"review_on", day(90)},
                            {"custodians", {stage.names.at("departed")}}});
}

TEST_CASE("somebody who has left is erased by two people, and not before") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  stage.join("officer", "Dora Officer", {"data_protection_officer"});
  stage.join("departed", "Zacharias Quintenzweig", {"isms_manager"});
  Json review = review_input("Left behind");
  review["chair"] = seat(stage, "departed");
  made(stage, "left_review", "departed", "management-reviews", review);
  const std::string person = "/api/v1/people/{departed}";
  stage.run(
      {{"their own request",
        "departed",
        "POST",
        "/api/v1/privacy-requests",
        {},
        R"({"subject":"What is stored about me","kind":"access"})",
        201,
        {"\"state\":\"received\""},
        {},
        {"privacy-request.asked"},
        "own_request"},
       {"they see it", "departed", "GET", "/api/v1/privacy-requests/{own_request}", {}, "", 200, {"What is stored"}},
       {"and its file",
        "officer",
        "GET",
        "/api/v1/privacy-requests/{own_request}/case-file",
        {},
        "",
        200,
        {"Whom it is about"}},
       {"others do not", "nobody", "GET", "/api/v1/privacy-requests/{own_request}", {}, "", 404},
       {"nor another tenant", "other", "GET", "/api/v1/privacy-requests/{own_request}", {}, "", 404}});
  const std::string asked = requested(stage, "erasure_request", "erasure");
  stage.must("officer", "POST", asked + "/commands/check_identity", R"({"identity":"By letter"})", if_match);
  stage.must("officer", "POST", asked + "/commands/assess", R"({"assessment":"Well founded"})", if_match);
  stage.events_since();
  const std::string done = R"({"measures":"As logged","answer":"It is done"})";
  const std::string erase = asked + "/commands/erase";
  stage.run(
      {{"still here and awaited",
        "officer",
        "POST",
        erase,
        if_match,
        done,
        409,
        {"have_left", "nothing_awaits", "Seats, checklist items or proposals"}},
       {"in German", "officer", "POST", erase, {if_match[0], "Accept-Language: de"}, done, 409, {"nicht verlassen"}},
       {"by somebody else", "admin", "POST", erase, if_match, done, 403},
       {"they go", "admin", "DELETE", person + "?left_open=true", if_match, "", 200, {}, {}, {"person.left"}},
       {"still awaited", "officer", "POST", erase, if_match, done, 409, {"nothing_awaits"}, {"have_left"}},
       {"handed over",
        "admin",
        "POST",
        person + "/hand-over",
        if_match,
        R"({"to":"{manager}","reason":"Gone"})",
        200,
        {},
        {},
        {"person.handed_over", "management-review.handed_over"}}});
  const std::string held = hold_over_departed(stage, "hold", "A v. B");
  stage.events_since();
  stage.run({{"on hold", "officer", "POST", erase, if_match, done, 409, {"none_registered", "Legal hold"}},
             {"the register of holds", "officer", "GET", "/api/v1/views/legal_holds", {}, "", 200, {"A v. B", "Court"}},
             {"released by one",
              "officer",
              "POST",
              held + "/commands/release",
              if_match,
              R"({"release_reason":"Over"})",
              202,
              {},
              {},
              {"legal-hold.proposed"}}});
  const auto proposal = [&](const std::string& record) {
    return record + "/proposals/" +
           stage.must("admin", "GET", record + "/proposals").at("proposals").at(0).at("id").get<std::string>();
  };
  const std::string release = proposal(held);
  stage.run({{"not by the same", "officer", "POST", release + "/confirm", if_match, "", 403},
             {"released by two",
              "admin",
              "POST",
              release + "/confirm",
              if_match,
              "",
              200,
              {"\"released\""},
              {},
              {"legal-hold.released"}},
             {"over their own request",
              "officer",
              "POST",
              erase,
              if_match,
              done,
              409,
              {"none_registered", "Privacy request"}}});
  const std::string own = "/api/v1/privacy-requests/" + stage.names.at("own_request");
  stage.must("officer", "POST", own + "/commands/assess", R"({"assessment":"Read"})", if_match);
  stage.must("officer", "POST", own + "/commands/fulfil", R"({"measures":"Sent","answer":"Here it is"})", if_match);
  stage.events_since();
  stage.run({{"proposed", "officer", "POST", erase, if_match, done, 202, {}, {}, {"privacy-request.proposed"}}});
  const std::string path = proposal(asked);
  stage.run(
      {{"not confirmed by who proposed it", "officer", "POST", path + "/confirm", if_match, "", 403},
       {"nor by who reads no request", "manager", "POST", path + "/confirm", if_match, "", 404},
       {"still a name", "admin", "GET", person, {}, "", 200, {"Zacharias Quintenzweig"}},
       {"confirmed",
        "admin",
        "POST",
        path + "/confirm",
        if_match,
        "",
        200,
        {"\"state\":\"erased\""},
        {},
        {"privacy-request.erased", "person.erased"}},
       {"a pseudonym is left",
        "admin",
        "GET",
        person,
        {},
        "",
        200,
        {"\"name\":\"Person ", "\"state\":\"erased\""},
        {"Quintenzweig"}},
       {"the acts are left",
        "manager",
        "GET",
        "/api/v1/management-reviews/{left_review}/events",
        {},
        "",
        200,
        {"management-review.scheduled", "{departed}"},
        {"Quintenzweig"}},
       {"in no picker", "manager", "GET", "/api/v1/people?limit=200", {}, "", 200, {}, {"{departed}", "Quintenzweig"}},
       {"but for the officer",
        "officer",
        "GET",
        "/api/v1/people?limit=200",
        {},
        "",
        200,
        {"{departed}"},
        {"Quintenzweig"}},
       {"nor in any event",
        "admin",
        "GET",
        "/api/v1/events?full=true&type=person.*&limit=200",
        {},
        "",
        200,
        {"person.erased"},
        {"Quintenzweig"}},
       {"their token is none", "departed", "GET", "/api/v1/me", {}, "", 401},
       {"not changed any more", "admin", "PATCH", person, if_match, R"({"name":"Zacharias Quintenzweig"})", 409},
       {"the register of requests",
        "officer",
        "GET",
        "/api/v1/views/privacy_requests?lang=de",
        {},
        "",
        200,
        {"Worum es geht", "{erasure_request}"}},
       {"which others do not see", "manager", "GET", "/api/v1/views/privacy_requests", {}, "", 200, {"\"items\":[]"}}});
  std::ifstream list(stage.data() / "erased");
  std::string first;
  CHECK((std::getline(list, first) && first == stage.names.at("departed")));
}

TEST_CASE("a request is refused with a ground, extended once, and a restriction hides a name from colleagues") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  if (!stage.people.contains("officer")) stage.join("officer", "Dora Officer", {"data_protection_officer"});
  stage.names["departed"] = stage.join("hidden", "Henriette Verborgen", {}).id;
  const std::string first = requested(stage, "refused_request", "erasure");
  const std::string second = requested(stage, "restriction_request", "restriction");
  for (const std::string& one : {first, second}) {
    stage.must("officer", "POST", one + "/commands/check_identity", R"({"identity":"By letter"})", if_match);
    stage.must("officer", "POST", one + "/commands/assess", R"({"assessment":"Read"})", if_match);
  }
  if (!stage.people.contains("chief")) stage.join("chief", "Berta Chief", {"top_management"});
  hold_over_departed(stage, "hidden_hold", "C v. D");
  stage.events_since();
  const std::string person = "/api/v1/people/{hidden}", holds = "/api/v1/views/legal_holds";
  stage.run(
      {{"extended without a reason",
        "officer",
        "POST",
        first + "/commands/extend",
        if_match,
        "{}",
        422,
        {"/extension_reason"}},
       {"extended",
        "officer",
        "POST",
        first + "/commands/extend",
        if_match,
        R"({"extension_reason":"Many systems"})",
        200,
        {"\"extended\":true"},
        {},
        {"privacy-request.extended"}},
       {"once",
        "officer",
        "POST",
        first + "/commands/extend",
        if_match,
        R"({"extension_reason":"More"})",
        409,
        {"is_not"}},
       {"no ground", "officer", "POST", first + "/commands/refuse", if_match, R"({"answer":"No"})", 422, {"/ground"}},
       {"refused",
        "officer",
        "POST",
        first + "/commands/refuse",
        if_match,
        R"({"ground":"legal_obligation","answer":"Kept for the cycle"})",
        200,
        {"\"refused\""},
        {},
        {"privacy-request.refused"}},
       {"restricted",
        "officer",
        "POST",
        second + "/commands/restrict",
        if_match,
        R"({"measures":"Hidden","answer":"Done"})",
        200,
        {"\"restricted\""},
        {},
        {"privacy-request.restricted", "person.restricted"}},
       {"in no list of colleagues",
        "lead",
        "GET",
        "/api/v1/people?limit=200",
        {},
        "",
        200,
        {},
        {"Henriette", "{hidden}"}},
       {"under a pseudonym",
        "lead",
        "GET",
        person,
        {},
        "",
        200,
        {"\"name\":\"Person "},
        {"Henriette", "\"restricted\""}},
       {"themselves", "hidden", "GET", person, {}, "", 200, {"Henriette"}, {"\"restricted\""}},
       {"in a register", "chief", "GET", holds, {}, "", 200, {"C v. D", "Person "}, {"Henriette"}},
       {"in a table of it", "chief", "GET", holds, {"Accept: text/csv"}, "", 200, {"C v. D", "Person "}, {"Henriette"}},
       {"the register of administrators", "admin", "GET", holds, {}, "", 200, {"C v. D", "Henriette"}},
       {"the officer", "officer", "GET", person, {}, "", 200, {"Henriette", "\"restricted\":true"}},
       {"administrators", "admin", "GET", "/api/v1/people?limit=200", {}, "", 200, {"Henriette"}},
       {"lifted",
        "officer",
        "POST",
        second + "/commands/lift",
        if_match,
        R"({"reason":"Corrected","informed_on":")" + day() + R"("})",
        200,
        {"\"fulfilled\""},
        {},
        {"privacy-request.restriction_lifted", "person.restriction_lifted"}},
       {"found again", "lead", "GET", person, {}, "", 200, {"Henriette"}}});
}

}  // namespace
}  // namespace assay::test::privacy_test
