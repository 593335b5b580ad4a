// Transfers by IAF MD 2, and changes that a certified client notifies.
#include "workflows/certifier.h"

namespace assay::test::transfer_test {
namespace {

using B = Certifier;

RecordId transfer(Certifier& body, const std::string& state) {
  const RecordId id = body.facts.add("transfer", state,
                                     {{"title", "From Other body"},
                                      {"former_expires_on", "2027-08-31"},
                                      {"former_cycle_from", "2024-08-31"},
                                      {"former_first_cycle", false},
                                      {"former_status", "valid"},
                                      {"accredited", true},
                                      {"issuer_ceased", false},
                                      {"scheme", "iso_27001"},
                                      {"areas", body.areas},
                                      {"sites", body.sites}},
                                     {{"client", body.client}});
  body.facts.add_evidence(id, body.now.at);
  return id;
}
auto field(const char* name, Json value) {
  return [=](Certifier& body, RecordId id) { body.facts.at(id).body.edit()[name] = value; };
}
RecordId change(Certifier& body, const std::string& state) {
  return body.facts.add("change-notification", state, {{"title", "New site"}, {"kinds", {"sites"}}},
                        {{"client", body.client}});
}
Json reviewed(bool majors, bool minors, const Json& more = Json::object()) {
  Json review{{"reports_review", "Two reports"}, {"nonconformity_review", "One minor"}, {"complaints_review", "None"},
              {"reason_review", "Price"},        {"cycle_review", "Second year"},       {"majors_verified", majors},
              {"minor_plans_accepted", minors},  {"former_cycle_from", "2024-08-31"},   {"former_first_cycle", false}};
  review.update(more);
  return review;
}
/// A decision that takes over the certificate of a body that ceased on that day.
auto decision_after(const char* day) {
  return [=](Certifier& body, RecordId decision) {
    body.facts.at(body.facts.linked(decision, "transfer").front()).body.edit()["issuer_ceased_on"] = day;
  };
}
RecordId decision_on_transfer(Certifier& body, const std::string& state) {
  const RecordId decision = body.decision_in(state, "transfer");
  body.facts.link(decision, "transfer", transfer(body, "decision"));
  return decision;
}
/// A cycle from 2024-08-31 to 2027-08-31, of which the issuing body held the surveillance of 2025.
RecordId taken_over(Certifier& body, const std::string& state) {
  RecordView& programme = body.facts.at(body.programme);
  programme.state = state;
  programme.body.edit().update({{"first_cycle", false},
                                {"taken_over", true},
                                {"scheduled", false},
                                {"next_due", "surveillance"},
                                {"cycle_from", "2024-08-31"},
                                {"expires_on", "2027-08-31"},
                                {"years_from", "2025-09-10"}});
  return body.programme;
}
Json the_rest(const char* visit, const char* year, const char* recertification = "2027-06-14") {
  return {
      {"surveillance_year_end", year}, {"planned_surveillance_1", visit}, {"planned_recertification", recertification}};
}
Json the_end(const char* year, const char* recertification = "2027-06-14") {
  return {{"surveillance_year_end", year}, {"planned_recertification", recertification}};
}
auto programme_says(Json fields) {
  return [=](Certifier& body, RecordId id) { body.facts.at(id).body.edit().update(fields); };
}
const Json eligible{{"eligibility", "Certificate and accreditation were looked up"}};
Json ceased(const char* day) {
  Json all = eligible;
  all["issuer_ceased_on"] = day;
  return all;
}
/// Links a record of another client, in that state.
auto linked_elsewhere(const char* link, const char* type, const char* state) {
  return [=](Certifier& body, RecordId id) {
    const RecordId stranger = body.facts.add("client", "contracted", {{"name", "Other"}});
    const RecordId programme =
        body.facts.add("certification-programme", "running", {{"title", "Other"}}, {{"client", stranger}});
    const RecordId certification = body.facts.add("certification", "active", {{"title", "Other"}},
                                                  {{"client", stranger}, {"programme", programme}});
    const bool certificate = std::string(type) == "certificate";
    body.facts.link(
        id, link,
        body.facts.add(type, state, {{"title", "Other"}},
                       {{certificate ? "certification" : "programme", certificate ? certification : programme}}));
  };
}
Json new_name(bool coverage) {
  return {{"assessment", "As notified"}, {"coverage_changed", coverage}, {"new_details", "Nordwerk SE"}};
}
Json assessed(bool coverage) { return {{"assessment", "As notified"}, {"coverage_changed", coverage}}; }

// Tables: a row each, however long.
// clang-format off
TEST_CASE("only a valid accredited certification is taken over") {
  const auto gone = field("issuer_ceased", true);
  try_cases({
      {"a valid one", "eligibility", &B::reviewer, "confirm_eligible", eligible, "-> pre_transfer_review"},
      {"by the client", "eligibility", &B::customer, "confirm_eligible", eligible, "not_permitted"},
      {"by the certification manager", "eligibility", &B::manager, "confirm_eligible", eligible, "not_permitted"},
      {"a suspended one", "eligibility", &B::reviewer, "confirm_eligible", eligible, "unmet is.other_value", field("former_status", "suspended")},
      {"one without accreditation", "eligibility", &B::reviewer, "confirm_eligible", eligible, "unmet is.other_value", field("accredited", false)},
      {"one that expired yesterday", "eligibility", &B::reviewer, "confirm_eligible", eligible, "unmet not_before.before", field("former_expires_on", "2026-03-01")},
      {"one of an area that the body has not", "eligibility", &B::reviewer, "confirm_eligible", eligible, "unmet each_registered.actor_none registered.none", field("areas", {"ports"})},
      {"of an issuing body that has ceased", "eligibility", &B::reviewer, "confirm_eligible", eligible, "unmet is.other_value", gone},
      {"six months after that", "eligibility", &B::reviewer, "confirm_eligible_ceased", ceased("2025-09-02"), "-> pre_transfer_review", gone},
      {"a day later", "eligibility", &B::reviewer, "confirm_eligible_ceased", ceased("2025-09-01"), "unmet not_after.too_late", gone},
      {"by a consultant of the client", "eligibility", &B::reviewer, "confirm_eligible", eligible, "unmet none_registered.actor_present", [](Certifier& body, RecordId) { body.interest(body.reviewer, "consultancy"); }},
      {"reviewed", "pre_transfer_review", &B::reviewer, "conclude_review", reviewed(true, true), "-> decision"},
      {"reviewed on the last day after the issuing body has ceased", "pre_transfer_review", &B::reviewer, "conclude_review", reviewed(true, true), "-> decision", field("issuer_ceased_on", "2025-09-02")},
      {"reviewed a day later", "pre_transfer_review", &B::reviewer, "conclude_review", reviewed(true, true), "unmet not_after.too_late", field("issuer_ceased_on", "2025-09-01")},
      {"reviewed without where the cycle stands", "pre_transfer_review", &B::reviewer, "conclude_review", reviewed(true, true, {{"former_cycle_from", nullptr}}), "invalid /former_cycle_from"},
      {"a cycle that begins tomorrow", "pre_transfer_review", &B::reviewer, "conclude_review", reviewed(true, true, {{"former_cycle_from", "2026-03-03"}}), "unmet not_after.after"},
      {"a surveillance of the cycle", "pre_transfer_review", &B::reviewer, "conclude_review", reviewed(true, true, {{"former_surveillance_on", "2025-09-10"}}), "-> decision"},
      {"one of the cycle before", "pre_transfer_review", &B::reviewer, "conclude_review", reviewed(true, true, {{"former_surveillance_on", "2024-08-31"}}), "unmet after.not_after"},
      {"one that is still to come", "pre_transfer_review", &B::reviewer, "conclude_review", reviewed(true, true, {{"former_surveillance_on", "2026-03-03"}}), "unmet not_after.after"},
      {"a first cycle whose first surveillance is to come, and nobody says by when", "pre_transfer_review", &B::reviewer, "conclude_review", reviewed(true, true, {{"former_first_cycle", true}}), "unmet filled.empty"},
      {"a first cycle whose first surveillance was held", "pre_transfer_review", &B::reviewer, "conclude_review", reviewed(true, true, {{"former_first_cycle", true}, {"former_surveillance_on", "2025-08-20"}}), "-> decision"},
      {"which cycle it is nobody says", "pre_transfer_review", &B::reviewer, "conclude_review", reviewed(true, true, {{"former_first_cycle", nullptr}}), "invalid /former_first_cycle"},
      {"the first one twelve months after the decision", "pre_transfer_review", &B::reviewer, "conclude_review", reviewed(true, true, {{"former_cycle_from", "2025-06-30"}, {"first_surveillance_by", "2026-06-30"}}), "-> decision"},
      {"and not later (T1)", "pre_transfer_review", &B::reviewer, "conclude_review", reviewed(true, true, {{"former_cycle_from", "2025-06-30"}, {"first_surveillance_by", "2026-07-01"}}), "unmet not_after.after"},
      {"reviewed with an open major", "pre_transfer_review", &B::reviewer, "conclude_review", reviewed(false, true), "unmet is.other_value"},
      {"reviewed with a minor without a plan", "pre_transfer_review", &B::reviewer, "conclude_review", reviewed(true, false), "unmet is.other_value"},
      {"a visit", "pre_transfer_review", &B::reviewer, "require_visit", {{"visit_reason", "A major"}}, "-> visit"},
      {"rejected", "eligibility", &B::reviewer, "reject", {{"settlement", "Suspended"}}, "-> rejected"},
      {"withdrawn by the client", "decision", &B::customer, "withdraw", {{"reason", "x"}}, "-> withdrawn"},
      {"completed by hand", "decision", &B::decider, "complete", {}, "not_permitted"},
  }, transfer);
}

TEST_CASE("a transferred certification keeps the expiry of its certificate") {
  for (const auto& [command, expected, certified] :
       {std::tuple{"grant_transfer", "transferred", "active"}, {"refuse", "treated_as_new", "refused"}}) {
    Certifier body;
    const RecordId id = transfer(body, "decision");
    const RecordId decision = body.decision_in("ready", "transfer");
    body.facts.link(decision, "transfer", id);
    Json input{{"decision_reason", "Reviewed"}};
    if (std::string(command) == "grant_transfer") input["effective_on"] = "2026-03-02";
    steps(body, {body.decider}, decision, command, input, "decided");
    CHECK(body.state(id) == expected);
    CHECK(body.state(body.certification) == certified);
    if (body.state(body.certification) == "active") CHECK(body.facts.at(body.certification).body->at("expires_on") == "2027-08-31");
  }
}

TEST_CASE("nothing is taken over later than six months after the issuing body has ceased") {
  const Json granted{{"decision_reason", "Reviewed"}, {"effective_on", "2026-03-02"}};
  try_cases({
      {"of a body that goes on", "ready", &B::decider, "grant_transfer", granted, "-> decided"},
      {"on the last day", "ready", &B::decider, "grant_transfer", granted, "-> decided", decision_after("2025-09-02")},
      {"a day later", "ready", &B::decider, "grant_transfer", granted, "unmet not_after.too_late", decision_after("2025-09-01")},
      {"of a cycle that nobody has stated", "ready", &B::decider, "grant_transfer", granted, "unmet linked_all.not_filled", [](Certifier& body, RecordId decision) { body.facts.at(body.facts.linked(decision, "transfer").front()).body.edit().erase("former_cycle_from"); }},
  }, decision_on_transfer);
}

TEST_CASE("a cycle that was taken over is planned to its end, with no year left out") {
  const auto visited = programme_says({{"years_from", "2026-02-10"}});
  const auto first_open = programme_says({{"years_from", "2025-06-30"}, {"surveillance_due", "2026-06-30"}});
  const auto longer = programme_says({{"years_from", "2025-12-31"}, {"expires_on", "2028-12-30"}});
  const auto planned = programme_says({{"scheduled", true}, {"surveillance_year_end", "2026-12-31"}, {"planned_recertification", "2027-06-14"}});
  const char* const rest = "schedule_transferred_cycle";
  const char* const end = "schedule_transferred_recertification";
  try_cases({
      {"the surveillance of the year", "running", &B::planner, rest, the_rest("2026-09-01", "2026-12-31"), "-> running"},
      {"on its last day", "running", &B::planner, rest, the_rest("2026-12-31", "2026-12-31"), "-> running"},
      {"a day later (T2)", "running", &B::planner, rest, the_rest("2027-01-01", "2026-12-31"), "unmet not_after.after"},
      {"in the year before", "running", &B::planner, rest, the_rest("2025-12-31", "2026-12-31"), "unmet after.not_after"},
      {"in a year that leaves one out", "running", &B::planner, rest, the_rest("2027-03-01", "2027-12-31"), "unmet after.not_after not_after.after"},
      {"in the year after a last day of December", "running", &B::planner, rest, the_rest("2026-09-01", "2026-12-31"), "-> running", longer},
      {"and no later", "running", &B::planner, rest, the_rest("2027-09-01", "2027-12-31"), "unmet not_after.after", longer},
      {"in the year that the issuing body has visited", "running", &B::planner, rest, the_rest("2026-09-01", "2026-12-31"), "unmet not_before.before", visited},
      {"in the year of the expiry", "running", &B::planner, rest, the_rest("2027-03-01", "2027-12-31"), "unmet after.not_after", visited},
      {"the first surveillance of the first cycle", "running", &B::planner, rest, the_rest("2026-06-30", "2026-12-31"), "-> running", first_open},
      {"more than twelve months after the decision (T1)", "running", &B::planner, rest, the_rest("2026-07-01", "2026-12-31"), "unmet not_after.after", first_open},
      {"the recertification on the day of the expiry", "running", &B::planner, rest, the_rest("2026-09-01", "2026-12-31", "2027-08-31"), "-> running"},
      {"after the expiry (T3)", "running", &B::planner, rest, the_rest("2026-09-01", "2026-12-31", "2027-09-01"), "unmet not_after.after"},
      {"the recertification alone, in its year", "running", &B::planner, end, the_end("2027-12-31"), "-> running", visited},
      {"after the expiry then", "running", &B::planner, end, the_end("2027-12-31", "2027-09-01"), "unmet not_after.after", visited},
      {"while a surveillance is due", "running", &B::planner, end, the_end("2026-12-31"), "unmet not_after.after"},
      {"twice", "running", &B::planner, rest, the_rest("2026-09-01", "2026-12-31"), "unmet is.other_value", planned},
      {"of a cycle of the body's own", "running", &B::planner, rest, the_rest("2026-09-01", "2026-12-31"), "unmet is.other_value", programme_says({{"taken_over", false}})},
      {"by who decides", "running", &B::decider, rest, the_rest("2026-09-01", "2026-12-31"), "not_permitted"},
      {"by who consulted", "running", &B::planner, rest, the_rest("2026-09-01", "2026-12-31"), "unmet none_registered.actor_present", [](Certifier& body, RecordId) { body.interest(body.planner, "consultancy"); }},
      {"the recertification by who consulted", "running", &B::planner, end, the_end("2027-12-31"), "unmet none_registered.actor_present", [=](Certifier& body, RecordId id) { visited(body, id); body.interest(body.planner, "consultancy"); }},
      {"moved within the year", "running", &B::planner, "replan_transferred_cycle", {{"reason", "Holidays"}, {"planned_surveillance_1", "2026-11-02"}}, "-> running", planned},
      {"out of it", "running", &B::planner, "replan_transferred_cycle", {{"reason", "Holidays"}, {"planned_surveillance_1", "2027-01-04"}}, "unmet not_after.after", planned},
      {"the recertification alone", "running", &B::planner, "replan_transferred_cycle", {{"reason", "Holidays"}, {"planned_recertification", "2027-08-02"}}, "-> running", planned},
  }, taken_over);
}

TEST_CASE("a notified change is triaged and followed to its end") {
  try_cases({
      {"nothing to do", "submitted", &B::reviewer, "find_nothing", assessed(false), "-> no_action"},
      {"nothing to do although the coverage changes", "submitted", &B::reviewer, "find_nothing", assessed(true), "unmet is.other_value"},
      {"triaged by the client", "submitted", &B::customer, "find_nothing", assessed(false), "not_permitted"},
      {"triaged by its former employee", "submitted", &B::reviewer, "find_nothing", assessed(false), "unmet none_registered.actor_present", [](Certifier& body, RecordId) { body.interest(body.reviewer, "employment"); }},
      {"a reissue for other controls", "submitted", &B::reviewer, "require_reissue", assessed(true), "-> reissue"},
      {"none for a new version of the same controls", "submitted", &B::reviewer, "require_reissue", assessed(false), "unmet is.other_value"},
      {"one for another name", "submitted", &B::reviewer, "require_new_details", new_name(false), "-> reissue"},
      {"which has to be said", "submitted", &B::reviewer, "require_new_details", assessed(false), "invalid /new_details"},
      {"not for other controls", "submitted", &B::reviewer, "require_new_details", new_name(true), "unmet is.other_value"},
      {"nor by the client", "submitted", &B::customer, "require_new_details", new_name(false), "not_permitted"},
      {"a change of scope", "submitted", &B::manager, "require_scope_change", assessed(true), "-> scope_change"},
      {"a short-notice audit", "submitted", &B::manager, "require_short_notice", assessed(true), "-> short_notice"},
      {"done without a decision", "scope_change", &B::manager, "complete_scope_change", {}, "unmet linked_some.none_in_state"},
      {"done with the decision", "scope_change", &B::manager, "complete_scope_change", {}, "-> done", [](Certifier& body, RecordId id) { body.facts.link(id, "decided_in", body.decision_in("notified")); }},
      {"done while it is undecided", "scope_change", &B::manager, "complete_scope_change", {}, "unmet linked_all.open linked_some.none_in_state", [](Certifier& body, RecordId id) { body.facts.link(id, "decided_in", body.decision_in("ready")); }},
      {"done with the audit", "short_notice", &B::manager, "complete_short_notice", {}, "-> done", [](Certifier& body, RecordId id) { body.facts.link(id, "handled_in", body.audit_of("short_notice")); }},
      {"done without the audit", "short_notice", &B::manager, "complete_short_notice", {}, "unmet linked_some.none_in_state"},
      {"done with the decision on another client", "scope_change", &B::manager, "complete_scope_change", {}, "unmet linked_among.elsewhere", linked_elsewhere("decided_in", "certification-decision", "notified")},
      {"done with the audit of another client", "short_notice", &B::manager, "complete_short_notice", {}, "unmet linked_among.elsewhere", linked_elsewhere("handled_in", "certification-audit", "complete")},
      {"done with the certificate of another client", "reissue", &B::manager, "complete_reissue", {}, "unmet linked_among.elsewhere", linked_elsewhere("reissued_as", "certificate", "issued")},
      {"handled in the audit of another client", "short_notice", &B::manager, "link_handling", {}, "unmet linked_among.elsewhere", linked_elsewhere("handled_in", "certification-audit", "planned")},
      {"reissued without a certificate", "reissue", &B::reviewer, "complete_reissue", {}, "unmet linked_some.none_in_state"},
      {"more is asked", "submitted", &B::reviewer, "ask", {{"question", "How many people?"}}, "-> info_requested"},
      {"and answered", "info_requested", &B::customer, "supplement", {{"people_after", 40}}, "-> submitted"},
  }, change);
}

TEST_CASE("a change is notified of certifications of the client alone") {
  const auto notified = [](Certifier& body, RecordId certification) {
    return Json{{"client", body.name(body.client)}, {"certifications", {body.name(certification)}}, {"title", "New site"},
                {"kinds", {"sites"}},               {"description", "A site in Kiel"},                {"occurred_on", "2026-03-01"}};
  };
  const auto own = [&](Certifier& body) { return notified(body, body.certification_in("active")); };
  const auto other = [&](Certifier& body) {
    const RecordId stranger = body.facts.add("client", "contracted", {{"name", "Other"}});
    return notified(body, body.facts.add("certification", "active", {{"title", "Other"}}, {{"client", stranger}}));
  };
  try_new_cases("change-notification", {
      {"by the client", &B::customer, "notify", own, "-> submitted"},
      {"of another client", &B::customer, "notify", other, "unmet linked_among.elsewhere"},
      {"recorded", &B::manager, "record", own, "-> submitted"},
      {"recorded of another client", &B::manager, "record", other, "unmet linked_among.elsewhere"},
  });
}

}  // namespace
}  // namespace assay::test::transfer_test
