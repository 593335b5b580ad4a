// IEC 62443-3-2 in an organisation: a system under consideration with its zones and conduits, from the initial risk to
// the acceptance of what was achieved, its deviations, and mappings that let evidence of ISO/IEC 27001 serve.
#include "workflows/management_system.h"

namespace assay::test::control_system_test {
namespace {

using C = Company;

/// A vector with the same level everywhere.
Json levels(int level) {
  return {{"iac", level}, {"uc", level}, {"si", level}, {"dc", level}, {"rdf", level}, {"tre", level}, {"ra", level}};
}
Json levels(int level, const char* but, int other) {
  Json vector = levels(level);
  vector[but] = other;
  return vector;
}

/// `owner` stands for the asset owner, `expert` is the engineer, and the programme of the company has one audit.
RecordId control_system_in(Company& company, const std::string& state) {
  const RecordId id =
      company.facts.add("control-system", state, {{"title", "Bottling line"}}, {{"programme", company.programme}},
                        {{"owner", {company.owner}}, {"security_engineer", {company.expert}}});
  company.audit_in("fieldwork");
  return id;
}

Json answered() {
  return Json::array({{{"requirement", "SR 5.1"}, {"result", "met"}, {"shown_by", "Network plan 7"}},
                      {{"requirement", "SR 5.2"}, {"result", "not_met"}}});
}

RecordId zone_below(Company& company, RecordId system, const std::string& state) {
  return company.facts.add("zone", state,
                           {{"title", "Fillers"},
                            {"code", "fill"},
                            {"kind", "zone"},
                            {"target", levels(1)},
                            {"achieved", levels(1, "rdf", 0)},
                            {"answers", answered()}},
                           {{"system", system}});
}
RecordId zone_in(Company& company, const std::string& state) {
  return zone_below(company, control_system_in(company, "zones_and_conduits"), state);
}
/// In an approved system, where zones are accepted.
RecordId built_zone(Company& company, const std::string& state) {
  return zone_below(company, control_system_in(company, "approved"), state);
}

RecordId deviation_of(Company& company, RecordId zone, const std::string& state, Json tolerated) {
  return company.facts.add(
      "deviation", state,
      {{"title", "Old fillers"}, {"tolerated", std::move(tolerated)}, {"valid_until", "2026-12-31"}}, {{"zone", zone}});
}
RecordId deviation_in(Company& company, const std::string& state) {
  return deviation_of(company, built_zone(company, "accepted"), state, {{"rdf", 0}});
}

RecordId mapping_of(Company& company, const std::string& state) {
  return company.facts.add("requirement-mapping", state,
                           {{"title", "Segmentation"},
                            {"controls", {"A.8.22"}},
                            {"requirements", {"SR 5.1", "SR 5.2"}},
                            {"relation", "overlapping"},
                            {"rationale", "Both ask for separated networks."}},
                           {}, {{"steward", {company.isms}}, {"approver", {company.verifier}}});
}

/// Changes the world of a row: a zone of the system.
auto has_zone(const char* state) {
  return [state](Company& company, RecordId id) { zone_below(company, id, state); };
}
auto system_is(const char* state) {
  return [state](Company& company, RecordId id) { company.facts.at(system_of(company, id)).state = state; };
}
auto says(const char* field, Json value) {
  return [field, value](Company& company, RecordId id) { company.facts.at(id).body.edit()[field] = value; };
}
auto tolerates(const char* state, Json tolerated) {
  return [state, tolerated](Company& company, RecordId id) { deviation_of(company, id, state, tolerated); };
}
/// Evidence in the audit of the programme, of an item and a subject.
auto evidence_of(const char* item, const char* subject) {
  return [item, subject](Company& company, RecordId) {
    const RecordId audit = company.facts.linked(company.programme, "audits").front();
    company.facts.add_evidence_of(audit, item, subject);
  };
}
auto mapped(const char* state) {
  return [state](Company& company, RecordId) { mapping_of(company, state); };
}
/// The answer names nothing of its own that shows it.
void unshown(Company& company, RecordId id) {
  company.facts.at(id).body.edit()["answers"] = Json::array({{{"requirement", "SR 5.1"}, {"result", "met"}}});
}

Json zone_input(Company& company, const char* state) {
  return {{"system", company.name(control_system_in(company, state))},
          {"title", "Fillers"},
          {"code", "fill"},
          {"purpose", "Fills bottles"},
          {"assets", "Two controllers"}};
}
const Json why{{"reason", "New filler"}}, grounds{{"acceptance_reason", "All levels are reached"}};
const Json risk{{"initial_risk", "Loss of a batch, nobody hurt"}, {"tolerable_risk", "One batch a year"}};
const Json found{{"rationale", "Below one batch a year"}, {"target", levels(1)}};

// Tables: a row each, however long.
// clang-format off
TEST_CASE("a system under consideration goes through the steps of IEC 62443-3-2") {
  const auto system = [](Company& c) { return Json{{"title", "Line"}, {"purpose", "Fills"}, {"boundary", "Hall 1"}, {"owner", {c.name(c.owner)}}, {"security_engineer", {c.name(c.expert)}}}; };
  try_new("control-system", {
      {"the ISMS manager", &C::isms, "identify", system, "-> identified"},
      {"a colleague", &C::colleague, "identify", system, "not_permitted"},
      {"without a boundary", &C::isms, "identify", [=](Company& c) { Json input = system(c); input.erase("boundary"); return input; }, "invalid /boundary"},
      {"in a programme", &C::isms, "identify", [=](Company& c) { Json input = system(c); input["programme"] = c.name(c.programme); return input; }, "-> identified"},
      {"in one that is closed", &C::isms, "identify", [=](Company& c) { Json input = system(c); c.facts.at(c.programme).state = "closed"; input["programme"] = c.name(c.programme); return input; }, "unmet linked_all.open"},
  });
  const Json spec{{"specification", "Zones and their levels"}}, statement{{"approval_statement", "All zones considered"}};
  try_rows({
      {"initial risk", "identified", &C::expert, "assess_initially", risk, "-> initial_risk"},
      {"initial risk by the owner", "identified", &C::owner, "assess_initially", risk, "not_permitted"},
      {"initial risk without what is tolerable", "identified", &C::expert, "assess_initially", {{"initial_risk", "x"}}, "invalid /tolerable_risk"},
      {"zones before the initial risk", "identified", &C::expert, "divide", {}, "wrong_state"},
      {"zones", "initial_risk", &C::expert, "divide", {}, "-> zones_and_conduits"},
      {"specified without a zone", "zones_and_conduits", &C::expert, "specify", spec, "unmet linked_some.none_in_state"},
      {"specified", "zones_and_conduits", &C::expert, "specify", spec, "-> specified", has_zone("targeted")},
      {"specified with a zone nobody has compared", "zones_and_conduits", &C::expert, "specify", spec, "unmet linked_none.present", in_turn(has_zone("targeted"), has_zone("defined"))},
      {"specified while one is assessed in detail", "zones_and_conduits", &C::expert, "specify", spec, "unmet linked_none.present", in_turn(has_zone("targeted"), has_zone("detailed_risk"))},
      {"specified beside a retired one", "zones_and_conduits", &C::expert, "specify", spec, "-> specified", in_turn(has_zone("targeted"), has_zone("retired"))},
      {"approved", "specified", &C::owner, "approve", statement, "-> approved"},
      {"approved by the engineer", "specified", &C::expert, "approve", statement, "not_permitted"},
      {"approved by the owner who specified", "specified", &C::owner, "approve", statement, "unmet actor_not_did.did", given(&C::owner, "specify")},
      {"returned", "specified", &C::owner, "return_specification", why, "-> zones_and_conduits"},
      {"reviewed", "approved", &C::owner, "confirm", statement, "-> approved"},
      {"opened for a change", "approved", &C::expert, "reopen", why, "-> zones_and_conduits"},
      {"opened without a reason", "approved", &C::expert, "reopen", {}, "invalid /reason"},
      {"risk anew", "approved", &C::owner, "reassess", why, "-> initial_risk"},
      {"retired by one", "approved", &C::owner, "retire", why, "second"},
      {"retired by two", "approved", &C::owner, "retire", why, "-> retired", has_zone("accepted"), &C::isms},
      {"left without an owner", "approved", &C::isms, "assign_people", {{"owner", Json::array()}}, "unmet seated.vacant"},
  }, control_system_in);
}

TEST_CASE("a zone gets its target levels by a tolerable risk or a detailed assessment") {
  try_new("zone", {
      {"the engineer", &C::expert, "define_zone", [](Company& c) { return zone_input(c, "zones_and_conduits"); }, "-> defined"},
      {"the owner", &C::owner, "define_zone", [](Company& c) { return zone_input(c, "zones_and_conduits"); }, "not_permitted"},
      {"in an approved system", &C::expert, "define_zone", [](Company& c) { return zone_input(c, "approved"); }, "unmet linked_all.open"},
      {"a conduit of nothing", &C::expert, "define_conduit", [](Company& c) { return zone_input(c, "zones_and_conduits"); }, "invalid /connects"},
      {"a conduit", &C::expert, "define_conduit", [](Company& c) { Json input = zone_input(c, "zones_and_conduits"); input["connects"] = {c.name(zone_in(c, "targeted"))}; return input; }, "-> defined"},
      {"a conduit to a retired zone", &C::expert, "define_conduit", [](Company& c) { Json input = zone_input(c, "zones_and_conduits"); input["connects"] = {c.name(zone_in(c, "retired"))}; return input; }, "unmet linked_all.open"},
  });
  const Json detail{{"threats", "Ransomware"}, {"vulnerabilities", "Old systems"}, {"consequences", "A week of standstill"}, {"rationale", "Likely"}, {"target", levels(2)}};
  const Json change{{"target", levels(3)}, {"rationale", "New threat"}, {"reason", "Advisory"}};
  try_rows({
      {"tolerable", "defined", &C::expert, "find_tolerable", found, "-> targeted"},
      {"tolerable without levels", "defined", &C::expert, "find_tolerable", {{"rationale", "x"}}, "invalid /target"},
      {"a level of five", "defined", &C::expert, "find_tolerable", {{"rationale", "x"}, {"target", levels(1, "uc", 5)}}, "invalid /target/uc"},
      {"a vector of six", "defined", &C::expert, "find_tolerable", [] { Json input = found; input["target"].erase("ra"); return input; }(), "invalid /target/ra"},
      {"not tolerable", "defined", &C::expert, "find_intolerable", {{"rationale", "Above it"}}, "-> detailed_risk"},
      {"levels without the detail", "detailed_risk", &C::expert, "set_target", found, "invalid /consequences /threats /vulnerabilities"},
      {"levels after the detail", "detailed_risk", &C::expert, "set_target", detail, "-> targeted"},
      {"levels changed by one", "targeted", &C::expert, "change_target", change, "second"},
      {"levels changed with the owner", "accepted", &C::expert, "change_target", change, "-> targeted", {}, &C::owner},
      {"levels changed in an approved system", "accepted", &C::expert, "change_target", change, "unmet linked_all.open", system_is("approved"), &C::owner},
      {"capability", "targeted", &C::expert, "state_capability", {{"capability", levels(2)}, {"capability_basis", "Certificates of the makers"}}, "-> targeted"},
      {"capability without its basis", "targeted", &C::expert, "state_capability", {{"capability", levels(2)}}, "invalid /capability_basis"},
      {"retired", "targeted", &C::expert, "retire", why, "-> retired", {}, &C::owner},
      {"retired under a conduit", "targeted", &C::expert, "retire", why, "unmet linked_none.present", [](Company& c, RecordId id) { c.facts.link(zone_below(c, system_of(c, id), "targeted"), "connects", id); }, &C::owner},
  }, zone_in);
}

TEST_CASE("a zone is not accepted while a level is below its target without an approved deviation") {
  const auto reached = says("achieved", levels(1));
  try_rows({
      {"reached", "submitted", &C::owner, "accept", grounds, "-> accepted", reached},
      {"more than reached", "submitted", &C::owner, "accept", grounds, "-> accepted", says("achieved", levels(4))},
      {"one level below", "submitted", &C::owner, "accept", grounds, "unmet each_at_least.below"},
      {"a deviation that is only proposed", "submitted", &C::owner, "accept", grounds, "unmet each_at_least.below", tolerates("proposed", {{"rdf", 0}})},
      {"an approved deviation", "submitted", &C::owner, "accept", grounds, "-> accepted", tolerates("approved", {{"rdf", 0}})},
      {"one that has expired", "submitted", &C::owner, "accept", grounds, "unmet each_at_least.below", tolerates("expired", {{"rdf", 0}})},
      {"one that tolerates less", "submitted", &C::owner, "accept", grounds, "unmet each_at_least.below", in_turn(says("target", levels(2)), in_turn(says("achieved", levels(2, "rdf", 0)), tolerates("approved", {{"rdf", 1}})))},
      {"one for another requirement", "submitted", &C::owner, "accept", grounds, "unmet each_at_least.below", tolerates("approved", {{"iac", 0}})},
      {"nothing calculated", "submitted", &C::owner, "accept", grounds, "unmet each_at_least.empty", lacking("achieved")},
      {"by the engineer", "submitted", &C::expert, "accept", grounds, "not_permitted", reached},
      {"by the owner who answered", "submitted", &C::owner, "accept", grounds, "unmet actor_not_did.did", in_turn(reached, given(&C::owner, "answer"))},
      {"before the system is approved", "submitted", &C::owner, "accept", grounds, "unmet linked_all.open", in_turn(reached, system_is("specified"))},
      {"not submitted", "targeted", &C::owner, "accept", grounds, "wrong_state", reached},
      {"opened again", "accepted", &C::owner, "reopen", why, "-> targeted"},
      {"returned", "submitted", &C::owner, "return_to_work", why, "-> targeted"},
  }, built_zone);
}

TEST_CASE("what an answer claims is shown by itself, or by evidence of the programme that a mapping lets serve") {
  const auto unshown_with = [](auto more) { return in_turn(unshown, more); };
  try_rows({
      {"shown by what it names", "targeted", &C::expert, "submit", {}, "-> submitted"},
      {"by nothing", "targeted", &C::expert, "submit", {}, "unmet requirements_evidenced.no_evidence", unshown},
      {"by evidence of the requirement", "targeted", &C::expert, "submit", {}, "-> submitted", unshown_with(evidence_of("SR 5.1", "whole"))},
      {"by evidence of a control that nobody has mapped", "targeted", &C::expert, "submit", {}, "unmet requirements_evidenced.no_evidence", unshown_with(evidence_of("A.8.22", "whole"))},
      {"by evidence of a mapped control", "targeted", &C::expert, "submit", {}, "-> submitted", unshown_with(in_turn(evidence_of("A.8.22", "whole"), mapped("in_force")))},
      {"in this zone", "targeted", &C::expert, "submit", {}, "-> submitted", unshown_with(in_turn(evidence_of("A.8.22", "zone:fill"), mapped("in_force")))},
      {"in another zone", "targeted", &C::expert, "submit", {}, "unmet requirements_evidenced.no_evidence", unshown_with(in_turn(evidence_of("A.8.22", "zone:pack"), mapped("in_force")))},
      {"by a mapping in draft", "targeted", &C::expert, "submit", {}, "unmet requirements_evidenced.no_evidence", unshown_with(in_turn(evidence_of("A.8.22", "whole"), mapped("draft")))},
      {"by a mapping alone", "targeted", &C::expert, "submit", {}, "unmet requirements_evidenced.no_evidence", unshown_with(mapped("in_force"))},
      {"not answered", "targeted", &C::expert, "submit", {}, "unmet filled.empty", in_turn(lacking("achieved"), lacking("answers"))},
      {"evidence that is gone when it is accepted", "submitted", &C::owner, "accept", grounds, "unmet requirements_evidenced.no_evidence", in_turn(unshown, says("achieved", levels(1)))},
  }, built_zone);
}

TEST_CASE("a deviation tolerates a level until a day, approved by who did not propose it") {
  const auto proposal = [](Company& c, const char* zone) { return Json{{"zone", c.name(built_zone(c, zone))}, {"title", "Old fillers"}, {"tolerated", {{"rdf", 0}}}, {"justification", "No newer make"}, {"compensating_measure", "Guarded hall"}, {"valid_until", "2026-12-31"}}; };
  try_new("deviation", {
      {"the engineer", &C::expert, "propose", [=](Company& c) { return proposal(c, "targeted"); }, "-> proposed"},
      {"the owner", &C::owner, "propose", [=](Company& c) { return proposal(c, "targeted"); }, "not_permitted"},
      {"of nothing", &C::expert, "propose", [=](Company& c) { Json input = proposal(c, "targeted"); input["tolerated"] = Json::object(); return input; }, "invalid /tolerated"},
      {"until today", &C::expert, "propose", [=](Company& c) { Json input = proposal(c, "targeted"); input["valid_until"] = "2026-03-02"; return input; }, "unmet after.not_after"},
      {"before there is a target", &C::expert, "propose", [=](Company& c) { return proposal(c, "defined"); }, "unmet linked_all.open"},
  });
  const Json reason{{"decision_reason", "Replaced within the year"}};
  try_rows({
      {"revised to nothing", "proposed", &C::expert, "revise", {{"tolerated", nullptr}}, "unmet filled.empty"},
      {"approved", "proposed", &C::owner, "approve", reason, "-> approved"},
      {"approved by the engineer", "proposed", &C::expert, "approve", reason, "not_permitted"},
      {"approved by the owner who proposed", "proposed", &C::owner, "approve", reason, "unmet actor_not_did.did", given(&C::owner, "propose")},
      {"approved too late", "proposed", &C::owner, "approve", reason, "unmet after.not_after", says("valid_until", "2026-03-01")},
      {"refused", "proposed", &C::owner, "refuse", reason, "-> refused"},
      {"withdrawn", "proposed", &C::expert, "withdraw", why, "-> withdrawn"},
      {"revoked", "approved", &C::owner, "revoke", why, "-> withdrawn"},
      {"revised once approved", "approved", &C::expert, "revise", {}, "wrong_state"},
  }, deviation_in);
}

TEST_CASE("a mapping is in force when somebody else has approved it, and not while it is changed") {
  const auto draft = [](Company& c) { return Json{{"title", "Segmentation"}, {"controls", {"A.8.22"}}, {"requirements", {"SR 5.1"}}, {"relation", "equal"}, {"rationale", "Both"}, {"approver", {c.name(c.verifier)}}}; };
  try_new("requirement-mapping", {
      {"the ISMS manager", &C::isms, "draft", draft, "-> draft"},
      {"an internal auditor", &C::internal, "draft", draft, "-> draft"},
      {"a colleague", &C::colleague, "draft", draft, "not_permitted"},
      {"as a body without its role", &C::isms, "draft_as_body", draft, "not_permitted"},
  });
  try_rows({
      {"revised", "draft", &C::isms, "revise", {{"requirements", {"SR 5.1", "SR 5.2 RE 1"}}}, "-> draft"},
      {"approved", "draft", &C::verifier, "approve", {}, "-> in_force"},
      {"approved by its steward", "draft", &C::isms, "approve", {}, "not_permitted"},
      {"approved by who drafted it", "draft", &C::verifier, "approve", {}, "unmet actor_not_did.did", given(&C::verifier, "draft")},
      {"revised in force", "in_force", &C::isms, "revise", {}, "wrong_state"},
      {"taken back", "in_force", &C::isms, "amend", why, "-> draft"},
      {"handed over to its approver", "in_force", &C::isms, "hand_over", {{"approver", Json::array({uuid_of(PersonId{1})})}}, "unmet people_differ.overlap"},
      {"retired", "in_force", &C::verifier, "retire", why, "-> retired"},
  }, mapping_of);
}
// clang-format on

TEST_CASE("answers give the achieved levels and the gaps, and a deviation that ends flags its zone") {
  Company company;
  const RecordId zone = built_zone(company, "targeted");
  const auto body = [&]() -> const Json& { return *company.facts.at(zone).body; };
  Json all = Json::array();
  for (const LeveledRequirement& one : shipped().requirements.at("iec62443_3_3").all) {
    if (one.level == 1) all.push_back({{"requirement", one.id}, {"result", "met"}, {"shown_by", "Plan 7"}});
  }
  take(company, zone, {company.expert, "answer", {{"answers", all}}, "targeted"});
  CHECK(body().at("achieved") == levels(1));
  CHECK(body().at("gaps") == Json::array());
  for (Json& answer : all) {
    if (answer["requirement"] == "SR 5.2") answer["result"] = "partly_met";
  }
  take(company, zone, {company.expert, "answer", {{"answers", all}}, "targeted"});
  CHECK(body().at("achieved") == levels(1, "rdf", 0));
  CHECK(body().at("gaps") == Json({"SR 5.2"}));
  CHECK(body().at("assessments").size() == 2);
  CHECK(answer(company.ask(company.expert, zone, "answer",
                           {{"answers", {{{"requirement", "SR 1.6"}, {"result", "not_applicable"}}}}})) ==
        "invalid /answers/0/reason");
  CHECK(answer(company.ask(company.expert, zone, "answer",
                           {{"answers", {{{"requirement", "SR 8.1"}, {"result", "met"}}}}})) ==
        "invalid /answers/0/requirement");
  const RecordId deviation = deviation_of(company, zone, "approved", {{"rdf", 0}});
  take(company, zone, {company.expert, "submit", {}, "submitted"});
  take(company, zone, {company.owner, "accept", grounds, "accepted"});
  CHECK(body().at("deviation_ended") == false);
  CHECK(tick(company, deviation, "expire") == "-> expired");
  CHECK(company.state(zone) == "accepted");
  CHECK(body().at("deviation_ended") == true);
  take(company, zone, {company.owner, "reopen", why, "targeted"});
}

TEST_CASE("a new target is held against the answers that there are") {
  Company company;
  const RecordId zone = zone_in(company, "targeted");
  Actor actor{company.expert, company.owner};
  const Json change{{"target", levels(0, "rdf", 2)}, {"rationale", "New threat"}, {"reason", "Advisory"}};
  REQUIRE(answer(company.act(actor, zone, "change_target", change)) == "-> targeted");
  CHECK(company.facts.at(zone).body->at("gaps") == Json({"SR 5.1 RE 1", "SR 5.2", "SR 5.2 RE 1", "SR 5.3", "SR 5.4"}));
}

TEST_CASE("a system that is retired ends its zones and their deviations") {
  Company company;
  const RecordId deviation = deviation_in(company, "approved");
  const RecordId zone = company.facts.linked(deviation, "zone").front();
  const RecordId system = system_of(company, zone);
  REQUIRE(answer(company.act(Actor{company.owner, company.isms}, system, "retire", why)) == "-> retired");
  CHECK(company.state(zone) == "retired");
  CHECK(company.state(deviation) == "withdrawn");
}

}  // namespace
}  // namespace assay::test::control_system_test
