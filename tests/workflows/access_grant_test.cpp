// Access grants: two people give one and neither has it, a body gives none to consultants, and who may work by one.
#include "workflows/certification_body.h"

namespace assay::test::access_grant_test {
namespace {

using C = Company;

PersonId outsider(World& world, const char* role = "consultant") { return world.facts.add_person({role}); }

Json access_to_system(Company& company, PersonId to) {
  return {{"purpose", "Help with the findings of 2026"},
          {"kind", "consultant"},
          {"extent", "work"},
          {"valid_from", "2026-03-02"},
          {"valid_until", "2026-05-31"},
          {"grantee", {company.name(to)}}};
}

std::function<Json(Company&)> to_outsider(Json more = Json::object()) {
  return [more](Company& company) {
    Json input = access_to_system(company, outsider(company));
    input.update(more);
    return input;
  };
}

/// A grant of the ISMS manager over records of the company, as `kind`.
RecordId grant_in(Company& company, const std::string& state, PersonId to, const char* kind = "consultant",
                  const char* extent = "work", const MemoryFacts::Links& over = {}) {
  return company.facts.add("access-grant", state,
                           {{"purpose", "Help"},
                            {"kind", kind},
                            {"extent", extent},
                            {"concerns", "organisation"},
                            {"valid_from", "2026-03-02"},
                            {"valid_until", "2026-05-31"}},
                           over, {{"preparer", {company.isms}}, {"grantee", {to}}});
}

RecordId grant_of_nobody(Company& company, const std::string& state) {
  return grant_in(company, state, outsider(company));
}

// clang-format off
TEST_CASE("access is prepared for somebody from outside, and by nobody for themselves") {
  try_new("access-grant", {
      {"a consultant", &C::isms, "prepare_organisation", to_outsider(), "-> draft"},
      {"from a day in the past", &C::isms, "prepare_organisation", to_outsider({{"valid_from", "2026-03-01"}}), "unmet not_before.before"},
      {"until before it begins", &C::isms, "prepare_organisation", to_outsider({{"valid_until", "2026-03-01"}}), "unmet not_before.before"},
      {"a colleague", &C::isms, "prepare_organisation", [](Company& company) { return access_to_system(company, company.colleague); }, "unmet role_present.absent"},
      {"oneself", &C::isms, "prepare_organisation", [](Company& company) { return access_to_system(company, company.isms); }, "unmet actor_not.holds_seat role_present.absent"},
      {"by the board", &C::boss, "prepare_organisation", to_outsider(), "not_permitted"},
      {"to clients, by the organisation", &C::isms, "prepare_certification", to_outsider(), "not_permitted"},
  });
}

TEST_CASE("somebody else approves access, and whoever gave it ends it at once") {
  try_rows({
      {"by the board", "draft", &C::boss, "approve_organisation", {}, "-> approved"},
      {"by another ISMS manager", "draft", &C::isms2, "approve_organisation", {}, "-> approved"},
      {"by who prepared it", "draft", &C::isms, "approve_organisation", {}, "unmet actor_not.holds_seat"},
      {"by the auditor", "draft", &C::internal, "approve_organisation", {}, "not_permitted"},
      {"when its time is over", "draft", &C::boss, "approve_organisation", {}, "unmet not_before.before", [](Company& company, RecordId id) { company.facts.at(id).body.edit()["valid_until"] = "2026-03-01"; }},
      {"as if it were about clients", "draft", &C::boss, "approve_organisation", {}, "unmet is.other_value", [](Company& company, RecordId id) { company.facts.at(id).body.edit()["concerns"] = "certification"; }},
      {"revoked before it begins", "approved", &C::boss, "revoke_organisation", {{"reason", "x"}}, "-> revoked"},
      {"revoked", "active", &C::isms2, "revoke_organisation", {{"reason", "x"}}, "-> revoked"},
      {"revoked without a reason", "active", &C::isms2, "revoke_organisation", {}, "invalid /reason"},
      {"revoked once it is over", "ended", &C::boss, "revoke_organisation", {{"reason", "x"}}, "wrong_state"},
      {"withdrawn", "draft", &C::isms, "withdraw", {{"reason", "x"}}, "-> withdrawn"},
  }, grant_of_nobody);
  Company company;
  const PersonId carl = outsider(company);
  const RecordId id = grant_in(company, "active", carl);
  CHECK(answer(company.act(carl, id, "give_back")) == "-> ended");
}
// clang-format on

TEST_CASE("a body gives access to assessors and regulators alone, and they only read") {
  CertificationBody body;
  const PersonId anna = outsider(body, "accreditation_assessor"), carl = outsider(body);
  const auto wish = [&](PersonId to, const char* kind) {
    return Json{{"purpose", "Office assessment"}, {"kind", kind},
                {"valid_from", "2026-03-02"},     {"valid_until", "2026-03-06"},
                {"grantee", {body.name(to)}},     {"clients", {body.name(body.client)}}};
  };
  CHECK(answer(body.make(body.manager, "access-grant", "prepare_certification", wish(carl, "consultant"))) ==
        "unmet is.other_value role_present.absent");
  CHECK(answer(body.make(body.manager, "access-grant", "prepare_certification", wish(carl, "regulator"))) ==
        "unmet role_present.absent");
  CHECK(answer(body.make(body.manager, "access-grant", "prepare_certification",
                         wish(anna, "accreditation_assessor"))) == "-> draft");
  const RecordId id = body.last;
  CHECK(body.facts.at(id).body->at("extent") == "read");
  CHECK(answer(body.act(body.manager, id, "approve_certification")) == "unmet actor_not.holds_seat");
  CHECK(answer(body.act(body.deputy, id, "approve_certification")) == "-> approved");
  CHECK(body.deadlines(id) == "first_day 2026-03-01");
  const PersonId other = outsider(body, "accreditation_assessor");
  CHECK(answer(body.act(other, id, "give_back")) == "not_permitted");
}

TEST_CASE("a consultant works where a grant to work covers, and nowhere else") {
  const Json response{{"correction", "Restored"},
                      {"extent", "This site"},
                      {"root_cause", "No schedule"},
                      {"action", "A schedule"},
                      {"action_due", "2026-04-01"}};
  struct Case {
    const char* what;
    const char *state, *kind, *extent, *over, *expected;
  };
  const std::vector<Case> cases = {
      {"the finding", "active", "consultant", "work", "nonconformities", "-> response_submitted"},
      {"the audit above it", "active", "consultant", "work", "audits", "-> response_submitted"},
      {"the programme above that", "active", "consultant", "work", "audit_programmes", "-> response_submitted"},
      {"to read", "active", "consultant", "read", "nonconformities", "not_permitted"},
      {"that has not begun", "approved", "consultant", "work", "nonconformities", "not_permitted"},
      {"that is over", "ended", "consultant", "work", "nonconformities", "not_permitted"},
      {"in another role", "active", "regulator", "work", "nonconformities", "not_permitted"},
      {"over something else", "active", "consultant", "work", "reviews", "not_permitted"}};
  for (const Case& one : cases) {
    INFO(one.what);
    Company company;
    const PersonId carl = outsider(company), colin = outsider(company);
    const RecordId audit = company.audit_in("report_issued"), finding = company.nonconformity_in("acknowledged", audit);
    const std::map<std::string, RecordId> records = {
        {"nonconformities", finding},
        {"audits", audit},
        {"audit_programmes", company.programme},
        {"reviews", company.facts.add("management-review", "scheduled", Json::object())}};
    grant_in(company, one.state, carl, one.kind, one.extent, {{one.over, records.at(one.over)}});
    CHECK(answer(company.act(colin, finding, "respond_for", response)) == "not_permitted");
    CHECK(answer(company.act(carl, finding, "submit_evidence", Json::object())) != "-> verifying");
    Json input = response;
    input["action_owner"] = {company.name(carl)};
    CHECK(answer(company.act(carl, finding, "respond", input)) == "not_permitted");
    CHECK(answer(company.act(carl, finding, "respond_for", input)) != "-> response_submitted");
    CHECK(answer(company.act(carl, finding, "respond_for", response)) == one.expected);
    CHECK(company.facts.seat(finding, "action_owner") == std::vector<PersonId>{company.owner});
    CHECK(answer(company.make(carl, "nonconformity", "report",
                              {{"title", "x"}, {"source", "own_observation"}, {"finding", "x"}})) == "not_permitted");
  }
}

TEST_CASE("who responded or planned by a grant judges nothing of it, and names no judge") {
  const Json verdict{{"rejection", "x"}}, doubt{{"effectiveness", "x"}};
  const Json plan{{"root_cause", "x"}, {"similar", "x"}, {"action", "x"}, {"due", "2026-04-01"}};
  Company company;
  const PersonId carl = outsider(company), vera = company.colleague;
  const RecordId audit = company.audit_in("report_issued"), finding = company.nonconformity_in("acknowledged", audit);
  const RecordId action = company.facts.add("corrective-action", "evaluating", {{"title", "x"}},
                                            {{"nonconformity", finding}}, {{"action_owner", {company.owner}}});
  grant_in(company, "active", carl, "consultant", "work", {{"audits", audit}});
  Json with_judge = plan;
  with_judge["verifier"] = {company.name(carl)};
  CHECK(answer(company.act(carl, action, "plan", with_judge)) == "not_permitted");
  CHECK(answer(company.act(carl, action, "plan_for", with_judge)) == "invalid /verifier");
  REQUIRE(answer(company.act(carl, action, "plan_for", plan)) == "-> planned");
  // Seated by others, he still judges nothing of what he wrote.
  company.facts.take_seats(action, "verifier", {carl});
  company.facts.take_seats(finding, "verifier", {carl});
  const auto judged = [&](RecordId id, const char* state, const char* command, const Json& input) {
    company.facts.at(id).state = state;
    return answer(company.act(carl, id, command, input));
  };
  CHECK(judged(action, "implemented", "find_ineffective", doubt) == "unmet actor_not_did.did");
  CHECK(judged(finding, "response_submitted", "reject_plan", verdict) == "unmet actor_not_did.did");
  CHECK(judged(finding, "verifying", "reject_evidence", verdict) == "unmet actor_not_did.did");
  CHECK(judged(finding, "verified", "reconsider", verdict) == "unmet actor_not_did.did");
  // Somebody who took no part does.
  company.facts.take_seats(finding, "verifier", {vera});
  company.facts.at(finding).state = "verifying";
  CHECK(answer(company.act(vera, finding, "reject_evidence", verdict)) == "-> rejected");
}

TEST_CASE("a consultant responds for nobody while nobody is to act") {
  Company company;
  const PersonId carl = outsider(company);
  const RecordId finding = company.nonconformity_in("acknowledged");
  company.facts.take_seats(finding, "action_owner", {});
  grant_in(company, "active", carl, "consultant", "work", {{"nonconformities", finding}});
  CHECK(answer(company.act(carl, finding, "respond_for",
                           {{"correction", "x"},
                            {"extent", "x"},
                            {"root_cause", "x"},
                            {"action", "x"},
                            {"action_due", "2026-04-01"}})) == "unmet seated.vacant");
}

TEST_CASE("nobody audits where they were ever granted access") {
  struct Case {
    const char* what;
    const char *state, *over, *seat, *expected;
  };
  const std::vector<Case> cases = {
      {"the programme", "active", "audit_programmes", "auditor", "unmet people_differ.overlap"},
      {"the audit", "active", "audits", "lead_auditor", "unmet people_differ.overlap"},
      {"once it is over", "ended", "audits", "auditor", "unmet people_differ.overlap"},
      {"as an expert", "ended", "audits", "technical_expert", "unmet people_differ.overlap"},
      {"in training", "revoked", "audits", "auditor_in_training", "unmet people_differ.overlap"},
      {"before its first day", "approved", "audits", "auditor", "unmet people_differ.overlap"},
      {"only asked for", "draft", "audits", "auditor", "-> team_proposed"},
      {"asked for in vain", "withdrawn", "audit_programmes", "lead_auditor", "-> team_proposed"},
      {"watching", "active", "audits", "observer", "-> team_proposed"},
      {"something else", "active", "reviews", "auditor", "-> team_proposed"}};
  for (const Case& one : cases) {
    INFO(one.what);
    Company company;
    const PersonId carl = outsider(company);
    const RecordId audit = company.audit_in("planned");
    const std::map<std::string, RecordId> records = {
        {"audits", audit},
        {"audit_programmes", company.programme},
        {"reviews", company.facts.add("management-review", "scheduled", Json::object())}};
    grant_in(company, one.state, carl, "consultant", "work", {{one.over, records.at(one.over)}});
    Json team{{"lead_auditor", {company.name(company.lead)}}, {"auditee", {company.name(company.auditee)}}};
    team[one.seat] = {company.name(carl)};
    CHECK(answer(company.act(company.isms, audit, "propose_team", team)) == one.expected);
    team["reason"] = "x";
    company.facts.at(audit).state = "team_confirmed";
    CHECK(answer(company.act(company.isms, audit, "change_team", team)) == one.expected);
    company.facts.at(audit).state = "fieldwork";
    const std::string replaced = answer(company.act(company.isms, audit, "replace_auditor", team));
    CHECK(replaced == (std::string(one.expected).starts_with("unmet") ? one.expected : "-> fieldwork"));
  }
}

TEST_CASE("an audit is planned without whoever was granted access to its programme") {
  Company company;
  const PersonId carl = outsider(company), colin = outsider(company);
  grant_in(company, "ended", carl, "consultant", "work", {{"audit_programmes", company.programme}});
  const auto planned = [&](PersonId auditor) {
    return answer(company.make(company.isms, "audit", "plan",
                               {{"programme", company.name(company.programme)},
                                {"title", "Internal audit"},
                                {"purposes", {"internal"}},
                                {"objectives", "x"},
                                {"scope", "x"},
                                {"criteria", {"ISO/IEC 27001"}},
                                {"planned_from", "2026-06-01"},
                                {"planned_to", "2026-06-02"},
                                {"auditor", {company.name(auditor)}}}));
  };
  CHECK(planned(carl) == "unmet people_differ.overlap");
  CHECK(planned(colin) == "-> planned");
}

}  // namespace
}  // namespace assay::test::access_grant_test
