// What an audit of certification leads to when it is broken off, and who may not audit at all.
#include "workflows/certification_body.h"

namespace assay::test::audit_ends_test {
namespace {

TEST_CASE("an audit that is terminated has opened a case for a decision", "[certification]") {
  CertificationBody body;
  const RecordId audit = body.audit_in("fieldwork", "stage2");
  take(body, audit,
       {body.lead,
        "terminate",
        {{"reason", "No access"}, {"deviations", "Kiel not seen"}, {"conclusions", "None"}},
        "terminated"});
  const auto cases = body.facts.linked(audit, "decisions");
  REQUIRE(cases.size() == 1);
  CHECK(body.state(cases.front()) == "awaiting_package");
  CHECK((*body.facts.at(cases.front()).body)["kind"] == "terminated_audit");
  CHECK((*body.facts.at(cases.front()).body)["standard"] == "ISO/IEC 27001:2022");
  CHECK(body.facts.linked(cases.front(), "programme") == std::vector{body.programme});
}

TEST_CASE("nobody of a consultancy audits (G5)", "[certification]") {
  const auto engaged = [](PersonId B::* who, const char* engagement) -> Before {
    return [=](CertificationBody& body, RecordId) {
      for (const RecordId id : body.facts.registered("competence", "person", body.name(body.*who), MemoryFacts::home))
        body.facts.at(id).body.edit()["engagement"] = engagement;
    };
  };
  const auto team = [](CertificationBody& body) {
    return Json{{"lead_auditor", {body.name(body.lead)}}, {"auditor", {body.name(body.auditor)}}};
  };
  for (const auto& [who, engagement, expected] : {std::tuple{&B::lead, "consultancy", false},
                                                  {&B::auditor, "consultancy", false},
                                                  {&B::auditor, "outsourced", true}}) {
    CertificationBody body;
    const RecordId audit = body.audit_in("planned");
    engaged(who, engagement)(body, audit);
    const std::string said = answer(body.ask(body.planner, audit, "propose_team", [&] {
      Json input = team(body);
      input["team_competence"] = "Hosting";
      return input;
    }()));
    INFO(engagement << ": " << said);
    CHECK((said == "-> team_proposed") == expected);
    CHECK((said.find("each_registered.none") != std::string::npos) == !expected);
  }
}

}  // namespace
}  // namespace assay::test::audit_ends_test
