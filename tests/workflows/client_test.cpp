// What a client, an application and a contract accept and refuse, and the way from the one to the other.
#include "workflows/certification_body.h"

namespace assay::test::client_test {
namespace {

RecordId the_application(CertificationBody& body, const std::string& state) { return body.application_in(state); }
/// An application of another client.
RecordId strange_application(CertificationBody& body, const char* state) {
  const RecordId stranger = body.facts.add("client", "prospect", {{"name", "Other"}});
  return body.facts.add("application", state, {{"title", "Other"}, {"scheme", "iso_27001"}}, {{"client", stranger}});
}
RecordId the_contract(CertificationBody& body, const std::string& state) {
  return body.contract_in(state, body.application_in(state == "in_force" ? "contract_signed" : "contract_sent"));
}
Json the_review() {
  return {{"areas", {"it"}},
          {"information_review", "Complete"},
          {"competence_review", "Auditors for the area"},
          {"impartiality_review", "No relation"},
          {"resources_review", "10 days"},
          {"auditability", "Nothing is kept back"}};
}

TEST_CASE("an application is reviewed by somebody competent and free, for an accredited area") {
  const char* interested = "unmet none_registered.actor_present";
  try_body(
      {{"the client submits", "draft", &B::customer, "submit", {}, "-> submitted"},
       {"the body does not submit", "draft", &B::reviewer, "submit", {}, "not_permitted"},
       {"without a scope", "draft", &B::customer, "submit", {}, "unmet filled.empty", body_lacks("scope")},
       {"without the consultancy received",
        "draft",
        &B::customer,
        "submit",
        {},
        "unmet filled.empty",
        body_lacks("consultancy")},
       {"a reviewer begins", "submitted", &B::reviewer, "begin_review", {}, "-> under_review"},
       {"a consultant of the client does not",
        "submitted",
        &B::reviewer,
        "begin_review",
        {},
        interested,
        consulted(&B::reviewer)},
       {"two years and a day later he may",
        "submitted",
        &B::reviewer,
        "begin_review",
        {},
        "-> under_review",
        consulted(&B::reviewer, "consultancy", "2024-03-01")},
       {"nor who audits the client internally",
        "submitted",
        &B::reviewer,
        "begin_review",
        {},
        interested,
        consulted(&B::reviewer, "internal_audit", "2025-01-01")},
       {"nor whose relative is there",
        "submitted",
        &B::reviewer,
        "begin_review",
        {},
        interested,
        consulted(&B::reviewer, "family", "")},
       {"questions go back",
        "under_review",
        &B::reviewer,
        "request_information",
        {{"question", "Which shifts?"}},
        "-> info_requested"},
       {"and are answered by the client",
        "info_requested",
        &B::customer,
        "supply_information",
        {{"answer", "Two"}},
        "-> under_review"},
       {"accepted", "under_review", &B::reviewer, "accept", the_review(), "-> accepted"},
       {"not by the manager", "under_review", &B::manager, "accept", the_review(), "not_permitted"},
       {"not without the findings of the review",
        "under_review",
        &B::reviewer,
        "accept",
        {{"areas", {"it"}}},
        "invalid /auditability /competence_review /impartiality_review /information_review /resources_review"},
       {"not by an incompetent reviewer", "under_review", &B::reviewer, "accept", the_review(),
        "unmet each_registered.actor_none some_registered.actor_none", loses_competence(&B::reviewer)},
       {"not for an area outside of the accreditation", "under_review", &B::reviewer, "accept",
        [] {
          Json input = the_review();
          input["areas"] = {"it", "health"};
          return input;
        }(),
        "unmet some_registered.actor_none some_registered.none"},
       {"not after consultancy by a related body", "under_review", &B::reviewer, "accept", the_review(),
        "unmet linked_none.present",
        [](CertificationBody& body, RecordId) {
          body.facts.add("interest-declaration", "declared", {{"relation", "related_consultancy"}},
                         {{"client", body.client}});
        }},
       {"declined with a reason",
        "under_review",
        &B::reviewer,
        "decline",
        {{"decline_reason", "No competence"}},
        "-> declined"},
       {"never without", "under_review", &B::reviewer, "decline", {}, "invalid /decline_reason"},
       {"withdrawn by the client", "contract_sent", &B::customer, "withdraw", {{"reason", "Too dear"}}, "-> withdrawn"},
       {"not by the body", "accepted", &B::manager, "withdraw", {{"reason", "Too dear"}}, "not_permitted"},
       {"final once declined", "declined", &B::customer, "withdraw", {{"reason", "-"}}, "wrong_state"}},
      the_application);
}

TEST_CASE("a contract is signed by both, and covers the sites of the application") {
  const Json notice{{"notice_on", "2026-06-30"}, {"reason", "Sold"}};
  try_body(
      {{"the client signs",
        "sent",
        &B::customer,
        "sign_for_client",
        {{"client_signatory", "I. Peters"}},
        "-> client_signed"},
       {"the body cannot sign for it",
        "sent",
        &B::manager,
        "sign_for_client",
        {{"client_signatory", "I. Peters"}},
        "not_permitted"},
       {"then the body", "client_signed", &B::manager, "conclude", {}, "-> in_force"},
       {"not by who consulted for the client",
        "client_signed",
        &B::manager,
        "conclude",
        {},
        "unmet none_registered.actor_present",
        consulted(&B::manager)},
       {"nor is it amended so",
        "in_force",
        &B::manager,
        "amend",
        {{"amendment", "Third site"}},
        "unmet none_registered.actor_present",
        consulted(&B::manager),
        &B::customer},
       {"not before the client", "sent", &B::manager, "conclude", {}, "wrong_state"},
       {"refused, and drafted anew", "sent", &B::customer, "refuse", {{"refusal", "Fees"}}, "-> draft"},
       {"an amendment takes the client too", "in_force", &B::manager, "amend", {{"amendment", "Third site"}}, "second"},
       {"who confirms it",
        "in_force",
        &B::manager,
        "amend",
        {{"amendment", "Third site"}},
        "-> in_force",
        {},
        &B::customer},
       {"either side gives notice", "in_force", &B::customer, "give_notice", notice, "-> under_notice"},
       {"the body as well", "in_force", &B::manager, "terminate", notice, "-> under_notice"},
       {"not for a day that has passed",
        "in_force",
        &B::customer,
        "give_notice",
        {{"notice_on", "2026-03-01"}, {"reason", "Sold"}},
        "unmet not_before.before"}},
      the_contract);
}

TEST_CASE("a contract and a programme rest on papers of their client") {
  const auto contract = [](RecordId (*of)(CertificationBody&, const char*)) {
    return [of](CertificationBody& body) {
      return Json{{"client", body.name(body.client)}, {"application", body.name(of(body, "accepted"))},
                  {"title", "Certification"},         {"terms", "As published"},
                  {"obligations", "Access"},          {"confidentiality", "Agreed"},
                  {"use_of_marks", "As published"},   {"valid_from", "2026-04-01"}};
    };
  };
  const auto own = [](CertificationBody& body, const char* state) { return body.application_in(state); };
  try_new_of_body("contract", {{"its own", &B::reviewer, "draft", contract(own), "-> draft"},
                               {"another client's", &B::reviewer, "draft", contract(strange_application),
                                "unmet linked_among.elsewhere"}});
  const auto programme = [](bool strange_contract, bool strange_paper) {
    return [=](CertificationBody& body) {
      const RecordId own = body.application_in("contract_signed");
      const RecordId theirs = strange_application(body, "contract_signed");
      const RecordId strange =
          body.facts.add("contract", "in_force", {{"title", "Other"}, {"scheme", "iso_27001"}},
                         {{"client", body.facts.linked(theirs, "client").front()}, {"application", theirs}});
      return Json{{"client", body.name(body.client)},
                  {"contract", body.name(strange_contract ? strange : body.contract_in("in_force", own))},
                  {"application", body.name(strange_paper ? theirs : own)},
                  {"title", "ISO/IEC 27001"},
                  {"standard_edition", "ISO/IEC 27001:2022"},
                  {"programme_manager", {body.name(body.planner)}}};
    };
  };
  try_new_of_body(
      "certification-programme",
      {{"its own", &B::manager, "draft", programme(false, false), "-> draft"},
       {"another client's contract", &B::manager, "draft", programme(true, false), "unmet linked_among.elsewhere"},
       {"another client's application", &B::manager, "draft", programme(false, true), "unmet linked_among.elsewhere"}});
}

TEST_CASE("from application to approved programme, each step tells the application") {
  CertificationBody body;
  const RecordId application = body.application_in("accepted");
  const auto made = body.make(body.reviewer, "contract", "draft",
                              {{"client", body.name(body.client)},
                               {"application", body.name(application)},
                               {"title", "Certification"},
                               {"terms", "As published"},
                               {"obligations", "Access to all sites"},
                               {"confidentiality", "Agreed"},
                               {"use_of_marks", "As published"},
                               {"valid_from", "2026-04-01"}});
  INFO((made ? std::string() : text_of(made.error())));
  REQUIRE(answer(made) == "-> draft");
  const RecordId contract = body.last;
  CHECK((*body.facts.at(contract).body)["sites"] == Json{"Kiel", "Lübeck"});
  CHECK((*body.facts.at(contract).body)["scheme"] == "iso_27001");
  take(body, contract, {body.reviewer, "send", {}, "sent"});
  CHECK(body.state(application) == "contract_sent");
  CHECK(body.deadlines(contract) == "acceptance_due 2026-04-01");
  take(body, contract, {body.customer, "sign_for_client", {{"client_signatory", "I. Peters"}}, "client_signed"});
  take(body, contract, {body.manager, "conclude", {}, "in_force"});
  CHECK(body.state(application) == "contract_signed");

  const auto planned = body.make(body.manager, "certification-programme", "draft",
                                 {{"client", body.name(body.client)},
                                  {"contract", body.name(contract)},
                                  {"application", body.name(application)},
                                  {"title", "ISO/IEC 27001"},
                                  {"standard_edition", "ISO/IEC 27001:2022"},
                                  {"programme_manager", {body.name(body.planner)}}});
  INFO((planned ? std::string() : text_of(planned.error())));
  REQUIRE(answer(planned) == "-> draft");
  const RecordId programme = body.last;
  take(body, programme,
       {body.planner,
        "revise",
        {{"auditing_edition", "ISO/IEC 17021-1:2015"},
         {"criteria", {"ISO/IEC 27001:2022"}},
         {"objectives", "Certification"},
         {"competence_needed", "Hosting"}},
        "draft"});
  take(body, programme,
       {body.planner,
        "state_times",
        {{"audit_times", {{{"visit", "Stage 1"}, {"days", 3}, {"derivation", "30 % of 10 days"}}}},
         {"time_calculation", "60 persons: 10 days"},
         {"sampling_plan", "Both sites"},
         {"justification", "As the former body did"}},
        "draft",
        body.manager});
  take(body, programme,
       {body.planner, "approve", {{"planned_stage1", "2026-05-04"}, {"planned_stage2", "2026-06-15"}}, "approved"});
  CHECK(body.state(application) == "programme_approved");
}

TEST_CASE("a client is closed when nothing is left open") {
  try_body(
      {{"with a running programme", "contracted", &B::manager, "close", {{"reason", "Sold"}}, "unmet linked_all.open"},
       {"afterwards",
        "contracted",
        &B::manager,
        "close",
        {{"reason", "Sold"}},
        "-> closed",
        [](CertificationBody& body, RecordId) {
          body.facts.at(body.contract).state = "ended";
          body.facts.at(body.programme).state = "closed";
        }},
       {"a representative keeps contacts",
        "contracted",
        &B::customer,
        "update_contacts",
        {{"contacts", {{{"name", "I. Peters"}}}}},
        "-> contracted"},
       {"and nothing else", "contracted", &B::customer, "correct", {{"reason", "Moved"}}, "not_permitted"}},
      [](CertificationBody& body, const std::string&) { return body.client; });
}

}  // namespace
}  // namespace assay::test::client_test
