// What a risk accepts and refuses: assessed, treated by controls, its residual risk accepted by the owner who did not
// propose it, above the acceptance level with top management.
#include "workflows/management_system.h"

namespace assay::test::risk_test {
namespace {

using C = Company;

/// A risk with its owner, somebody who treats it, and one control that is implemented.
RecordId risk_in(Company& company, const std::string& state) {
  const RecordId system = system_in(company);
  const RecordId id =
      company.facts.add("risk", state,
                        {{"title", "Loss of backups"},
                         {"asset", "Backups"},
                         {"threat", "Fire"},
                         {"likelihood", 3},
                         {"impact", 4},
                         {"level", "high"},
                         {"residual_likelihood", 1},
                         {"residual_impact", 4},
                         {"residual_level", "medium"},
                         {"treatment", "modify"}},
                        {{"system", system}}, {{"owner", {company.owner}}, {"action_owner", {company.verifier}}});
  const RecordId control =
      company.facts.add("control", "included", {{"code", "A.8.13"}, {"implementation", "full"}}, {{"system", system}});
  company.facts.link(id, "controls", control);
  return id;
}
RecordId bare_in(Company& company, const std::string& state) {
  return company.facts.add("risk", state, {{"title", "Loss of backups"}, {"level", "high"}},
                           {{"system", system_in(company)}},
                           {{"owner", {company.owner}}, {"action_owner", {company.verifier}}});
}
RecordId control_of(Company& company, RecordId id) { return company.facts.linked(id, "controls").front(); }
auto control_is(const char* state) {
  return [state](Company& company, RecordId id) { company.facts.at(control_of(company, id)).state = state; };
}
auto implemented(const char* how_far) {
  return [how_far](Company& company, RecordId id) {
    company.facts.at(control_of(company, id)).body.edit()["implementation"] = how_far;
  };
}
auto residual(const char* level) {
  return [level](Company& company, RecordId id) { company.facts.at(id).body.edit()["residual_level"] = level; };
}
void control_failed(Company& company, RecordId id) { company.facts.at(id).body.edit()["control_failed"] = true; }
void waived(Company& company, RecordId id) { company.facts.at(id).body.edit()["waived"] = {"own_approval"}; }

Json identify(Company& company) {
  return {{"system", company.name(system_in(company))}, {"title", "Fire"}, {"asset", "Room 1"}, {"threat", "Fire"}};
}
Json in_place_of(Company& company, RecordId risk) {
  Json input = identify(company);
  input.update(
      {{"system", company.name(company.facts.linked(risk, "system").front())}, {"previous", company.name(risk)}});
  return input;
}
void control_elsewhere(Company& company, RecordId id) {
  company.facts.link(id, "controls",
                     company.facts.add("control", "included", {{"code", "A.5.1"}}, {{"system", system_in(company)}}));
}
Json rated(int likelihood, int impact, const char* level) {
  return {{"likelihood", likelihood}, {"impact", impact}, {"level", level}, {"rationale", "As seen"}};
}
const Json assessment{{"likelihood", 3}, {"impact", 4}, {"level", "high"}, {"rationale", "Two fires in ten years"}};
const Json residuals{{"residual_likelihood", 1}, {"residual_impact", 4}, {"residual_level", "medium"}};
Json plan(const Json& more = Json::object()) {
  Json input = residuals;
  input.update({{"plan", "A copy at a second site"}, {"due", "2026-06-30"}});
  input.update(more);
  return input;
}
Json report() {
  Json input = residuals;
  input.update(
      {{"implementation", "Copy at Kiel since May"}, {"acceptance_reason", "Both sites at once are unlikely"}});
  return input;
}
const Json why{{"reason", "Other rooms"}};
const Json retain{{"acceptance_reason", "Costs more than the loss"}};

// Tables: a row each, however long.
// clang-format off
TEST_CASE("who may identify a risk") {
  try_new("risk", {
      {"the ISMS manager", &C::isms, "identify", identify, "-> identified"},
      {"a risk owner", &C::risk, "identify", identify, "-> identified"},
      {"a colleague", &C::colleague, "identify", identify, "not_permitted"},
      {"without a threat", &C::isms, "identify", [](Company& c) { Json input = identify(c); input.erase("threat"); return input; }, "invalid /threat"},
      {"with an unknown property", &C::isms, "identify", [](Company& c) { Json input = identify(c); input["properties"] = Json::array({"beauty"}); return input; }, "invalid /properties/0"},
      {"before the criteria are approved", &C::isms, "identify", [](Company& c) { Json input = identify(c); input["system"] = c.name(system_in(c, "draft")); return input; }, "unmet linked_all.open"},
      {"in the place of one", &C::isms, "identify", [](Company& c) { return in_place_of(c, risk_in(c, "accepted")); }, "-> identified"},
      {"in the place of a closed one", &C::isms, "identify", [](Company& c) { return in_place_of(c, risk_in(c, "closed")); }, "unmet linked_all.open"},
      {"in the place of one of another system", &C::isms, "identify", [](Company& c) { Json input = identify(c); input["previous"] = c.name(risk_in(c, "accepted")); return input; }, "unmet linked_among.elsewhere"},
  });
}

TEST_CASE("a risk is assessed on the scales, for an owner") {
  try_rows({
      {"assessed", "identified", &C::isms, "assess", assessment, "-> assessed"},
      {"assessed by its owner", "identified", &C::owner, "assess", assessment, "-> assessed"},
      {"assessed by a colleague", "identified", &C::colleague, "assess", assessment, "not_permitted"},
      {"assessed without an owner", "identified", &C::isms, "assess", assessment, "unmet seated.vacant", vacant("owner")},
      {"assessed beyond the scale", "identified", &C::isms, "assess", {{"likelihood", 6}, {"impact", 0}, {"level", "high"}, {"rationale", "x"}}, "invalid /impact /likelihood"},
      {"assessed without a rationale", "identified", &C::isms, "assess", {{"likelihood", 1}, {"impact", 1}, {"level", "low"}}, "invalid /rationale"},
      {"assessed lower than the scales say", "identified", &C::isms, "assess", rated(5, 5, "low"), "unmet rated.below"},
      {"assessed one level too low", "identified", &C::isms, "assess", rated(3, 4, "medium"), "unmet rated.below"},
      {"assessed higher than the scales say", "identified", &C::isms, "assess", rated(1, 4, "very_high"), "-> assessed"},
      {"assessed as low as the scales let it be", "identified", &C::isms, "assess", rated(1, 4, "low"), "-> assessed"},
      {"assessed again once accepted", "accepted", &C::isms, "assess", assessment, "-> assessed"},
      {"assessed again while it waits for the owner", "residual_proposed", &C::isms, "assess", assessment, "wrong_state"},
      {"owner changed", "assessed", &C::isms, "assign_owner", {{"owner", {"not a person"}}}, "invalid /owner/0"},
      {"closed by one", "accepted", &C::owner, "close", why, "second"},
      {"closed by two", "accepted", &C::owner, "close", why, "-> closed", {}, &C::isms},
      {"closed by one twice", "accepted", &C::owner, "close", why, "not_permitted", {}, &C::owner},
  }, risk_in);
}

TEST_CASE("a treatment that modifies needs controls, and none that is excluded") {
  try_rows({
      {"with a control", "assessed", &C::isms, "propose_modification", plan(), "-> treatment_proposed"},
      {"with a control that is not decided yet", "assessed", &C::isms, "propose_modification", plan(), "-> treatment_proposed", control_is("undecided")},
      {"with one of another system", "assessed", &C::isms, "propose_modification", plan(), "unmet linked_among.elsewhere", control_elsewhere},
      {"with too low a residual level", "assessed", &C::isms, "propose_modification", plan({{"residual_likelihood", 5}}), "unmet rated.below"},
      {"shared with a control of another system", "assessed", &C::isms, "propose_other", plan({{"treatment", "share"}}), "unmet linked_among.elsewhere", control_elsewhere},
      {"avoided with too low a residual level", "assessed", &C::isms, "propose_other", plan({{"treatment", "avoid"}, {"residual_impact", 5}, {"residual_level", "low"}}), "unmet rated.below"},
      {"reported with too low a residual level", "in_treatment", &C::verifier, "report_implemented", [] { Json input = report(); input["residual_likelihood"] = 5; return input; }(), "unmet rated.below"},
      {"with an excluded one", "assessed", &C::isms, "propose_modification", plan(), "unmet linked_none.present linked_some.none_in_state", control_is("excluded")},
      {"without a plan", "assessed", &C::isms, "propose_modification", residuals, "invalid /due /plan"},
      {"due yesterday", "assessed", &C::isms, "propose_modification", plan({{"due", "2026-03-01"}}), "unmet after.not_after"},
      {"with nobody to do it", "assessed", &C::isms, "propose_modification", plan(), "unmet seated.vacant", vacant("action_owner")},
      {"before the assessment", "identified", &C::isms, "propose_modification", plan(), "wrong_state"},
      {"shared", "assessed", &C::isms, "propose_other", plan({{"treatment", "share"}}), "-> treatment_proposed"},
      {"modified under another name", "assessed", &C::isms, "propose_other", plan({{"treatment", "modify"}}), "unmet is.other_value"},
      {"approved", "treatment_proposed", &C::owner, "approve_treatment", {}, "-> in_treatment"},
      {"approved by the ISMS manager", "treatment_proposed", &C::isms, "approve_treatment", {}, "not_permitted"},
      {"approved by another risk owner", "treatment_proposed", &C::risk, "approve_treatment", {}, "not_permitted"},
      {"approved by the owner who proposed it", "treatment_proposed", &C::owner, "approve_treatment", {}, "unmet actor_not_did.did", given(&C::owner, "propose_modification")},
      {"approved so by waiver", "treatment_proposed", &C::owner, "approve_treatment", {}, "-> in_treatment", in_turn(given(&C::owner, "propose_modification"), waived)},
      {"returned", "treatment_proposed", &C::owner, "return_to_assessed", why, "-> assessed"},
      {"moved by one", "in_treatment", &C::verifier, "replan", {{"due", "2026-09-30"}, {"reason", "No delivery"}}, "second"},
      {"moved with its owner", "in_treatment", &C::verifier, "replan", {{"due", "2026-09-30"}, {"reason", "No delivery"}}, "-> in_treatment", {}, &C::owner},
      {"implemented", "in_treatment", &C::verifier, "report_implemented", report(), "-> residual_proposed"},
      {"implemented, but its control is not", "in_treatment", &C::verifier, "report_implemented", report(), "unmet linked_none.present", implemented("partial")},
      {"waiver by two", "treatment_proposed", &C::isms, "allow_own_approval", {{"reason", "Nobody else"}, {"compensating_measure", "Reviewed in the management review"}}, "-> treatment_proposed", {}, &C::boss},
      {"waiver by an owner of top management", "treatment_proposed", &C::isms, "allow_own_approval", {{"reason", "x"}, {"compensating_measure", "y"}}, "unmet actor_not.second_holds_seat", sits("owner", &C::boss), &C::boss},
  }, risk_in);
  try_rows({
      {"without a control", "assessed", &C::isms, "propose_modification", plan(), "unmet linked_some.none_in_state"},
      {"avoided without a control", "assessed", &C::isms, "propose_other", plan({{"treatment", "avoid"}}), "-> treatment_proposed"},
      {"retained", "assessed", &C::isms, "propose_retention", retain, "-> residual_proposed"},
      {"retained without a reason", "assessed", &C::isms, "propose_retention", {}, "invalid /acceptance_reason"},
  }, bare_in);
}

TEST_CASE("residual risk is accepted by the owner, above the acceptance level with top management") {
  const Json above{{"acceptance_reason", "The contract ends in June"}};
  const Json seen{{"rationale", "Nothing has changed"}};
  try_rows({
      {"at the level", "residual_proposed", &C::owner, "accept", {}, "-> accepted"},
      {"below it", "residual_proposed", &C::owner, "accept", {}, "-> accepted", residual("low")},
      {"above it", "residual_proposed", &C::owner, "accept", {}, "unmet within.beyond", residual("high")},
      {"far above it", "residual_proposed", &C::owner, "accept", {}, "unmet within.beyond", residual("very_high")},
      {"above it with top management", "residual_proposed", &C::owner, "accept_above", above, "-> accepted", residual("high"), &C::boss},
      {"above it by one alone", "residual_proposed", &C::owner, "accept_above", above, "second", residual("high")},
      {"above it with the ISMS manager", "residual_proposed", &C::owner, "accept_above", above, "not_permitted", residual("high"), &C::isms},
      {"on a control that does not work", "residual_proposed", &C::owner, "accept", {}, "unmet is_not.excluded_value", control_failed},
      {"by the ISMS manager", "residual_proposed", &C::isms, "accept", {}, "not_permitted"},
      {"by the owner who reported it", "residual_proposed", &C::owner, "accept", {}, "unmet actor_not_did.did", given(&C::owner, "report_implemented")},
      {"by the owner who proposed to retain it", "residual_proposed", &C::owner, "accept", {}, "unmet actor_not_did.did", given(&C::owner, "propose_retention")},
      {"above it by the owner who proposed it", "residual_proposed", &C::owner, "accept_above", above, "unmet actor_not_did.did", given(&C::owner, "propose_retention"), &C::boss},
      {"confirmed after a review", "accepted", &C::owner, "confirm", seen, "-> accepted"},
      {"confirmed on a control that does not work", "accepted", &C::owner, "confirm", seen, "unmet is_not.excluded_value", control_failed},
      {"a control that does not work, noted by hand", "accepted", &C::owner, "note_control_failed", {}, "not_permitted"},
      {"confirmed above the level", "accepted", &C::owner, "confirm", seen, "unmet within.beyond", residual("high")},
      {"confirmed above the level with top management", "accepted", &C::owner, "confirm_above", seen, "-> accepted", residual("high"), &C::boss},
  }, risk_in);
}
// clang-format on

TEST_CASE("a retained risk keeps its assessed level as residual, and its acceptance is kept") {
  Company company;
  REQUIRE(answer(company.make(company.isms, "risk", "identify", identify(company))) == "-> identified");
  const RecordId id = company.last;
  take(company, id, {company.isms, "assign_owner", {{"owner", {company.name(company.owner)}}}, "identified"});
  take(company, id, {company.isms, "assess", assessment, "assessed"});
  take(company, id, {company.isms, "propose_retention", retain, "residual_proposed"});
  CHECK((*company.facts.at(id).body)["residual_level"] == "high");
  CHECK(answer(company.act(company.owner, id, "accept")) == "unmet within.beyond");
  REQUIRE(answer(company.act(Actor{company.owner, company.boss}, id, "accept_above", retain)) == "-> accepted");
  const Json& body = *company.facts.at(id).body;
  REQUIRE(body["acceptances"].size() == 1);
  CHECK(body["acceptances"][0]["second"] == company.name(company.boss));
  CHECK(to_text(company.facts.timers(id).at("review_due").day) == "2027-03-02");
  CHECK(tick(company, id, "note_review_overdue") == "-> accepted");
  CHECK(body["review_overdue"] == true);
}

TEST_CASE("a late treatment is flagged, and a risk that takes the place of another supersedes it") {
  Company company;
  const RecordId old = risk_in(company, "treatment_proposed");
  company.facts.at(old).body.edit()["due"] = "2026-03-05";
  take(company, old, {company.owner, "approve_treatment", {}, "in_treatment"});
  CHECK(to_text(company.facts.timers(old).at("treatment_due").day) == "2026-03-05");
  CHECK(tick(company, old, "note_overdue") == "-> in_treatment");
  CHECK((*company.facts.at(old).body)["overdue"] == true);
  Json input = identify(company);
  input["system"] = company.name(system_of(company, old));
  input["previous"] = company.name(old);
  REQUIRE(answer(company.make(company.isms, "risk", "identify", input)) == "-> identified");
  CHECK(company.state(old) == "superseded");
  CHECK(company.facts.timers(old).empty());
  CHECK(company.facts.linked(old, "successors") == std::vector{company.last});
}

}  // namespace
}  // namespace assay::test::risk_test
