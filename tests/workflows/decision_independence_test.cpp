// Nobody reviews or decides on their own work, whichever way the decision came about: packages with their stage 1,
// cases that a timer opened, and whoever verified a nonconformity.
#include "workflows/certifier.h"

namespace assay::test::decision_independence_test {
namespace {

using B = Certifier;

const Json why{{"decision_reason", "The major is late"}};
const Json from_today{{"decision_reason", "All is met"}, {"effective_on", "2026-03-02"}};

RecordId initial(Certifier& body, const std::string& state) { return body.decision_in(state); }

/// A case that no audit is named for, as the effects of timers open it, and its review.
RecordId bare_case(Certifier& body, const std::string& state, const char* kind, const char* certified) {
  const RecordId named = body.decision_in(state, kind, certified);
  body.decision = body.facts.add("certification-decision", state, *body.facts.at(named).body,
                                 {{"programme", body.programme}, {"certification", body.certification}});
  body.review = body.facts.add("technical-review", "ready", {{"title", "Case"}}, {{"decision", body.decision}},
                               {{"technical_reviewer", {body.technical}}});
  body.freeze();
  return body.decision;
}
auto bare(const char* kind, const char* certified) {
  return [=](Certifier& body, const std::string& state) { return bare_case(body, state, kind, certified); };
}

void seat_in_the_audit(Certifier& body, RecordId) { body.facts.take_seats(body.audit, "auditor", {body.decider}); }

/// The decider has verified a finding of the audit, and left that seat again.
void has_verified(Certifier& body, RecordId) {
  const RecordId finding = body.nonconformity("minor", "closed");
  body.facts.take_seats(finding, "verifier", {body.decider});
  body.facts.take_seats(finding, "verifier", {body.decider2});
  body.freeze();
}

/// The reviewer has, too.
void reviewer_has_verified(Certifier& body, RecordId) {
  body.facts.take_seats(body.nonconformity("minor", "closed"), "verifier", {body.technical});
  body.freeze();
}

// Tables: a row each, however long.
// clang-format off
TEST_CASE("who was in a team of the client's audits takes no adverse decision, though the case names none") {
  try_cases({
      {"suspended", "ready", &B::decider, "suspend", why, "-> decided"},
      {"suspended by an auditor", "ready", &B::decider, "suspend", why, "unmet actor_not.holds_seat", seat_in_the_audit},
      {"suspended by who verified", "ready", &B::decider, "suspend", why, "unmet actor_not.held_seat", has_verified},
      {"withdrawn by an auditor", "ready", &B::decider, "withdraw", why, "unmet actor_not.holds_seat", seat_in_the_audit},
      {"reduced by an auditor", "ready", &B::decider, "reduce", why,
       "unmet actor_not.holds_seat", seat_in_the_audit},
  }, bare("suspension_case", "active"));
  try_cases({
      {"restored", "ready", &B::decider, "restore", why, "-> decided"},
      {"restored by an auditor", "ready", &B::decider, "restore", why, "unmet actor_not.holds_seat", seat_in_the_audit},
      {"withdrawn by an auditor", "ready", &B::decider, "withdraw", why, "unmet actor_not.holds_seat", seat_in_the_audit},
  }, bare("restoration", "suspended"));
}

TEST_CASE("who verified a nonconformity of the audit does not decide on it") {
  try_cases({
      {"granted", "ready", &B::decider, "grant", from_today, "unmet actor_not.held_seat", has_verified},
      {"refused", "ready", &B::decider, "refuse", why, "unmet actor_not.held_seat", has_verified},
      {"granted by somebody else", "ready", &B::decider2, "grant", from_today, "unmet actor_not.holds_seat", has_verified},
  }, initial);
  const auto in_review = [](Certifier& body, const std::string& state) {
    body.decision_in("technical_review");
    body.facts.at(body.review).state = state;
    return body.review;
  };
  try_cases({
      {"begun", "awaiting_reviewer", &B::technical, "begin", Json::object(), "-> in_review"},
      {"begun by who verified", "awaiting_reviewer", &B::technical, "begin", Json::object(), "unmet actor_not.holds_seat", reviewer_has_verified},
      {"adverse by who verified", "in_review", &B::technical, "conclude_adverse", {{"conclusion", "Not ready"}}, "unmet actor_not.holds_seat", reviewer_has_verified},
  }, in_review);
}

TEST_CASE("who was in the follow-up that checked a nonconformity neither reviews nor decides") {
  const auto followed_up = [](const char* seat, PersonId B::* who, const char* state) {
    return [=](Certifier& body, RecordId) {
      const RecordId follow_up = body.audit_of("follow_up", state);
      body.facts.take_seats(follow_up, seat, {body.*who});
      body.facts.link(body.nonconformity("minor", "closed"), "checked_in", follow_up);
      body.freeze();
    };
  };
  try_cases({
      {"granted by an auditor of it", "ready", &B::decider, "grant", from_today, "unmet actor_not.holds_seat", followed_up("auditor", &B::decider, "complete")},
      {"by an expert while it goes on", "ready", &B::decider, "grant", from_today, "unmet actor_not.holds_seat", followed_up("technical_expert", &B::decider, "fieldwork")},
      {"by who is planned for one", "ready", &B::decider, "grant", from_today, "-> decided", followed_up("auditor", &B::decider, "planned")},
      {"by somebody else", "ready", &B::decider2, "grant", from_today, "-> decided", followed_up("auditor", &B::decider, "complete")},
  }, initial);
  try_cases({
      {"begun by an auditor of it", "awaiting_reviewer", &B::technical, "begin", Json::object(), "unmet actor_not.holds_seat", followed_up("auditor_in_training", &B::technical, "report_issued")},
      {"by who is planned for one", "awaiting_reviewer", &B::technical, "begin", Json::object(), "-> in_review", followed_up("auditor", &B::technical, "team_confirmed")},
  }, [](Certifier& body, const std::string& state) {
    body.decision_in("technical_review");
    body.facts.at(body.review).state = state;
    return body.review;
  });
}

TEST_CASE("a package has the stage 1 of its stage 2, so that whoever led it neither reviews nor decides") {
  const auto with_stage1 = [](Certifier& body, RecordId) {
    const RecordId stage1 = body.audit_of("stage1");
    body.facts.link(body.audit, "stage1", stage1);
  };
  const auto both = [=](Certifier& body, RecordId decision) {
    with_stage1(body, decision);
    const RecordId stage1 = body.facts.linked(body.audit, "stage1").at(0);
    body.facts.take_seats(stage1, "lead_auditor", {body.decider});
    body.facts.link(decision, "audits", stage1);
    body.freeze();
  };
  try_cases({
      {"without a stage 1", "awaiting_package", &B::planner, "submit_package",
       {{"nonconformity_comments", "None"}, {"application_confirmed", true}, {"objectives_confirmed", true}, {"recommendation", "recommend"}}, "-> technical_review"},
      {"its stage 1 is left out", "awaiting_package", &B::planner, "submit_package",
       {{"nonconformity_comments", "None"}, {"application_confirmed", true}, {"objectives_confirmed", true}, {"recommendation", "recommend"}},
       "unmet linked_among.elsewhere", with_stage1},
      {"both", "awaiting_package", &B::planner, "submit_package",
       {{"nonconformity_comments", "None"}, {"application_confirmed", true}, {"objectives_confirmed", true}, {"recommendation", "recommend"}}, "-> technical_review", both},
      {"granted by who led stage 1", "ready", &B::decider, "grant", from_today, "unmet actor_not.holds_seat", both},
      {"granted by somebody else", "ready", &B::decider2, "grant", from_today, "-> decided", both},
  }, initial);
}

TEST_CASE("a case names the audits that it is about, unless the client has none here") {
  const Json reason{{"case_reason", "A major is late"}};
  try_cases({
      {"none named", "awaiting_package", &B::manager, "submit_case", reason, "unmet linked_some.none"},
      {"none named, though there is one", "awaiting_package", &B::manager, "submit_case_without_audit", reason, "unmet linked_none.present"},
  }, bare("suspension_case", "active"));
  try_cases({
      {"none named, and there is none", "awaiting_package", &B::manager, "submit_case_without_audit", reason, "-> technical_review"},
  }, [](Certifier& body, const std::string& state) {
    body.programme = body.facts.add("certification-programme", "running", *body.facts.at(body.programme).body, {{"client", body.client}});
    return bare_case(body, state, "suspension_case", "active");
  });
  try_cases({
      {"the audit is named", "awaiting_package", &B::manager, "submit_case", reason, "-> technical_review"},
  }, [](Certifier& body, const std::string& state) { return body.decision_in(state, "suspension_case", "active"); });
}

TEST_CASE("majors and minors of every audit of the programme count, whichever audit the package names") {
  const auto of_another = [](const char* grade, const char* state) {
    return [=](Certifier& body, RecordId) {
      body.facts.add("client-nonconformity", state, {{"title", "Gap"}, {"grade", grade}}, {{"audit", body.audit_of("follow_up")}});
      body.freeze();
    };
  };
  try_cases({
      {"a minor without an accepted plan", "ready", &B::decider, "grant", from_today, "unmet linked_all.open", of_another("minor", "issued")},
      {"a minor with an accepted plan", "ready", &B::decider, "grant", from_today, "-> decided", of_another("minor", "plan_accepted")},
  }, initial);
  try_cases({
      {"reduced and so restored", "ready", &B::decider, "reduce", why, "-> decided", of_another("major", "verified")},
      {"reduced and so restored with an open major", "ready", &B::decider, "reduce", why, "unmet linked_all.open", of_another("major", "verifying")},
  }, [](Certifier& body, const std::string& state) { return body.decision_in(state, "withdrawal_case", "suspended"); });
}

TEST_CASE("what is certified after an expansion was certified before or audited since") {
  const Json wider{{"sites", {"Hamburg", "Kiel", "Bremen"}}, {"added_sites", {"Bremen"}}};
  const auto audited = [wider](const char* purpose, const char* last_day) {
    return [=](Certifier& body, RecordId id) {
      asks_for(wider)(body, id);
      const RecordId other = body.audit_of(purpose);
      body.facts.at(other).body.edit().update({{"sites", {"Bremen"}}, {"last_audit_day", last_day}});
      body.facts.link(id, "audits", other);
      body.freeze();
    };
  };
  try_cases({
      {"by nothing", "ready", &B::decider, "expand", why, "-> decided"},
      {"of what is not said", "ready", &B::decider, "expand", why, "unmet filled.empty", asks_for({{"scope", ""}})},
      {"by a site that nobody says was added", "ready", &B::decider, "expand", why, "unmet within.beyond", asks_for({{"sites", {"Hamburg", "Kiel", "Bremen"}}})},
      {"by a site that was added and not audited", "ready", &B::decider, "expand", why, "unmet says.not_covered", asks_for(wider)},
      {"by a site that was audited for it", "ready", &B::decider, "expand", why, "-> decided", audited("scope_change", "2026-02-13")},
      {"by a site that was audited for something else", "ready", &B::decider, "expand", why, "unmet says.not_covered", audited("surveillance", "2026-02-13")},
      {"by a site that was audited a year ago", "ready", &B::decider, "expand", why, "-> decided", audited("scope_change", "2025-03-02")},
      {"by a site that was audited longer ago", "ready", &B::decider, "expand", why, "unmet says.not_covered", audited("scope_change", "2025-03-01")},
      {"by an area that nobody says was added", "ready", &B::decider2, "expand", why, "unmet each_registered.actor_none registered.none within.beyond", asks_for({{"areas", {"software", "ports"}}})},
  }, [](Certifier& body, const std::string& state) {
    body.audit = body.audit_of("scope_change");
    return body.decision_in(state, "scope_change", "active");
  });
}

TEST_CASE("an expired certification comes back by a recertification or a stage 2") {
  const auto purpose = [](const char* what) {
    return [=](Certifier& body, RecordId) {
      body.facts.at(body.audit).body.edit()["purpose"] = what;
      body.freeze();
    };
  };
  try_cases({
      {"a recertification", "ready", &B::decider, "restore_expired", from_today, "-> decided", purpose("recertification")},
      {"a stage 2", "ready", &B::decider, "restore_expired", from_today, "-> decided", purpose("stage2")},
      {"a surveillance", "ready", &B::decider, "restore_expired", from_today, "unmet linked_some.none_in_state", purpose("surveillance")},
  }, [](Certifier& body, const std::string& state) { return body.decision_in(state, "restoration", "expired"); });
}
// clang-format on

}  // namespace
}  // namespace assay::test::decision_independence_test
