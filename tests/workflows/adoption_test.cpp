// A portfolio that moves in: what each `adopt` takes, up to which day, what it keeps of the history, and how long an
// adoption permits it.
#include "domain/timers.h"
#include "workflows/certifier.h"

namespace assay::test::adoption_test {
namespace {

using B = Certifier;

constexpr const char* approved_on = "2026-02-20";

RecordId adoption_in(Certifier& body, const std::string& state, const char* concerns = "portfolio") {
  const RecordId id = body.facts.add("adoption", state,
                                     {{"title", "Portfolio of 2025"},
                                      {"concerns", concerns},
                                      {"description", "Clients"},
                                      {"source_name", "portfolio.csv"},
                                      {"source_sha256", std::string(64, 'b')},
                                      {"checks", "Every tenth row"},
                                      {"approved_on", approved_on}},
                                     {}, {{"preparer", {body.manager}}});
  body.facts.did(body.deputy, id, "approve_portfolio");
  return id;
}

/// What every `adopt` asks.
Json taken_over(Certifier& body, const char* state) {
  return {{"adoption", body.name(adoption_in(body, "approved"))},
          {"state", state},
          {"number", "OLD 1"},
          {"entered_on", "2026-02-01"}};
}

Json client_of(Certifier& body) {
  Json input = taken_over(body, "contracted");
  input.update({{"name", "Werft Nord"}, {"address", "Kai 2"}, {"country", "DE"}});
  return input;
}

Json contract_of(Certifier& body) {
  Json input = taken_over(body, "in_force");
  input.update({{"client", body.name(body.client)},
                {"title", "Certification"},
                {"scheme", "iso_27001"},
                {"scope", "Software"},
                {"areas", body.areas},
                {"sites", body.sites},
                {"terms", "As signed"},
                {"obligations", "As signed"},
                {"confidentiality", "As signed"},
                {"use_of_marks", "As signed"},
                {"valid_from", "2023-05-01"},
                {"client_signatory", "R. Kunde"},
                {"signed_on", "2023-04-20"}});
  return input;
}

Json programme_of(Certifier& body) {
  const RecordId contract =
      body.facts.add("contract", "in_force", {{"sites", body.sites}, {"areas", body.areas}}, {{"client", body.client}});
  Json input = taken_over(body, "running");
  input.update({{"client", body.name(body.client)},
                {"contract", body.name(contract)},
                {"title", "Programme"},
                {"scheme", "iso_27001"},
                {"standard_edition", "ISO/IEC 27001:2022"},
                {"auditing_edition", "ISO/IEC 17021-1:2015"},
                {"scope", "Software"},
                {"areas", body.areas},
                {"sites", body.sites},
                {"criteria", {"ISO/IEC 27001:2022"}},
                {"objectives", "Conformity"},
                {"audit_times", Json::array({{{"visit", "Surveillance"}, {"days", 2}, {"derivation", "As before"}}})},
                {"time_calculation", "As before"},
                {"sampling_plan", "All sites"},
                {"competence_needed", "Software"},
                {"programme_manager", {body.name(body.planner)}},
                {"approved_on", "2024-05-01"},
                {"cycle_from", "2024-05-02"},
                {"expires_on", "2027-05-01"},
                {"first_cycle", true},
                {"first_surveillance_done", true},
                {"next_due", "surveillance"}});
  return input;
}

Json scheduled_of(Certifier& body) {
  Json input = programme_of(body);
  input.update({{"surveillance_year_end", "2026-12-31"},
                {"planned_surveillance_1", "2025-04-10"},
                {"planned_surveillance_2", "2026-04-10"},
                {"planned_recertification", "2027-02-10"}});
  return input;
}

Json certification_of(Certifier& body) {
  Json input = taken_over(body, "active");
  input.update({{"client", body.name(body.client)},
                {"programme", body.name(body.programme)},
                {"title", "Nordwerk"},
                {"scheme", "iso_27001"},
                {"standard", "ISO/IEC 27001:2022"},
                {"scope", "Software"},
                {"sites", body.sites},
                {"areas", body.areas},
                {"granted_on", "2020-05-02"},
                {"decided_on", "2024-05-02"},
                {"effective_on", "2024-05-02"},
                {"expires_on", "2027-05-01"}});
  return input;
}

Json suspended_of(Certifier& body) {
  Json input = certification_of(body);
  input.update({{"state", "suspended"}, {"suspended_on", "2025-08-20"}, {"suspension_reason", "No visit"}});
  return input;
}

Json expired_of(Certifier& body) {
  Json input = certification_of(body);
  input.update({{"state", "expired"}, {"expires_on", "2025-08-20"}});
  return input;
}

Json certificate_of(Certifier& body) {
  Json input = taken_over(body, "issued");
  input.update({{"certification", body.name(body.certification_in("active"))},
                {"holder", "Nordwerk GmbH"},
                {"standard", "ISO/IEC 27001:2022"},
                {"scope", "Software for ports"},
                {"sites", {"Kiel"}},
                {"effective_on", "2023-05-02"},
                {"expires_on", "2026-05-01"},
                {"certificate_number", "27-0815"},
                {"revision", 1},
                {"language", "de"},
                {"address", "Kai 1"},
                {"soa_version", "4"},
                {"body_name", "Certifier"},
                {"body_address", "Weg 2"},
                {"issued_on", "2023-05-10"}});
  return input;
}

Json audit_of(Certifier& body) {
  Json input = taken_over(body, "follow_up");
  input.update({{"programme", body.name(body.programme)},
                {"title", "Surveillance"},
                {"purpose", "surveillance"},
                {"objectives", "Conformity"},
                {"scope", "Software"},
                {"areas", body.areas},
                {"sites", body.sites},
                {"criteria", {"ISO/IEC 27001:2022"}},
                {"planned_from", "2026-01-12"},
                {"planned_to", "2026-01-13"},
                {"planned_days", 2},
                {"lead_auditor", {body.name(body.lead)}},
                {"opening_on", "2026-01-12"},
                {"closing_on", "2026-01-13"},
                {"conclusions", "It conforms"},
                {"effectiveness", "Effective"},
                {"recommendation", "recommend"},
                {"deviations", "None"},
                {"last_audit_day", "2026-01-13"},
                {"report_issued_on", "2026-01-20"}});
  return input;
}

Json finding_of(Certifier& body) {
  Json input = taken_over(body, "issued");
  input.update({{"audit", body.name(body.audit_of("surveillance", "follow_up"))},
                {"grade", "major"},
                {"title", "No restore test"},
                {"clause", "A.8.13"},
                {"requirement", "Tested"},
                {"finding", "Not tested"},
                {"objective_evidence", "Records"},
                {"issued_on", "2026-01-13"},
                {"last_audit_day", "2026-01-13"}});
  return input;
}

Json carried_of(Certifier& body) {
  Json input = finding_of(body);
  input.update({{"state", "carried_to_next_audit"},
                {"grade", "minor"},
                {"correction", "Tested"},
                {"extent", "Kiel"},
                {"root_cause", "Nobody"},
                {"action", "Name somebody"},
                {"action_owner", "IT"},
                {"action_due", "2026-03-31"}});
  return input;
}

Json competence_of(Certifier& body) {
  Json input = taken_over(body, "in_force");
  input.update(
      {{"title", "Lead auditor"},
       {"person", body.name(body.lead)},
       {"function", "lead_auditor"},
       {"scheme", "iso_27001"},
       {"areas", body.areas},
       {"engagement", "employed"},
       {"basis", "Twelve years as an auditor"},
       {"earlier_work", {{{"body", "Cert Nord"}, {"from_year", 2013}, {"to_year", 2024}, {"audits", "Forty"}}}},
       {"valid_from", "2025-01-01"},
       {"valid_until", "2027-12-31"}});
  return input;
}

Json accreditation_of(Certifier& body) {
  Json input = taken_over(body, "in_force");
  input.update({{"title", "27001"},
                {"accreditation_body", "National body"},
                {"accreditation_number", "D-1"},
                {"standard", "ISO/IEC 27006-1:2024"},
                {"scheme", "iso_27001"},
                {"areas", body.areas},
                {"valid_from", "2024-01-01"},
                {"valid_until", "2028-12-31"}});
  return input;
}

using Make = Json (*)(Certifier&);
auto but(Make make, Json change) {
  return [make, change](Certifier& body) {
    Json input = make(body);
    input.update(change);
    return input;
  };
}
auto under(Make make, const char* state, const char* concerns = "portfolio") {
  return [=](Certifier& body) {
    Json input = make(body);
    input["adoption"] = body.name(adoption_in(body, state, concerns));
    return input;
  };
}

RecordId adopted(Certifier& body, const char* type, const char* command, const Json& input) {
  const auto made = body.make(body.manager, type, command, input);
  INFO((made ? std::string("granted") : text_of(made.error())));
  REQUIRE(made.has_value());
  return body.last;
}

std::string due(Certifier& body, RecordId id, const char* timer) {
  return to_text(body.facts.timers(id).at(timer).day);
}

const Json reason{{"reason", "The file was another one"}};
RecordId an_adoption(Certifier& body, const std::string& state) {
  const RecordId id = adoption_in(body, state);
  body.facts.add_file(id, std::string(64, 'b'));
  return id;
}

// Tables: a row each, however long.
// clang-format off
TEST_CASE("nothing is adopted that came about after the approval", "[adoption]") {
  try_new_cases("client", {
      {"taken over", &B::registrar, "adopt", client_of, "-> contracted"},
      {"on the last day", &B::manager, "adopt", but(client_of, {{"entered_on", approved_on}}), "-> contracted"},
      {"a day later", &B::manager, "adopt", but(client_of, {{"entered_on", "2026-02-21"}}), "invalid /entered_on"},
      {"by who approved", &B::deputy, "adopt", client_of, "unmet actor_not_did.did"},
      {"under one that was revoked", &B::manager, "adopt", under(client_of, "revoked"), "unmet linked_some.none_in_state"},
      {"under one whose time is over", &B::manager, "adopt", under(client_of, "lapsed"), "unmet linked_some.none_in_state"},
      {"under one of a management system", &B::manager, "adopt", under(client_of, "approved", "management_system"), "unmet linked_some.none_in_state"},
      {"with a number beyond its pattern", &B::manager, "adopt", but(client_of, {{"number", "CL-2026-1000000"}}), "invalid /number"},
      {"with one of twenty digits", &B::manager, "adopt", but(client_of, {{"number", "CL-2026-99999999999999999999"}}), "invalid /number"},
      {"with the highest that is taken", &B::manager, "adopt", but(client_of, {{"number", "CL-2026-999999"}}), "-> contracted"},
  });
  try_new_cases("contract", {
      {"taken over", &B::manager, "adopt", contract_of, "-> in_force"},
      {"by who cannot read it", &B::registrar, "adopt", contract_of, "not_permitted"},
      {"signed on the day", &B::manager, "adopt", but(contract_of, {{"signed_on", approved_on}}), "-> in_force"},
      {"signed later", &B::manager, "adopt", but(contract_of, {{"signed_on", "2026-02-21"}}), "unmet not_after.after"},
      {"under notice of a day to come", &B::manager, "adopt", but(contract_of, {{"state", "under_notice"}, {"notice_on", "2026-09-30"}}), "-> under_notice"},
      {"under notice of no day", &B::manager, "adopt", but(contract_of, {{"state", "under_notice"}}), "invalid /notice_on"},
  });
  try_new_cases("certification-audit", {
      {"taken over", &B::manager, "adopt", audit_of, "-> follow_up"},
      {"by who cannot read it", &B::registrar, "adopt", audit_of, "not_permitted"},
      {"ended later", &B::manager, "adopt", but(audit_of, {{"last_audit_day", "2026-02-21"}}), "unmet not_after.after"},
      {"reported later", &B::manager, "adopt", but(audit_of, {{"report_issued_on", "2026-02-21"}}), "unmet not_after.after"},
      {"closed before it opened", &B::manager, "adopt", but(audit_of, {{"closing_on", "2026-01-11"}}), "unmet not_before.before"},
      {"without its report's day", &B::manager, "adopt", but(audit_of, {{"report_issued_on", nullptr}}), "invalid /report_issued_on"},
      {"a stage 1", &B::manager, "adopt", but(audit_of, {{"purpose", "stage1"}}), "unmet is_not.excluded_value"},
  });
}

TEST_CASE("an adopted programme is one that is planned or one that is to be planned", "[adoption]") {
  try_new_cases("certification-programme", {
      {"to be planned", &B::manager, "adopt", programme_of, "-> running"},
      {"by who cannot read it", &B::registrar, "adopt", programme_of, "not_permitted"},
      {"said to be planned", &B::manager, "adopt", but(programme_of, {{"scheduled", true}}), "invalid /scheduled"},
      {"said to have been visited", &B::manager, "adopt", but(programme_of, {{"last_surveillance_on", "2026-12-01"}}), "invalid /last_surveillance_on"},
      {"begun after the approval", &B::manager, "adopt", but(programme_of, {{"cycle_from", "2026-02-21"}}), "unmet not_after.after"},
      {"approved after it", &B::manager, "adopt", but(programme_of, {{"approved_on", "2026-02-21"}}), "unmet not_after.after"},
      {"planned", &B::manager, "adopt_scheduled", scheduled_of, "-> running"},
      {"planned without a year", &B::manager, "adopt_scheduled", but(scheduled_of, {{"surveillance_year_end", nullptr}}), "invalid /surveillance_year_end"},
      {"planned without a visit", &B::manager, "adopt_scheduled", but(scheduled_of, {{"planned_surveillance_2", nullptr}}), "invalid /planned_surveillance_2"},
      {"in the year in which it began", &B::manager, "adopt_scheduled", but(scheduled_of, {{"surveillance_year_end", "2024-12-31"}}), "unmet not_after.after not_before.before"},
      {"in the year in which it ends", &B::manager, "adopt_scheduled", but(scheduled_of, {{"surveillance_year_end", "2027-12-31"}}), "unmet after.not_after"},
      {"with a second visit before the first", &B::manager, "adopt_scheduled", but(scheduled_of, {{"planned_surveillance_2", "2025-04-09"}}), "unmet not_before.before"},
      {"with a recertification after the end", &B::manager, "adopt_scheduled", but(scheduled_of, {{"planned_recertification", "2027-05-02"}}), "unmet not_after.after"},
  });
}

TEST_CASE("a certification is adopted as it stood, and nothing is decided by that", "[adoption]") {
  try_new_cases("certification", {
      {"active", &B::registrar, "adopt", certification_of, "-> active"},
      {"decided on the day of the approval", &B::manager, "adopt", but(certification_of, {{"decided_on", approved_on}}), "-> active"},
      {"decided a day later", &B::manager, "adopt", but(certification_of, {{"decided_on", "2026-02-21"}}), "unmet not_after.after"},
      {"decided today", &B::manager, "adopt", but(certification_of, {{"decided_on", "2026-03-02"}}), "unmet not_after.after"},
      {"granted after the last decision", &B::manager, "adopt", but(certification_of, {{"granted_on", "2024-05-03"}}), "unmet not_after.after"},
      {"suspended by the wrong command", &B::manager, "adopt", suspended_of, "invalid /state /suspended_on /suspension_reason"},
      {"suspended", &B::manager, "adopt_suspended", suspended_of, "-> suspended"},
      {"suspended for longer than one person may", &B::manager, "adopt_suspended", but(suspended_of, {{"suspended_until", "2026-04-01"}}), "invalid /suspended_until"},
      {"suspended after the approval", &B::manager, "adopt_suspended", but(suspended_of, {{"suspended_on", "2026-02-21"}}), "unmet not_after.after"},
      {"suspended before it was granted", &B::manager, "adopt_suspended", but(suspended_of, {{"suspended_on", "2020-05-01"}}), "unmet not_before.before"},
      {"suspended and decided later", &B::manager, "adopt_suspended", but(suspended_of, {{"decided_on", "2026-02-21"}}), "unmet not_after.after"},
      {"suspended for no reason", &B::manager, "adopt_suspended", but(suspended_of, {{"suspension_reason", nullptr}}), "invalid /suspension_reason"},
      {"expired", &B::manager, "adopt_expired", expired_of, "-> expired"},
      {"expired on a day of one's own", &B::manager, "adopt_expired", but(expired_of, {{"expired_on", "2026-02-20"}}), "invalid /expired_on"},
      {"valid to the end of today", &B::manager, "adopt_expired", but(expired_of, {{"expires_on", "2026-03-02"}}), "unmet after.too_early"},
      {"expired yesterday", &B::manager, "adopt_expired", but(expired_of, {{"expires_on", "2026-03-01"}}), "-> expired"},
      {"expired and decided later", &B::manager, "adopt_expired", but(expired_of, {{"decided_on", "2026-02-21"}}), "unmet not_after.after"},
  });
  try_new_cases("certificate", {
      {"issued", &B::registrar, "adopt", certificate_of, "-> issued"},
      {"issued on the day of the approval", &B::manager, "adopt", but(certificate_of, {{"issued_on", approved_on}}), "-> issued"},
      {"issued later", &B::manager, "adopt", but(certificate_of, {{"issued_on", "2026-02-21"}}), "unmet not_after.after"},
      {"effective before the certification", &B::manager, "adopt", but(certificate_of, {{"effective_on", "2023-05-01"}}), "unmet not_before.before"},
      {"valid for longer", &B::manager, "adopt", but(certificate_of, {{"expires_on", "2026-05-02"}}), "unmet not_after.after"},
      {"valid for less", &B::manager, "adopt", but(certificate_of, {{"expires_on", "2026-04-30"}}), "unmet not_before.before"},
      {"for a site that is not certified", &B::manager, "adopt", but(certificate_of, {{"sites", {"Bremen"}}}), "unmet within.beyond"},
  });
}

TEST_CASE("a competence and an accreditation are adopted while they are valid", "[adoption]") {
  try_new_cases("competence", {
      {"in force", &B::manager, "adopt", competence_of, "-> in_force"},
      {"suspended", &B::manager, "adopt", but(competence_of, {{"state", "suspended"}, {"reason", "No audit in two years"}}), "-> suspended"},
      {"of an auditor without earlier work", &B::manager, "adopt", but(competence_of, {{"earlier_work", nullptr}}), "unmet filled.empty"},
      {"of a reviewer", &B::manager, "adopt", but(competence_of, {{"earlier_work", nullptr}, {"function", "technical_reviewer"}}), "-> in_force"},
      {"that is over", &B::manager, "adopt", but(competence_of, {{"valid_until", "2026-03-01"}}), "unmet not_before.before"},
      {"suspended for no reason", &B::manager, "adopt", but(competence_of, {{"state", "suspended"}}), "invalid /reason"},
      {"under an evaluator", &B::manager, "adopt", but(competence_of, {{"state", "under_evaluation"}}), "invalid /state"},
      {"by who does not keep it", &B::registrar, "adopt", competence_of, "not_permitted"},
      {"by who approved", &B::deputy, "adopt", competence_of, "unmet actor_not_did.did"},
      {"one's own", &B::manager, "adopt", [](Certifier& body) { Json input = competence_of(body); input["person"] = body.name(body.manager); return input; }, "unmet actor_is_not.is_named"},
      {"under one that was revoked", &B::manager, "adopt", under(competence_of, "revoked"), "unmet linked_some.none_in_state"},
      {"under one of a management system", &B::manager, "adopt", under(competence_of, "approved", "management_system"), "unmet linked_some.none_in_state"},
      {"valid from the day of the approval", &B::manager, "adopt", but(competence_of, {{"valid_from", approved_on}}), "-> in_force"},
      {"valid from a day later", &B::manager, "adopt", but(competence_of, {{"valid_from", "2026-02-21"}}), "unmet not_after.after"},
      {"over before it began", &B::manager, "adopt", but(competence_of, {{"valid_until", "2024-12-31"}}), "unmet after.not_after not_before.before"},
      {"shown by nothing", &B::manager, "adopt", but(competence_of, {{"basis", nullptr}}), "invalid /basis"},
  });
  try_new_cases("accreditation", {
      {"in force", &B::manager, "adopt", accreditation_of, "-> in_force"},
      {"suspended", &B::manager, "adopt", but(accreditation_of, {{"state", "suspended"}, {"reason", "By the body"}}), "-> suspended"},
      {"suspended for no reason", &B::manager, "adopt", but(accreditation_of, {{"state", "suspended"}}), "invalid /reason"},
      {"expired", &B::manager, "adopt", but(accreditation_of, {{"state", "expired"}}), "invalid /state"},
      {"by the register", &B::registrar, "adopt", accreditation_of, "not_permitted"},
      {"by who approved", &B::deputy, "adopt", accreditation_of, "unmet actor_not_did.did"},
      {"under one that was revoked", &B::manager, "adopt", under(accreditation_of, "revoked"), "unmet linked_some.none_in_state"},
      {"valid to the end of today", &B::manager, "adopt", but(accreditation_of, {{"valid_until", "2026-03-02"}}), "-> in_force"},
      {"valid until yesterday", &B::manager, "adopt", but(accreditation_of, {{"valid_until", "2026-03-01"}}), "unmet not_before.before"},
      {"valid from after the approval", &B::manager, "adopt", but(accreditation_of, {{"valid_from", "2026-02-21"}}), "unmet not_after.after"},
      {"over before it began", &B::manager, "adopt", but(accreditation_of, {{"valid_from", "2029-01-01"}}), "unmet after.not_after not_after.after"},
  });
  Certifier body;
  const RecordId competence = adopted(body, "competence", "adopt", competence_of(body));
  CHECK(body.facts.seat(competence, "holder") == std::vector{body.lead});
  CHECK(body.facts.at(competence).body->at("validities").at(0).at("valid_until") == "2027-12-31");
  CHECK(due(body, competence, "validity") == "2027-12-31");
  const RecordId accreditation = adopted(body, "accreditation", "adopt", accreditation_of(body));
  CHECK(body.facts.at(accreditation).body->at("versions").at(0).at("areas") == body.areas);
  CHECK(due(body, accreditation, "validity") == "2028-12-31");
}

TEST_CASE("an adopted finding brings no extension that needs two people", "[adoption]") {
  const Json plan{{"state", "plan_accepted"}, {"correction", "x"}, {"extent", "x"}, {"root_cause", "x"}, {"action", "x"}, {"action_owner", "x"},
                  {"action_due", "2026-03-31"}, {"verification_method", "documents"}};
  try_new_cases("client-nonconformity", {
      {"issued", &B::manager, "adopt", finding_of, "-> issued"},
      {"by who cannot read it", &B::registrar, "adopt", finding_of, "not_permitted"},
      {"with a plan", &B::manager, "adopt", but(finding_of, plan), "-> plan_accepted"},
      {"said to have a plan", &B::manager, "adopt", but(finding_of, {{"state", "plan_accepted"}}), "invalid /action /action_due /action_owner /correction /extent /root_cause /verification_method"},
      {"issued after the approval", &B::manager, "adopt", but(finding_of, {{"issued_on", "2026-02-21"}}), "unmet not_after.after"},
      {"of a later audit", &B::manager, "adopt", but(finding_of, {{"last_audit_day", "2026-02-21"}}), "unmet not_after.after"},
      {"with more time to respond", &B::manager, "adopt", but(finding_of, {{"respond_until", "2026-12-31"}}), "invalid /respond_until"},
      {"with more time to be verified", &B::manager, "adopt", but(finding_of, {{"verify_until", "2026-12-31"}}), "invalid /verify_until"},
      {"with more time after stage 2", &B::manager, "adopt", but(finding_of, {{"major_limit_until", "2026-12-31"}}), "invalid /major_limit_until"},
      {"carried", &B::manager, "adopt_carried", carried_of, "-> carried_to_next_audit"},
      {"carried by who cannot read it", &B::registrar, "adopt_carried", carried_of, "not_permitted"},
      {"a major that is carried", &B::manager, "adopt_carried", but(carried_of, {{"grade", "major"}}), "unmet is.other_value"},
      {"carried for longer", &B::manager, "adopt_carried", but(carried_of, {{"verify_until", "2027-12-31"}}), "invalid /verify_until"},
      {"carried since after the approval", &B::manager, "adopt_carried", but(carried_of, {{"issued_on", "2026-02-21"}}), "unmet not_after.after"},
  });
}

TEST_CASE("an adoption rests on the file itself, and its approval ends", "[adoption]") {
  const auto lacks_file = [](Certifier& body, RecordId id) { body.facts.withdraw_evidence(id); body.facts.add_evidence(id); };
  try_cases({
      {"approved", "submitted", &B::deputy, "approve_portfolio", {}, "-> approved"},
      {"by who prepared it", "submitted", &B::manager, "approve_portfolio", {}, "unmet actor_not.holds_seat"},
      {"with nothing attached", "submitted", &B::deputy, "approve_portfolio", {}, "unmet has_evidence.no_evidence", [](Certifier& body, RecordId id) { body.facts.withdraw_evidence(id); }},
      {"with an interview only", "submitted", &B::deputy, "approve_portfolio", {}, "unmet has_evidence.other_file", lacks_file},
      {"with another file", "submitted", &B::deputy, "approve_portfolio", {}, "unmet has_evidence.other_file", [](Certifier& body, RecordId id) { body.facts.at(id).body.edit()["source_sha256"] = std::string(64, 'c'); }},
      {"closed", "approved", &B::manager, "close", {{"closing_statement", "All rows"}}, "-> closed"},
      {"revoked", "approved", &B::deputy, "revoke_portfolio", reason, "-> revoked"},
      {"revoked for no reason", "approved", &B::deputy, "revoke_portfolio", {}, "invalid /reason"},
      {"revoked by the register", "approved", &B::registrar, "revoke_portfolio", reason, "not_permitted"},
      {"revoked as a system", "approved", &B::deputy, "revoke_system", reason, "not_permitted"},
      {"ended by hand", "approved", &B::deputy, "lapse", {}, "not_permitted"},
  }, an_adoption);
  Certifier body;
  const RecordId id = an_adoption(body, "submitted");
  steps(body, {body.deputy}, id, "approve_portfolio", {}, "approved");
  CHECK(due(body, id, "period") == "2026-05-31");
  steps(body, Certifier::by_timer(), id, "lapse", {}, "lapsed");
}
// clang-format on

TEST_CASE("what is adopted keeps its history, and its deadlines run from the days that it brings", "[adoption]") {
  Certifier body;
  const RecordId active = adopted(body, "certification", "adopt", certification_of(body));
  CHECK(body.facts.at(active).body->at("periods").at(0).at("effective_on") == "2024-05-02");

  Json next = suspended_of(body);
  next["number"] = "OLD 2";
  const RecordId suspended = adopted(body, "certification", "adopt_suspended", next);
  CHECK(body.facts.at(suspended).body->at("suspensions").at(0).at("suspended_on") == "2025-08-20");
  CHECK(due(body, suspended, "suspension_limit") == "2026-02-20");  // over for ten days: it fires at once
  steps(body, Certifier::by_timer(), suspended, "note_suspension_over", {}, "suspended");
  CHECK(body.facts.at(suspended).body->at("suspension_overdue") == true);

  next = expired_of(body);
  next["number"] = "OLD 3";
  const RecordId expired = adopted(body, "certification", "adopt_expired", next);
  CHECK(body.facts.at(expired).body->at("expired_on") == "2025-08-20");
  CHECK(body.facts.at(expired).body->at("expiries").size() == 1);
  CHECK(due(body, expired, "restore_limit") == "2026-02-20");

  const RecordId planned = adopted(body, "certification-programme", "adopt_scheduled", scheduled_of(body));
  CHECK(due(body, planned, "surveillance_due") == "2026-12-31");
  CHECK(body.facts.at(planned).body->at("last_year_end") == "2025-12-31");
  CHECK(body.facts.at(planned).body->at("cycles").at(0).at("cycle_from") == "2024-05-02");
  CHECK_FALSE(body.facts.timers(planned).contains("schedule_due"));

  next = programme_of(body);
  next["number"] = "OLD 2";
  const RecordId unplanned = adopted(body, "certification-programme", "adopt", next);
  CHECK(body.facts.timers(unplanned).contains("schedule_due"));
  CHECK(body.facts.at(unplanned).body->at("scheduled") == false);

  const RecordId finding = adopted(body, "client-nonconformity", "adopt", finding_of(body));
  const Json first = body.facts.at(finding).body->at("gradings").at(0);
  CHECK(first.at("grade") == "major");
  CHECK(body.facts.at(finding).body->at("verification_due_major") == "2026-04-13");
}

}  // namespace
}  // namespace assay::test::adoption_test
