// Conformity evaluation after ISO/IEC 17065 for IEC 62443: application, evaluation, review, decision and certificate,
// in one programme with the audits of ISO/IEC 27001.
#include "workflows/certification_body.h"

namespace assay::test::evaluation_test {
namespace {

Json all_levels(int level) {
  return {{"iac", level}, {"uc", level}, {"si", level}, {"dc", level}, {"rdf", level}, {"tre", level}, {"ra", level}};
}

/// Competent for IEC 62443, employed.
void competent_for_levels(CertificationBody& body, PersonId person, const char* function) {
  body.facts.add("competence", "in_force",
                 {{"person", body.name(person)},
                  {"function", function},
                  {"scheme", "iec_62443"},
                  {"areas", {"automation"}},
                  {"engagement", "employed"},
                  {"valid_until", "2027-12-31"}});
}

/// Of a system that claims level 2 everywhere and has it, shown by what its one answer names.
RecordId evaluation_in(CertificationBody& body, const std::string& state) {
  competent_for_levels(body, body.evaluator, "auditor");
  competent_for_levels(body, body.technical, "technical_reviewer");
  competent_for_levels(body, body.decider, "decision_maker");
  body.facts.add("accreditation", "in_force",
                 {{"scheme", "iec_62443"}, {"areas", {"automation"}}, {"valid_until", "2028-12-31"}});
  return body.facts.add("evaluation", state,
                        {{"title", "Line 4"},
                         {"kind", "initial"},
                         {"scheme", "iec_62443"},
                         {"subject_kind", "system"},
                         {"subject", "Line 4, version 2"},
                         {"certification_scheme", "SSA 4.0"},
                         {"standards", {"IEC 62443-3-3:2013"}},
                         {"areas", {"automation"}},
                         {"claimed", all_levels(2)},
                         {"achieved", all_levels(2)},
                         {"conforms", true},
                         {"answers", {{{"requirement", "SR 5.1"}, {"result", "met"}, {"shown_by", "Plan 7"}}}}},
                        {{"programme", body.programme}}, {{"evaluator", {body.evaluator}}});
}

RecordId certificate_in(CertificationBody& body, const std::string& state) {
  return body.facts.add("conformity-certificate", state,
                        {{"title", "Line 4"},
                         {"granted_on", "2025-03-02"},
                         {"surveilled_on", "2025-03-02"},
                         {"valid_until", "2028-03-01"},
                         {"surveillance_overdue", false},
                         {"over", false}},
                        {{"evaluation", evaluation_in(body, "decided")}});
}

/// An evaluation of the kind for a certificate in the state; ready for a decision.
RecordId later_evaluation(CertificationBody& body, const char* kind, const char* certificate) {
  const RecordId of = certificate_in(body, certificate);
  const RecordId id = evaluation_in(body, "ready");
  body.facts.at(id).body.edit()["kind"] = kind;
  body.facts.link(id, "certificate", of);
  return id;
}

Before body_edits(const char* field, const char* member, Json value) {
  return [field, member, value](CertificationBody& body, RecordId id) {
    body.facts.at(id).body.edit()[field][member] = value;
  };
}
Before bare_answer(const char* item, bool mapping) {
  return [item, mapping](CertificationBody& body, RecordId id) {
    body.facts.at(id).body.edit()["answers"] = Json::array({{{"requirement", "SR 5.1"}, {"result", "met"}}});
    const RecordId audit = body.audit_in("fieldwork");
    if (*item) body.facts.add_evidence_of(audit, item, "whole");
    if (mapping)
      body.facts.add("requirement-mapping", "in_force", {{"controls", {"A.8.22"}}, {"requirements", {"SR 5.1"}}});
  };
}
Before of_kind(const char* kind) { return body_says("kind", kind); }

void try_evaluations(const std::vector<BodyRow>& rows) {
  for (const BodyRow& row : rows) {
    CertificationBody body;
    const RecordId record = evaluation_in(body, row.state);
    if (row.first) row.first(body, record);
    const auto decided = body.ask(Actor{body.*row.who}, record, row.command, object_of(row.input));
    INFO(row.command << " in " << row.state << ": " << row.what);
    INFO((decided ? std::string("granted") : text_of(decided.error())));
    CHECK(answer(decided) == row.expected);
  }
}

const Json because{{"decision_reason", "Everything was met"}}, report{{"evaluation_report", "All levels found"}};
const Json reason{{"reason", "Not within our scope"}}, conclusion{{"review_conclusion", "Sound"}};

// Tables: a row each, however long.
// clang-format off
TEST_CASE("an application is reviewed, and evaluators are competent and free of interests") {
  CertificationBody of;
  const Json team{{"evaluator", Json::array({of.name(of.evaluator)})}}, other{{"evaluator", Json::array({of.name(of.lead)})}};
  try_evaluations({
      {"accepted", "applied", &B::reviewer, "accept", team, "-> accepted"},
      {"accepted by the manager", "applied", &B::manager, "accept", team, "not_permitted"},
      {"without an evaluator", "applied", &B::reviewer, "accept", {}, "invalid /evaluator"},
      {"with one who is competent for ISO/IEC 27001 alone", "applied", &B::reviewer, "accept", other, "unmet each_registered.none"},
      {"with one who consulted for the client", "applied", &B::reviewer, "accept", team, "unmet none_registered.present", consulted(&B::evaluator, "consultancy", "2024-06-01")},
      {"outside of what is accredited", "applied", &B::reviewer, "accept", team, "unmet each_registered.none registered.none", body_says("areas", {"rail"})},
      {"declined", "applied", &B::reviewer, "decline", reason, "-> declined"},
      {"withdrawn by the client", "evaluating", &B::customer, "withdraw", reason, "-> withdrawn"},
      {"a surveillance withdrawn by the client", "evaluating", &B::customer, "withdraw", reason, "unmet is.other_value", of_kind("surveillance")},
      {"another evaluator", "evaluating", &B::manager, "change_team", {{"evaluator", other["evaluator"]}, {"reason", "Ill"}}, "unmet each_registered.none"},
  });
}

TEST_CASE("a surveillance and a recertification are about a certificate of the client") {
  const auto planned = [](CertificationBody& body, RecordId certificate) {
    return Json{{"programme", body.name(body.programme)}, {"title", "Line 4"}, {"subject_kind", "system"}, {"subject", "Line 4"}, {"certification_scheme", "SSA 4.0"},
                {"standards", {"IEC 62443-3-3:2013"}}, {"areas", {"automation"}}, {"certificate", body.name(certificate)}};
  };
  const auto own = [&](CertificationBody& body) { return planned(body, certificate_in(body, "certified")); };
  const auto later = [&](CertificationBody& body) {
    const Json input = planned(body, certificate_in(body, "certified"));
    Json anew = input;
    anew["programme"] = body.name(body.facts.add("certification-programme", "running", body.programme_body(), {{"client", body.client}}));
    return anew;
  };
  const auto theirs = [&](CertificationBody& body) {
    const RecordId mine = body.programme, stranger = body.facts.add("client", "contracted", {{"name", "Other"}});
    body.programme = body.facts.add("certification-programme", "running", body.programme_body(), {{"client", stranger}});
    const RecordId certificate = certificate_in(body, "certified");
    body.programme = mine;
    return planned(body, certificate);
  };
  try_new_of_body("evaluation", {
      {"its own", &B::manager, "plan_surveillance", own, "-> applied"},
      {"its own, in a later programme", &B::manager, "plan_surveillance", later, "-> applied"},
      {"another client's", &B::manager, "plan_surveillance", theirs, "unmet linked_among.elsewhere"},
      {"its own again", &B::manager, "plan_recertification", own, "-> applied"},
      {"another client's again", &B::manager, "plan_recertification", theirs, "unmet linked_among.elsewhere"},
  });
}

TEST_CASE("an evaluation reports what it found, shown by itself or by evidence of the audits of the programme") {
  const Json nonconformity{{"finding", "No segmentation"}, {"finding_requirement", "SR 5.1"}};
  try_evaluations({
      {"begun", "accepted", &B::evaluator, "begin", {}, "-> evaluating"},
      {"begun by an auditor of ISO/IEC 27001", "accepted", &B::lead, "begin", {}, "not_permitted"},
      {"answered", "evaluating", &B::evaluator, "answer", {{"answers", {{{"requirement", "SR 1.1"}, {"result", "met"}}}}}, "-> evaluating"},
      {"answered without a claim", "evaluating", &B::evaluator, "answer", {{"answers", {{{"requirement", "SR 1.1"}, {"result", "met"}}}}}, "unmet filled.empty", body_lacks("claimed")},
      {"nonconformity", "evaluating", &B::evaluator, "raise_nonconformity", nonconformity, "-> nonconformity_open"},
      {"reported with one open", "nonconformity_open", &B::evaluator, "report_levels", report, "wrong_state"},
      {"corrected", "nonconformity_open", &B::evaluator, "accept_corrections", {{"correction", "Two networks"}}, "-> evaluating"},
      {"reported", "evaluating", &B::evaluator, "report_levels", report, "-> evaluation_review"},
      {"reported below the claim", "evaluating", &B::evaluator, "report_levels", report, "unmet each_at_least.below", body_edits("achieved", "tre", 1)},
      {"shown by nothing", "evaluating", &B::evaluator, "report_levels", report, "unmet requirements_evidenced.no_evidence", bare_answer("", true)},
      {"shown by evidence of the ISO/IEC 27001 audit", "evaluating", &B::evaluator, "report_levels", report, "-> evaluation_review", bare_answer("A.8.22", true)},
      {"by such that nobody has mapped", "evaluating", &B::evaluator, "report_levels", report, "unmet requirements_evidenced.no_evidence", bare_answer("A.8.22", false)},
      {"a process by levels", "evaluating", &B::evaluator, "report_levels", report, "unmet is.other_value", body_says("subject_kind", "process")},
      {"a process without maturity", "evaluating", &B::evaluator, "report_maturity", report, "unmet each_at_least.empty", body_says("subject_kind", "process")},
      {"a process below its claim", "evaluating", &B::evaluator, "report_maturity", report, "unmet each_at_least.less", both(body_says("subject_kind", "process"), both(body_says("maturity", 2), body_says("claimed_maturity", 3)))},
      {"a process as claimed", "evaluating", &B::evaluator, "report_maturity", report, "-> evaluation_review", both(body_says("subject_kind", "process"), both(body_says("maturity", 3), body_says("claimed_maturity", 3)))},
      {"shortfall", "nonconformity_open", &B::evaluator, "report_shortfall", report, "-> evaluation_review"},
  });
}

TEST_CASE("who evaluated neither reviews nor decides") {
  try_evaluations({
      {"reviewed", "evaluation_review", &B::technical, "conclude_review", conclusion, "-> ready"},
      {"reviewed by an evaluator", "evaluation_review", &B::technical, "conclude_review", conclusion, "unmet actor_not.holds_seat", sits("evaluator", &B::technical)},
      {"reviewed by a former evaluator", "evaluation_review", &B::technical, "conclude_review", conclusion, "unmet actor_not.held_seat", sat("evaluator", &B::technical)},
      {"reviewed without competence", "evaluation_review", &B::technical, "conclude_review", conclusion, "unmet each_registered.actor_none", loses_competence(&B::technical)},
      {"returned", "evaluation_review", &B::technical, "return_to_evaluation", reason, "-> evaluating"},
      {"granted", "ready", &B::decider, "grant", because, "-> decided"},
      {"granted before the review", "evaluation_review", &B::decider, "grant", because, "wrong_state"},
      {"granted by an evaluator", "ready", &B::decider, "grant", because, "unmet actor_not.holds_seat", sits("evaluator", &B::decider)},
      {"granted by a former evaluator", "ready", &B::decider, "grant", because, "unmet actor_not.held_seat", sat("evaluator", &B::decider)},
      {"granted by who has an interest", "ready", &B::decider, "grant", because, "unmet none_registered.actor_present", consulted(&B::decider, "financial", "")},
      {"granted on a shortfall", "ready", &B::decider, "grant", because, "unmet is.other_value", body_says("conforms", false)},
      {"granted in a surveillance", "ready", &B::decider, "grant", because, "unmet is.other_value", of_kind("surveillance")},
      {"refused", "ready", &B::decider, "refuse", because, "-> decided", body_says("conforms", false)},
      {"maintained without a surveillance", "ready", &B::decider, "maintain", because, "unmet is.other_value"},
  });
}
// clang-format on

TEST_CASE("a grant issues a certificate for three years with the levels found, and timers run on it") {
  CertificationBody body;
  const RecordId id = evaluation_in(body, "ready");
  REQUIRE(answer(body.act(body.decider, id, "grant", because)) == "-> decided");
  const auto made = body.facts.linked(id, "granted_certificates");
  REQUIRE(made.size() == 1);
  const Json& certificate = *body.facts.at(made[0]).body;
  CHECK(body.state(made[0]) == "certified");
  CHECK(certificate.at("levels") == all_levels(2));
  CHECK(certificate.at("valid_until") == "2029-03-01");
  CHECK_FALSE(certificate.contains("maturity"));
  CHECK(body.deadlines(made[0]) == "surveillance 2027-03-02, validity 2029-03-01");
  CHECK(body.facts.at(id).body->at("outcome") == "granted");
}

TEST_CASE("later decisions maintain, renew, suspend and withdraw the certificate") {
  struct Decided {
    const char *kind, *before, *command, *after, *until;
  };
  const auto row = GENERATE(values<Decided>({
      {"surveillance", "certified", "maintain", "certified", "2028-03-01"},
      {"surveillance", "suspended", "maintain", "certified", "2028-03-01"},
      {"surveillance", "certified", "suspend", "suspended", "2028-03-01"},
      {"surveillance", "suspended", "withdraw_certificate", "withdrawn", "2028-03-01"},
      {"recertification", "certified", "renew", "certified", "2031-03-01"},
      {"recertification", "certified", "withdraw_certificate", "withdrawn", "2028-03-01"},
  }));
  INFO(row.command << " of " << row.before);
  CertificationBody body;
  const RecordId id = later_evaluation(body, row.kind, row.before);
  const RecordId certificate = body.facts.linked(id, "certificate").front();
  REQUIRE(answer(body.act(body.decider, id, row.command, because)) == "-> decided");
  CHECK(body.state(certificate) == row.after);
  CHECK(body.facts.at(certificate).body->at("valid_until") == row.until);
}

TEST_CASE("an expired certificate is not renewed, and a client may give one back") {
  CertificationBody body;
  const RecordId late = later_evaluation(body, "recertification", "expired");
  CHECK(answer(body.ask(body.decider, late, "renew", because)) == "unmet linked_all.open");
  const RecordId certificate = certificate_in(body, "certified");
  Actor clock;
  clock.timer = true;
  REQUIRE(answer(body.act(clock, certificate, "note_surveillance_overdue")) == "-> certified");
  CHECK(body.facts.at(certificate).body->at("surveillance_overdue") == true);
  CHECK(answer(body.ask(body.manager, certificate, "surrender", reason)) == "not_permitted");
  CHECK(answer(body.ask(body.customer, certificate, "surrender", reason)) == "-> surrendered");
  REQUIRE(answer(body.act(clock, certificate, "expire")) == "-> expired");
}

}  // namespace
}  // namespace assay::test::evaluation_test
