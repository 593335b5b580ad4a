// What a nonconformity accepts and refuses, one row per refusal; and its whole life.
#include "workflows/company.h"

namespace assay::test::nonconformity_test {
namespace {

using C = Company;

RecordId in_audit(Company& company, const std::string& state) { return company.nonconformity_in(state); }
RecordId without_evidence(Company& company, const std::string& state) {
  return company.nonconformity_in(state, company.audit_in("report_issued"), false);
}
/// Reported by a colleague, outside of any audit.
RecordId standing_alone(Company& company, const std::string& state) {
  const RecordId id = company.facts.add("nonconformity", state, C::nonconformity_body(), {},
                                        {{"action_owner", {company.owner}}, {"reporter", {company.colleague}}});
  company.facts.add_evidence(id, company.now.at);
  company.facts.did(company.colleague, id, "report");
  return id;
}
void seat_owner(Company& company, RecordId id, PersonId person) {
  company.facts.take_seats(id, "action_owner", {person});
}
void isms_owns(Company& company, RecordId id) { seat_owner(company, id, company.isms); }
void lead_owns(Company& company, RecordId id) { seat_owner(company, id, company.lead); }
void boss_owns(Company& company, RecordId id) { seat_owner(company, id, company.boss); }
auto body(const char* field, Json value) {
  return [field, value](Company& company, RecordId id) { company.facts.at(id).body.edit()[field] = value; };
}
auto without(const char* field) {
  return [field](Company& company, RecordId id) { company.facts.at(id).body.edit().erase(field); };
}
auto did(PersonId C::* who, const char* command) {
  return [who, command](Company& company, RecordId id) { company.facts.did(company.*who, id, command); };
}
auto did_action(PersonId C::* who, const char* command) {
  return [who, command](Company& company, RecordId id) {
    const RecordId action = company.facts.add("corrective-action", "closed", Json::object(), {{"nonconformity", id}});
    company.facts.did(company.*who, action, command);
  };
}
/// The evidence is as old as the world; this was done after it.
auto after_the_evidence(const char* command) {
  return [command](Company& company, RecordId id) {
    company.facts.did(company.lead, id, command, company.now.at + std::chrono::milliseconds{1});
  };
}
auto about(const char* question, const char* result) {
  return [question, result](Company& company, RecordId id) {
    const RecordId audit = company.facts.linked(id, "audit").front();
    company.facts.items_of(audit)[0].result = result;
    company.facts.at(id).body.edit()["items"] = {
        {{"catalogue", "iso27001-2022"}, {"question", question}, {"subject", "whole"}}};
  };
}
auto action_in(const char* state) {
  return [state](Company& company, RecordId id) {
    company.facts.add("corrective-action", state, Json::object(), {{"nonconformity", id}});
  };
}

Json statement() {
  return {{"title", "No restore test"},
          {"grade", "major"},
          {"clause", "A.8.13"},
          {"requirement", "Backups are tried out as planned"},
          {"finding", "No test since 2024"},
          {"objective_evidence", "Log of 2025, no entry"}};
}
Json statement_of(Company& company, const std::string& audit_state) {
  Json input = statement();
  input["audit"] = company.name(company.audit_in(audit_state));
  return input;
}
Json received(Company& company, const char* source) {
  Json input = statement();
  input.update({{"source", source},
                {"issuer", "Certification body"},
                {"issuer_number", "17"},
                {"issuer_grade", "category 1"},
                {"action_owner", {company.name(company.owner)}},
                {"issuer_response_due", "2026-04-30"}});
  return input;
}
Json response() {
  static const Company company;
  return {{"correction", "Test held"}, {"extent", "All sites"},      {"root_cause", "Nobody was named"},
          {"action", "Name somebody"}, {"action_due", "2026-04-15"}, {"action_owner", {company.name(company.owner)}}};
}
const Json reason{{"reason", "new facts"}};
const Json regrade{{"reason", "new facts"}, {"regrade_evidence", "log found"}};
const Json settlement{{"settlement", "the log was read again"}};
const Json settled_lower{{"settlement", "one site only"}, {"regrade_evidence", "log of the other sites"}};
const Json done{{"implementation", "Named"}, {"done_on", "2026-03-02"}};
const Json proof{{"verification", "Two test logs"}, {"effectiveness", "Both tests were held on time"}};
const Json exception{{"reason", "five people"}, {"compensating_measure", "top management reads the logs"}};

// Tables: a row each, however long.
// clang-format off
TEST_CASE("who may make a nonconformity, and from what") {
  const auto raise_in = [](const char* state) { return [state](Company& company) { return statement_of(company, state); }; };
  try_new("nonconformity", {
      {"by an auditor during the fieldwork", &C::auditor, "raise", raise_in("fieldwork"), "-> draft"},
      {"by a trainee, as a draft", &C::trainee, "raise", raise_in("fieldwork"), "-> draft"},
      {"before the opening", &C::lead, "raise", raise_in("plan_issued"), "unmet linked_all.open"},
      {"after the report", &C::lead, "raise", raise_in("report_issued"), "unmet linked_all.open"},
      {"by the auditee", &C::auditee, "raise", raise_in("fieldwork"), "not_permitted"},
      {"by an observer", &C::observer, "raise", raise_in("fieldwork"), "not_permitted"},
      {"by the ISMS manager, who is not in the team", &C::isms, "raise", raise_in("fieldwork"), "not_permitted"},
      {"without a requirement", &C::auditor, "raise",
       [](Company& company) { Json input = statement_of(company, "fieldwork"); input.erase("requirement"); return input; }, "invalid /requirement"},
      {"with an opportunity as its grade", &C::auditor, "raise",
       [](Company& company) { Json input = statement_of(company, "fieldwork"); input["grade"] = "opportunity"; return input; }, "invalid /grade"},
      {"reported by anybody", &C::colleague, "report", [](Company&) { return Json{{"title", "Door open"}, {"source", "incident"}, {"finding", "Open all night"}}; }, "-> reported"},
      {"reported as if by an external body", &C::colleague, "report",
       [](Company&) { return Json{{"title", "Door open"}, {"source", "external_body"}, {"finding", "Open"}}; }, "unmet is.other_value"},
      {"reported into an audit", &C::colleague, "report",
       [](Company& company) { return Json{{"title", "Door"}, {"source", "incident"}, {"finding", "Open"}, {"audit", company.name(company.audit_in("fieldwork"))}}; }, "invalid /audit"},
      {"received from a certification body", &C::isms, "receive", [](Company& company) { return received(company, "external_body"); }, "-> issued"},
      {"received from nobody outside", &C::isms, "receive", [](Company& company) { return received(company, "own_observation"); }, "unmet is.other_value"},
      {"received by an auditor", &C::internal, "receive", [](Company& company) { return received(company, "external_body"); }, "not_permitted"},
      {"received with its owner as the verifier", &C::isms, "receive", [](Company& company) { Json input = received(company, "customer"); input["verifier"] = {company.name(company.owner)}; return input; }, "unmet people_differ.overlap"},
  });
}

TEST_CASE("a draft is issued by the lead auditor while findings are open") {
  const auto in = [](const char* audit) { return [audit](Company& company, const std::string& state) { return company.nonconformity_in(state, company.audit_in(audit)); }; };
  try_rows({
      {"by the lead auditor", "draft", &C::lead, "issue", {}, "-> issued"},
      {"about an item that does not conform", "draft", &C::lead, "issue", {}, "-> issued", about("A.8.13-q1", "does_not_conform")},
      {"about an item that conforms", "draft", &C::lead, "issue", {}, "unmet items_of.other_result", about("A.8.13-q1", "conforms")},
      {"about an item without an answer", "draft", &C::lead, "issue", {}, "unmet items_of.other_result", about("A.8.13-q1", "")},
      {"about an item that is not planned", "draft", &C::lead, "issue", {}, "unmet items_of.not_planned", about("A.5.1-q1", "does_not_conform")},
      {"without a grade, which a revision took back", "draft", &C::lead, "issue", {}, "unmet filled.empty", [](Company& company, RecordId id) { company.facts.at(id).body.edit().erase("grade"); }},
      {"by an auditor", "draft", &C::auditor, "issue", {}, "not_permitted"},
      {"twice", "issued", &C::lead, "issue", {}, "wrong_state"},
      {"discarded with a reason", "draft", &C::lead, "discard", reason, "-> discarded"},
      {"discarded without a reason", "draft", &C::lead, "discard", {}, "invalid /reason"},
      {"revised by an auditor", "draft", &C::auditor, "revise", {{"finding", "No test since 2023"}}, "-> draft"},
      {"revised once it is issued", "issued", &C::lead, "revise", {{"finding", "something milder"}}, "wrong_state"},
      {"responded to while a draft", "draft", &C::owner, "respond", response(), "wrong_state"},
  }, in("report_draft"));
  try_rows({{"after the report", "draft", &C::lead, "issue", {}, "unmet linked_all.open"}}, in("report_issued"));
}

TEST_CASE("a report from within is taken up or declined by the ISMS manager") {
  const auto accepted = [] {
    Json input{{"grade", "minor"}, {"clause", "A.7.2"}, {"requirement", "Entry is controlled"}, {"objective_evidence", "Log of the door"}};
    static const Company company;
    input["action_owner"] = {company.name(company.owner)};
    return input;
  }();
  try_rows({
      {"taken up", "reported", &C::isms, "accept_report", accepted, "-> issued"},
      {"without a grade", "reported", &C::isms, "accept_report", [&] { Json input = accepted; input.erase("grade"); return input; }(), "invalid /grade"},
      {"by the reporter", "reported", &C::colleague, "accept_report", accepted, "not_permitted"},
      {"declined", "reported", &C::isms, "decline_report", reason, "-> declined"},
      {"declined without a reason", "reported", &C::isms, "decline_report", {}, "invalid /reason"},
      {"responded to by the owner", "issued", &C::owner, "respond", response(), "-> response_submitted"},
      {"responded to by the reporter", "issued", &C::colleague, "respond", response(), "not_permitted"},
  }, standing_alone);
}

TEST_CASE("a dispute is settled outside of the team") {
  try_rows({
      {"raised by the auditee", "issued", &C::auditee, "dispute", {{"dispute", "The log exists"}}, "-> disputed"},
      {"after acknowledging", "acknowledged", &C::owner, "dispute", {{"dispute", "The log exists"}}, "-> disputed"},
      {"a second time", "upheld", &C::auditee, "dispute", {{"dispute", "Still"}}, "wrong_state"},
      {"without saying what", "issued", &C::auditee, "dispute", {}, "invalid /dispute"},
      {"by the lead auditor", "issued", &C::lead, "dispute", {{"dispute", "x"}}, "not_permitted"},
      {"against an external body", "issued", &C::auditee, "dispute", {{"dispute", "x"}}, "unmet is_not.excluded_value", body("source", "external_body")},
      {"upheld by top management", "disputed", &C::boss, "uphold", settlement, "-> upheld"},
      {"upheld by the programme manager", "disputed", &C::planner, "uphold", settlement, "-> upheld"},
      {"upheld without saying why", "disputed", &C::boss, "uphold", {}, "invalid /settlement"},
      {"upheld by the lead auditor", "disputed", &C::lead, "uphold", settlement, "not_permitted"},
      {"upheld by an ISMS manager who is in the team", "disputed", &C::isms, "uphold", settlement, "unmet actor_not.holds_seat",
       [](Company& c, RecordId id) { c.facts.take_seats(c.facts.linked(id, "audit").front(), "auditor", {c.isms}); }},
      {"upheld by its owner", "disputed", &C::isms, "uphold", settlement, "unmet actor_not.holds_seat", isms_owns},
      {"settled by who disputed", "disputed", &C::isms, "uphold", settlement, "unmet actor_not_did.did", did(&C::isms, "dispute")},
      {"lowered with one person", "disputed", &C::boss, "regrade_in_dispute", settled_lower, "second"},
      {"lowered with two", "disputed", &C::boss, "regrade_in_dispute", settled_lower, "-> upheld", {}, &C::isms},
      {"lowered though minor", "disputed", &C::boss, "regrade_in_dispute", settled_lower, "unmet is.other_value", body("grade", "minor"), &C::isms},
      {"lowered, confirmed by its owner", "disputed", &C::boss, "regrade_in_dispute", settled_lower, "unmet actor_not.second_holds_seat", isms_owns, &C::isms},
      {"sustained with two", "disputed", &C::boss, "withdraw_in_dispute", settlement, "-> withdrawn", {}, &C::isms},
      {"sustained by one", "disputed", &C::boss, "withdraw_in_dispute", settlement, "second"},
      {"answered while disputed", "disputed", &C::owner, "respond", response(), "wrong_state"},
      {"answered after it is upheld", "upheld", &C::owner, "respond", response(), "-> response_submitted"},
  }, in_audit);
}

TEST_CASE("a grade falls by two people with a reason and evidence, and rises by one") {
  try_rows({
      {"asked for", "issued", &C::lead, "lower_grade", regrade, "second"},
      {"confirmed", "issued", &C::lead, "lower_grade", regrade, "-> issued", {}, &C::isms},
      {"confirmed by the proposer", "issued", &C::isms, "lower_grade", regrade, "not_permitted", {}, &C::isms},
      {"confirmed by somebody without the role", "issued", &C::lead, "lower_grade", regrade, "not_permitted", {}, &C::colleague},
      {"without evidence", "issued", &C::lead, "lower_grade", reason, "invalid /regrade_evidence"},
      {"without a reason", "issued", &C::lead, "lower_grade", {{"regrade_evidence", "x"}}, "invalid /reason"},
      {"though minor", "issued", &C::lead, "lower_grade", regrade, "unmet is.other_value", body("grade", "minor")},
      {"of an external body", "issued", &C::lead, "lower_grade", regrade, "unmet is_not.excluded_value", body("source", "external_body")},
      {"by its owner", "issued", &C::isms, "lower_grade", regrade, "unmet actor_not.holds_seat", isms_owns},
      {"confirmed by its owner", "issued", &C::lead, "lower_grade", regrade, "unmet actor_not.second_holds_seat", boss_owns, &C::boss},
      {"by the auditee", "issued", &C::auditee, "lower_grade", regrade, "not_permitted"},
      {"once verified", "verified", &C::lead, "lower_grade", regrade, "wrong_state"},
      {"raised", "plan_accepted", &C::lead, "raise_grade", reason, "-> plan_accepted", body("grade", "minor")},
      {"raised without a reason", "plan_accepted", &C::lead, "raise_grade", {}, "invalid /reason", body("grade", "minor")},
      {"raised though major", "plan_accepted", &C::lead, "raise_grade", reason, "unmet is.other_value"},
      {"raised by its owner", "plan_accepted", &C::isms, "raise_grade", reason, "unmet actor_not.holds_seat",
       [](Company& c, RecordId id) { isms_owns(c, id); c.facts.at(id).body.edit()["grade"] = "minor"; }},
      {"withdrawn by one", "issued", &C::lead, "withdraw", reason, "second"},
      {"withdrawn by two", "issued", &C::lead, "withdraw", reason, "-> withdrawn", {}, &C::boss},
      {"withdrawn by its owner", "issued", &C::isms, "withdraw", reason, "unmet actor_not.holds_seat", isms_owns},
      {"withdrawn by the auditee", "issued", &C::auditee, "withdraw", reason, "not_permitted"},
      {"withdrawn while verified", "verifying", &C::lead, "withdraw", reason, "wrong_state"},
  }, in_audit);
}

TEST_CASE("a response comes from the audited side, and is judged by others") {
  const Json method{{"verification_method", "desk"}};
  const auto lacking = [](const char* field) { Json input = response(); input.erase(field); return input; };
  try_rows({
      {"by the owner", "issued", &C::owner, "respond", response(), "-> response_submitted"},
      {"by the auditee", "acknowledged", &C::auditee, "respond", response(), "-> response_submitted"},
      {"again after a rejection", "plan_rejected", &C::owner, "respond", response(), "-> response_submitted"},
      {"by the lead auditor", "issued", &C::lead, "respond", response(), "not_permitted"},
      {"by who raised it", "issued", &C::isms, "respond", response(), "unmet actor_not_did.did", did(&C::isms, "raise")},
      {"without a cause", "issued", &C::owner, "respond", lacking("root_cause"), "invalid /root_cause"},
      {"without looking elsewhere", "issued", &C::owner, "respond", lacking("extent"), "invalid /extent"},
      {"without a correction", "issued", &C::owner, "respond", lacking("correction"), "invalid /correction"},
      {"without a date", "issued", &C::owner, "respond", lacking("action_due"), "invalid /action_due"},
      {"with an empty cause", "issued", &C::owner, "respond", [] { Json input = response(); input["root_cause"] = ""; return input; }(), "invalid /root_cause"},
      {"with the verifier as owner", "issued", &C::owner, "respond", response(), "unmet people_differ.overlap",
       [](Company& c, RecordId id) { c.facts.take_seats(id, "verifier", {c.owner}); }},
      {"accepted by the lead auditor", "response_submitted", &C::lead, "accept_plan", method, "-> plan_accepted"},
      {"accepted by the verifier", "response_submitted", &C::verifier, "accept_plan", method, "-> plan_accepted"},
      {"accepted without saying how it is verified", "response_submitted", &C::lead, "accept_plan", {}, "invalid /verification_method"},
      {"accepted without a cause", "response_submitted", &C::lead, "accept_plan", method, "unmet filled.empty", without("root_cause")},
      {"accepted by its owner", "response_submitted", &C::isms, "accept_plan", method, "unmet actor_not.holds_seat", isms_owns},
      {"accepted by the lead auditor who owns it", "response_submitted", &C::lead, "accept_plan", method, "unmet actor_not.holds_seat", lead_owns},
      {"accepted by who wrote it", "response_submitted", &C::isms, "accept_plan", method, "unmet actor_not_did.did", did(&C::isms, "respond")},
      {"accepted by who planned its action", "response_submitted", &C::isms, "accept_plan", method, "unmet actor_not_did.did", did_action(&C::isms, "plan")},
      {"accepted by the auditee", "response_submitted", &C::auditee, "accept_plan", method, "not_permitted"},
      {"rejected with what is missing", "response_submitted", &C::lead, "reject_plan", {{"rejection", "The cause is a symptom"}}, "-> plan_rejected"},
      {"rejected without a word", "response_submitted", &C::lead, "reject_plan", {}, "invalid /rejection"},
      {"rejected by its owner", "response_submitted", &C::isms, "reject_plan", {{"rejection", "x"}}, "unmet actor_not.holds_seat", isms_owns},
  }, in_audit);
}

TEST_CASE("evidence is submitted when the action is done") {
  try_rows({
      {"by the owner", "plan_accepted", &C::owner, "submit_evidence", done, "-> verifying"},
      {"again after a rejection", "rejected", &C::owner, "submit_evidence", done, "-> verifying"},
      {"with evidence of before the plan", "plan_accepted", &C::owner, "submit_evidence", done, "unmet has_evidence.outdated", after_the_evidence("accept_plan")},
      {"with the evidence that was rejected", "rejected", &C::owner, "submit_evidence", done, "unmet has_evidence.outdated", after_the_evidence("reject_evidence")},
      {"done tomorrow", "plan_accepted", &C::owner, "submit_evidence", {{"implementation", "x"}, {"done_on", "2026-03-03"}}, "unmet not_after.after"},
      {"with an action still planned", "plan_accepted", &C::owner, "submit_evidence", done, "unmet linked_all.open", action_in("planned")},
      {"with its action implemented", "plan_accepted", &C::owner, "submit_evidence", done, "-> verifying", action_in("implemented")},
      {"by the verifier", "plan_accepted", &C::verifier, "submit_evidence", done, "not_permitted"},
      {"before the plan is accepted", "response_submitted", &C::owner, "submit_evidence", done, "wrong_state"},
  }, in_audit);
}

TEST_CASE("effectiveness is verified by somebody other than the owner") {
  try_rows({
      {"by the verifier", "verifying", &C::verifier, "verify", proof, "-> verified"},
      {"by the lead auditor", "verifying", &C::lead, "verify", proof, "-> verified"},
      {"by the owner", "verifying", &C::owner, "verify", proof, "not_permitted"},
      {"by an ISMS manager who owns it", "verifying", &C::isms, "verify", proof, "unmet actor_not.holds_seat", isms_owns},
      {"by a lead auditor who owns it", "verifying", &C::lead, "verify", proof, "unmet actor_not.holds_seat", lead_owns},
      {"by who submitted the evidence", "verifying", &C::isms, "verify", proof, "unmet actor_not_did.did", did(&C::isms, "submit_evidence")},
      {"by who responded", "verifying", &C::isms, "verify", proof, "unmet actor_not_did.did", did(&C::isms, "respond")},
      {"by who implemented its action", "verifying", &C::isms, "verify", proof, "unmet actor_not_did.did", did_action(&C::isms, "report_implemented")},
      {"by who implemented its action, with an exception", "verifying", &C::isms, "verify", proof, "-> verified",
       [](Company& c, RecordId id) { did_action(&C::isms, "report_implemented")(c, id); c.facts.at(id).body.edit()["waived"] = {"independent_verification"}; }},
      {"by who responded, with an exception", "verifying", &C::isms, "verify", proof, "-> verified",
       [](Company& c, RecordId id) { c.facts.did(c.isms, id, "respond"); c.facts.at(id).body.edit()["waived"] = {"independent_verification"}; }},
      {"by the owner, with an exception", "verifying", &C::isms, "verify", proof, "unmet actor_not.holds_seat",
       [](Company& c, RecordId id) { isms_owns(c, id); c.facts.at(id).body.edit()["waived"] = {"independent_verification"}; }},
      {"without a cause", "verifying", &C::verifier, "verify", proof, "unmet filled.empty", without("root_cause")},
      {"without saying what shows it", "verifying", &C::verifier, "verify", {{"verification", "Logs"}}, "invalid /effectiveness"},
      {"rejected", "verifying", &C::verifier, "reject_evidence", {{"rejection", "One site is missing"}}, "-> rejected"},
      {"rejected without a word", "verifying", &C::verifier, "reject_evidence", {}, "invalid /rejection"},
      {"rejected by its owner", "verifying", &C::isms, "reject_evidence", {{"rejection", "x"}}, "unmet actor_not.holds_seat", isms_owns},
      {"taken back before it is closed", "verified", &C::verifier, "reconsider", {{"rejection", "It happened again"}}, "-> rejected"},
      {"taken back by its owner", "verified", &C::isms, "reconsider", {{"rejection", "x"}}, "unmet actor_not.holds_seat", isms_owns},
      {"taken back once it is closed", "closed", &C::verifier, "reconsider", {{"rejection", "x"}}, "wrong_state"},
  }, in_audit);
}

TEST_CASE("a nonconformity closes with cause, action and verified effectiveness only") {
  try_rows({
      {"complete", "verified", &C::lead, "close", {}, "-> closed"},
      {"by its owner", "verified", &C::owner, "close", {}, "not_permitted"},
      {"by an ISMS manager who owns it", "verified", &C::isms, "close", {}, "unmet actor_not.holds_seat", isms_owns},
      {"by who submitted the evidence", "verified", &C::isms, "close", {}, "unmet actor_not_did.did", did(&C::isms, "submit_evidence")},
      {"by who planned its action", "verified", &C::isms, "close", {}, "unmet actor_not_did.did", did_action(&C::isms, "plan")},
      {"without a cause", "verified", &C::lead, "close", {}, "unmet filled.empty", without("root_cause")},
      {"without an action", "verified", &C::lead, "close", {}, "unmet filled.empty", without("action")},
      {"without its implementation", "verified", &C::lead, "close", {}, "unmet filled.empty", without("implementation")},
      {"without effectiveness", "verified", &C::lead, "close", {}, "unmet filled.empty", without("effectiveness")},
      {"with an action whose effectiveness is open", "verified", &C::lead, "close", {}, "unmet linked_all.open", action_in("implemented")},
      {"with an action closed", "verified", &C::lead, "close", {}, "-> closed", action_in("closed")},
      {"before it is verified", "verifying", &C::lead, "close", {}, "wrong_state"},
      {"from issued", "issued", &C::lead, "close", {}, "wrong_state"},
      {"twice", "closed", &C::lead, "close", {}, "wrong_state"},
  }, in_audit);
}

TEST_CASE("nothing is done, verified or closed without evidence, and every reason is told at once") {
  try_rows({
      {"done", "plan_accepted", &C::owner, "submit_evidence", done, "unmet has_evidence.no_evidence"},
      {"verified", "verifying", &C::verifier, "verify", proof, "unmet has_evidence.no_evidence"},
      {"closed", "verified", &C::lead, "close", {}, "unmet has_evidence.no_evidence"},
      {"closed by its owner, without cause and with an action open", "verified", &C::isms, "close", {},
       "unmet actor_not.holds_seat filled.empty has_evidence.no_evidence linked_all.open",
       [](Company& c, RecordId id) {
         isms_owns(c, id);
         c.facts.at(id).body.edit().erase("root_cause");
         action_in("planned")(c, id);
       }},
  }, without_evidence);
}

TEST_CASE("seats of a nonconformity keep apart who acts and who verifies") {
  static const Company people;
  const auto seat = [](const char* name, PersonId who) { return Json{{name, {people.name(who)}}}; };
  try_rows({
      {"a verifier", "plan_accepted", &C::lead, "appoint_verifier", seat("verifier", people.colleague), "-> plan_accepted"},
      {"the owner as verifier", "plan_accepted", &C::lead, "appoint_verifier", seat("verifier", people.owner), "unmet people_differ.overlap"},
      {"a verifier, by top management", "plan_accepted", &C::boss, "appoint_verifier", seat("verifier", people.colleague), "-> plan_accepted", isms_owns},
      {"appointed by the owner", "plan_accepted", &C::isms, "appoint_verifier", seat("verifier", people.colleague), "unmet actor_not.holds_seat", isms_owns},
      {"two verifiers", "plan_accepted", &C::lead, "appoint_verifier", {{"verifier", {people.name(people.colleague), people.name(people.boss)}}}, "invalid /verifier"},
      {"somebody of another organisation", "plan_accepted", &C::lead, "appoint_verifier", seat("verifier", people.stranger), "invalid /verifier/0"},
      {"another owner", "plan_accepted", &C::auditee, "assign_owner", seat("action_owner", people.colleague), "-> plan_accepted"},
      {"another owner while it is verified", "verifying", &C::auditee, "assign_owner", seat("action_owner", people.colleague), "wrong_state"},
      {"the verifier as owner", "plan_accepted", &C::auditee, "assign_owner", seat("action_owner", people.verifier), "unmet people_differ.overlap"},
      {"another owner, by the owner", "plan_accepted", &C::owner, "assign_owner", seat("action_owner", people.colleague), "not_permitted"},
  }, in_audit);
}

TEST_CASE("overrides of a nonconformity take two people, a reason, and nobody for oneself") {
  const Json later{{"respond_until", "2026-05-01"}, {"reason", "the expert is away"}};
  const Json verify_later{{"verify_until", "2026-06-30"}, {"reason", "delivery is late"}};
  try_rows({
      {"more time to respond, asked for by the owner", "issued", &C::owner, "extend_response", later, "second"},
      {"and granted", "issued", &C::owner, "extend_response", later, "-> issued", {}, &C::isms},
      {"granted by an ISMS manager who owns it", "issued", &C::lead, "extend_response", later, "unmet actor_not.second_holds_seat", isms_owns, &C::isms},
      {"granted by the lead auditor", "issued", &C::owner, "extend_response", later, "not_permitted", {}, &C::lead},
      {"into the past", "issued", &C::owner, "extend_response", {{"respond_until", "2026-03-02"}, {"reason", "x"}}, "unmet after.not_after", {}, &C::isms},
      {"without a reason", "issued", &C::owner, "extend_response", {{"respond_until", "2026-05-01"}}, "invalid /reason"},
      {"more time to verify", "plan_accepted", &C::owner, "extend_verification", verify_later, "-> plan_accepted", {}, &C::boss},
      {"more time to verify, of today", "plan_accepted", &C::owner, "extend_verification", {{"verify_until", "2026-03-02"}, {"reason", "x"}}, "unmet after.not_after", {}, &C::boss},
      {"more time to verify, granted by its owner", "plan_accepted", &C::lead, "extend_verification", verify_later, "unmet actor_not.second_holds_seat", boss_owns, &C::boss},
      {"a check by who was involved, asked for", "verifying", &C::isms, "allow_own_check", exception, "second"},
      {"and granted by top management", "verifying", &C::isms, "allow_own_check", exception, "-> verifying", {}, &C::boss},
      {"granted by the ISMS manager", "verifying", &C::lead, "allow_own_check", exception, "not_permitted", {}, &C::isms},
      {"granted by the owner", "verifying", &C::isms, "allow_own_check", exception, "unmet actor_not.second_holds_seat", boss_owns, &C::boss},
      {"without a compensating measure", "verifying", &C::isms, "allow_own_check", reason, "invalid /compensating_measure"},
  }, in_audit);
}

TEST_CASE("a minor is carried to an audit that is still to come") {
  const auto carry_to = [](const char* audit_state) {
    return [audit_state](Company& c, RecordId id) {
      c.facts.at(id).body.edit()["grade"] = "minor";
      c.facts.link(id, "checked_in", c.audit_in(audit_state));
    };
  };
  // The audit that is named is the second of its world: programme, audit, finding, audit.
  const Json next{{"checked_in", {uuid_of(RecordId{4})}}};
  try_rows({
      {"planned", "plan_accepted", &C::lead, "carry", next, "-> plan_accepted", carry_to("planned")},
      {"over", "plan_accepted", &C::lead, "carry", next, "unmet linked_some.none_in_state", carry_to("complete")},
      {"a major", "plan_accepted", &C::lead, "carry", next, "unmet is.other_value", [](Company& c, RecordId) { c.audit_in("planned"); }},
      {"to no audit", "plan_accepted", &C::lead, "carry", {}, "invalid /checked_in", body("grade", "minor")},
  }, in_audit);
}

TEST_CASE("a timer notes and tells, and judges nothing") {
  Company company;
  const RecordId id = company.nonconformity_in("issued");
  const Actor timer{{}, {}, true};
  REQUIRE(answer(company.act(timer, id, "note_response_overdue")) == "-> issued");
  CHECK((*company.facts.at(id).body)["response_overdue"] == true);
  REQUIRE(answer(company.act(timer, id, "note_major_overdue")) == "-> issued");
  CHECK((*company.facts.at(id).body)["escalated"] == true);
  CHECK((*company.facts.at(id).body)["grade"] == "major");
  CHECK(answer(company.ask(timer, id, "withdraw", reason)) == "not_permitted");
  CHECK(answer(company.ask(company.isms, id, "note_response_overdue")) == "not_permitted");
}

TEST_CASE("deadlines run from the day of issue, by grade, and move with an extension") {
  Company company;
  const RecordId audit = company.audit_in("fieldwork");
  Json input = statement();
  input["audit"] = company.name(audit);
  REQUIRE(answer(company.make(company.auditor, "nonconformity", "raise", input)) == "-> draft");
  const RecordId id = company.last;
  CHECK(company.facts.timers(id).empty());
  REQUIRE(answer(company.act(company.lead, id, "issue", {{"action_owner", {company.name(company.owner)}}})) == "-> issued");
  CHECK(to_text(company.facts.timers(id).at("response_due").day) == "2026-04-01");
  CHECK(to_text(company.facts.timers(id).at("major_verification_due").day) == "2026-05-31");
  CHECK(!company.facts.timers(id).contains("minor_verification_due"));
  REQUIRE(answer(company.act(Actor{company.lead, company.isms}, id, "lower_grade", regrade)) == "-> issued");
  CHECK(!company.facts.timers(id).contains("major_verification_due"));
  CHECK(to_text(company.facts.timers(id).at("minor_verification_due").day) == "2027-03-02");
  CHECK((*company.facts.at(id).body)["gradings"].size() == 2);
  REQUIRE(answer(company.act(Actor{company.owner, company.isms}, id, "extend_response", {{"respond_until", "2026-05-01"}, {"reason", "x"}})) == "-> issued");
  CHECK(to_text(company.facts.timers(id).at("response_due").day) == "2026-05-01");
  REQUIRE(answer(company.act(company.owner, id, "respond", response())) == "-> response_submitted");
  CHECK(!company.facts.timers(id).contains("response_due"));
}

TEST_CASE("a new grade ends an extension of the verification, which the list of gradings keeps") {
  const auto extended = [](Company& company, RecordId id, const char* grade) {
    company.facts.at(id).body.edit()["grade"] = grade;
    company.facts.at(id).body.edit()["verify_until"] = "2026-12-31";
    company.facts.at(id).body.edit()["verification_overdue"] = true;
  };
  const auto regraded = [](Company& company, RecordId id, const char* timer, const char* day) {
    const Json& now = *company.facts.at(id).body;
    CHECK(!now.contains("verify_until"));
    CHECK(!now.contains("verify_until_before"));
    CHECK(now["verification_overdue"] == false);
    REQUIRE(now["gradings"].size() == 1);
    CHECK(now["gradings"][0]["grade"] == now["grade"]);
    CHECK(now["gradings"][0]["verify_until_before"] == "2026-12-31");
    CHECK(to_text(company.facts.timers(id).at(timer).day) == day);
  };
  SECTION("raised") {
    Company company;
    const RecordId id = company.nonconformity_in("plan_accepted");
    extended(company, id, "minor");
    take(company, id, {company.lead, "raise_grade", reason, "plan_accepted"});
    regraded(company, id, "major_verification_due", "2026-05-21");
  }
  SECTION("lowered") {
    Company company;
    const RecordId id = company.nonconformity_in("plan_accepted");
    extended(company, id, "major");
    REQUIRE(answer(company.act(Actor{company.lead, company.isms}, id, "lower_grade", regrade)) == "-> plan_accepted");
    regraded(company, id, "minor_verification_due", "2027-02-20");
  }
  SECTION("lowered in a dispute") {
    Company company;
    const RecordId id = company.nonconformity_in("disputed");
    extended(company, id, "major");
    REQUIRE(answer(company.act(Actor{company.boss, company.isms}, id, "regrade_in_dispute", settled_lower)) == "-> upheld");
    regraded(company, id, "minor_verification_due", "2027-02-20");
  }
}

TEST_CASE("deadlines of the issuer count for what came from outside") {
  Company company;
  const auto decided = company.make(company.isms, "nonconformity", "receive", received(company, "external_body"));
  REQUIRE(answer(decided) == "-> issued");
  const RecordId id = company.last;
  CHECK(to_text(company.facts.timers(id).at("response_due").day) == "2026-04-30");
  CHECK(to_text(company.facts.timers(id).at("major_verification_due").day) == "2026-05-31");
  take(company, id, {company.owner, "respond", response(), "response_submitted"});
  take(company, id, {company.isms, "reject_plan", {{"rejection", "The cause is a symptom"}}, "plan_rejected"});
  CHECK(to_text(company.facts.timers(id).at("revision_due").day) == "2026-03-16");
  CHECK((*company.facts.at(id).body)["issuer_response_due"] == "2026-04-30");
}

TEST_CASE("a major goes from the audit to closure, with a rejected plan and rejected evidence") {
  Company company;
  Json input = statement();
  input["audit"] = company.name(company.audit_in("fieldwork"));
  REQUIRE(answer(company.make(company.auditor, "nonconformity", "raise", input)) == "-> draft");
  const RecordId id = company.last;
  const Json owner{{"action_owner", {company.name(company.owner)}}};
  const std::vector<Step> before_evidence{
      {company.lead, "issue", owner, "issued"},
      {company.auditee, "acknowledge", {}, "acknowledged"},
      {company.owner, "respond", response(), "response_submitted"},
      {company.lead, "reject_plan", {{"rejection", "The cause is a symptom"}}, "plan_rejected"},
      {company.owner, "respond", response(), "response_submitted"},
      {company.lead, "accept_plan", {{"verification_method", "desk"}, {"verifier", {company.name(company.verifier)}}}, "plan_accepted"},
  };
  const std::vector<Step> after_evidence{
      {company.owner, "submit_evidence", done, "verifying"},
      {company.verifier, "reject_evidence", {{"rejection", "One site is missing"}}, "rejected"},
      {company.owner, "submit_evidence", done, "verifying"},
      {company.verifier, "verify", proof, "verified"},
      {company.lead, "close", {}, "closed"},
  };
  for (const Step& step : before_evidence) take(company, id, step);
  company.facts.add_evidence(id, company.now.at);
  for (const Step& step : after_evidence) take(company, id, step);
  const Json& body = *company.facts.at(id).body;
  CHECK(body["responses"].size() == 2);
  CHECK(body["rejections"].size() == 2);
  CHECK(body["source"] == "internal_audit");
  CHECK(body["closed_on"] == "2026-03-02");
  CHECK(company.facts.timers(id).empty());
}

}  // namespace
}  // namespace assay::test::nonconformity_test
