// Two schemes on one programme of certification: one visit, a team that is competent for both together, the time of the
// integrated audit, and a certification and decision for each.
#include "workflows/certification_body.h"
#include "workflows/certifier.h"

namespace assay::test::combined_certification_test {
namespace {

const Json both_schemes = {"iec_62443"};  // beside ISO/IEC 27001

RecordId a_combined_audit(CertificationBody& body, const std::string& state) {
  body.facts.at(body.programme).body.edit()["further_schemes"] = both_schemes;
  const RecordId audit = body.audit_in(state);
  body.facts.at(audit).body.edit()["further_schemes"] = both_schemes;
  return audit;
}

/// Competent for IEC 62443, in the area of the client; not for ISO/IEC 27001 any more, if `alone`.
Before knows_plants(PersonId B::* who, const char* function = "auditor", bool alone = false) {
  return [=](CertificationBody& body, RecordId) {
    if (alone) body.forget(body.*who);
    body.facts.at(body.competent(body.*who, function)).body.edit()["scheme"] = "iec_62443";
  };
}

Json a_surveillance(CertificationBody& body, const Json& more) {
  Json input = body.planning({{"scope", "Hosting and plants"},
                              {"criteria", {"ISO/IEC 27001:2022", "IEC 62443-3-3:2013"}},
                              {"planned_days", 3},
                              {"purpose", "surveillance"},
                              {"further_schemes", both_schemes}});
  input.update(more);
  return input;
}

// Tables: a row each, however long.
// clang-format off
TEST_CASE("an audit covers the schemes of its programme", "[certification]") {
  const auto combined = [](CertificationBody& body) {
    body.facts.at(body.programme).body.edit()["further_schemes"] = both_schemes;
    return a_surveillance(body, {{"time_justification", "As the other body calculated it"}});
  };
  try_new_of_body("certification-audit", {
      {"both", &B::planner, "plan", combined, "-> planned"},
      {"one that the programme has not", &B::planner, "plan", [](B& body) { return a_surveillance(body, Json::object()); }, "unmet enough_days.not_calculated within.beyond"},
      {"a scheme that is none", &B::planner, "plan", [](B& body) { return a_surveillance(body, {{"further_schemes", {"soc2"}}}); }, "invalid /further_schemes/0"},
  });
  const auto running = [](CertificationBody& body, const std::string&) {
    body.facts.at(body.contract).body.edit()["further_schemes"] = both_schemes;
    return body.programme;
  };
  const Json further{{"further_schemes", both_schemes}, {"justification", "The plant is to be certified, too"}};
  try_body({
      {"two people add a scheme", "running", &B::planner, "amend", further, "-> running", {}, &B::manager},
      {"one does not", "running", &B::planner, "amend", further, "second"},
      {"nor do two, when it was not agreed with the client", "running", &B::planner, "amend", further, "unmet within.beyond",
       [](B& body, RecordId) { body.facts.at(body.contract).body.edit().erase("further_schemes"); }, &B::manager},
  }, running);
}

TEST_CASE("a team is competent for each scheme and area together", "[certification]") {
  const CertificationBody names;
  const Json team{{"lead_auditor", {names.name(names.lead)}}, {"auditor", {names.name(names.auditor)}}, {"team_competence", "Hosting and plants"}};
  const char* const nobody = "unmet some_registered.nobody";
  try_body({
      {"nobody knows plants", "planned", &B::planner, "propose_team", team, nobody},
      {"the auditor knows both", "planned", &B::planner, "propose_team", team, "-> team_proposed", knows_plants(&B::auditor)},
      {"the auditor knows plants alone", "planned", &B::planner, "propose_team", team, "-> team_proposed", knows_plants(&B::auditor, "auditor", true)},
      {"the lead auditor knows both", "planned", &B::planner, "propose_team", team, "-> team_proposed", knows_plants(&B::lead, "lead_auditor")},
      {"but leads by the first scheme", "planned", &B::planner, "propose_team", team, "unmet each_registered.none", knows_plants(&B::lead, "lead_auditor", true)},
      {"an expert for plants makes no auditor of them", "planned", &B::planner, "propose_team", team, nobody, knows_plants(&B::expert, "technical_expert")},
      {"an expert may know plants alone", "planned", &B::planner, "propose_team", team, "-> team_proposed", both(knows_plants(&B::expert, "technical_expert", true), knows_plants(&B::auditor))},
      {"an evaluator, too", "planned", &B::planner, "propose_team", team, "-> team_proposed", both(knows_plants(&B::evaluator, "evaluator", true), knows_plants(&B::auditor))},
  }, a_combined_audit);

  const Json opening{{"opening_on", "2026-03-02"}, {"opening_attendance", {{{"name", "I. Peters"}}}}};
  try_body({
      {"asked once more at the opening", "plan_issued", &B::lead, "open", opening, nobody},
      {"and met", "plan_issued", &B::lead, "open", opening, "-> opened", knows_plants(&B::auditor)},
  }, a_combined_audit);

  // In an audit of one scheme a competence for another one is none.
  try_body({{"of one scheme", "planned", &B::planner, "propose_team", team, "unmet each_registered.none", knows_plants(&B::auditor, "auditor", true)}},
           [](CertificationBody& body, const std::string& state) { return body.audit_in(state); });
}
// clang-format on

TEST_CASE("the calculated time of an integrated audit holds its plan", "[certification][audit_time]") {
  CertificationBody body;
  body.facts.at(body.programme).body.edit()["further_schemes"] = both_schemes;
  const auto plan = [&](double days, const Json& more = Json::object()) {
    Json input = a_surveillance(body, {{"planned_days", days}});
    input.update(more);
    return answer(body.ask_new(Actor{body.planner}, "certification-audit", "plan", input));
  };
  const auto calculate = [&](double plants) {
    const Json times{
        {"integrated_for", "surveillance"},
        {"single_times", {{{"standard", "27001"}, {"days", 4}}, {{"standard", "62443"}, {"days", plants}}}},
        {"integration_reduction", 20},
        {"integration_reason", "One system"}};
    take(body, body.programme, {body.planner, "calculate_integrated_time", times, "running", body.manager});
  };
  CHECK(plan(30) == "unmet enough_days.not_calculated");
  CHECK(plan(30, {{"time_justification", "As the other body calculated it"}}) == "-> planned");
  CHECK(plan(1, {{"further_schemes", nullptr}}) == "-> planned");
  calculate(8);  // 12 less a fifth is 9.6
  CHECK(plan(9) == "unmet enough_days.unexplained");
  CHECK(plan(9.5) == "-> planned");
  CHECK(plan(1, {{"further_schemes", nullptr}}) == "-> planned");
  CHECK(plan(30, {{"purpose", "recertification"}}) == "unmet enough_days.not_calculated");
  CHECK(plan(1, {{"purpose", "transition"}}) == "-> planned");
  CHECK(plan(1, {{"purpose", "transition"}, {"further_purposes", {"surveillance"}}}) ==
        "unmet enough_days.unexplained");
  CHECK(plan(9, {{"time_justification", "No plant this year"}}) == "-> planned");
  // The last calculation counts, smaller or greater.
  calculate(2);
  CHECK(plan(5) == "-> planned");
  calculate(6);
  CHECK(plan(5) == "unmet enough_days.unexplained");
}

TEST_CASE("a stage 2 is of the schemes of its stage 1, and a surveillance counts that has all of the programme",
          "[certification]") {
  CertificationBody body;
  body.facts.at(body.programme).body.edit()["further_schemes"] = both_schemes;
  const RecordId stage1 = body.audit_in("report_issued", "stage1"), surveillance = body.audit_in("report_issued");
  Json input =
      a_surveillance(body, {{"stage1", body.name(stage1)}, {"time_justification", "As the other body calculated it"}});
  input.erase("purpose");
  const auto planned = [&] {
    return answer(body.ask_new(Actor{body.planner}, "certification-audit", "plan_stage2", input));
  };
  CHECK(planned() == "unmet within.beyond");
  body.facts.at(stage1).body.edit()["further_schemes"] = both_schemes;
  CHECK(planned() == "-> planned");

  // It opens once stage 1 has ended.
  body.facts.at(stage1).body.edit().update(
      {{"last_audit_day", "2026-03-02"}, {"stage1_outcome", "ready"}, {"stage1_reviewed_on", "2026-03-02"}});
  const RecordId stage2 = body.audit_in("plan_issued", "stage2");
  body.facts.link(stage2, "stage1", stage1);
  const Json opening{{"opening_on", "2026-03-02"}, {"opening_attendance", {{{"name", "I. Peters"}}}}};
  CHECK(answer(body.ask(body.lead, stage2, "open", opening)) == "-> opened");
  body.facts.at(stage1).body.edit()["last_audit_day"] = "2026-03-03";
  CHECK(answer(body.ask(body.lead, stage2, "open", opening)) == "unmet not_before.before");

  body.facts.at(surveillance).body.edit()["surveillance_topics"] = {"marks"};
  const auto counted = [&] { return answer(body.ask(body.planner, surveillance, "count_surveillance")); };
  CHECK(counted() == "unmet covers_all.missing");
  body.facts.at(surveillance).body.edit()["further_schemes"] = both_schemes;
  CHECK(counted() == "-> report_issued");
}

TEST_CASE("an application for a further scheme is accepted by who knows it, where the body is accredited for it",
          "[certification]") {
  struct Row {
    const char* what;
    bool accredited, competent;  // for IEC 62443
    const char* scheme;          // the further one
    std::string expected;
  };
  for (const Row& row :
       {Row{"both", true, true, "iec_62443", "-> accepted"},
        Row{"no accreditation", false, true, "iec_62443", "unmet some_registered.none"},
        Row{"no competence of the reviewer", true, false, "iec_62443", "unmet some_registered.actor_none"},
        Row{"the first scheme once more", true, true, "iso_27001", "unmet none_within.excluded"}}) {
    CertificationBody body;
    const RecordId application = body.application_in("under_review");
    body.facts.at(application).body.edit()["further_schemes"] = {row.scheme};
    if (row.accredited)
      body.facts.add("accreditation", "in_force",
                     {{"scheme", "iec_62443"}, {"areas", {"it"}}, {"valid_until", "2028-12-31"}});
    if (row.competent)
      body.facts.at(body.competent(body.reviewer, "application_reviewer")).body.edit()["scheme"] = "iec_62443";
    const Json review{{"areas", {"it"}},
                      {"information_review", "Whole"},
                      {"competence_review", "Ours"},
                      {"impartiality_review", "None"},
                      {"resources_review", "Two auditors"},
                      {"auditability", "Given"}};
    INFO(row.what);
    CHECK(answer(body.ask(body.reviewer, application, "accept", review)) == row.expected);
  }
}

TEST_CASE("each area of an application is one that the body is accredited for, under one of its schemes",
          "[certification]") {
  CertificationBody body;
  const RecordId application = body.application_in("under_review");
  body.facts.at(application).body.edit()["further_schemes"] = both_schemes;
  const RecordId accreditation = body.facts.add(
      "accreditation", "in_force", {{"scheme", "iec_62443"}, {"areas", {"plants"}}, {"valid_until", "2028-12-31"}});
  body.facts.at(body.competent(body.reviewer, "application_reviewer"))
      .body.edit()
      .update({{"scheme", "iec_62443"}, {"areas", {"plants", "ships"}}});
  const auto accepted = [&](const Json& areas) {
    return answer(body.ask(body.reviewer, application, "accept",
                           {{"areas", areas},
                            {"information_review", "Whole"},
                            {"competence_review", "Ours"},
                            {"impartiality_review", "None"},
                            {"resources_review", "Two auditors"},
                            {"auditability", "Given"}}));
  };
  CHECK(accepted({"it", "plants"}) == "-> accepted");
  CHECK(accepted({"it", "ships"}) == "unmet some_registered.none");
  body.facts.at(accreditation).body.edit()["scheme"] = "other";
  CHECK(accepted({"it", "plants"}) == "unmet some_registered.none");
}

TEST_CASE("a certification and its decision are of a scheme that the programme has and the audits covered",
          "[certification]") {
  struct Row {
    const char* what;
    bool programme, audit, certification;  // have IEC 62443
    std::string expected;
  };
  for (const Row& row : {Row{"all have it", true, true, true, "-> awaiting_package"},
                         Row{"the programme has not", false, true, true, "unmet within.beyond"},
                         Row{"no audit covered it", true, false, true, "unmet within.beyond"},
                         Row{"the certification is of another", true, true, false, "unmet within.beyond"}}) {
    Certifier body;
    if (row.programme) body.facts.at(body.programme).body.edit()["further_schemes"] = both_schemes;
    if (row.audit) body.facts.at(body.audit).body.edit()["further_schemes"] = both_schemes;
    const RecordId decision = body.decision_in("awaiting_package");
    if (row.certification) body.facts.at(body.certification).body.edit()["scheme"] = "iec_62443";
    INFO(row.what);
    CHECK(answer(body.ask(body.planner, decision, "gather", {{"scheme", "iec_62443"}})) == row.expected);
  }
  // What comes into the package last is held against it, too, and each kind of audit for itself.
  Certifier last;
  last.facts.at(last.programme).body.edit()["further_schemes"] = both_schemes;
  const RecordId surveillance = last.audit_of("surveillance"), decision = last.decision_in("awaiting_package");
  last.facts.at(surveillance).body.edit()["further_schemes"] = both_schemes;
  last.facts.at(decision).body.edit()["scheme"] = "iec_62443";
  const Json package{{"nonconformity_comments", "None"},
                     {"application_confirmed", true},
                     {"objectives_confirmed", true},
                     {"recommendation", "recommend"},
                     {"audits", Json::array({last.name(last.audit)})}};
  CHECK(answer(last.ask(last.planner, decision, "submit_package", package)) == "unmet within.beyond");
  Certifier other_stage;
  other_stage.facts.at(other_stage.programme).body.edit()["further_schemes"] = both_schemes;
  const RecordId grant = other_stage.decision_in("ready"), stage1 = other_stage.audit_of("stage1");
  other_stage.facts.at(stage1).body.edit()["further_schemes"] = both_schemes;
  other_stage.facts.link(grant, "audits", stage1);
  other_stage.facts.at(grant).body.edit()["scheme"] = "iec_62443";
  other_stage.facts.at(other_stage.accreditation).body.edit()["scheme"] = "iec_62443";
  other_stage.facts.at(other_stage.competent(other_stage.decider, "decision_maker")).body.edit()["scheme"] =
      "iec_62443";
  other_stage.freeze();
  const Json from_today{{"decision_reason", "Sound"}, {"effective_on", "2026-03-02"}};
  CHECK(answer(other_stage.ask(other_stage.decider, grant, "grant", from_today)) == "unmet within.beyond");

  Certifier body;
  const Json input{{"client", body.name(body.client)},
                   {"programme", body.name(body.programme)},
                   {"title", "Nordwerk 62443"},
                   {"scheme", "iec_62443"},
                   {"standard", "IEC 62443-3-3:2013"},
                   {"scope", "Plants"},
                   {"sites", body.sites},
                   {"areas", body.areas}};
  const auto registered = [&] { return answer(body.ask_new(Actor{body.manager}, "certification", "register", input)); };
  CHECK(registered() == "unmet within.beyond");
  body.facts.at(body.programme).body.edit()["further_schemes"] = both_schemes;
  CHECK(registered() == "-> pending");
}

}  // namespace
}  // namespace assay::test::combined_certification_test
