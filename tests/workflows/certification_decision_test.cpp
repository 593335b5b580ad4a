// Who may decide on a certification, on what, and what follows from it: G1 to G6 and the conditions of a grant.
#include "domain/certificate_dates.h"
#include "workflows/certifier.h"

namespace assay::test::certification_decision_test {
namespace {

using B = Certifier;

const Json why{{"decision_reason", "All conditions are met"}};
Json with(Json more) {
  Json all = why;
  all.update(more);
  return all;
}
const Json from_today = with({{"effective_on", "2026-03-02"}});

RecordId initial(Certifier& body, const std::string& state) { return body.decision_in(state); }
auto about(const char* kind, const char* certified) {
  return [=](Certifier& body, const std::string& state) { return body.decision_in(state, kind, certified); };
}
RecordId recertification(Certifier& body, const std::string& state) {
  body.audit = body.audit_of("recertification");
  return body.decision_in(state, "recertification", "active");
}
/// Changes the world and freezes the dossier anew, so that an answer is about the change alone.
auto given(const std::function<void(Certifier&)>& change) {
  return [change](Certifier& body, RecordId) {
    change(body);
    body.freeze();
  };
}
auto finding(const char* grade, const char* state) {
  return given([=](Certifier& body) { body.nonconformity(grade, state); });
}
auto to_be_closed(const char* state) {
  return given([=](Certifier& body) {
    body.facts.at(body.nonconformity("minor", state)).body.edit()["close_before_certificate"] = true;
  });
}
auto interested(PersonId B::* who, const char* relation, const char* until = "") {
  return [=](Certifier& body, RecordId) { body.interest(body.*who, relation, until); };
}
auto of_the_body(const char* relation) {
  return [=](Certifier& body, RecordId) {
    body.facts.add("interest-declaration", "assessed", {{"title", "x"}, {"relation", relation}},
                   {{"client", body.client}});
  };
}
auto field(const char* name, Json value) {
  return [=](Certifier& body, RecordId id) { body.facts.at(id).body.edit()[name] = value; };
}
auto certified_until(const char* day) {
  return [=](Certifier& body, RecordId) { body.facts.at(body.certification).body.edit()["expires_on"] = day; };
}
auto seated(PersonId B::* who, const char* seat) {
  return given([=](Certifier& body) { body.facts.take_seats(body.audit, seat, {body.*who}); });
}
auto has_left(PersonId B::* who, const char* seat) {
  return given([=](Certifier& body) {
    const auto holders = body.facts.seat(body.audit, seat);
    body.facts.take_seats(body.audit, seat, {body.*who});
    body.facts.take_seats(body.audit, seat, holders);
  });
}
/// Members of the committee and what they voted: {who, on what, how, when}.
struct Ballot {
  PersonId B::* member;
  const char *on, *vote, *at = "2026-03-02T08:00:00Z";
};
auto committee(std::vector<PersonId B::*> members, std::vector<Ballot> ballots) {
  return [=](Certifier& body, RecordId id) {
    std::vector<PersonId> seated;
    for (const auto member : members) seated.push_back(body.*member);
    body.facts.take_seats(id, "committee_member", seated);
    Json votes = Json::array();
    for (const Ballot& one : ballots)
      votes.push_back({{"by", body.name(body.*one.member)}, {"vote_on", one.on}, {"vote", one.vote}, {"at", one.at}});
    Json& now = body.facts.at(id).body.edit();
    now["votes"] = votes;
    now.at("dossier")["at"] = "2026-03-01T12:00:00Z";
  };
}
auto competence(const char* name, Json value) {
  return [=](Certifier& body, RecordId) {
    for (const RecordId id : body.facts.registered("competence", "person", body.name(body.decider), MemoryFacts::home))
      body.facts.at(id).body.edit()[name] = value;
  };
}

// Tables: a row each, however long.
// clang-format off
TEST_CASE("who decides is competent, independent of the audit and without an interest") {
  try_cases({
      {"a decision maker", "ready", &B::decider, "grant", from_today, "-> decided"},
      {"the certification manager", "ready", &B::manager, "grant", from_today, "not_permitted"},
      {"the technical reviewer", "ready", &B::technical, "grant", from_today, "not_permitted"},
      {"the client", "ready", &B::customer, "grant", from_today, "not_permitted"},
      {"before the review", "technical_review", &B::decider, "grant", from_today, "wrong_state"},
      {"without a reason", "ready", &B::decider, "grant", {{"effective_on", "2026-03-02"}}, "invalid /decision_reason"},
      {"the lead auditor", "ready", &B::decider, "grant", from_today, "unmet actor_not.holds_seat", seated(&B::decider, "lead_auditor")},
      {"an auditor", "ready", &B::decider, "grant", from_today, "unmet actor_not.holds_seat", seated(&B::decider, "auditor")},
      {"an auditor in training", "ready", &B::decider, "grant", from_today, "unmet actor_not.holds_seat", seated(&B::decider, "auditor_in_training")},
      {"the technical expert", "ready", &B::decider, "grant", from_today, "unmet actor_not.holds_seat", seated(&B::decider, "technical_expert")},
      {"the evaluator of an auditor", "ready", &B::decider, "grant", from_today, "unmet actor_not.holds_seat", seated(&B::decider, "evaluator")},
      {"an observer", "ready", &B::decider, "grant", from_today, "-> decided", seated(&B::decider, "observer")},
      {"who was an auditor and has left the team", "ready", &B::decider, "grant", from_today, "unmet actor_not.held_seat", has_left(&B::decider, "auditor")},
      {"who led it at first", "ready", &B::decider, "refuse", why, "unmet actor_not.held_seat", has_left(&B::decider, "lead_auditor")},
      {"competence of another function", "ready", &B::decider, "grant", from_today, "unmet each_registered.actor_none", competence("function", "technical_reviewer")},
      {"competence of another scheme", "ready", &B::decider, "grant", from_today, "unmet each_registered.actor_none", competence("scheme", "iec_62443")},
      {"competence of another area", "ready", &B::decider, "grant", from_today, "unmet each_registered.actor_none", competence("areas", {"ports"})},
      {"competence of wider areas", "ready", &B::decider, "grant", from_today, "-> decided", competence("areas", {"ports", "software"})},
      {"competence until today", "ready", &B::decider, "grant", from_today, "-> decided", competence("valid_until", "2026-03-02")},
      {"competence until yesterday", "ready", &B::decider, "grant", from_today, "unmet each_registered.actor_none", competence("valid_until", "2026-03-01")},
      {"somebody of an outsourced organisation", "ready", &B::decider, "grant", from_today, "unmet each_registered.actor_none", competence("engagement", "outsourced")},
      {"somebody under a contract", "ready", &B::decider, "grant", from_today, "-> decided", competence("engagement", "contracted")},
      {"a consultant of the client", "ready", &B::decider, "grant", from_today, "unmet none_registered.actor_present", interested(&B::decider, "consultancy")},
      {"a consultant on the last day of the exclusion", "ready", &B::decider, "grant", from_today, "unmet none_registered.actor_present", interested(&B::decider, "consultancy", "2024-03-02")},
      {"a consultant whose exclusion is over", "ready", &B::decider, "grant", from_today, "-> decided", interested(&B::decider, "consultancy", "2024-03-01")},
      {"a former employee of the client", "ready", &B::decider, "grant", from_today, "unmet none_registered.actor_present", interested(&B::decider, "employment", "2025-01-31")},
      {"its internal auditor", "ready", &B::decider, "grant", from_today, "unmet none_registered.actor_present", interested(&B::decider, "internal_audit", "2024-06-30")},
      {"a relative", "ready", &B::decider, "grant", from_today, "unmet none_registered.actor_present", interested(&B::decider, "family")},
      {"a shareholder until last year", "ready", &B::decider, "grant", from_today, "-> decided", interested(&B::decider, "financial", "2025-12-31")},
      {"a colleague was the consultant", "ready", &B::decider, "grant", from_today, "-> decided", interested(&B::decider2, "consultancy")},
      {"a related organisation gave consultancy", "ready", &B::decider, "grant", from_today, "unmet linked_none.present", of_the_body("related_consultancy")},
      {"the body did the internal audits", "ready", &B::decider, "grant", from_today, "unmet linked_none.present", of_the_body("body_internal_audit")},
      {"an unacceptable risk to impartiality", "ready", &B::decider, "grant", from_today, "unmet linked_none.present",
       [](Certifier& body, RecordId) { body.facts.add("impartiality-risk", "unacceptable", Json::object(), {{"client", body.client}}); }},
  }, initial);
}

TEST_CASE("a certification is granted only when everything is settled") {
  const auto running = [](bool certified) {
    return [=](Certifier& body, RecordId) {
      body.facts.at(body.programme).state = "running";
      body.facts.at(body.programme).body.edit()["in_cycle"] = certified;
    };
  };
  const auto concern = [](const char* state) {
    return given([=](Certifier& body) { body.facts.add("area-of-concern", state, {{"title", "No risks"}}, {{"audit", body.audit}}); });
  };
  try_cases({
      {"with an open major", "ready", &B::decider, "grant", from_today, "unmet linked_all.open", finding("major", "plan_accepted")},
      {"with a major that is being verified", "ready", &B::decider, "grant", from_today, "unmet linked_all.open", finding("major", "verifying")},
      {"with a verified major", "ready", &B::decider, "grant", from_today, "-> decided", finding("major", "verified")},
      {"with a withdrawn major", "ready", &B::decider, "grant", from_today, "-> decided", finding("major", "withdrawn")},
      {"with a minor without a plan", "ready", &B::decider, "grant", from_today, "unmet linked_all.open", finding("minor", "response_submitted")},
      {"with a minor whose plan is accepted", "ready", &B::decider, "grant", from_today, "-> decided", finding("minor", "plan_accepted")},
      {"with a closed minor", "ready", &B::decider, "grant", from_today, "-> decided", finding("minor", "closed")},
      {"with a minor whose plan is accepted where all are to be closed", "ready", &B::decider, "grant", from_today, "unmet linked_all.open", to_be_closed("carried_to_next_audit")},
      {"with a closed minor where all are to be closed", "ready", &B::decider, "grant", from_today, "-> decided", to_be_closed("closed")},
      {"with an open major of another audit", "ready", &B::decider, "grant", from_today, "unmet linked_all.open",
       given([](Certifier& body) { body.facts.add("client-nonconformity", "issued", {{"grade", "major"}}, {{"audit", body.audit_of("stage1")}}); })},
      {"with a major verified too late", "ready", &B::decider, "grant", from_today, "unmet linked_none.present",
       given([](Certifier& body) { body.facts.at(body.nonconformity("major", "verified")).body.edit()["too_late"] = true; })},
      {"without a stage 2", "ready", &B::decider, "grant", from_today, "unmet linked_some.none_in_state sites_audited.not_audited",
       given([](Certifier& body) { body.facts.at(body.audit).body.edit()["purpose"] = "stage1"; })},
      {"while the audit has no report", "ready", &B::decider, "grant", from_today, "unmet linked_all.open linked_some.none_in_state",
       given([](Certifier& body) { body.facts.at(body.audit).state = "report_draft"; })},
      {"for a site that was not audited", "ready", &B::decider, "grant", from_today, "unmet sites_audited.not_audited", field("sites", {"Hamburg", "Bremen"})},
      {"for an area that was not audited", "ready", &B::decider, "grant", from_today, "unmet each_registered.actor_none registered.none within.beyond", field("areas", {"software", "ports"})},
      {"after an adverse review", "ready", &B::decider, "grant", from_today, "unmet linked_some.none_in_state", [](Certifier& body, RecordId) { body.facts.at(body.review).state = "adverse"; }},
      {"with an accreditation that ended", "ready", &B::decider, "grant", from_today, "unmet registered.none", [](Certifier& body, RecordId) { body.facts.at(body.accreditation).body.edit()["valid_until"] = "2026-03-01"; }},
      {"with a suspended accreditation", "ready", &B::decider, "grant", from_today, "unmet registered.none", [](Certifier& body, RecordId) { body.facts.at(body.accreditation).state = "suspended"; }},
      {"effective before the decision", "ready", &B::decider, "grant", with({{"effective_on", "2026-03-01"}}), "unmet not_before.before"},
      {"effective next month", "ready", &B::decider, "grant", with({{"effective_on", "2026-04-01"}}), "-> decided"},
      {"after the audit changed", "ready", &B::decider, "grant", from_today, "unmet dossier_unchanged.changed", [](Certifier& body, RecordId) { body.facts.at(body.audit).body.edit()["conclusions"] = "other"; }},
      {"in a cycle whose certification has ended", "ready", &B::decider, "grant", from_today, "unmet linked_none.present", running(false)},
      {"beside another certification of the programme", "ready", &B::decider, "grant", from_today, "-> decided", running(true)},
      {"with an area of concern that nobody has settled", "ready", &B::decider, "grant", from_today, "unmet linked_all.open", concern("responded")},
      {"with one that stage 2 confirmed", "ready", &B::decider, "grant", from_today, "-> decided", concern("confirmed")},
      {"after a finding came", "ready", &B::decider, "grant", from_today, "unmet dossier_unchanged.added", [](Certifier& body, RecordId) { body.nonconformity("minor", "closed"); }},
      {"a second time", "decided", &B::decider, "grant", from_today, "unmet is_not.excluded_value", field("outcome", "grant")},
      {"after a refusal", "decided", &B::decider, "grant", from_today, "unmet is_not.excluded_value", field("outcome", "refuse")},
      {"refused", "ready", &B::decider, "refuse", why, "-> decided", finding("major", "issued")},
      {"refused by an auditor", "ready", &B::decider, "refuse", why, "unmet actor_not.holds_seat", seated(&B::decider, "auditor")},
      {"suspended though it is pending", "ready", &B::decider, "suspend", why, "unmet linked_some.none_in_state"},
  }, initial);
  try_cases({
      {"granted though it is active", "ready", &B::decider, "grant", from_today, "unmet is.other_value linked_some.none_in_state sites_audited.not_audited"},
      {"renewed", "ready", &B::decider, "renew", from_today, "-> decided"},
      {"renewed with an open major", "ready", &B::decider, "renew", from_today, "unmet linked_all.open", finding("major", "issued")},
      {"renewed after another certification of the programme", "ready", &B::decider, "renew", from_today, "-> decided", given([](Certifier& body) { body.facts.at(body.programme).body.edit()["cycle_from"] = "2026-03-02"; })},
      {"renewed by a recertification of an earlier cycle", "ready", &B::decider, "renew", from_today, "unmet sites_audited.not_audited", given([](Certifier& body) { body.facts.at(body.audit).body.edit()["last_audit_day"] = "2025-03-01"; })},
      {"renewed after maintaining", "decided", &B::decider, "renew", from_today, "unmet is_not.excluded_value", field("outcome", "maintain")},
      {"renewed after expiry", "ready", &B::decider, "renew", from_today, "unmet not_after.too_late",
       certified_until("2026-03-01")},
      {"renewed on the last day", "ready", &B::decider, "renew", from_today, "-> decided",
       certified_until("2026-03-02")},
      {"renewed a day before the window", "ready", &B::decider, "renew", from_today, "unmet not_before.too_early", certified_until("2026-09-03")},
      {"renewed on its first day", "ready", &B::decider, "renew", from_today, "-> decided", certified_until("2026-09-02")},
      {"renewed without a recertification audit", "ready", &B::decider, "renew", from_today, "unmet linked_some.none_in_state sites_audited.not_audited",
       given([](Certifier& body) { body.facts.at(body.audit).body.edit()["purpose"] = "surveillance"; })},
  }, recertification);
}

TEST_CASE("an active certification is maintained, changed, suspended and withdrawn by decisions") {
  const auto visited = [](Certifier& body, const std::string& state) {
    body.audit = body.audit_of("surveillance");
    body.facts.at(body.audit).body.edit()["further_purposes"] = {"scope_change", "transition"};
    return body.decision_in(state, "surveillance", "active");
  };
  try_cases({
      {"maintained", "ready", &B::decider, "maintain", why, "-> decided"},
      {"maintained with an open major", "ready", &B::decider, "maintain", why, "unmet linked_all.open", finding("major", "issued")},
      {"expanded after maintaining", "decided", &B::decider, "expand", why, "-> decided", field("outcome", "maintain")},
      {"expanded by a site that was not audited", "ready", &B::decider, "expand", why, "unmet says.not_covered", asks_for({{"added_sites", {"Bremen"}}})},
      {"reduced", "ready", &B::decider, "reduce", why, "-> decided", finding("major", "issued")},
      {"reduced to what was never certified", "ready", &B::decider, "reduce", why, "unmet within.beyond", asks_for({{"sites", {"Bremen"}}})},
      {"suspended with an open major", "ready", &B::decider, "suspend", why, "-> decided", finding("major", "issued")},
      {"withdrawn", "ready", &B::decider, "withdraw", why, "-> decided"},
      {"restored though it is active", "ready", &B::decider, "restore", why, "unmet linked_some.none_in_state"},
      {"moved to the new edition", "ready", &B::decider, "change_edition", why, "-> decided", asks_for({{"standard", "ISO/IEC 27001:2028"}})},
      {"a scope of the decision maker's own", "ready", &B::decider, "expand", with({{"scope", "Everything"}}), "invalid /scope"},
      {"nor less of it", "ready", &B::decider, "reduce", with({{"sites", {"Kiel"}}}), "invalid /sites"},
      {"nor another edition", "ready", &B::decider, "change_edition", with({{"standard", "ISO/IEC 27001:2028"}}), "invalid /standard"},
      {"by an auditor", "ready", &B::decider, "withdraw", why, "unmet actor_not.holds_seat", seated(&B::decider, "lead_auditor")},
  }, visited);
  try_cases({
      {"restored", "ready", &B::decider, "restore", why, "-> decided"},
      {"restored with an open major", "ready", &B::decider, "restore", why, "unmet linked_all.open", finding("major", "evidence_submitted")},
      {"restored after an adverse review", "ready", &B::decider, "restore", why, "unmet linked_some.none_in_state", [](Certifier& body, RecordId) { body.facts.at(body.review).state = "adverse"; }},
      {"withdrawn after an adverse review", "ready", &B::decider, "withdraw", why, "-> decided", [](Certifier& body, RecordId) { body.facts.at(body.review).state = "adverse"; }},
      {"reduced", "ready", &B::decider, "reduce", why, "-> decided"},
  }, about("restoration", "suspended"));
  const auto expired_on = [](const char* day) {
    return [day](Certifier& body, RecordId) { body.facts.at(body.certification).body.edit().update({{"expires_on", day}, {"expired_on", day}}); };
  };
  try_cases({
      {"restored on the last day of six months", "ready", &B::decider, "restore_expired", from_today, "-> decided", expired_on("2025-09-02")},
      {"restored a day later", "ready", &B::decider, "restore_expired", from_today, "unmet not_after.too_late", expired_on("2025-09-01")},
      {"renewed", "ready", &B::decider, "renew", from_today, "unmet is.other_value linked_some.none_in_state not_after.too_late sites_audited.not_audited"},
  }, about("restoration", "expired"));
}

TEST_CASE("a surveillance may rest on the conclusion of the lead auditor while nothing speaks against it") {
  const auto beside = [](Json recommendation) {
    return [=](Certifier& body, RecordId id) {
      const RecordId other = body.audit_of("short_notice");
      body.facts.at(other).body.edit()["recommendation"] = recommendation;
      body.facts.link(id, "audits", other);
    };
  };
  try_cases({
      {"positive", "awaiting_package", &B::manager, "maintain_on_conclusion", why, "-> decided"},
      {"by a decision maker", "awaiting_package", &B::decider, "maintain_on_conclusion", why, "not_permitted"},
      {"with a minor", "awaiting_package", &B::manager, "maintain_on_conclusion", why, "-> decided", finding("minor", "plan_accepted")},
      {"with a major, even verified", "awaiting_package", &B::manager, "maintain_on_conclusion", why, "unmet linked_none.present", finding("major", "verified")},
      {"something could lead to suspension", "awaiting_package", &B::manager, "maintain_on_conclusion", why, "unmet is.other_value", field("suspension_worthy", true)},
      {"a conditional recommendation", "awaiting_package", &B::manager, "maintain_on_conclusion", why, "unmet linked_none.present",
       [](Certifier& body, RecordId) { body.facts.at(body.audit).body.edit()["recommendation"] = "conditional_on_plan"; }},
      {"a second audit that recommends it", "awaiting_package", &B::manager, "maintain_on_conclusion", why, "-> decided", beside("recommend")},
      {"a second audit that does not", "awaiting_package", &B::manager, "maintain_on_conclusion", why, "unmet linked_none.present", beside("not_recommended")},
      {"a second audit that says nothing of it", "awaiting_package", &B::manager, "maintain_on_conclusion", why, "unmet linked_none.present", beside(nullptr)},
      {"no surveillance", "awaiting_package", &B::manager, "maintain_on_conclusion", why, "unmet says.none",
       [](Certifier& body, RecordId) { body.facts.at(body.audit).body.edit()["purpose"] = "follow_up"; }},
      {"a manager with an interest", "awaiting_package", &B::manager, "maintain_on_conclusion", why, "unmet none_registered.actor_present", interested(&B::manager, "consultancy")},
      {"of a recertification", "awaiting_package", &B::manager, "maintain_on_conclusion", why, "unmet is.other_value", field("kind", "recertification")},
  }, [](Certifier& body, const std::string& state) {
    body.audit = body.audit_of("surveillance");
    return body.decision_in(state, "surveillance", "active");
  });
}

TEST_CASE("the package, its committee and the notification") {
  const Json package{{"nonconformity_comments", "None"}, {"application_confirmed", true}, {"objectives_confirmed", true}, {"recommendation", "recommend"}};
  try_cases({
      {"submitted", "awaiting_package", &B::planner, "submit_package", package, "-> technical_review"},
      {"submitted by the lead auditor", "awaiting_package", &B::lead, "submit_package", package, "not_permitted"},
      {"without the confirmation of the application", "awaiting_package", &B::planner, "submit_package", [&] { Json less = package; less.erase("application_confirmed"); return less; }(), "invalid /application_confirmed"},
      {"before the report", "awaiting_package", &B::planner, "submit_package", package, "unmet linked_all.open", [](Certifier& body, RecordId) { body.facts.at(body.audit).state = "closed_meeting"; }},
      {"a case of an initial certification", "awaiting_package", &B::manager, "submit_case", {{"case_reason", "Fees are not paid"}}, "unmet is.other_value"},
      {"gathered by who consulted for the client", "awaiting_package", &B::planner, "gather", {}, "unmet none_registered.actor_present", interested(&B::planner, "consultancy", "2024-03-02")},
      {"two years and a day later", "awaiting_package", &B::planner, "gather", {}, "-> awaiting_package", interested(&B::planner, "consultancy", "2024-03-01")},
      {"submitted by who consulted", "awaiting_package", &B::planner, "submit_package", package, "unmet none_registered.actor_present", interested(&B::planner, "consultancy")},
      {"a case of who was employed there", "awaiting_package", &B::manager, "submit_case", {{"case_reason", "Fees"}}, "unmet is.other_value none_registered.actor_present", interested(&B::manager, "employment", "2025-01-31")},
      {"notified by who consulted", "decided", &B::manager, "notify", {{"notification", "Granted"}}, "unmet none_registered.actor_present", interested(&B::manager, "consultancy")},
      {"reopened", "ready", &B::decider, "reopen", {{"reason", "A document is missing"}}, "-> awaiting_package"},
      {"recalled", "technical_review", &B::manager, "recall_package", {{"reason", "x"}}, "-> awaiting_package"},
      {"notified", "decided", &B::manager, "notify", {{"notification", "Granted"}}, "-> notified", field("decided_on", "2026-03-02")},
      {"closed while an appeal is possible", "notified", &B::manager, "close", {}, "unmet after.too_early", field("appeal_until", "2026-03-02")},
      {"closed afterwards", "notified", &B::manager, "close", {}, "-> closed", field("appeal_until", "2026-03-01")},
      {"closed with an open appeal", "notified", &B::manager, "close", {}, "unmet linked_none.present", [](Certifier& body, RecordId id) {
         field("appeal_until", "2026-02-01")(body, id);
         body.facts.add("appeal", "investigating", Json::object(), {{"decision", id}}); }},
      {"cancelled by one", "awaiting_package", &B::manager, "cancel", {{"reason", "x"}}, "second"},
      {"cancelled by two", "awaiting_package", &B::manager, "cancel", {{"reason", "x"}}, "-> cancelled", {}, &B::decider},
  }, initial);
  const Certifier people;
  const auto committee = [&](std::vector<PersonId> members) {
    Json names = Json::array();
    for (const PersonId member : members) names.push_back(people.name(member));
    return Json{{"committee_member", names}};
  };
  const auto sits = [](Certifier& body, RecordId id) { body.facts.take_seats(id, "committee_member", {body.decider}); };
  try_cases({
      {"two decision makers", "technical_review", &B::manager, "appoint_committee", committee({people.decider, people.decider2}), "-> technical_review"},
      {"once the package is reviewed", "ready", &B::manager, "appoint_committee", committee({people.decider, people.decider2}), "wrong_state"},
      {"somebody without competence", "technical_review", &B::manager, "appoint_committee", committee({people.decider, people.member}), "unmet each_registered.none"},
      {"somebody of the team", "technical_review", &B::manager, "appoint_committee", committee({people.decider, people.lead}), "unmet each_registered.none people_differ.overlap"},
      {"a consultant", "technical_review", &B::manager, "appoint_committee", committee({people.decider, people.decider2}), "unmet none_registered.present", interested(&B::decider2, "consultancy")},
      {"a vote", "ready", &B::decider, "vote", {{"vote_on", "grant"}, {"vote", "approve"}}, "-> ready", sits},
      {"a vote of who has consulted since", "ready", &B::decider, "vote", {{"vote_on", "grant"}, {"vote", "approve"}}, "unmet none_registered.actor_present",
       [=](Certifier& body, RecordId id) { sits(body, id), body.interest(body.decider, "consultancy"); }},
      {"a vote of somebody else", "ready", &B::decider2, "vote", {{"vote_on", "grant"}, {"vote", "approve"}}, "not_permitted", sits},
      {"an abstention without a reason", "ready", &B::decider, "abstain", {{"vote_on", "grant"}}, "invalid /vote_reason", sits},
      {"an abstention", "ready", &B::decider, "abstain", {{"vote_on", "grant"}, {"vote_reason", "My brother works there"}}, "-> ready", sits},
  }, initial);
}

TEST_CASE("what a committee has not carried is not decided") {
  const std::vector<PersonId B::*> three{&B::decider, &B::decider2, &B::technical};
  try_cases({
      {"one person decides", "ready", &B::decider, "grant", from_today, "-> decided", committee({}, {})},
      {"nobody has voted", "ready", &B::decider, "grant", from_today, "unmet carried.no_quorum", committee(three, {})},
      {"one of three", "ready", &B::decider, "grant", from_today, "unmet carried.no_quorum", committee(three, {{&B::decider, "grant", "approve"}})},
      {"two of three, both for it", "ready", &B::decider, "grant", from_today, "-> decided", committee(three, {{&B::decider, "grant", "approve"}, {&B::decider2, "grant", "approve"}})},
      {"one twice", "ready", &B::decider, "grant", from_today, "unmet carried.no_quorum", committee(three, {{&B::decider, "grant", "approve"}, {&B::decider, "grant", "approve"}})},
      {"one for it, one against", "ready", &B::decider, "grant", from_today, "unmet carried.rejected", committee(three, {{&B::decider, "grant", "approve"}, {&B::decider2, "grant", "reject"}})},
      {"two against one", "ready", &B::decider, "grant", from_today, "-> decided",
       committee(three, {{&B::decider, "grant", "reject"}, {&B::decider2, "grant", "approve"}, {&B::technical, "grant", "approve"}})},
      {"who has thought again", "ready", &B::decider, "grant", from_today, "-> decided",
       committee(three, {{&B::decider, "grant", "reject"}, {&B::decider2, "grant", "approve"}, {&B::decider, "grant", "approve"}})},
      {"an abstention is no vote", "ready", &B::decider, "grant", from_today, "unmet carried.no_quorum", committee(three, {{&B::decider, "grant", "approve"}, {&B::decider2, "grant", "abstain"}})},
      {"votes on another outcome", "ready", &B::decider, "grant", from_today, "unmet carried.no_quorum", committee(three, {{&B::decider, "refuse", "approve"}, {&B::decider2, "refuse", "approve"}})},
      {"votes of who is no member", "ready", &B::decider, "grant", from_today, "unmet carried.no_quorum", committee({&B::decider, &B::technical}, {{&B::decider, "grant", "approve"}, {&B::decider2, "grant", "approve"}})},
      {"votes before the package was frozen", "ready", &B::decider, "grant", from_today, "unmet carried.no_quorum",
       committee(three, {{&B::decider, "grant", "approve", "2026-03-01T11:59:59Z"}, {&B::decider2, "grant", "approve"}})},
      {"votes from then on", "ready", &B::decider, "grant", from_today, "-> decided",
       committee(three, {{&B::decider, "grant", "approve", "2026-03-01T12:00:00Z"}, {&B::decider2, "grant", "approve"}})},
      {"refused by the committee", "ready", &B::decider, "refuse", why, "-> decided", committee(three, {{&B::decider, "refuse", "approve"}, {&B::decider2, "refuse", "approve"}})},
      {"refused against it", "ready", &B::decider, "refuse", why, "unmet carried.no_quorum", committee(three, {{&B::decider, "grant", "approve"}, {&B::decider2, "grant", "approve"}})},
  }, initial);
}

TEST_CASE("a committee that votes decides, and its votes stay in the record") {
  Certifier body;
  const RecordId decision = body.decision_in("ready");
  body.facts.take_seats(decision, "committee_member", {body.decider, body.decider2});
  const Json for_it{{"vote_on", "grant"}, {"vote", "approve"}};
  steps(body, {body.decider}, decision, "vote", for_it, "ready");
  CHECK(answer(body.ask(body.decider, decision, "grant", from_today)) == "unmet carried.no_quorum");
  steps(body, {body.decider2}, decision, "vote", for_it, "ready");
  steps(body, {body.decider}, decision, "grant", from_today, "decided");
  CHECK(body.facts.at(decision).body->at("votes").size() == 2);
}

TEST_CASE("a scope grows, and an edition changes, by an audit for it") {
  const auto audited_for = [](const char* purpose, Json further) {
    return given([=](Certifier& body) {
      Json& audit = body.facts.at(body.audit).body.edit();
      audit["purpose"] = purpose;
      audit["further_purposes"] = further;
    });
  };
  try_cases({
      {"a surveillance", "ready", &B::decider, "expand", why, "unmet says.none", audited_for("surveillance", nullptr)},
      {"a surveillance for another purpose", "ready", &B::decider, "expand", why, "unmet says.none", audited_for("surveillance", {"transition", "follow_up"})},
      {"a surveillance with a change of scope", "ready", &B::decider, "expand", why, "-> decided", audited_for("surveillance", {"transition", "scope_change"})},
      {"a change of scope", "ready", &B::decider, "expand", why, "-> decided", audited_for("scope_change", nullptr)},
      {"a recertification", "ready", &B::decider, "expand", why, "-> decided", audited_for("recertification", nullptr)},
      {"a change of scope a year ago", "ready", &B::decider, "expand", why, "-> decided", given([](Certifier& body) { body.facts.at(body.audit).body.edit().update({{"purpose", "scope_change"}, {"last_audit_day", "2025-03-02"}}); })},
      {"a change of scope longer ago", "ready", &B::decider, "expand", why, "unmet says.too_old", given([](Certifier& body) { body.facts.at(body.audit).body.edit().update({{"purpose", "scope_change"}, {"last_audit_day", "2025-03-01"}}); })},
      {"the edition by a surveillance", "ready", &B::decider, "change_edition", why, "unmet says.none", audited_for("surveillance", nullptr)},
      {"the edition by a surveillance with a transition", "ready", &B::decider, "change_edition", why, "-> decided", audited_for("surveillance", {"follow_up", "transition"})},
      {"the edition by a transition audit", "ready", &B::decider, "change_edition", why, "-> decided", audited_for("transition", nullptr)},
  }, about("scope_change", "active"));
}

TEST_CASE("who consulted for the client opens no decision on it") {
  const auto opened = [](bool consulted) {
    return [consulted](Certifier& body) {
      if (consulted) body.interest(body.planner, "consultancy", "2024-03-02");
      return Json{{"programme", body.name(body.programme)}, {"kind", "initial"}, {"title", "Initial certification"}, {"scheme", "iso_27001"}, {"standard", "ISO/IEC 27001:2022"}, {"areas", body.areas}};
    };
  };
  try_new_cases("certification-decision", {{"free", &B::planner, "open", opened(false), "-> awaiting_package"},
                                           {"consulted", &B::planner, "open", opened(true), "unmet none_registered.actor_present"}});
}

TEST_CASE("a decision is about records of its client, and audits of its programme") {
  Certifier body;
  const RecordId decision = body.decision_in("awaiting_package"), own = body.programme;
  const auto gathered = [&](const char* link, RecordId id) {
    const Json name = body.name(id);
    return answer(body.ask(body.planner, decision, "gather", {{link, link == std::string("audits") ? Json::array({name}) : name}}));
  };
  const RecordId stranger = body.facts.add("client", "contracted", {{"name", "Other"}});
  body.programme = body.facts.add("certification-programme", "running", *body.facts.at(own).body, {{"client", body.client}});
  const RecordId of_other_programme = body.audit_of("stage2");
  body.programme = body.facts.add("certification-programme", "running", *body.facts.at(own).body, {{"client", stranger}});
  const RecordId of_stranger = body.audit_of("stage2");
  body.programme = own;
  CHECK(gathered("audits", body.audit_of("surveillance")) == "-> awaiting_package");
  CHECK(gathered("audits", of_other_programme) == "unmet linked_among.elsewhere");
  CHECK(gathered("audits", of_stranger) == "unmet linked_among.elsewhere");
  CHECK(gathered("transfer", body.facts.add("transfer", "decision", Json::object(), {{"client", stranger}})) == "unmet linked_among.elsewhere");
  const auto opened = [&](const char* link, const Json& linked) {
    return answer(body.make(body.planner, "certification-decision", "open",
        {{"programme", body.name(own)}, {"kind", "initial"}, {"title", "Nordwerk 27001"}, {"scheme", "iso_27001"}, {"standard", "ISO/IEC 27001:2022"}, {"areas", body.areas},
         {link, linked}, {"scope", "Software for ports"}, {"sites", body.sites}}));
  };
  CHECK(opened("audits", {body.name(of_stranger)}) == "unmet linked_among.elsewhere");
  CHECK(opened("certification", body.name(body.facts.add("certification", "active", {{"scheme", "iso_27001"}}, {{"client", stranger}}))) == "unmet linked_among.elsewhere");
  CHECK(opened("certification", body.name(body.facts.add("certification", "active", {{"scheme", "iso_27001"}}, {{"client", body.client}}))) == "-> awaiting_package");
}

TEST_CASE("a package becomes a certificate") {
  Certifier body;
  const RecordId certification = body.certification_in("pending");
  REQUIRE(answer(body.make(body.planner, "certification-decision", "open",
      {{"programme", body.name(body.programme)}, {"kind", "initial"}, {"title", "Nordwerk 27001"}, {"scheme", "iso_27001"}, {"standard", "ISO/IEC 27001:2022"}, {"areas", body.areas},
       {"audits", {body.name(body.audit)}}, {"certification", body.name(certification)}, {"scope", "Software for ports"}, {"sites", body.sites}})) == "-> awaiting_package");
  const RecordId decision = body.last;
  const Json package{{"nonconformity_comments", "None"}, {"application_confirmed", true}, {"objectives_confirmed", true}, {"recommendation", "recommend"}};
  steps(body, {body.planner}, decision, "submit_package", package, "technical_review");
  const RecordId review = body.facts.linked(decision, "technical_reviews").at(0);
  CHECK(body.facts.at(decision).body->at("dossier").at("records").size() == 1);
  steps(body, {body.technical}, review, "begin", {}, "in_review");
  steps(body, {body.technical}, review, "return", {{"questions", "Why one site only?"}}, "returned");
  CHECK(body.state(decision) == "returned");
  steps(body, {body.planner}, decision, "submit_package", package, "technical_review");
  const RecordId second = body.facts.linked(decision, "technical_reviews").at(1);
  steps(body, {body.technical}, second, "begin", {}, "in_review");
  const Json checks{{"findings_sound", true}, {"nonconformities_settled", true}, {"internal_audit_effective", true}, {"management_review_effective", true},
                    {"risk_sites_audited", true}, {"scope_supported", true}, {"team_competent", true}, {"conclusion", "Ready"}};
  body.facts.at(body.audit).body.edit()["conclusions"] = "changed behind the review";
  CHECK(answer(body.ask(body.technical, second, "conclude", checks)) == "unmet dossier_unchanged.changed");
  body.facts.at(body.audit).body.edit().erase("conclusions");
  steps(body, {body.technical}, second, "conclude", checks, "ready");
  REQUIRE(body.state(decision) == "ready");
  steps(body, {body.decider}, decision, "grant", with({{"effective_on", "2026-03-16"}}), "decided");

  CHECK(body.state(certification) == "active");
  CHECK(body.facts.at(certification).body->at("effective_on") == "2026-03-16");
  CHECK(body.facts.at(certification).body->at("expires_on") == "2029-03-01");  // the cycle begins with the decision
  CHECK(body.facts.at(certification).body->at("granted_on") == "2026-03-02");
  CHECK(body.facts.timers(certification).contains("expiry"));
  CHECK(body.state(body.programme) == "running");
  CHECK(body.facts.seat(decision, "decision_maker") == std::vector{body.decider});
  const RecordId certificate = body.facts.linked(certification, "certificates").at(0);
  CHECK(body.facts.at(certificate).body->at("holder") == "Nordwerk GmbH");
  CHECK(body.facts.at(certificate).body->at("expires_on") == "2029-03-01");
  steps(body, {body.manager}, decision, "notify", {{"notification", "Granted"}}, "notified");
  CHECK(body.facts.at(decision).body->at("appeal_until") == "2026-04-01");
  CHECK(body.state(second) == "closed");
}

TEST_CASE("renewing before expiry follows the old expiry, and so does restoring after it") {
  Certifier renewed;
  const RecordId decision = recertification(renewed, "ready");
  renewed.facts.at(renewed.programme).state = "running";
  steps(renewed, {renewed.decider}, decision, "renew", from_today, "decided");
  CHECK(renewed.facts.at(renewed.certification).body->at("expires_on") == "2029-05-01");
  CHECK(renewed.state(renewed.certification) == "active");
  CHECK(renewed.state(renewed.programme) == "running");

  Certifier restored;
  const RecordId late = restored.decision_in("ready", "restoration", "expired");
  steps(restored, {restored.decider}, late, "restore_expired", from_today, "decided");
  CHECK(restored.facts.at(restored.certification).body->at("expires_on") == "2029-01-31");
  CHECK(restored.facts.at(restored.certification).body->at("effective_on") == "2026-03-02");
  CHECK(restored.facts.at(restored.certification).body->at("expired_on") == "2026-01-31");
  CHECK(restored.state(restored.certification) == "restored");
}

TEST_CASE("the calculator of dates and the decisions give the same days") {
  const auto calculated = [](const Certifier& body, CertificateStep step, const char* old_expiry) {
    CertificateInput input{step, *parse_date("2026-03-02")};
    input.old_expiry = parse_date(old_expiry);
    const auto dates = certificate_dates(PolicyValues(body.set), input);
    REQUIRE(dates.has_value());
    return to_text(dates->expiry);
  };
  const auto decided = [](Certifier& body, RecordId decision, const char* command) {
    steps(body, {body.decider}, decision, command, from_today, "decided");
    const auto derivation = body.facts.at(decision).body->at("dates_derivation").get<std::string>();
    CHECK(derivation.find("certificate_validity") != std::string::npos);
    return body.facts.at(body.certification).body->at("expires_on").get<std::string>();
  };
  const char* const expiry = GENERATE("2026-03-02", "2026-05-01", "2026-09-01", "2026-08-31");
  INFO(expiry);
  Certifier granted;
  CHECK(decided(granted, initial(granted, "ready"), "grant") == calculated(granted, CertificateStep::grant, ""));
  Certifier renewed;
  const RecordId renewal = recertification(renewed, "ready");
  renewed.facts.at(renewed.certification).body.edit()["expires_on"] = expiry;
  CHECK(decided(renewed, renewal, "renew") == calculated(renewed, CertificateStep::renew, expiry));
  Certifier restored;
  const RecordId late = restored.decision_in("ready", "restoration", "expired");
  restored.facts.at(restored.certification).body.edit().update({{"expires_on", "2026-02-28"}, {"expired_on", "2026-02-28"}});
  CHECK(decided(restored, late, "restore_expired") == calculated(restored, CertificateStep::restore, "2026-02-28"));
}

}  // namespace
}  // namespace assay::test::certification_decision_test
