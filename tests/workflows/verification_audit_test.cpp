// What is verified in an audit: a major whose plan says so, the follow-up that has something to check, and the deadline
// of a major, with and without a certification in force.
#include "workflows/certification_body.h"
#include "workflows/certifier.h"

namespace assay::test::verification_audit_test {
namespace {

RecordId a_nonconformity(CertificationBody& body, const std::string& state) { return body.nonconformity_in(state); }

/// The second record of a world that begins with this one: an audit to come, which a table names before there is a
/// world.
RecordId later(RecordId first) { return RecordId{static_cast<std::int64_t>(first) + 1}; }
auto with_audit(const char* purpose, const char* state = "planned") {
  return [purpose, state](CertificationBody& body, const std::string& in) {
    const RecordId id = body.nonconformity_in(in);
    REQUIRE(body.facts.add("certification-audit", state, {{"purpose", purpose}}, {{"programme", body.programme}}) ==
            later(id));
    return id;
  };
}
Json that_audit() {
  CertificationBody body;
  return {{"checked_in", {body.name(later(body.nonconformity_in("plan_accepted")))}}};
}
Before needs(const char* method) { return body_says("verification_method", method); }
/// A nonconformity in this state names the audit as the one that checks it.
Before named_by(const char* state) {
  return [state](CertificationBody& body, RecordId id) {
    body.facts.link(body.nonconformity_in(state), "checked_in", id);
  };
}
RecordId a_follow_up(CertificationBody& body, const std::string& state) { return body.audit_in(state, "follow_up"); }
RecordId a_surveillance(CertificationBody& body, const std::string& state) { return body.audit_in(state); }
Json a_plan() {
  return {{"sessions", Json::array({{{"auditor", CertificationBody().name(CertificationBody().auditor)},
                                     {"topics", "Recovery"},
                                     {"starts", "2026-03-02T09:00:00Z"},
                                     {"ends", "2026-03-02T11:00:00Z"},
                                     {"zone", "Europe/Berlin"},
                                     {"site", "Kiel"},
                                     {"mode", "on_site"}}})}};
}
const Json done{{"implementation", "Named"}, {"done_on", "2026-03-01"}};
const Json opening{{"opening_on", "2026-03-02"}, {"opening_attendance", {{{"name", "I. Peters"}}}}};

TEST_CASE("documents do not verify what needs an audit", "[certification]") {
  try_body({{"documents", "evidence_submitted", &B::lead, "begin_verification", {}, "-> verifying", needs("documents")},
            {"none said", "evidence_submitted", &B::lead, "begin_verification", {}, "-> verifying"},
            {"a limited audit",
             "evidence_submitted",
             &B::lead,
             "begin_verification",
             {},
             "unmet is_not.excluded_value",
             needs("limited_audit")},
            {"a full audit, by the verifier",
             "evidence_submitted",
             &B::verifier,
             "begin_verification",
             {},
             "unmet is_not.excluded_value",
             needs("full_audit")}},
           a_nonconformity);
}

TEST_CASE("which audit may be named for a verification", "[certification]") {
  const Json audit = that_audit();
  const std::string other = "unmet is.other_value", none = "unmet linked_some.none_in_state";
  const auto rows = [&](const char* expected) {
    return std::vector<BodyRow>{{"while the client acts", "plan_accepted", &B::planner, "assign_audit", audit, expected,
                                 needs("limited_audit")}};
  };
  for (const char* purpose : {"follow_up", "surveillance", "stage2", "recertification", "short_notice"})
    try_body(rows("-> plan_accepted"), with_audit(purpose));
  try_body(rows("unmet linked_none.present"), with_audit("stage1"));
  for (const char* state : {"opened", "report_issued", "postponed", "cancelled"})
    try_body(rows(none.c_str()), with_audit("follow_up", state));
  try_body(
      {{"with the evidence", "evidence_submitted", &B::planner, "assign_audit", audit, "-> evidence_submitted",
        needs("full_audit")},
       {"after its rejection", "rejected", &B::planner, "assign_audit", audit, "-> rejected", needs("full_audit")},
       {"a minor that was carried", "carried_to_next_audit", &B::planner, "assign_audit", audit,
        "-> carried_to_next_audit", needs("next_audit")},
       {"where documents suffice", "plan_accepted", &B::planner, "assign_audit", audit, other, needs("documents")},
       {"before the plan", "plan_review", &B::planner, "assign_audit", audit, "wrong_state"},
       {"once verified", "verified", &B::planner, "assign_audit", audit, "wrong_state"},
       {"by the lead auditor", "plan_accepted", &B::lead, "assign_audit", audit, "not_permitted"},
       {"with the verifier", "plan_accepted", &B::planner, "appoint_verifier", audit, "invalid /checked_in /verifier"}},
      with_audit("follow_up"));
}

TEST_CASE("a follow-up has something to check when its plan is issued", "[certification]") {
  const Json plan = a_plan();
  const std::string nothing = "unmet linked_some.none_in_state", issued = "-> plan_issued";
  const auto row = [&](const char* what, const std::string& expected, const Before& first = {}) {
    return BodyRow{what, "team_confirmed", &B::lead, "issue_follow_up_plan", plan, expected, first};
  };
  try_body({row("nothing", nothing),
            row("a carried minor", issued, named_by("carried_to_next_audit")),
            row("while the client acts", issued, named_by("plan_accepted")),
            row("evidence that waits", issued, named_by("evidence_submitted")),
            row("evidence that was rejected", issued, named_by("rejected")),
            row("withdrawn meanwhile", nothing, named_by("withdrawn")),
            row("closed meanwhile", nothing, named_by("closed")),
            row("one of two withdrawn", issued, both(named_by("withdrawn"), named_by("evidence_submitted"))),
            row("without a catalogue", "unmet filled.empty",
                both(named_by("evidence_submitted"), body_lacks("catalogue_hash"))),
            {"as any other audit", "team_confirmed", &B::lead, "issue_plan", plan, "unmet is_not.excluded_value",
             named_by("evidence_submitted")}},
           a_follow_up);
  try_body({{"of another purpose", "team_confirmed", &B::lead, "issue_follow_up_plan", plan, "unmet is.other_value",
             named_by("evidence_submitted")}},
           a_surveillance);
}

TEST_CASE("a major that needs an audit waits for it, is taken up by it and verified in it", "[certification]") {
  CertificationBody body;
  const RecordId major = body.nonconformity_in("plan_review", body.audit_in("follow_up", "stage2"));
  const auto told = [&](const char* field) { return body.facts.at(major).body->value(field, Json()); };
  take(body, major,
       {body.lead,
        "accept_plan",
        {{"verification_method", "limited_audit"}, {"assessment", "On site"}},
        "plan_accepted"});
  const RecordId cancelled = body.audit_in("team_confirmed", "follow_up"),
                 audit = body.audit_in("team_confirmed", "follow_up");
  take(body, major, {body.planner, "assign_audit", {{"checked_in", {body.name(cancelled)}}}, "plan_accepted"});
  CHECK(told("audit_named") == true);
  take(body, cancelled, {body.planner, "cancel", {{"reason", "Storm"}}, "cancelled"});
  CHECK(told("audit_named") == false);

  body.now.at += std::chrono::hours{1};
  body.facts.add_evidence(major, body.now.at);
  take(body, major, {body.customer, "submit_evidence", done, "evidence_submitted"});
  take(body, major, {body.planner, "assign_audit", {{"checked_in", {body.name(audit)}}}, "evidence_submitted"});
  CHECK(answer(body.act(body.lead, major, "begin_verification", Json::object())) == "unmet is_not.excluded_value");
  take(body, audit, {body.lead, "issue_follow_up_plan", a_plan(), "plan_issued"});
  body.facts.take_seats(audit, "lead_auditor", {body.colleague});
  body.competent(body.colleague, "lead_auditor");
  take(body, audit, {body.colleague, "open", opening, "opened"});
  CHECK(body.state(major) == "verifying");
  CHECK(body.facts.seat(major, "verifier") == std::vector{body.colleague});
  CHECK(told("audit_named") == false);

  // What the audit leaves open needs another audit, or documents now: whoever rejects the evidence says so.
  take(body, major, {body.colleague, "reject_evidence", {{"assessment", "Once is not twice"}}, "rejected"});
  CHECK(told("verification_method") == "limited_audit");
  body.facts.at(major).state = "verifying";
  const Json documents{{"assessment", "Send the log"}, {"verification_method", "documents"}};
  take(body, major, {body.colleague, "reject_evidence", documents, "rejected"});
  CHECK(told("evidence_dispositions").back()["verification_method"] == "documents");
  body.now.at += std::chrono::hours{1};
  body.facts.add_evidence(major, body.now.at);
  take(body, major, {body.customer, "submit_evidence", done, "evidence_submitted"});
  take(body, major, {body.colleague, "begin_verification", {}, "verifying"});
}

TEST_CASE("what is closed before a certificate is not carried over it", "[certification]") {
  const Before minor = body_says("grade", "minor");
  try_body({{"by the choice of its programme",
             "plan_accepted",
             &B::lead,
             "carry",
             {},
             "unmet is_not.excluded_value",
             both(minor, body_says("close_before_certificate", true))},
            {"else an accepted plan suffices",
             "plan_accepted",
             &B::lead,
             "carry",
             {},
             "-> carried_to_next_audit",
             both(minor, body_says("close_before_certificate", false))}},
           a_nonconformity);
}

TEST_CASE("a major has one deadline of verification, of a certified client or of another", "[certification]") {
  const auto [purpose, certified, other] = GENERATE(table<std::string, std::string, std::string>({
      {"stage2", "certified_major_due", "major_verification_due"},
      {"surveillance", "certified_major_due", "major_verification_due"},
      {"recertification", "recertification_major_due", "major_verification_due"},
      {"scope_change", "certified_major_due", "major_verification_due"},
      {"transition", "certified_major_due", "major_verification_due"},
      {"short_notice", "certified_major_due", "major_verification_due"},
      {"follow_up", "certified_major_due", "major_verification_due"},
      {"transfer_visit", "certified_major_due", "major_verification_due"},
  }));
  for (const bool in_force : {true, false}) {
    INFO(purpose << (in_force ? ", certified" : ""));
    CertificationBody body;
    body.facts.at(body.programme).body.edit()["certified"] = in_force;
    const RecordId audit = body.audit_in("fieldwork", purpose.c_str());
    const RecordId id = body.nonconformity_in("draft", audit);
    body.facts.at(id).body.edit()["audit_purpose"] = purpose;
    take(body, id, {body.lead, "issue", {}, "issued"});
    const std::string deadlines = body.deadlines(id);
    INFO(deadlines);
    for (const char* timer : {"major_verification_due", "certified_major_due", "recertification_major_due"})
      CHECK((deadlines.find(timer) != std::string::npos) == (timer == (in_force ? certified : other)));
    // Stage 2 is not repeated for a client that has its certification.
    CHECK((deadlines.find("stage2_limit") != std::string::npos) == (purpose == "stage2" && !in_force));
  }
}

TEST_CASE("a minor that becomes a major counts as one of a client that is certified by then", "[certification]") {
  CertificationBody body;
  const RecordId id = body.nonconformity_in("plan_accepted");
  body.facts.at(id).body.edit().update({{"grade", "minor"}, {"certified", false}});
  body.facts.at(body.programme).body.edit()["certified"] = true;
  const Json regraded{{"regrade_reason", "Ten servers"}, {"regrade_evidence", "List of servers"}};
  take(body, id, {body.lead, "raise_grade", regraded, "plan_accepted", body.technical});
  CHECK(body.deadlines(id) == "certified_major_due 2026-05-21");
}

TEST_CASE("a programme knows whether its certification is in force") {
  Certifier body;
  body.facts.at(body.programme).state = "running";
  const RecordId decision = body.decision_in("ready", "suspension_case", "active");
  const RecordId id = body.certification;
  const auto certified = [&] { return body.facts.at(body.programme).body->value("certified", Json()); };
  const auto decide = [&](const char* outcome) {
    body.facts.at(decision).state = "ready";
    body.facts.at(decision).body.edit().erase("outcome");
    steps(body, {body.decider}, decision, outcome, {{"decision_reason", "As reviewed"}}, "decided");
  };
  decide("suspend");
  CHECK(certified() == false);
  decide("restore");
  CHECK(certified() == true);
  const RecordId of_other_standard = body.certification_in("active");
  decide("suspend");
  CHECK(certified() == true);
  CHECK(body.facts.at(body.programme).body->at("in_cycle") == true);
  body.facts.at(of_other_standard).state = "withdrawn";
  decide("restore");
  decide("suspend");
  CHECK(certified() == false);
  decide("reduce");
  CHECK(certified() == true);
  steps(body, body.by_timer(), id, "expire", {}, "expired");
  CHECK(certified() == false);

  const auto ended = [&](const Actor& actor, const char* command, const Json& input, const char* state) {
    INFO(command);
    const RecordId other = body.certification_in("active");
    body.facts.add_evidence(other, body.now.at);
    body.facts.at(body.programme).body.edit()["certified"] = true;
    steps(body, actor, other, command, input, state);
    CHECK(certified() == false);
  };
  ended({body.customer}, "surrender", {{"reason", "Sold"}}, "surrendered");
  ended({body.manager}, "record_surrender", {{"reason", "Sold"}}, "surrendered");
  ended({body.manager}, "transfer_out", {{"transferred_to", "Other Cert"}, {"transferred_on", "2026-03-02"}},
        "transferred_out");
}

}  // namespace
}  // namespace assay::test::verification_audit_test
