// A technical review: by somebody competent from outside of the team (G1), of a package that stays as it is.
#include "workflows/certifier.h"

namespace assay::test::technical_review_test {
namespace {

using B = Certifier;

const std::vector<const char*> checks{"findings_sound",
                                      "nonconformities_settled",
                                      "internal_audit_effective",
                                      "management_review_effective",
                                      "risk_sites_audited",
                                      "scope_supported",
                                      "team_competent"};
Json concluded() {
  Json input{{"conclusion", "Ready"}};
  for (const char* name : checks) input[name] = true;
  return input;
}
RecordId review(Certifier& body, const std::string& state) {
  body.decision_in("technical_review");
  body.facts.at(body.review).state = state;
  return body.review;
}
auto seated(PersonId B::* who, const char* seat) {
  return [=](Certifier& body, RecordId) {
    body.facts.take_seats(body.audit, seat, {body.*who});
    body.freeze();
  };
}
auto interested(PersonId B::* who, const char* relation) {
  return [=](Certifier& body, RecordId) { body.interest(body.*who, relation); };
}
auto finding(const char* grade, const char* state) {
  return [=](Certifier& body, RecordId) {
    body.nonconformity(grade, state);
    body.freeze();
  };
}
Json to(PersonId who) { return {{"technical_reviewer", {uuid_of(who)}}}; }

// Tables: a row each, however long.
// clang-format off
TEST_CASE("who reviews was not in the team, is competent and has no interest") {
  const Certifier people;
  for (const auto& [state, command, input, to_state] :
       {std::tuple{"awaiting_reviewer", "begin", Json(), "-> in_review"}, {"in_review", "conclude", concluded(), "-> ready"},
        {"in_review", "return", Json{{"questions", "Which sites?"}}, "-> returned"}, {"in_review", "conclude_adverse", Json{{"conclusion", "No"}}, "-> adverse"}}) {
    try_cases({
        {"a reviewer", state, &B::technical, command, input, to_state},
        {"a decision maker", state, &B::decider, command, input, "not_permitted"},
        {"the lead auditor of it", state, &B::technical, command, input, "unmet actor_not.holds_seat", seated(&B::technical, "lead_auditor")},
        {"who was auditor of it and has left", state, &B::technical, command, input, "unmet actor_not.held_seat",
         [](Certifier& body, RecordId) {
           body.facts.take_seats(body.audit, "auditor", {body.technical});
           body.facts.take_seats(body.audit, "auditor", {body.auditor});
           body.freeze();
         }},
        {"its technical expert", state, &B::technical, command, input, "unmet actor_not.holds_seat", seated(&B::technical, "technical_expert")},
        {"the client's consultant", state, &B::technical, command, input, "unmet none_registered.actor_present", interested(&B::technical, "consultancy")},
        {"a reviewer of another scheme", state, &B::technical, command, input, "unmet each_registered.actor_none",
         [](Certifier& body, RecordId) { body.facts.at(body.decision).body.edit()["scheme"] = "iec_62443"; }},
    }, review);
  }
  try_cases({
      {"assigned", "awaiting_reviewer", &B::manager, "assign", to(people.technical2), "-> awaiting_reviewer"},
      {"assigned to the lead auditor", "awaiting_reviewer", &B::manager, "assign", to(people.lead), "unmet each_registered.none people_differ.overlap"},
      {"assigned by a reviewer", "awaiting_reviewer", &B::technical, "assign", to(people.technical2), "not_permitted"},
  }, review);
}

TEST_CASE("a positive conclusion needs every check and settled findings") {
  try_cases({
      {"with an open major", "in_review", &B::technical, "conclude", concluded(), "unmet linked_all.open", finding("major", "verifying")},
      {"with a minor without a plan", "in_review", &B::technical, "conclude", concluded(), "unmet linked_all.open", finding("minor", "issued")},
      {"with a planned minor", "in_review", &B::technical, "conclude", concluded(), "-> ready", finding("minor", "plan_accepted")},
      {"adverse with an open major", "in_review", &B::technical, "conclude_adverse", {{"conclusion", "Not ready"}}, "-> adverse", finding("major", "issued")},
      {"of a package that has changed", "in_review", &B::technical, "conclude", concluded(), "unmet dossier_unchanged.added", [](Certifier& body, RecordId) { body.nonconformity("minor", "closed"); }},
  }, review);
  for (const char* name : checks) {
    INFO(name);
    Json input = concluded();
    input[name] = false;
    try_cases({{"with a check that failed", "in_review", &B::technical, "conclude", input, std::string("invalid /") + name}}, review);
  }
}

TEST_CASE("a decision that is notified closes its review, a reopened one replaces it") {
  Certifier body;
  const RecordId decision = body.decision_in("ready");
  steps(body, {body.decider}, decision, "reopen", {{"reason", "A report is missing"}}, "awaiting_package");
  CHECK(body.state(body.review) == "superseded");
}

}  // namespace
}  // namespace assay::test::technical_review_test
