// Audits that something else asks for, from plan to end: a follow-up of what was found before, and the visit before a
// certification is taken over.
#include "workflows/certification_body.h"

namespace assay::test::special_audit_test {
namespace {

/// A body whose steps are told by the events that they lead to.
struct Walk : CertificationBody {
  /// "STATE: EVENTS" of the step, the record's own event first, or why it was refused.
  std::string told(const Result<Decision>& decided) {
    if (!decided || decided->needs_second) return answer(decided);
    std::string line = decided->changes.front().state + ":";
    for (const Change& change : decided->changes) line += " " + change.definition->type + "." + change.event;
    return line;
  }
  void then(PersonId who, RecordId id, const char* command, const Json& input, const std::string& expected) {
    const auto decided = act(who, id, command, object_of(input));
    INFO(command << ": " << (decided ? std::string() : text_of(decided.error())));
    REQUIRE(told(decided) == expected);
  }
  RecordId made(PersonId who, const char* type, const char* command, const Json& input, const std::string& expected) {
    const auto decided = make(who, type, command, input);
    INFO(command << ": " << (decided ? std::string() : text_of(decided.error())));
    REQUIRE(told(decided) == expected);
    return last;
  }
  Json said(RecordId id, const char* field) { return facts.at(id).body->value(field, Json()); }

  RecordId planned(const char* purpose, const Json& more = Json::object()) {
    Json input = planning({{"title", "Visit"},
                           {"objectives", "What was found before"},
                           {"methods", {"on_site"}},
                           {"planned_to", "2026-03-02"},
                           {"planned_days", 1},
                           {"purpose", purpose}});
    input.update(more);
    return made(planner, "certification-audit", "plan", input, "planned: certification-audit.planned");
  }
  /// From the team to the plan; `opens` is what the opening meeting leads to besides.
  void open(RecordId audit, const std::string& opens = "") {
    const std::string type = "certification-audit.";
    then(planner, audit, "propose_team",
         {{"lead_auditor", {name(lead)}}, {"auditor", {name(auditor)}}, {"team_competence", "Hosting"}},
         "team_proposed: " + type + "team_proposed");
    then(customer, audit, "accept_team", {}, "team_confirmed: " + type + "team_accepted");
    facts.at(audit).body.edit()["catalogue_hash"] = std::string(64, 'a');
    facts.add_item(audit, {"iso27001-2022", "A.8.13-q1", "A.8.13", "whole", auditor, ""});
    const bool follows_up = said(audit, "purpose") == "follow_up";
    then(lead, audit, follows_up ? "issue_follow_up_plan" : "issue_plan",
         {{"sessions", Json::array({{{"auditor", name(auditor)},
                                     {"topics", "Recovery"},
                                     {"starts", "2026-03-02T08:00:00Z"},
                                     {"ends", "2026-03-02T14:00:00Z"},
                                     {"zone", "Europe/Berlin"},
                                     {"site", "Kiel"},
                                     {"mode", "on_site"}}})}},
         "plan_issued: " + type + (follows_up ? "follow_up_plan_issued" : "plan_issued"));
    then(lead, audit, "open", {{"opening_on", "2026-03-02"}, {"opening_attendance", {{{"name", "I. Peters"}}}}},
         "opened: " + type + "opened" + opens);
    then(auditor, audit, "begin_fieldwork", {}, "fieldwork: " + type + "fieldwork_begun");
  }
  /// From the conclusions to the report; `closes` is what the closing meeting leads to besides.
  void report(RecordId audit, const std::string& closes = "") {
    const std::string type = "certification-audit.";
    then(lead, audit, "conclude", {{"conclusions", "As found"}}, "unmet items_answered.unanswered");
    facts.items_of(audit)[0].result = "conforms";
    then(lead, audit, "record_time",
         {{"actual_time",
           Json::array({{{"auditor", name(auditor)}, {"on", "2026-03-02"}, {"hours", 6}, {"mode", "on_site"}}})}},
         "fieldwork: " + type + "time_recorded");
    then(lead, audit, "conclude", {{"conclusions", "As found"}}, "conclusions: " + type + "concluded");
    then(lead, audit, "hold_closing_meeting",
         {{"closing_on", "2026-03-02"},
          {"closing_attendance", {{{"name", "I. Peters"}}}},
          {"time_frame", "30 and 90 days"},
          {"remedies", "Explained"}},
         "closed_meeting: " + type + "closing_meeting_held" + closes);
    then(lead, audit, "draft_report",
         {{"effectiveness", "Effective"}, {"recommendation", "recommend"}, {"deviations", "None"}},
         "report_draft: " + type + "report_drafted");
    then(lead, audit, "issue_report", {}, "unmet has_report.no_report");
    facts.add_report(audit, now.at);
    then(lead, audit, "issue_report", {}, "report_issued: " + type + "report_issued");
  }
};

/// Reviewers and decision makers of the body, too.
void make_competent(Walk& body) {
  for (const auto& [who, function] :
       {std::pair{body.technical, "technical_reviewer"}, {body.decider, "decision_maker"}})
    body.facts.add("competence", "in_force",
                   {{"person", body.name(who)},
                    {"function", function},
                    {"scheme", "iso_27001"},
                    {"areas", {"it"}},
                    {"engagement", "employed"},
                    {"valid_until", "2027-12-31"}});
}

/// A transfer that waits for a visit.
RecordId transfer_with_visit(Walk& body) {
  const RecordId transfer = body.made(body.customer, "transfer", "request",
                                      {{"client", body.name(body.client)},
                                       {"title", "From another body"},
                                       {"issuing_body", "Other Cert"},
                                       {"former_number", "OC-17"},
                                       {"former_expires_on", "2027-08-31"},
                                       {"former_status", "valid"},
                                       {"scheme", "iso_27001"},
                                       {"scope", "Hosting"},
                                       {"sites", {"Kiel"}},
                                       {"areas", {"it"}},
                                       {"transfer_reason", "Nearer"}},
                                      "requested: transfer.requested");
  body.then(body.reviewer, transfer, "check_eligibility",
            {{"former_status", "valid"}, {"accredited", true}, {"issuer_ceased", false}},
            "eligibility: transfer.eligibility_check_begun");
  body.facts.add_evidence(transfer, body.now.at);
  body.then(body.reviewer, transfer, "confirm_eligible", {{"eligibility", "Looked up"}},
            "pre_transfer_review: transfer.found_eligible");
  body.then(body.reviewer, transfer, "require_visit", {{"visit_reason", "A major that the other body left open"}},
            "visit: transfer.visit_required");
  return transfer;
}

RecordId registered(Walk& body) {
  return body.made(body.manager, "certification", "register",
                   {{"client", body.name(body.client)},
                    {"programme", body.name(body.programme)},
                    {"title", "Hosting"},
                    {"scheme", "iso_27001"},
                    {"standard", "ISO/IEC 27001:2022"},
                    {"scope", "Hosting"},
                    {"sites", {"Kiel"}},
                    {"areas", {"it"}}},
                   "pending: certification.registered");
}

RecordId decision_on(Walk& body, RecordId transfer, RecordId visit, RecordId certification) {
  return body.made(body.planner, "certification-decision", "open",
                   {{"programme", body.name(body.programme)},
                    {"kind", "transfer"},
                    {"title", "Hosting"},
                    {"scheme", "iso_27001"},
                    {"standard", "ISO/IEC 27001:2022"},
                    {"scope", "Hosting"},
                    {"sites", {"Kiel"}},
                    {"areas", {"it"}},
                    {"audits", {body.name(visit)}},
                    {"certification", body.name(certification)},
                    {"transfer", body.name(transfer)}},
                   "awaiting_package: certification-decision.opened");
}

/// The package goes to a technical review, which has begun.
RecordId in_review(Walk& body, RecordId decision) {
  body.then(body.planner, decision, "submit_package",
            {{"nonconformity_comments", "See the visit"},
             {"application_confirmed", true},
             {"objectives_confirmed", true},
             {"recommendation", "recommend"}},
            "technical_review: certification-decision.package_submitted technical-review.opened");
  const RecordId review = body.facts.linked(decision, "technical_reviews").back();
  body.then(body.technical, review, "begin", {}, "in_review: technical-review.begun");
  return review;
}

/// The cycle goes on where the other body left it: the surveillance of 2026, then the recertification before the
/// expiry.
void goes_on_where_it_stood(Walk& body) {
  CHECK(body.said(body.programme, "cycle_from") == "2024-08-31");
  CHECK(body.said(body.programme, "last_surveillance_on") == "2025-09-10");
  CHECK(body.said(body.programme, "first_cycle") == false);
  CHECK(body.deadlines(body.programme) == "recertification_due 2027-08-31, schedule_due 2026-04-01");
  const auto awaited = [&] {
    const RecordView& programme = body.facts.at(body.programme);
    return awaited_in(*programme.definition, programme.state, *programme.body);
  };
  CHECK(awaited() == std::vector<std::string>{"schedule_transferred_cycle", "schedule_transferred_recertification"});
  Json rest{{"surveillance_year_end", "2027-12-31"},
            {"planned_surveillance_1", "2027-09-14"},
            {"planned_recertification", "2027-06-14"}};
  body.then(body.planner, body.programme, "schedule_transferred_cycle", rest, "unmet after.not_after not_after.after");
  rest.update({{"surveillance_year_end", "2026-12-31"}, {"planned_surveillance_1", "2026-09-14"}});
  body.then(body.planner, body.programme, "schedule_transferred_cycle", rest,
            "running: certification-programme.transferred_cycle_scheduled");
  CHECK(body.deadlines(body.programme) == "recertification_due 2027-08-31, surveillance_due 2026-12-31");
  CHECK(body.said(body.programme, "last_year_end") == "2025-12-31");
  CHECK(awaited().empty());
  body.facts.at(body.programme).body.edit()["surveillance_due"] = "2026-06-30";
  CHECK(body.deadlines(body.programme) ==
        "recertification_due 2027-08-31, surveillance_due 2026-12-31, transferred_surveillance_due 2026-06-30");

  // The surveillance of the other body counts for its year alone.
  body.then(body.planner, body.programme, "confirm_last_year", {}, "unmet after.not_after");
  body.facts.at(body.programme)
      .body.edit()
      .update({{"last_surveillance_on", "2026-09-14"}, {"surveillance_due", nullptr}});
  body.then(body.planner, body.programme, "confirm_last_year", {},
            "running: certification-programme.last_year_confirmed");
  CHECK(body.deadlines(body.programme) == "recertification_due 2027-08-31");
}

const std::string completed = "complete: certification-audit.completed";

TEST_CASE("a follow-up takes up what was carried to it, and ends with its own report", "[certification]") {
  Walk body;
  const RecordId before = body.audit_in("follow_up", "surveillance");
  const RecordId minor = body.nonconformity_in("plan_accepted", before);
  body.facts.at(minor).body.edit().update({{"grade", "minor"}, {"audit_purpose", "surveillance"}});

  const RecordId audit = body.planned("follow_up", {{"follows", {body.name(before)}}});
  CHECK(body.facts.linked(audit, "follows") == std::vector{before});
  CHECK(body.said(audit, "scheme") == "iso_27001");
  body.then(body.planner, minor, "carry", {}, "carried_to_next_audit: client-nonconformity.carried");
  body.then(body.planner, minor, "assign_audit", {{"checked_in", {body.name(audit)}}},
            "carried_to_next_audit: client-nonconformity.audit_assigned");
  CHECK(body.said(minor, "verification_method") == "next_audit");

  body.open(audit, " client-nonconformity.taken_up");
  CHECK(body.state(minor) == "verifying");
  CHECK(body.facts.seat(minor, "verifier") == std::vector{body.lead});
  const Json seen{
      {"verification", "Two restores were watched"}, {"effectiveness", "Works"}, {"assessment", "Accepted"}};
  body.then(body.customer, minor, "verify", seen, "not_permitted");
  body.then(body.lead, minor, "verify", seen, "verified: client-nonconformity.verified");
  body.then(body.lead, minor, "close", {}, "closed: client-nonconformity.closed");

  // What it finds itself holds it up like any other audit.
  const RecordId major = body.nonconformity_in("issued", audit);
  body.report(audit, " client-nonconformity.last_audit_day_noted");
  CHECK(body.said(major, "last_audit_day") == "2026-03-02");
  body.then(body.planner, audit, "begin_follow_up", {}, "follow_up: certification-audit.follow_up_begun");
  body.then(body.planner, audit, "complete", {}, "unmet linked_all.open");
  body.facts.at(major).state = "verified";
  body.then(body.planner, audit, "complete", {}, completed);
  body.then(body.planner, before, "complete", {}, completed);
  // No visit of this kind counts as the surveillance of its year.
  CHECK(body.said(body.programme, "last_surveillance_on").is_null());
}

TEST_CASE("a transfer asks for a visit, and is decided on what the visit has found", "[certification]") {
  Walk body;
  make_competent(body);
  body.facts.at(body.programme).state = "approved";
  const RecordId transfer = transfer_with_visit(body);
  Json review{{"reports_review", "Two reports"}, {"nonconformity_review", "One major"},
              {"complaints_review", "None"},     {"reason_review", "Nearer"},
              {"cycle_review", "Second year"},   {"majors_verified", true},
              {"minor_plans_accepted", true},    {"former_cycle_from", "2024-08-31"},
              {"former_first_cycle", true},      {"former_surveillance_on", "2025-09-10"}};
  body.then(body.reviewer, transfer, "conclude_review", review, "wrong_state");
  body.then(body.reviewer, transfer, "conclude_visit", review, "invalid /visits");

  const RecordId visit = body.planned("transfer_visit");
  review["visits"] = {body.name(visit)};
  body.then(body.reviewer, transfer, "conclude_visit", review, "unmet linked_all.open linked_some.none_in_state");
  body.open(visit);
  const RecordId major = body.nonconformity_in("issued", visit);
  body.report(visit, " client-nonconformity.last_audit_day_noted");
  body.then(
      body.reviewer, transfer, "conclude_visit",
      [&] {
        Json open = review;
        open["majors_verified"] = false;
        return open;
      }(),
      "unmet is.other_value");
  body.facts.at(transfer).body.edit()["issuer_ceased_on"] = "2025-09-01";
  body.then(body.reviewer, transfer, "conclude_visit", review, "unmet not_after.too_late");
  body.facts.at(transfer).body.edit()["issuer_ceased_on"] = "2025-09-02";
  body.then(body.reviewer, transfer, "conclude_visit", review, "decision: transfer.visit_concluded");
  CHECK(body.facts.linked(transfer, "visits") == std::vector{visit});

  const RecordId certification = registered(body);
  const RecordId decision = decision_on(body, transfer, visit, certification);
  Json sound{{"conclusion", "Ready"}};
  for (const char* finding : {"findings_sound", "nonconformities_settled", "internal_audit_effective",
                              "management_review_effective", "risk_sites_audited", "scope_supported", "team_competent"})
    sound[finding] = true;
  RecordId reviewed = in_review(body, decision);
  body.then(body.technical, reviewed, "conclude", sound, "unmet linked_all.open");
  body.then(body.technical, reviewed, "return", {{"questions", "The major is open"}},
            "returned: technical-review.returned certification-decision.package_returned");
  body.facts.at(major).state = "closed";
  reviewed = in_review(body, decision);
  body.then(body.technical, reviewed, "conclude", sound,
            "ready: technical-review.concluded certification-decision.reviewed");
  const Json grant{{"decision_reason", "As reviewed"}, {"effective_on", "2026-03-02"}};
  body.then(body.lead, decision, "grant_transfer", grant, "not_permitted");
  body.then(body.decider, decision, "grant_transfer", grant,
            "decided: certification-decision.granted_by_transfer certification.granted certificate.prepared "
            "certification-programme.transferred_cycle_begun transfer.transferred");
  CHECK(body.state(transfer) == "transferred");
  CHECK(body.state(certification) == "active");
  CHECK(body.said(certification, "expires_on") == "2027-08-31");
  body.then(body.planner, visit, "complete", {}, completed);
  goes_on_where_it_stood(body);
}

}  // namespace
}  // namespace assay::test::special_audit_test
