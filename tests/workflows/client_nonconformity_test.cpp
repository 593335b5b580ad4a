// What a client's nonconformity accepts and refuses, its deadlines, and its whole life.
#include "workflows/certification_body.h"

namespace assay::test::client_nonconformity_test {
namespace {

RecordId a_nonconformity(CertificationBody& body, const std::string& state) { return body.nonconformity_in(state); }
Json a_finding(RecordId audit) {
  return {{"audit", uuid_of(audit)},
          {"title", "No restore test"},
          {"grade", "major"},
          {"clause", "A.8.13"},
          {"requirement", "Backups are tried out as planned"},
          {"finding", "No test since 2024"},
          {"objective_evidence", "Log of 2025, no entry"}};
}
const Json response{{"correction", "Test held"},         {"extent", "Kiel only"},
                    {"root_cause", "Nobody was named"},  {"action", "Name somebody"},
                    {"action_owner", "Head of hosting"}, {"action_due", "2026-04-01"}};
const Json settled{{"settlement", "The log is complete"}};
const Json regraded{{"regrade_reason", "One server of forty"}, {"regrade_evidence", "List of servers"}};
const Json regraded_in_dispute{
    {"settlement", "One server"}, {"regrade_reason", "One server of forty"}, {"regrade_evidence", "List of servers"}};
const Before minor = body_says("grade", "minor");
/// The evidence is as old as the world; this was done after it.
Before since_then(const char* command) {
  return [command](CertificationBody& body, RecordId id) {
    body.facts.did(body.lead, id, command, body.now.at + std::chrono::milliseconds{1});
  };
}
Json graded(const char* field, const Json& versions) {
  Json values = Json::array();
  for (const Json& version : versions) values.push_back(version.contains(field) ? version[field] : Json());
  return values;
}

TEST_CASE("a nonconformity is raised in any audit but stage 1", "[certification]") {
  try_new_of_body("client-nonconformity",
                  {{"in stage 2", &B::auditor, "raise",
                    [](B& b) { return a_finding(b.audit_in("fieldwork", "stage2")); }, "-> draft"},
                   {"not in stage 1", &B::auditor, "raise",
                    [](B& b) { return a_finding(b.audit_in("fieldwork", "stage1")); }, "unmet linked_none.present"},
                   {"not after the report", &B::auditor, "raise",
                    [](B& b) { return a_finding(b.audit_in("report_issued")); }, "unmet linked_all.open"},
                   {"not by an expert", &B::expert, "raise", [](B& b) { return a_finding(b.audit_in("fieldwork")); },
                    "not_permitted"},
                   {"not without objective evidence", &B::auditor, "raise",
                    [](B& b) {
                      Json input = a_finding(b.audit_in("fieldwork"));
                      input.erase("objective_evidence");
                      return input;
                    },
                    "invalid /objective_evidence"}});
}

TEST_CASE("a nonconformity recurs at the same client, and comes of a concern about the same programme",
          "[certification]") {
  B body;
  const RecordId audit = body.audit_in("fieldwork"), own = body.programme;
  const RecordId stranger = body.facts.add("client", "contracted", {{"name", "Other"}});
  const auto programme_of = [&](RecordId client) {
    return body.facts.add("certification-programme", "running", Json::object(), {{"client", client}});
  };
  const auto in = [&](RecordId programme, const char* type, const char* state = "closed") {
    const RecordId there =
        body.facts.add("certification-audit", "report_issued", {{"title", "Audit"}}, {{"programme", programme}});
    return body.name(body.facts.add(type, state, {{"title", "x"}, {"grade", "minor"}}, {{"audit", there}}));
  };
  const auto raised = [&](const char* link, const Json& named) {
    Json input = a_finding(audit);
    input[link] = named;
    return answer(body.make(body.auditor, "client-nonconformity", "raise", input));
  };
  const RecordId elsewhere = programme_of(stranger), other = programme_of(body.client);
  CHECK(raised("previous", Json::array({in(own, "client-nonconformity")})) == "-> draft");
  CHECK(raised("previous", Json::array({in(other, "client-nonconformity")})) == "-> draft");
  CHECK(raised("previous", Json::array({in(elsewhere, "client-nonconformity")})) == "unmet linked_among.elsewhere");
  CHECK(raised("area_of_concern", in(own, "area-of-concern", "issued")) == "-> draft");
  CHECK(raised("area_of_concern", in(other, "area-of-concern", "issued")) == "unmet linked_among.elsewhere");
  const RecordId draft = body.last;
  CHECK(answer(body.ask(body.auditor, draft, "revise",
                        {{"previous", Json::array({in(elsewhere, "client-nonconformity")})}})) ==
        "unmet linked_among.elsewhere");
}

TEST_CASE("a dispute is settled outside of the team, and a grade never falls silently", "[certification]") {
  try_body(
      {{"disputed", "acknowledged", &B::customer, "dispute", {{"dispute", "The test was held"}}, "-> disputed"},
       {"upheld by the manager", "disputed", &B::manager, "uphold", settled, "-> upheld"},
       {"or by an investigator", "disputed", &B::investigator, "uphold", settled, "-> upheld"},
       {"never by the lead auditor", "disputed", &B::lead, "uphold", settled, "not_permitted"},
       {"nor by a manager in the team", "disputed", &B::manager, "uphold", settled, "unmet actor_not.holds_seat",
        [](CertificationBody& body, RecordId id) {
          body.facts.take_seats(body.facts.linked(id, "audit").front(), "technical_expert", {body.manager});
        }},
       {"nor by who issued it", "disputed", &B::manager, "uphold", settled, "unmet actor_not_did.did",
        has_done(&B::manager, "issue")},
       {"nor by who consulted", "disputed", &B::manager, "uphold", settled, "unmet none_registered.actor_present",
        consulted(&B::manager)},
       {"a lower grade takes two", "disputed", &B::manager, "regrade_in_dispute", regraded_in_dispute, "second"},
       {"with evidence", "disputed", &B::manager, "regrade_in_dispute", settled,
        "invalid /regrade_evidence /regrade_reason"},
       {"the second not from the team", "disputed", &B::manager, "regrade_in_dispute", regraded_in_dispute,
        "unmet actor_not.second_holds_seat",
        [](CertificationBody& body, RecordId id) {
          body.facts.take_seats(body.facts.linked(id, "audit").front(), "auditor", {body.technical});
        },
        &B::technical},
       {"settled with it",
        "disputed",
        &B::manager,
        "regrade_in_dispute",
        regraded_in_dispute,
        "-> upheld",
        {},
        &B::technical},
       {"or by withdrawal", "disputed", &B::manager, "withdraw_in_dispute", settled, "-> withdrawn", {}, &B::technical},
       {"lowered by the lead auditor and another",
        "plan_review",
        &B::lead,
        "lower_grade",
        regraded,
        "-> plan_review",
        {},
        &B::technical},
       {"not by the lead auditor alone", "plan_review", &B::lead, "lower_grade", regraded, "second"},
       {"nor by who has consulted since", "plan_review", &B::lead, "lower_grade", regraded,
        "unmet none_registered.actor_present", consulted(&B::lead), &B::technical},
       {"who raises none either", "plan_review", &B::lead, "raise_grade", regraded,
        "unmet none_registered.actor_present", both(minor, consulted(&B::lead)), &B::technical},
       {"carried or not",
        "carried_to_next_audit",
        &B::lead,
        "raise_carried",
        {{"regrade_reason", "Again"}, {"regrade_evidence", "Log"}, {"verification_method", "documents"}},
        "unmet none_registered.actor_present",
        both(minor, consulted(&B::lead)),
        &B::technical},
       {"without a reason", "plan_review", &B::lead, "lower_grade", {}, "invalid /regrade_evidence /regrade_reason"},
       {"a minor has no lower grade", "issued", &B::lead, "lower_grade", regraded, "unmet is.other_value", minor,
        &B::technical},
       {"a persistent minor is raised", "verifying", &B::verifier, "raise_grade", regraded, "-> verifying", minor,
        &B::technical},
       {"one that was carried needs its plan again",
        "carried_to_next_audit",
        &B::lead,
        "raise_carried",
        {{"regrade_reason", "Again"}, {"regrade_evidence", "Log"}, {"verification_method", "limited_audit"}},
        "-> plan_accepted",
        minor,
        &B::technical},
       {"minors add up to a major",
        "issued",
        &B::lead,
        "absorb",
        {{"absorbed_in", "00000000-0000-7000-8000-000000000001"}, {"reason", "Same cause"}},
        "invalid /absorbed_in",
        minor}},
      a_nonconformity);
  CertificationBody body;
  const RecordId major = body.nonconformity_in("issued");
  const RecordId part = body.nonconformity_in("acknowledged");
  body.facts.at(part).body.edit()["grade"] = "minor";
  take(body, part, {body.lead, "absorb", {{"absorbed_in", body.name(major)}, {"reason", "Same cause"}}, "absorbed"});
  CHECK(answer(body.ask(body.lead, part, "withdraw", {{"reason", "-"}})) == "wrong_state");
}

TEST_CASE("every response has its disposition, and who responds judges nothing", "[certification]") {
  const Json accepted{{"verification_method", "documents"}, {"assessment", "Sufficient"}};
  const Json rejected{{"assessment", "No cause"}};
  const Json checked{{"verification", "Records"}, {"effectiveness", "Two tests"}, {"assessment", "Effective"}};
  const Json done{{"implementation", "Named"}, {"done_on", "2026-03-01"}};
  try_body(
      {{"the client responds", "issued", &B::customer, "respond", response, "-> response_submitted"},
       {"while it disputes it does not", "disputed", &B::customer, "respond", response, "wrong_state"},
       {"with all of it",
        "issued",
        &B::customer,
        "respond",
        {{"correction", "Test held"}},
        "invalid /action /action_due /action_owner /extent /root_cause"},
       {"nobody responds for it", "issued", &B::lead, "respond", response, "not_permitted"},
       {"looked at by the lead auditor", "response_submitted", &B::lead, "begin_plan_review", {}, "-> plan_review"},
       {"or whom the review was delegated to",
        "response_submitted",
        &B::verifier,
        "begin_plan_review",
        {},
        "-> plan_review"},
       {"accepted", "plan_review", &B::lead, "accept_plan", accepted, "-> plan_accepted"},
       {"the client is told what is needed", "plan_review", &B::lead, "accept_plan", rejected,
        "invalid /verification_method"},
       {"not by an auditor of the team", "plan_review", &B::auditor, "accept_plan", accepted, "not_permitted"},
       {"not by who responded", "plan_review", &B::lead, "accept_plan", accepted, "unmet actor_not_did.did",
        has_done(&B::lead, "respond")},
       {"not by a representative of the client", "plan_review", &B::verifier, "accept_plan", accepted,
        "unmet actor_not.holds_seat",
        [](CertificationBody& body, RecordId) {
          body.facts.take_seats(body.client, "client_representative", {body.customer, body.verifier});
        }},
       {"not by who consulted", "plan_review", &B::verifier, "accept_plan", accepted,
        "unmet none_registered.actor_present", consulted(&B::verifier)},
       {"rejected", "plan_review", &B::verifier, "reject_plan", rejected, "-> plan_rejected"},
       {"and responded to again", "plan_rejected", &B::customer, "respond", response, "-> response_submitted"},
       {"evidence follows the plan", "plan_accepted", &B::customer, "submit_evidence", done, "-> evidence_submitted"},
       {"newer than it", "plan_accepted", &B::customer, "submit_evidence", done, "unmet has_evidence.outdated",
        since_then("accept_plan")},
       {"not done tomorrow",
        "plan_accepted",
        &B::customer,
        "submit_evidence",
        {{"implementation", "Named"}, {"done_on", "2026-03-03"}},
        "unmet not_after.after"},
       {"verified", "verifying", &B::verifier, "verify", checked, "-> verified"},
       {"not without a cause", "verifying", &B::verifier, "verify", checked, "unmet filled.empty",
        body_lacks("root_cause")},
       {"not by who submitted it", "verifying", &B::lead, "verify", checked, "unmet actor_not_did.did",
        has_done(&B::lead, "submit_evidence")},
       {"a major is not closed before", "plan_accepted", &B::lead, "close", {}, "wrong_state"},
       {"closed", "verified", &B::planner, "close", {}, "-> closed"},
       {"the client closes nothing", "verified", &B::customer, "close", {}, "not_permitted"},
       {"a minor is carried", "plan_accepted", &B::lead, "carry", {}, "-> carried_to_next_audit", minor},
       {"a major never", "plan_accepted", &B::lead, "carry", {}, "unmet is.other_value"},
       {"closed is final", "closed", &B::lead, "reconsider", rejected, "wrong_state"},
       {"an expert of the client is no verifier",
        "issued",
        &B::lead,
        "appoint_verifier",
        {{"verifier", {CertificationBody().name(CertificationBody().customer)}}},
        "unmet each_registered.none people_differ.overlap"}},
      a_nonconformity);
}

TEST_CASE("deadlines are kept, extended by two, and never judged by a timer", "[certification]") {
  const Json later{{"major_limit_until", "2026-10-01"}, {"reason", "Fire on site"}};
  try_body({{"the client cannot extend",
             "issued",
             &B::customer,
             "extend_response",
             {{"respond_until", "2026-04-01"}, {"reason", "Holidays"}},
             "not_permitted"},
            {"the body does, by two",
             "issued",
             &B::lead,
             "extend_response",
             {{"respond_until", "2026-04-01"}, {"reason", "Holidays"}},
             "-> issued",
             {},
             &B::planner},
            {"six months after stage 2 are extended as an exception",
             "verifying",
             &B::planner,
             "extend_major_limit",
             later,
             "-> verifying",
             {},
             &B::manager},
            {"not by who has consulted since", "verifying", &B::planner, "extend_major_limit", later,
             "unmet none_registered.actor_present", consulted(&B::planner), &B::manager},
            {"of stage 2 only", "verifying", &B::planner, "extend_major_limit", later, "unmet is.other_value",
             body_says("audit_purpose", "surveillance"), &B::manager},
            {"no letter before the time",
             "verifying",
             &B::manager,
             "issue_show_cause",
             {{"show_cause", "Late"}},
             "unmet is.empty"},
            {"nobody but a timer notes lateness", "verifying", &B::manager, "note_too_late", {}, "not_permitted"}},
           a_nonconformity);

  CertificationBody body;
  const RecordId audit = body.audit_in("fieldwork", "stage2");
  body.facts.items_of(audit)[0].result = "does_not_conform";
  const auto made = body.make(body.auditor, "client-nonconformity", "raise", a_finding(audit));
  REQUIRE(answer(made) == "-> draft");
  const RecordId id = body.last;
  body.facts.at(id).body.edit()["items"] = {
      {{"catalogue", "iso27001-2022"}, {"question", "A.8.13-q1"}, {"subject", "whole"}}};
  take(body, id, {body.lead, "issue", {}, "issued"});
  CHECK(body.deadlines(id) ==
        "major_response_due 2026-04-01, major_verification_due 2026-05-31, stage2_limit 2026-09-02");
  fire(body, id, "note_response_overdue");
  CHECK(body.deadlines(id).find("response_escalation 2026-03-09") != std::string::npos);
  fire(body, id, "note_response_escalated");
  CHECK((*body.facts.at(id).body)["response_escalated"] == true);
  CHECK(body.state(id) == "issued");
  CHECK(body.deadlines(id).find("major_unanswered 2026-03-16") != std::string::npos);
  fire(body, id, "note_major_unanswered");
  CHECK((*body.facts.at(id).body)["response_unanswered"] == true);
  CHECK(body.facts.at(id).body->value("regrade_proposed", false) == false);
  take(body, id, {body.customer, "respond", response, "response_submitted"});
  CHECK((*body.facts.at(id).body)["response_overdue"] == false);
  fire(body, id, "note_too_late");
  CHECK((*body.facts.at(id).body)["too_late"] == true);
  CHECK((*body.facts.at(id).body)["grade"] == "major");

  body.facts.at(audit).state = "report_issued";
  // What the programme sets meanwhile is not what the timer that runs was started with.
  body.facts.at(body.programme).body.edit()["policies_set"] =
      Json::array({{{"policy", "client_major_verification"}, {"policy_value", 30}}});
  take(body, id, {body.lead, "lower_grade", regraded, "response_submitted", body.technical});
  CHECK(body.deadlines(id) == "minor_verification_due 2027-03-02");
  const Json after = *body.facts.at(id).body;
  CHECK(graded("grade", after["gradings"]) == Json{"major", "minor"});
  CHECK(graded("verification_due_before", after["gradings"]).back() == "2026-05-31");
  CHECK(after["too_late"] == false);
  CHECK((*body.facts.at(audit).body)["report_outdated"] == true);
}

TEST_CASE("a major of a certified client that goes late becomes a suspension to be decided", "[certification]") {
  CertificationBody body;
  const RecordId id = body.nonconformity_in("plan_accepted", body.audit_in("follow_up"));
  body.facts.at(id).body.edit().update({{"audit_purpose", "surveillance"}, {"certified", true}});
  take(body, id,
       {body.lead,
        "extend_verification",
        {{"verify_until", "2026-03-20"}, {"reason", "Parts"}},
        "plan_accepted",
        body.manager});
  CHECK(body.deadlines(id) == "certified_major_due 2026-03-20");
  fire(body, id, "note_suspension_case");
  CHECK((*body.facts.at(id).body)["suspension_case"] == true);
  CHECK(body.state(id) == "plan_accepted");
  take(body, id, {body.manager, "issue_show_cause", {{"show_cause", "Answer within 14 days"}}, "plan_accepted"});
  CHECK(body.deadlines(id).find("show_cause_due 2026-03-16") != std::string::npos);
}

TEST_CASE("a timer proposes another grade, and two people decide on it", "[certification]") {
  const Json reason{{"regrade_reason", "The cause is another one"}};
  const Before proposed = both(minor, body_says("regrade_proposed", true));
  try_body({{"kept by the lead auditor and another", "plan_accepted", &B::lead, "keep_grade", reason,
             "-> plan_accepted", proposed, &B::technical},
            {"not by the lead auditor alone", "plan_accepted", &B::lead, "keep_grade", reason, "second", proposed},
            {"with a reason", "plan_accepted", &B::lead, "keep_grade", {}, "invalid /regrade_reason", proposed},
            {"not by the client", "plan_accepted", &B::customer, "keep_grade", reason, "not_permitted", proposed},
            {"nor by who has consulted since", "plan_accepted", &B::lead, "keep_grade", reason,
             "unmet none_registered.actor_present", both(proposed, consulted(&B::lead)), &B::technical},
            {"nothing was proposed", "plan_accepted", &B::lead, "keep_grade", reason, "unmet is.other_value",
             both(minor, body_says("regrade_proposed", false)), &B::technical},
            {"the second not from the team", "plan_accepted", &B::lead, "keep_grade", reason,
             "unmet actor_not.second_holds_seat",
             both(proposed,
                  [](CertificationBody& body, RecordId id) {
                    body.facts.take_seats(body.facts.linked(id, "audit").front(), "auditor", {body.technical});
                  }),
             &B::technical}},
           a_nonconformity);

  CertificationBody body;
  const RecordId id = body.nonconformity_in("plan_accepted", body.audit_in("report_issued"));
  body.facts.at(id).body.edit()["grade"] = "minor";
  fire(body, id, "note_minor_overdue");
  CHECK((*body.facts.at(id).body)["regrade_proposed"] == true);
  CHECK((*body.facts.at(id).body)["grade"] == "minor");
  take(body, id, {body.lead, "keep_grade", reason, "plan_accepted", body.technical});
  CHECK((*body.facts.at(id).body)["regrade_proposed"] == false);
  CHECK((*body.facts.at(id).body)["gradings"].back()["regrade_reason"] == "The cause is another one");
  fire(body, id, "note_minor_overdue");
  take(body, id, {body.lead, "raise_grade", regraded, "plan_accepted", body.technical});
  CHECK((*body.facts.at(id).body)["regrade_proposed"] == false);
  CHECK((*body.facts.at(id).body)["grade"] == "major");
}

TEST_CASE("a minor that nobody answers is escalated twice, then its grade is to be decided", "[certification]") {
  CertificationBody body;
  const RecordId id = body.nonconformity_in("issued", body.audit_in("report_issued"));
  Json& says = body.facts.at(id).body.edit();
  says["grade"] = "minor";
  says["response_overdue"] = true;
  CHECK(body.deadlines(id).find("response_escalation 2026-03-09") != std::string::npos);
  fire(body, id, "note_response_escalated");
  CHECK(body.deadlines(id).find("minor_unanswered 2026-03-16") != std::string::npos);
  fire(body, id, "note_minor_unanswered");
  const Json after = *body.facts.at(id).body;
  CHECK(after["response_unanswered"] == true);
  CHECK(after["regrade_proposed"] == true);
  CHECK(after["grade"] == "minor");
  take(body, id, {body.customer, "respond", response, "response_submitted"});
  CHECK((*body.facts.at(id).body)["response_unanswered"] == false);
}

}  // namespace
}  // namespace assay::test::client_nonconformity_test
