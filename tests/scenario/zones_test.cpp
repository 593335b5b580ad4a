// IEC 62443 over HTTP: one piece of evidence, attached in an audit of ISO/IEC 27001, serves both standards by a mapping
// that people edit, and a zone below its target is not accepted without a deviation.
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::zones_test {
namespace {

Json same_level(int level) {
  return {{"iac", level}, {"uc", level}, {"si", level}, {"dc", level}, {"rdf", level}, {"tre", level}, {"ra", level}};
}

/// By somebody who holds the seat: administrators see no system that they have no part in.
void give(Stage& stage, const std::string& who, const std::string& record, const std::string& command,
          const Json& input = Json::object()) {
  const std::string path = "/api/v1/" + record;
  stage.must(who, "POST", path + "/commands/" + command, input.dump(), {"If-Match: " + stage.etag(path, who)});
}

/// What stands in the way when they give the command.
std::string obstacle(Stage& stage, const std::string& who, const std::string& record, const std::string& command,
                     const Json& input = Json::object()) {
  const std::string path = "/api/v1/" + record;
  const Answer answer =
      stage.ask(who, "POST", path + "/commands/" + command, input.dump(), {"If-Match: " + stage.etag(path, who)});
  const Json problem = parsed(answer);
  return problem.contains("unmet") ? problem["unmet"].at(0).at("guard").get<std::string>() + ": " +
                                         problem["unmet"].at(0).at("detail").get<std::string>()
                                   : problem.dump();
}

/// A system in zones, and a zone whose target is level 1 for the restricted data flow alone.
std::string targeted_zone(Stage& stage, std::string& system) {
  system = made(stage, "control_system", "manager", "control-systems",
                {{"title", "Bottling line"},
                 {"purpose", "Fills bottles"},
                 {"boundary", "Hall 1, behind its firewall"},
                 {"programme", stage.names.at("programme")},
                 {"owner", seat(stage, "owner")},
                 {"security_engineer", seat(stage, "auditor")}});
  give(stage, "auditor", system, "assess_initially",
       {{"initial_risk", "A batch is lost"}, {"tolerable_risk", "One a year"}});
  give(stage, "auditor", system, "divide");
  const std::string zone = made(stage, "zone", "auditor", "zones",
                                {{"system", stage.names.at("control_system")},
                                 {"title", "Fillers"},
                                 {"code", "fill"},
                                 {"purpose", "Fills"},
                                 {"assets", "Two controllers"}});
  Json target = same_level(0);
  target["rdf"] = 1;
  give(stage, "auditor", zone, "find_tolerable", {{"rationale", "One batch a year"}, {"target", target}});
  return zone;
}

/// Evidence of the audit's item about awareness, attached once, as the audit of ISO/IEC 27001 needs it.
void attach_evidence(Stage& stage) {
  const std::string audit = audit_in(stage, "combined_audit", "fieldwork");
  for (const Json& item : stage.list("lead", "/api/v1/" + audit + "/items")) {
    if (item.at("item") != "A.6.3") continue;
    const Json evidence{{"kind", "observation"},
                        {"title", "Plan of the networks"},
                        {"description", "Two networks, one gateway."},
                        {"place", "Hall 1"},
                        {"item", item.at("id").get<std::string>()}};
    stage.must("auditor", "POST", "/api/v1/" + audit + "/evidence", evidence.dump());
    return;
  }
  FAIL("the audit has no such item");
}

/// Evidence about the separation of the zone's hardware, in an audit that asks IEC 62443.
void attach_evidence_of_plant(Stage& stage) {
  const std::string audit = audit_in(stage, "plant_audit", "team_confirmed"), path = "/api/v1/" + audit;
  const std::vector<std::string> version = {"If-Match: {etag}"};
  stage.must("lead", "PUT", path + "/catalogue",
             R"({"plugin":"org.assay.iec62443","catalogue":"iec62443-3-3-2013","language":"en"})", version);
  stage.must("lead", "POST", path + "/items",
             R"({"items":[{"question":"SR5.1-RE1","subject":"zone:fill","auditor":"{auditor}"}]})", version);
  take_along(stage, audit, "team_confirmed", "fieldwork");
  const Json evidence{{"kind", "observation"},
                      {"title", "Switches"},
                      {"description", "The filling line has switches of its own."},
                      {"place", "Hall 1"},
                      {"item", stage.list("lead", path + "/items").at(0).at("id").get<std::string>()}};
  stage.must("auditor", "POST", path + "/evidence", evidence.dump());
}

TEST_CASE("one piece of evidence serves ISO/IEC 27001 and IEC 62443, and levels decide over a zone") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  std::string system;
  const std::string zone = targeted_zone(stage, system);
  Json answers = Json::array();
  for (const char* id : {"SR 5.1", "SR 5.2", "SR 5.3", "SR 5.4"})
    answers.push_back({{"requirement", id}, {"result", "met"}});
  answers[3]["result"] = "not_met";
  give(stage, "auditor", zone, "answer", {{"answers", answers}});
  const Json fields = stage.must("auditor", "GET", "/api/v1/" + zone).at("fields");
  CHECK(fields.at("achieved").at("rdf") == 0);
  CHECK(fields.at("gaps") == Json({"SR 5.4"}));

  const std::string unshown = "requirements_evidenced: 3 of 3 requirements, for example SR 5.1, are shown by nothing";
  CHECK(obstacle(stage, "auditor", zone, "submit").starts_with(unshown));
  attach_evidence(stage);
  CHECK(obstacle(stage, "auditor", zone, "submit").starts_with(unshown));
  const std::string mapping = made(stage, "mapping", "manager", "requirement-mappings",
                                   {{"title", "Segmentation"},
                                    {"controls", {"A.6.3"}},
                                    {"requirements", {"SR 5.1", "SR 5.2", "SR 5.3"}},
                                    {"relation", "overlapping"},
                                    {"rationale", "The plan of the networks shows both."},
                                    {"approver", seat(stage, "colleague")}});
  CHECK(obstacle(stage, "auditor", zone, "submit").starts_with(unshown));
  give(stage, "colleague", mapping, "approve");
  give(stage, "auditor", zone, "submit");

  give(stage, "auditor", system, "specify", {{"specification", "One zone, level 1 in the data flow."}});
  give(stage, "owner", system, "approve", {{"approval_statement", "Considered."}});
  const Json grounds{{"acceptance_reason", "Until the gateway is replaced."}};
  CHECK(obstacle(stage, "owner", zone, "accept", grounds) ==
        "each_at_least: Achieved levels (SL-A), FR 5, restricted data flow: 0 is below 1.");
  const std::string deviation = made(stage, "deviation", "auditor", "deviations",
                                     {{"zone", stage.names.at("zone")},
                                      {"title", "Old gateway"},
                                      {"tolerated", {{"rdf", 0}}},
                                      {"justification", "No newer make"},
                                      {"compensating_measure", "Guarded hall"},
                                      {"valid_until", day(90)}});
  CHECK(obstacle(stage, "owner", zone, "accept", grounds).starts_with("each_at_least: "));
  give(stage, "owner", deviation, "approve", {{"decision_reason", "Replaced this year."}});
  give(stage, "owner", zone, "accept", grounds);
  CHECK(stage.must("owner", "GET", "/api/v1/" + zone).at("state") == "accepted");
  CHECK(stage.ask("nobody", "GET", "/api/v1/" + zone).status == 404);
}

TEST_CASE("evidence at the checklist of IEC 62443 shows what a zone answers, enhancements too") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  const OwnProgramme own(stage);
  std::string system;
  const std::string zone = targeted_zone(stage, system);
  Json answers = Json::array();
  for (const char* id : {"SR 5.1", "SR 5.1 RE 1", "SR 5.2", "SR 5.3", "SR 5.4"})
    answers.push_back({{"requirement", id}, {"result", "met"}});
  give(stage, "auditor", zone, "answer", {{"answers", answers}});
  CHECK(obstacle(stage, "auditor", zone, "submit")
            .starts_with("requirements_evidenced: 5 of 5 requirements, for example SR 5.1, "));
  attach_evidence_of_plant(stage);
  CHECK(obstacle(stage, "auditor", zone, "submit")
            .starts_with("requirements_evidenced: 3 of 5 requirements, for example SR 5.2, "));
}

}  // namespace
}  // namespace assay::test::zones_test
