// Whom outsiders are told of: themselves, and whoever holds a seat on a record that they see.
#include "scenario/portfolio.h"
#include "scenario/stage.h"
#include "scenario/story.h"

namespace assay::test::known_people_test {
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

TEST_CASE("a client reads who is to audit it once the team is proposed, and may object (G7)") {
  ASSAY_STAGE_ON_EACH_ENGINE(stage);
  set_the_body(stage);
  for (const auto& [key, client, number] :
       {std::tuple{"named", "Hafen Nord", "973"}, std::tuple{"unnamed", "Hafen Süd", "974"}}) {
    move_in(stage, {key, client, number, std::string("Founder of ") + client});
    const std::string reader = std::string(key) + "_reader";
    stage.join(reader, std::string("Representative of ") + client, {"client_representative"});
    stage.act("mover", "clients/" + stage.names.at(std::string(key) + "_client"), "appoint_representatives",
              {{"client_representative", seat(stage, reader)}});
  }
  const std::string audit = made(stage, "named_audit", "planner", "certification-audits",
                                 surveillance_of(stage, "named", "Surveillance of Hafen Nord", 300));
  const std::string record = "/api/v1/" + audit, lead = "/api/v1/people/{body_lead}", name = "Lars Lotse";
  const Row unseen{"the audit while it is planned", "named_reader", "GET", record, {}, "", 404};
  const Row unknown{"who is to lead it", "named_reader", "GET", lead, {}, "", 404};
  stage.run({unseen, unknown});

  propose_team(stage, audit);
  const std::string everybody = "/api/v1/people?limit=200", of_team = R"("lead_auditor":["{body_lead}"])";
  stage.run({{"the team", "named_reader", "GET", record, {}, "", 200, {stage.fill(of_team)}, {"Three audits"}},
             {"by name", "named_reader", "GET", lead, {}, "", 200, {name}},
             {"and in the list of people", "named_reader", "GET", everybody, {}, "", 200, {name}, {"Tilo"}},
             {"not to another client", "unnamed_reader", "GET", record, {}, "", 404},
             {"nor by name", "unnamed_reader", "GET", lead, {}, "", 404}});

  const std::string commands = stage.must("named_reader", "GET", record + "/commands").dump();
  CHECK(commands.find("\"object\"") != std::string::npos);
  CHECK(commands.find("\"accept_team\"") != std::string::npos);
  stage.act("named_reader", audit, "object",
            {{"objection_ground", "conflict_of_interest"}, {"objection", "He worked for a competitor."}});
  CHECK(stage.must("planner", "GET", record).at("state") == "objected");
  stage.act("planner", audit, "cancel", {{"reason", "Planned anew."}});
}

}  // namespace
}  // namespace assay::test::known_people_test
